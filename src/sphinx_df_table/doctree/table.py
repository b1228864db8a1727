"""Turn a :class:`~sphinx_df_table.model.table.Table` into a docutils ``table`` for all builders."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.doctree.body import create_body
from sphinx_df_table.doctree.cells import CellParsers, Location, MarkupCells, alignment_class
from sphinx_df_table.doctree.structure import (
    RANKS,
    iter_entries,
    measure_body_columns,
    measure_columns,
)
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sphinx_df_table.model.table import Alignment, Cell, Table


def table_to_node(
    table: Table,
    /,
    *,
    parsers: CellParsers,
    widths: Sequence[int],
    location: Location,
) -> tuple[nodes.table, list[str]]:
    """Return the ``table`` node, and the place and reason of each cell whose markup is unusable.

    An entry contains a paragraph, a line block if its value has line breaks, or no children.
    Smart quotes do not apply, and only strings with words are translatable. The body is one
    :class:`~sphinx_df_table.doctree.body.df_table_body`, unless a cell in it spans others or
    has a style of its own. Every entry has the class of its column's alignment; an entry over
    several columns is centred.

    :param parsers: the parser for cells that are not literal.
    :param widths: the columns' widths, in any unit; if empty, they follow the content.
    :param location: source and line, counted from 1, for messages and translators.
    :raises FrameError: if there are ``widths``, but not one for each column.
    """
    if widths and len(widths) != table.width:
        raise FrameError(
            f":widths: gives {pluralize(len(widths), 'width')}, but the table has "
            f"{pluralize(table.width, 'column')}; give one for each."
        )
    cells = MarkupCells(parsers, location)
    cells.parse(itertools.chain(*table.head, table.cells))
    head = _create_rows(table.head, cells, table.alignments)
    body: nodes.Element
    if table.has_plain_body:
        body = data = create_body(table, cells)
        needed_by_body = measure_body_columns(data)
    else:
        rows = _create_rows(table.body, cells, table.alignments)
        body = nodes.tbody("", *rows)
        needed_by_body = measure_columns(rows, table.width)
    needed = map(max, measure_columns(head, table.width), needed_by_body)
    # Sphinx' smart quotes skip a subtree with this attribute.
    tgroup = nodes.tgroup(cols=table.width, support_smartquotes=False)
    tgroup += list(_create_colspecs(table, widths or list(needed)))
    if head:
        tgroup += nodes.thead("", *head)
    tgroup += body
    node = nodes.table("", tgroup, classes=["df-table"])
    node.source, node.line = location
    return node, _locate_problems(table, cells.errors)


def _locate_problems(table: Table, errors: Mapping[Cell, str]) -> list[str]:
    if not errors:
        return []
    rows = [("heading", row) for row in table.head]
    rows += [(f"row {number}", row) for number, row in enumerate(table.body, 1)]
    return [
        f"{place}, column {column}: {errors[cell]}"
        for place, row in rows
        for column, cell in enumerate(row, 1)
        if cell in errors
    ]


def _create_rows(
    rows: Sequence[Sequence[Cell]], cells: MarkupCells, alignments: Sequence[Alignment]
) -> list[nodes.row]:
    created = [nodes.row("", *map(cells.create_entry, row)) for row in rows]
    for _, column, entry in iter_entries(created):
        alignment = "center" if "morecols" in entry else alignments[column]
        entry["classes"].insert(0, alignment_class(alignment))
    return created


def _create_colspecs(table: Table, widths: Sequence[int]) -> Iterator[nodes.colspec]:
    for number, width in enumerate(widths):
        colspec = nodes.colspec(colwidth=width)
        if number < table.stubs:
            colspec["stub"] = 1
        if table.ranks:
            ranks = table.ranks[number]
            texts = ["" if rank is None else str(rank) for rank in ranks]
            colspec[RANKS] = ",".join(texts) if any(rank != 0 for rank in ranks) else ""
        yield colspec
