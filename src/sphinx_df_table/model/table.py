"""The plain table between pandas and docutils: what the reader will see, and nothing else."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Alignment = Literal["left", "right", "center"]


class Cell(NamedTuple):
    """One cell: its text, how many columns and rows it covers beyond its own, and its looks.

    ``is_literal`` says that the text is shown as it is. The text of a value that is no
    string is literal; a string may hold inline markup. ``morecols`` and ``morerows``
    mean what they mean in docutils and the CALS table model. ``classes`` are class names
    parted by blanks, and ``style`` is CSS, a list of declarations; both are for HTML.
    """

    # A tuple, because there may be very many: they are made and sent faster than objects.
    text: str
    is_literal: bool = True
    morecols: int = 0
    morerows: int = 0
    classes: str = ""
    style: str = ""
    is_strong: bool = False
    is_emphasized: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there is no more to the cell than its text."""
        return self[2:] == _PLAIN


_PLAIN = Cell("")[2:]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells that cover ``width`` columns, the first ``stubs`` of them row headings.

    Values repeat in a body, so it has each distinct one of its ``cells`` once, and
    ``numbers``, row by row, say which cell stands where; ``body`` puts the two together.
    ``alignments`` has one for each column. ``caption`` is for a table to which its author
    gives no other. ``constants`` are columns of one value, (label, value) each, that
    hold for all rows and have no place in them. ``ranks``, if rows can be sorted, says for
    each column how many different values each row's is greater than, ``None`` where there is
    none. ``excerpt``, if the body is not all there is, says
    how many rows of data it shows and how many there are, ``None`` where nobody has counted.
    ``unmatched`` has the patterns that the author gave and that
    fit no column, with a sentence on each; another table of the same author may have one.
    ``warnings`` says, a sentence each, where something could not be shown as it is or as it
    was asked for.

    :raises ValueError: if a row does not cover the table's width, or a column of ranks its height.
    """

    width: int
    stubs: int
    alignments: tuple[Alignment, ...]
    head: tuple[tuple[Cell, ...], ...]
    cells: tuple[Cell, ...]
    numbers: tuple[tuple[int, ...], ...]
    caption: str = ""
    constants: tuple[tuple[Cell, Cell], ...] = ()
    ranks: tuple[tuple[int | None, ...], ...] = ()
    excerpt: tuple[int, int | None] | None = None
    unmatched: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.alignments) != self.width:
            raise ValueError(f"{len(self.alignments)} alignments are not for {self.width} columns")
        is_plain = self.has_plain_body
        for rows in (self.head, () if is_plain else self.body):
            if (found := _misfit(rows, self.width)) is not None:
                raise ValueError(f"row {found} does not cover {self.width} columns")
        if is_plain and any(len(row) != self.width for row in self.numbers):
            raise ValueError(f"a row of the body does not cover {self.width} columns")
        if self.ranks and [len(ranks) for ranks in self.ranks] != [len(self.numbers)] * self.width:
            raise ValueError(
                f"the ranks are not for {len(self.numbers)} rows of {self.width} cells"
            )

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows below the head."""
        return tuple(tuple(self.cells[number] for number in row) for row in self.numbers)

    @property
    def has_plain_body(self) -> bool:
        """Whether no cell below the head spans others, or has looks of its own."""
        return all(cell.is_plain for cell in self.cells)


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
