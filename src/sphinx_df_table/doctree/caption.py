"""Create the nodes around a table: its title, notes below it, or a box that replaces it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.doctree.cells import (
    CellParsers,
    Location,
    MarkupCells,
    create_segment,
    emphasize,
    find_text_elements,
    is_shareable,
)
from sphinx_df_table.doctree.structure import CONSTANTS
from sphinx_df_table.i18n import format_count, translate, translate_plural
from sphinx_df_table.model.text import LONGEST_QUOTE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_df_table.model.table import Cell, Table


class TableTitles:
    """Inserts the author's title into each table of one directive.

    The title is parsed once, since docutils would register its references again each time.
    Later tables have a copy.
    """

    def __init__(
        self,
        text: str,
        parse: Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]],
        /,
        *,
        location: Location,
    ) -> None:
        self._text = text
        self._parse = parse
        self._location = location
        self._copy: nodes.title | None = None

    def insert_into(
        self, table: nodes.table, /, *, caption: str, label: str | None
    ) -> list[nodes.system_message]:
        """Insert the author's title into ``table``, or else ``caption`` if it is not empty.

        :param caption: plain text.
        :param label: the label of the table's tab, if it is one of several.
        :returns: docutils' messages on the title.
        """
        messages: list[nodes.system_message] = []
        if not self._text:
            if not caption:
                return []
            title = nodes.title(caption, caption, support_smartquotes=False)
        elif self._copy:
            title = self._copy.deepcopy()
        else:
            children, messages = self._parse(self._text)
            title = nodes.title(self._text, "", *children)
            # docutils has registered the references of this title only, so a copy has none.
            if is_shareable(title) and not any(
                "refname" in node for node in title.findall(nodes.Element)
            ):
                self._copy = title.deepcopy()
            else:
                self._copy = nodes.title(title.astext(), title.astext())
        if self._text and label is not None:
            source, location = title.rawsource, self._location
            # Title and label are translated separately, not each title with each label.
            title = nodes.title(
                f"{source} ({label})",
                "",
                *create_segment(source, title.children, location=location),
                nodes.Text(" ("),
                *create_segment(label, [nodes.Text(label)], location=location),
                nodes.Text(")"),
                translatable=False,
            )
        title.source, title.line = self._location
        table.insert(0, title)
        return messages


def create_constants_note(
    table: Table, /, *, parsers: CellParsers, location: Location
) -> tuple[nodes.paragraph | None, list[str]]:
    """Return a note on the constant columns of ``table``, and a list of its unusable markup.

    Inline markup works as in cells; the lines of a value are joined.

    :returns: ``None`` instead of the note if there are no constant columns; the column and the
        reason for each label or value whose markup is shown as text.
    """
    if not table.constants:
        return None, []
    cells = MarkupCells(parsers, location)
    cells.parse(itertools.chain.from_iterable(table.constants))
    lead = translate("All rows shown:") if table.excerpt else translate("All rows:")
    paragraph = _create_note("df-table-constants", f"{lead} ", location)
    paragraph[CONSTANTS] = True
    for number, (label, value) in enumerate(table.constants):
        parts: list[str | Cell] = ["; "] if number else []
        parts += [label, ": ", value] if label.text else [value]
        for part in parts:
            if isinstance(part, str):
                paragraph.append(nodes.Text(part))
                paragraph.rawsource += part
                continue
            entry = cells.create_entry(part)
            emphasize(entry)
            paragraph.rawsource += part.text
            for line_number, text in enumerate(find_text_elements(entry)):
                paragraph.extend([nodes.Text(" ")] if line_number else [])
                children = text.children[:]
                paragraph.extend(
                    children
                    if text.get("translatable") is False
                    else create_segment(text.rawsource, children, location=location)
                )
    return paragraph, [
        f"column {to_one_line(label.text, LONGEST_QUOTE)!r}: {cells.errors[cell]}"
        for label, value in table.constants
        for cell in (label, value)
        if cell in cells.errors
    ]


def create_row_count_note(table: Table, /, *, location: Location) -> nodes.paragraph | None:
    """Return a note on the number of rows shown; ``None`` if the table shows all."""
    if not table.excerpt:
        return None
    shown, total = table.excerpt
    if total is None:
        text = translate_plural(
            "showing the first row; there are more",
            "showing the first {shown} rows; there are more",
            shown,
            shown=format_count(shown),
        )
    else:
        text = translate_plural(
            "showing {shown} of {total} row",
            "showing {shown} of {total} rows",
            total,
            shown=format_count(shown),
            total=format_count(total),
        )
    return _create_note("df-table-rows", text, location)


def _create_note(class_name: str, text: str, location: Location) -> nodes.paragraph:
    # Its data has no smart quotes. Its own words are translated already, and the data of
    # constants is translated in segments.
    paragraph = nodes.paragraph(
        text, text, classes=[class_name], support_smartquotes=False, translatable=False
    )
    paragraph.source, paragraph.line = location
    return paragraph


def create_message_box(
    node_class: type[nodes.note | nodes.error], text: str, /, *, location: Location
) -> nodes.Element:
    """Return a note or error box with one sentence, which replaces a table."""
    paragraph = nodes.paragraph(text, text, translatable=False)
    paragraph.source, paragraph.line = location
    box = node_class("", paragraph, classes=["df-table-message"])
    box.source, box.line = location
    return box
