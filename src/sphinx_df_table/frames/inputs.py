"""What can be shown as a table, and frames of other libraries → frames of pandas.

The library narwhals (the extra ``frames``) knows frames of other libraries; it is imported only
when such a frame is there. pandas itself never goes this way: it has an index, which others
lack. Nor does Dask, whose frames are parts in pandas: narwhals would begin to compute all of
them.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pandas.api import types
from pandas.api.typing import DataFrameGroupBy, SeriesGroupBy

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.frames.styler import lay_out_styler
from sphinx_df_table.frames.values import value_texts
from sphinx_df_table.layout.columns import rows_needed
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import describe_exception, type_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx_df_table.frames.frame import FrameLayout
    from sphinx_df_table.model.options import TableOptions

#: Arrow's types of floats, of which a missing one makes nothing else in NumPy.
_FLOATS: Final = frozenset({"halffloat", "float", "double"})

_DASK: Final = frozenset({"dask", "dask_expr"})

#: The packages whose frames can be changed in place.
_MUTABLE: Final = frozenset({"cudf", "modin", "polars"})

#: The packages whose objects may be frames.
_PACKAGES: Final = frozenset(
    {
        "cudf",
        "daft",
        "datafusion",
        "duckdb",
        "ibis",
        "modin",
        "polars",
        "pyarrow",
        "pyspark",
        "sqlframe",
        *_DASK,
    }
)


def is_foreign(value: object, /) -> bool:
    """Tell whether ``value`` is an object of a library of frames, most likely a frame."""
    return _package(value) in _PACKAGES


def is_mutable_foreign(value: object, /) -> bool:
    """Tell whether ``value`` is of another library and can be changed in place."""
    return _package(value) in _MUTABLE and type(value).__name__ in {"DataFrame", "Series"}


def is_foreign_series(value: object, /) -> bool:
    """Tell whether ``value`` is one column of another library."""
    return is_foreign(value) and type(value).__name__.endswith(("Series", "Array"))


def lay_out(value: Any, options: TableOptions, /, *, in_full: bool = False) -> FrameLayout:
    """Turn a frame of any kind, or data that pandas makes a frame of, into a table.

    :param value: a value that :func:`is_showable` and is not split into tabs.
    :param in_full: whether all rows that need no computing are fetched, not only those shown.
    :raises FrameError: if it cannot be shown, or not as ``options`` ask.
    """
    if is_styler(value):
        return lay_out_styler(value, options)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return lay_out_frame(value, options)
    if is_foreign(value):
        frame, unfetched = to_pandas(value, rows=rows_needed(1, options), in_full=in_full)
        return lay_out_frame(frame, options, unfetched=unfetched)
    try:
        if isinstance(value, (list, tuple)):
            names = dict.fromkeys(name for record in value for name in record)
            value = {name: [record.get(name) for record in value] for name in names}
        frame = build_exact_frame(value)
    except Exception as error:
        raise FrameError(
            f"No frame can be made of the result, of type {type_name(value, with_module=True)}: "
            f"{describe_exception(error)}."
        ) from error
    return lay_out_frame(frame, options)


def to_pandas(
    value: Any, /, *, rows: int | None, in_full: bool = False
) -> tuple[pd.DataFrame, int | None]:
    """Return the first ``rows`` rows of a frame of another library.

    A lazy or distributed frame computes one row more than that at most. Numbers stay
    what they are: all but floats have the dtypes of Arrow, in which a missing value makes
    no float of an integer.

    :param rows: ``None`` for all.
    :param in_full: whether a frame that needs no computing is to have all its rows.
    :returns: the pandas frame; and the number of further rows, ``None`` if there are some, but
        it is unknown how many.
    :raises FrameError: if narwhals is not there or does not know the type, or if computing
        fails.
    """
    try:
        if _package(value) in _DASK and type(value).__name__ in {"DataFrame", "Series"}:
            return _first_of_parts(value, rows=rows)
        import narwhals.stable.v2 as narwhals  # noqa: PLC0415 - an optional extra

        return _first_rows(narwhals, _wrapped(narwhals, value), rows=rows, in_full=in_full)
    except FrameError:
        raise
    except ImportError as error:
        raise FrameError(
            f"A result of type {type_name(value, with_module=True)} needs the extra 'frames': "
            f"install sphinx-df-table[frames] ({describe_exception(error)})."
        ) from error
    except Exception as error:
        raise FrameError(
            f"The frame of type {type_name(value, with_module=True)} could not be computed: "
            f"{describe_exception(error)}."
        ) from error


def _package(value: object) -> str:
    return type(value).__module__.partition(".")[0]


def _wrapped(narwhals: Any, value: Any) -> Any:
    """Return ``value`` as narwhals has it.

    :raises FrameError: if narwhals does not know it as a frame.
    """
    wrapped = narwhals.from_native(value, allow_series=True, pass_through=True)
    if wrapped is value:
        raise FrameError(
            f"The result is of type {type_name(value, with_module=True)}, which narwhals does not "
            "support. Convert it to a pandas DataFrame."
        )
    return wrapped


def _first_of_parts(value: Any, *, rows: int | None) -> tuple[pd.DataFrame, int | None]:
    """Return what :func:`to_pandas` does for a frame of Dask: of as few parts as it takes."""
    frame = value.to_frame() if is_foreign_series(value) else value
    if rows is None:
        whole: pd.DataFrame = frame.compute()
        return whole, 0
    found: list[pd.DataFrame] = []
    start, step = 0, 1
    while start < frame.npartitions and (missing := rows + 1 - sum(map(len, found))) > 0:
        # Few rows of many parts, where earlier ones have none, are looked for in parallel.
        parts = frame.partitions[start : start + step]
        with warnings.catch_warnings(action="ignore"):
            found.append(parts.head(missing, npartitions=-1, compute=False).compute())
        start, step = start + step, 2 * step
    return _cut(pd.concat(found), rows)


def _first_rows(
    narwhals: Any, wrapped: Any, *, rows: int | None, in_full: bool
) -> tuple[pd.DataFrame, int | None]:
    if isinstance(wrapped, narwhals.Series):
        wrapped = wrapped.to_frame()
    if isinstance(wrapped, narwhals.DataFrame):
        fetched = wrapped if rows is None or in_full else wrapped.head(rows)
        return _frame(fetched), len(wrapped) - len(fetched)
    if rows is None:
        return _frame(wrapped.collect()), 0
    return _cut(_frame(wrapped.head(rows + 1).collect()), rows)


def _cut(frame: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, int | None]:
    """Return the first ``rows`` of a frame that has one row more if there are more at all."""
    return (frame, 0) if len(frame) <= rows else (frame.iloc[:rows], None)


def _frame(collected: Any) -> pd.DataFrame:
    """Return what was collected, with the index that pandas' relatives have."""
    native = collected.to_native()
    frame: pd.DataFrame
    if isinstance(native, pd.DataFrame):
        frame = native
    elif any(str(dtype) == "Object" for dtype in collected.schema.values()):
        # Arrow would take the addresses of Python's objects for their contents.
        columns = {name: collected[name].to_list() for name in collected.columns}
        frame = build_exact_frame(columns)
    elif collected.implementation.is_pandas_like():
        frame = collected.to_pandas()
    else:
        frame = _without_dictionaries(collected.to_arrow()).to_pandas(types_mapper=_dtype)
        for name, kind in collected.schema.items():
            if categories := getattr(kind, "categories", None):
                # The categories of an Enum have an order of their own, by which rows are sorted.
                frame[name] = pd.Categorical(frame[name], list(categories), ordered=True)
    return frame


def _dtype(arrow_type: Any) -> pd.ArrowDtype | None:
    """Return the dtype for a column of Arrow; ``None`` for NumPy's, which writes short floats."""
    return None if str(arrow_type) in _FLOATS else pd.ArrowDtype(arrow_type)


def build_exact_frame(columns: Mapping[Any, Any], /) -> pd.DataFrame:
    """Return a frame of columns in which no integer becomes a float beside other values.

    :raises ValueError: if the columns are not all of the same length.
    """
    return pd.DataFrame({name: _exact_column(values) for name, values in columns.items()})


def _exact_column(values: Any) -> Any:
    """Return plain values as an array; all else as it is, for pandas to make a column of."""
    if is_foreign_series(values):
        values = values.to_pylist() if hasattr(values, "to_pylist") else list(values)
    if not isinstance(values, (list, tuple, range)):
        return values
    column: pd.Series[Any] = pd.Series(list(values), dtype=object)
    kind = types.infer_dtype(column, skipna=True)
    has_gaps = kind == "integer" and column.hasnans
    return (column if has_gaps or kind == "mixed-integer-float" else column.infer_objects()).array


def _without_dictionaries(table: Any) -> Any:
    """Return an Arrow table with plain values for its dictionaries.

    pyarrow makes no pandas column of those that Polars' categories become.
    """
    for place, field in enumerate(table.schema):
        if str(field.type).startswith("dictionary"):
            values = table.column(place).cast(field.type.value_type)
            table = table.set_column(place, field.name, values)
    return table


_GROUPED: Final = (DataFrameGroupBy, SeriesGroupBy)


def is_showable(value: object, /) -> bool:
    """Tell whether ``value`` looks like something that a table, or a set of them, can show."""
    if isinstance(value, (pd.DataFrame, pd.Series, *_GROUPED)):
        return True
    if isinstance(value, dict):
        return bool(value)
    return _are_records(value) or is_styler(value) or is_foreign(value)


def split_into_tabs(value: Any, /) -> list[tuple[str, Any]] | None:
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
                f"{type_name(other, with_module=True)}. Leave only what is to be a tab."
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
