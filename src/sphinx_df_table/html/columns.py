"""Add classes to tables and cells from which the stylesheet gives each column its room.

Without them browsers squeeze the columns of a table to single words before it scrolls, because
CSS cannot ask how long a text is. Inline styles could, but a Content Security Policy may block
them.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.body import df_table_body
from sphinx_df_table.doctree.structure import get_rows, iter_entries, measure_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: The class of a table whose columns have room, and which breaks lines only where told to.
_HAS_ROOM: Final = "df-table-room"

#: The class of such a table that scrolls on most pages, whatever room its columns have.
_IS_WIDE: Final = "df-table-wide"

#: The classes of cells that break lines: in columns whose longest text is up to ``_MEDIUM``
#: wide, and in others.
_MEDIUM_CLASS: Final = "df-table-medium"
_LONG_CLASS: Final = "df-table-long"

#: The class of a line of a heading.
_LINE_CLASS: Final = "df-table-line"

#: The texts that are never broken, in characters.
_SHORT: Final = 14

#: A text that is broken only where there is little room, in the width of a letter.
_MEDIUM: Final = 28

#: The lines of a heading, and the width up to which each is one.
_LINES: Final = 3
_WIDEST_LINE: Final = 32

#: The width of a letter and of a bold one in the widest of usual fonts, the padding of a cell on
#: paper, and the width at which long texts are broken there, in em.
_LETTER: Final = 0.64
_BOLD: Final = 0.72
_PADDING: Final = 0.85
_LONG_ON_PAPER: Final = 10

#: The width in em from which a table scrolls on most pages.
_WIDE: Final = 50

#: The widths in em for which the stylesheet has a font size on paper.
_PAPER_WIDTHS: Final = (60, 70, 80, 90, 100, 120, 140, 170, 200, 250)

#: Where a line of a heading may end: after a space, a hyphen or slash, and at East Asian letters.
_BREAK: Final = re.compile(r"(?<=[\s/-])(?=\S)|(?<=[\u2e80-\ud7ff])|(?=[\u2e80-\ud7ff])")


@dataclasses.dataclass(slots=True)
class _Column:
    """The texts of a column of a body: its longest line and word, and whether none is broken."""

    widest: int = 0
    longest_word: int = 0
    is_short: bool = True

    def add(self, lines: Iterable[str], *, is_text: bool = True) -> None:
        """Add a cell. One that is more than text, such as a list, may be broken."""
        for line in lines:
            self.widest = max(self.widest, measure_text(line))
            if len(line) > _SHORT:
                self.is_short = False
                self.longest_word = max(self.longest_word, *map(measure_text, line.split()), 0)
        self.is_short &= is_text

    @property
    def class_name(self) -> str:
        """The class of its cells."""
        if self.is_short:
            return ""
        return _MEDIUM_CLASS if self.widest <= _MEDIUM else _LONG_CLASS


def add_width_classes(tgroup: nodes.tgroup, /) -> None:
    """Add classes to the table of ``tgroup`` and its cells, and lines to its headings.

    A table whose author gave the widths of columns has none.
    """
    table = tgroup.parent
    if "colwidths-given" in table["classes"]:
        return
    columns = [_Column() for _ in range(tgroup["cols"])]
    needed = [0] * len(columns)
    for part in tgroup.children:
        if isinstance(part, df_table_body):
            _measure_body(part, columns)
        elif isinstance(part, nodes.tbody):
            _measure_rows(get_rows(part), columns)
        elif isinstance(part, nodes.thead):
            _arrange_headings(get_rows(part), needed)
    _add_cell_classes(tgroup, [column.class_name for column in columns])
    total = sum(
        _PADDING + max(heading * _BOLD, _measure_on_paper(column))
        for column, heading in zip(columns, needed, strict=True)
    )
    table["classes"].append(_HAS_ROOM)
    if total > _WIDE:
        step = min(bisect.bisect_left(_PAPER_WIDTHS, total), len(_PAPER_WIDTHS) - 1)
        table["classes"] += [_IS_WIDE, f"df-table-em{_PAPER_WIDTHS[step]}"]


def _add_cell_classes(tgroup: nodes.tgroup, classes: Sequence[str]) -> None:
    for part in tgroup.children:
        if isinstance(part, df_table_body):
            pairs = zip(part.column_classes, classes, strict=True)
            part.column_classes = tuple(f"{first} {added}".rstrip() for first, added in pairs)
        elif isinstance(part, nodes.tbody):
            for _, place, entry in iter_entries(get_rows(part)):
                added = _LONG_CLASS if "morecols" in entry else classes[place]
                entry["classes"] += [added] if added else []


def _measure_on_paper(column: _Column) -> float:
    width = column.widest * _LETTER
    if column.is_short:
        return width
    word = column.longest_word * _LETTER if column.class_name == _MEDIUM_CLASS else 0
    return max(word, min(width, _LONG_ON_PAPER))


def _measure_body(body: df_table_body, columns: Sequence[_Column]) -> None:
    first = len(body.texts)
    entries = body.entries
    for place, column in enumerate(columns):
        for number in set(body.numbers[place :: body.width]):
            if number < first:
                column.add(body.texts[number].splitlines())
            else:
                _add_entry(column, entries[number - first])


def _measure_rows(rows: Sequence[nodes.row], columns: Sequence[_Column]) -> None:
    for _, place, entry in iter_entries(rows):
        if "morecols" not in entry:
            _add_entry(columns[place], entry)


def _add_entry(column: _Column, entry: nodes.entry) -> None:
    is_text = all(isinstance(child, (nodes.paragraph, nodes.line_block)) for child in entry)
    column.add(entry.astext().splitlines(), is_text=is_text)


def _arrange_headings(rows: Sequence[nodes.row], needed: list[int]) -> None:
    """Divide the headings into lines, and widen ``needed`` to the longest word of each column."""
    for _, place, entry in iter_entries(rows):
        widest = _arrange_heading(entry)
        if "morecols" not in entry:
            needed[place] = max(needed[place], widest)


def _arrange_heading(entry: nodes.entry) -> int:
    """Divide the text of a heading into three lines that are not broken, if it needs more.

    :returns: the width of the longest word.
    """
    text = entry.astext()
    words = [word for word in _BREAK.split(text) if word]
    widest = max((measure_text(word.strip()) for word in words), default=0)
    paragraph = entry.children[0] if len(entry) == 1 else None
    if len(words) <= _LINES or not isinstance(paragraph, nodes.paragraph):
        return widest
    fits = measure_text(text) <= _LINES * _WIDEST_LINE
    lines = _split_lines(words) if fits else []
    holder: nodes.TextElement = paragraph
    while len(holder) == 1 and isinstance(holder[0], nodes.TextElement):
        holder = holder[0]
    is_text = len(holder) == 1 and isinstance(holder[0], nodes.Text)
    if not is_text or not fits or max(map(measure_text, lines)) > _WIDEST_LINE:
        entry["classes"].append(_LONG_CLASS)
        return widest
    holder[:] = []
    for line in lines:
        # Only a space outside of the lines is one at which they end.
        bare = line.rstrip()
        holder += nodes.inline("", bare, classes=[_LINE_CLASS])
        if bare != line:
            holder += nodes.Text(line[len(bare) :])
    return widest


def _split_lines(words: Sequence[str]) -> list[str]:
    """Join ``words`` to three lines, the longest of which is as short as can be."""

    @functools.cache
    def split(start: int, count: int) -> tuple[int, tuple[str, ...]]:
        whole = "".join(words[start:])
        best: tuple[int, tuple[str, ...]] = measure_text(whole.rstrip()), (whole,)
        if count == 1:
            return best
        for end in range(start + 1, len(words)):
            line = "".join(words[start:end])
            width = measure_text(line.rstrip())
            if width >= best[0]:
                break
            rest, others = split(end, count - 1)
            best = min(best, (max(width, rest), (line, *others)), key=lambda found: found[0])
        return best

    return list(split(0, _LINES)[1])
