"""Convert the text of directive options to values."""

from __future__ import annotations

import csv
import math
import re
import string
from typing import TYPE_CHECKING, Final, get_args

from sphinx_df_table.model.table import Alignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_df_table.model.options import PatternOptions


def parse_variable_name(argument: str | None) -> str:
    """Convert to the name of a Python variable.

    :raises ValueError: if it is none.
    """
    name = (argument or "").strip()
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a variable")
    return name


def parse_bool(argument: str | None) -> bool:
    """Convert ``yes`` or ``no``; nothing means yes.

    :raises ValueError: if it is something else.
    """
    word = (argument or "yes").strip().lower()
    if word not in {"yes", "no"}:
        raise ValueError(f"{argument!r} is neither yes nor no")
    return word == "yes"


def parse_seconds(argument: str | None) -> float:
    """Convert to a number of seconds; 0 means without limit.

    :raises ValueError: if it is no number, or negative.
    """
    try:
        value = float(argument or "")
    except ValueError:
        raise ValueError(f"{argument!r} is not a number of seconds") from None
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{argument!r} is not a number of seconds, 0 or more")
    return value


def parse_paths(argument: str | None) -> tuple[str, ...]:
    """Convert lines to paths or glob patterns, one a line.

    :raises ValueError: if there is none.
    """
    return tuple(_lines(argument, "name at least one file or pattern, one a line"))


def parse_header(argument: str | None) -> tuple[tuple[str, ...], ...]:
    """Convert labels in CSV notation, as csv-table's ``:header:`` has them: a line is a row.

    :raises ValueError: if there is no label, or the notation is broken.
    """
    found = _csv_rows(argument)
    if not found:
        raise ValueError("give the labels, separated by commas")
    if len({len(row) for row in found}) > 1:
        raise ValueError("give the same number of labels on each line")
    return found


def parse_column_patterns(argument: str | None) -> tuple[str, ...]:
    """Convert names or patterns of columns in CSV notation, on as many lines as are needed.

    :raises ValueError: if there is none, or the notation is broken.
    """
    found = tuple(name.strip() for row in _csv_rows(argument) for name in row if name.strip())
    if not found:
        raise ValueError("name at least one column, or a pattern of names, separated by commas")
    return found


def _csv_rows(argument: str | None) -> tuple[tuple[str, ...], ...]:
    try:
        rows = csv.reader((argument or "").splitlines(), skipinitialspace=True, strict=True)
        return tuple(tuple(row) for row in rows if row)
    except csv.Error as error:
        raise ValueError(f"the labels cannot be read as CSV: {error}") from None


#: A line on columns whose names are in quotation marks, and lines on others.
_QUOTED: Final = re.compile(r"""(["'])(?P<pattern>.+?)\1\s*:\s*(?P<wish>.+)""")
_FORMAT: Final = re.compile(r"(?P<pattern>[^{]*[^{\s])\s*:\s*(?P<wish>[^:{]*\{.*)")
_ALIGNMENT: Final = re.compile(r"(?P<pattern>.*\S)\s*:\s*(?P<wish>\w+)")


def parse_formats(argument: str | None) -> PatternOptions:
    """Convert lines of ``column pattern: format`` to pairs.

    The format is a Python format string with one field for the value. It begins behind the
    last colon before that field, so that both it and the pattern may hold colons; a pattern
    in quotation marks may hold anything else.

    :raises ValueError: if a line is not like that.
    """
    found = []
    for line in _lines(argument, "give a line 'column: format', such as 'Cost: ${:,.2f}'"):
        parts = _QUOTED.fullmatch(line) or _FORMAT.fullmatch(line)
        if not parts:
            raise ValueError(
                f"{line!r} is not 'column: format' with a field for the value, "
                "such as 'Cost: ${:,.2f}'"
            )
        _check_template(parts["wish"])
        found.append((parts["pattern"], parts["wish"]))
    return tuple(found)


def parse_alignments(argument: str | None) -> PatternOptions:
    """Convert lines of ``column pattern: alignment`` to pairs.

    :raises ValueError: if a line is not like that.
    """
    found = []
    for line in _lines(argument, "give a line 'column: left', 'column: right' or so"):
        parts = _QUOTED.fullmatch(line) or _ALIGNMENT.fullmatch(line)
        if not parts or parts["wish"] not in get_args(Alignment):
            raise ValueError(f"{line!r} is not 'column: left', 'column: right' or 'column: center'")
        found.append((parts["pattern"], parts["wish"]))
    return tuple(found)


def _lines(argument: str | None, what: str) -> list[str]:
    """Return the lines with something in them.

    :raises ValueError: if there is none; it says ``what`` is wanted.
    """
    found = [line.strip() for line in (argument or "").splitlines() if line.strip()]
    if not found:
        raise ValueError(what)
    return found


def _check_template(template: str) -> None:
    """Refuse a format string that can fit no value.

    :raises ValueError: if it is no format string, or has not one value to show.
    """
    try:
        names = list(_field_names(template))
    except ValueError as error:
        raise ValueError(f"{template!r} is not a format string: {error}") from None
    first = [re.split(r"[.\[]", name)[0] for name in names]
    if first != [""] and set(first) != {"0"}:
        raise ValueError(f"{template!r} must have one field, {{}}, for the value")


def _field_names(template: str) -> Iterator[str]:
    for _, name, spec, _ in string.Formatter().parse(template):
        if name is not None:
            yield name
            yield from _field_names(spec or "")
