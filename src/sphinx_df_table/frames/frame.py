"""Turn a DataFrame into a plain table, and into the rows of a CSV file."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.frames.formats import CellFormatter, no_text_error
from sphinx_df_table.frames.values import (
    are_missing,
    are_strings,
    rank_values,
    value_groups,
    value_texts,
)
from sphinx_df_table.layout.column_patterns import ColumnName, select_columns
from sphinx_df_table.layout.columns import CellIndex, Column, columns_to_table, rows_needed
from sphinx_df_table.model.table import Cell

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FrameLayout:
    """A table, its columns, and the frame with all rows to download.

    :param is_whole: whether ``frame`` has all rows of the result.
    """

    table: Table
    columns: Sequence[Column]
    frame: pd.DataFrame
    is_whole: bool = True


def lay_out_frame(
    frame: pd.DataFrame | pd.Series[Any],
    options: TableOptions,
    /,
    *,
    unfetched: int | None = 0,
    warnings: Sequence[str] = (),
) -> FrameLayout:
    """Turn ``frame`` into the table that the reader will see.

    Rows and columns keep their order, unless ``options`` say otherwise. Index levels that
    are shown come first, as row headings. Equal neighbours in an upper level of the column
    labels are merged into one cell; an empty label is covered by the label below it, or else
    above it.

    :param frame: the snippet's result, rows by columns; it is never modified.
    :param options: the author's choices for this one table.
    :param unfetched: the number of further rows, after those of ``frame``; ``None`` if there
        are some, but it is unknown how many.
    :param warnings: messages of earlier steps.
    :returns: a table whose rows all cover the same number of columns.
    :raises FrameError: if there are rows but no column to show, or an option asks for rows or
        columns that do not exist.
    """
    whole = frame.to_frame() if isinstance(frame, pd.Series) else frame
    if not any(whole.shape):
        # What the options name would be there if there were data.
        options = dataclasses.replace(options, columns=(), formats=(), align_columns=())
    frame = whole.iloc[: rows_needed(whole.columns.nlevels, options)]
    levels = range(frame.index.nlevels) if should_show_index(frame, options) else ()
    columns, unmatched = describe_columns(frame, options, levels=levels)
    cells = CellIndex()
    formatter = CellFormatter(options)
    filled = []
    for column in columns:
        values = column_values(frame, column)
        numbers = cells.add(formatter.format_cells(values, column))
        filled.append(fill_column(column, numbers, values, options))
    table = columns_to_table(
        filled,
        cells,
        options,
        total=None if unfetched is None else len(whole) + unfetched,
        unmatched=unmatched,
        warnings=[*warnings, *formatter.warnings()],
    )
    return FrameLayout(table=table, columns=columns, frame=whole, is_whole=unfetched == 0)


def should_show_index(frame: pd.DataFrame, options: TableOptions, /) -> bool:
    """Return whether to show the index: if a level has a name, or labels are not integers."""
    if options.index != "auto":
        return options.index == "show"
    levels = [frame.index.get_level_values(number) for number in range(frame.index.nlevels)]
    return any(
        level.name is not None or (len(level) > 0 and level.inferred_type != "integer")
        for level in levels
    )


def describe_columns(
    frame: pd.DataFrame, options: TableOptions, /, *, levels: Container[int]
) -> tuple[list[Column], list[tuple[str, str]]]:
    """Return the columns to show, without cells, as :func:`select_columns` does.

    :param levels: the positions of the index levels to show.
    :raises FrameError: if ``options`` name a column that does not exist.
    """
    rows = [_label_cells(_level(frame.columns, n)) for n in range(frame.columns.nlevels)]
    columns = [
        Column(
            name=ColumnName(
                labels=tuple(label.text for label in labels), groups=value_groups(values)
            ),
            labels=labels,
            position=position,
        )
        for position, (labels, (_, values)) in enumerate(
            zip(zip(*rows, strict=True), frame.items(), strict=True)
        )
    ]
    blanks = (Cell(""),) * (frame.columns.nlevels - 1)
    index_columns = [
        Column(
            name=ColumnName(
                labels=(name.text,), groups=value_groups(_level(frame.index, position))
            ),
            labels=(*blanks, name),
            position=position,
            is_index=True,
        )
        for position, name in enumerate(_label_cells(pd.Series(frame.index.names, dtype=object)))
        if position in levels
    ]
    return select_columns(index_columns, columns, options)


def column_values(frame: pd.DataFrame, column: Column, /) -> pd.Series[Any]:
    """Return the values of ``column`` in ``frame``."""
    if column.is_index:
        return _level(frame.index, column.position)
    return frame.iloc[:, column.position]


def fill_column(
    column: Column, numbers: Sequence[int], values: pd.Series[Any], options: TableOptions, /
) -> Column:
    """Return ``column`` with these cells, and with the ranks of its values if they are needed.

    A column is constant if the values themselves are equal, not only their formatted texts;
    missing values are not.
    """
    is_constant = False
    if options.hoist_constants and len(set(numbers)) == 1:
        texts = set(zip(value_texts(values), are_strings(values), strict=True))
        is_constant = len(texts) == 1 and not any(are_missing(values))
    return dataclasses.replace(
        column,
        numbers=numbers,
        ranks=rank_values(values) if options.sortable else (),
        is_constant=is_constant,
    )


def _level(index: pd.Index[Any], number: int) -> pd.Series[Any]:
    level = index.get_level_values(number)
    return pd.Series(level.array, dtype=level.dtype, name=level.name)


def _label_cells(labels: pd.Series[Any]) -> list[Cell]:
    try:
        texts = value_texts(labels)
    except Exception as error:
        raise no_text_error("A column's label", error) from error
    return [
        Cell(text, is_literal=not is_string)
        for text, is_string in zip(texts, are_strings(labels), strict=True)
    ]


def iter_raw_rows(layout: FrameLayout, /) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the CSV file: the labels, level by level, and all values, unformatted.

    :returns: rows of texts, as :func:`~sphinx_df_table.frames.values.value_texts` returns them.
    """
    labels = [[label.text for label in column.labels] for column in layout.columns]
    values = [value_texts(column_values(layout.frame, column)) for column in layout.columns]
    return itertools.chain(zip(*labels, strict=True), zip(*values, strict=True))
