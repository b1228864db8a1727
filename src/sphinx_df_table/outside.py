"""What a page says of a table beside it, or in its place."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.cells import CellParsers, Location, MarkedUpCells, part_of_line, texts_in
from sphinx_df_table.doctree import Problem, real_entry
from sphinx_df_table.looks import emphasize
from sphinx_df_table.marks import CONSTANTS
from sphinx_df_table.words import counted, in_digits, translated

if TYPE_CHECKING:
    from sphinx_df_table.table import Cell, Table


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
    entry = real_entry(part, marked_up, location)
    emphasize(entry)
    paragraph.rawsource += part.text
    for number, text in enumerate(texts_in(entry)):
        paragraph.extend([nodes.Text(" ")] if number else [])
        is_literal = text.get("translatable") is False
        children = text.children[:]
        paragraph.extend(
            children if is_literal else part_of_line(text.rawsource, children, location=location)
        )


def box(
    node_class: type[nodes.note | nodes.error], text: str, /, *, location: Location
) -> nodes.Element:
    """Return a note or error box with one sentence, which stands where a table would."""
    paragraph = nodes.paragraph(text, text, translatable=False)
    paragraph.source, paragraph.line = location
    node = node_class("", paragraph, classes=["df-table-message"])
    node.source, node.line = location
    return node
