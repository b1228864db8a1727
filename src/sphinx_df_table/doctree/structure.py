"""The structure of our tables in a doctree: columns, rows, entries, widths, and attributes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from docutils import nodes
from docutils.utils import column_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx_df_table.doctree.body import df_table_body

#: The attribute of an ``entry`` that holds its inline style, for HTML only.
STYLE: Final = "df-table-style"

#: The attribute of a paragraph behind a table that belongs above it, or into its caption.
CONSTANTS: Final = "df-table-constants"

#: The attribute of a set of tabs that is ours.
TABS: Final = "df-table-tabs"

#: The attribute of a ``colspec`` that holds the order of its column: for each row the rank of
#: its value, nothing where it is missing, parted by commas; nothing at all if each is 0.
RANKS: Final = "df-table-ranks"

#: The attribute of a table with its name, for those who do not see what stands around it.
LABEL: Final = "df-table-label"

#: The attribute of a table whose rows can be searched.
SEARCHABLE: Final = "df-table-searchable"

#: The attribute of a table that says how it is to be printed, if its author does.
PRINT: Final = "df-table-print"

#: The classes of what MathJax is to leave alone, and of formulas in it that it is to set.
MATHJAX_IGNORES: Final = ("tex2jax_ignore", "mathjax_ignore")
MATHJAX_PROCESSES: Final = ("tex2jax_process", "mathjax_process")

#: The attribute of a block of code that is shown to those who ask for it.
COLLAPSED: Final = "df-table-collapsed"

#: What only a browser has a use for, and EPUB has not.
FOR_BROWSER: Final = (RANKS, SEARCHABLE, COLLAPSED)

#: What only HTML has a use for.
FOR_HTML: Final = (STYLE, CONSTANTS, TABS, *FOR_BROWSER)


#: The rows of a ``thead`` or a ``tbody``.
Rows = list[nodes.row]


def find_tables(document: nodes.Node, /) -> list[nodes.table]:
    """Return the tables in ``document`` that are ours."""
    return [table for table in document.findall(nodes.table) if "df-table" in table["classes"]]


def iter_ancestors(node: nodes.Node, /) -> list[nodes.Element]:
    """Return what ``node`` stands in, from the inside out."""
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def get_rows(part: nodes.Element, /) -> Rows:
    """Return the rows of a ``thead`` or a ``tbody``."""
    return [row for row in part.children if isinstance(row, nodes.row)]


def get_tgroup(table: nodes.table, /) -> nodes.tgroup:
    """Return the ``tgroup`` of a table of ours, which has one."""
    return next(part for part in table.children if isinstance(part, nodes.tgroup))


def get_colspecs(tgroup: nodes.Element, /) -> list[nodes.colspec]:
    """Return what ``tgroup`` says of its columns."""
    return [part for part in tgroup.children if isinstance(part, nodes.colspec)]


def count_stubs(tgroup: nodes.Element, /) -> int:
    """Return how many columns of ``tgroup`` are row headings."""
    return sum("stub" in colspec for colspec in get_colspecs(tgroup))


def iter_entries(rows: Sequence[nodes.row]) -> Iterator[tuple[int, int, nodes.entry]]:
    """Give each entry with the row and the column, counted from 0, at which it begins."""
    reaching: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        column = 0
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            while (number, column) in reaching:
                column += reaching[number, column]
            yield number, column, entry
            span = 1 + entry.get("morecols", 0)
            for below in range(1, 1 + entry.get("morerows", 0)):
                reaching[number + below, column] = span
            column += span


#: Characters at which a column stops growing; a longer word still has its room.
_WIDEST_COLUMN: Final = 60

#: What Sphinx' text builder shows between marks, and the width of the widest: two stars twice.
_MARKED_IN_TEXT: Final = (
    nodes.emphasis,
    nodes.literal,
    nodes.strong,
    nodes.subscript,
    nodes.superscript,
    nodes.title_reference,
    nodes.footnote_reference,
)
_MARK_WIDTH: Final = 4


def text_width(text: str, /) -> int:
    """Return the characters that a column needs for ``text``, within reason; at least 1."""
    words = text.split()
    if words == [text]:
        return _width(text)
    longest_line = max(map(_width, text.splitlines()), default=1)
    return max(min(longest_line, _WIDEST_COLUMN), _longest_word(text), 1)


def _longest_word(text: str) -> int:
    return max(map(_width, text.split()), default=1)


def _width(text: str) -> int:
    return len(text) if text.isascii() else column_width(text)


def entry_width(entry: nodes.Element, /) -> int:
    """Return the characters that a column needs for ``entry``, with the text builder's marks."""
    return text_width(entry.astext()) + _marks_width(entry)


def word_width(entry: nodes.Element, /) -> int:
    """Return the characters that a column needs at least, with its texts wrapped."""
    return _longest_word(entry.astext()) + _marks_width(entry)


def _marks_width(entry: nodes.Element) -> int:
    marked = entry.findall(lambda node: isinstance(node, _MARKED_IN_TEXT))
    return _MARK_WIDTH * sum(1 for _ in marked)


def content_widths(
    rows: Sequence[nodes.row], width: int, measure: Callable[[nodes.entry], int] = entry_width
) -> list[int]:
    """Return for each column the characters of its widest entry, by ``measure``; at least 1.

    Without it, that is its widest line, within reason. A word in an entry over several columns
    has its room, too.
    """
    widths = [1] * width
    placed = list(iter_entries(rows))
    for _, column, entry in placed:
        if "morecols" not in entry:
            widths[column] = max(widths[column], measure(entry))
    for _, column, entry in placed:
        if more := entry.get("morecols", 0):
            lacking = word_width(entry) - sum(widths[column : column + more + 1])
            for each in range(column, column + more + 1):
                widths[each] += max(0, math.ceil(lacking / (more + 1)))
    return widths


def body_widths(body: df_table_body, /) -> list[int]:
    """Return for each column the characters that its widest cell needs; at least 1."""
    widths = [text_width(text) for text in body.texts]
    widths += [entry_width(entry) for entry in body.entries]
    return [
        max((widths[number] for number in set(body.numbers[column :: body.width])), default=1)
        for column in range(body.width)
    ]
