"""Turn a plain table into docutils nodes, the same for every builder."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.doctree.body import create_body
from sphinx_df_table.doctree.cells import (
    CellParsers,
    Location,
    MarkupCells,
    alignment_class,
    apply_cell_style,
    plain_entry,
)
from sphinx_df_table.doctree.structure import (
    RANKS,
    body_widths,
    content_widths,
    iter_entries,
)
from sphinx_df_table.model.errors import FrameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sphinx_df_table.model.table import Alignment, Cell, Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MarkupProblem:
    """A cell that is shown as it was written: its place, in words, and the reason."""

    place: str
    reason: str


def table_to_node(
    table: Table,
    /,
    *,
    parsers: CellParsers,
    widths: Sequence[int],
    location: Location,
) -> tuple[nodes.table, list[MarkupProblem]]:
    """Return a ``table`` of the docutils document tree, and the cells with broken markup.

    A cell holds a paragraph, a line block where its value has line breaks, or nothing.
    What is in the table is data: no quotation mark or dash of it is made typographic, and
    what is not a string with words is not offered for translation. The body is one
    :class:`~sphinx_df_table.doctree.body.df_table_body`, unless a cell of it spans others or has
    looks of its own. Every cell has the class of its column's alignment; a heading over several
    columns is centred.

    :param parsers: how the text of a cell that is not literal becomes nodes.
    :param widths: the columns' widths, in any unit; from the content where there are none.
    :param location: source and line, counted from 1, for messages and translators.
    :raises FrameError: if ``widths`` are not as many as the table has columns.
    """
    if widths and len(widths) != table.width:
        raise FrameError(
            f":widths: gives {len(widths)} widths, but the table has {table.width} columns; "
            "give one for each."
        )
    marked_up = MarkupCells(parsers, location)
    marked_up.read(itertools.chain(*table.head, table.cells))
    head = _real_rows(table.head, marked_up, location, table.alignments)
    body, needed_by_body = _body(table, marked_up, location)
    needed = map(max, content_widths(head, table.width), needed_by_body)
    # Sphinx' smart quotes leave a subtree with this attribute alone.
    tgroup = nodes.tgroup(cols=table.width, support_smartquotes=False)
    tgroup += list(_colspecs(table, widths or list(needed)))
    if head:
        tgroup += nodes.thead("", *head)
    tgroup += body
    node = nodes.table("", tgroup, classes=["df-table"])
    node.source, node.line = location
    return node, _problems(table, marked_up.reasons)


def _colspecs(table: Table, widths: Sequence[int]) -> Iterator[nodes.colspec]:
    for number, width in enumerate(widths):
        colspec = nodes.colspec(colwidth=width)
        if number < table.stubs:
            colspec["stub"] = 1
        if table.ranks:
            colspec[RANKS] = _written_ranks(table.ranks[number])
        yield colspec


def _written_ranks(ranks: Sequence[int | None]) -> str:
    """Return ``ranks`` as one text; an empty one where they are all 0."""
    return (
        ",".join("" if rank is None else str(rank) for rank in ranks)
        if any(rank != 0 for rank in ranks)
        else ""
    )


def _body(
    table: Table, marked_up: MarkupCells, location: Location
) -> tuple[nodes.Element, list[int]]:
    """Return the body of ``table``, and the width that the content of each column needs."""
    if not table.has_plain_body:
        rows = _real_rows(table.body, marked_up, location, table.alignments)
        return nodes.tbody("", *rows), content_widths(rows, table.width)
    body = create_body(table, marked_up, location=location)
    return body, body_widths(body)


def _problems(table: Table, reasons: Mapping[Cell, str]) -> list[MarkupProblem]:
    """Return the cells of ``table`` that are in ``reasons``, in their order."""
    if not reasons:
        return []
    rows = [("heading", row) for row in table.head]
    rows += [(f"row {number}", row) for number, row in enumerate(table.body, 1)]
    return [
        MarkupProblem(place=f"{place}, column {column}", reason=reasons[cell])
        for place, cells in rows
        for column, cell in enumerate(cells, 1)
        if cell in reasons
    ]


def _real_rows(
    rows: Sequence[Sequence[Cell]],
    marked_up: MarkupCells,
    location: Location,
    alignments: Sequence[Alignment],
) -> list[nodes.row]:
    made = [
        nodes.row("", *(create_entry(cell, marked_up, location) for cell in row)) for row in rows
    ]
    for _, column, entry in iter_entries(made):
        alignment = "center" if "morecols" in entry else alignments[column]
        entry["classes"].insert(0, alignment_class(alignment))
    return made


def create_entry(cell: Cell, marked_up: MarkupCells, location: Location, /) -> nodes.entry:
    """Return a new ``entry`` of ``cell``, with its looks."""
    if cell in marked_up:
        entry = marked_up.entry(cell)
    else:
        entry = plain_entry(cell.text, is_literal=cell.is_literal, location=location)
    apply_cell_style(entry, cell)
    return entry
