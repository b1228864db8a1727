"""The value of a snippet → a table or an error for each tab, with a CSV file of its rows."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_df_table.frames.csv_export import describe_formulas, format_csv, make_file_name
from sphinx_df_table.frames.frame import iter_raw_rows
from sphinx_df_table.frames.inputs import lay_out, split_into_tabs
from sphinx_df_table.model.errors import FrameError, TableError
from sphinx_df_table.model.protocol import Download, Result
from sphinx_df_table.model.text import describe_exception, type_name
from sphinx_df_table.model.writing import write_atomically
from sphinx_df_table.worker.isolation import memory_limit_hint, release_memory_reserve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.frames.frame import FrameLayout
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.protocol import Destination


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TabResult:
    """The result of one tab, and the layout with the rows to download; ``None`` for an error."""

    result: Result
    layout: FrameLayout | None = None


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
        layout = lay_out(value, options, in_full=in_full)
        return TabResult(result=Result(label=label, table=layout.table), layout=layout)
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
    if one.layout is None or result.table is None:
        return result
    parts = [destination.stem] if result.label is None else [destination.stem, result.label]
    path = Path(destination.root, destination.folder, make_file_name(parts, taken=taken))
    taken.append(path.name)
    try:
        rows = list(iter_raw_rows(one.layout))
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
        rows=len(one.layout.frame),
        is_whole=one.layout.is_whole,
        formula_warning=describe_formulas(rows, labels=len(one.layout.columns[0].labels)),
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
