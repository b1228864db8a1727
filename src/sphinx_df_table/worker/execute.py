"""Run one piece of code, and describe what it left behind or how it failed."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import linecache
import re
import sys
import traceback
import types
import warnings
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np
import pandas as pd

from sphinx_df_table.frames.inputs import is_showable
from sphinx_df_table.model.errors import FrameError, PreambleError, SnippetError, TableError
from sphinx_df_table.model.protocol import Source
from sphinx_df_table.model.text import (
    LONGEST_MESSAGE,
    LONGEST_QUOTE,
    describe_exception,
    suggest_names,
    to_one_line,
    type_name,
)
from sphinx_df_table.worker.isolation import (
    memory_limit_hint,
    own_hooks,
    release_memory_reserve,
)
from sphinx_df_table.worker.namespace import Namespace, SharedNamespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


def failure(error: BaseException, source: Source, /, *, namespace: Namespace) -> SnippetError:
    """Return what is to be said of ``error``, which running ``source`` in ``namespace`` raised."""
    release_memory_reserve(error)
    lines: list[int] = []
    hint = ""
    # An exception is the author's object, too: what asks it more than its type may fail.
    with contextlib.suppress(BaseException):
        lines = _lines_run(error, source.filename)
    line = lines[-1] if lines else source.first_line
    with contextlib.suppress(BaseException):
        hint = _hint_at_columns(error, namespace)
    return SnippetError(
        f"The code failed with {describe_exception(error)}{_quoted(source, line)}"
        f"{_called_in(source, lines)}{hint}.{memory_limit_hint()}",
        kind=type_name(error),
        filename=source.filename,
        line=line,
    )


def preamble_failure(error: BaseException, source: Source, /) -> PreambleError:
    """Return what is to be said of ``error``, which the preamble ``source`` raised."""
    release_memory_reserve(error)
    line = [1, *_lines_run(error, source.filename)][-1]
    return PreambleError(
        f"df_table_preamble failed at line {line} with {describe_exception(error)}"
        f"{_quoted(source, line)}. No table is shown until you fix it in conf.py."
        f"{memory_limit_hint()}",
        kind=type_name(error),
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
    return f", at: {to_one_line(text, LONGEST_QUOTE)}" if text else ""


def _called_in(source: Source, lines: Sequence[int]) -> str:
    """Return where the code itself was, if what failed is a function from elsewhere."""
    own = range(source.first_line, source.first_line + source.text.count("\n") + 1)
    called = [line for line in lines if line in own]
    return f" (called in line {called[-1]})" if called and lines[-1] not in own else ""


def _hint_at_columns(error: BaseException, namespace: Namespace) -> str:
    """Return a hint at the column names most like the one that was not found."""
    if not isinstance(error, KeyError):
        return ""
    wanted = {str(error.args[0]) if error.args else "", *re.findall("'([^']*)'", str(error))}
    return suggest_names(wanted, _column_names(error, namespace))


def _column_names(error: BaseException, namespace: Namespace) -> list[str]:
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


#: What tracebacks call the preamble's file.
_PREAMBLE: Final = "<df_table_preamble>"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SnippetResult:
    """What running a snippet came to: the value to show, or the error that stopped it.

    ``warnings`` are the Python warnings raised meanwhile, as (line, text), each once.
    """

    value: Any = None
    error: TableError | None = None
    warnings: tuple[tuple[int, str], ...] = ()


def run_preamble(code: str, /, *, filename: str) -> SharedNamespace:
    """Run the code that every snippet of a page starts from; return the names it defines.

    :raises PreambleError: if it raises anything.
    """
    source = Source(text=code, filename=_PREAMBLE, first_line=1)
    namespace = _main_module(filename=filename)
    try:
        _execute(source, namespace)
    except BaseException as error:
        raise preamble_failure(error, source) from error
    return SharedNamespace.of(namespace)


def run_setup(
    source: Source, /, *, names: SharedNamespace, filename: str
) -> tuple[SharedNamespace, SnippetResult]:
    """Run ``source`` as :func:`run_snippet` does, but for the names that it leaves behind.

    :returns: all names that there are now, ``names`` as they were if the code failed; and
        what running it came to, without a value.
    """
    namespace = _namespace(names, filename=filename)
    result = _run(source, namespace, value_of=lambda _: None)
    return (names if result.error else SharedNamespace.of(namespace)), result


def run_snippet(
    source: Source,
    /,
    *,
    names: SharedNamespace,
    filename: str,
    variable: str,
) -> SnippetResult:
    """Run ``source`` in a fresh namespace that holds ``pd``, ``np`` and copies of ``names``.

    What is shown is the variable ``variable`` if one is asked for; else the value of the
    last statement, if that is an expression with something to show; else the variable ``df``.
    """
    namespace = _namespace(names, filename=filename)
    before = dict(namespace)

    def value_of(last: object) -> Any:
        return _shown(last, namespace, variable=variable, before=before)

    return _run(source, namespace, value_of=value_of)


def _run(
    source: Source, namespace: Namespace, *, value_of: Callable[[object], Any]
) -> SnippetResult:
    """Run ``source``; whatever it raises, or finding its value raises, is the result's error.

    :param value_of: finds the value to show, given that of the last statement.
    """
    with _noted_warnings(source) as noted, own_hooks():
        try:
            value = value_of(_execute(source, namespace))
            return SnippetResult(value=value, warnings=tuple(noted))
        except TableError as error:
            return SnippetResult(error=error, warnings=tuple(noted))
        except BaseException as error:
            failed = failure(error, source, namespace=namespace)
            return SnippetResult(error=failed, warnings=tuple(noted))


def _main_module(*, filename: str) -> Namespace:
    """Return the namespace of a new ``__main__``, so that classes defined in it can be found."""
    module = types.ModuleType("__main__")
    module.__dict__.update(pd=pd, np=np, __file__=filename)
    sys.modules["__main__"] = module
    return module.__dict__


def _namespace(names: SharedNamespace, *, filename: str) -> Namespace:
    """Return a fresh namespace with ``names``."""
    namespace = _main_module(filename=filename)
    names.give_to(namespace)
    return namespace


def _compiled(source: Source, tree: ast.Module | ast.Expression) -> types.CodeType:
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    return compile(tree, source.filename, mode, dont_inherit=True)


def _execute(source: Source, namespace: Namespace) -> object:
    """Run the statements; return the value of the last if it is an expression.

    Else return ``_NO_VALUE``.

    Empty lines in front give every line its number on the page, in tracebacks, syntax
    errors and warnings alike.
    """
    padding = "\n" * (source.first_line - 1)
    tree = ast.parse(padding + source.text, source.filename)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(_compiled(source, tree), namespace)
        return _NO_VALUE
    statements = _compiled(source, ast.Module(body=tree.body[:-1], type_ignores=[]))
    expression = _compiled(source, ast.Expression(body=last.value))
    exec(statements, namespace)
    return eval(expression, namespace)


#: The value of code whose last statement is not an expression.
_NO_VALUE: Final = object()

_REMEDY: Final = "End with an expression, call the frame df, or name it with :df-var:."


def _shown(
    last: object,
    namespace: Namespace,
    *,
    variable: str,
    before: Mapping[str, Any],
) -> Any:
    """Return what is to be shown.

    :raises SnippetError: if there is nothing to show.
    :raises FrameError: if what there is, is nothing that can be shown.
    """
    if not variable and is_showable(last):
        return last
    wanted = variable or "df"
    if wanted in namespace:
        value = namespace[wanted]
        if is_showable(value):
            return value
        raise FrameError(_no_frame(f"The variable {wanted!r}", value))
    if not variable and last is not None and last is not _NO_VALUE:
        raise FrameError(_no_frame("The last expression", last))
    own = [name for name in namespace if name not in before or namespace[name] is not before[name]]
    names = ", ".join(name for name in own if not name.startswith("__"))
    defined = f"defined: {names}" if names else "none is defined"
    missing = f"there is no variable {wanted!r} ({defined})"
    if variable:
        raise SnippetError(f"Nothing to show: {missing}. Name another with :df-var:.")
    no_value = "the value of the last line is None"
    if last is _NO_VALUE:
        no_value = "the last line is not an expression"
    raise SnippetError(f"Nothing to show: {no_value} and {missing}. {_REMEDY}")


def _no_frame(what: str, value: object) -> str:
    return f"{what} is of type {type_name(value)}, which is not shown as a table. {_REMEDY}"


@contextlib.contextmanager
def _noted_warnings(source: Source) -> Iterator[Mapping[tuple[int, str], None]]:
    """Note Python warnings with the line of ``source`` that led to them."""
    noted: dict[tuple[int, str], None] = {}

    def note(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,  # noqa: ARG001
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        place = lineno if filename == source.filename else _line_being_run(source.filename)
        text = f"{category.__name__}: {to_one_line(str(message), LONGEST_MESSAGE)}"
        noted[place or source.first_line, text] = None

    with warnings.catch_warnings():
        warnings.showwarning = note
        yield noted


def _line_being_run(filename: str) -> int | None:
    """Return the line of ``filename`` that the innermost of its frames is at."""
    for frame, line in traceback.walk_stack(None):
        if frame.f_code.co_filename == filename:
            return line
    return None
