"""Turn the value of a snippet into a table or an error for each tab, with a CSV file."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_df_table.frames.csv_export import (
    describe_formulas,
    format_csv,
    make_file_name,
    write_atomically,
)
from sphinx_df_table.frames.frame import iter_raw_rows
from sphinx_df_table.frames.inputs import lay_out, split_into_tabs
from sphinx_df_table.model.errors import FrameError, TableError
from sphinx_df_table.model.protocol import Download, Result
from sphinx_df_table.model.text import (
    LINE_BREAK_LENGTH,
    LONGEST_RESULT,
    LONGEST_TITLE,
    describe_exception,
    describe_shortening,
    shorten_title,
    type_name,
)
from sphinx_df_table.worker.isolation import memory_limit_hint, release_memory_reserve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.frames.frame import FrameLayout
    from sphinx_df_table.frames.row_numbers import RowNumbers
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.protocol import Destination
    from sphinx_df_table.model.table import Cell, Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TabResult:
    """The result of one tab, and the layout with the rows to download, if it is a table."""

    result: Result
    layout: FrameLayout | None = None


def build_tab_results(
    value: Any, options: TableOptions, *, row_numbers: RowNumbers, in_full: bool
) -> list[TabResult]:
    """Return the table or the error for ``value``, or for each of its tabs.

    :param row_numbers: those that pandas made while the code ran.
    :param in_full: whether all rows are needed for a file to download.
    """
    try:
        entries = split_into_tabs(value)
    except BaseException as error:
        return [TabResult(result=Result(error=_to_table_error(error)))]
    tabs: Sequence[tuple[str | None, Any]] = [(None, value)] if entries is None else entries
    results = []
    length = 0
    for text, entry in tabs:
        label = None if text is None else shorten_title(text)
        try:
            layout = lay_out(entry, options, row_numbers=row_numbers, in_full=in_full)
            table = layout.table
            if text is not None and text != label:
                message = describe_shortening("the label of the tab", len(text), LONGEST_TITLE)
                table = dataclasses.replace(table, warnings=(message, *table.warnings))
            length = _add_length(length, table)
            results.append(TabResult(result=Result(label=label, table=table), layout=layout))
        except BaseException as error:
            result = Result(label=label, error=_to_table_error(error))
            results.append(TabResult(result=result))
    return results


def _add_length(length: int, table: Table) -> int:
    """Return the length of a result so far in characters, with all that ``table`` shows.

    :raises FrameError: if the result becomes too long.
    """
    length += sum(_count_length(cell) for row in table.head for cell in row)
    # Equal cells are sent once, but shown many times.
    lengths = [_count_length(cell) for cell in table.cells]
    length += sum(lengths[number] for row in table.numbers for number in row)
    if length > LONGEST_RESULT:
        raise FrameError(
            f"With this table, the result has {length:,} characters, but one directive shows at "
            f"most {LONGEST_RESULT:,}, where a line break counts as {LINE_BREAK_LENGTH}. Show "
            "fewer rows or columns, or shorten the texts."
        )
    return length


def _count_length(cell: Cell) -> int:
    breaks = cell.text.count("\n") + cell.text.count("\r")
    return len(cell.text) + LINE_BREAK_LENGTH * breaks


def write_downloads(
    tabs: Sequence[TabResult], destination: Destination | None
) -> tuple[Result, ...]:
    """Return the results; if there is a destination, write a file for each table."""
    if destination is None:
        return tuple(tab.result for tab in tabs)
    taken = list(destination.taken)
    return tuple(_write_download(tab, destination, taken) for tab in tabs)


def _write_download(tab: TabResult, destination: Destination, taken: list[str]) -> Result:
    """Write the file of a table, and return the result with it, or with a warning on failure.

    :param taken: names of other files, to which the name of this one is added.
    """
    result, layout = tab.result, tab.layout
    if layout is None or result.table is None:
        return result
    parts = [destination.stem] if result.label is None else [destination.stem, result.label]
    path = Path(destination.root, destination.folder, make_file_name(parts, taken=taken))
    taken.append(path.name)
    try:
        rows = list(iter_raw_rows(layout))
        write_atomically(path, format_csv(rows), folder=Path(destination.root))
    except BaseException as error:
        release_memory_reserve(error)
        message = (
            f"The file for :download: cannot be written ({describe_exception(error)}), so there is "
            "no link to it. Fix the cause, or remove the option."
        )
        table = dataclasses.replace(result.table, warnings=(*result.table.warnings, message))
        return dataclasses.replace(result, table=table)
    labels = max((len(column.labels) for column in layout.columns), default=0)
    download = Download(
        path=str(path),
        rows=len(layout.frame),
        is_whole=layout.is_whole,
        formula_warning=describe_formulas(rows, labels=labels),
    )
    return dataclasses.replace(result, download=download)


def _to_table_error(error: BaseException) -> TableError:
    """Return ``error`` as one that replaces the table.

    A frame is an object of the author, and may raise anything whenever it is accessed.
    """
    release_memory_reserve(error)
    if issubclass(type(error), TableError):
        assert isinstance(error, TableError)
        return error
    with contextlib.suppress(BaseException):
        traceback.print_exception(error)
    return FrameError(
        f"The result cannot be laid out as a table: {describe_exception(error)}; "
        f"sphinx-build -v shows the traceback.{memory_limit_hint()}",
        kind=type_name(error),
    )
