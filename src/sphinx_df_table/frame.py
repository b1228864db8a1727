"""Turn a DataFrame into a plain table. The only module that knows how pandas lays data out."""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.errors import FrameError
from sphinx_df_table.table import Cell, Table
from sphinx_df_table.values import are_strings, value_texts

if TYPE_CHECKING:
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
    columns = levels + [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    labels = _labels(frame, levels=len(levels), options=options)
    warnings = _unshowable([[label for row in labels for label in row]], first_row=0)
    warnings += _unshowable(columns, first_row=1)
    stubs = max(len(levels), options.stub_columns)
    if stubs >= len(columns) and options.stub_columns:
        raise FrameError(
            f":stub-columns: asks for {options.stub_columns}, but the table has "
            f"{len(columns)} columns in all; give a smaller number."
        )
    head = _joined(labels) if options.header_rows != 0 else ()
    rows = tuple(zip(*columns, strict=True))
    lead = _leading_rows(len(labels), len(rows), options)
    table = Table(width=len(columns), stubs=stubs, head=head + rows[:lead], body=rows[lead:])
    return table if not warnings else _legal(table, warnings=tuple(warnings))


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


def _index_levels(frame: pd.DataFrame) -> list[list[Cell]]:
    index = frame.index
    return [_column(_level(index, number)) for number in range(index.nlevels)]


def _level(index: pd.Index[Any], number: int) -> pd.Series[Any]:
    return pd.Series(index.get_level_values(number)).reset_index(drop=True)


def _column(values: pd.Series[Any]) -> list[Cell]:
    """Return the cells of one column.

    :raises FrameError: if the text of a value cannot be formed.
    """
    try:
        texts = value_texts(values)
    except Exception as error:
        raise FrameError(
            f"A value in column {values.name!r} has no text: "
            f"{type(error).__name__} was raised when it was turned into one."
        ) from error
    return [
        Cell(text=text, is_literal=not is_string)
        for text, is_string in zip(texts, are_strings(values), strict=True)
    ]


def _labels(frame: pd.DataFrame, *, levels: int, options: TableOptions) -> list[list[Cell]]:
    """Return the rows of labels over all columns, the first ``levels`` of them index levels.

    :raises FrameError: if ``:header:`` does not give a label for each column.
    """
    if options.header:
        width = levels + frame.shape[1]
        if len(options.header[0]) != width:
            raise FrameError(
                f":header: gives {len(options.header[0])} labels, but the table has "
                f"{width} columns; give one for each."
            )
        return [[Cell(text=text, is_literal=False) for text in row] for row in options.header]
    rows = [_column(_level(frame.columns, number)) for number in range(frame.columns.nlevels)]
    blank = Cell(text="")
    names = _column(pd.Series(frame.index.names, dtype=object)) if levels else []
    return [
        (names if number == len(rows) - 1 else [blank] * levels) + row
        for number, row in enumerate(rows)
    ]


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


def _joined(labels: list[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
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
                row.append(
                    dataclasses.replace(
                        place.cell, morecols=len(joined) - 1, morerows=place.bottom - place.top
                    )
                )
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


def _unshowable(columns: list[list[Cell]], *, first_row: int) -> list[str]:
    """Return a sentence on the first cell that holds what XML cannot, if there is one."""
    found = [
        (row, place, match.group())
        for place, column in enumerate(columns, 1)
        for row, cell in enumerate(column, first_row)
        if (match := _NOT_XML.search(cell.text))
    ]
    if not found:
        return []
    row, place, character = found[0]
    where = f"row {row}, column {place}" if first_row else "a heading"
    more = f" ({len(found)} such cells)" if len(found) > 1 else ""
    sentence = (
        f"In {where} the character U+{ord(character):04X} cannot be shown and is replaced "
        f"by U+FFFD{more}; clean the data to be rid of it."
    )
    return [sentence]


def _legal(table: Table, *, warnings: tuple[str, ...]) -> Table:
    """Replace what XML cannot hold by U+FFFD, the replacement character, and say so."""
    head, body = (
        tuple(
            tuple(dataclasses.replace(cell, text=_NOT_XML.sub("\ufffd", cell.text)) for cell in row)
            for row in rows
        )
        for rows in (table.head, table.body)
    )
    return dataclasses.replace(table, head=head, body=body, warnings=warnings)
