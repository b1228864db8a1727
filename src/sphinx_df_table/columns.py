"""The columns of a frame and the levels of its index, before their values have become texts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.errors import FrameError
from sphinx_df_table.formats import without_text
from sphinx_df_table.layout import Column
from sphinx_df_table.patterns import GROUPS, ColumnName, matching, no_such_column
from sphinx_df_table.ranks import value_ranks
from sphinx_df_table.table import Cell
from sphinx_df_table.values import are_missing, are_strings, value_groups, value_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.options import TableOptions


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
            ranks=value_ranks(self.values) if options.sortable else (),
            is_constant=may_be_hoisted and _is_constant(self.values),
        )

    def values_in(self, frame: pd.DataFrame, /) -> pd.Series[Any]:
        """Return the values that it has in ``frame``, which has all rows."""
        return _level(frame.index, self.position) if self.is_index else frame.iloc[:, self.position]


def column_sources(
    frame: pd.DataFrame, options: TableOptions, /, *, shows_index: bool
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
    levels = _index_levels(frame) if shows_index else []
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
        found = matching(pattern, names)
        places |= dict.fromkeys(found)
        is_known = found or pattern in GROUPS
        if not is_known and not matching(pattern, [level.name for level in levels]):
            raise FrameError(no_such_column(pattern, names, option="columns"))
    return [columns[place] for place in places]


def shows_index(frame: pd.DataFrame, options: TableOptions, /) -> bool:
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
