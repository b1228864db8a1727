"""One value → the text that a reader sees: what ``to_csv`` would write for it."""

from __future__ import annotations

import itertools
import operator
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from pandas.api import types

from sphinx_df_table.model.text import is_missing_text, parse_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence


def value_texts(values: pd.Series[Any], /) -> list[str]:
    """Return the text of each value, as ``DataFrame.to_csv`` with its defaults writes it.

    A missing value is an empty text. A column of dates or durations shows the time of
    day only if one of its values has one.

    :param values: one column or index level, of any dtype.
    :returns: as many texts as values.
    """
    values = _plain(values)
    kind = values.dtype.kind
    if kind in "mM" and not isinstance(values.dtype, pd.ArrowDtype):
        texts = values.astype(str).tolist()
    elif kind == "f":
        texts = _float_texts(values)
    else:
        texts = list(map(_text, _objects(values)))
    return ["" if gone else text for text, gone in zip(texts, are_missing(values), strict=True)]


def are_missing(values: pd.Series[Any], /) -> list[bool]:
    """Tell of each value whether it is missing: ``None``, ``NaN``, ``NaT`` or ``pd.NA``."""
    missing = np.asarray(pd.isna(values.array))
    if isinstance(values.dtype, pd.ArrowDtype) and values.dtype.kind == "f":
        # Arrow tells NaN from a missing value; a reader does not.
        missing = missing | np.isnan(values.to_numpy(dtype=float, na_value=np.nan))
    return list(missing.tolist())


def are_strings(values: pd.Series[Any], /) -> list[bool]:
    """Tell of each value whether it is a string, which alone may hold markup."""
    if isinstance(values.dtype, np.dtype) and values.dtype != object:
        return [False] * len(values)
    if isinstance(values.dtype, pd.StringDtype):
        return [not gone for gone in are_missing(values)]
    return [isinstance(value, str) for value in _objects(values)]


def to_objects(values: pd.Series[Any], /) -> list[Any]:
    """Return the values as single objects that know their own formats.

    Dates are pandas' own. A float of few digits gets no more digits than its text has.
    """
    values = _plain(values)
    dtype: Any = values.dtype
    kind = dtype.kind
    if kind == "f" and dtype.itemsize < _DOUBLE:
        gone = are_missing(values)
        return [None if g else float(t) for t, g in zip(_float_texts(values), gone, strict=True)]
    if isinstance(dtype, np.dtype) and kind in "mM":
        return list(values.array)
    return _objects(values)


#: The bytes of the floats that Python has.
_DOUBLE: Final = 8


def _float_texts(values: pd.Series[Any]) -> list[str]:
    """Return the shortest text of each that reads back as a float of its own width."""
    floats = values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array
    return list(floats.astype(str).tolist())


#: What a column is called whose dtype is of this kind, as NumPy calls it.
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

#: How Arrow calls what NumPy has no kind for.
_ARROW: Final = {"number": "decimal", "datetime": "date", "string": "(large_)?string"}

#: What pandas finds in a column of objects, and what such a column is called.
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
    """Return what kinds of values a column holds; of objects, all must be of the kind.

    :returns: names out of :data:`sphinx_df_table.layout.column_patterns.GROUPS`.
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
    """Return the values as Python has them; arrays do that in a fraction of a Series' time."""
    if isinstance(values.dtype, np.dtype):
        return list(values.to_numpy().tolist())
    if isinstance(values.dtype, pd.ArrowDtype) and values.dtype.kind == "O":
        # All at once, lists would become arrays, with floats for integers beside missing ones;
        # and Arrow has types that pandas can look at only one by one.
        return list(values.array)
    return list(values.array.astype(object).tolist())


def _plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return categories and sparse values as the values that they stand for."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.astype(values.cat.categories.dtype) if _are_dates(values) else values
    if isinstance(values.dtype, pd.SparseDtype):
        return values.astype(object)
    return values


def _are_dates(values: pd.Series[Any]) -> bool:
    return bool(values.cat.categories.dtype.kind in "mM")


def _text(value: object) -> str:
    # The text of a string's subclass is its content, whatever its own __str__ says.
    return str.__str__(value) if isinstance(value, str) else str(_without_arrays(value))


def _without_arrays(value: Any) -> Any:
    """Return ``value`` with lists for arrays, which write their numbers short, and not all."""
    if isinstance(value, np.ndarray):
        return list(map(_without_arrays, value.tolist()))
    if type(value) is list:
        return list(map(_without_arrays, value))
    if type(value) is dict:
        return {key: _without_arrays(entry) for key, entry in value.items()}
    return value


def rank_values(values: pd.Series[Any], /) -> tuple[int | None, ...]:
    """Return for each value how many different ones are smaller; ``None`` if it is missing.

    Categories have their own order, unless it is just that of their values. Texts that are
    numbers with the same currency or unit have that of the numbers, and words for what is
    missing are none of them. Values without an order, as other texts are here, are all 0: a
    reader's browser knows the order of its language.

    :param values: one column or index level, of any dtype.
    """
    if _has_own_order(values.dtype):
        return _ranks([None if code < 0 else code for code in values.cat.codes.tolist()])
    gone = are_missing(values)
    if not all(map(operator.or_, gone, are_strings(values))):
        return _ranks([None if g else v for g, v in zip(gone, to_objects(values), strict=True)])
    texts = value_texts(values)
    numbers = parse_numbers(texts)
    return _ranks(numbers or [None if is_missing_text(text) else 0 for text in texts])


def _ranks(keys: Sequence[Any]) -> tuple[int | None, ...]:
    """Return the rank of each key, 0 for each if they cannot be compared."""
    try:
        order = sorted({key for key in keys if key is not None})
        # Sets, for one, are compared without being in order.
        is_ordered = all(a < b for a, b in itertools.pairwise(order))
        ranks = {key: rank for rank, key in enumerate(order)} if is_ordered else {}
        return tuple(None if key is None else ranks.get(key, 0) for key in keys)
    except BaseException:
        # Objects may raise anything when they are compared.
        return tuple(None if key is None else 0 for key in keys)


def _has_own_order(dtype: Any) -> bool:
    """Tell whether ``dtype`` has categories that someone has put in an order."""
    return isinstance(dtype, pd.CategoricalDtype) and (
        bool(dtype.ordered) or not dtype.categories.is_monotonic_increasing
    )
