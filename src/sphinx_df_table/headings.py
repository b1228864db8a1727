"""Labels on several levels → heading rows in which one cell stands for equal neighbours."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.table import Cell


def joined_labels(columns: Sequence[Sequence[Cell]], /) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a head for the labels of each column, from the top down.

    Equal neighbours of an upper level are joined into one spanning cell; a blank label gives
    its place to the label below it, or else above. Leaves never join.
    """
    levels = len(columns[0])
    filled = [_filled(column) for column in columns]
    rows: list[list[Cell]] = [[] for _ in range(levels)]
    for level, row in enumerate(rows):
        # A neighbour joins only if everything above it is joined as well; leaves never join.
        paths = [
            (
                *(place.known_by for place in column[: level + 1]),
                number if column[level].bottom == levels - 1 else None,
            )
            for number, column in enumerate(filled)
        ]
        for _, run in itertools.groupby(zip(paths, filled, strict=True), key=lambda pair: pair[0]):
            joined = [column for _, column in run]
            place = joined[0][level]
            if place.top == level:
                morecols, morerows = len(joined) - 1, place.bottom - place.top
                row.append(place.cell._replace(morecols=morecols, morerows=morerows))
    return tuple(map(tuple, rows))


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A label and the levels that it fills in one column, from ``top`` to ``bottom``."""

    cell: Cell
    top: int
    bottom: int

    @property
    def known_by(self) -> tuple[str, bool, int, int]:
        """What neighbours that join must have in common; looks may differ."""
        return self.cell.text, self.cell.is_literal, self.top, self.bottom


def _filled(column: Sequence[Cell]) -> list[_Place]:
    """Return for each level of one column the label that fills it."""
    filled = [level for level, cell in enumerate(column) if cell.text] or [0]
    places: list[_Place] = []
    for number, level in enumerate(filled):
        is_last = number == len(filled) - 1
        place = _Place(column[level], len(places), len(column) - 1 if is_last else level)
        places += [place] * (place.bottom - place.top + 1)
    return places
