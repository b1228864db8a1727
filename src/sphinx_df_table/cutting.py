"""Cut the node of a table into panels of some of its columns each, and rows into lower ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.grid import colspecs_of, group_of, placed_entries, rows_of, stubs_of
from sphinx_df_table.words import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sphinx_df_table.grid import Rows


def repeated_columns(tgroup: nodes.tgroup, /) -> int:
    """Return how many columns a panel repeats: the row headings, or else the first column."""
    return stubs_of(tgroup) or 1


def crossings_of(tgroup: nodes.tgroup, /) -> list[int]:
    """Return for each column the headings that reach over its left side."""
    crossings = [0] * len(colspecs_of(tgroup))
    for part in tgroup.children:
        if isinstance(part, nodes.thead):
            for _, start, entry in placed_entries(rows_of(part)):
                for column in range(start + 1, start + 1 + entry.get("morecols", 0)):
                    crossings[column] += 1
    return crossings


def continuation(table: nodes.table, /) -> nodes.paragraph:
    """Return what introduces a panel of ``table`` that is not the first."""
    title = next(
        (child.deepcopy() for child in table.children if isinstance(child, nodes.title)), None
    )
    words = _without_marks(title) if title else ""
    text = f"{words} ({translated('continued')})".lstrip()
    paragraph = nodes.paragraph(text, text, classes=["df-table-continued"], translatable=False)
    paragraph.source, paragraph.line = table.source, table.line
    return paragraph


def _without_marks(title: nodes.title) -> str:
    """Return the text of ``title`` without marks of footnotes."""
    for mark in list(title.findall(nodes.Element)):
        if isinstance(mark, (nodes.footnote_reference, nodes.citation_reference)):
            mark.parent.remove(mark)
    return " ".join(title.astext().split())


def cut(table: nodes.table, panels: Sequence[Sequence[int]], /) -> list[nodes.table]:
    """Leave the first of ``panels`` in ``table`` and return tables of the others.

    A heading over columns of several panels stands in each. Nothing refers to what is there
    a second time, and only ``table`` has a title.

    :param panels: columns, counted from 0.
    """
    tgroup = group_of(table)
    groups = [_bare(tgroup, columns) for columns in panels]
    for part in tgroup.children:
        if isinstance(part, (nodes.thead, nodes.tbody)):
            for group, rows in zip(groups, _parted(rows_of(part), panels), strict=True):
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
    colspecs = colspecs_of(tgroup)
    made = nodes.tgroup("", **{**tgroup.attributes, "cols": len(columns)})
    made += [colspecs[column].copy() for column in columns]
    return made


def _parted(rows: Rows, panels: Sequence[Sequence[int]]) -> list[Rows]:
    """Return for each panel the ``rows`` with the cells of its columns."""
    parted = [[nodes.row("", **row.attributes) for row in rows] for _ in panels]
    shown = [frozenset(columns) for columns in panels]
    for number, start, entry in list(placed_entries(rows)):
        covered = range(start, start + 1 + entry.get("morecols", 0))
        placed: nodes.entry | None = None
        for panel, (part, columns) in enumerate(zip(parted, shown, strict=True), 1):
            if count := sum(column in columns for column in covered):
                placed = entry_copy(entry, f"panel-{panel}") if placed else entry
                placed.attributes.pop("morecols", None)
                if count > 1:
                    placed["morecols"] = count - 1
                part[number].append(placed)
    return parted


def entry_copy(entry: nodes.entry, place: str, /) -> nodes.entry:
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
    for number, column, entry in list(placed_entries(rows)):
        last = number + entry.attributes.pop("morerows", 0)
        cells[last][column] = entry
        for row in range(number, last):
            cells[row][column] = nodes.entry("", **entry.attributes)
    return [nodes.row("", *(row[column] for column in sorted(row))) for row in cells]


def divide_rows(
    tgroup: nodes.tgroup, pieces_of: Callable[[nodes.entry, int], list[nodes.entry]], /
) -> None:
    """Make several rows of each that is higher than a page. Its row headings stand in all.

    :param pieces_of: what becomes of an entry in a column, counted from 0.
    """
    repeated = repeated_columns(tgroup)
    for part in tgroup.children:
        if isinstance(part, nodes.tbody):
            part[:] = [
                made
                for row in rows_of(part)
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
                copied = entry_copy(parts[0], f"row-{number + 1}") if is_heading else None
                made.append(copied or nodes.entry())
        if len(parts) > 1:
            row[column] = parts[0]
    return rows
