"""Split columns into panels that fit a page, and cut table nodes and their rows accordingly."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.structure import (
    count_stubs,
    get_colspecs,
    get_rows,
    get_tgroup,
    iter_entries,
)
from sphinx_df_table.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sphinx_df_table.doctree.structure import Rows

#: The share of a page that a column may take before its texts are wrapped, where columns are
#: parted into panels; and where that saves them from being parted.
_WIDE: Final = 0.3
_NARROW: Final = 0.15

#: The share of a page that the columns which every panel repeats may take together, or one
#: column with very long texts.
MAX_REPEATED_SHARE: Final = 0.4

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


def split_into_panels(
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
    squeezed = [need.wrapped_at(room * _NARROW, room * MAX_REPEATED_SHARE) for need in needs]
    if sum(squeezed) <= room or repeated >= len(needs):
        return [_panel(range(len(needs)), needs, squeezed, room)]
    lead = range(repeated)
    lead_widths = _spread(
        [needs[column] for column in lead],
        [min(needs[column].least, squeezed[column]) for column in lead],
        room * MAX_REPEATED_SHARE,
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


def count_repeated_columns(tgroup: nodes.tgroup, /) -> int:
    """Return how many columns a panel repeats: the row headings, or else the first column."""
    return count_stubs(tgroup) or 1


def count_crossings(tgroup: nodes.tgroup, /) -> list[int]:
    """Return for each column the headings that reach over its left side."""
    crossings = [0] * len(get_colspecs(tgroup))
    for part in tgroup.children:
        if isinstance(part, nodes.thead):
            for _, start, entry in iter_entries(get_rows(part)):
                for column in range(start + 1, start + 1 + entry.get("morecols", 0)):
                    crossings[column] += 1
    return crossings


def create_continuation(table: nodes.table, /) -> nodes.paragraph:
    """Return what introduces a panel of ``table`` that is not the first."""
    title = next(
        (child.deepcopy() for child in table.children if isinstance(child, nodes.title)), None
    )
    words = _without_marks(title) if title else ""
    text = f"{words} ({translate('continued')})".lstrip()
    paragraph = nodes.paragraph(text, text, classes=["df-table-continued"], translatable=False)
    paragraph.source, paragraph.line = table.source, table.line
    return paragraph


def _without_marks(title: nodes.title) -> str:
    """Return the text of ``title`` without marks of footnotes."""
    for mark in list(title.findall(nodes.Element)):
        if isinstance(mark, (nodes.footnote_reference, nodes.citation_reference)):
            mark.parent.remove(mark)
    return " ".join(title.astext().split())


def split_table(table: nodes.table, panels: Sequence[Sequence[int]], /) -> list[nodes.table]:
    """Leave the first of ``panels`` in ``table`` and return tables of the others.

    A heading over columns of several panels stands in each. Nothing refers to what is there
    a second time, and only ``table`` has a title.

    :param panels: columns, counted from 0.
    """
    tgroup = get_tgroup(table)
    groups = [_bare(tgroup, columns) for columns in panels]
    for part in tgroup.children:
        if isinstance(part, (nodes.thead, nodes.tbody)):
            for group, rows in zip(groups, _parted(get_rows(part), panels), strict=True):
                group.append(type(part)("", *rows, **part.attributes))
    table.replace(tgroup, groups[0])
    others = []
    for group in groups[1:]:
        other = nodes.table("", group, **{**table.attributes, "ids": [], "names": []})
        other.source, other.line = table.source, table.line
        others.append(other)
    return others


def _bare(tgroup: nodes.tgroup, columns: Sequence[int]) -> nodes.tgroup:
    """Return a ``tgroup`` of these columns, without rows."""
    colspecs = get_colspecs(tgroup)
    made = nodes.tgroup("", **{**tgroup.attributes, "cols": len(columns)})
    made += [colspecs[column].copy() for column in columns]
    return made


def _parted(rows: Rows, panels: Sequence[Sequence[int]]) -> list[Rows]:
    """Return for each panel the ``rows`` with the cells of its columns."""
    parted = [[nodes.row("", **row.attributes) for row in rows] for _ in panels]
    shown = [frozenset(columns) for columns in panels]
    for number, start, entry in list(iter_entries(rows)):
        covered = range(start, start + 1 + entry.get("morecols", 0))
        placed: nodes.entry | None = None
        for panel, (part, columns) in enumerate(zip(parted, shown, strict=True), 1):
            if count := sum(column in columns for column in covered):
                placed = copy_entry(entry, f"panel-{panel}") if placed else entry
                placed.attributes.pop("morecols", None)
                if count > 1:
                    placed["morecols"] = count - 1
                part[number].append(placed)
    return parted


def copy_entry(entry: nodes.entry, place: str, /) -> nodes.entry:
    """Return a copy to which nothing refers.

    :param place: what its ids end with, since Sphinx asks what it numbers for one.
    """
    copied = entry.deepcopy()
    for node in list(copied.findall(nodes.Element)):
        node["ids"] = [f"{name}-{place}" for name in node["ids"]]
        node["names"] = []
        if isinstance(node, nodes.math_block):
            node["label"] = node["number"] = None
        elif isinstance(node, nodes.target) and not node.children:
            node.parent.remove(node)
    return copied


def lower_headings(rows: Rows, /) -> Rows:
    """Return rows of a ``thead`` in which each heading has one row: the last that it had.

    So it stands next to its data.
    """
    cells: list[dict[int, nodes.entry]] = [{} for _ in rows]
    for number, column, entry in list(iter_entries(rows)):
        last = number + entry.attributes.pop("morerows", 0)
        cells[last][column] = entry
        for row in range(number, last):
            cells[row][column] = nodes.entry("", **entry.attributes)
    return [nodes.row("", *(row[column] for column in sorted(row))) for row in cells]


def split_rows(
    tgroup: nodes.tgroup, pieces_of: Callable[[nodes.entry, int], list[nodes.entry]], /
) -> None:
    """Make several rows of each that is higher than a page. Its row headings stand in all.

    :param pieces_of: what becomes of an entry in a column, counted from 0.
    """
    repeated = count_repeated_columns(tgroup)
    for part in tgroup.children:
        if isinstance(part, nodes.tbody):
            part[:] = [
                made
                for row in get_rows(part)
                for made in _divided(row, pieces_of, repeated=repeated)
            ]


def _divided(
    row: nodes.row,
    pieces_of: Callable[[nodes.entry, int], list[nodes.entry]],
    *,
    repeated: int,
) -> Rows:
    entries = [entry for entry in row.children if isinstance(entry, nodes.entry)]
    pieces = [pieces_of(entry, column) for column, entry in enumerate(entries)]
    height = max(map(len, pieces))
    if height == 1 or any({"morecols", "morerows"} & entry.attributes.keys() for entry in entries):
        return [row]
    rows = [row, *(nodes.row("", **row.attributes) for _ in range(height - 1))]
    for column, parts in enumerate(pieces):
        for number, made in enumerate(rows[1:], 1):
            if number < len(parts):
                made.append(parts[number])
            else:
                is_heading = column < repeated and len(parts) == 1
                copied = copy_entry(parts[0], f"row-{number + 1}") if is_heading else None
                made.append(copied or nodes.entry())
        if len(parts) > 1:
            row[column] = parts[0]
    return rows
