"""Parse directive options. docutils reports a ``ValueError`` at the line of the directive."""

from __future__ import annotations

import csv
import json
import math
import re
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn, get_args

from docutils.parsers.rst import directives

from sphinx_df_table.model.options import HIGHEST_PRECISION
from sphinx_df_table.model.table import Alignment
from sphinx_df_table.model.text import suggest_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_df_table.model.options import PatternOptions


#: Options of csv-table, and the arguments of ``pd.read_csv`` that do the same.
_ARGUMENTS: Final = {
    "delim": "sep",
    "encoding": "encoding",
    "escape": "escapechar",
    "keepspace": "skipinitialspace",
    "quote": "quotechar",
}


class OptionSpec(dict[str, Callable[[str], object]]):
    """The converters of options; that of an unknown option says what to write instead."""

    def __missing__(self, name: str) -> Callable[[str], object]:
        """Return a converter that fails with a hint. docutils and MyST-Parser give none."""

        def reject(argument: str | None) -> NoReturn:
            if name in {"file", "url"}:
                path = json.dumps(argument, ensure_ascii=False) if argument else "..."
                hint = f"read the file in the code: pd.read_csv({path})"
            elif name in _ARGUMENTS:
                hint = f"use {_ARGUMENTS[name]}= of pd.read_csv"
            elif name == "caption":
                hint = "write the caption after df-table::"
            else:
                hint = suggest_names([name], self, kind="options")
            raise ValueError(f'unknown option: "{name}"{hint and f" ({hint})"}')

        return reject


def parse_variable_name(argument: str | None) -> str:
    """Return the name of a Python variable."""
    name = (argument or "").strip()
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a variable")
    return name


def parse_sentence(argument: str | None) -> str:
    """Return text that is not empty, with its lines joined."""
    if not (argument or "").strip():
        raise ValueError("give the sentence")
    return " ".join((argument or "").split())


def parse_bool(argument: str | None) -> bool:
    """Return whether the option says ``yes``, or has no argument."""
    word = (argument or "yes").strip().lower()
    if word not in {"yes", "no"}:
        raise ValueError(f"{argument!r} is neither yes nor no")
    return word == "yes"


def parse_column_name(argument: str | None) -> str:
    """Return the name of a column, or a pattern that matches it."""
    name = (argument or "").strip()
    if not name:
        raise ValueError("name a column")
    return name


def parse_seconds(argument: str | None) -> float:
    """Return a time limit in seconds; 0 means none."""
    try:
        value = float(argument or "")
    except ValueError:
        raise ValueError(f"{argument!r} is not a number of seconds") from None
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{argument!r} is not a number of seconds, 0 or more")
    return value


def parse_precision(argument: str | None) -> int:
    """Return a number of digits after the point."""
    value = directives.nonnegative_int(argument or "")
    if value > HIGHEST_PRECISION:
        raise ValueError(f"{value} digits are too many; give {HIGHEST_PRECISION} or less")
    return value


def parse_paths(argument: str | None) -> tuple[str, ...]:
    """Return paths or glob patterns, one on each line."""
    return tuple(_split_lines(argument, "name at least one file or pattern, one on each line"))


def parse_header(argument: str | None) -> tuple[tuple[str, ...], ...]:
    """Return rows of labels in CSV notation, as csv-table's ``:header:`` has them."""
    rows = _parse_csv(argument)
    if not rows:
        raise ValueError("give the labels, separated by commas")
    if len({len(row) for row in rows}) > 1:
        raise ValueError("give the same number of labels on each line")
    return rows


def parse_column_patterns(argument: str | None) -> tuple[str, ...]:
    """Return names or patterns of columns in CSV notation, on any number of lines."""
    names = tuple(name.strip() for row in _parse_csv(argument) for name in row if name.strip())
    if not names:
        raise ValueError("name at least one column, or a pattern of names, separated by commas")
    return names


def _parse_csv(argument: str | None) -> tuple[tuple[str, ...], ...]:
    try:
        rows = csv.reader((argument or "").splitlines(), skipinitialspace=True, strict=True)
        return tuple(tuple(row) for row in rows if row)
    except csv.Error as error:
        raise ValueError(f"the labels cannot be read as CSV: {error}") from None


#: A line on columns whose pattern is quoted, and lines where it is not.
_QUOTED: Final = re.compile(r"""(["'])(?P<pattern>.+?)\1\s*:\s*(?P<value>.+)""")
_FORMAT: Final = re.compile(r"(?P<pattern>[^{]*[^{\s])\s*:\s*(?P<value>[^:{]*\{.*)")
_ALIGNMENT: Final = re.compile(r"(?P<pattern>.*\S)\s*:\s*(?P<value>\w+)")


def parse_formats(argument: str | None) -> PatternOptions:
    """Return pairs of a column pattern and a format from lines of ``pattern: format``.

    The format is a Python format string with one field for the value. It begins after the
    last colon before that field, so that both parts may contain colons. A quoted pattern may
    contain any characters.
    """
    pairs = []
    for line in _split_lines(argument, "give a line 'column: format', such as 'Cost: ${:,.2f}'"):
        match = _QUOTED.fullmatch(line) or _FORMAT.fullmatch(line)
        if not match:
            raise ValueError(
                f"{line!r} is not 'column: format' with a field for the value, "
                "such as 'Cost: ${:,.2f}'"
            )
        template = match["value"]
        try:
            names = list(_iter_field_names(template))
        except ValueError as error:
            raise ValueError(f"{template!r} is not a format string: {error}") from None
        first = [re.split(r"[.\[]", name)[0] for name in names]
        if first != [""] and set(first) != {"0"}:
            raise ValueError(f"{template!r} must have one field, {{}}, for the value")
        pairs.append((match["pattern"], template))
    return tuple(pairs)


def _iter_field_names(template: str) -> Iterator[str]:
    for _, name, spec, _ in string.Formatter().parse(template):
        if name is not None:
            yield name
            yield from _iter_field_names(spec or "")


def parse_alignments(argument: str | None) -> PatternOptions:
    """Return pairs of a column pattern and an alignment from lines of ``pattern: alignment``."""
    pairs = []
    for line in _split_lines(argument, "give a line such as 'column: left' or 'column: right'"):
        match = _QUOTED.fullmatch(line) or _ALIGNMENT.fullmatch(line)
        if not match or match["value"] not in get_args(Alignment):
            raise ValueError(f"{line!r} is not 'column: left', 'column: right' or 'column: center'")
        pairs.append((match["pattern"], match["value"]))
    return tuple(pairs)


def _split_lines(argument: str | None, advice: str) -> list[str]:
    """Return the lines that are not blank; raise ``advice`` if there are none."""
    lines = [line.strip() for line in (argument or "").splitlines() if line.strip()]
    if not lines:
        raise ValueError(advice)
    return lines
