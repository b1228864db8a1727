"""The value of a snippet → a table or an error for each tab, with a CSV file of its rows."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.frames.csv_export import describe_formulas, format_csv, make_file_name
from sphinx_df_table.frames.frame import iter_raw_rows, lay_out_frame
from sphinx_df_table.frames.inputs import (
    build_exact_frame,
    is_foreign,
    is_styler,
    split_into_tabs,
    to_pandas,
)
from sphinx_df_table.layout.columns import rows_needed
from sphinx_df_table.model.errors import FrameError, TableError
from sphinx_df_table.model.protocol import Download, Result
from sphinx_df_table.model.text import describe_exception, type_name
from sphinx_df_table.model.writing import write_atomically
from sphinx_df_table.worker.isolation import memory_limit_hint, release_memory_reserve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas.io.formats.style import Styler

    from sphinx_df_table.frames.frame import FrameLayout
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.protocol import Destination
    from sphinx_df_table.model.table import Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PandasInput:
    """What a table is made of, as pandas has it.

    :param total: how many rows there are in all, where ``frame`` may be only the beginning
        of them, or :data:`sphinx_df_table.layout.columns.UNKNOWN`; ``None`` where it has all.
    """

    frame: pd.DataFrame | pd.Series[Any] | Styler
    total: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether no row is missing."""
        return self.total is None or self.total == len(self.frame)  # type: ignore[arg-type]


def to_table(value: Any, options: TableOptions, /) -> Table:
    """Lay out a frame of any kind, or what pandas makes a frame of.

    :param value: something :func:`~sphinx_df_table.frames.inputs.is_showable` and not parted.
    :raises FrameError: if it cannot be shown, or not as asked.
    """
    return lay_out(to_frame(value, options), options).table


def to_frame(value: Any, options: TableOptions, /, *, in_full: bool = False) -> PandasInput:
    """Return what pandas has of ``value``; of a frame of another library, the rows needed.

    :param in_full: whether those that need no computing are to be there, too.
    :raises FrameError: if no frame can be made of it.
    """
    if is_styler(value) or isinstance(value, (pd.DataFrame, pd.Series)):
        return PandasInput(frame=value)
    if is_foreign(value):
        frame, total = to_pandas(value, rows=rows_needed(1, options), in_full=in_full)
        return PandasInput(frame=frame, total=total)
    try:
        return PandasInput(frame=_made_frame(value))
    except Exception as error:
        raise FrameError(
            f"No frame can be made of the result, of type {type_name(value)}: "
            f"{describe_exception(error)}."
        ) from error


def lay_out(framed: PandasInput, options: TableOptions, /) -> FrameLayout:
    """Return the table that shows ``framed``, and what of it that is made from.

    :raises FrameError: if it cannot be shown as asked.
    """
    if isinstance(framed.frame, (pd.DataFrame, pd.Series)):
        return lay_out_frame(framed.frame, options, total=framed.total)
    # Its module needs Jinja, which only those need who style a table.
    from sphinx_df_table.frames.styler import lay_out_styler  # noqa: PLC0415

    return lay_out_styler(framed.frame, options)


def _made_frame(value: Any) -> pd.DataFrame:
    """Return the frame that pandas makes of ``value``, but with all digits of its integers."""
    if isinstance(value, (list, tuple)):
        names = dict.fromkeys(name for record in value for name in record)
        return build_exact_frame({name: [record.get(name) for record in value] for name in names})
    return build_exact_frame(value) if isinstance(value, dict) else pd.DataFrame(value)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TabResult:
    """A result; where it is a table, what that is made from, and whether no row is missing."""

    result: Result
    laid_out: FrameLayout | None = None
    is_whole: bool = False


def build_tab_results(value: Any, options: TableOptions, *, in_full: bool) -> list[TabResult]:
    """Return the table, or one for each tab, or what is wrong with each."""
    try:
        entries = split_into_tabs(value)
    except BaseException as error:
        return [TabResult(result=Result(error=_problem(error)))]
    if entries is None:
        return [_outcome_of(value, options, label=None, in_full=in_full)]
    return [_outcome_of(entry, options, label=label, in_full=in_full) for label, entry in entries]


def _outcome_of(
    value: Any, options: TableOptions, *, label: str | None, in_full: bool
) -> TabResult:
    try:
        framed = to_frame(value, options, in_full=in_full)
        laid_out = lay_out(framed, options)
        result = Result(label=label, table=laid_out.table)
        return TabResult(result=result, laid_out=laid_out, is_whole=framed.is_whole)
    except BaseException as error:
        return TabResult(result=Result(label=label, error=_problem(error)))


def write_downloads(
    outcomes: Sequence[TabResult], destination: Destination | None
) -> tuple[Result, ...]:
    """Return the results; if there is a destination, a file is written for each table."""
    if destination is None:
        return tuple(one.result for one in outcomes)
    taken = list(destination.taken)
    return tuple(_with_file(one, destination, taken) for one in outcomes)


def _with_file(one: TabResult, destination: Destination, taken: list[str]) -> Result:
    """Return the result with its file, or with a warning that there is none."""
    result = one.result
    if one.laid_out is None or result.table is None:
        return result
    parts = [destination.stem] if result.label is None else [destination.stem, result.label]
    path = Path(destination.root, destination.folder, make_file_name(parts, taken=taken))
    taken.append(path.name)
    try:
        rows = list(iter_raw_rows(one.laid_out))
        write_atomically(path, format_csv(rows), folder=Path(destination.root))
    except BaseException as error:
        release_memory_reserve(error)
        sentence = (
            f"The file for :download: cannot be written ({describe_exception(error)}), so there is "
            "no link to it. Mend what stands in the way, or drop the option."
        )
        table = dataclasses.replace(result.table, warnings=(*result.table.warnings, sentence))
        return dataclasses.replace(result, table=table)
    download = Download(
        path=str(path),
        rows=len(one.laid_out.frame),
        is_whole=one.is_whole,
        formula_warning=describe_formulas(rows, labels=len(one.laid_out.sources[0].labels)),
    )
    return dataclasses.replace(result, download=download)


def _problem(error: BaseException) -> TableError:
    """Return what is to be said of ``error``.

    A frame is the author's object and may raise anything when it is looked at.
    """
    release_memory_reserve(error)
    if issubclass(type(error), TableError):
        assert isinstance(error, TableError)
        return error
    with contextlib.suppress(BaseException):
        traceback.print_exception(error)
    return FrameError(
        f"The result cannot be laid out as a table: {describe_exception(error)} was raised; "
        f"sphinx-build -v shows where.{memory_limit_hint()}",
        kind=type_name(error),
    )
