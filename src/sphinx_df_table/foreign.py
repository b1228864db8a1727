"""Frames of other libraries → pandas' own, of which a table needs only the first rows.

The library narwhals (the extra ``frames``) knows them all; it is imported only when such a
frame is there. pandas itself never goes this way: it has an index, which others lack.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.errors import FrameError
from sphinx_df_table.layout import UNKNOWN
from sphinx_df_table.messages import described, type_name

if TYPE_CHECKING:
    from types import ModuleType

#: The packages whose objects may be frames.
_PACKAGES: Final = frozenset(
    {
        "cudf",
        "daft",
        "dask",
        "dask_expr",
        "datafusion",
        "duckdb",
        "ibis",
        "modin",
        "polars",
        "pyarrow",
        "pyspark",
        "sqlframe",
    }
)


def is_foreign(value: object, /) -> bool:
    """Tell whether ``value`` is an object of a library of frames, most likely a frame."""
    return type(value).__module__.partition(".")[0] in _PACKAGES


def to_pandas(value: Any, /, *, rows: int | None) -> tuple[pd.DataFrame, int]:
    """Return the first ``rows`` rows of a frame of another library, and how many it has.

    A lazy or distributed frame computes one row more than that at most. Numbers stay
    what they are: columns have the dtypes of Arrow, in which a missing value makes no
    float of an integer.

    :param rows: ``None`` for all.
    :returns: the frame; and the number of all its rows, or
        :data:`sphinx_df_table.layout.UNKNOWN` if there are more and nobody has counted.
    :raises FrameError: if narwhals is not there or does not know the type, or if computing
        fails.
    """
    narwhals = _narwhals(value)
    try:
        return _first_rows(narwhals, _wrapped(narwhals, value), rows=rows)
    except FrameError:
        raise
    except ImportError as error:
        raise FrameError(
            f"A frame of type {type_name(value)} cannot be taken over ({described(error)}); "
            "install sphinx-df-table[frames], or make a pandas frame of it."
        ) from error
    except Exception as error:
        raise FrameError(
            f"The frame of type {type_name(value)} could not be computed: {described(error)}."
        ) from error


def _narwhals(value: object) -> ModuleType:
    try:
        import narwhals.stable.v2 as narwhals  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise FrameError(
            f"The result is of type {type_name(value)}, not a pandas frame. To have frames of "
            "other libraries shown, install sphinx-df-table[frames]."
        ) from error
    return narwhals


def _wrapped(narwhals: Any, value: Any) -> Any:
    """Return ``value`` as narwhals has it.

    :raises FrameError: if narwhals does not know it as a frame.
    """
    with warnings.catch_warnings(action="ignore"):
        # On what a later version will need: nothing that the author of a page can do.
        wrapped = narwhals.from_native(value, allow_series=True, pass_through=True)
        if wrapped is value and hasattr(value, "to_frame"):
            # A Series that is lazy, as Dask has them.
            value = value.to_frame()
            wrapped = narwhals.from_native(value, pass_through=True)
    if wrapped is not value:
        return wrapped
    raise FrameError(
        f"The result is of type {type_name(value)}, which narwhals does not know as a frame. "
        "Make a pandas frame of it."
    )


def _first_rows(narwhals: Any, wrapped: Any, *, rows: int | None) -> tuple[pd.DataFrame, int]:
    if isinstance(wrapped, narwhals.Series):
        wrapped = wrapped.to_frame()
    if isinstance(wrapped, narwhals.DataFrame):
        total = len(wrapped)
        return _frame(wrapped if rows is None else wrapped.head(rows)), total
    collected = (wrapped if rows is None else wrapped.head(rows + 1)).collect()
    frame = _frame(collected)
    if rows is None or len(frame) <= rows:
        return frame, len(frame)
    return frame.iloc[:rows], UNKNOWN


def _frame(collected: Any) -> pd.DataFrame:
    """Return what was collected, with the index that pandas' relatives have."""
    native = collected.to_native()
    frame: pd.DataFrame
    if isinstance(native, pd.DataFrame):
        frame = native
    elif collected.implementation.is_pandas_like():
        frame = collected.to_pandas()
    else:
        frame = collected.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)
    return frame
