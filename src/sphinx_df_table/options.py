"""Option text and configuration → what one table was asked to be."""

from __future__ import annotations

import csv
import dataclasses
import math
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

IndexChoice = Literal["auto", "show", "hide"]
MarkupChoice = Literal["inline", "none", "block"]

INDEX_CHOICES: Final[tuple[IndexChoice, ...]] = ("auto", "show", "hide")
MARKUP_CHOICES: Final[tuple[MarkupChoice, ...]] = ("inline", "none", "block")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """The author's choices for one table that decide what the frame looks like.

    ``header_rows`` and ``stub_columns`` are ``None`` where the frame itself decides.
    ``header`` holds the rows of labels that replace the frame's own; none where it is empty.
    """

    variable: str = ""
    index: IndexChoice = "auto"
    header_rows: int | None = None
    stub_columns: int = 0
    header: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def from_directive(cls, options: Mapping[str, Any], /) -> TableOptions:
        """Collect the converted options of a ``df-table`` directive."""
        return cls(
            variable=options.get("df-var", options.get("df-arg", "")),
            index=options.get("index", "auto"),
            header_rows=options.get("header-rows"),
            stub_columns=options.get("stub-columns", 0),
            header=options.get("header", ()),
        )


def variable_name(argument: str | None) -> str:
    """Convert to the name of a Python variable.

    :raises ValueError: if it is none.
    """
    name = (argument or "").strip()
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a variable")
    return name


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
    found = tuple(line.strip() for line in (argument or "").splitlines() if line.strip())
    if not found:
        raise ValueError("name at least one file or pattern, one a line")
    return found


def header_rows(argument: str | None) -> tuple[tuple[str, ...], ...]:
    """Convert labels in CSV notation, as csv-table's ``:header:`` has them: a line is a row.

    :raises ValueError: if there is no label, or the notation is broken.
    """
    try:
        rows = csv.reader((argument or "").splitlines(), skipinitialspace=True, strict=True)
        found = tuple(tuple(row) for row in rows if row)
    except csv.Error as error:
        raise ValueError(f"the labels cannot be read as CSV: {error}") from None
    if not found:
        raise ValueError("give the labels, separated by commas")
    if len({len(row) for row in found}) > 1:
        raise ValueError("give the same number of labels on each line")
    return found
