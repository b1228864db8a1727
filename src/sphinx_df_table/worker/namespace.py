"""What earlier code of a page leaves to later code: names, and objects that are each one's own."""

from __future__ import annotations

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

Namespace = dict[str, Any]

_CONTAINERS: Final = (dict, list, tuple, set, bytearray)
_FRAMES: Final = (pd.DataFrame, pd.Series, pd.Index, np.ndarray)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SharedNamespace:
    """The names of code that has run, to be given to any number of snippets.

    Each gets its own copy of frames and plain containers, down to the objects in cells, so
    that none can change what another sees; two names for one object stay that. Functions of
    the code see the names of the snippet that calls them as their globals, as if the code
    stood at its top. All other objects are shared.

    :param namespace: the globals of the code.
    :param pickled: its frames and containers as they were; nothing if they cannot be pickled.
    :param own: the same as objects, to be copied one by one then.
    :param others: everything else.
    """

    namespace: Namespace
    pickled: bytes | None
    own: Mapping[str, Any]
    others: Mapping[str, Any]

    @classmethod
    def of(cls, namespace: Namespace, /) -> Self:
        """Keep the names of ``namespace``, all but those that Python itself puts there."""
        names = {name: value for name, value in namespace.items() if not name.startswith("__")}
        own = {name: value for name, value in names.items() if _is_copied(value)}
        pickled = _pickled(own)
        return cls(
            namespace=namespace,
            pickled=pickled,
            own={} if pickled else own,
            others={name: value for name, value in names.items() if name not in own},
        )

    def give_to(self, namespace: Namespace, /) -> None:
        """Put the names into ``namespace``."""
        for name, value in self.others.items():
            is_own = isinstance(value, types.FunctionType) and value.__globals__ is self.namespace
            namespace[name] = _with_globals(value, namespace) if is_own else value
        if self.pickled is not None:
            namespace.update(pickle.loads(self.pickled))
            return
        memo: dict[int, Any] = {}
        namespace.update({name: _copied(value, memo) for name, value in self.own.items()})


def _is_copied(value: object) -> bool:
    """Tell whether ``value`` is a frame or a plain container, of which each gets a copy."""
    if isinstance(value, (*_FRAMES, *_CONTAINERS)):
        return True
    return is_styler(value) or is_mutable_foreign(value)


def _pickled(value: Any) -> bytes | None:
    """Return ``value`` pickled; ``None`` if that cannot be, or might lean on the code's names."""
    try:
        pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:
        return None
    return None if b"__main__" in pickled else pickled


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of ``value`` and of all that is in it; what cannot be copied is shared.

    :param memo: what has been copied already, as :func:`copy.deepcopy` keeps it.
    """
    if id(value) in memo:
        return memo[id(value)]
    kind = type(value)
    copied: Any
    if kind is dict:
        memo[id(value)] = copied = {}
        copied.update({key: _copied(entry, memo) for key, entry in value.items()})
    elif kind is list:
        memo[id(value)] = copied = []
        copied.extend(_copied(entry, memo) for entry in value)
    elif kind in {tuple, set}:
        copied = kind(_copied(entry, memo) for entry in value)
    elif isinstance(value, (pd.DataFrame, pd.Series)):
        copied = _copied_frame(value, memo)
    else:
        try:
            copied = copy.deepcopy(value, memo)
        except Exception:
            copied = value
    memo[id(value)] = copied
    return copied


def _copied_frame(
    value: pd.DataFrame | pd.Series[Any], memo: dict[int, Any]
) -> pd.DataFrame | pd.Series[Any]:
    """Return a copy, also of the objects in cells, which pandas' own would share."""
    copied = value.copy()
    if isinstance(copied, pd.Series):
        return _copied_cells(copied, memo)
    for position in range(copied.shape[1]):
        column: Any = _copied_cells(copied.iloc[:, position], memo)
        copied.isetitem(position, column)
    return copied


def _copied_cells(column: pd.Series[Any], memo: dict[int, Any]) -> pd.Series[Any]:
    """Return ``column`` with copies of its objects, if it holds objects."""
    if not is_object_dtype(column.dtype):
        return column
    cells = [_copied(cell, memo) for cell in column]
    return pd.Series(cells, index=column.index, name=column.name, dtype=object)


def _with_globals(value: types.FunctionType, namespace: Namespace) -> types.FunctionType:
    """Return a copy of a function with ``namespace`` as its globals."""
    own = types.FunctionType(
        value.__code__, namespace, value.__name__, value.__defaults__, value.__closure__
    )
    own.__kwdefaults__ = value.__kwdefaults__
    own.__dict__.update(value.__dict__)
    return own


EMPTY_NAMESPACE: Final = SharedNamespace.of({})
