"""Run one piece of code, and return its value or the error that stopped it."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import linecache
import re
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np
import pandas as pd

from sphinx_df_table.frames.advice import advise
from sphinx_df_table.frames.inputs import is_empty_collection, is_showable
from sphinx_df_table.model.errors import FrameError, PreambleError, SnippetError, TableError
from sphinx_df_table.model.protocol import Source
from sphinx_df_table.model.text import (
    LONGEST_MESSAGE,
    LONGEST_QUOTE,
    describe_exception,
    to_one_line,
    type_name,
)
from sphinx_df_table.worker.hints import describe_display_options, suggest_remedy, suggest_value
from sphinx_df_table.worker.isolation import (
    memory_limit_hint,
    pandas_options,
    release_memory_reserve,
    restored_trace_functions,
)
from sphinx_df_table.worker.main_module import create_main_module, parse_source
from sphinx_df_table.worker.namespace import Namespace, SharedNamespace

if TYPE_CHECKING:
    import types
    from collections.abc import Iterator, Mapping

#: The preamble's file name in tracebacks.
_PREAMBLE: Final = "<df_table_preamble>"

#: The value of code whose last statement is not an expression.
_NO_VALUE: Final = object()

_REMEDY: Final = "End with the frame, call it df, or name it with :df-var:."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SnippetResult:
    """The value of a snippet, or the error that stopped it.

    :param warnings: its Python warnings as (line, text), each once.
    :param notes: messages for the log that are no warnings.
    """

    value: Any = None
    error: TableError | None = None
    warnings: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


def run_preamble(code: str, /, *, filename: str, source_directory: str) -> SharedNamespace:
    """Run the preamble, and return the names it defines.

    :param filename: the page's file.
    :param source_directory: the folder of all pages.
    :raises PreambleError: if it raises anything.
    """
    source = Source(text=code, filename=_PREAMBLE, first_line=1)
    namespace = _create_namespace(filename, (source,))
    try:
        _execute(source, namespace)
    except BaseException as error:
        release_memory_reserve(error)
        hint = _find_hint(error, source, namespace, source_directory)
        lines = _find_lines(error, source.filename)
        place = f" at line {lines[-1]}" if lines else ""
        raise PreambleError(
            f"df_table_preamble failed{place} with {describe_exception(error)}"
            f"{_quote_last(source, lines)}{hint}. No table is shown until you fix it in conf.py."
            f"{memory_limit_hint()}",
            kind=type_name(error),
        ) from error
    return SharedNamespace.of(namespace, sources=(source,))


def run_snippet(
    source: Source,
    /,
    *,
    names: SharedNamespace,
    filename: str,
    source_directory: str,
    variable: str | None,
) -> SnippetResult:
    """Run ``source`` in a fresh namespace with ``pd``, ``np`` and copies of ``names``.

    The result's value is, in this order of precedence: the variable ``variable`` if it is
    not an empty string; the value of the last statement, if that is an expression whose value
    can be shown; the variable ``df``. If ``variable`` is ``None``, it is the namespace.
    """
    namespace = _create_namespace(filename, (*names.sources, source))
    names.copy_into(namespace)
    before = dict(namespace)
    options = pandas_options()
    with _recorded_warnings(source) as recorded, restored_trace_functions():
        value: Any = None
        error: TableError | None = None
        try:
            value = _execute(source, namespace)
            if variable is None:
                value = namespace
            else:
                value = _find_value(value, source, namespace, variable=variable, before=before)
        except TableError as raised:
            error = raised
        except BaseException as raised:
            release_memory_reserve(raised)
            hint = _find_hint(raised, source, namespace, source_directory)
            error = _describe_failure(raised, source, hint=hint)
        notes = describe_display_options(source, options)
        return SnippetResult(value=value, error=error, warnings=tuple(recorded), notes=notes)


def _create_namespace(filename: str, sources: tuple[Source, ...]) -> Namespace:
    """Return a new namespace; processes that its code starts find what ``sources`` define."""
    namespace = create_main_module(filename, sources)
    namespace.update(pd=pd, np=np)
    return namespace


def _execute(source: Source, namespace: Namespace) -> object:
    """Run the statements, and return the value of the last if it is an expression.

    Else return ``_NO_VALUE``.
    """

    def compile_tree(tree: ast.Module | ast.Expression) -> types.CodeType:
        mode = "eval" if isinstance(tree, ast.Expression) else "exec"
        return compile(tree, source.filename, mode, dont_inherit=True)

    tree = parse_source(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile_tree(tree), namespace)
        return _NO_VALUE
    statements = compile_tree(ast.Module(body=tree.body[:-1], type_ignores=[]))
    expression = compile_tree(ast.Expression(body=last.value))
    exec(statements, namespace)
    return eval(expression, namespace)


def _find_value(
    last: object,
    source: Source,
    namespace: Namespace,
    *,
    variable: str,
    before: Mapping[str, Any],
) -> Any:
    """Return the value to show; see :func:`run_snippet`.

    :param last: the value of the last statement.
    :param before: the names that the code started with.
    :raises SnippetError: if there is no value.
    :raises FrameError: if the value cannot be shown as a table.
    """
    if not variable and is_showable(last):
        return last
    name = variable or "df"
    if name in namespace:
        value = namespace[name]
        if is_showable(value) or is_empty_collection(value):
            return value
        kind = type_name(value, with_module=True)
        remedy = advise(value) or ("Name a frame with :df-var:." if variable else _REMEDY)
        raise FrameError(
            f"The variable {name!r}, of type {kind}, cannot be shown as a table. {remedy}"
        )
    if not variable and is_empty_collection(last):
        return last
    if not variable and last is not None and last is not _NO_VALUE:
        kind = type_name(last, with_module=True)
        raise FrameError(
            f"The last expression, of type {kind}, cannot be shown as a table. "
            f"{advise(last) or _REMEDY}"
        )
    own = [key for key in namespace if key not in before or namespace[key] is not before[key]]
    names = ", ".join(key for key in own if not key.startswith("__"))
    defined = f"defined: {names}" if names else "the code defines none"
    missing = f"there is no variable {name!r} ({defined})"
    if variable:
        raise SnippetError(
            f"Nothing to show: {missing}. Correct the name in :df-var:, or remove the option."
        )
    if last is _NO_VALUE:
        raise SnippetError(
            f"Nothing to show: the last line is not an expression and {missing}. {_REMEDY}"
        )
    raise SnippetError(
        f"Nothing to show: the value of the last line is None and {missing}. "
        f"{suggest_value(source) or _REMEDY}"
    )


@contextlib.contextmanager
def _recorded_warnings(source: Source) -> Iterator[Mapping[tuple[int, str], None]]:
    """Record Python warnings, each with the line of ``source`` that was running."""
    recorded: dict[tuple[int, str], None] = {}

    def record(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,  # noqa: ARG001
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        number = lineno
        if filename != source.filename:
            frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
            while frame and frame.f_code.co_filename != source.filename:
                frame = frame.f_back
            number = frame.f_lineno if frame else source.first_line
        text = f"{category.__name__}: {to_one_line(str(message), LONGEST_MESSAGE)}"
        recorded[number, text] = None

    with warnings.catch_warnings():
        warnings.showwarning = record
        yield recorded


def _find_hint(
    error: BaseException, source: Source, namespace: Namespace, source_directory: str
) -> str:
    """Return what :func:`suggest_remedy` does; an empty string if it cannot look at ``error``."""
    with contextlib.suppress(BaseException):
        return suggest_remedy(error, source, namespace, source_directory=source_directory)
    return ""


def _describe_failure(error: BaseException, source: Source, /, *, hint: str) -> SnippetError:
    """Return the error of a snippet that raised ``error``, with its line and statement."""
    lines = _find_lines(error, source.filename)
    line = lines[-1] if lines else source.first_line
    own = range(source.first_line, source.first_line + source.text.count("\n") + 1)
    callers = [number for number in lines if number in own]
    # A function of earlier code of the page failed.
    call = f" (called in line {callers[-1]})" if callers and line not in own else ""
    return SnippetError(
        f"The code failed with {describe_exception(error)}{_quote_last(source, lines)}"
        f"{call}{hint}.{memory_limit_hint()}",
        kind=type_name(error),
        filename=source.filename,
        line=line,
    )


def _find_lines(error: BaseException, filename: str) -> list[int]:
    """Return the lines of ``filename`` in the traceback of ``error``, the failing one last.

    It may have failed in another process, which sent the text of its traceback.

    For a syntax error, return the line that Python could not parse. There may be none: Python
    leaves out the lines that no memory was left for.
    """
    details: Any = error
    # An exception is the author's object, too: all but its type may raise when it is looked at.
    with contextlib.suppress(BaseException):
        # Not isinstance, which looks up attributes of the object.
        is_syntax = issubclass(type(error), SyntaxError) and details.filename == filename
        if is_syntax and isinstance(details.lineno, int):
            return [details.lineno]
        lines = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if line and frame.f_code.co_filename == filename
        ]
        remote = getattr(error.__cause__, "tb", None)
        if isinstance(remote, str):
            pattern = rf'^ *File "{re.escape(filename)}", line (\d+)'
            lines += map(int, re.findall(pattern, remote, re.MULTILINE))
        return lines
    return []


def _quote_last(source: Source, lines: list[int]) -> str:
    """Return the text of the last of ``lines``, from the code or else from the file."""
    if not lines:
        return ""
    texts = source.text.split("\n")
    line = lines[-1]
    place = line - source.first_line
    # Earlier code of the page is in the file.
    text = texts[place] if 0 <= place < len(texts) else linecache.getline(source.filename, line)
    text = text.strip()
    return f", at: {to_one_line(text, LONGEST_QUOTE)}" if text else ""
