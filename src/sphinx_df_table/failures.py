"""What code raised → what its author is told: the line, the message, and a hint."""

from __future__ import annotations

import contextlib
import linecache
import re
import traceback
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.errors import PreambleError, SnippetError
from sphinx_df_table.memory import hint_at_limit, make_room_for_report
from sphinx_df_table.messages import LONGEST_QUOTE, described, nearest_names, one_line, type_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sphinx_df_table.sharing import Names
    from sphinx_df_table.source import Source


def failure(
    error: BaseException, source: Source, /, *, namespace: Names, missing: Mapping[str, str]
) -> SnippetError:
    """Return what is to be said of ``error``, which running ``source`` in ``namespace`` raised.

    :param missing: names that set-up was to define, and the place of that which failed.
    """
    make_room_for_report(error)
    lines: list[int] = []
    hint = ""
    # An exception is the author's object, too: what asks it more than its type may fail.
    with contextlib.suppress(BaseException):
        lines = _lines_run(error, source.filename)
    line = lines[-1] if lines else source.first_line
    with contextlib.suppress(BaseException):
        if isinstance(error, NameError) and (name := error.name or "") in missing:
            return SnippetError(on_missing(name, missing), filename=source.filename, line=line)
        hint = _hint_at_columns(error, namespace)
    return SnippetError(
        f"The code failed with {described(error)}{_quoted(source, line)}"
        f"{_called_in(source, lines)}{hint}.{hint_at_limit()}",
        kind=type_name(error),
        filename=source.filename,
        line=line,
    )


def preamble_failure(error: BaseException, source: Source, /) -> PreambleError:
    """Return what is to be said of ``error``, which the preamble ``source`` raised."""
    make_room_for_report(error)
    line = [1, *_lines_run(error, source.filename)][-1]
    return PreambleError(
        f"df_table_preamble failed in its line {line} with {described(error)}"
        f"{_quoted(source, line)}. No table is shown until it is mended in conf.py."
        f"{hint_at_limit()}",
        kind=type_name(error),
    )


def on_missing(name: str, missing: Mapping[str, str], /) -> str:
    """Return what is to be said where code needs ``name``, one of those ``missing``."""
    return (
        f"The code needs {name!r}, which the df-setup in {missing[name]} was to set up, but "
        "failed. Mend that first."
    )


def _lines_run(error: BaseException, filename: str) -> list[int]:
    """Return the lines of ``filename`` that led to ``error``, the failing one last.

    Of a syntax error, that is the line that Python could not read.
    """
    details: Any = error
    # Not isinstance, which asks the object what it is.
    if issubclass(type(error), SyntaxError) and details.filename == filename:
        return [details.lineno] if isinstance(details.lineno, int) else []
    return [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if line and frame.f_code.co_filename == filename
    ]


def _quoted(source: Source, line: int) -> str:
    """Return the statement in ``line``: of the code or, of functions from elsewhere, the file."""
    lines = source.text.split("\n")
    place = line - source.first_line
    text = lines[place] if 0 <= place < len(lines) else linecache.getline(source.filename, line)
    text = text.strip()
    return f", at: {one_line(text, LONGEST_QUOTE)}" if text else ""


def _called_in(source: Source, lines: Sequence[int]) -> str:
    """Return where the code itself was, if what failed is a function from elsewhere."""
    own = range(source.first_line, source.first_line + source.text.count("\n") + 1)
    called = [line for line in lines if line in own]
    return f" (called in line {called[-1]})" if called and lines[-1] not in own else ""


def _hint_at_columns(error: BaseException, namespace: Names) -> str:
    """Return a hint at the column names most like the one that was not found."""
    if not isinstance(error, KeyError):
        return ""
    wanted = {str(error.args[0]) if error.args else "", *re.findall("'([^']*)'", str(error))}
    return nearest_names(wanted, _column_names(error, namespace))


def _column_names(error: BaseException, namespace: Names) -> list[str]:
    """Return the names of the columns and index levels of every frame that was at hand."""
    scopes = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
    frames = [
        value
        for scope in (namespace, *scopes)
        for value in list(scope.values())
        if isinstance(value, pd.DataFrame)
    ]
    names: list[object] = []
    for frame in frames:
        levels = range(frame.columns.nlevels)
        names += [name for level in levels for name in frame.columns.get_level_values(level)]
        names += [name for name in frame.index.names if name is not None]
    return [str(name) for name in names]
