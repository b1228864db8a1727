"""Recover the code of a directive as its author typed it, and detect titles that are code."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_df_table.model.protocol import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

#: docutils' default for its setting ``tab_width``.
_TAB_WIDTH: Final = 8


def recover_source(
    lines: Sequence[str], /, *, filename: str, first_line: int, max_distance: int
) -> Source:
    """Return the code as it stands in the file, with the number of its first line.

    docutils expands tabs and strips trailing blanks before a directive gets its content
    (``docutils.statemachine.string2lines``), but Python needs a literal tab in ``sep=`` and
    blanks in a triple-quoted string. MyST-Parser miscounts lines inside nested directives.

    An indent that all lines share is removed, because authors indent code deeper than options.

    :param lines: the content of the directive.
    :param first_line: where they should be, counted from 1.
    :param max_distance: how many lines away they may be. The nearest match counts.
    :returns: ``lines`` without that indent if the file cannot be read or does not contain them.
    """
    if next(filter(str.strip, lines), "")[:1].isspace():
        lines = textwrap.dedent("\n".join(lines)).split("\n")
    try:
        file_lines = Path(filename).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError):
        file_lines = []
    candidates = range(first_line - max_distance, first_line + max_distance + 1)
    for first in sorted(candidates, key=lambda number: abs(number - first_line)):
        typed = file_lines[first - 1 : first - 1 + len(lines)] if first > 0 else []
        if len(typed) == len(lines) and all(map(_matches, typed, lines)):
            text = "\n".join(_remove_indent(typed, lines))
            return Source(text=text, filename=filename, first_line=first)
    return Source(text="\n".join(lines), filename=filename, first_line=first_line)


def _normalize(line: str) -> str:
    """Return ``line`` as docutils passes it to a directive."""
    return re.sub("[\v\f]", " ", line).expandtabs(_TAB_WIDTH).rstrip()


def _matches(typed: str, line: str) -> bool:
    """Return whether ``typed`` is ``line`` after an indent or the mark of a quotation."""
    if not line.strip():
        return not typed.strip(" \t\f\v>")
    return _normalize(typed).endswith(line.rstrip())


def _remove_indent(typed: list[str], lines: Sequence[str]) -> list[str]:
    """Return ``typed`` without its common indent; ``lines`` if it has none."""
    pairs = zip(typed, lines, strict=True)
    # MyST-Parser keeps trailing blanks, so both sides are compared without them.
    indents = {len(_normalize(t)) - len(line.rstrip()) for t, line in pairs if line.strip()}
    if len(indents) != 1:
        return list(lines)
    [indent] = indents
    cut = [line for line in (_cut_columns(line, indent) for line in typed) if line is not None]
    return cut if len(cut) == len(typed) else list(lines)


def _cut_columns(line: str, count: int) -> str | None:
    """Remove ``count`` columns of white space, also a part of a tab; ``None`` if there is text."""
    if not line.strip():
        line = line.ljust(count)
    for end in range(len(line) + 1):
        columns = len(line[:end].expandtabs(_TAB_WIDTH))
        if columns >= count:
            return None if line[:end].strip() else " " * (columns - count) + line[end:]
    return None


def is_code(title: str, /) -> bool:
    """Return whether ``title`` is surely Python code that was meant as the directive's content.

    That is an import, or an assignment with a call, a subscript or an attribute that names
    ``df`` or ``pd``. Captions such as ``Status = "open"``, ``y = f(x) / 2``, ``df = 4`` and
    ``import duties`` are valid Python, too.
    """
    statements = _parse(title)
    for statement in statements:
        match statement:
            case ast.ImportFrom():
                return True
            case ast.Import(names=names):
                if len(statements) > 1 or any(alias.asname for alias in names):
                    return True
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                parts = list(ast.walk(statement))
                if any(
                    isinstance(part, (ast.Attribute, ast.Call, ast.Subscript)) for part in parts
                ):
                    names_used = {part.id for part in parts if isinstance(part, ast.Name)}
                    if not names_used.isdisjoint({"df", "pd"}):
                        return True
    return False


#: Statements that may be two English words, such as "global warming".
_WORDS: Final = (ast.Assert, ast.Delete, ast.Global, ast.Nonlocal, ast.Pass)


def is_code_paragraph(text: str, /) -> bool:
    """Return whether the paragraph below a directive without code is Python code, not words."""
    statements = _parse(text)
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and not statement.value:
            # Words with a colon between them.
            continue
        if isinstance(statement, _WORDS) and len(statements) == 1:
            continue
        if isinstance(statement, ast.Import) and not is_code(text):
            # Not "import duties".
            return any(find_spec(name.name.partition(".")[0]) for name in statement.names)
        if not isinstance(statement, ast.Expr):
            return True
        for node in ast.walk(statement):
            if isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
                return True
            if isinstance(node, ast.Name) and node.id in {"df", "pd"}:
                return True
    return False


def _parse(text: str) -> list[ast.stmt]:
    """Return the statements of ``text``; an empty list if it is not Python code."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
