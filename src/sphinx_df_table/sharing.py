"""What earlier code of a page leaves to later code: names, and objects that are each one's own."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import types
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pandas as pd

from sphinx_df_table.foreign import can_be_changed
from sphinx_df_table.showable import is_styler

if TYPE_CHECKING:
    from collections.abc import Mapping

Names = dict[str, Any]

_CONTAINERS: Final = (dict, list, tuple, set, bytearray)
_FRAMES: Final = (pd.DataFrame, pd.Series, pd.Index, np.ndarray)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SharedNames:
    """The names of code that has run, to be given to any number of snippets.

    Each gets its own copy of frames and plain containers, down to the objects in cells, so
    that none can change what another sees; two names for one object stay that. Functions
    see the names of the snippet that calls them as their globals, as if the earlier code
    stood at its top. All other objects are shared.

    :param pickled: frames and containers as they were.
    :param copied: those of them that cannot be pickled; they are copied as :mod:`copy` does.
    :param others: everything else.
    """

    pickled: bytes
    copied: Mapping[str, Any]
    others: Mapping[str, Any]

    @classmethod
    def of(cls, namespace: Names, /) -> Self:
        """Keep the names of ``namespace``, all but those that Python itself puts there."""
        names = {name: value for name, value in namespace.items() if not name.startswith("__")}
        own = {name: value for name, value in names.items() if _is_copied(value)}
        pickled = _pickled(own)
        copied: Names = {}
        if pickled is None:
            copied = {name: value for name, value in own.items() if _pickled(value) is None}
            rest = {name: value for name, value in own.items() if name not in copied}
            pickled = _pickled(rest) or pickle.dumps({})
        others = {name: value for name, value in names.items() if name not in own}
        return cls(pickled=pickled, copied=copied, others=others)

    def give_to(self, namespace: Names, /) -> None:
        """Put the names into ``namespace``."""
        for name, value in self.others.items():
            namespace[name] = _with_globals(value, namespace)
        memo: dict[int, Any] = {}
        for name, value in self.copied.items():
            namespace[name] = _copied(value, memo)
        namespace.update(pickle.loads(self.pickled))


def _is_copied(value: object) -> bool:
    """Tell whether ``value`` is a frame or a plain container, of which each gets a copy."""
    if isinstance(value, (*_FRAMES, *_CONTAINERS)):
        return True
    return is_styler(value) or can_be_changed(value)


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of ``value``; of a container, only what cannot be copied is shared.

    :param memo: what has been copied already, as :func:`copy.deepcopy` keeps it.
    """
    try:
        return copy.deepcopy(value, memo)
    except Exception:
        if type(value) is dict:
            return {key: _copied(entry, memo) for key, entry in value.items()}
        if type(value) in {list, tuple, set}:
            return type(value)(_copied(entry, memo) for entry in value)
        return value


def _pickled(value: Any) -> bytes | None:
    """Return ``value`` pickled; ``None`` if that cannot be, or would lean on the code's names."""
    try:
        pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:
        return None
    return None if b"__main__" in pickled else pickled


def _with_globals(value: Any, namespace: Names) -> Any:
    """Return a function of earlier code with ``namespace`` as its globals; all else as it is."""
    if not (isinstance(value, types.FunctionType) and value.__module__ == "__main__"):
        return value
    own = types.FunctionType(
        value.__code__, namespace, value.__name__, value.__defaults__, value.__closure__
    )
    own.__kwdefaults__ = value.__kwdefaults__
    own.__dict__.update(value.__dict__)
    return own


NO_NAMES: Final = SharedNames.of({})
