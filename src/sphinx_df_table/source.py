"""The text of a snippet as its author typed it, and where it stands."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Python code and its place: the file, and the line of its first line, counted from 1."""

    text: str
    filename: str
    first_line: int


def typed_lines(lines: Sequence[str], /, *, filename: str, first_line: int) -> list[str]:
    """Return ``lines`` as they stand in the file, where docutils changed no more than blanks.

    docutils expands tabs and strips trailing blanks before a directive sees its body
    (``docutils.statemachine.string2lines``); a literal tab in ``sep=`` and blanks in a
    triple-quoted string matter to Python. Where the file says anything else at these
    lines, or cannot be read, ``lines`` come back unchanged.
    """
    try:
        file_lines = Path(filename).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError):
        return list(lines)
    start = first_line - 1
    typed = [line.removesuffix("\r") for line in file_lines[start : start + len(lines)]]
    if len(typed) != len(lines):
        return list(lines)
    indents = {
        len(theirs.expandtabs(8).rstrip()) - len(ours)
        for theirs, ours in zip(typed, lines, strict=True)
        if ours
    }
    if len(indents) != 1 or (indent := indents.pop()) < 0:
        return list(lines)
    if any(
        theirs.expandtabs(8).rstrip()[indent:] != ours
        for theirs, ours in zip(typed, lines, strict=True)
    ):
        return list(lines)
    return [_without_indent(line, indent) for line in typed]


def _without_indent(line: str, indent: int) -> str:
    """Remove ``indent`` columns of white space; of a tab across that border, the rest stays."""
    for cut in range(len(line) + 1):
        columns = len(line[:cut].expandtabs(8))
        if columns >= indent:
            return " " * (columns - indent) + line[cut:]
    return ""
