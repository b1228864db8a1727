"""Columns that do not fit on a page are parted into panels that do."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sphinx_df_table.printing.panels import Need, Panel, split_into_panels

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOM = 100.0


def needs(*widths: float) -> list[Need]:
    return [Need(least=width, natural=width) for width in widths]


def parted(*widths: float, repeated: int = 1, crossings: Sequence[int] = ()) -> list[list[int]]:
    found = split_into_panels(
        needs(*widths), ROOM, repeated=repeated, crossings=crossings or [0] * len(widths)
    )
    return [list(panel.columns) for panel in found]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Need], int, list[int]]:
    """Needs, the number of columns that are repeated, and headings that cross columns."""
    width = draw(st.integers(1, 30))
    least = draw(st.lists(st.floats(1, 35), min_size=width, max_size=width))
    more = draw(st.lists(st.floats(0, 5000), min_size=width, max_size=width))
    repeated = draw(st.integers(1, width))
    least[:repeated] = [need / (2 * repeated) for need in least[:repeated]]
    found = [Need(least=a, natural=a + b) for a, b in zip(least, more, strict=True)]
    crossings = draw(st.lists(st.integers(0, 2), min_size=width, max_size=width))
    return found, repeated, crossings


def panels_of_table(table: tuple[list[Need], int, list[int]]) -> list[Panel]:
    found, repeated, crossings = table
    return split_into_panels(found, ROOM, repeated=repeated, crossings=crossings)


@given(tables())
def test_every_column_is_in_one_panel_and_repeated_ones_are_in_all(
    table: tuple[list[Need], int, list[int]],
) -> None:
    found, repeated, _ = table
    panels = panels_of_table(table)
    assert all(panel.columns[:repeated] == tuple(range(repeated)) for panel in panels)
    others = itertools.chain.from_iterable(panel.columns[repeated:] for panel in panels)
    assert list(others) == list(range(repeated, len(found)))


@given(tables())
def test_no_panel_is_wider_than_the_page_and_no_column_narrower_than_its_words(
    table: tuple[list[Need], int, list[int]],
) -> None:
    found, _, _ = table
    for panel in panels_of_table(table):
        assert sum(panel.widths) <= ROOM + 0.001 or len(panel.columns) == len(found)
        for column, width in zip(panel.columns, panel.widths, strict=True):
            assert found[column].least - 0.001 <= width <= found[column].natural + 0.001


def test_a_table_that_fits_is_one_panel() -> None:
    assert parted(50, 25, 25) == [[0, 1, 2]]


def test_panels_are_of_like_width() -> None:
    assert parted(20, *[16] * 6) == [[0, 1, 2, 3], [0, 4, 5, 6]]


def test_several_columns_may_be_repeated() -> None:
    assert parted(20, 20, 40, 40, repeated=2) == [[0, 1, 2], [0, 1, 3]]


def test_headings_are_cut_only_where_they_do_not_fit() -> None:
    within = [0, 0, 1, 0, 1, 0, 1]
    assert parted(10, *[20] * 6, crossings=within) == [[0, 1, 2, 3, 4], [0, 5, 6]]
    one_heading = [0, 0, 1, 1, 1, 1, 1]
    assert parted(10, *[20] * 6, crossings=one_heading) == [[0, 1, 2, 3], [0, 4, 5, 6]]


def test_the_lowest_heading_is_cut_first() -> None:
    two_levels = [0, 0, 2, 2, 1, 2, 2]
    assert parted(10, *[20] * 6, crossings=two_levels) == [[0, 1, 2, 3], [0, 4, 5, 6]]


def test_what_is_wider_than_a_page_is_a_panel_nevertheless() -> None:
    assert parted(20, 200, 30, 30) == [[0, 1], [0, 2, 3]]


def test_texts_are_wrapped_before_columns_are_parted() -> None:
    prose = [Need(least=8, natural=8), *[Need(least=8, natural=400)] * 3]
    [panel] = split_into_panels(prose, ROOM, repeated=1, crossings=[0] * 4)
    assert sum(panel.widths) <= ROOM
    assert panel.widths[0] == 8


def test_a_long_text_has_a_wide_column() -> None:
    texts = [Need(least=8, natural=8), Need(least=8, natural=40), Need(least=8, natural=4000)]
    [panel] = split_into_panels(texts, ROOM, repeated=1, crossings=[0] * 3)
    assert panel.widths[2] > 2 * panel.widths[1]
