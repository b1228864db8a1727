"""Turn a plain table into docutils nodes, the same for every builder."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.body import column_widths, compact_body
from sphinx_df_table.cells import (
    CellParsers,
    Location,
    MarkedUpCells,
    entry_width,
    part_of_line,
    plain_entry,
    texts_in,
    word_width,
)
from sphinx_df_table.errors import FrameError
from sphinx_df_table.looks import CONSTANTS, RANKS, alignment_class, dress, emphasize
from sphinx_df_table.words import counted, in_digits, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sphinx_df_table.table import Alignment, Cell, Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
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
) -> tuple[nodes.table, list[Problem]]:
    """Return a ``table`` of the docutils document tree, and the cells with broken markup.

    A cell holds a paragraph, a line block where its value has line breaks, or nothing.
    What is in the table is data: no quotation mark or dash of it is made typographic, and
    what is not a string with words is not offered for translation. The body is one
    :class:`~sphinx_df_table.body.df_table_body`, unless a cell of it spans others or has looks
    of its own. Every cell has the class of its column's alignment; a heading over several
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
    marked_up = MarkedUpCells(parsers, location)
    marked_up.read(itertools.chain(*table.head, table.cells))
    head = _real_rows(table.head, marked_up, location, table.alignments)
    body, body_widths = _body(table, marked_up, location)
    needed = map(max, content_widths(head, table.width), body_widths)
    # Sphinx' smart quotes leave a subtree with this attribute alone.
    tgroup = nodes.tgroup(cols=table.width, support_smartquotes=False)
    for number, width in enumerate(widths or needed):
        colspec = nodes.colspec(colwidth=width)
        if number < table.stubs:
            colspec["stub"] = 1
        if table.ranks:
            colspec[RANKS] = _written_ranks(table.ranks[number])
        tgroup += colspec
    if head:
        tgroup += nodes.thead("", *head)
    tgroup += body
    node = nodes.table("", tgroup, classes=["df-table"])
    node.source, node.line = location
    return node, _problems(table, marked_up.reasons)


def _written_ranks(ranks: Sequence[int | None]) -> str:
    """Return ``ranks`` as one text; an empty one where they are all 0."""
    return (
        ",".join("" if rank is None else str(rank) for rank in ranks)
        if any(rank != 0 for rank in ranks)
        else ""
    )


def _body(
    table: Table, marked_up: MarkedUpCells, location: Location
) -> tuple[nodes.Element, list[int]]:
    """Return the body of ``table``, and the width that the content of each column needs."""
    if not table.has_plain_body:
        rows = _real_rows(table.body, marked_up, location, table.alignments)
        return nodes.tbody("", *rows), content_widths(rows, table.width)
    body = compact_body(table, marked_up, location=location)
    return body, column_widths(body)


def _problems(table: Table, reasons: Mapping[Cell, str]) -> list[Problem]:
    """Return the cells of ``table`` that are in ``reasons``, in their order."""
    if not reasons:
        return []
    rows = [("heading", row) for row in table.head]
    rows += [(f"row {number}", row) for number, row in enumerate(table.body, 1)]
    return [
        Problem(place=f"{place}, column {column}", reason=reasons[cell])
        for place, cells in rows
        for column, cell in enumerate(cells, 1)
        if cell in reasons
    ]


def _real_rows(
    rows: Sequence[Sequence[Cell]],
    marked_up: MarkedUpCells,
    location: Location,
    alignments: Sequence[Alignment],
) -> list[nodes.row]:
    made = [
        nodes.row("", *(_real_entry(cell, marked_up, location) for cell in row)) for row in rows
    ]
    for _, column, entry in placed_entries(made):
        alignment = "center" if "morecols" in entry else alignments[column]
        entry["classes"].insert(0, alignment_class(alignment))
    return made


def _real_entry(cell: Cell, marked_up: MarkedUpCells, location: Location) -> nodes.entry:
    if cell in marked_up:
        entry = marked_up.entry(cell)
    else:
        entry = plain_entry(cell.text, is_literal=cell.is_literal, location=location)
    dress(entry, cell)
    return entry


def constants_of(
    table: Table, /, *, parsers: CellParsers, location: Location
) -> tuple[nodes.paragraph | None, list[Problem]]:
    """Return what holds for all rows of a table, if anything does, and its broken markup.

    Inline markup in the values is kept, as in cells; lines of a value run on.
    """
    if not table.constants:
        return None, []
    marked_up = MarkedUpCells(parsers, location)
    marked_up.read(itertools.chain.from_iterable(table.constants))
    lead = translated("All rows shown:") if table.excerpt else translated("All rows:")
    paragraph = _note("df-table-constants", f"{lead} ", location)
    paragraph[CONSTANTS] = True
    for number, (label, value) in enumerate(table.constants):
        parts: list[str | Cell] = ["; "] if number else []
        parts += [label, ": ", value] if label.text else [value]
        for part in parts:
            _append(paragraph, part, marked_up, location)
    problems = [
        Problem(place=f"column {label.text!r}", reason=marked_up.reasons[cell])
        for label, value in table.constants
        for cell in (label, value)
        if cell in marked_up.reasons
    ]
    return paragraph, problems


def rows_note_of(table: Table, /, *, location: Location) -> nodes.paragraph | None:
    """Return what is said of rows that are left out, if any are."""
    return _note("df-table-rows", _on_excerpt(*table.excerpt), location) if table.excerpt else None


def _on_excerpt(shown: int, total: int | None) -> str:
    """Return a sentence on the rows that are shown, and how many there are."""
    if total is None:
        return counted(
            "showing the first row; there are more",
            "showing the first {shown} rows; there are more",
            shown,
            shown=in_digits(shown),
        )
    return counted(
        "showing {shown} of {total} row",
        "showing {shown} of {total} rows",
        total,
        shown=in_digits(shown),
        total=in_digits(total),
    )


def _note(class_name: str, text: str, location: Location) -> nodes.paragraph:
    # It is made of data, whose quotation marks and dashes stay what they are.
    # Its words are ours, and translators are offered parts of the rest.
    paragraph = nodes.paragraph(
        text, text, classes=[class_name], support_smartquotes=False, translatable=False
    )
    paragraph.source, paragraph.line = location
    return paragraph


def _append(
    paragraph: nodes.paragraph, part: str | Cell, marked_up: MarkedUpCells, location: Location
) -> None:
    """Put the content of a cell, or a text, at the end of ``paragraph``."""
    if isinstance(part, str):
        paragraph.append(nodes.Text(part))
        paragraph.rawsource += part
        return
    entry = _real_entry(part, marked_up, location)
    emphasize(entry)
    paragraph.rawsource += part.text
    for number, text in enumerate(texts_in(entry)):
        paragraph.extend([nodes.Text(" ")] if number else [])
        is_literal = text.get("translatable") is False
        children = text.children[:]
        paragraph.extend(
            children if is_literal else part_of_line(text.rawsource, children, location=location)
        )


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


def content_widths(
    rows: Sequence[nodes.row], width: int, measure: Callable[[nodes.entry], int] = entry_width
) -> list[int]:
    """Return for each column the characters of its widest entry, by ``measure``; at least 1.

    Without it, that is its widest line, within reason. A word in an entry over several columns
    has its room, too.
    """
    widths = [1] * width
    placed = list(placed_entries(rows))
    for _, column, entry in placed:
        if "morecols" not in entry:
            widths[column] = max(widths[column], measure(entry))
    for _, column, entry in placed:
        if more := entry.get("morecols", 0):
            lacking = word_width(entry) - sum(widths[column : column + more + 1])
            for each in range(column, column + more + 1):
                widths[each] += max(0, math.ceil(lacking / (more + 1)))
    return widths


def box(
    node_class: type[nodes.note | nodes.error], text: str, /, *, location: tuple[str, int]
) -> nodes.Element:
    """Return a note or error box with one sentence, which stands where a table would."""
    paragraph = nodes.paragraph(text, text, translatable=False)
    paragraph.source, paragraph.line = location
    node = node_class("", paragraph, classes=["df-table-message"])
    node.source, node.line = location
    return node
