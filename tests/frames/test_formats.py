"""Formats change the texts of cells, never the frame."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import tracemalloc
from typing import TYPE_CHECKING, Any

import awkward_frames
import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_frame

from sphinx_df_table.directives import option_spec
from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from sphinx_df_table.model.table import Table


def laid_out(values: Any, formats: str = "", dtype: Any = None, **other: Any) -> Table:
    """The table of a frame, or of these values in the column ``v``."""
    frame = values
    if not isinstance(values, pd.DataFrame):
        frame = pd.DataFrame({"v": pd.Series(values, dtype=dtype)})
    return lay_out_frame(
        frame, TableOptions(formats=option_spec.parse_formats(formats) if formats else (), **other)
    ).table


def texts(table: Table) -> list[str]:
    """The texts of the last column."""
    return [row[-1].text for row in table.body]


@pytest.mark.parametrize(
    ("values", "template", "shown"),
    [
        ([1234.5, None], "${:,.3f}", ["$1,234.500", ""]),
        ([0.256], "{:.1%}", ["25.6%"]),
        ([1, 20], "{:03d}", ["001", "020"]),
        ([1, 20], "{:.1f}", ["1.0", "20.0"]),
        (pd.to_datetime(["2024-02-29", "NaT"]), "{:%d %b %Y}", ["29 Feb 2024", ""]),
        ([dt.date(2024, 2, 29)], "{:%d.%m.}", ["29.02."]),
        ([dt.time(9, 5)], "{:%H h}", ["09 h"]),
        (["a", "b"], "{:>3}!", ["  a!", "  b!"]),
        ([decimal.Decimal("1.25")], "{:.1f}", ["1.2"]),
        ([1 + 2j], "{:.1f}", ["1.0+2.0j"]),
        (pd.array([1, None], dtype="Int64"), "{:d} x", ["1 x", ""]),
        (pd.array([1.5, None], dtype="Float64"), "{:.2f}", ["1.50", ""]),
        (pd.Categorical([0.5, None, 0.25]), "{:.0%}", ["50%", "", "25%"]),
        (pd.arrays.SparseArray([0.0, 0.5]), "{:.0%}", ["0%", "50%"]),
        (np.array([0.1], "float32"), "{0} {0:.9f}", ["0.1 0.100000000"]),
        (pd.array([0.1, None], dtype="Float32"), "{}", ["0.1", ""]),
        (pd.Series([0.1], dtype=pd.ArrowDtype(pa.float32())), "{:.2f}", ["0.10"]),
        (pd.Series([dt.date(2024, 1, 2)], dtype=pd.ArrowDtype(pa.date32())), "{:%Y}", ["2024"]),
        (pd.to_timedelta([90], unit="s"), "{0.seconds} s", ["90 s"]),
    ],
)
def test_a_format_string_writes_the_value(values: Any, template: str, shown: list[str]) -> None:
    table = laid_out(values, f"v: {template}")
    assert texts(table) == shown
    assert table.warnings == ()


@pytest.mark.parametrize(
    ("group", "changed"),
    [
        ("number", {"i", "f", "n", "o"}),
        ("integer", {"i", "n", "o"}),
        ("float", {"f"}),
        ("boolean", {"b"}),
        ("datetime", {"t"}),
        ("timedelta", {"d"}),
        ("string", {"s"}),
        ("category", {"c"}),
    ],
)
def test_a_group_is_all_columns_of_its_kind(group: str, changed: set[str]) -> None:
    frame = pd.DataFrame(
        {
            "i": [1],
            "f": [1.5],
            "n": pd.array([1], dtype="Int64"),
            "o": pd.Series([1], dtype=object),
            "b": [True],
            "t": pd.to_datetime(["2024-01-01"]),
            "d": pd.to_timedelta([1], unit="D"),
            "s": ["x"],
            "c": pd.Categorical(["x"]),
        }
    )
    table = laid_out(frame, f"{group}: <{{}}>")
    labels = [cell.text for cell in table.head[0]]
    shown = {
        label
        for label, cell in zip(labels, table.body[0], strict=True)
        if cell.text.startswith("<")
    }
    # A category of strings holds strings.
    assert shown == changed | ({"c"} if group == "string" else set())


def test_a_format_leaves_strings_markup_and_makes_none_of_numbers() -> None:
    frame = pd.DataFrame({"s": ["x"], "n": [1]})
    row = laid_out(frame, "s: **{}**\nn: **{}**").body[0]
    assert [(cell.text, cell.is_literal) for cell in row] == [("**x**", False), ("**1**", True)]


def test_index_levels_have_formats_too() -> None:
    frame = pd.DataFrame({"a": [1]}, index=pd.Index([0.5], name="share"))
    assert laid_out(frame, "share: {:.0%}").body[0][0].text == "50%"


def test_precision_is_for_floats_only() -> None:
    frame = pd.DataFrame(
        {"f": [1.005, np.inf], "i": [1, 2], "o": pd.Series([0.25, "0.25"], dtype=object)}
    )
    table = laid_out(frame, precision=1)
    assert [[cell.text for cell in row] for row in table.body] == [
        ["1.0", "1", "0.2"],
        ["inf", "2", "0.25"],
    ]


def test_a_format_overrides_the_precision() -> None:
    assert texts(laid_out([1.25], "v: {:.2f}", precision=0)) == ["1.25"]


@pytest.mark.parametrize("name", awkward_frames.DTYPES)
def test_na_rep_replaces_missing_values_only(name: str) -> None:
    frame = awkward_frames.DTYPES[name]()
    plain, marked = texts(laid_out(frame)), texts(laid_out(frame, na_rep="\u2013"))
    missing = frame.iloc[:, 0].isna().tolist()
    assert marked == ["\u2013" if gone else text for text, gone in zip(plain, missing, strict=True)]


def test_values_that_a_format_does_not_fit_are_one_warning() -> None:
    frame = pd.DataFrame({"n": [1.0, 8.5, 9.5], "s": ["x", "y", "z"]})
    table = laid_out(frame, "n: {:d}\ns: {:.1f}")
    assert [[cell.text for cell in row] for row in table.body] == [
        ["1.0", "x"],
        ["8.5", "y"],
        ["9.5", "z"],
    ]
    [sentence] = table.warnings
    assert "'{:d}' does not fit '1.0' (float) in column 'n', row 1 (6 such values)" in sentence


def test_only_the_values_that_a_format_does_not_fit_are_named() -> None:
    table = laid_out([1, "two", 3], "v: {:03d}", dtype=object)
    assert texts(table) == ["001", "two", "003"]
    assert "does not fit 'two' (str) in column 'v', row 2;" in table.warnings[0]


class Verbose:
    """A value whose format is long."""

    def __str__(self) -> str:
        return "short"

    def __format__(self, _: str) -> str:
        return "x" * 3_000_000

    def __repr__(self) -> str:
        return "x" * 3_000_000


@pytest.mark.parametrize(
    ("value", "template"),
    [
        *((decimal.Decimal("1e3000000"), f"{{:{spec}}}") for spec in (".2f", "f", "%", ",F")),
        (decimal.Decimal("-1e-3000000"), "{0:f}"),
        (decimal.Decimal("1e3000000"), "{.real:.2f}"),
        ((decimal.Decimal("1e3000000"),), "{0[0]:.2f}"),
        *((1.5, f"{{:{spec}}}") for spec in (">3000000", "03000000.1f", ".3000000f")),
        *((1, f"{{:{spec}}}") for spec in (">3000000", "03000000d", ",.3000000%")),
        (3_000_000, "{0:{0}}"),
        (True, "{:>3000000}"),
        ("x", "{:_^3000000}"),
        (1 + 2j, "{:.3000000f}"),
        (fractions.Fraction(1, 3), "{:.3000000f}"),
        (decimal.Decimal("1.5"), "{:.3000000e}"),
        (dt.date(2024, 2, 29), "{!s:>3000000}"),
        (Verbose(), "{}"),
        (Verbose(), "{!r}"),
        ("x" * 600_000, "{0} {0}"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_format_that_would_make_a_long_text_does_not_fit(value: Any, template: str) -> None:
    column = pd.Series([value], dtype=object)
    text = value if isinstance(value, str) else str(value)
    tracemalloc.start()
    try:
        table = laid_out(column, f"v: {template}", dtype=object)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert texts(table) == [text]
    [sentence] = table.warnings
    assert f"{template!r} does not fit" in sentence
    assert len(sentence) < 1_000
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("value", "template", "shown"),
    [
        (decimal.Decimal("1e3000000"), "{:.2e}", "1.00e+3000000"),
        (decimal.Decimal("1e3000000"), "{:,}", "1E+3000000"),
        (decimal.Decimal("1e308"), "{:.1f}", f"1{'0' * 308}.0"),
        (decimal.Decimal("1e-300"), "{:.2f}", "0.00"),
        (decimal.Decimal("NaN"), "{:.2f}", ""),
        (decimal.Decimal("-Infinity"), "{:.2f}", "-Infinity"),
        (decimal.Decimal("7" * 5_000), "{:.1f}", f"{'7' * 5_000}.0"),
        (1e308, "{:.1f}", f"{1e308:.1f}"),
        (1.5, "{0:{0.real:.0f}.{0.real:.0f}f}", "1.50"),
        (dt.date(2024, 2, 29), "{:%Y 2025}", "2024 2025"),
        ("x" * 900_000, "<{}>", f"<{'x' * 900_000}>"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_format_within_bounds_fits(value: Any, template: str, shown: str) -> None:
    table = laid_out([value], f"v: {template}", dtype=object)
    assert table.warnings == ()
    assert texts(table) == [shown]


@given(
    st.one_of(
        st.decimals(allow_nan=False),
        st.integers(0, 10**9).map(lambda power: decimal.Decimal(f"1e{power}")),
        st.integers(-(10**12), 10**12),
        st.floats(),
        st.text(max_size=3),
    ),
    st.from_regex(r"(?a)[<>^]?[+]?0?\d{0,12},?(\.\d{1,12})?[bcdeEfFgGnosxX%]?", fullmatch=True),
)
def test_no_format_makes_a_long_text(value: Any, spec: str) -> None:
    [text] = texts(laid_out([value], f"v: {{:{spec}}}", dtype=object))
    assert len(text) < 25_000


def test_a_format_for_no_column_is_a_message() -> None:
    [(_, sentence)] = laid_out([1], "w: {}").unmatched
    assert sentence.startswith(":format: names 'w', but there is no such column")


def test_numbers_stay_numbers_so_that_they_sort_as_such() -> None:
    frame = pd.DataFrame({"v": [10.0, 2.0]}).sort_values("v")
    table = laid_out(frame, "v: ${:.1f}")
    assert texts(table) == ["$2.0", "$10.0"]
    assert table.alignments == ("right",)


FORMATS = ["{}", "{:.2f}", "${:,.3f}", "{:d}", "{:%Y}", "{!r}", "{:>5}", "{.real}"]


@given(any_frame(), st.sampled_from(FORMATS), st.none() | st.integers(0, 5), st.booleans())
def test_no_format_changes_the_frame(
    frame: pd.DataFrame, template: str, precision: int | None, hoist: bool
) -> None:
    before = frame.copy(deep=True)
    laid_out(frame, f"*: {template}", precision=precision, hoist_constants=hoist, na_rep="-")
    pd.testing.assert_frame_equal(frame, before)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1),
    st.integers(0, 12),
)
def test_the_number_read_back_is_the_value_rounded(values: list[float], digits: int) -> None:
    with decimal.localcontext() as context:
        context.prec = 400
        unit = decimal.Decimal(1).scaleb(-digits)
        rounded = [decimal.Decimal(v).quantize(unit, decimal.ROUND_HALF_EVEN) for v in values]
        for table in (
            laid_out(values, precision=digits),
            laid_out(values, f"v: {{:,.{digits}f}}"),
        ):
            shown = [decimal.Decimal(text.replace(",", "")) for text in texts(table)]
            assert shown == rounded


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_an_integer_is_whole_in_any_format(values: list[int]) -> None:
    assert [int(text.replace(",", "")) for text in texts(laid_out(values, "v: {:,d}"))] == values
