"""One value → the text that a reader sees: what ``to_csv`` would write for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def value_texts(values: pd.Series[Any], /) -> list[str]:
    """Return the text of each value, as ``DataFrame.to_csv`` with its defaults writes it.

    A missing value is an empty text. A column of dates or durations shows the time of
    day only if one of its values has one.

    :param values: one column or index level, of any dtype.
    :returns: as many texts as values.
    """
    values = _plain(values)
    if values.dtype.kind in "mM" and not isinstance(values.dtype, pd.ArrowDtype):
        texts = values.astype(str).tolist()
    elif values.dtype.kind == "f":
        # Each array writes the shortest text that reads back as a float of its own width.
        floats = values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array
        texts = floats.astype(str).tolist()
    else:
        texts = list(map(_text, _objects(values)))
    missing = pd.isna(values.array).tolist()
    return ["" if gone else text for text, gone in zip(texts, missing, strict=True)]


def are_strings(values: pd.Series[Any], /) -> list[bool]:
    """Tell of each value whether it is a string, which alone may hold markup."""
    if isinstance(values.dtype, np.dtype) and values.dtype != object:
        return [False] * len(values)
    return [isinstance(value, str) for value in _objects(values)]


def _objects(values: pd.Series[Any]) -> list[Any]:
    """Return the values as Python has them; arrays do that in a fraction of a Series' time."""
    is_numpy = isinstance(values.dtype, np.dtype)
    return list((values.to_numpy() if is_numpy else values.array.astype(object)).tolist())


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
    return str.__str__(value) if isinstance(value, str) else str(value)
