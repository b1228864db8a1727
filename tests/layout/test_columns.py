"""Columns and rows are selected, aligned and counted as the options say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward_frames
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_frame

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from sphinx_df_table.model.table import Table

FRAME = pd.DataFrame(
    {
        "Model": ["a", "b", "c"],
        "Framework": ["PyTorch"] * 3,
        "Latency": [1.5, 2.5, 3.5],
        "Batch": [1, 1, 1],
        "Note": [None, None, None],
    }
)


def laid_out(frame: Any = FRAME, /, *, unfetched: int | None = 0, **options: Any) -> Table:
    return lay_out_frame(frame, TableOptions(**options), unfetched=unfetched).table


def labels(table: Table) -> list[str]:
    return [cell.text for cell in table.head[-1]]


def columns_of(table: Table) -> list[tuple[str, ...]]:
    return list(zip(*([cell.text for cell in row] for row in table.body), strict=True))


@pytest.mark.parametrize(
    ("patterns", "shown"),
    [
        (("Latency", "Model"), ["Latency", "Model"]),
        (("*a*", "Model"), ["Framework", "Latency", "Batch", "Model"]),
        (("Batch", "*"), ["Batch", "Model", "Framework", "Latency", "Note"]),
        (("number",), ["Latency", "Batch"]),
        (("Model", "Model"), ["Model"]),
    ],
)
def test_columns_are_chosen_and_ordered(patterns: tuple[str, ...], shown: list[str]) -> None:
    assert labels(laid_out(columns=patterns)) == shown


def test_a_column_that_is_not_there_is_an_error_with_the_nearest_names() -> None:
    with pytest.raises(
        FrameError,
        match=r":columns: names 'Modell', but there is no such column \(.*: 'Model'\)",
    ):
        laid_out(columns=("Modell",))


def test_a_kind_without_columns_is_no_error_among_others() -> None:
    assert labels(laid_out(columns=("Model", "datetime"))) == ["Model"]
    with pytest.raises(FrameError, match=":columns: matches no column, so there is "):
        laid_out(columns=("datetime",))


def test_columns_of_the_same_name_are_chosen_together() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    assert columns_of(laid_out(frame, columns=("a",))) == [("1",), ("3",)]


def test_an_index_that_is_shown_may_be_named_among_the_columns() -> None:
    frame = FRAME.set_index("Model")
    assert labels(laid_out(frame, columns=("Model", "Batch"))) == ["Model", "Batch"]
    with pytest.raises(FrameError, match="no such column"):
        laid_out(frame, columns=("Model", "Batch"), index="hide")


def test_chosen_columns_keep_their_groups() -> None:
    index = pd.MultiIndex.from_tuples([("L", "P50"), ("L", "P99"), ("C", "P50")])
    frame = pd.DataFrame([[1, 2, 3]], columns=index)
    table = laid_out(frame, columns=("P50", "P99"))
    assert [[(c.text, c.morecols) for c in row] for row in table.head] == [
        [("L", 0), ("C", 0), ("L", 0)],
        [("P50", 0), ("P50", 0), ("P99", 0)],
    ]


@pytest.mark.parametrize(
    ("most", "shown", "excerpt"),
    [(None, 3, None), (3, 3, None), (0, 3, None), (2, 2, (2, 3)), (1, 1, (1, 3))],
)
def test_rows_that_are_left_out_are_counted(
    most: int | None, shown: int, excerpt: tuple[int, int] | None
) -> None:
    table = laid_out(max_rows=most)
    assert (len(table.body), table.excerpt, table.warnings) == (shown, excerpt, ())


def test_more_rows_than_the_project_allows_are_a_warning_too() -> None:
    table = laid_out(pd.DataFrame({"a": range(4312)}), row_limit=20)
    assert table.excerpt == (20, 4312)
    [sentence] = table.warnings
    assert "The frame has 4,312 rows, but df_table_max_rows limits the table to 20." in sentence
    assert laid_out(pd.DataFrame({"a": range(50)}), row_limit=20, max_rows=0).excerpt is None
    assert laid_out(pd.DataFrame({"a": range(50)}), row_limit=0).excerpt is None


def test_one_row_is_counted_in_the_singular() -> None:
    table = laid_out(FRAME[:1], unfetched=None, row_limit=1)
    assert table.warnings[0].startswith("The frame has more than 1 row, but ")


def test_the_limit_of_a_project_is_ten_thousand_rows() -> None:
    assert laid_out(pd.DataFrame({"a": range(10_000)})).excerpt is None
    assert laid_out(pd.DataFrame({"a": range(10_001)})).excerpt == (10_000, 10_001)


def test_heading_rows_from_the_data_do_not_count_as_rows() -> None:
    table = laid_out(header_rows=2, max_rows=1)
    assert (len(table.head), len(table.body)) == (2, 1)
    assert table.excerpt == (1, 2)


def test_an_unknown_number_of_further_rows_is_none() -> None:
    assert laid_out(FRAME, unfetched=None, max_rows=3).excerpt == (3, None)


def constants(table: Table) -> list[tuple[str, str]]:
    return [(label.text, value.text) for label, value in table.constants]


def test_columns_of_one_value_are_moved_out_of_the_table() -> None:
    table = laid_out(hoist_constants=True)
    assert constants(table) == [("Framework", "PyTorch"), ("Batch", "1")]
    assert labels(table) == ["Model", "Latency", "Note"]
    assert (table.width, len(table.alignments)) == (3, 3)


def test_a_column_without_values_stays_whatever_stands_for_them() -> None:
    table = laid_out(hoist_constants=True, na_rep="none")
    assert constants(table) == [("Framework", "PyTorch"), ("Batch", "1")]


@pytest.mark.parametrize(
    "values", [[1, 1.0], ["1", 1], [1, None], [True, 1], ["a", "A"], [0.1, 0.1 + 1e-17 * 8]]
)
def test_values_that_differ_stay(values: list[Any]) -> None:
    frame = pd.DataFrame({"a": pd.Series(values, dtype=object), "b": [1, 2]})
    same = len({str(value) for value in values}) == 1 and len(set(map(type, values))) == 1
    assert bool(constants(laid_out(frame, hoist_constants=True))) == same


def test_values_that_differ_stay_though_they_look_the_same() -> None:
    frame = pd.DataFrame({"a": [1.01, 1.02], "b": [1, 2]})
    assert constants(laid_out(frame, hoist_constants=True, precision=1)) == []


def test_a_table_of_one_row_keeps_its_columns() -> None:
    assert constants(laid_out(FRAME.head(1), hoist_constants=True)) == []


def test_one_column_is_left_to_be_a_table() -> None:
    frame = pd.DataFrame({"a": [1, 1], "b": [2, 2]})
    table = laid_out(frame, hoist_constants=True)
    assert (labels(table), constants(table)) == (["a"], [("b", "2")])


def test_row_headings_are_not_moved() -> None:
    frame = pd.DataFrame({"a": [1, 1], "b": [2, 2], "c": [3, 4]})
    table = laid_out(frame, hoist_constants=True, stub_columns=1)
    assert (labels(table), constants(table), table.stubs) == (["a", "c"], [("b", "2")], 1)
    assert constants(laid_out(frame.set_index("a"), hoist_constants=True)) == [("b", "2")]


def test_a_group_of_columns_is_named_with_its_column() -> None:
    index = pd.MultiIndex.from_tuples([("L", "P50"), ("L", "P99"), ("", "n")])
    frame = pd.DataFrame([[1, 2, 3], [1, 4, 3]], columns=index)
    table = laid_out(frame, hoist_constants=True)
    assert constants(table) == [("L / P50", "1"), ("n", "3")]
    assert [[cell.text for cell in row] for row in table.head] == [["L"], ["P99"]]


def test_a_constant_column_without_a_label_is_moved_without_one() -> None:
    frame = pd.DataFrame({"": [1, 1], "b": [2, 3]})
    assert constants(laid_out(frame, hoist_constants=True)) == [("", "1")]


def test_more_labels_than_the_frame_has_leave_fewer_rows_to_be_headings() -> None:
    frame = pd.DataFrame({"a": range(30)})
    table = laid_out(frame, header=(("A",), ("B",)), header_rows=3, max_rows=5)
    assert (len(table.head), len(table.body)) == (3, 5)
    assert table.excerpt == (5, 29)


def test_fewer_labels_than_the_frame_has_leave_more() -> None:
    frame = pd.DataFrame([[1, 2]] * 9, columns=pd.MultiIndex.from_product([["A"], ["a", "b"]]))
    table = laid_out(frame, header=(("x", "y"),), header_rows=2, max_rows=5)
    assert (len(table.head), len(table.body)) == (2, 5)
    assert table.excerpt == (5, 8)


def test_new_labels_are_for_the_columns_that_are_moved_too() -> None:
    frame = pd.DataFrame({"a": [1, 1], "b": [2, 3]})
    table = laid_out(frame, hoist_constants=True, header=(("A", "B"),))
    assert (labels(table), constants(table)) == (["B"], [("A", "1")])


@pytest.mark.parametrize(
    ("options", "alignments"),
    [
        ((), ("left", "left", "right", "right", "left")),
        ((("Model", "center"), ("number", "left")), ("center", "left", "left", "left", "left")),
        ((("*", "right"), ("Note", "center")), ("right", "right", "right", "right", "center")),
    ],
)
def test_columns_are_aligned_by_their_values_or_by_the_author(
    options: tuple[tuple[str, str], ...], alignments: tuple[str, ...]
) -> None:
    assert laid_out(align_columns=options).alignments == alignments


def test_an_alignment_for_no_column_is_a_message() -> None:
    [(_, sentence)] = laid_out(align_columns=(("Modl", "left"),)).unmatched
    assert ":align-columns: names 'Modl'" in sentence
    assert "'Model'" in sentence


def test_heading_rows_from_the_data_do_not_decide_the_alignment() -> None:
    frame = pd.DataFrame({"a": ["km", "12", "3.5"]})
    assert laid_out(frame, header_rows=2).alignments == ("right",)
    assert laid_out(frame).alignments == ("left",)


#: The awkward frames whose values are aligned left; all others are aligned right.
LEFT = {
    "bool", "boolean", "arrow bool", "object strings", "string", "default strings", "mixed",
    "category of strings", "category of dates", "dates", "times", "dates by seconds",
    "dates with zone", "times with zone", "timedelta days", "timedelta", "period", "interval",
    "interval array", "arrow strings", "arrow timestamps", "arrow dates", "arrow lists",
    "arrow structs", "arrow binary", "arrow durations", "lists", "dicts", "tuples", "bytes",
    "python dates", "python times", "timestamps as objects", "enum of strings", "odd objects",
}  # fmt: skip


@pytest.mark.parametrize("name", awkward_frames.DTYPES)
def test_numbers_of_any_dtype_are_aligned_right(name: str) -> None:
    [alignment] = laid_out(awkward_frames.DTYPES[name]()).alignments
    assert alignment == ("left" if name in LEFT else "right")


@given(any_frame(), st.booleans())
def test_choosing_and_moving_columns_loses_no_value(frame: pd.DataFrame, chooses: bool) -> None:
    frame.columns = [f"c{number}" for number in range(frame.shape[1])]
    plain = laid_out(frame, index="hide")
    patterns = tuple(reversed(labels(plain))) if chooses else ()
    table = laid_out(frame, index="hide", hoist_constants=True, columns=patterns)
    whole = dict(zip(labels(plain), columns_of(plain) or [()] * plain.width, strict=True))
    shown = dict(zip(labels(table), columns_of(table) or [()] * table.width, strict=True))
    moved = {label: (value,) * len(frame) for label, value in constants(table)}
    assert shown | moved == whole
    assert len(shown) + len(moved) == len(whole)
