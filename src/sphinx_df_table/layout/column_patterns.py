"""Match columns by name, by a pattern of names, or by the kind of their values."""

from __future__ import annotations

import dataclasses
import fnmatch
from typing import TYPE_CHECKING, Any, Final

from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import quote_name, suggest_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx_df_table.layout.columns import Column
    from sphinx_df_table.model.options import TableOptions

#: The kinds of values that a pattern can name.
GROUPS: Final = frozenset(
    {"number", "integer", "float", "boolean", "datetime", "timedelta", "string", "category"}
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ColumnName:
    """The label of a column on each level, and the groups that its values belong to."""

    labels: tuple[str, ...]
    groups: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """The labels from the top down, without empty ones."""
        return " / ".join(label for label in self.labels if label)

    @property
    def names(self) -> set[str]:
        """All names of the column."""
        return {self.path, *self.labels}


def select_columns(
    levels: Sequence[Column], columns: Sequence[Column], options: TableOptions, /
) -> tuple[list[Column], list[tuple[str, str]]]:
    """Match the patterns of the options that name columns.

    :param levels: the index levels that are shown, which come first.
    :param columns: the columns of the frame, of which ``:columns:`` selects, each where it is
        first named; all if there is no such option.
    :returns: the selected columns with their formats, alignments and filters; and the patterns of
        ``:format:``, ``:align-columns:`` and ``:filters:`` that match none of them, with a message
        each.
    :raises FrameError: if a pattern of ``:columns:`` matches no column and no index level, or
        that of ``:row-ids:`` not exactly one of those that are shown.
    """
    all_names = [column.name for column in (*levels, *columns)]
    if options.columns:
        names = [column.name for column in columns]
        positions: dict[int, None] = {}
        for pattern in options.columns:
            matches = match_columns(pattern, names)
            is_known = matches or pattern in GROUPS
            if not is_known and not match_columns(pattern, [level.name for level in levels]):
                raise FrameError(describe_no_match(pattern, names, option="columns"))
            positions |= dict.fromkeys(matches)
        columns = [columns[position] for position in positions]
    selected = [*levels, *columns]
    names = [column.name for column in selected]
    templates, unmatched = match_options(options.formats, names, option="format")
    alignments, others = match_options(options.align_columns, names, option="align-columns")
    filters, more = match_options(
        [(each, True) for each in options.filters], names, option="filters"
    )
    places = {number: place for place, number in enumerate(filters)}
    row_id = _find_row_id(options.row_ids, names, all_names) if options.row_ids else None
    return [
        dataclasses.replace(
            column,
            template=templates.get(number, ""),
            alignment=alignments.get(number),
            filter_place=places.get(number),
            is_row_id=number == row_id,
        )
        for number, column in enumerate(selected)
    ], unmatched + others + more


def _find_row_id(pattern: str, shown: Sequence[ColumnName], all_names: Sequence[ColumnName]) -> int:
    """Return the position of the only column in ``shown`` that ``:row-ids:`` matches.

    :param all_names: the names of all columns, for the message if ``:columns:`` leaves it out.
    :raises FrameError: if it matches none or several.
    """
    positions = match_columns(pattern, shown)
    if len(positions) == 1:
        return positions[0]
    quoted = quote_name(pattern)
    if positions:
        raise FrameError(
            f":row-ids: names {quoted}, which matches {len(positions)} columns; name one of them."
        )
    if match_columns(pattern, all_names):
        raise FrameError(
            f":row-ids: names {quoted}, which is not shown; add it to :columns:, or name another."
        )
    raise FrameError(describe_no_match(pattern, all_names, option="row-ids"))


def match_columns(pattern: str, names: Sequence[ColumnName], /) -> list[int]:
    """Return the positions of the columns that ``pattern`` matches, in order.

    The first rule that matches any column counts: columns with exactly this name (so names
    may contain brackets and stars); columns whose values are of the group with this name;
    columns whose name matches the pattern as in :mod:`fnmatch`, case-sensitively. With several
    levels of labels, each label of a column is a name of it, and so are all its labels joined
    by ``" / "``.
    """
    exact = [position for position, name in enumerate(names) if pattern in name.names]
    if exact:
        return exact
    if pattern in GROUPS:
        return [position for position, name in enumerate(names) if pattern in name.groups]
    return [
        position
        for position, name in enumerate(names)
        if any(fnmatch.fnmatchcase(one, pattern) for one in name.names)
    ]


def match_options(
    pairs: Iterable[tuple[str, object]], names: Sequence[ColumnName], /, *, option: str
) -> tuple[dict[int, Any], list[tuple[str, str]]]:
    """Return the value for each column, and the patterns that match none, with a message each.

    :param pairs: patterns with their values; the last one that matches a column counts.
    :param option: the name of the option that has the pairs, for the messages.
    """
    values: dict[int, Any] = {}
    unmatched: list[tuple[str, str]] = []
    for pattern, value in pairs:
        positions = match_columns(pattern, names)
        values |= dict.fromkeys(positions, value)
        if not positions and pattern not in GROUPS:
            message = describe_no_match(pattern, names, option=option)
            unmatched.append((f"{option} {pattern}", f"{message} Correct the name."))
    return values, unmatched


def describe_no_match(pattern: str, names: Sequence[ColumnName], /, *, option: str) -> str:
    """Return the message for a pattern without a column, with the nearest column names."""
    hint = suggest_names([pattern], {one for name in names for one in name.names if one})
    quoted = quote_name(pattern)
    return f":{option}: names {quoted}, but there is no such column{hint and f' ({hint})'}."
