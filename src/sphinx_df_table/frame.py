"""Turn a DataFrame into a plain table, and keep what is needed to write all of it to a file."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.celllist import CellList
from sphinx_df_table.columns import column_sources, shows_index
from sphinx_df_table.extent import rows_needed
from sphinx_df_table.formats import ColumnFormats
from sphinx_df_table.layout import columns_to_table
from sphinx_df_table.values import value_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx_df_table.columns import ColumnSource
    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.table import Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A table, and what it is made from.

    :param sources: its columns, with the values of the rows that it shows.
    :param frame: all rows that there are.
    """

    table: Table
    sources: Sequence[ColumnSource]
    frame: pd.DataFrame


def lay_out_frame(
    frame: pd.DataFrame | pd.Series[Any],
    options: TableOptions,
    /,
    *,
    total: int | None = None,
    warnings: Sequence[str] = (),
) -> LaidOut:
    """Lay ``frame`` out as the reader will see it.

    Rows and columns keep their order, unless ``options`` say otherwise. Index levels that
    are shown come first, as row headings. Equal neighbours in an upper level of the column
    labels are joined into one spanning cell; an empty label gives its place to the label
    below it, or else above.

    :param frame: the snippet's result, rows by columns; it is never modified.
    :param options: the author's choices for this one table.
    :param total: the number of rows where ``frame`` is only the beginning of them, or
        :data:`sphinx_df_table.extent.UNKNOWN`.
    :param warnings: sentences on what went before.
    :returns: a table whose rows all cover the same number of columns, and what it is made from.
    :raises FrameError: if there is no column to show, or an option asks for rows or
        columns that there are not.
    """
    whole = frame.to_frame() if isinstance(frame, pd.Series) else frame
    total = len(whole) if total is None else total
    frame = whole.iloc[: rows_needed(whole.columns.nlevels, options)]
    sources = column_sources(frame, options, shows_index=shows_index(frame, options))
    cells = CellList()
    formats = ColumnFormats([source.name for source in sources], options)
    columns = [
        source.column(source.labels, cells.numbers_of(formats.cells(place, source.values)), options)
        for place, source in enumerate(sources)
    ]
    table = columns_to_table(
        columns,
        cells,
        options,
        total=total,
        unmatched=formats.unmatched,
        warnings=[*warnings, *formats.misfits()],
    )
    return LaidOut(table=table, sources=sources, frame=whole)


def raw_rows(laid_out: LaidOut, /) -> Iterator[tuple[str, ...]]:
    """Give the labels of the columns, a row for each level, and all their values, without formats.

    :returns: rows of texts, of which each is what :func:`~sphinx_df_table.values.value_texts`
        has for a value.
    """
    labels = [[label.text for label in source.labels] for source in laid_out.sources]
    values = [source.values_in(laid_out.frame) for source in laid_out.sources]
    return itertools.chain(zip(*labels, strict=True), zip(*map(value_texts, values), strict=True))
