"""The text of a snippet as its author typed it, its place, and titles that are code."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_df_table.model.protocol import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: What docutils makes a tab stop of, unless a project configures it otherwise.
_TAB_WIDTH: Final = 8


def recover_source(
    lines: Sequence[str], /, *, filename: str, first_line: int, reach: int
) -> Source:
    """Return ``lines`` as they stand in the file, and the line at which they do.

    docutils expands tabs and strips trailing blanks before a directive sees its body
    (``docutils.statemachine.string2lines``); a literal tab in ``sep=`` and blanks in a
    triple-quoted string matter to Python. MyST-Parser miscounts inside nested directives:
    the place nearest to ``first_line``, and at most ``reach`` lines away, where the file
    holds the lines is taken. Where it holds them nowhere, or cannot be read, everything
    comes back unchanged.
    """
    try:
        in_file = Path(filename).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError):
        in_file = []
    last = len(in_file) - len(lines) + 1
    for first in _outwards(first_line, reach):
        if not 1 <= first <= last:
            continue
        there = in_file[first - 1 : first - 1 + len(lines)]
        if all(map(_is_same, there, lines)):
            typed = _without_indent(there, lines)
            return Source(text="\n".join(typed), filename=filename, first_line=first)
    return Source(text="\n".join(lines), filename=filename, first_line=first_line)


def _outwards(start: int, reach: int) -> Iterator[int]:
    """Give ``start`` and the numbers around it, the nearest first."""
    for distance in range(reach + 1):
        yield from dict.fromkeys((start - distance, start + distance))


def _flat(line: str) -> str:
    return re.sub("[\v\f]", " ", line).expandtabs(_TAB_WIDTH).rstrip()


def _is_same(in_file: str, line: str) -> bool:
    """Tell whether ``line`` stands in the file, behind an indent or the mark of a quotation."""
    return _flat(in_file).endswith(line.rstrip()) if line.strip() else not in_file.strip(" \t\f\v>")


def _without_indent(typed: list[str], lines: Sequence[str]) -> list[str]:
    """Return ``typed`` without the indent that ``lines`` lack; ``lines`` if it is no indent."""
    pairs = zip(typed, lines, strict=True)
    # MyST-Parser keeps the blanks behind a line.
    indents = {len(_flat(t)) - len(line.rstrip()) for t, line in pairs if line.strip()}
    if len(indents) != 1:
        return list(lines)
    [indent] = indents
    cut = [line for line in (_cut(line, indent) for line in typed) if line is not None]
    return cut if len(cut) == len(typed) else list(lines)


def _cut(line: str, indent: int) -> str | None:
    """Remove ``indent`` columns of white space; of a tab across that border, the rest stays."""
    if not line.strip():
        line = line.ljust(indent)
    for cut in range(len(line) + 1):
        columns = len(line[:cut].expandtabs(_TAB_WIDTH))
        if columns >= indent:
            return None if line[:cut].strip() else " " * (columns - indent) + line[cut:]
    return None


#: Statements that no title reads like, whatever they hold.
_STATEMENTS: Final = (
    *(ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Delete),
    *(ast.For, ast.While, ast.If, ast.With, ast.Try),
)

#: What stands in values that are no mathematics.
_OF_CODE: Final = (ast.Subscript, ast.Lambda, ast.JoinedStr, ast.GeneratorExp, ast.ListComp)


def is_code(title: str, /) -> bool:
    """Tell whether ``title`` is Python that does something, and so no title at all.

    An expression may be one (``df.describe()``), and so may an equation (``y = f(x) / 2``).
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            statements = ast.parse(title).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    is_import = len(statements) > 1 and isinstance(statements[0], ast.Import)
    return is_import or any(map(_does_something, statements))


def _does_something(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=targets, value=value):
            return any(map(_is_changed, targets)) or any(map(_is_of_code, ast.walk(value)))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
            return _is_changed(target) or not isinstance(statement.value, ast.Constant)
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Expr(value=ast.Call(keywords=keywords)):
            return any(keyword.arg == "inplace" for keyword in keywords)
        case ast.Import(names=names):
            return any(alias.asname for alias in names)
    return isinstance(statement, _STATEMENTS)


def _is_changed(target: ast.expr) -> bool:
    """Tell whether assigning to ``target`` is what code does, to the frame that is shown, say."""
    return isinstance(target, (ast.Subscript, ast.Attribute)) or ast.unparse(target) == "df"


def _is_of_code(part: ast.AST) -> bool:
    is_method = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
    return is_method or is_text or isinstance(part, _OF_CODE)
