"""Our tables in a document, and their parts: group, columns, rows, and where cells stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: The rows of a ``thead`` or a ``tbody``.
Rows = list[nodes.row]


def tables_in(document: nodes.Node, /) -> list[nodes.table]:
    """Return the tables in ``document`` that are ours."""
    return [table for table in document.findall(nodes.table) if "df-table" in table["classes"]]


def ancestors_of(node: nodes.Node, /) -> list[nodes.Element]:
    """Return what ``node`` stands in, from the inside out."""
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def rows_of(part: nodes.Element, /) -> Rows:
    """Return the rows of a ``thead`` or a ``tbody``."""
    return [row for row in part.children if isinstance(row, nodes.row)]


def group_of(table: nodes.table, /) -> nodes.tgroup:
    """Return the ``tgroup`` of a table of ours, which has one."""
    return next(part for part in table.children if isinstance(part, nodes.tgroup))


def colspecs_of(tgroup: nodes.Element, /) -> list[nodes.colspec]:
    """Return what ``tgroup`` says of its columns."""
    return [part for part in tgroup.children if isinstance(part, nodes.colspec)]


def stubs_of(tgroup: nodes.Element, /) -> int:
    """Return how many columns of ``tgroup`` are row headings."""
    return sum("stub" in colspec for colspec in colspecs_of(tgroup))


def placed_entries(rows: Sequence[nodes.row]) -> Iterator[tuple[int, int, nodes.entry]]:
    """Give each entry with the row and the column, counted from 0, at which it begins."""
    reaching: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        column = 0
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            while (number, column) in reaching:
                column += reaching[number, column]
            yield number, column, entry
            span = 1 + entry.get("morecols", 0)
            for below in range(1, 1 + entry.get("morerows", 0)):
                reaching[number + below, column] = span
            column += span
