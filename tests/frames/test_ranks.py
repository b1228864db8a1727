"""Values are ranked in their own order, not that of their texts; missing values have no rank."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
from fractions import Fraction
from typing import Any

import packaging.version
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_frame, xml_texts

from sphinx_df_table.frames.inputs import to_pandas
from sphinx_df_table.frames.ranks import rank_values
from sphinx_df_table.frames.values import are_missing
from sphinx_df_table.model.units import FAMILIES

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


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ([0.5, "-", 0.25, 10.0], (1, None, 0, 2)),
        ([pd.Timestamp("2024-02-01"), "n/a", pd.Timestamp("2024-01-01")], (1, None, 0)),
        ([dt.date(2024, 2, 1), "nan", None, dt.date(2024, 1, 1)], (1, None, None, 0)),
    ],
)
def test_texts_for_missing_values_beside_other_values_are_missing(
    values: list[Any], ranks: tuple[int | None, ...]
) -> None:
    assert rank_values(pd.Series(values, dtype=object)) == ranks


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


#: Columns of texts in their own order, up.
ORDERED: dict[str, list[str]] = {
    "minor versions": ["3.8", "3.9", "3.10", "3.11"],
    "minor versions without the tenth": ["3.8", "3.9", "3.11", "3.12"],
    "versions of 0": ["0.9", "0.10", "0.25"],
    "versions with v": ["v1.2", "v1.9", "v1.10"],
    "versions with and without v": ["1.2", "v1.9", "1.10.1"],
    "semantic versions": ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-rc.1", "1.0.0"],
    "versions of Python": ["3.9", "3.10.0a1", "3.10.0b2", "3.10.0rc1", "3.10", "3.13.0.post1"],
    "versions of Maven": ["5.0.0-M1", "5.0.0-RC1", "5.0.0-SNAPSHOT", "5.0.0"],
    "versions with builds": ["1.0.0+abc.1", "1.0.1"],
    "years as versions": ["2023.11.1", "2023.12.0", "2024.1.0"],
    "addresses": ["9.0.0.1", "10.0.0.1"],
    "dates with points": ["01.12.2023", "01.01.2024", "01.02.2024"],
    "grouped numbers": ["999", "1,250", "12,000"],
    "bytes": ["900 B", "1 kB", "512 MB", "10 GB", "1TB"],
    "bytes of 1024": ["1000 B", "1 KiB", "1 MB", "1 MiB"],
    "bytes in small letters": ["512 kb", "3 mb", "1 gb"],
    "bits": ["1 kbit", "1 Mbit", "1.5 Mbit"],
    "rates": ["900 kB/s", "1 MB/s", "1 GB/s"],
    "times": ["900 ns", "1 µs", "1 ms", "1 s", "2 min", "1 h", "2 days"],
    "times with m": ["90 s", "2m", "1h"],
    "hertz": ["900 MHz", "2.4 GHz"],
    "metres": ["5 mm", "1 m", "0.5 km"],
    "watts": ["5 mW", "1 kW", "1 MW"],
    "letters": ["950", "1.2k", "3M", "1G"],
    "billions": ["350M", "7B", "1T"],
    "dollars with letters": ["$900k", "$1.5M"],
    "negative sizes": ["\u22121 GB", "-5 MB", "3 MB"],
    "a sign on the right": ["\u22127 €", "5 €", "10 €"],
    "Unicode minus": ["\u221210", "\u22129.5", "\u22125e\u22123", "3"],
    "ISO dates": ["2023-12-31", "2024-01-01"],
    "ISO months": ["2023-12", "2024-01"],
    "ISO moments": ["2024-01-01T23:00+02:00", "2024-01-01T22:00Z", "2024-01-01T17:30-05:00"],
    "days first": ["31.12.2023", "1.2.2024", "2.1.2025"],
    "days first with strokes": ["31/12/2023", "01/02/2024"],
    "days first with times": ["31/12/2023 09:00", "31/12/2023 10:00"],
    "months first": ["12/31/2023", "01/02/2024"],
    "months by name": ["14 Feb 2023", "3 January 2024"],
    "months by name first": ["December 31, 2023", "Jan. 2nd, 2024"],
    "months alone": ["Dec 2023", "Sept 2024"],
}


def ranks_of(texts: list[str], name: str = "") -> list[int | None]:
    return list(rank_values(pd.Series(texts, dtype="str"), name))


@pytest.mark.parametrize("kind", ORDERED)
def test_texts_are_ordered_as_what_they_are(kind: str) -> None:
    texts = ORDERED[kind]
    assert ranks_of(texts) == list(range(len(texts)))
    shuffled = [*texts[1::2], "", *texts[::2], "n/a"]
    expected = [texts.index(text) if text in texts else None for text in shuffled]
    assert ranks_of(shuffled) == expected


@pytest.mark.parametrize("kind", ORDERED)
def test_one_text_that_does_not_fit_makes_all_of_them_texts(kind: str) -> None:
    assert ranks_of([*ORDERED[kind], "to be measured", "-"]) == [0] * (len(ORDERED[kind]) + 1) + [
        None
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["5 ms", "3 MB"],
        ["5 €", "$3"],
        ["0,125", "1", "0,750"],
        ["0,500 €", "12 €", "1,250 €"],
        ["1.0po\u017ft1", "1.1"],
        ["5 B", "1K", "3M"],
        ["0", "5 ms", "1 s"],
        ["3 MB", "3 Mb"],
        ["3 MB/s", "3 MB/h"],
        ["3 MB", "3 MB/s"],
        ["01/02/2024", "03/04/2023"],
        ["31/12/2024", "12/31/2024"],
        ["12.31.2024", "01.02.2024"],
        ["31/12/2024", "31.12.2024"],
        ["31.04.2024", "01.02.2024"],
        ["2024-02-30", "2024-01-01"],
        ["2024-01-01T10:00Z", "2024-01-01"],
        ["31/12/2024 24:30", "01/02/2024"],
        ["31/12/24", "01/02/24"],
        ["Room 2024", "Room 300"],
        ["3 Jan 2024", "January 3, 2024"],
        ["31 Feb 2024", "1 Feb 2024"],
        ["1.1.1a", "1.1.1"],
        ["1.0.0-jre", "1.0.0"],
        ["≥3.9", "≥3.10"],
        ["-v", "-q", "--rf"],
        ["and", "nand", "nor"],
        ["nano", "nancy"],
        ["1a3", "2b4"],
    ],
)
def test_texts_of_no_kind_or_of_several_have_the_order_of_texts(texts: list[str]) -> None:
    assert ranks_of(texts) == [0] * len(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["0.125", "0.25", "0.5"],
        ["1.0", "1.25", "1.5", "2.75"],
        ["0.100", "1.50", "12.0"],
        ["0.05", "0.1", "0.50"],
        ["3.25", "4.50", "5"],
        ["0.11", "0.34", "0.9"],
        ["-0.10", "0.5", "0.9"],
        ["3.10%", "3.9%"],
        ["$3.10", "$3.9"],
        ["9.10", "22.04", "24.10"],
        ["3.10", "3.9e0"],
    ],
)
def test_decimals_in_texts_are_no_versions(texts: list[str]) -> None:
    assert ranks_of(texts) == list(range(len(texts)))


@pytest.mark.parametrize(
    ("name", "is_version"),
    [
        ("Version", True),
        ("min_version", True),
        ("Python versions", True),
        ("Release", True),
        ("Released", False),
        ("Conversion", False),
        ("Share", False),
    ],
)
def test_a_name_tells_versions_from_decimals(name: str, is_version: bool) -> None:
    assert ranks_of(["3.9", "3.11"], name) == ([0, 1] if is_version else [1, 0])
    assert list(rank_values(pd.Series([3.9, 3.11]), name)) == [1, 0]


@pytest.mark.parametrize(
    "texts",
    [
        ["$nan", "$5", "$-"],
        ["nan €", "5 €", "- €"],
        ["NaN%", "5%", "-%"],
        ["nan ms", "5 ms", "\u2014 s"],
        ["nanms", "5ms", "-ms"],
        ["nan widgets", "5 widgets", "- widgets"],
        ["nan GB/s", "5 GB/s", "\u2212"],
        ["nan MB", "to be measured", "- MB"],
        ["nan MB", "v1.2", "$\u2212"],
    ],
)
def test_a_currency_or_a_unit_without_a_number_is_missing(texts: list[str]) -> None:
    assert ranks_of(texts) == [None, 0, None]


def signs(values: list[Any]) -> list[list[int]]:
    return [[(a > b) - (a < b) for b in values] for a in values]


versions = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "v"]),
        st.lists(st.integers(0, 12).map(str), min_size=1, max_size=3).map(".".join),
        st.sampled_from(["", "a1", "a2", "b1", ".rc1", "-rc.2", "-alpha1"]),
        st.sampled_from(["", ".post1", ".post12"]),
        st.sampled_from(["", ".dev1", ".dev2"]),
    ),
)


@given(st.lists(versions, max_size=6))
def test_versions_have_the_order_of_packaging(texts: list[str]) -> None:
    texts = [*texts, "1.0.0"]
    assert signs(ranks_of(texts)) == signs([packaging.version.Version(text) for text in texts])


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 120)), min_size=1))
def test_two_numbers_under_the_name_of_versions_have_their_order(
    pairs: list[tuple[int, int]],
) -> None:
    texts = [f"{major}.{minor}" for major, minor in pairs]
    assert signs(ranks_of(texts, "Version")) == signs(pairs)


@given(st.data(), st.sampled_from(FAMILIES))
def test_sizes_have_the_order_of_their_family(
    data: st.DataObject, family: dict[str, decimal.Decimal]
) -> None:
    numbers = st.decimals(-(10**6), 10**6, places=data.draw(st.integers(0, 3)))
    pairs = data.draw(st.lists(st.tuples(numbers, st.sampled_from(sorted(family))), min_size=1))
    texts = [f"{number} {unit}" for number, unit in pairs]
    sizes = [Fraction(number) * Fraction(family[unit]) for number, unit in pairs]
    assert signs(ranks_of(texts)) == signs(sizes)


@given(
    st.lists(st.dates(dt.date(1000, 1, 1))),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %B %Y", "%b %d, %Y"]),
)
def test_dates_have_their_order(dates: list[dt.date], form: str) -> None:
    dates = [*dates, dt.date(2024, 12, 31)]
    assert signs(ranks_of([date.strftime(form) for date in dates])) == signs(dates)


#: Texts of which columns of one kind may come to be, or nearly.
some_texts = st.one_of(
    st.sampled_from(list(itertools.chain(*ORDERED.values()))),
    st.from_regex(r"\A[v$-]?[0-9]{1,2}[./-]?[0-9]{0,2}[./-]?[0-9]{0,4} ?[kMGsm]?\Z"),
    xml_texts,
)


@given(st.data(), st.lists(some_texts, max_size=6))
def test_ranks_do_not_depend_on_the_order_of_rows(data: st.DataObject, texts: list[str]) -> None:
    ranks = dict(zip(texts, ranks_of(texts), strict=True))
    shuffled = data.draw(st.permutations(texts))
    assert ranks_of(shuffled) == [ranks[text] for text in shuffled]
    found = set(ranks.values()) - {None}
    assert found == set(range(len(found)))


@pytest.mark.parametrize(
    "part",
    ["1", "1.", "-", "a", " ", "1,111", "v1", "rc1", "9 ", "nan", "$", "\u2212", "1-", "12:", "+"],
)
@pytest.mark.parametrize("start", ["", "1", "2024-01-", "1.0", "$1", "3 Jan 2024", "nan "])
def test_hostile_texts_of_a_million_characters_are_ranked(part: str, start: str) -> None:
    text = start + part * (10**6 // len(part))
    assert ranks_of([text + "!", "1"]) == [0, 0]


def test_numbers_of_any_length_have_their_order() -> None:
    long = "1" * 5000
    assert ranks_of([f"{long}2", f"{long}1", f"-{long}2"]) == [2, 1, 0]
    assert ranks_of(["1e900000 k", "2 M"]) == [1, 0]
    assert ranks_of(["1e999999999999 k", "2 M"]) == [0, 0]
