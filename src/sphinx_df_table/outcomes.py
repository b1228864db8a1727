"""What a snippet leaves behind → a table or an error for each tab, with a file of its rows."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_df_table.csvfile import csv_bytes, on_formulas
from sphinx_df_table.errors import FrameError, TableError
from sphinx_df_table.file_names import file_name
from sphinx_df_table.frame import raw_rows
from sphinx_df_table.memory import hint_at_limit, make_room_for_report
from sphinx_df_table.messages import described, type_name
from sphinx_df_table.protocol import Download, Result
from sphinx_df_table.results import lay_out, to_frame
from sphinx_df_table.showable import parted
from sphinx_df_table.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.frame import LaidOut
    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.protocol import Destination


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A result; where it is a table, what that is made from, and whether no row is missing."""

    result: Result
    laid_out: LaidOut | None = None
    is_whole: bool = False


def outcomes_of(value: Any, options: TableOptions, *, in_full: bool) -> list[Outcome]:
    """Return the table, or one for each tab, or what is wrong with each."""
    try:
        entries = parted(value)
    except BaseException as error:
        return [Outcome(result=Result(error=_problem(error)))]
    if entries is None:
        return [_outcome_of(value, options, label=None, in_full=in_full)]
    return [_outcome_of(entry, options, label=label, in_full=in_full) for label, entry in entries]


def _outcome_of(value: Any, options: TableOptions, *, label: str | None, in_full: bool) -> Outcome:
    try:
        framed = to_frame(value, options, in_full=in_full)
        laid_out = lay_out(framed, options)
        result = Result(label=label, table=laid_out.table)
        return Outcome(result=result, laid_out=laid_out, is_whole=framed.is_whole)
    except BaseException as error:
        return Outcome(result=Result(label=label, error=_problem(error)))


def results_of(outcomes: Sequence[Outcome], destination: Destination | None) -> tuple[Result, ...]:
    """Return the results; if there is a destination, a file is written for each table."""
    if destination is None:
        return tuple(one.result for one in outcomes)
    taken = list(destination.taken)
    return tuple(_with_file(one, destination, taken) for one in outcomes)


def _with_file(one: Outcome, destination: Destination, taken: list[str]) -> Result:
    """Return the result with its file, or with a warning that there is none."""
    result = one.result
    if one.laid_out is None or result.table is None:
        return result
    parts = [destination.stem] if result.label is None else [destination.stem, result.label]
    path = Path(destination.root, destination.folder, file_name(parts, taken=taken))
    taken.append(path.name)
    try:
        rows = list(raw_rows(one.laid_out))
        write_whole(path, csv_bytes(rows), folder=Path(destination.root))
    except BaseException as error:
        make_room_for_report(error)
        sentence = (
            f"The file for :download: cannot be written ({described(error)}), so there is no "
            "link to it. Mend what stands in the way, or drop the option."
        )
        table = dataclasses.replace(result.table, warnings=(*result.table.warnings, sentence))
        return dataclasses.replace(result, table=table)
    download = Download(
        path=str(path),
        rows=len(one.laid_out.frame),
        is_whole=one.is_whole,
        on_formulas=on_formulas(rows, labels=len(one.laid_out.sources[0].labels)),
    )
    return dataclasses.replace(result, download=download)


def _problem(error: BaseException) -> TableError:
    """Return what is to be said of ``error``.

    A frame is the author's object and may raise anything when it is looked at.
    """
    make_room_for_report(error)
    if issubclass(type(error), TableError):
        assert isinstance(error, TableError)
        return error
    with contextlib.suppress(BaseException):
        traceback.print_exception(error)
    return FrameError(
        f"The result cannot be laid out as a table: {described(error)} was raised; "
        f"sphinx-build -v shows where.{hint_at_limit()}",
        kind=type_name(error),
    )
