"""The plain table between pandas and docutils, with all that the reader will see."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Alignment = Literal["left", "right", "center"]


class Cell(NamedTuple):
    """One cell: its text, its spans and its style.

    :param is_literal: whether the text contains no inline markup; only a string may contain it.
    :param morecols: the number of further columns covered, as in docutils and the CALS model.
    :param morerows: the same for rows.
    :param classes: class names for HTML, separated by spaces.
    :param style: CSS declarations for HTML.
    """

    # A tuple, because there may be very many: they are created and encoded faster than objects.
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
        """Whether the cell has neither spans nor a style."""
        return self[2:] == _PLAIN


_PLAIN = Cell("")[2:]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells that cover ``width`` columns, the first ``stubs`` of them row headings.

    :param alignments: one for each column.
    :param head: the heading rows.
    :param cells: the distinct cells of the body, each once, because values often repeat.
    :param numbers: the body, row by row, as indices into ``cells``.
    :param caption: the frame's own caption, for a table whose author gives none.
    :param constants: label and value of each column that has one value and is shown outside.
    :param ranks: for each column, if rows can be sorted, how many distinct values are less than
        that of each row; ``None`` for a missing value.
    :param row_ids: the number of the column, counted from 0, whose texts identify the rows.
    :param filters: for each filter, the number of its column, and its values in their order: for
        each rank, the first row with each text.
    :param excerpt: the number of rows of data shown, and of all rows, ``None`` if that is
        unknown; ``None`` if all rows are shown.
    :param unmatched: the author's patterns that match no column, with a message each. They are
        reported only if they match no column of any tab.
    :param warnings: messages on anything that is not shown as it is, or as it was asked for.
    :param notes: messages for the log that are no warnings.
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
    row_ids: int | None = None
    filters: tuple[tuple[int, tuple[tuple[int, ...], ...]], ...] = ()
    excerpt: tuple[int, int | None] | None = None
    unmatched: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.alignments) != self.width:
            raise ValueError(f"{len(self.alignments)} alignments are not for {self.width} columns")
        is_plain = self.has_plain_body
        for rows in (self.head, () if is_plain else self.body):
            if (number := _find_misfit(rows, self.width)) is not None:
                raise ValueError(f"row {number} does not cover {self.width} columns")
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
        """Whether no cell of the body has spans or a style."""
        return all(cell.is_plain for cell in self.cells)


def _find_misfit(rows: Sequence[Sequence[Cell]], width: int) -> int | None:
    """Return the first row whose cells, with those that span into it, do not cover ``width``."""
    spanning: dict[int, int] = {}
    for number, row in enumerate(rows):
        covered = spanning.pop(number, 0)
        for cell in row:
            covered += 1 + cell.morecols
            for below in range(number + 1, number + 1 + cell.morerows):
                spanning[below] = spanning.get(below, 0) + 1 + cell.morecols
        if covered != width:
            return number
    return None if not spanning else len(rows)
