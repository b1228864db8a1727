"""Frames with difficult dtypes, shapes or labels, by name, shared by the tests of all parts."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable


class Colour(str, enum.Enum):  # noqa: UP042 - StrEnum has another __str__, which is the point
    RED = "red"


def _column(values: Any, dtype: Any = None) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({"value": pd.Series(values, dtype=dtype)})


_DATES: Final[Any] = ["2024-02-29", None, "1999-12-31"]
_TIMES: Final[Any] = ["2024-02-29 13:05:07.25", "1999-12-31"]

#: One column of each dtype; most hold a missing value too.
DTYPES: Final[dict[str, Callable[[], pd.DataFrame]]] = {
    "int64": _column([1, -2, 2**62]),
    "uint8": _column([0, 255], "uint8"),
    "float64": _column([1.0, 1e16, 1e-7, 0.1 + 0.2, np.nan, np.inf, -0.0, 6668.70475]),
    "float32": _column([0.1, 8.57, np.nan], "float32"),
    "float16": _column([0.1, np.nan], "float16"),
    "complex": _column([1 + 2j, 0.5j]),
    "bool": _column([True, False]),
    "Int64": _column([1, None], "Int64"),
    "UInt8": _column([255, None], "UInt8"),
    "Float64": _column([1.5, None, 1e20], "Float64"),
    "Float32": _column([0.1, None], "Float32"),
    "boolean": _column([True, None], "boolean"),
    "object strings": _column(["a", None, "", "  b ", "1.0"], object),
    "string": _column(["a", None, ""], "string"),
    "default strings": _column(["a", "b c"]),
    "category of strings": _column(["a", None, "b"], "category"),
    "category of floats": _column([1.5, None, 1.5], "category"),
    "category of dates": lambda: pd.DataFrame(
        {"value": pd.Series(pd.to_datetime(_DATES)).astype("category")}
    ),
    "dates": lambda: pd.DataFrame({"value": pd.to_datetime(_DATES)}),
    "times": lambda: pd.DataFrame({"value": pd.to_datetime(_TIMES, format="ISO8601")}),
    "dates by seconds": lambda: pd.DataFrame(
        {"value": pd.to_datetime(_DATES).astype("datetime64[s]")}
    ),
    "dates with zone": lambda: pd.DataFrame(
        {"value": pd.to_datetime(_DATES).tz_localize("Europe/Berlin")}
    ),
    "times with zone": lambda: pd.DataFrame(
        {"value": pd.to_datetime(_TIMES, format="ISO8601").tz_localize("America/New_York")}
    ),
    "timedelta days": _column(pd.to_timedelta([1, 2, None], unit="D")),
    "timedelta": _column(pd.to_timedelta(["1 days", "00:00:03.5", None])),
    "period": lambda: pd.DataFrame(
        {"value": pd.PeriodIndex(["2024-01", "NaT", "2024-03"], freq="M")}
    ),
    "interval": lambda: pd.DataFrame({"value": pd.cut(np.array([1, 5, np.nan]), [0, 2.5, 9])}),
    "interval array": lambda: pd.DataFrame({"value": pd.interval_range(0, 2).astype("interval")}),
    "sparse": _column(pd.arrays.SparseArray([0.0, 1.5, np.nan])),
    "sparse integers": _column(pd.arrays.SparseArray([0, 0, 7])),
    "arrow integers": _column([1, None], pd.ArrowDtype(pa.int32())),
    "arrow floats": _column([0.1, None], pd.ArrowDtype(pa.float64())),
    "arrow strings": _column(["a", None], pd.ArrowDtype(pa.string())),
    "arrow bool": _column([True, None], pd.ArrowDtype(pa.bool_())),
    "arrow timestamps": _column(
        [dt.datetime(2024, 2, 29, 13), None],  # noqa: DTZ001
        pd.ArrowDtype(pa.timestamp("us")),
    ),
    "arrow dates": _column([dt.date(2024, 2, 29), None], pd.ArrowDtype(pa.date32())),
    "arrow decimals": _column([decimal.Decimal("1.50"), None], pd.ArrowDtype(pa.decimal128(8, 2))),
    "arrow lists": _column([[1, 2], None], pd.ArrowDtype(pa.list_(pa.int64()))),
    "arrow structs": _column([{"a": 1}, None], pd.ArrowDtype(pa.struct([("a", pa.int64())]))),
    "arrow binary": _column([b"ab", None], pd.ArrowDtype(pa.binary())),
    "arrow durations": _column([dt.timedelta(days=1), None], pd.ArrowDtype(pa.duration("s"))),
    "lists": _column([[1, 2], [], ["a"]]),
    "dicts": _column([{"a": 1}, {}]),
    "tuples": _column([(1, 2), ()]),
    "bytes": _column([b"a\xff", b""]),
    "Decimal": _column([decimal.Decimal("1.10"), decimal.Decimal("NaN")]),
    "python dates": _column([dt.date(2024, 2, 29), None]),
    "python times": _column([dt.time(13, 5), None]),
    "timestamps as objects": _column([pd.Timestamp("2024-02-29"), "x", pd.NaT], object),
    "mixed": _column([1, "1", 1.0, None, True, np.float32(0.1), pd.NA], object),
    "enum of strings": _column([Colour.RED], object),
    "odd objects": _column([object, len, ...], object),
}


def _labelled(columns: Any) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame([range(len(columns))] * 2, columns=columns)


#: Frames whose shape or labels are the difficulty.
SHAPES: Final[dict[str, Callable[[], pd.DataFrame]]] = {
    "no rows": lambda: pd.DataFrame({"a": [], "b": []}),
    "one cell": lambda: pd.DataFrame({"a": [1]}),
    "duplicate labels": _labelled(["a", "a", "b"]),
    "number labels": _labelled([2023, 2024.5, True]),
    "missing labels": _labelled([None, np.nan, "a"]),
    "tuple labels": lambda: pd.DataFrame({"a": [1], "b": [2]}).set_axis(
        pd.Index([("x", 1), "y"], tupleize_cols=False), axis=1
    ),
    "date labels": _labelled(pd.to_datetime(["2024-01-01", "2024-02-01"])),
    "labels of several lines": _labelled(["a\nb", "c"]),
    "markup in labels": _labelled(["**a**", "b_", "*args"]),
    "many columns": lambda: pd.DataFrame([range(150)], columns=[f"c{n}" for n in range(150)]),
    "several levels of columns": _labelled(
        pd.MultiIndex.from_tuples([("Latency", "P50"), ("Latency", "P99"), ("Cost", "P50")])
    ),
    "rows left by a filter": lambda: pd.DataFrame({"a": range(5)}).query("a > 2"),
}

EVERY: Final = DTYPES | SHAPES
