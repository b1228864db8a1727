"""The labels of rows and columns that say something are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from sphinx_df_table.frames.inputs import lay_out
from sphinx_df_table.frames.row_numbers import RowNumbers
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from sphinx_df_table.model.table import Cell, Table


def laid_out(value: Any, *, longest: int | None = None, **options: Any) -> Table:
    return lay_out(value, TableOptions(**options), row_numbers=RowNumbers(longest)).table


def grid(rows: tuple[tuple[Cell, ...], ...]) -> list[list[str]]:
    """The text at each place of rows without row spans; a place that is covered is empty."""
    return [[text for cell in row for text in [cell.text, *[""] * cell.morecols]] for row in rows]


def spans(table: Table) -> list[list[tuple[str, int, int]]]:
    return [[(cell.text, 1 + cell.morecols, 1 + cell.morerows) for cell in r] for r in table.head]


PEOPLE = pd.DataFrame({"sex": ["m", "f"], "age": ["old", "young"], "smoker": [True, False]})
CROSSED = pd.crosstab(PEOPLE["sex"], PEOPLE["smoker"])
DEEP = pd.crosstab(PEOPLE["sex"], [PEOPLE["age"], PEOPLE["smoker"]])


def test_the_name_of_the_columns_stands_above_that_of_the_index() -> None:
    assert spans(laid_out(CROSSED)) == [
        [("smoker", 1, 1), ("False", 1, 2), ("True", 1, 2)],
        [("sex", 1, 1)],
    ]


def test_the_name_of_the_columns_is_the_heading_of_an_index_without_a_name() -> None:
    frame = CROSSED.rename_axis(index=None)
    assert spans(laid_out(frame)) == [[("smoker", 1, 1), ("False", 1, 1), ("True", 1, 1)]]


def test_each_level_of_the_columns_has_its_name() -> None:
    assert spans(laid_out(DEEP)) == [
        [("age", 1, 1), ("old", 1, 1), ("young", 1, 1)],
        [("smoker", 1, 1), ("True", 1, 2), ("False", 1, 2)],
        [("sex", 1, 1)],
    ]


def test_names_stand_over_the_last_level_of_the_index() -> None:
    frame = pd.crosstab([PEOPLE["sex"], PEOPLE["age"]], PEOPLE["smoker"])
    assert spans(laid_out(frame)) == [
        [("sex", 1, 2), ("smoker", 1, 1), ("False", 1, 2), ("True", 1, 2)],
        [("age", 1, 1)],
    ]


def test_a_name_is_not_merged_with_an_equal_label() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    frame.index.name, frame.columns.names = "i", ["a", None]
    assert spans(laid_out(frame))[0] == [("a", 1, 1), ("a", 2, 1)]


NAMES = st.sampled_from([None, "x", "y", "a"])


@given(
    columns=st.lists(NAMES, min_size=1, max_size=3).filter(any),
    index=st.lists(NAMES, min_size=1, max_size=2),
    is_styled=st.booleans(),
)
def test_headings_have_the_texts_that_pandas_shows(
    columns: list[str | None], index: list[str | None], *, is_styled: bool
) -> None:
    frame = pd.DataFrame(
        [[1, 2, 3], [4, 5, 6]],
        index=pd.MultiIndex.from_product([["r"]] * (len(index) - 1) + [["s", "t"]]),
        columns=pd.MultiIndex.from_product([["b"]] * (len(columns) - 1) + [["c", "d", "e"]]),
    )
    frame.index.names, frame.columns.names = index, columns
    html = BeautifulSoup(frame.to_html(sparsify=False), "html.parser")
    theirs = [[cell.get_text() for cell in row.find_all("th")] for row in html.select("thead tr")]
    table = laid_out(frame.style if is_styled else frame)
    ours: list[list[str]] = [[] for _ in range(table.width)]
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(table.head):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            for place in range(column, column + 1 + cell.morecols):
                ours[place] += [cell.text] if cell.text else []
                taken |= {(below, place) for below in range(number, number + 1 + cell.morerows)}
    assert ours == [list(filter(None, column)) for column in zip(*theirs, strict=True)]


def test_names_of_columns_are_not_shown_without_the_index() -> None:
    table = laid_out(CROSSED.reset_index())
    assert grid(table.head) == [["sex", "False", "True"]]
    [note] = table.notes
    assert "'smoker'" in note
    assert ":index: show" in note
    assert laid_out(CROSSED.reset_index(), index="hide").notes == ()
    assert laid_out(CROSSED, index="hide").notes == ()


def test_a_styler_may_hide_the_names_of_the_columns() -> None:
    styler = CROSSED.style.hide(names=True, axis="columns")
    assert grid(laid_out(styler).head) == [["sex", "False", "True"]]
    assert grid(laid_out(CROSSED.style.hide()).head) == [["False", "True"]]
    styler = DEEP.style.hide(axis=1, level=0)
    assert grid(laid_out(styler).head)[0] == ["smoker", "True", "False"]


def test_header_rows_count_the_row_with_the_names_of_the_index() -> None:
    table = laid_out(CROSSED, header_rows=3, max_rows=1)
    assert (len(table.head), len(table.body), table.excerpt) == (3, 1, None)
    table = laid_out(CROSSED.style, header_rows=2, max_rows=1)
    assert (len(table.head), len(table.body), table.excerpt) == (2, 1, (1, 2))


def test_labels_of_the_author_replace_all_headings() -> None:
    table = laid_out(CROSSED, header=(("Sex", "No", "Yes"),))
    assert grid(table.head) == [["Sex", "No", "Yes"]]


@pytest.mark.parametrize("as_tabs", [False, True])
def test_a_series_without_a_name_has_no_heading(*, as_tabs: bool) -> None:
    series = pd.Series([1, 2], index=["a", "b"])
    value = next(iter(series.groupby([0, 0])))[1] if as_tabs else series
    assert grid(laid_out(value).head) == [["", ""]]
    assert grid(laid_out(series.rename(0)).head) == [["", "0"]]
    assert grid(laid_out(series.rename("n").to_frame().dtypes).head) == [["", ""]]


@pytest.mark.parametrize("styled", [False, True])
@pytest.mark.parametrize(
    "index",
    [
        pd.MultiIndex.from_tuples([(2023, 0), (2023, 1), (2024, 0)]),
        pd.MultiIndex.from_tuples([(0, 0), (0, 1), (1, 0)]),
    ],
)
def test_an_index_of_several_levels_is_shown(index: pd.MultiIndex, *, styled: bool) -> None:
    frame = pd.DataFrame({"v": [1, 2, 3]}, index=index)
    assert laid_out(frame.style if styled else frame).stubs == 2
    assert laid_out(frame.iloc[:0]).width == 3
    assert laid_out(frame, index="hide").width == 1


@pytest.mark.parametrize("styled", [False, True])
@pytest.mark.parametrize(
    ("labels", "longest", "is_shown"),
    [
        ([2020, 2021], 2000, True),
        ([2020, 2021], 2021, True),
        ([2020, 2021], 2022, False),
        ([2020, 2021], None, False),
        ([-1, 0], 10, True),
        ([0, 1], 0, False),
        ([1, 0], 0, False),
        ([1, 2], 2, True),
        ([0, 0], 1, False),
        ([7, 3], 8, False),
    ],
)
def test_labels_beyond_all_row_numbers_are_shown(
    labels: list[int], longest: int | None, *, is_shown: bool, styled: bool
) -> None:
    frame = pd.DataFrame({"v": [1, 2]}, index=labels)
    table = laid_out(frame.style if styled else frame, longest=longest)
    assert table.stubs == is_shown
    is_hidden = not is_shown and labels != [0, 1]
    assert [":index: show" in note for note in table.notes] == [True] * is_hidden
    assert laid_out(frame, longest=longest, index="hide").notes == ()


def test_a_few_labels_that_are_hidden_are_quoted() -> None:
    frame = pd.DataFrame({"v": range(5)}, index=[9, 7, 5, 3, 1])
    [note] = laid_out(frame, longest=10).notes
    assert "9, 7, 5, …" in note
    [note] = laid_out(frame[:2], longest=10).notes
    assert "9, 7 are" in note


def test_row_numbers_are_recorded_while_code_runs_only() -> None:
    numbers = RowNumbers()
    pd.DataFrame({"v": [1, 2, 3]})
    assert numbers.longest == 0
    with numbers.recorded():
        pd.DataFrame({"v": [1, 2]})
    assert numbers.longest == 2
    before = vars(pd.RangeIndex)["_simple_new"]
    with pytest.raises(KeyError), numbers.recorded():
        raise KeyError
    assert vars(pd.RangeIndex)["_simple_new"] is before


def test_without_a_way_to_record_row_numbers_no_integers_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = vars(pd.RangeIndex)["_simple_new"]
    numbers = RowNumbers()
    monkeypatch.delattr(pd.RangeIndex, "_simple_new")
    with numbers.recorded():
        pass
    assert numbers.longest is None
    monkeypatch.undo()
    assert vars(pd.RangeIndex)["_simple_new"] is before
