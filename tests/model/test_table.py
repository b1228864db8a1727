"""A table whose rows, alignments or ranks do not fit its shape is refused."""

from __future__ import annotations

import dataclasses

import pytest
from sphinx_builds import table_of

from sphinx_df_table.model.table import Cell

A = Cell(text="a")


def test_rows_cover_the_width_with_cells_that_span_into_them() -> None:
    head = ((Cell(text="a", morerows=1), Cell(text="b", morecols=1)), (A, A))
    table = table_of((A, A, A), head=head)
    assert table.width == 3
    assert table.body == ((A, A, A),)


@pytest.mark.parametrize(
    "rows",
    [
        ((A,),),
        ((A, A, A),),
        ((Cell(text="a", morerows=1), A),),
        ((A, A), (A,)),
        ((Cell(text="a", morecols=1), A),),
    ],
)
def test_rows_that_do_not_cover_the_width_are_refused(rows: tuple[tuple[Cell, ...], ...]) -> None:
    with pytest.raises(ValueError, match="does not cover 2 columns"):
        table_of(*rows, head=((A, A),))


def test_alignments_that_are_not_for_each_column_are_refused() -> None:
    with pytest.raises(ValueError, match="1 alignments are not for 2 columns"):
        dataclasses.replace(table_of((A, A)), alignments=("left",))


@pytest.mark.parametrize("ranks", [((0,),), ((0,), (0, 1)), ((0, 1), (0, 1))])
def test_ranks_that_are_not_for_each_cell_are_refused(ranks: tuple[tuple[int, ...], ...]) -> None:
    table = table_of((A, A))
    with pytest.raises(ValueError, match="not for 1 rows of 2 cells"):
        dataclasses.replace(table, ranks=ranks)
