"""What can be shown as a table, or as a set of tables in tabs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from pandas.api import types
from pandas.api.typing import DataFrameGroupBy, SeriesGroupBy

from sphinx_df_table.errors import FrameError
from sphinx_df_table.foreign import is_foreign, is_foreign_series
from sphinx_df_table.messages import type_name
from sphinx_df_table.values import value_texts

_GROUPED: Final = (DataFrameGroupBy, SeriesGroupBy)


def is_showable(value: object, /) -> bool:
    """Tell whether ``value`` looks like something that a table, or a set of them, can show."""
    if isinstance(value, (pd.DataFrame, pd.Series, *_GROUPED)):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.names is not None
    if isinstance(value, dict):
        return bool(value)
    return _are_records(value) or is_styler(value) or is_foreign(value)


def parted(value: Any, /) -> list[tuple[str, Any]] | None:
    """Return label and frame for each tab; ``None`` if ``value`` is no mapping to frames.

    :raises FrameError: if there is no entry to show, or only some are frames.
    """
    if isinstance(value, _GROUPED):
        entries = list(value)
    elif isinstance(value, dict):
        are_frames = [_is_frame(entry) for entry in value.values()]
        if not any(are_frames):
            return None
        if not all(are_frames):
            other = next(
                e for e, is_one in zip(value.values(), are_frames, strict=True) if not is_one
            )
            raise FrameError(
                "The result is a dictionary of frames and of other things: one is of type "
                f"{type_name(other)}. Leave only what is to be a tab."
            )
        entries = list(value.items())
    else:
        return None
    if not entries:
        raise FrameError("The groups are empty, so there is nothing to show.")
    labels = _labels([key for key, _ in entries])
    return list(zip(labels, (entry for _, entry in entries), strict=True))


def _labels(keys: list[Any]) -> list[str]:
    """Return the texts of ``keys``, as cells have them; those of several levels by commas."""
    lengths = {len(key) if isinstance(key, tuple) else 0 for key in keys}
    if len(lengths) == 1 and lengths != {0}:
        levels = [_texts(list(level)) for level in zip(*keys, strict=True)]
        texts = [", ".join(parts) for parts in zip(*levels, strict=True)]
    else:
        texts = _texts(keys)
    return [text or "(no name)" for text in texts]


def _texts(keys: list[Any]) -> list[str]:
    values = pd.Series(keys, dtype=object)
    are_dates = types.infer_dtype(values).startswith("datetime")
    return value_texts(values.infer_objects() if are_dates else values)


def _is_frame(value: object) -> bool:
    """Tell whether ``value`` in a dictionary is a table of its own, and no column of one."""
    return (
        isinstance(value, pd.DataFrame)
        or is_styler(value)
        or (is_foreign(value) and not is_foreign_series(value))
    )


def is_styler(value: object, /) -> bool:
    """Tell whether ``value`` is a Styler, without loading what only Stylers need."""
    return any(
        (kind.__module__, kind.__name__) == ("pandas.io.formats.style", "Styler")
        for kind in type(value).__mro__
    )


def _are_records(value: object) -> bool:
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(entry, dict) for entry in value)
    )
