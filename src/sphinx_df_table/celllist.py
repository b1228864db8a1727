"""The distinct cells of a table, known by their numbers."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sphinx_df_table.characters import first_illegal, legal_cell
from sphinx_df_table.table import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable


class CellList:
    """The distinct cells of a table, in the order of their making."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool] | Cell, int] = {}

    def numbers_of(self, cells: Iterable[tuple[str, bool] | Cell]) -> list[int]:
        """Return the number of each cell; one without looks is given by text and literalness."""
        cells = list(cells)
        numbers = self._numbers
        for cell in dict.fromkeys(cells):
            numbers.setdefault(cell, len(numbers))
        return [numbers[cell] for cell in cells]

    def made(self) -> tuple[Cell, ...]:
        """Return the cells; what XML cannot hold in them is U+FFFD, the replacement character."""
        cells = itertools.starmap(Cell, self._numbers)
        return tuple(cells) if self._are_legal() else tuple(map(legal_cell, cells))

    def _are_legal(self) -> bool:
        return not first_illegal("".join(cell[0] for cell in self._numbers))

    def illegal(self) -> dict[int, str]:
        """Return, by the number of its cell, the first character that XML cannot hold."""
        if self._are_legal():
            return {}
        found = {number: first_illegal(cell[0]) for cell, number in self._numbers.items()}
        return {number: character for number, character in found.items() if character}
