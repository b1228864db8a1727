"""Columns that do not fit on a page are split into panels that do."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sphinx_df_table.printing.panels import ColumnWidth, Panel, split_into_panels

if TYPE_CHECKING:
    from collections.abc import Sequence

AVAILABLE = 100.0


def column_widths(*widths: float) -> list[ColumnWidth]:
    return [ColumnWidth(minimum=width, natural=width) for width in widths]


def split(*widths: float, repeated: int = 1, spanning: Sequence[int] = ()) -> list[list[int]]:
    found = split_into_panels(
        column_widths(*widths), AVAILABLE, repeated=repeated, spanning=spanning or [0] * len(widths)
    )
    return [list(panel.columns) for panel in found]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[ColumnWidth], int, list[int]]:
    """Widths of columns, the number of repeated columns, and of headings that span columns."""
    width = draw(st.integers(1, 30))
    minimum = draw(st.lists(st.floats(1, 35), min_size=width, max_size=width))
    more = draw(st.lists(st.floats(0, 5000), min_size=width, max_size=width))
    repeated = draw(st.integers(1, width))
    minimum[:repeated] = [least / (2 * repeated) for least in minimum[:repeated]]
    found = [ColumnWidth(minimum=a, natural=a + b) for a, b in zip(minimum, more, strict=True)]
    spanning = draw(st.lists(st.integers(0, 2), min_size=width, max_size=width))
    return found, repeated, spanning


def panels_of_table(table: tuple[list[ColumnWidth], int, list[int]]) -> list[Panel]:
    found, repeated, spanning = table
    return split_into_panels(found, AVAILABLE, repeated=repeated, spanning=spanning)


@given(tables())
def test_every_column_is_in_one_panel_and_repeated_ones_are_in_all(
    table: tuple[list[ColumnWidth], int, list[int]],
) -> None:
    found, repeated, _ = table
    panels = panels_of_table(table)
    assert all(panel.columns[:repeated] == tuple(range(repeated)) for panel in panels)
    others = itertools.chain.from_iterable(panel.columns[repeated:] for panel in panels)
    assert list(others) == list(range(repeated, len(found)))


@given(tables())
def test_no_panel_is_wider_than_the_page_and_no_column_narrower_than_its_words(
    table: tuple[list[ColumnWidth], int, list[int]],
) -> None:
    found, _, _ = table
    for panel in panels_of_table(table):
        assert sum(panel.widths) <= AVAILABLE + 0.001 or len(panel.columns) == len(found)
        for column, width in zip(panel.columns, panel.widths, strict=True):
            assert found[column].minimum - 0.001 <= width <= found[column].natural + 0.001


def test_a_table_that_fits_is_one_panel() -> None:
    assert split(50, 25, 25) == [[0, 1, 2]]


def test_panels_have_similar_widths() -> None:
    assert split(20, *[16] * 6) == [[0, 1, 2, 3], [0, 4, 5, 6]]


def test_several_columns_may_be_repeated() -> None:
    assert split(20, 20, 40, 40, repeated=2) == [[0, 1, 2], [0, 1, 3]]


def test_headings_are_split_only_where_they_do_not_fit() -> None:
    within = [0, 0, 1, 0, 1, 0, 1]
    assert split(10, *[20] * 6, spanning=within) == [[0, 1, 2, 3, 4], [0, 5, 6]]
    one_heading = [0, 0, 1, 1, 1, 1, 1]
    assert split(10, *[20] * 6, spanning=one_heading) == [[0, 1, 2, 3], [0, 4, 5, 6]]


def test_the_lowest_heading_is_split_first() -> None:
    two_levels = [0, 0, 2, 2, 1, 2, 2]
    assert split(10, *[20] * 6, spanning=two_levels) == [[0, 1, 2, 3], [0, 4, 5, 6]]


def test_a_column_wider_than_the_page_still_gets_a_panel() -> None:
    assert split(20, 200, 30, 30) == [[0, 1], [0, 2, 3]]


def test_texts_are_wrapped_before_columns_are_split() -> None:
    prose = [ColumnWidth(minimum=8, natural=8), *[ColumnWidth(minimum=8, natural=400)] * 3]
    [panel] = split_into_panels(prose, AVAILABLE, repeated=1, spanning=[0] * 4)
    assert sum(panel.widths) <= AVAILABLE
    assert panel.widths[0] == 8


def test_a_long_text_has_a_wide_column() -> None:
    texts = [
        ColumnWidth(minimum=8, natural=8),
        ColumnWidth(minimum=8, natural=40),
        ColumnWidth(minimum=8, natural=4000),
    ]
    [panel] = split_into_panels(texts, AVAILABLE, repeated=1, spanning=[0] * 3)
    assert panel.widths[2] > 2 * panel.widths[1]
