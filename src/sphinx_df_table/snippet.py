"""Run one snippet, and say what it left behind or how it failed."""

from __future__ import annotations

import ast
import contextlib
import copy
import dataclasses
import difflib
import os
import re
import sys
import traceback
import types
import warnings
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np
import pandas as pd

from sphinx_df_table.errors import FrameError, PreambleError, SnippetError, TableError
from sphinx_df_table.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREAMBLE: Final = "<df_table_preamble>"

Names = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SnippetResult:
    """What running a snippet came to: the value to show, or the error that stopped it.

    ``warnings`` are the Python warnings raised meanwhile, as (line, text), each once.
    """

    value: pd.DataFrame | pd.Series[Any] | None = None
    error: TableError | None = None
    warnings: tuple[tuple[int, str], ...] = ()


def run_preamble(code: str, /, *, filename: str) -> Names:
    """Run the code that every snippet of a page starts from; return the names it defines.

    :raises PreambleError: if it raises anything.
    """
    source = Source(text=code, filename=PREAMBLE, first_line=1)
    namespace = _main_module(filename=filename)
    try:
        exec(_compiled(source, ast.parse(code, PREAMBLE)), namespace)
    except BaseException as error:
        line = _failing_line(error, PREAMBLE) or 1
        raise PreambleError(
            f"df_table_preamble failed in its line {line} with {_described(error)}"
            f"{_quoted(source, line)}. No table is shown until it is mended in conf.py.",
            kind=type_name(error),
        ) from error
    return {name: value for name, value in namespace.items() if not name.startswith("__")}


def run_snippet(source: Source, /, *, names: Names, filename: str, variable: str) -> SnippetResult:
    """Run ``source`` in a fresh namespace that holds ``pd``, ``np`` and copies of ``names``.

    What is shown is the variable ``variable`` if one is asked for; else the value of the
    last statement, if that is an expression with a frame as value; else the variable ``df``.
    """
    namespace = _main_module(filename=filename)
    namespace.update({name: _own(value, namespace) for name, value in names.items()})
    before = dict(namespace)
    with _noted_warnings(source) as noted:
        try:
            last = _execute(source, namespace)
            value = _shown(last, namespace, variable=variable, before=before)
            return SnippetResult(value=value, warnings=tuple(noted))
        except TableError as error:
            return SnippetResult(error=error, warnings=tuple(noted))
        except BaseException as error:
            return SnippetResult(error=_failure(error, source, namespace), warnings=tuple(noted))


@contextlib.contextmanager
def fresh_surroundings() -> Iterator[None]:
    """Undo, on leaving, what a snippet did to the process and the next one must not find.

    That is the working directory, ``sys.path``, ``sys.argv``, the environment, the
    standard streams, warning filters and pandas' options.
    """
    directory = os.getcwd()
    lists = [(sys.path, sys.path[:]), (sys.argv, sys.argv[:])]
    environment = dict(os.environ)
    streams = sys.stdin, sys.stdout, sys.stderr
    options = _pandas_options()
    with warnings.catch_warnings():
        try:
            yield
        finally:
            os.chdir(directory)
            (sys.path, path), (sys.argv, argv) = lists
            sys.path[:], sys.argv[:] = path, argv
            sys.stdin, sys.stdout, sys.stderr = streams
            if dict(os.environ) != environment:
                os.environ.clear()
                os.environ.update(environment)
            now = _pandas_options()
            for name, value in options.items():
                if now.get(name) != value:
                    pd.set_option(name, value)


def _main_module(*, filename: str) -> Names:
    """Return the namespace of a new ``__main__``, so that classes defined in it can be found."""
    module = types.ModuleType("__main__")
    module.__dict__.update(pd=pd, np=np, __file__=filename)
    sys.modules["__main__"] = module
    return module.__dict__


def _own(value: Any, namespace: Names) -> Any:
    """Return a copy of a frame, a plain container or a function of the preamble.

    So no snippet changes another's, and a function sees the snippet's names as its globals,
    as if the preamble stood at the top of the snippet.
    """
    if isinstance(value, types.FunctionType) and value.__module__ == "__main__":
        own = types.FunctionType(
            value.__code__, namespace, value.__name__, value.__defaults__, value.__closure__
        )
        own.__kwdefaults__ = value.__kwdefaults__
        own.__dict__.update(value.__dict__)
        return own
    if isinstance(value, (pd.DataFrame, pd.Series, pd.Index, np.ndarray, dict, list, set)):
        with contextlib.suppress(Exception):
            return copy.deepcopy(value)
    return value


def _compiled(source: Source, tree: ast.Module | ast.Expression) -> types.CodeType:
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    return compile(tree, source.filename, mode, dont_inherit=True)


def _execute(source: Source, namespace: Names) -> object:
    """Run the statements; return the value of the last if it is an expression, else ``None``.

    Empty lines in front give every line its number on the page, in tracebacks, syntax
    errors and warnings alike.
    """
    padding = "\n" * (source.first_line - 1)
    tree = ast.parse(padding + source.text, source.filename)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(_compiled(source, tree), namespace)
        return None
    statements = _compiled(source, ast.Module(body=tree.body[:-1], type_ignores=[]))
    expression = _compiled(source, ast.Expression(body=last.value))
    exec(statements, namespace)
    return eval(expression, namespace)


def _shown(
    last: object, namespace: Names, *, variable: str, before: Mapping[str, Any]
) -> pd.DataFrame | pd.Series[Any]:
    """Return the frame to show.

    :raises SnippetError: if there is nothing to show.
    :raises FrameError: if what there is, is no frame.
    """
    if not variable and isinstance(last, (pd.DataFrame, pd.Series)):
        return last
    wanted = variable or "df"
    if wanted in namespace:
        value = namespace[wanted]
        if isinstance(value, (pd.DataFrame, pd.Series)):
            return value
        raise FrameError(_no_frame(f"The variable {wanted}", value))
    if not variable and last is not None:
        raise FrameError(_no_frame("The last expression", last))
    own = [name for name in namespace if name not in before or namespace[name] is not before[name]]
    defined = ", ".join(name for name in own if not name.startswith("__")) or "nothing"
    raise SnippetError(
        f"The code leaves nothing to show: there is no variable {wanted}; it defines {defined}. "
        "Name a frame with :df-var:, call it df, or end with an expression."
    )


def _no_frame(what: str, value: object) -> str:
    return (
        f"{what} is of type {type_name(value)}, not a DataFrame or a Series. "
        "Name a frame with :df-var:, call it df, or end with an expression."
    )


def _failure(error: BaseException, source: Source, namespace: Names) -> SnippetError:
    line = _failing_line(error, source.filename) or source.first_line
    return SnippetError(
        f"The code failed with {_described(error)}{_quoted(source, line)}"
        f"{_nearest_names(error, namespace)}.",
        kind=type_name(error),
        filename=source.filename,
        line=line,
    )


def _failing_line(error: BaseException, filename: str) -> int | None:
    """Return the line of ``filename`` that was running, or that Python could not read."""
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == filename
    ]
    return lines[-1] if lines else None


_LONGEST_MESSAGE: Final = 400
_LONGEST_QUOTE: Final = 120


def type_name(value: object, /) -> str:
    """Return the name of the type of ``value``, whatever its metaclass makes of it."""
    name = type.__dict__["__name__"].__get__(type(value))
    return _one_line(str(name), _LONGEST_QUOTE)


def _described(error: BaseException) -> str:
    """Return type and message of ``error`` as one printable line."""
    try:
        message = str(error.msg or "" if isinstance(error, SyntaxError) else error)
    except BaseException:
        message = "(its message cannot be formed)"
    message = _one_line(message, _LONGEST_MESSAGE)
    return f"{type_name(error)}: {message}" if message else type_name(error)


def _quoted(source: Source, line: int) -> str:
    lines = source.text.split("\n")
    place = line - source.first_line
    text = lines[place].strip() if 0 <= place < len(lines) else ""
    return f", at: {_one_line(text, _LONGEST_QUOTE)}" if text else ""


def _one_line(text: str, longest: int) -> str:
    """Return the beginning of ``text`` with each run of blanks as one, and no odd characters."""
    words = " ".join(text[: 4 * longest].split())
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
    return shown if len(shown) <= longest else shown[:longest] + "…"


def _nearest_names(error: BaseException, namespace: Names) -> str:
    """Return a hint at the column names most like the one that was not found."""
    if not isinstance(error, KeyError):
        return ""
    wanted = {str(error.args[0]) if error.args else "", *re.findall("'([^']*)'", str(error))}
    known = {name.casefold(): name for name in _column_names(error, namespace)}
    nearest = [
        repr(known[match])
        for name in sorted(wanted)
        if name.casefold() not in known or known[name.casefold()] != name
        for match in difflib.get_close_matches(name.casefold(), known, n=3)
    ]
    return f" (the nearest column names: {', '.join(dict.fromkeys(nearest))})" if nearest else ""


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
        text = f"{category.__name__}: {_one_line(str(message), _LONGEST_MESSAGE)}"
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


def _pandas_options() -> dict[str, Any]:
    """Return pandas' options by their full names."""
    return dict(_flat(getattr(pd.options, "d")))  # noqa: B009 - the stubs know options only.


def _flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in options.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
