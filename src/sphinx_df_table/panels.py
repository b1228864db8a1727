"""Columns too wide for a page → panels, each with as many of them as fit below one another."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The share of a page that a column may take before its texts are wrapped, where columns are
#: parted into panels; and where that saves them from being parted.
_WIDE: Final = 0.3
_NARROW: Final = 0.15

#: The share of a page that the columns which every panel repeats may take together, or one
#: column with very long texts.
REPEATED: Final = 0.4

#: The lines of a cell, more or less, above which its column is made wider.
_MOST_LINES: Final = 30

#: The widths that are tried in order to make panels alike.
_STEPS: Final = 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The widths of a column, in any unit, with what parts it from others.

    :param least: what its longest word needs.
    :param natural: what it needs for each text to stand on one line; ``least`` or more.
    """

    least: float
    natural: float

    def wrapped_at(self, width: float, most: float) -> float:
        """Return what the column takes if its texts are wrapped.

        :param width: where, unless there is a longer word, or it would take too many lines.
        :param most: what a column may have in order to take fewer lines.
        """
        enough = min(self.natural / _MOST_LINES, most)
        return min(self.natural, max(self.least, width, enough))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Columns of a table by their numbers, counted from 0, and the width of each."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]


def panels_of(
    needs: Sequence[Need], room: float, /, *, repeated: int, crossings: Sequence[int]
) -> list[Panel]:
    """Part columns into panels no wider than ``room``, in their order.

    Columns are parted only if they do not fit with their texts wrapped. What is wider than
    ``room`` on its own is a panel nevertheless.

    :param needs: one for each column.
    :param repeated: how many columns, from the first on, stand in each panel.
    :param crossings: for each column, the headings that reach over its left side. Panels are
        parted where these are fewest.
    """
    squeezed = [need.wrapped_at(room * _NARROW, room * REPEATED) for need in needs]
    if sum(squeezed) <= room or repeated >= len(needs):
        return [_panel(range(len(needs)), needs, squeezed, room)]
    lead = range(repeated)
    lead_widths = _spread(
        [needs[column] for column in lead],
        [min(needs[column].least, squeezed[column]) for column in lead],
        room * REPEATED,
    )
    rest = room - sum(lead_widths)
    wanted = [need.wrapped_at(rest * _WIDE, rest) for need in needs]
    panels = []
    for run in _even_runs(wanted, rest, crossings=crossings, first=repeated):
        panel = _panel(run, needs, wanted, rest)
        panels.append(Panel(columns=(*lead, *panel.columns), widths=(*lead_widths, *panel.widths)))
    return panels


def _even_runs(
    widths: Sequence[float], room: float, *, crossings: Sequence[int], first: int
) -> list[range]:
    """Return as few runs of columns as :func:`_runs` does, as much alike in width as can be."""
    runs = list(_runs(widths, room, crossings=crossings, first=first))
    crossed = sum(crossings[run.start] for run in runs)
    even = sum(widths[first:]) / len(runs)
    for step in range(_STEPS):
        narrower = even + (room - even) * step / _STEPS
        tried = list(_runs(widths, narrower, crossings=crossings, first=first))
        if len(tried) == len(runs) and sum(crossings[run.start] for run in tried) == crossed:
            return tried
    return runs


def _runs(
    widths: Sequence[float], room: float, *, crossings: Sequence[int], first: int
) -> Iterator[range]:
    """Give runs of columns from ``first`` on, each as long as fits and headings allow."""
    start = first
    while start < len(widths):
        end = start + 1
        total = widths[start]
        while end < len(widths) and total + widths[end] <= room:
            total += widths[end]
            end += 1
        if end < len(widths):
            end = max(range(start + 1, end + 1), key=lambda place: (-crossings[place], place))
        yield range(start, end)
        start = end


def _panel(
    columns: Iterable[int], needs: Sequence[Need], least: Sequence[float], room: float
) -> Panel:
    columns = tuple(columns)
    widths = _spread([needs[column] for column in columns], [least[c] for c in columns], room)
    return Panel(columns=columns, widths=tuple(widths))


def _spread(needs: Sequence[Need], least: Sequence[float], room: float) -> list[float]:
    """Return widths of ``least`` or more: what ``room`` leaves goes to columns that want more."""
    wishes = [need.natural - width for need, width in zip(needs, least, strict=True)]
    wished = sum(wishes)
    share = max(0.0, min(1.0, (room - sum(least)) / wished)) if wished else 0.0
    return [width + wish * share for width, wish in zip(least, wishes, strict=True)]
