"""Convert values to the texts of ``to_csv``, and detect their kinds."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

import numpy as np
import pandas as pd
from pandas.api import types


def value_texts(values: pd.Series[Any], /) -> list[str]:
    """Return the text of each value, as ``DataFrame.to_csv`` with its defaults writes it.

    A missing value is an empty string. The dates and durations in a column, of whatever dtype,
    show the time of day only if one of them has one, or a time zone.

    :param values: one column or index level, of any dtype.
    :returns: as many texts as values.
    """
    values = _to_plain(values)
    kind = values.dtype.kind
    if kind in "mM" and not isinstance(values.dtype, pd.ArrowDtype):
        texts = values.astype(str).tolist()
    elif kind == "f":
        texts = _float_texts(values)
    else:
        objects = _objects(values)
        texts = list(map(_text, objects))
        others = () if isinstance(values.dtype, pd.StringDtype) else objects
        days = {row: _day_text(value) for row, value in enumerate(others) if _is_moment(value)}
        for row, day in days.items() if None not in days.values() else ():
            texts[row] = str(day)
    missing = are_missing(values)
    return ["" if is_missing else text for text, is_missing in zip(texts, missing, strict=True)]


def _is_moment(value: object) -> bool:
    """Return whether ``value`` is a date that may have a time, or a duration."""
    return isinstance(value, _MOMENTS) and not pd.isna(value)


_MOMENTS: Final = (dt.datetime, dt.timedelta, np.datetime64, np.timedelta64)


def _day_text(value: Any) -> str | None:
    """Return a date or duration without its time of day; ``None`` if it has one, or a time zone."""
    if isinstance(value, (np.datetime64, np.timedelta64)):
        days = value.astype(f"{value.dtype.kind}8[D]")
        if days != value:
            return None
        return f"{days.astype(int)} days" if value.dtype.kind == "m" else str(days)
    if isinstance(value, dt.timedelta):
        return None if value % dt.timedelta(days=1) else f"{value.days} days"
    day, _, time = str(value).partition(" ")
    return day if time == "00:00:00" else None


def are_missing(values: pd.Series[Any], /) -> list[bool]:
    """Return for each value whether it is missing: ``None``, ``NaN``, ``NaT`` or ``pd.NA``."""
    missing = np.asarray(pd.isna(values.array))
    if isinstance(values.dtype, pd.ArrowDtype) and values.dtype.kind == "f":
        # Arrow distinguishes NaN from a missing value; a reader does not.
        missing = missing | np.isnan(values.to_numpy(dtype=float, na_value=np.nan))
    return list(missing.tolist())


def are_strings(values: pd.Series[Any], /) -> list[bool]:
    """Return for each value whether it is a string; only strings may contain markup."""
    if isinstance(values.dtype, np.dtype) and values.dtype != object:
        return [False] * len(values)
    if isinstance(values.dtype, pd.StringDtype):
        return [not is_missing for is_missing in are_missing(values)]
    return [isinstance(value, str) for value in _objects(values)]


def to_objects(values: pd.Series[Any], /) -> list[Any]:
    """Return the values as objects that a format string can format.

    Dates are pandas' own. A float of single or half precision gets no more digits than its text.
    """
    values = _to_plain(values)
    dtype: Any = values.dtype
    kind = dtype.kind
    if kind == "f" and dtype.itemsize < _DOUBLE:
        texts = zip(_float_texts(values), are_missing(values), strict=True)
        return [None if is_missing else float(text) for text, is_missing in texts]
    if isinstance(dtype, np.dtype) and kind in "mM":
        return list(values.array)
    return _objects(values)


#: The size of Python's floats in bytes.
_DOUBLE: Final = 8


def _float_texts(values: pd.Series[Any]) -> list[str]:
    """Return the shortest text of each float that reads back as the same float of its size."""
    floats = values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array
    return list(floats.astype(str).tolist())


#: The groups of columns by the kind of their dtype, as in NumPy.
_KINDS: Final = {
    "b": frozenset({"boolean"}),
    "i": frozenset({"number", "integer"}),
    "u": frozenset({"number", "integer"}),
    "f": frozenset({"number", "float"}),
    "c": frozenset({"number"}),
    "M": frozenset({"datetime"}),
    "m": frozenset({"timedelta"}),
    "U": frozenset({"string"}),
}

#: The groups of columns by the name of Arrow's type, if its dtype has no such kind.
_ARROW: Final = {
    "number": "decimal",
    "datetime": "date",
    "timedelta": "month_day",
    "string": "(large_)?string",
}

#: The groups of columns of objects, by the kind that pandas infers.
_INFERRED: Final = {
    "integer": ("number", "integer"),
    "floating": ("number", "float"),
    "mixed-integer-float": ("number",),
    "complex": ("number",),
    "decimal": ("number",),
    "boolean": ("boolean",),
    "datetime": ("datetime",),
    "datetime64": ("datetime",),
    "date": ("datetime",),
    "timedelta": ("timedelta",),
    "timedelta64": ("timedelta",),
    "string": ("string",),
}


def value_groups(values: pd.Series[Any], /) -> frozenset[str]:
    """Return the groups that a column of values belongs to; all objects must be of the kind.

    :returns: names of :data:`sphinx_df_table.layout.column_patterns.GROUPS`.
    """
    dtype: Any = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return value_groups(dtype.categories.to_series()) | {"category"}
    if (kind := dtype.kind) in _KINDS:
        return _KINDS[kind]
    if isinstance(dtype, np.dtype):
        return frozenset(_INFERRED.get(types.infer_dtype(values, skipna=True), ()))
    if isinstance(dtype, pd.ArrowDtype):
        name = str(dtype.pyarrow_dtype)
        return frozenset(group for group, start in _ARROW.items() if re.match(start, name))
    return frozenset({"string"} if isinstance(dtype, pd.StringDtype) else ())


def _objects(values: pd.Series[Any]) -> list[Any]:
    """Return the values as Python objects; arrays convert them much faster than a Series."""
    if isinstance(values.dtype, np.dtype):
        return list(values.to_numpy().tolist())
    if isinstance(values.dtype, pd.ArrowDtype) and values.dtype.kind == "O":
        # Converted at once, lists would become arrays, with floats for integers beside missing
        # values; and pandas can convert some types of Arrow only one by one.
        return [
            pd.Timedelta(days=value.days, nanoseconds=value.nanoseconds)
            if type(value).__name__ == "MonthDayNano" and not value.months
            else value
            for value in values.array
        ]
    return list(values.array.astype(object).tolist())


def _to_plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return categories of dates of NumPy, and sparse values, as plain values."""
    dtype: Any = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        inner: Any = dtype.categories.dtype
        is_plain = inner.kind in "mM" and not isinstance(inner, pd.ArrowDtype)
        return values.astype(inner) if is_plain else values
    return values.astype(object) if isinstance(dtype, pd.SparseDtype) else values


def _text(value: object) -> str:
    # The text of a string's subclass is its content, whatever its own __str__ says.
    return str.__str__(value) if isinstance(value, str) else str(_without_arrays(value))


def _without_arrays(value: Any) -> Any:
    """Return ``value`` with lists for arrays, whose texts round and omit numbers."""
    if isinstance(value, np.ndarray):
        return list(map(_without_arrays, value.tolist()))
    if type(value) is list:
        return list(map(_without_arrays, value))
    if type(value) is dict:
        return {key: _without_arrays(entry) for key, entry in value.items()}
    return value
