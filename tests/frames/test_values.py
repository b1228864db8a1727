"""The text of a cell is what ``to_csv`` writes."""

from __future__ import annotations

import awkward_frames
import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from csv_texts import csv_rows
from hypothesis import given
from strategies import any_frame

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.options import TableOptions

HIDDEN = TableOptions(index="hide")


def table_rows(frame: pd.DataFrame) -> list[list[str]]:
    table = lay_out_frame(frame, HIDDEN).table
    return [[cell.text for cell in row] for row in table.head + table.body]


#: NumPy's arrays write their numbers short, and not all of them.
OTHERWISE = {"arrow lists": [["value"], ["[1, 2]"], [""]]}


@pytest.mark.parametrize("name", awkward_frames.DTYPES)
def test_a_cell_has_the_text_that_to_csv_writes(name: str) -> None:
    frame = awkward_frames.DTYPES[name]()
    before = frame.copy(deep=True)
    assert table_rows(frame) == OTHERWISE.get(name, csv_rows(frame))
    pd.testing.assert_frame_equal(frame, before)


@given(any_frame())
def test_any_frame_has_the_texts_that_to_csv_writes(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    assert table_rows(frame) == csv_rows(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\r", "\n", "\x0b", "\x0c", ",", '"'])
def test_no_character_splits_a_row(separator: str) -> None:
    frame = pd.DataFrame({"a": [f"one{separator}two"], "b": [1]})
    table = lay_out_frame(frame, HIDDEN).table
    assert len(table.body) == 1
    assert table.body[0][1].text == "1"


def test_nan_is_empty_also_in_arrow_columns() -> None:
    values = pa.array([0.5, float("nan"), None])
    frame = pd.DataFrame({"value": pd.Series(values, dtype=pd.ArrowDtype(pa.float64()))})
    assert table_rows(frame) == [["value"], ["0.5"], [""], [""]]


def test_an_array_in_a_cell_shows_all_its_numbers() -> None:
    long = list(range(1500))
    values = [np.array([0.1234567891234]), {"a": [np.array(long)]}, [np.array([[1], [2]])]]
    assert table_rows(pd.DataFrame({"value": values}))[1:] == [
        ["[0.1234567891234]"],
        [str({"a": [long]})],
        ["[[[1], [2]]]"],
    ]


@pytest.mark.parametrize(
    "dtype",
    [pa.month_day_nano_interval(), pa.string_view(), pa.binary_view(), pa.null()],
    ids=str,
)
def test_a_type_that_pandas_hardly_knows_is_shown(dtype: pa.DataType) -> None:
    frame = pd.DataFrame({"value": pd.Series([None], dtype=pd.ArrowDtype(dtype))})
    assert table_rows(frame) == [["value"], [""]]
