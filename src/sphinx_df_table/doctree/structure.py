"""Attributes, rows, entries and column widths of the tables that ``df-table`` creates."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from docutils import nodes
from docutils.utils import column_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx_df_table.doctree.body import df_table_body

#: Attribute of an ``entry``: its inline style, for HTML only.
STYLE: Final = "df-table-style"

#: Attribute of the paragraph after a table that lists its constant columns.
CONSTANTS: Final = "df-table-constants"

#: Attribute of a tab set that ``df-table`` created.
TABS: Final = "df-table-tabs"

#: Attribute of a ``colspec``: the ranks of its column's values for sorting, one for each row,
#: separated by commas. A missing value has an empty rank. The attribute is empty if all are 0.
RANKS: Final = "df-table-ranks"

#: Attribute of a table: its accessible name, unique on the page.
LABEL: Final = "df-table-label"

#: Attribute of a table whose rows readers can search.
SEARCHABLE: Final = "df-table-searchable"

#: Attribute of a table: its filters as JSON, as ``Table`` has them.
FILTERS: Final = "df-table-filters"

#: Attribute of a table: the value of ``:print:``, if its author set it.
PRINT: Final = "df-table-print"

#: Attribute of the ``colspec`` of the column whose texts identify the rows. Each row that has one
#: has an id and a name.
ROW_IDS: Final = "df-table-row-ids"

#: Attribute of a code block that is collapsed at first.
COLLAPSED: Final = "df-table-collapsed"

#: Attributes that only a browser uses, not an EPUB reader.
BROWSER_ATTRIBUTES: Final = (RANKS, SEARCHABLE, FILTERS, COLLAPSED)

#: Attributes that only HTML uses.
HTML_ATTRIBUTES: Final = (STYLE, CONSTANTS, TABS, ROW_IDS, *BROWSER_ATTRIBUTES)

#: Classes of elements that MathJax ignores, and of formulas within them that it typesets.
MATHJAX_IGNORES: Final = ("tex2jax_ignore", "mathjax_ignore")
MATHJAX_PROCESSES: Final = ("tex2jax_process", "mathjax_process")

#: Characters at which a column stops growing, unless it has a longer word.
_WIDEST_COLUMN: Final = 60

_WORD: Final = re.compile(r"\S+")

#: Nodes that Sphinx' text builder encloses in marks, and the width of the widest: ``**`` twice.
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

#: The rows of a ``thead`` or a ``tbody``.
Rows = list[nodes.row]


def find_tables(document: nodes.Node, /) -> list[nodes.table]:
    """Return the tables in ``document`` that ``df-table`` created."""
    return [table for table in document.findall(nodes.table) if "df-table" in table["classes"]]


def get_ancestors(node: nodes.Node, /) -> list[nodes.Element]:
    """Return the ancestors of ``node``, innermost first."""
    ancestors = []
    while node.parent is not None:
        node = node.parent
        ancestors.append(node)
    return ancestors


def get_tgroup(table: nodes.table, /) -> nodes.tgroup:
    """Return the only ``tgroup`` of ``table``."""
    return next(part for part in table.children if isinstance(part, nodes.tgroup))


def get_body(tgroup: nodes.Element, /) -> nodes.Element:
    """Return the body of ``tgroup``, which is its last part."""
    body = tgroup.children[-1]
    assert isinstance(body, nodes.Element)
    return body


def get_colspecs(tgroup: nodes.Element, /) -> list[nodes.colspec]:
    """Return the ``colspec`` nodes of ``tgroup``, one for each column."""
    return [part for part in tgroup.children if isinstance(part, nodes.colspec)]


def count_stubs(tgroup: nodes.Element, /) -> int:
    """Return how many columns of ``tgroup`` are row headings."""
    return sum("stub" in colspec for colspec in get_colspecs(tgroup))


def get_rows(part: nodes.Element, /) -> Rows:
    """Return the rows of a ``thead`` or a ``tbody``."""
    return [row for row in part.children if isinstance(row, nodes.row)]


def iter_entries(rows: Sequence[nodes.row]) -> Iterator[tuple[int, int, nodes.entry]]:
    """Yield for each entry its first row and column, counted from 0, and the entry."""
    spans_from_above: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        column = 0
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            while (number, column) in spans_from_above:
                column += spans_from_above[number, column]
            yield number, column, entry
            span = 1 + entry.get("morecols", 0)
            for below in range(1, 1 + entry.get("morerows", 0)):
                spans_from_above[number + below, column] = span
            column += span


def measure_columns(
    rows: Sequence[nodes.row], width: int, measure: Callable[[nodes.entry], int] | None = None
) -> list[int]:
    """Return the width of each column's widest entry in characters, at least 1.

    An entry over several columns widens them only as far as its longest word needs.

    :param measure: the width of an entry; by default that of its longest line, up to a limit.
    """
    measure = measure or _entry_width
    widths = [1] * width
    entries = list(iter_entries(rows))
    for _, column, entry in entries:
        if "morecols" not in entry:
            widths[column] = max(widths[column], measure(entry))
    for _, column, entry in entries:
        if more := entry.get("morecols", 0):
            lacking = measure_longest_word(entry) - sum(widths[column : column + more + 1])
            for each in range(column, column + more + 1):
                widths[each] += max(0, math.ceil(lacking / (more + 1)))
    return widths


def measure_body_columns(body: df_table_body, /) -> list[int]:
    """Return the width of each column's widest cell in characters, at least 1."""
    widths = [_text_width(text) for text in body.texts]
    widths += [_entry_width(entry) for entry in body.entries]
    return [
        max((widths[number] for number in set(body.numbers[column :: body.width])), default=1)
        for column in range(body.width)
    ]


#: Characters that may be written from right to left.
_MAYBE_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def has_right_to_left(text: str, /) -> bool:
    """Return whether ``text`` contains a letter of a script that is written from right to left.

    That is a character of the bidirectional class R or AL, see https://unicode.org/reports/tr9/.
    """
    if text.isascii():
        return False
    found = _MAYBE_RIGHT_TO_LEFT.findall(text)
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in set(found))


def measure_text(line: str, /) -> int:
    """Return the width of ``line`` in columns of text: an East Asian letter takes two."""
    return len(line) if line.isascii() else column_width(line)


def measure_longest_word(entry: nodes.Element, /) -> int:
    """Return the width of the longest word of ``entry``, with the text builder's marks."""
    return _longest_word(entry.astext()) + _marks_width(entry)


def _entry_width(entry: nodes.Element) -> int:
    return _text_width(entry.astext()) + _marks_width(entry)


def _marks_width(entry: nodes.Element) -> int:
    marked = entry.findall(lambda node: isinstance(node, _MARKED_IN_TEXT))
    return _MARK_WIDTH * sum(1 for _ in marked)


def _text_width(text: str) -> int:
    if text.split(maxsplit=1) == [text]:
        return measure_text(text)
    longest_line = max(map(measure_text, text.splitlines()), default=1)
    return max(min(longest_line, _WIDEST_COLUMN), _longest_word(text))


def _longest_word(text: str) -> int:
    # A list of the words would take many times the memory of a long text.
    return max((measure_text(match[0]) for match in _WORD.finditer(text)), default=1)
