"""The names that earlier code of a page defined, copied for each later snippet."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import pickle
import types
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pandas as pd
from pandas.api.types import is_object_dtype

from sphinx_df_table.frames.inputs import is_mutable_foreign, is_styler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx_df_table.model.protocol import Source

Namespace = dict[str, Any]

_COPIED_TYPES: Final = (
    *(dict, list, tuple, set, bytearray),
    *(pd.DataFrame, pd.Series, pd.Index, np.ndarray),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SharedNamespace:
    """The names of code that ran, to be copied into the namespace of any number of snippets.

    Each snippet gets its own copy of frames and containers, down to the objects in cells, so
    that none changes what another sees; two names of one object stay so. The functions of the
    code use the namespace of the snippet as their globals. All other objects are shared.

    :param namespace: the globals of the code.
    :param pickled: its frames and containers; ``None`` if they cannot be pickled.
    :param copied: the same as objects, if they cannot be pickled.
    :param others: everything else.
    :param sources: the code that defined them, in its order.
    """

    namespace: Namespace
    pickled: bytes | None
    copied: Mapping[str, Any]
    others: Mapping[str, Any]
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, namespace: Namespace, /, *, sources: tuple[Source, ...]) -> Self:
        """Return the names of ``namespace``, without those that start with two underscores."""
        copied: Namespace = {}
        others: Namespace = {}
        for name, value in namespace.items():
            if not name.startswith("__"):
                is_copied = (
                    isinstance(value, _COPIED_TYPES)
                    or is_styler(value)
                    or is_mutable_foreign(value)
                )
                (copied if is_copied else others)[name] = value
        pickled = None
        with contextlib.suppress(Exception):
            pickled = pickle.dumps(copied, protocol=pickle.HIGHEST_PROTOCOL)
            if b"__main__" in pickled:
                # It may refer to a class of the code, whose module is replaced.
                pickled = None
        return cls(
            namespace=namespace,
            pickled=pickled,
            copied={} if pickled else copied,
            others=others,
            sources=sources,
        )

    def copy_into(self, namespace: Namespace, /) -> None:
        """Add the names to ``namespace``."""
        for name, value in self.others.items():
            is_own = isinstance(value, types.FunctionType) and value.__globals__ is self.namespace
            namespace[name] = _replace_globals(value, namespace) if is_own else value
        if self.pickled is not None:
            namespace.update(pickle.loads(self.pickled))
        else:
            memo: dict[int, Any] = {}
            namespace.update({name: _deep_copy(value, memo) for name, value in self.copied.items()})


def _deep_copy(value: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of ``value`` and of all that is in it; share what cannot be copied.

    :param memo: the copies so far by ``id`` of their originals, as in :func:`copy.deepcopy`.
    """
    if id(value) in memo:
        return memo[id(value)]
    kind = type(value)
    copied: Any
    if kind is dict:
        memo[id(value)] = copied = {}
        copied.update({key: _deep_copy(entry, memo) for key, entry in value.items()})
    elif kind is list:
        memo[id(value)] = copied = []
        copied.extend(_deep_copy(entry, memo) for entry in value)
    elif kind in {tuple, set}:
        copied = kind(_deep_copy(entry, memo) for entry in value)
    elif isinstance(value, pd.Series):
        copied = _copy_series(value.copy(), memo)
    elif isinstance(value, pd.DataFrame):
        copied = value.copy()
        for position in range(copied.shape[1]):
            column: Any = _copy_series(copied.iloc[:, position], memo)
            copied.isetitem(position, column)
    else:
        try:
            copied = copy.deepcopy(value, memo)
        except Exception:
            copied = value
    memo[id(value)] = copied
    return copied


def _copy_series(column: pd.Series[Any], memo: dict[int, Any]) -> pd.Series[Any]:
    """Return ``column`` with copies of the objects in it, which pandas' own copy would share."""
    if not is_object_dtype(column.dtype):
        return column
    cells = [_deep_copy(cell, memo) for cell in column]
    return pd.Series(cells, index=column.index, name=column.name, dtype=object)


def _replace_globals(function: types.FunctionType, namespace: Namespace) -> types.FunctionType:
    """Return a copy of ``function`` with ``namespace`` as its globals."""
    copied = types.FunctionType(
        function.__code__,
        namespace,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    copied.__dict__.update(function.__dict__)
    return copied
