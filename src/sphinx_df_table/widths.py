"""How many characters the columns of a table need for what is in their cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from docutils import nodes
from docutils.utils import column_width

from sphinx_df_table.grid import placed_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sphinx_df_table.body import df_table_body

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
    placed = list(placed_entries(rows))
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
