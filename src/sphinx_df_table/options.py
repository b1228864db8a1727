"""Option text and configuration → what one table was asked to be."""

from __future__ import annotations

import csv
import dataclasses
import math
import re
import string
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sphinx_df_table.table import Alignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IndexChoice = Literal["auto", "show", "hide"]

INDEX_CHOICES: Final = get_args(IndexChoice)
MARKUP_CHOICES: Final = ("inline", "none", "block")
PRINT_CHOICES: Final = ("auto", "panels", "landscape", "plain")
SOURCE_CHOICES: Final = ("above", "below", "collapsed")

#: Pairs of a pattern of column names and what is wished for those columns.
Wishes = tuple[tuple[str, str], ...]

#: The rows that a table shows at most, where neither a page nor conf.py says otherwise.
ROW_LIMIT: Final = 10_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """The author's choices for one table that decide what the frame looks like.

    ``header_rows`` and ``stub_columns`` are ``None`` where the frame itself decides.
    ``header`` holds the rows of labels that replace the frame's own; none where it is empty.
    ``columns`` are patterns, and all columns are meant where there are none. ``formats`` are
    pairs of a pattern and a Python format string, ``align_columns`` of a pattern and an
    alignment. ``max_rows`` is what the author asks for, ``row_limit`` what the project
    allows where nothing is asked for; both count rows of data, and 0 means all.
    """

    variable: str = ""
    index: IndexChoice = "auto"
    header_rows: int | None = None
    stub_columns: int = 0
    header: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    formats: Wishes = ()
    precision: int | None = None
    na_rep: str = ""
    align_columns: Wishes = ()
    max_rows: int | None = None
    row_limit: int = ROW_LIMIT
    hoist_constants: bool = False
    sortable: bool = False

    @classmethod
    def from_directive(
        cls,
        options: Mapping[str, Any],
        /,
        *,
        precision: int | None,
        na_rep: str,
        row_limit: int,
        sortable: bool,
    ) -> TableOptions:
        """Collect the converted options of a ``df-table`` directive.

        :param precision: what ``conf.py`` says where the directive has no ``:precision:``.
        :param na_rep: the same for ``:na-rep:``.
        :param row_limit: what ``conf.py`` allows where the directive has no ``:max-rows:``.
        :param sortable: what ``conf.py`` says where the directive has no ``:sortable:``.
        """
        return cls(
            variable=options.get("df-var", options.get("df-arg", "")),
            index=options.get("index", "auto"),
            header_rows=options.get("header-rows"),
            stub_columns=options.get("stub-columns", 0),
            header=options.get("header", ()),
            columns=options.get("columns", ()),
            formats=options.get("format", ()),
            precision=options.get("precision", precision),
            na_rep=options.get("na-rep", na_rep),
            align_columns=options.get("align-columns", ()),
            max_rows=options.get("max-rows"),
            row_limit=row_limit,
            hoist_constants="hoist-constants" in options,
            sortable=options.get("sortable", sortable),
        )

    @property
    def most_rows(self) -> int | None:
        """How many rows of data are shown at most; ``None`` for all."""
        return (self.row_limit if self.max_rows is None else self.max_rows) or None


def variable_name(argument: str | None) -> str:
    """Convert to the name of a Python variable.

    :raises ValueError: if it is none.
    """
    name = (argument or "").strip()
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a variable")
    return name


def yes_or_no(argument: str | None) -> bool:
    """Convert ``yes`` or ``no``; nothing means yes.

    :raises ValueError: if it is something else.
    """
    word = (argument or "yes").strip().lower()
    if word not in {"yes", "no"}:
        raise ValueError(f"{argument!r} is neither yes nor no")
    return word == "yes"


def seconds(argument: str | None) -> float:
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


def paths(argument: str | None) -> tuple[str, ...]:
    """Convert lines to paths or glob patterns, one a line.

    :raises ValueError: if there is none.
    """
    return tuple(_lines(argument, "name at least one file or pattern, one a line"))


def header_rows(argument: str | None) -> tuple[tuple[str, ...], ...]:
    """Convert labels in CSV notation, as csv-table's ``:header:`` has them: a line is a row.

    :raises ValueError: if there is no label, or the notation is broken.
    """
    found = _csv_rows(argument)
    if not found:
        raise ValueError("give the labels, separated by commas")
    if len({len(row) for row in found}) > 1:
        raise ValueError("give the same number of labels on each line")
    return found


def column_patterns(argument: str | None) -> tuple[str, ...]:
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


def formats(argument: str | None) -> Wishes:
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


def alignments(argument: str | None) -> Wishes:
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
