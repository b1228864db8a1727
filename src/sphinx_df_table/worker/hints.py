"""Hints on code that failed: the nearest name, the frame that lacks it, where a file was sought."""

from __future__ import annotations

import ast
import contextlib
import itertools
import os
import re
import traceback
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.model.text import (
    LONGEST_QUOTE,
    quote_name,
    suggest_names,
    to_one_line,
    type_name,
)
from sphinx_df_table.worker.isolation import pandas_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sphinx_df_table.model.protocol import Source

#: Functions that show a frame in a terminal or a notebook, and return ``None``.
_PRINTING: Final = frozenset({"display", "pprint", "print", "show"})

#: Options of pandas for its own output, and what does the same for a table.
_DISPLAY_OPTIONS: Final = {
    "display.float_format": ": use :format: or :precision:",
    "display.max_columns": ": use :columns:",
    "display.max_rows": ": use :max-rows: or df_table_max_rows",
    "display.min_rows": ": use :max-rows:",
    "display.precision": ": use :precision: or df_table_precision",
}

#: The maximum number of files in a folder whose names are compared.
_MOST_FILES: Final = 10_000


def suggest_remedy(
    error: BaseException, source: Source, namespace: Mapping[str, Any], /, *, source_directory: str
) -> str:
    """Return a hint, in brackets, on what may help against ``error``; an empty string if none.

    Exceptions and the values in ``namespace`` are the author's objects: this may raise anything.
    """
    hint = ""
    if isinstance(error, FileNotFoundError):
        hint = _describe_search(error, source, source_directory=Path(source_directory))
    elif isinstance(error, IndentationError):
        hint = _find_odd_line(source)
    elif isinstance(error, AttributeError):
        frame = _find_frame(error.obj)
        if frame is not None:
            hint = _suggest_from_frame({str(error.name)}, frame)
    elif isinstance(error, (KeyError, pd.errors.UndefinedVariableError)):
        scopes = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
        hint = _suggest_columns(error, scopes, namespace)
    elif isinstance(error, NameError):
        hint = suggest_names([str(error.name)], namespace, kind="names")
        if error.name == "display":
            hint = "display is for notebooks; end with the frame itself"
    elif isinstance(error, BrokenExecutor):
        hint = (
            "sphinx-build -v shows what its processes wrote; they find what is defined at the top "
            "level of the code"
        )
    return f" ({hint})" if hint else ""


def suggest_value(source: Source, /) -> str:
    """Return what to end the code with if its last line is a call that returned ``None``.

    :returns: an empty string if the last line is no call.
    """
    last = ast.parse(source.text).body[-1]
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        return ""
    call = last.value
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if any(keyword.arg == "inplace" for keyword in call.keywords):
        return f"With inplace=True, {name} returns None: remove it."
    if name not in _PRINTING:
        return f"{name} returns None: end with the frame itself."
    frame = ""
    if len(call.args) == 1 and not isinstance(call.args[0], (ast.Constant, ast.JoinedStr)):
        frame = f", {to_one_line(ast.unparse(call.args[0]), LONGEST_QUOTE)}"
    return f"{name} shows nothing on a page: end with the frame itself{frame}."


def describe_display_options(source: Source, before: Mapping[str, Any], /) -> tuple[str, ...]:
    """Return a note on each option of pandas for its own output that the code has set.

    :param before: the options before the code ran.
    """
    now = pandas_options()
    # Those that are set for some statements only, as pd.option_context does, are unchanged now.
    named = now.keys() & set(re.findall(r"\bdisplay\.[a-z_.]+", source.text))
    changed = {
        name for name in now if name.startswith("display.") and now[name] is not before.get(name)
    }
    return tuple(
        f"pandas' option {name} has no effect on tables{_DISPLAY_OPTIONS.get(name, '')}."
        for name in now
        if name in named or name in changed
    )


def _find_odd_line(source: Source) -> str:
    """Return the line that is indented less than all others, if the code is right but for that."""
    lines = source.text.split("\n")
    depths = {
        number: len(line) - len(line.lstrip()) for number, line in enumerate(lines) if line.strip()
    }
    odd, *others = sorted(depths, key=lambda number: depths[number])
    if len(others) < 2 or depths[odd] == (depth := depths[others[0]]):
        return ""
    try:
        ast.parse("\n".join(line[min(depth, depths.get(n, 0)) :] for n, line in enumerate(lines)))
    except SyntaxError:
        return ""
    return f"line {source.first_line + odd} begins with fewer blanks than all other lines"


def _suggest_columns(
    error: Exception, scopes: Sequence[Mapping[str, Any]], namespace: Mapping[str, Any]
) -> str:
    """Return the names nearest to a missing key, and which frame lacks it if there are several.

    :param scopes: the local variables of the functions that ran, the innermost last.
    """
    key = error.args[0] if error.args else ""
    text = re.sub("dtype='[^']*'", "", str(key))
    # The key, or a sentence about it: "['a'] not in index", "Column not found: a".
    wanted = {text, text.rpartition(": ")[2], *re.findall("'([^']*)'", text)}
    searched = [scope.get("self") for scope in reversed(scopes)]
    frame = next((found for value in searched if (found := _find_frame(value)) is not None), None)
    merge: Any = next((value for value in searched if _get_frame(value, "left") is not None), None)
    if frame is None and merge is not None and merge.on:
        # merge_asof looks for a missing key in the index of the frame.
        text = str(merge.on[0] if isinstance(merge.on, list) else merge.on)
        wanted = {text}
        frame = merge.right if text in _all_names(merge.left) else merge.left
    if frame is None:
        return _suggest_labels(wanted, searched, frame)
    if text in _column_names(frame):
        # Only the types differ: the text '2024' is not the number.
        others = [name for name in frame.columns if str(name) == text and name != key]
        return f"there is {others[0]!r}, of type {type_name(others[0])}" if others else ""
    hint = _suggest_from_frame(wanted, frame) or _suggest_labels(wanted, searched, frame)
    elsewhere = {name for other in _find_frames(namespace) for name in _all_names(other)}
    missing = [text] if merge is not None else sorted((wanted & elsewhere) - _all_names(frame))
    if missing:
        place = _name_frame(frame, merge, namespace)
        lacks = f"{place} has no column {quote_name(missing[0])}"
        hint = f"{lacks}; {hint}" if hint else lacks
    return hint


def _suggest_from_frame(wanted: Iterable[str], frame: pd.DataFrame) -> str:
    """Return the names in ``frame`` nearest to columns that it lacks, or that one is the index."""
    levels = _level_names(frame)
    if found := [name for name in levels if name in wanted]:
        return f"{quote_name(found[0])} is the index, not a column: .reset_index() makes it one"
    hints = [
        suggest_names(wanted, _column_names(frame)),
        suggest_names(wanted, levels, kind="names of the index"),
    ]
    return "; ".join(filter(None, hints))


def _suggest_labels(
    wanted: Iterable[str], searched: Iterable[Any], frame: pd.DataFrame | None
) -> str:
    """Return the nearest row labels if an index was searched, by ``.loc`` or in a Series."""
    index = next((value for value in searched if isinstance(value, pd.Index)), None)
    if index is None or (frame is not None and index is frame.columns):
        return ""
    return suggest_names(wanted, map(str, index), kind="row labels")


def _find_frames(namespace: Mapping[str, Any]) -> list[pd.DataFrame]:
    return [value for value in list(namespace.values()) if isinstance(value, pd.DataFrame)]


def _find_frame(value: object) -> pd.DataFrame | None:
    """Return the frame that ``value`` is, or that an object of pandas works on."""
    return value if isinstance(value, pd.DataFrame) else _get_frame(value, "obj")


def _get_frame(value: object, attribute: str) -> pd.DataFrame | None:
    """Return the attribute of an object of pandas if it is a frame."""
    if type(value).__module__.startswith("pandas."):
        # An object whose creation has failed may raise any error.
        with contextlib.suppress(Exception):
            found = getattr(value, attribute)
            return found if isinstance(found, pd.DataFrame) else None
    return None


def _name_frame(frame: pd.DataFrame, merge: Any, namespace: Mapping[str, Any]) -> str:
    """Return the variable that ``frame`` is the value of, or else its side in a merge."""
    for name, value in list(namespace.items()):
        if value is frame:
            return name
    return "the left frame" if merge is not None and merge.left is frame else "the right frame"


def _column_names(frame: pd.DataFrame) -> list[str]:
    """Return the labels of the columns on all levels."""
    levels = [frame.columns.get_level_values(level) for level in range(frame.columns.nlevels)]
    return [str(name) for name in itertools.chain(*levels)]


def _level_names(frame: pd.DataFrame) -> list[str]:
    """Return the names of the index levels."""
    return [str(name) for name in frame.index.names if name is not None]


def _all_names(frame: pd.DataFrame) -> set[str]:
    return {*_column_names(frame), *_level_names(frame)}


def _describe_search(error: FileNotFoundError, source: Source, *, source_directory: Path) -> str:
    """Return in which folder a file was looked for, and where there is one of this name.

    :param source_directory: the folder of all pages.
    """
    name = _find_file_name(error, source)
    if not name:
        return ""
    folder = Path.cwd()
    sought = Path(os.path.normpath(folder / name))
    places = {
        f"beside {Path(source.filename).name}": Path(source.filename).parent / name,
        "in the source folder": source_directory / name.lstrip("/"),
    }
    found = [
        f"{place} there is one: write {Path(os.path.relpath(path, folder)).as_posix()!r}"
        for place, path in places.items()
        if path != sought and path.is_file()
    ]
    place = "" if name.startswith("/") else _describe_folder(sought.parent, source_directory)
    hints = [place and f"looked for in {place}", *(found[:1] or [_suggest_files(sought)])]
    return "; ".join(filter(None, hints))


def _suggest_files(sought: Path) -> str:
    """Return the names nearest to that of a file, or of the first folder that does not exist."""
    kind = "names there"
    while sought != sought.parent and not os.path.isdir(sought.parent):
        sought = sought.parent
        kind = "folder names"
    with contextlib.suppress(OSError):
        files = itertools.islice(sought.parent.iterdir(), _MOST_FILES)
        return suggest_names([sought.name], (path.name for path in files), kind=kind)
    return ""


def _find_file_name(error: FileNotFoundError, source: Source) -> str:
    """Return the name of the file that is missing; an empty string if it is not known.

    It is in the message only where a library writes its own: then it is one that the code names.
    """
    if isinstance(error.filename, (str, os.PathLike)):
        innermost = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
        is_program = innermost.f_globals.get("__name__") == "subprocess"
        return "" if is_program else os.fspath(error.filename)
    literals = [
        node.value
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return max((text for text in literals if text in str(error)), key=len, default="")


def _describe_folder(folder: Path, source_directory: Path) -> str:
    with contextlib.suppress(ValueError):
        below = folder.resolve().relative_to(source_directory.resolve()).as_posix()
        return "the source folder" if below == "." else f"{below!r} below the source folder"
    return repr(str(folder))
