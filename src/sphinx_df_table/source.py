"""The text of a snippet as its author typed it, and where it stands."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: What docutils makes a tab stop of, unless a project configures it otherwise.
_TAB_WIDTH: Final = 8


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Python code and its place: the file, and the line of its first line, counted from 1."""

    text: str
    filename: str
    first_line: int


def typed_source(lines: Sequence[str], /, *, filename: str, first_line: int, reach: int) -> Source:
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
