"""What stands around a table: its caption, constants, notes, or a box in its place."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.doctree.cells import (
    CellParsers,
    Location,
    MarkupCells,
    emphasize,
    is_shareable,
    text_elements,
    translatable_part,
)
from sphinx_df_table.doctree.structure import CONSTANTS
from sphinx_df_table.doctree.table import MarkupProblem, create_entry
from sphinx_df_table.i18n import format_count, translate, translate_plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_df_table.model.table import Cell, Table


class TableTitles:
    """Titles for the tables of one directive.

    Its text is read once, since docutils would note its references again each time; after the
    first, each table has a copy.
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
        self._spare: nodes.title | None = None

    def insert_into(
        self, node: nodes.table, /, *, caption: str, label: str | None
    ) -> list[nodes.system_message]:
        """Put the author's title into ``node``, or else ``caption``, as it is, if there is one.

        :param label: that of the table, if it is one of several.
        :returns: docutils' messages on the title.
        """
        messages: list[nodes.system_message] = []
        if self._text:
            title, messages = self._next()
            if label is not None:
                title = _labelled(title, label, location=self._location)
        elif caption:
            title = nodes.title(caption, caption, support_smartquotes=False)
        else:
            return []
        title.source, title.line = self._location
        node.insert(0, title)
        return messages

    def _next(self) -> tuple[nodes.title, list[nodes.system_message]]:
        if self._spare is not None:
            return self._spare.deepcopy(), []
        children, messages = self._parse(self._text)
        title = nodes.title(self._text, "", *children)
        self._spare = _copied(title)
        return title, messages


def _copied(title: nodes.title) -> nodes.title:
    """Return a copy of ``title``; its plain text if something refers to it, or it to something.

    docutils knows the references of the original, and no others.
    """
    is_known = any("refname" in node for node in title.findall(nodes.Element))
    if is_known or not is_shareable(title):
        return nodes.title(title.astext(), title.astext())
    return title.deepcopy()


def _labelled(title: nodes.title, label: str, /, *, location: Location) -> nodes.title:
    """Return ``title`` with the label of one of several tables behind it.

    Translators are offered both, but not each title with each label.
    """
    return nodes.title(
        f"{title.rawsource} ({label})",
        "",
        *translatable_part(title.rawsource, title.children, location=location),
        nodes.Text(" ("),
        *translatable_part(label, [nodes.Text(label)], location=location),
        nodes.Text(")"),
        translatable=False,
    )


def constants_paragraph(
    table: Table, /, *, parsers: CellParsers, location: Location
) -> tuple[nodes.paragraph | None, list[MarkupProblem]]:
    """Return what holds for all rows of a table, if anything does, and its broken markup.

    Inline markup in the values is kept, as in cells; lines of a value run on.
    """
    if not table.constants:
        return None, []
    marked_up = MarkupCells(parsers, location)
    marked_up.read(itertools.chain.from_iterable(table.constants))
    lead = translate("All rows shown:") if table.excerpt else translate("All rows:")
    paragraph = _note("df-table-constants", f"{lead} ", location)
    paragraph[CONSTANTS] = True
    for number, (label, value) in enumerate(table.constants):
        parts: list[str | Cell] = ["; "] if number else []
        parts += [label, ": ", value] if label.text else [value]
        for part in parts:
            _append(paragraph, part, marked_up, location)
    problems = [
        MarkupProblem(place=f"column {label.text!r}", reason=marked_up.reasons[cell])
        for label, value in table.constants
        for cell in (label, value)
        if cell in marked_up.reasons
    ]
    return paragraph, problems


def row_count_note(table: Table, /, *, location: Location) -> nodes.paragraph | None:
    """Return what is said of rows that are left out, if any are."""
    return _note("df-table-rows", _on_excerpt(*table.excerpt), location) if table.excerpt else None


def _on_excerpt(shown: int, total: int | None) -> str:
    """Return a sentence on the rows that are shown, and how many there are."""
    if total is None:
        return translate_plural(
            "showing the first row; there are more",
            "showing the first {shown} rows; there are more",
            shown,
            shown=format_count(shown),
        )
    return translate_plural(
        "showing {shown} of {total} row",
        "showing {shown} of {total} rows",
        total,
        shown=format_count(shown),
        total=format_count(total),
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
    paragraph: nodes.paragraph, part: str | Cell, marked_up: MarkupCells, location: Location
) -> None:
    """Put the content of a cell, or a text, at the end of ``paragraph``."""
    if isinstance(part, str):
        paragraph.append(nodes.Text(part))
        paragraph.rawsource += part
        return
    entry = create_entry(part, marked_up, location)
    emphasize(entry)
    paragraph.rawsource += part.text
    for number, text in enumerate(text_elements(entry)):
        paragraph.extend([nodes.Text(" ")] if number else [])
        is_literal = text.get("translatable") is False
        children = text.children[:]
        paragraph.extend(
            children
            if is_literal
            else translatable_part(text.rawsource, children, location=location)
        )


def message_box(
    node_class: type[nodes.note | nodes.error], text: str, /, *, location: Location
) -> nodes.Element:
    """Return a note or error box with one sentence, which stands where a table would."""
    paragraph = nodes.paragraph(text, text, translatable=False)
    paragraph.source, paragraph.line = location
    node = node_class("", paragraph, classes=["df-table-message"])
    node.source, node.line = location
    return node
