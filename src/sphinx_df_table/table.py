"""The plain table between pandas and docutils: what the reader will see, and nothing else."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Cell(NamedTuple):
    """One cell: its text, and how many columns and rows it covers beyond its own.

    ``is_literal`` says that the text is shown as it is. The text of a value that is no
    string is literal; a string may hold inline markup. ``morecols`` and ``morerows``
    mean what they mean in docutils and the CALS table model.
    """

    # A tuple, because there may be very many: they are made and sent faster than objects.
    text: str
    is_literal: bool = True
    morecols: int = 0
    morerows: int = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells that cover ``width`` columns, the first ``stubs`` of them row headings.

    Values repeat in a body, so it has each distinct one of its ``cells`` once, and
    ``numbers``, row by row, say which cell stands where; ``body`` puts the two together.
    ``warnings`` says, a sentence each, where a value could not be shown as it is.

    :raises ValueError: if a row does not cover the table's width.
    """

    width: int
    stubs: int
    head: tuple[tuple[Cell, ...], ...]
    cells: tuple[Cell, ...]
    numbers: tuple[tuple[int, ...], ...]
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        has_spans = self.has_spans_in_body
        for rows in (self.head, self.body if has_spans else ()):
            if (found := _misfit(rows, self.width)) is not None:
                raise ValueError(f"row {found} does not cover {self.width} columns")
        if not has_spans and any(len(row) != self.width for row in self.numbers):
            raise ValueError(f"a row of the body does not cover {self.width} columns")

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows below the head."""
        return tuple(tuple(self.cells[number] for number in row) for row in self.numbers)

    @property
    def has_spans_in_body(self) -> bool:
        """Whether a cell below the head covers more than its own column and row."""
        return any(cell.morecols or cell.morerows for cell in self.cells)


def _misfit(rows: Sequence[Sequence[Cell]], width: int) -> int | None:
    """Return the first row whose cells, with those that reach into it, miss ``width``."""
    reaching: dict[int, int] = {}
    for number, row in enumerate(rows):
        covered = reaching.pop(number, 0)
        for cell in row:
            covered += 1 + cell.morecols
            for below in range(number + 1, number + 1 + cell.morerows):
                reaching[below] = reaching.get(below, 0) + 1 + cell.morecols
        if covered != width:
            return number
    return None if not reaching else len(rows)
