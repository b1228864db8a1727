"""Turn a DataFrame into a plain table. The only module that knows how pandas lays data out."""

from __future__ import annotations

import dataclasses
import itertools
import operator
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.errors import FrameError
from sphinx_df_table.table import Cell, Table
from sphinx_df_table.values import are_strings, value_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx_df_table.options import TableOptions

#: What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def frame_to_table(frame: pd.DataFrame | pd.Series[Any], options: TableOptions, /) -> Table:
    """Lay ``frame`` out as the reader will see it.

    Rows and columns keep their order. Index levels that are shown come first, as row
    headings. Equal neighbours in an upper level of the column labels are joined into one
    spanning cell; an empty label gives its place to the label below it, or else above.

    :param frame: the snippet's result, rows by columns; it is never modified.
    :param options: the author's choices for this one table.
    :returns: a table whose rows all cover the same number of columns.
    :raises FrameError: if there is no column to show, or an option asks for more rows or
        columns than there are.
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame()
    if frame.shape[1] == 0:
        raise FrameError("The frame has no columns, so there is nothing to show.")
    levels = _index_levels(frame) if _shows_index(frame, options) else []
    cells, heads = _Cells(), _Cells()
    columns = [cells.of(values) for values in levels]
    columns += [cells.of(values) for _, values in frame.items()]
    labels = _labels(frame, heads, levels=len(levels), options=options)
    stubs = max(len(levels), options.stub_columns)
    if stubs >= len(columns) and options.stub_columns:
        raise FrameError(
            f":stub-columns: asks for {options.stub_columns}, but the table has "
            f"{len(columns)} columns in all; give a smaller number."
        )
    head = _joined(_at(labels, heads.made)) if options.header_rows != 0 else ()
    made = cells.made
    rows = tuple(zip(*columns, strict=True))
    lead = _leading_rows(len(labels), len(rows), options)
    return Table(
        width=len(columns),
        stubs=stubs,
        head=head + _at(rows[:lead], made),
        cells=made,
        numbers=rows[lead:],
        warnings=(
            *heads.on_illegal(zip(*labels, strict=True), first_row=0),
            *cells.on_illegal(columns, first_row=1),
        ),
    )


def _shows_index(frame: pd.DataFrame, options: TableOptions) -> bool:
    """Tell whether the index says something: a level has a name, or labels are not integers."""
    if options.index != "auto":
        return options.index == "show"
    index = frame.index
    return any(
        name is not None or not _holds_integers(index.get_level_values(level))
        for level, name in enumerate(index.names)
    )


def _holds_integers(level: pd.Index[Any]) -> bool:
    return len(level) == 0 or level.inferred_type == "integer"


def _index_levels(frame: pd.DataFrame) -> list[pd.Series[Any]]:
    index = frame.index
    return [_level(index, number) for number in range(index.nlevels)]


def _level(index: pd.Index[Any], number: int) -> pd.Series[Any]:
    level = index.get_level_values(number)
    return pd.Series(level.array, dtype=level.dtype, name=level.name)


class _Cells:
    """Makes the cells of a head or a body, one for all values with the same text.

    Cells are known by their numbers, in the order in which they were made.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool], int] = {}

    def of(self, values: pd.Series[Any]) -> list[int]:
        """Return the number of the cell of each value.

        :raises FrameError: if the text of a value cannot be formed.
        """
        try:
            texts = value_texts(values)
        except Exception as error:
            raise FrameError(
                f"A value in column {values.name!r} has no text: "
                f"{type(error).__name__} was raised when it was turned into one."
            ) from error
        literal = map(operator.not_, are_strings(values))
        return self.typed(zip(texts, literal, strict=True))

    def typed(self, texts: Iterable[tuple[str, bool]]) -> list[int]:
        """Return the number of the cell of each text, given with whether it is literal."""
        texts = list(texts)
        numbers = self._numbers
        for text in dict.fromkeys(texts):
            numbers.setdefault(text, len(numbers))
        return [numbers[text] for text in texts]

    @property
    def made(self) -> tuple[Cell, ...]:
        """The cells; what XML cannot hold is U+FFFD in them, the replacement character."""
        if self._are_legal:
            return tuple(itertools.starmap(Cell, self._numbers))
        return tuple(
            Cell(_NOT_XML.sub("\ufffd", text), is_literal) for text, is_literal in self._numbers
        )

    @property
    def _are_legal(self) -> bool:
        return not _NOT_XML.search("".join(text for text, _ in self._numbers))

    def on_illegal(self, columns: Iterable[Iterable[int]], *, first_row: int) -> list[str]:
        """Return a sentence on the first cell that held what XML cannot, if there is one.

        :param first_row: the number of the columns' first row; 0 for labels.
        """
        if self._are_legal:
            return []
        illegal = {
            number: found.group()
            for (text, _), number in self._numbers.items()
            if (found := _NOT_XML.search(text))
        }
        cells = [
            (row, place, illegal[number])
            for place, column in enumerate(columns, 1)
            for row, number in enumerate(column, first_row)
            if number in illegal
        ]
        row, place, character = cells[0]
        where = f"row {row}, column {place}" if first_row else "a heading"
        more = f" ({len(cells)} such cells)" if len(cells) > 1 else ""
        return [
            (
                f"In {where} the character U+{ord(character):04X} cannot be shown and is replaced "
                f"by U+FFFD{more}; clean the data to be rid of it."
            )
        ]


def _at(numbers: Iterable[Iterable[int]], cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of ``cells`` for rows of their numbers."""
    return tuple(tuple(cells[number] for number in row) for row in numbers)


def _labels(
    frame: pd.DataFrame, cells: _Cells, *, levels: int, options: TableOptions
) -> list[list[int]]:
    """Return the rows of labels over all columns, the first ``levels`` of them index levels.

    :returns: their numbers in ``cells``.
    :raises FrameError: if ``:header:`` does not give a label for each column.
    """
    if options.header:
        width = levels + frame.shape[1]
        if len(options.header[0]) != width:
            raise FrameError(
                f":header: gives {len(options.header[0])} labels, but the table has "
                f"{width} columns; give one for each."
            )
        return [cells.typed((text, False) for text in row) for row in options.header]
    rows = [cells.of(_level(frame.columns, number)) for number in range(frame.columns.nlevels)]
    blanks = cells.typed([("", True)] * levels)
    names = cells.of(pd.Series(frame.index.names, dtype=object)) if levels else []
    *upper, last = rows
    return [*(blanks + row for row in upper), names + last]


def _leading_rows(levels: int, rows: int, options: TableOptions) -> int:
    """Return how many rows of data are shown as heading rows, below the labels.

    :raises FrameError: if there are not so many.
    """
    lead = max((options.header_rows or 0) - levels, 0)
    if lead > rows:
        raise FrameError(
            f":header-rows: asks for {options.header_rows}, but there are {levels} rows of "
            f"labels and {rows} of data; give a smaller number."
        )
    return lead


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A label and the levels that it fills in one column, from ``top`` to ``bottom``."""

    cell: Cell
    top: int
    bottom: int


def _joined(labels: tuple[tuple[Cell, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """Join equal neighbours of the upper levels, and blank cells with what is below or above."""
    last = len(labels) - 1
    columns = [_filled(column) for column in zip(*labels, strict=True)]
    rows: list[list[Cell]] = [[] for _ in labels]
    for level, row in enumerate(rows):
        # A neighbour joins only if everything above it is joined as well; leaves never join.
        paths = [
            tuple(column[: level + 1]) + ((number,) if column[level].bottom == last else ())
            for number, column in enumerate(columns)
        ]
        for _, run in itertools.groupby(zip(paths, columns, strict=True), key=lambda pair: pair[0]):
            joined = [column for _, column in run]
            place = joined[0][level]
            if place.top == level:
                more = len(joined) - 1, place.bottom - place.top
                row.append(Cell(place.cell.text, place.cell.is_literal, *more))
    return tuple(map(tuple, rows))


def _filled(column: tuple[Cell, ...]) -> list[_Place]:
    """Return for each level of one column the label that fills it."""
    filled = [level for level, cell in enumerate(column) if cell.text] or [0]
    places: list[_Place] = []
    for number, level in enumerate(filled):
        is_last = number == len(filled) - 1
        place = _Place(column[level], len(places), len(column) - 1 if is_last else level)
        places += [place] * (place.bottom - place.top + 1)
    return places
