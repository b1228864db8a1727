"""Split tables into panels: groups of columns that fit the width of a page."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes

from sphinx_df_table.doctree.cells import find_text_elements
from sphinx_df_table.doctree.structure import (
    count_stubs,
    get_colspecs,
    get_rows,
    get_tgroup,
    iter_entries,
)
from sphinx_df_table.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sphinx_df_table.doctree.structure import Rows

#: The share of the available width at which a column's texts are wrapped: in a table that is
#: split into panels, and in one that need not be split thanks to this.
_PANEL_COLUMN_SHARE: Final = 0.3
_NARROW_COLUMN_SHARE: Final = 0.15

#: The largest share of the available width for all repeated columns together, or for a single
#: column with very long texts.
MAX_REPEATED_SHARE: Final = 0.4

#: A column whose cells would have more lines than about this many is made wider.
_MAX_CELL_LINES: Final = 30

#: The number of widths to try when panels are made equally wide.
_WIDTH_STEPS: Final = 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ColumnWidth:
    """The widths that a column can have, in any unit.

    :param minimum: the width of its longest word.
    :param natural: the width at which no text is wrapped; ``minimum`` or more.
    """

    minimum: float
    natural: float

    def wrapped_width(self, width: float, limit: float) -> float:
        """Return the width of the column if its texts are wrapped at ``width``.

        It is larger if a word is longer, or if a cell would have too many lines; for these it
        grows up to ``limit`` only.
        """
        few_lines = min(self.natural / _MAX_CELL_LINES, limit)
        return min(self.natural, max(self.minimum, width, few_lines))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Columns of a table by their numbers, counted from 0, and the width of each."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]


def split_into_panels(
    columns: Sequence[ColumnWidth], available: float, /, *, repeated: int, spanning: Sequence[int]
) -> list[Panel]:
    """Split the columns into panels at most ``available`` wide, keeping their order.

    A table that fits with its texts wrapped is a single panel. A column that is wider than
    ``available`` still gets a panel.

    :param columns: the minimum and natural widths of each column.
    :param available: the width of the page, in the same unit.
    :param repeated: the number of leading columns that every panel repeats.
    :param spanning: the number of headings that span each column and the one before it. A
        panel starts where the fewest are split.
    """
    max_repeated = available * MAX_REPEATED_SHARE
    narrow = [
        column.wrapped_width(available * _NARROW_COLUMN_SHARE, max_repeated) for column in columns
    ]
    if sum(narrow) <= available or repeated >= len(columns):
        widths = _widen(columns, narrow, available)
        return [Panel(columns=tuple(range(len(columns))), widths=widths)]
    minimums = [column.minimum for column in columns[:repeated]]
    repeated_widths = _widen(columns[:repeated], minimums, max_repeated)
    remaining = available - sum(repeated_widths)
    wrapped = [
        column.wrapped_width(remaining * _PANEL_COLUMN_SHARE, remaining) for column in columns
    ]
    panels = []
    for group in _group_evenly(wrapped, remaining, spanning=spanning, first=repeated):
        start, stop = group.start, group.stop
        widths = _widen(columns[start:stop], wrapped[start:stop], remaining)
        panels.append(Panel(columns=(*range(repeated), *group), widths=(*repeated_widths, *widths)))
    return panels


def _group_evenly(
    widths: Sequence[float], available: float, *, spanning: Sequence[int], first: int
) -> list[range]:
    """Group columns like :func:`_group_columns`, but with groups of similar width.

    The number of groups, and of the headings split between them, stays the same.
    """
    groups = _group_columns(widths, available, spanning=spanning, first=first)
    split_headings = sum(spanning[group.start] for group in groups)
    mean = sum(widths[first:]) / len(groups)
    for step in range(_WIDTH_STEPS):
        narrower = mean + (available - mean) * step / _WIDTH_STEPS
        even = _group_columns(widths, narrower, spanning=spanning, first=first)
        if len(even) == len(groups) and sum(spanning[g.start] for g in even) == split_headings:
            return even
    return groups


def _group_columns(
    widths: Sequence[float], available: float, *, spanning: Sequence[int], first: int
) -> list[range]:
    """Group columns from ``first`` on, each group as large as ``available`` and headings allow."""
    groups = []
    start = first
    while start < len(widths):
        stop = start + 1
        total = widths[start]
        while stop < len(widths) and total + widths[stop] <= available:
            total += widths[stop]
            stop += 1
        if stop < len(widths):
            stop = max(range(start + 1, stop + 1), key=lambda place: (-spanning[place], place))
        groups.append(range(start, stop))
        start = stop
    return groups


def _widen(
    columns: Sequence[ColumnWidth], widths: Sequence[float], available: float
) -> tuple[float, ...]:
    """Widen columns from ``widths`` to at most their natural widths, as ``available`` allows."""
    missing = [column.natural - width for column, width in zip(columns, widths, strict=True)]
    total = sum(missing)
    share = max(0.0, min(1.0, (available - sum(widths)) / total)) if total else 0.0
    return tuple(width + more * share for width, more in zip(widths, missing, strict=True))


def count_repeated_columns(tgroup: nodes.tgroup, /) -> int:
    """Return how many leading columns each panel repeats: the stubs, or else the first column."""
    return count_stubs(tgroup) or 1


def add_targets_to_cells(table: nodes.table, /) -> None:
    """Add a target to the first cell of each row with an id, for writers that ignore it."""
    for row in get_all_rows(get_tgroup(table)):
        for row_id in row["ids"]:
            entry = row.children[0]
            assert isinstance(entry, nodes.entry)
            texts = find_text_elements(entry)
            (texts[0] if texts else entry).insert(0, nodes.target("", "", ids=[row_id]))


def get_all_rows(tgroup: nodes.tgroup, /) -> Rows:
    """Return the rows of the head and the body."""
    parts = [part for part in tgroup.children if isinstance(part, (nodes.thead, nodes.tbody))]
    return [row for part in parts for row in get_rows(part)]


def count_spanning_headings(tgroup: nodes.tgroup, /) -> list[int]:
    """Return for each column the number of headings that span it and the column before it."""
    counts = [0] * tgroup["cols"]
    for _, start, entry in iter_entries(get_all_rows(tgroup)):
        if isinstance(entry.parent.parent, nodes.thead):
            for column in range(start + 1, start + 1 + entry.get("morecols", 0)):
                counts[column] += 1
    return counts


def create_continuation(table: nodes.table, /) -> nodes.paragraph:
    """Return the paragraph that introduces each further panel: "Caption (continued)"."""
    titles = (child for child in table.children if isinstance(child, nodes.title))
    title = next(titles, nodes.title()).deepcopy()
    for node in list(title.findall(nodes.Element)):
        if isinstance(node, (nodes.footnote_reference, nodes.citation_reference)):
            node.parent.remove(node)
    caption = " ".join(title.astext().split())
    text = f"{caption} ({translate('continued')})".lstrip()
    paragraph = nodes.paragraph(text, text, classes=["df-table-continued"], translatable=False)
    paragraph.source, paragraph.line = table.source, table.line
    return paragraph


def split_table(table: nodes.table, panels: Sequence[Sequence[int]], /) -> list[nodes.table]:
    """Reduce ``table`` to the first of ``panels`` and return a new table for each of the others.

    A heading that spans columns of several panels is repeated in each. Copies of entries have
    no names, and only ``table`` has a title.

    :param panels: the columns of each panel, counted from 0.
    """
    tgroup = get_tgroup(table)
    colspecs = get_colspecs(tgroup)
    groups = []
    for columns in panels:
        group = nodes.tgroup("", **{**tgroup.attributes, "cols": len(columns)})
        group += [colspecs[column].copy() for column in columns]
        groups.append(group)
    for part in tgroup.children:
        if isinstance(part, (nodes.thead, nodes.tbody)):
            for group, rows in zip(groups, _split_rows(get_rows(part), panels), strict=True):
                group.append(type(part)("", *rows, **part.attributes))
    table.replace(tgroup, groups[0])
    others = []
    for group in groups[1:]:
        other = nodes.table("", group, **{**table.attributes, "ids": [], "names": []})
        other.source, other.line = table.source, table.line
        others.append(other)
    return others


def _split_rows(rows: Rows, panels: Sequence[Sequence[int]]) -> list[Rows]:
    """Return for each panel the ``rows`` with the entries of its columns."""
    # A row has its id, by which references find it, in the first panel only.
    split = [
        [nodes.row("", **(row.attributes if first else _without_ids(row))) for row in rows]
        for first in [True, *[False] * (len(panels) - 1)]
    ]
    shown = [frozenset(columns) for columns in panels]
    for number, start, entry in list(iter_entries(rows)):
        covered = range(start, start + 1 + entry.get("morecols", 0))
        is_used = False
        for panel, (panel_rows, columns) in enumerate(zip(split, shown, strict=True), 1):
            if count := sum(column in columns for column in covered):
                placed = copy_entry(entry, f"panel-{panel}") if is_used else entry
                is_used = True
                placed.attributes.pop("morecols", None)
                if count > 1:
                    placed["morecols"] = count - 1
                panel_rows[number].append(placed)
    return split


def _without_ids(row: nodes.row) -> dict[str, Any]:
    return {**row.attributes, "ids": [], "names": []}


def copy_entry(entry: nodes.entry, suffix: str, /) -> nodes.entry:
    """Return a copy of ``entry`` without names, targets and equation numbers.

    :param suffix: the end of each id in the copy. Sphinx expects that figures, tables and the
        like, which it numbers, have ids.
    """
    copied = entry.deepcopy()
    for node in list(copied.findall(nodes.Element)):
        node["ids"] = [f"{name}-{suffix}" for name in node["ids"]]
        node["names"] = []
        if isinstance(node, nodes.math_block):
            node["label"] = node["number"] = None
        elif isinstance(node, nodes.target) and not node.children:
            node.parent.remove(node)
    return copied


def remove_row_spans(tgroup: nodes.tgroup, /) -> None:
    """Move each heading that spans rows into the last of them, next to its data.

    An empty entry is left in each of the other rows.
    """
    for head in tgroup.children:
        if isinstance(head, nodes.thead):
            rows: list[dict[int, nodes.entry]] = [{} for _ in head.children]
            for number, column, entry in list(iter_entries(get_rows(head))):
                last = number + entry.attributes.pop("morerows", 0)
                rows[last][column] = entry
                for row in range(number, last):
                    rows[row][column] = nodes.entry("", **entry.attributes)
            head[:] = [nodes.row("", *(row[column] for column in sorted(row))) for row in rows]


def repeat_spanning_entries(tgroup: nodes.tgroup, /) -> None:
    """Replace each entry that spans columns by one for each column.

    A heading has the same content in each of them; the content of another entry is in the first.
    """
    for _, _, entry in list(iter_entries(get_all_rows(tgroup))):
        more = entry.attributes.pop("morecols", 0)
        copies = [
            copy_entry(entry, f"column-{number + 2}")
            if isinstance(entry.parent.parent, nodes.thead)
            else nodes.entry("", **entry.attributes)
            for number in range(more)
        ]
        entry.parent.insert(entry.parent.index(entry) + 1, copies)


def split_high_rows(
    tgroup: nodes.tgroup, split_entry: Callable[[nodes.entry, int], list[nodes.entry]], /
) -> None:
    """Split each row of the body that is higher than a page, repeating its row headings.

    Rows with merged cells stay whole.

    :param split_entry: returns the pieces of an entry in a column, counted from 0, that fit a
        page; a single one if it need not be split.
    """
    repeated = count_repeated_columns(tgroup)
    body = next(part for part in tgroup.children if isinstance(part, nodes.tbody))
    rows: Rows = []
    for row in get_rows(body):
        rows.append(row)
        entries = [entry for entry in row.children if isinstance(entry, nodes.entry)]
        if any({"morecols", "morerows"} & entry.attributes.keys() for entry in entries):
            continue
        pieces = [split_entry(entry, column) for column, entry in enumerate(entries)]
        row[:] = [parts[0] for parts in pieces]
        for number in range(1, max(map(len, pieces))):
            added = nodes.row("", **_without_ids(row))
            for column, parts in enumerate(pieces):
                if number < len(parts):
                    added += parts[number]
                elif column < repeated and len(parts) == 1:
                    added += copy_entry(parts[0], f"row-{number + 1}")
                else:
                    added += nodes.entry()
            rows.append(added)
    body[:] = rows
