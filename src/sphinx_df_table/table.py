"""The plain table between pandas and docutils: what the reader will see, and nothing else."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: its text, and how many columns and rows it covers beyond its own.

    ``is_literal`` says that the text is shown as it is. The text of a value that is no
    string is literal; a string may hold inline markup. ``morecols`` and ``morerows``
    mean what they mean in docutils and the CALS table model.
    """

    text: str
    is_literal: bool = True
    morecols: int = 0
    morerows: int = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells that cover ``width`` columns, the first ``stubs`` of them row headings.

    ``warnings`` says, a sentence each, where a value could not be shown as it is.

    :raises ValueError: if a row does not cover the table's width.
    """

    width: int
    stubs: int
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for rows in (self.head, self.body):
            if (found := _misfit(rows, self.width)) is not None:
                raise ValueError(f"row {found} does not cover {self.width} columns")


def _misfit(rows: tuple[tuple[Cell, ...], ...], width: int) -> int | None:
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
