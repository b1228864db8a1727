"""Turn a DataFrame into a plain table, and into the rows of a CSV file."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.frames.formats import CellFormatter, no_text_error
from sphinx_df_table.frames.ranks import rank_values
from sphinx_df_table.frames.row_numbers import UNKNOWN
from sphinx_df_table.frames.values import (
    are_missing,
    are_strings,
    value_groups,
    value_texts,
)
from sphinx_df_table.layout.column_patterns import ColumnName, select_columns
from sphinx_df_table.layout.columns import CellIndex, Column, columns_to_table, rows_needed
from sphinx_df_table.layout.headings import add_axis_names
from sphinx_df_table.model.table import Cell
from sphinx_df_table.model.text import LONGEST_QUOTE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from sphinx_df_table.frames.row_numbers import RowNumbers
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Table

#: How many labels a note quotes.
_QUOTED_LABELS: Final = 3


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
    row_numbers: RowNumbers = UNKNOWN,
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
    :param row_numbers: by which labels that are keys are shown.
    :param unfetched: the number of further rows, after those of ``frame``; ``None`` if there
        are some, but it is unknown how many.
    :param warnings: messages of earlier steps.
    :returns: a table whose rows all cover the same number of columns.
    :raises FrameError: if there are rows but no column to show, or an option asks for rows or
        columns that do not exist.
    """
    whole = series_to_frame(frame) if isinstance(frame, pd.Series) else frame
    if not any(whole.shape):
        # What the options name would be there if there were data.
        options = dataclasses.replace(
            options, columns=(), formats=(), align_columns=(), filters=(), row_ids=""
        )
    frame = whole.iloc[: rows_needed(whole.columns.nlevels, options)]
    is_index_shown = should_show_index(whole.index, options, row_numbers)
    levels = range(frame.index.nlevels) if is_index_shown else ()
    columns, unmatched = describe_columns(frame, options, levels=levels)
    labelled = add_axis_names(columns, axis_names(frame))
    if labelled:
        frame = frame.iloc[: rows_needed(len(labelled[0].labels), options)]
    cells = CellIndex()
    formatter = CellFormatter(options)
    filled = []
    for column in labelled:
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
        notes=() if levels else describe_hidden_labels(frame, options),
    )
    return FrameLayout(table=table, columns=columns, frame=whole, is_whole=unfetched == 0)


def series_to_frame(series: Any, /) -> Any:
    """Return a frame of a Series of pandas or Dask, whose name, if it has none, is empty."""
    if series.name is not None:
        return series.to_frame()
    if not isinstance(series, pd.Series):
        return series.to_frame("")
    frame = series.to_frame()
    # As text, it would have pandas 3 import more of pyarrow in each page's process.
    frame.columns = pd.Index([""], dtype=object)
    return frame


def should_show_index(
    index: pd.Index[Any], options: TableOptions, row_numbers: RowNumbers, /
) -> bool:
    """Return whether to show the index: if it is more than the numbers of rows.

    It has several levels or a name, or its labels are not integers, or they are keys.
    """
    if options.index != "auto":
        return options.index == "show"
    level = index.get_level_values(0)
    if index.nlevels > 1 or level.name is not None:
        return True
    if len(level) == 0 or level.inferred_type == "integer":
        return row_numbers.has_keys(level)
    return True


def describe_hidden_labels(frame: pd.DataFrame, options: TableOptions, /) -> list[str]:
    """Return notes on labels and names that are hidden because no option asks for the index."""
    if options.index != "auto" or not len(frame):
        return []
    notes = []
    if not frame.index.equals(pd.RangeIndex(len(frame))):
        more = ", …" if len(frame) > _QUOTED_LABELS else ""
        labels = ", ".join(map(str, frame.index[:_QUOTED_LABELS]))
        notes.append(
            f"The row labels {labels}{more} are hidden, because they may be the numbers of rows. "
            "Show them with :index: show, or confirm with :index: hide."
        )
    if names := [name.text for name in axis_names(frame) if name.text]:
        notes.append(
            f"The name {to_one_line(names[0], LONGEST_QUOTE)!r} of the columns is hidden with the "
            "index. Show both with :index: show, or confirm with :index: hide."
        )
    return notes


def axis_names(frame: pd.DataFrame, /) -> list[Cell]:
    """Return the names of the levels of the column labels."""
    return _label_cells(pd.Series(frame.columns.names, dtype=object))


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
    is_ranked = options.sortable or column.filter_place is not None
    is_constant = False
    if options.hoist_constants and len(set(numbers)) == 1:
        texts = set(zip(value_texts(values), are_strings(values), strict=True))
        is_constant = len(texts) == 1 and not any(are_missing(values))
    return dataclasses.replace(
        column,
        numbers=numbers,
        ranks=rank_values(values, " ".join(column.name.labels)) if is_ranked else (),
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
