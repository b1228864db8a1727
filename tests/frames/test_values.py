"""The text of a cell is what ``to_csv`` writes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import awkward_frames
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from csv_texts import csv_rows
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_frame

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.frames.inputs import lay_out
from sphinx_df_table.frames.values import value_texts
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from collections.abc import Callable

HIDDEN = TableOptions(index="hide")


def table_rows(frame: pd.DataFrame) -> list[list[str]]:
    table = lay_out_frame(frame, HIDDEN).table
    return [[cell.text for cell in row] for row in table.head + table.body]


#: NumPy's arrays write their numbers short, and not all of them; dates of some dtypes, and
#: durations, have a midnight that no value of the column needs.
OTHERWISE = {
    "arrow lists": [["value"], ["[1, 2]"], [""]],
    "arrow durations": [["value"], ["1 days"], [""]],
    "timestamps as objects": [["value"], ["2024-02-29"], ["x"], [""]],
}


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


DAYS: list[Any] = [dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 29), None]  # noqa: DTZ001
GAPS: list[Any] = [dt.timedelta(days=1), dt.timedelta(days=-20), None]


def _mixed(values: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({"value": pd.Series([*values, "all"], dtype=object)}).iloc[:-1]


#: Ways in which a column of dates or durations comes to a table.
LIBRARIES: dict[str, Callable[[list[Any]], Any]] = {
    "NumPy": lambda values: pd.DataFrame({"value": values}),
    "convert_dtypes": lambda values: pd.DataFrame({"value": values}).convert_dtypes(),
    "Arrow dtypes": lambda values: pd.DataFrame({"value": values}).convert_dtypes(
        dtype_backend="pyarrow"
    ),
    "Arrow": lambda values: pa.table({"value": values}),
    "Polars": lambda values: pl.DataFrame({"value": values}),
    "DuckDB": lambda values: duckdb.from_df(pd.DataFrame({"value": values})),
    "objects": _mixed,
    "timestamps": lambda values: _mixed(list(pd.Series(values))),
    "scalars of NumPy": lambda values: _mixed(list(pd.Series(values).to_numpy())),
    "transposed": lambda values: pd.DataFrame([[*values, "all"]]).T.iloc[:-1],
    "categories": lambda values: pd.DataFrame({"value": values}).astype("category"),
    "categories of Arrow": lambda values: (
        pd.DataFrame({"value": values}).convert_dtypes(dtype_backend="pyarrow").astype("category")
    ),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("values", "texts"),
    [(DAYS, ["2024-01-01", "2024-02-29", ""]), (GAPS, ["1 days", "-20 days", ""])],
)
def test_days_without_times_show_none_whatever_library_they_are_of(
    library: str, values: list[Any], texts: list[str]
) -> None:
    table = lay_out(LIBRARIES[library](values), HIDDEN).table
    assert [row[0].text for row in table.body] == texts


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("step", [dt.timedelta(hours=13), dt.timedelta(microseconds=1)])
def test_one_time_of_day_shows_those_of_its_column(library: str, step: dt.timedelta) -> None:
    table = lay_out(LIBRARIES[library]([DAYS[0], DAYS[1] + step, None]), HIDDEN).table
    texts = [row[0].text for row in table.body]
    assert pd.to_datetime(texts[1]) == DAYS[1] + step
    assert "00:00" in texts[0]


@pytest.mark.parametrize("library", ["NumPy", "Arrow dtypes", "Arrow", "Polars", "timestamps"])
def test_dates_with_a_zone_show_their_times(library: str) -> None:
    day = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    table = lay_out(LIBRARIES[library]([day]), HIDDEN).table
    assert table.body[0][0].text == "2024-01-01 00:00:00+00:00"


def test_labels_that_are_dates_show_no_time() -> None:
    day = pd.Timestamp("2024-01-01")
    frame = pd.DataFrame([[1, 2]], columns=pd.Index([day, "all"], dtype=object))
    frame = frame.set_axis(pd.Index([day]).astype(pd.ArrowDtype(pa.timestamp("us"))))
    table = lay_out_frame(frame, TableOptions()).table
    assert [cell.text for cell in table.head[0]] == ["", "2024-01-01", "all"]
    assert table.body[0][0].text == "2024-01-01"


def test_describe_shows_times_only_where_there_are_some() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-03"]))
    texts = value_texts(days.describe()[["count", "min", "mean", "max"]])
    assert texts == ["2", "2024-01-01", "2024-01-02", "2024-01-03"]
    assert "12:00:00" in value_texts(days.describe())[3]


def test_dates_that_pandas_cannot_count_in_nanoseconds_show_no_time() -> None:
    far = [dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)]  # noqa: DTZ001
    assert value_texts(pd.Series(far, dtype=object)) == ["0001-01-01", "9999-12-31"]


@pytest.mark.parametrize("kind", ["datetime64", "timedelta64"])
def test_a_time_of_a_nanosecond_is_a_time(kind: str) -> None:
    moments = [getattr(np, kind)(number, "ns") for number in (1, 86_400_000_000_000)]
    texts = value_texts(pd.Series([*moments, "x"], dtype=object))
    assert "00:00:00.000000001" in texts[0] or "1 nanoseconds" in texts[0]
    assert texts[1] not in {"1 days", "1970-01-02"}


@given(st.lists(st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1))))  # noqa: DTZ001
def test_a_column_shows_the_same_of_arrow_as_of_numpy(moments: list[dt.datetime]) -> None:
    days = [moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in moments]
    for values in (days, moments):
        numpy = pd.Series(values, dtype="datetime64[us]")
        arrow = value_texts(numpy.astype(pd.ArrowDtype(pa.timestamp("us"))))
        assert [text[:19] for text in value_texts(numpy)] == [text[:19] for text in arrow]
