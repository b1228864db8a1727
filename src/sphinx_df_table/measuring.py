"""Measure the columns of a table in print, from what is in their cells."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.grid import placed_entries, rows_of, stubs_of
from sphinx_df_table.panels import REPEATED, Need
from sphinx_df_table.typeface import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.table import Alignment

#: The alignments that an entry may have, by a class.
ALIGNMENTS: Final[tuple[Alignment, ...]] = ("left", "right", "center")

#: The share of the line that a single word has a right to.
_WORD: Final = 0.35

#: What two sums of the same widths may differ by.
_ROUNDING: Final = 0.001

#: The ems that lists, code and the like have a right to in a column.
_BLOCK: Final = 12.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How a table is set: the points of an em, and on each side of a column's text."""

    em: float
    separation: float
    declaration: str = ""

    def width(self, ems: float) -> float:
        """Return the points of a column whose text takes so many ``ems``."""
        return ems * self.em + 2 * self.separation

    def ems(self, width: float) -> float:
        """Return the ems that the text of a column of so many points may take; at least 1."""
        return max((width - 2 * self.separation) / self.em, 1.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCell:
    """An entry, its first row, its columns, and the ems of its longest word and line.

    ``least`` is for words that are broken behind their marks, ``whole`` for those that are not.
    """

    entry: nodes.entry
    is_heading: bool
    is_of_head: bool
    row: int
    columns: range
    least: float
    whole: float
    natural: float

    @property
    def is_plain(self) -> bool:
        """Whether there is one paragraph in it, or nothing."""
        return len(self.entry) < 2 and all(
            isinstance(child, nodes.paragraph) for child in self.entry.children
        )

    @property
    def alignment(self) -> Alignment:
        """How its column, or its text over several, is aligned."""
        classes = self.entry["classes"]
        return next((name for name in ALIGNMENTS if f"text-{name}" in classes), "left")


def measured_cells(tgroup: nodes.tgroup, /) -> list[MeasuredCell]:
    """Return the cells of a table, row by row."""
    stubs = stubs_of(tgroup)
    cells = []
    first = 0
    for part in tgroup.children:
        if not isinstance(part, (nodes.thead, nodes.tbody)):
            continue
        is_of_head = isinstance(part, nodes.thead)
        for row, column, entry in placed_entries(rows_of(part)):
            is_heading = is_of_head or column < stubs
            least, whole, natural = width_of(entry, is_heading=is_heading)
            cell = MeasuredCell(
                entry=entry,
                is_heading=is_heading,
                is_of_head=is_of_head,
                row=first + row,
                columns=range(column, column + 1 + entry.get("morecols", 0)),
                least=least,
                whole=whole,
                natural=natural,
            )
            cells.append(cell)
        first += len(part.children)
    return cells


def needs_of(
    cells: Sequence[MeasuredCell], size: Size, /, *, room: float, repeated: int
) -> list[Need]:
    """Return the points that each column takes on a line of ``room``.

    Headings may stand on two lines, and words longer than their share of the line be broken;
    it is smaller for columns that are ``repeated`` in each panel.
    """
    least = [0.0] * _width(cells)
    natural = [0.0] * len(least)
    for cell in cells:
        if len(cell.columns) == 1:
            [column] = cell.columns
            word = max(cell.least, 0 if cell.is_plain else _BLOCK)
            line = max(cell.natural / (2 if cell.is_of_head else 1), word)
            share = min(_WORD, REPEATED / repeated) if column < repeated else _WORD
            least[column] = max(least[column], min(word, size.ems(room * share)))
            natural[column] = max(natural[column], line)
    return [
        Need(least=size.width(word), natural=size.width(line))
        for word, line in zip(least, natural, strict=True)
    ]


def naturals_of(cells: Sequence[MeasuredCell], size: Size, /) -> list[float]:
    """Return the points that tabulary gives each column if no line is wrapped.

    What a text over several columns lacks is added to the last of them.
    """
    widths = [size.width(0)] * _width(cells)
    for cell in sorted(cells, key=lambda cell: len(cell.columns)):
        taken = sum(widths[column] for column in cell.columns)
        widths[cell.columns[-1]] += max(0, size.width(cell.natural) - taken)
    return widths


def room_in(cell: MeasuredCell, widths: Sequence[float], size: Size, /) -> float:
    """Return the ems that ``cell`` has where columns have so many points."""
    return size.ems(sum(widths[column] for column in cell.columns))


def fits(cell: MeasuredCell, widths: Sequence[float], size: Size, /) -> bool:
    """Tell whether columns of so many points hold the longest word of ``cell`` unbroken."""
    return cell.whole <= room_in(cell, widths, size) + _ROUNDING


def lines_of(cells: Sequence[MeasuredCell], widths: Sequence[float], size: Size, /) -> int:
    """Return how many lines a table takes whose columns have so many points."""
    lines = [1] * (1 + cells[-1].row)
    for cell in cells:
        wrapped = math.ceil(cell.natural / room_in(cell, widths, size) - _ROUNDING)
        lines[cell.row] = max(lines[cell.row], wrapped)
    return sum(lines)


def alignments_of(cells: Sequence[MeasuredCell], /) -> list[Alignment]:
    """Return the alignment of each column, which is that of its last cell."""
    found = {column: cell.alignment for cell in cells for column in cell.columns}
    return [found[column] for column in sorted(found)]


def _width(cells: Sequence[MeasuredCell], /) -> int:
    """Return the number of columns."""
    return 1 + max(cell.columns[-1] for cell in cells)
