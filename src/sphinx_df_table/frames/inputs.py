"""Recognize results that can be shown as tables, and turn any of them into a pandas frame.

The library narwhals (the extra ``frames``) reads frames of other libraries; it is imported only
if there is such a frame. pandas frames never pass through it, because they have an index, which
others lack. Nor do those of Dask, whose parts are pandas frames: narwhals would start to compute
all of them.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pandas.api import types
from pandas.api.typing import DataFrameGroupBy, SeriesGroupBy

from sphinx_df_table.frames.advice import advise
from sphinx_df_table.frames.frame import lay_out_frame, series_to_frame
from sphinx_df_table.frames.row_numbers import UNKNOWN
from sphinx_df_table.frames.styler import lay_out_styler
from sphinx_df_table.frames.values import value_texts
from sphinx_df_table.layout.columns import rows_needed
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import describe_exception, type_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx_df_table.frames.frame import FrameLayout
    from sphinx_df_table.frames.row_numbers import RowNumbers
    from sphinx_df_table.model.options import TableOptions

#: Arrow's types of floats, whose missing values need no other dtype in NumPy.
_FLOATS: Final = frozenset({"halffloat", "float", "double"})

_DASK: Final = frozenset({"dask", "dask_expr"})

#: The packages whose frames can be changed in place.
_MUTABLE: Final = frozenset({"cudf", "modin", "polars"})

#: The packages whose objects may be frames.
_PACKAGES: Final = frozenset(
    {*_DASK, *_MUTABLE, "daft", "datafusion", "duckdb", "ibis", "pyarrow", "pyspark", "sqlframe"}
)

_GROUPED: Final = (DataFrameGroupBy, SeriesGroupBy)


def is_showable(value: object, /) -> bool:
    """Return whether ``value`` looks like something that a table, or a set of tabs, can show."""
    if isinstance(value, (pd.DataFrame, pd.Series, *_GROUPED)):
        return True
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(entry, dict) for entry in value)
    if isinstance(value, dict):
        return bool(value)
    return is_styler(value) or is_foreign(value)


def is_empty_collection(value: object, /) -> bool:
    """Return whether ``value`` may be a list of dictionaries, or a dictionary, without any entry.

    Many functions return such lists, so that any frame of the code comes before.
    """
    return isinstance(value, (list, tuple, dict)) and not value


def is_styler(value: object, /) -> bool:
    """Return whether ``value`` is a Styler, without importing Jinja, which only Stylers need."""
    return any(
        (kind.__module__, kind.__name__) == ("pandas.io.formats.style", "Styler")
        for kind in type(value).__mro__
    )


def is_foreign(value: object, /) -> bool:
    """Return whether ``value`` is an object of another library of frames, probably a frame."""
    return _package(value) in _PACKAGES


def is_mutable_foreign(value: object, /) -> bool:
    """Return whether ``value`` is a frame of another library that can be changed in place."""
    return _package(value) in _MUTABLE and type(value).__name__ in {"DataFrame", "Series"}


def is_foreign_series(value: object, /) -> bool:
    """Return whether ``value`` is one column of another library."""
    return is_foreign(value) and type(value).__name__.endswith(("Series", "Array"))


def _package(value: object) -> str:
    return type(value).__module__.partition(".")[0]


def split_into_tabs(value: Any, /) -> list[tuple[str, Any]] | None:
    """Return label and frame of each tab; ``None`` if ``value`` is not a mapping to frames.

    A grouped frame without groups is no mapping.

    :raises FrameError: if only some entries are frames.
    """
    if isinstance(value, _GROUPED):
        entries = list(value)
    elif isinstance(value, dict):
        # A Series in a dictionary is a column of one table.
        others = [
            entry
            for entry in value.values()
            if not (
                isinstance(entry, pd.DataFrame)
                or is_styler(entry)
                or (is_foreign(entry) and not is_foreign_series(entry))
            )
        ]
        if len(others) == len(value):
            return None
        if others:
            raise FrameError(
                "The result is a dictionary of frames and other values, one of which is of type "
                f"{type_name(others[0], with_module=True)}. Remove all but the frames for the tabs."
            )
        entries = list(value.items())
    else:
        return None
    if not entries:
        return None
    labels = _tab_labels([key for key, _ in entries])
    return list(zip(labels, (entry for _, entry in entries), strict=True))


def _tab_labels(keys: list[Any]) -> list[str]:
    """Return the texts of ``keys`` as cells show them; the levels of a tuple joined by commas."""

    def to_texts(keys: list[Any]) -> list[str]:
        return value_texts(pd.Series(keys, dtype=object))

    lengths = {len(key) if isinstance(key, tuple) else 0 for key in keys}
    if len(lengths) == 1 and lengths != {0}:
        levels = [to_texts(list(level)) for level in zip(*keys, strict=True)]
        texts = [", ".join(parts) for parts in zip(*levels, strict=True)]
    else:
        texts = to_texts(keys)
    return [text or "(no name)" for text in texts]


def lay_out(
    value: Any,
    options: TableOptions,
    /,
    *,
    row_numbers: RowNumbers = UNKNOWN,
    in_full: bool = False,
) -> FrameLayout:
    """Turn a frame of any kind, or data that pandas makes a frame of, into a table.

    :param value: a value that :func:`is_showable` and is not split into tabs.
    :param row_numbers: those of the code; those of lazy frames are added.
    :param in_full: whether all rows that need no computing are fetched, not only those shown.
    :raises FrameError: if it cannot be shown, or not as ``options`` ask.
    """
    if is_styler(value):
        return lay_out_styler(value, options, row_numbers=row_numbers)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return lay_out_frame(value, options, row_numbers=row_numbers)
    if isinstance(value, _GROUPED):
        return lay_out_frame(value.head(0), options, row_numbers=row_numbers)
    if is_foreign(value):
        with row_numbers.recorded():
            frame, unfetched = to_pandas(value, rows=rows_needed(1, options), in_full=in_full)
        return lay_out_frame(frame, options, row_numbers=row_numbers, unfetched=unfetched)
    try:
        columns = value
        if isinstance(value, (list, tuple)):
            names = dict.fromkeys(name for record in value for name in record)
            columns = {name: [record.get(name) for record in value] for name in names}
        frame = _to_exact_frame(columns)
    except Exception as error:
        raise FrameError(
            f"The result, of type {type_name(value, with_module=True)}, cannot be converted to a "
            f"DataFrame: {describe_exception(error)}. {advise(value)}".rstrip()
        ) from error
    return lay_out_frame(frame, options, row_numbers=row_numbers)


def to_pandas(
    value: Any, /, *, rows: int | None, in_full: bool = False
) -> tuple[pd.DataFrame, int | None]:
    """Return the first ``rows`` rows of a frame of another library.

    Of a lazy or distributed frame, at most one row more is computed. Columns get the dtypes of
    Arrow, except for floats, so that a missing value does not turn integers into floats.

    :param rows: ``None`` for all.
    :param in_full: whether a frame that needs no computing is returned with all its rows.
    :returns: the pandas frame; and the number of further rows, ``None`` if there are some, but
        it is unknown how many.
    :raises FrameError: if narwhals is not installed or does not support the type, or if
        computing fails.
    """
    try:
        if _package(value) in _DASK and type(value).__name__ in {"DataFrame", "Series"}:
            return _fetch_from_dask(value, rows)
        return _fetch_with_narwhals(value, rows, in_full=in_full)
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


def _fetch_from_dask(value: Any, rows: int | None) -> tuple[pd.DataFrame, int | None]:
    """Return what :func:`to_pandas` returns, computing as few partitions as possible."""
    frame = series_to_frame(value) if is_foreign_series(value) else value
    if rows is None:
        return frame.compute(), 0
    fetched: list[pd.DataFrame] = []
    start, step = 0, 1
    while start < frame.npartitions and (missing := rows + 1 - sum(map(len, fetched))) > 0:
        # If the first partitions have few rows, ever more of the next are read in parallel.
        partitions = frame.partitions[start : start + step]
        with warnings.catch_warnings(action="ignore"):
            fetched.append(partitions.head(missing, npartitions=-1, compute=False).compute())
        start, step = start + step, 2 * step
    return _cut(pd.concat(fetched), rows)


def _fetch_with_narwhals(
    value: Any, rows: int | None, *, in_full: bool
) -> tuple[pd.DataFrame, int | None]:
    """Return what :func:`to_pandas` returns.

    :raises FrameError: if narwhals does not support the type.
    """
    import narwhals.stable.v2 as narwhals  # noqa: PLC0415 - an optional extra

    frame: Any = narwhals.from_native(value, allow_series=True, pass_through=True)
    if frame is value:
        raise FrameError(
            f"The result is of type {type_name(value, with_module=True)}, which narwhals "
            f"does not support. {advise(value) or 'Convert it to a pandas DataFrame.'}"
        )
    if isinstance(frame, narwhals.Series):
        frame = frame.alias(frame.name or "").to_frame()
    if isinstance(frame, narwhals.DataFrame):
        fetched = frame if rows is None or in_full else frame.head(rows)
        return _convert(fetched), len(frame) - len(fetched)
    if rows is None:
        return _convert(frame.collect()), 0
    return _cut(_convert(frame.head(rows + 1).collect()), rows)


def _cut(frame: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, int | None]:
    """Return the first ``rows`` of a frame that has one row more if there are more at all."""
    return (frame, 0) if len(frame) <= rows else (frame.iloc[:rows], None)


def _convert(collected: Any) -> pd.DataFrame:
    """Return a narwhals DataFrame as a pandas frame, with the index of relatives of pandas."""
    native = collected.to_native()
    if isinstance(native, pd.DataFrame):
        return native
    if any(str(dtype) == "Object" for dtype in collected.schema.values()):
        # Arrow would store the addresses of Python's objects.
        return _to_exact_frame({name: collected[name].to_list() for name in collected.columns})
    if collected.implementation.is_pandas_like():
        converted: pd.DataFrame = collected.to_pandas()
        return converted
    table = collected.to_arrow()
    for position, field in enumerate(table.schema):
        # pyarrow cannot convert the dictionaries that Polars' categories become.
        if str(field.type).startswith("dictionary"):
            values = table.column(position).cast(field.type.value_type)
            table = table.set_column(position, field.name, values)
    # Of floats, only NumPy's have the shortest texts that read back as the same number.
    frame: pd.DataFrame = table.to_pandas(
        types_mapper=lambda kind: None if str(kind) in _FLOATS else pd.ArrowDtype(kind)
    )
    for name, dtype in collected.schema.items():
        if categories := getattr(dtype, "categories", None):
            # The categories of an Enum have an order of their own, by which rows are sorted.
            frame[name] = pd.Categorical(frame[name], list(categories), ordered=True)
    return frame


def _to_exact_frame(columns: Mapping[Any, Any], /) -> pd.DataFrame:
    """Return a frame of ``columns``, in which integers beside other values remain integers.

    :raises ValueError: if the columns are not all of the same length.
    """
    return pd.DataFrame({name: _to_exact_column(values) for name, values in columns.items()})


def _to_exact_column(values: Any) -> Any:
    """Return plain values as an array, and anything else unchanged, for pandas to convert."""
    if is_foreign_series(values):
        values = values.to_pylist() if hasattr(values, "to_pylist") else list(values)
    if not isinstance(values, (list, tuple, range)):
        return values
    column: pd.Series[Any] = pd.Series(list(values), dtype=object)
    kind = types.infer_dtype(column, skipna=True)
    has_gaps = kind == "integer" and column.hasnans
    return (column if has_gaps or kind == "mixed-integer-float" else column.infer_objects()).array
