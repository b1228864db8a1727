"""Arrange the labels of columns, and the names of their levels, in heading rows."""

from __future__ import annotations

import dataclasses
import itertools
import operator
from typing import TYPE_CHECKING

from sphinx_df_table.model.table import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.layout.columns import Column


def merge_labels(columns: Sequence[Sequence[Cell]], /) -> tuple[tuple[Cell, ...], ...]:
    """Return the heading rows for the labels of each column, from the top down.

    Equal neighbours of an upper level are merged into one cell. An empty label is covered by
    the label below it, or else above it. Labels that reach the lowest level are never merged.
    """
    last = len(columns[0]) - 1
    expanded = [_expand_labels(column) for column in columns]
    rows = []
    for level in range(last + 1):
        # Neighbours are merged only if everything above them is merged as well.
        keys = [
            (
                [(cell.text, cell.is_literal, *ends) for cell, *ends in labels[: level + 1]],
                number if labels[level][2] == last else None,
            )
            for number, labels in enumerate(expanded)
        ]
        row = []
        for _, run in itertools.groupby(
            zip(keys, expanded, strict=True), key=operator.itemgetter(0)
        ):
            merged = [labels[level] for _, labels in run]
            cell, top, bottom = merged[0]
            if top == level:
                row.append(cell._replace(morecols=len(merged) - 1, morerows=bottom - top))
        rows.append(tuple(row))
    return tuple(rows)


def add_axis_names(columns: Sequence[Column], names: Sequence[Cell], /) -> Sequence[Column]:
    """Return ``columns`` with the names of the levels of labels over the last index level.

    As in ``DataFrame.to_html``, the names of index levels have a row of their own below them.

    :param names: one for each level of labels; empty texts if a level has no name.
    """
    levels = [column for column in columns if column.is_index]
    if not levels or not any(name.text for name in names):
        return columns
    has_row = any(level.labels[-1].text for level in levels)
    blank = (Cell(""),) * has_row
    labelled = []
    for column in columns:
        labels = (*column.labels, *blank)
        if column is levels[-1]:
            labels = (*names, column.labels[-1]) if has_row else tuple(names)
        elif column.is_index:
            labels = (*blank, *column.labels)
        labelled.append(dataclasses.replace(column, labels=labels))
    return labelled


def _expand_labels(column: Sequence[Cell]) -> list[tuple[Cell, int, int]]:
    """Return for each level the label that covers it, with the first and last level covered."""
    filled = [level for level, cell in enumerate(column) if cell.text] or [0]
    expanded: list[tuple[Cell, int, int]] = []
    for level in filled:
        top, bottom = len(expanded), len(column) - 1 if level == filled[-1] else level
        expanded += [(column[level], top, bottom)] * (bottom - top + 1)
    return expanded
