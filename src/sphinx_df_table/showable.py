"""What can be shown as a table, or as a set of tables in tabs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from pandas.api.typing import DataFrameGroupBy, SeriesGroupBy

from sphinx_df_table.errors import FrameError
from sphinx_df_table.foreign import is_foreign
from sphinx_df_table.layout import legal_text
from sphinx_df_table.messages import type_name

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
    return [(_label(key), entry) for key, entry in entries]


def _is_frame(value: object) -> bool:
    """Tell whether ``value`` in a dictionary is a table of its own, and no column of one."""
    return (
        isinstance(value, pd.DataFrame)
        or is_styler(value)
        or (is_foreign(value) and not type(value).__name__.endswith(("Series", "Array")))
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


def _label(key: object) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return legal_text(", ".join(str(part) for part in parts)) or "(no name)"
