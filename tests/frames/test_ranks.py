"""Values are ranked in their own order, not that of their texts; missing values have no rank."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from strategies import any_frame

from sphinx_df_table.frames.inputs import to_pandas
from sphinx_df_table.frames.ranks import rank_values
from sphinx_df_table.frames.values import are_missing

DAY = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)


class Hostile:
    def __lt__(self, other: object) -> bool:
        raise RuntimeError


class Leaving:
    def __lt__(self, other: object) -> bool:
        raise SystemExit


class Unhashable(Hostile):
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ([3, 1, 2, 1], [2, 0, 1, 0]),
        ([2.5, float("nan"), -1.0], [1, None, 0]),
        ([1, 2.5, decimal.Decimal("1.5")], [0, 2, 1]),
        ([True, False, None], [1, 0, None]),
        ([DAY, None, DAY - dt.timedelta(1)], [1, None, 0]),
        ([DAY.date(), None], [0, None]),
        ([dt.timedelta(2), dt.timedelta(1)], [1, 0]),
        (["$10.0", "$2.5", "$1,000", "-$3", "$-4"], [3, 2, 4, 1, 0]),
        (["1e3 ms", "\u22125 ms", "-", "900 ms"], [2, 0, None, 1]),
        (["50%", "", "5%"], [1, None, 0]),
        (["b", "a", "", "N/A", None], [0, 0, None, None, None]),
        (["3", "n/a", "NA", "null", "-2"], [1, None, None, None, 0]),
        (["12 ms", "4 MB"], [0, 0]),
        (["1e99999999999999999999", "2"], [0, 0]),
        ([frozenset("ab"), frozenset("b"), frozenset("c")], [0, 0, 0]),
        ([Leaving(), Leaving()], [0, 0]),
        (["b", 1, None], [0, 0, None]),
        ([[2], [1], None], [0, 0, None]),
        ([Hostile(), Hostile()], [0, 0]),
        ([Unhashable(), Unhashable()], [0, 0]),
        ([None, None], [None, None]),
        ([], []),
    ],
)
def test_values_of_each_kind_have_their_ranks(values: list[Any], ranks: list[int | None]) -> None:
    assert list(rank_values(pd.Series(values, dtype=object))) == ranks
    assert list(rank_values(pd.Series(values, dtype=object).infer_objects())) == ranks


def test_large_integers_are_compared_with_all_their_digits() -> None:
    values = pd.Series([2**63 + 1, 2**63, None], dtype=object)
    assert rank_values(values) == (1, 0, None)


def test_times_with_zones_are_compared_as_moments() -> None:
    times = pd.Series(
        pd.to_datetime(["2024-01-01T12:00+02:00", "2024-01-01T11:00+00:00"], utc=True)
    )
    assert rank_values(times.dt.tz_convert("Asia/Tokyo")) == (0, 1)


@pytest.mark.parametrize("is_ordered", [True, False])
def test_categories_have_their_own_order(is_ordered: bool) -> None:
    sizes = pd.Categorical(["M", "S", None, "L"], ["S", "M", "unused", "L"], ordered=is_ordered)
    assert rank_values(pd.Series(sizes)) == (1, 0, None, 2)


def test_categories_without_an_order_are_sorted_as_their_values() -> None:
    assert rank_values(pd.Series(["10", "9", "100"]).astype("category")) == (1, 0, 2)
    assert rank_values(pd.Series(["b", "a"]).astype("category")) == (0, 0)


@pytest.mark.parametrize("is_lazy", [True, False])
def test_an_enum_of_polars_has_its_own_order(is_lazy: bool) -> None:
    frame = pl.DataFrame({"s": ["M", "S", None, "L"]}, schema={"s": pl.Enum(["S", "M", "L"])})
    found, _ = to_pandas(frame.lazy() if is_lazy else frame, rows=None)
    assert rank_values(found["s"]) == (1, 0, None, 2)


@given(any_frame())
def test_ranks_leave_no_gaps_and_only_missing_values_and_texts_have_none(
    frame: pd.DataFrame,
) -> None:
    for place in range(frame.shape[1]):
        values = frame.iloc[:, place]
        ranks = rank_values(values)
        found = {rank for rank in ranks if rank is not None}
        assert found == set(range(len(found)))
        for rank, gone, value in zip(ranks, are_missing(values), values, strict=True):
            assert rank is None if gone else rank is not None or isinstance(value, str)


@given(any_frame())
def test_ranks_of_numbers_and_times_are_those_of_pandas(frame: pd.DataFrame) -> None:
    numbers = frame.select_dtypes(["number", "datetime", "timedelta"])
    for place in range(numbers.shape[1]):
        values = numbers.iloc[:, place]
        ranks = rank_values(values)
        assert [rank is None for rank in ranks] == are_missing(values)
        # pandas 2.2 gives ranks to missing values of some dtypes.
        expected = values.dropna().rank(method="dense")
        assert [rank for rank in ranks if rank is not None] == [int(rank) - 1 for rank in expected]
