"""Which columns an author means: by name, by a pattern of names, by kind of value."""

from __future__ import annotations

import dataclasses
import fnmatch
from typing import TYPE_CHECKING, Final

from sphinx_df_table.model.text import LONGEST_QUOTE, suggest_names, to_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: The kinds of values that a pattern can name.
GROUPS: Final = (
    "number",
    "integer",
    "float",
    "boolean",
    "datetime",
    "timedelta",
    "string",
    "category",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ColumnName:
    """What a column is known by: the label on each of its levels, and what it holds."""

    labels: tuple[str, ...]
    groups: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """The labels, from the top down, without blank ones."""
        return " / ".join(label for label in self.labels if label)

    @property
    def known_as(self) -> set[str]:
        """Every name of the column."""
        return {self.path, *self.labels}


def match_columns(pattern: str, columns: Sequence[ColumnName], /) -> list[int]:
    """Return the places of the columns that ``pattern`` means, in their order.

    The first of these that finds any counts: columns with exactly this name, so that
    names may hold brackets and stars; columns of the group with this name; columns
    whose name fits the pattern, as :mod:`fnmatch` has it, upper and lower case told apart.
    Under several levels of labels, the label of any level is a name of the column, and so
    are all of them together, parted by ``" / "``.
    """
    exact = [place for place, column in enumerate(columns) if pattern in column.known_as]
    if exact:
        return exact
    if pattern in GROUPS:
        return [place for place, column in enumerate(columns) if pattern in column.groups]
    return [
        place
        for place, column in enumerate(columns)
        if any(fnmatch.fnmatchcase(name, pattern) for name in column.known_as)
    ]


def match_options(
    wishes: Iterable[tuple[str, str]], columns: Sequence[ColumnName], /, *, option: str
) -> tuple[dict[int, str], list[tuple[str, str]]]:
    """Return what is wished for each column, and the patterns without one, with a sentence each.

    :param wishes: pairs of a pattern and a wish; of several for a column, the last counts.
    :param option: the option that the wishes come from, for the sentences.
    """
    found: dict[int, str] = {}
    unknown: list[tuple[str, str]] = []
    for pattern, wish in wishes:
        places = match_columns(pattern, columns)
        found |= dict.fromkeys(places, wish)
        if not places and pattern not in GROUPS:
            sentence = no_such_column(pattern, columns, option=option)
            unknown.append((f"{option} {pattern}", f"{sentence} Mend the name."))
    return found, unknown


def no_such_column(pattern: str, columns: Sequence[ColumnName], /, *, option: str) -> str:
    """Return the sentence that says so, with the nearest names."""
    names = {name for column in columns for name in column.known_as if name}
    quoted = to_one_line(pattern, LONGEST_QUOTE)
    hint = suggest_names([pattern], names)
    return f":{option}: names {quoted!r}, but there is no such column{hint}."
