"""The values of one column → the places that they have in order."""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.alignment import is_missing_text, numbers_in
from sphinx_df_table.values import are_missing, are_strings, objects, value_texts

if TYPE_CHECKING:
    from collections.abc import Sequence


def value_ranks(values: pd.Series[Any], /) -> tuple[int | None, ...]:
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
        return _ranks([None if g else v for g, v in zip(gone, objects(values), strict=True)])
    texts = value_texts(values)
    numbers = numbers_in(texts)
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
