"""Turn a DataFrame into a plain table, and keep what is needed to write all of it to a file."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.frames.formats import ColumnFormats, without_text
from sphinx_df_table.frames.values import (
    are_missing,
    are_strings,
    rank_values,
    value_groups,
    value_texts,
)
from sphinx_df_table.layout.column_patterns import (
    GROUPS,
    ColumnName,
    match_columns,
    no_such_column,
)
from sphinx_df_table.layout.columns import CellIndex, Column, columns_to_table, rows_needed
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.table import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSource:
    """A column of a frame, or a level of its index, before its values have become texts.

    :param position: the column's place in the frame; the level's, if it is one.
    """

    name: ColumnName
    labels: tuple[Cell, ...]
    values: pd.Series[Any]
    position: int
    is_index: bool = False

    def column(
        self, labels: tuple[Cell, ...], numbers: Sequence[int], options: TableOptions, /
    ) -> Column:
        """Return the column with these labels and, by their numbers, these cells.

        Only where it matters, and all cells are one, are the values asked whether that is
        their format's doing.
        """
        may_be_hoisted = options.hoist_constants and len(set(numbers)) == 1
        return Column(
            name=self.name,
            labels=labels,
            numbers=numbers,
            is_index=self.is_index,
            ranks=rank_values(self.values) if options.sortable else (),
            is_constant=may_be_hoisted and _is_constant(self.values),
        )

    def values_in(self, frame: pd.DataFrame, /) -> pd.Series[Any]:
        """Return the values that it has in ``frame``, which has all rows."""
        return _level(frame.index, self.position) if self.is_index else frame.iloc[:, self.position]


def column_sources(
    frame: pd.DataFrame, options: TableOptions, /, *, should_show_index: bool
) -> list[ColumnSource]:
    """Return what the columns of a table are made from, in the order in which they are shown.

    :raises FrameError: if ``options`` name a column that there is not.
    """
    labels = _labels(frame)
    columns = [
        ColumnSource(
            name=ColumnName(
                labels=tuple(cell.text for cell in labels[position]), groups=value_groups(values)
            ),
            labels=labels[position],
            values=values,
            position=position,
        )
        for position, (_, values) in enumerate(frame.items())
    ]
    levels = _index_levels(frame) if should_show_index else []
    return levels + _selected(columns, levels, options)


def _selected(
    columns: list[ColumnSource], levels: list[ColumnSource], options: TableOptions
) -> list[ColumnSource]:
    """Return the columns that ``:columns:`` names, each at its first mention; else all.

    :raises FrameError: if a pattern finds neither a column nor an index level that is shown.
    """
    if not options.columns:
        return columns
    names = [column.name for column in columns]
    places: dict[int, None] = {}
    for pattern in options.columns:
        found = match_columns(pattern, names)
        places |= dict.fromkeys(found)
        is_known = found or pattern in GROUPS
        if not is_known and not match_columns(pattern, [level.name for level in levels]):
            raise FrameError(no_such_column(pattern, names, option="columns"))
    return [columns[place] for place in places]


def should_show_index(frame: pd.DataFrame, options: TableOptions, /) -> bool:
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


def _index_levels(frame: pd.DataFrame) -> list[ColumnSource]:
    index = frame.index
    names = _label_cells(pd.Series(index.names, dtype=object))
    blanks = (Cell(""),) * (frame.columns.nlevels - 1)
    levels = [_level(index, number) for number in range(index.nlevels)]
    return [
        ColumnSource(
            name=ColumnName(labels=(name.text,), groups=value_groups(values)),
            labels=(*blanks, name),
            values=values,
            position=position,
            is_index=True,
        )
        for position, (name, values) in enumerate(zip(names, levels, strict=True))
    ]


def _level(index: pd.Index[Any], number: int) -> pd.Series[Any]:
    level = index.get_level_values(number)
    return pd.Series(level.array, dtype=level.dtype, name=level.name)


def _labels(frame: pd.DataFrame) -> list[tuple[Cell, ...]]:
    """Return the labels of each column, from the top down."""
    levels = range(frame.columns.nlevels)
    rows = [_label_cells(_level(frame.columns, number)) for number in levels]
    return list(zip(*rows, strict=True))


def _label_cells(labels: pd.Series[Any]) -> list[Cell]:
    try:
        texts = value_texts(labels)
    except Exception as error:
        raise without_text("A column's label", error) from error
    return [
        Cell(text, is_literal=not is_string)
        for text, is_string in zip(texts, are_strings(labels), strict=True)
    ]


def _is_constant(values: pd.Series[Any]) -> bool:
    """Tell whether all values are one and the same, whatever format they are shown in.

    Missing values are none.
    """
    texts = set(zip(value_texts(values), are_strings(values), strict=True))
    return len(texts) == 1 and not any(are_missing(values))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FrameLayout:
    """A table, its columns, and the frame with all rows to download.

    :param is_whole: whether ``frame`` has all rows of the result.
    """

    table: Table
    sources: Sequence[ColumnSource]
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
    """Lay ``frame`` out as the reader will see it.

    Rows and columns keep their order, unless ``options`` say otherwise. Index levels that
    are shown come first, as row headings. Equal neighbours in an upper level of the column
    labels are joined into one spanning cell; an empty label gives its place to the label
    below it, or else above.

    :param frame: the snippet's result, rows by columns; it is never modified.
    :param options: the author's choices for this one table.
    :param unfetched: the number of further rows, after those of ``frame``; ``None`` if there
        are some, but it is unknown how many.
    :param warnings: sentences on what went before.
    :returns: a table whose rows all cover the same number of columns, and what it is made from.
    :raises FrameError: if there is no column to show, or an option asks for rows or
        columns that there are not.
    """
    whole = frame.to_frame() if isinstance(frame, pd.Series) else frame
    frame = whole.iloc[: rows_needed(whole.columns.nlevels, options)]
    sources = column_sources(frame, options, should_show_index=should_show_index(frame, options))
    cells = CellIndex()
    formats = ColumnFormats([source.name for source in sources], options)
    columns = [
        source.column(source.labels, cells.numbers_of(formats.cells(place, source.values)), options)
        for place, source in enumerate(sources)
    ]
    table = columns_to_table(
        columns,
        cells,
        options,
        total=None if unfetched is None else len(whole) + unfetched,
        unmatched=formats.unmatched,
        warnings=[*warnings, *formats.misfits()],
    )
    return FrameLayout(table=table, sources=sources, frame=whole, is_whole=unfetched == 0)


def iter_raw_rows(laid_out: FrameLayout, /) -> Iterator[tuple[str, ...]]:
    """Give the labels of the columns, a row for each level, and all their values, without formats.

    :returns: rows of texts, of which each is what
        :func:`~sphinx_df_table.frames.values.value_texts` has for a value.
    """
    labels = [[label.text for label in source.labels] for source in laid_out.sources]
    values = [source.values_in(laid_out.frame) for source in laid_out.sources]
    return itertools.chain(zip(*labels, strict=True), zip(*map(value_texts, values), strict=True))
