"""Adapt tables to Markdown, as the builder of sphinx-markdown-builder writes it."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from docutils import nodes

from sphinx_df_table.doctree.structure import find_tables, get_rows, get_tgroup
from sphinx_df_table.printing.escaping import VERBATIM, EscapeTexts, find_data
from sphinx_df_table.printing.panels import (
    get_all_rows,
    remove_row_spans,
    repeat_spanning_entries,
)

#: Characters with a meaning in Markdown or HTML; a colon has one before the name of an emoji.
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>&|~#$^]|:(?=[\w+-]+:)")

#: The characters that an address may have in Markdown, besides letters and digits.
_ADDRESS_CHARACTERS: Final = "!#$%&'+,/:;=?@[]~"


class EscapeForMarkdown(EscapeTexts):
    """Write special characters as entities, which the builder does not change.

    They are text to every program that shows Markdown, and may be in any place.
    """

    formats = ("markdown",)

    def run(self, **_: Any) -> None:
        """Visit all texts from data, and adapt markup and tables."""
        for link in find_data(self.document, nodes.reference):
            if "refuri" in link:
                link["refuri"] = quote(link["refuri"], safe=_ADDRESS_CHARACTERS)
        # A backtick ends the builder's code, and a bar ends a cell even in code.
        for literal in find_data(self.document, nodes.literal):
            if re.search("[`|]", literal.astext()):
                literal.parent.replace(literal, literal.children)
        for formula in find_data(self.document, nodes.math):
            text = formula.astext().replace(r"\|", r"\Vert ").replace("|", r"\vert ")
            formula[:] = [nodes.Text(text)]
        for table in find_tables(self.document):
            _join_heading_rows(get_tgroup(table))
        super().run()
        for table in find_tables(self.document):
            _join_lines(table)
            _hide_numbers(get_tgroup(table))

    def split(self, node: nodes.Text, text: str) -> list[nodes.Node]:
        """Return ``text`` with entities, which code cannot have."""
        if not isinstance(node.parent, (nodes.literal, *VERBATIM)):
            text = _SPECIAL.sub(lambda match: _to_entity(match[0]), text)
        return [nodes.Text(text)]


def _to_entity(character: str) -> str:
    return f"&#{ord(character)};"


def _join_heading_rows(tgroup: nodes.tgroup) -> None:
    """Join the rows of headings into one: Markdown has no others, and no merged cells."""
    remove_row_spans(tgroup)
    repeat_spanning_entries(tgroup)
    for head in tgroup.children:
        if isinstance(head, nodes.thead):
            first, *others = get_rows(head)
            for row in others:
                for above, entry in zip(first.children, row.children, strict=True):
                    assert isinstance(above, nodes.entry)
                    above.extend(entry.children)
            head[:] = [first]


def _join_lines(table: nodes.table) -> None:
    """Join the lines of each cell into a paragraph: the builder adds empty lines between them."""
    for block in list(table.findall(nodes.line_block)):
        paragraph = nodes.paragraph()
        for line in block.children:
            paragraph.extend([nodes.Text("<br/>")] if paragraph.children else [])
            paragraph.extend(line.children)
        block.parent.replace(block, paragraph)


def _hide_numbers(tgroup: nodes.tgroup) -> None:
    """Write the first character of each column of numbers as an entity.

    The builder uses tabulate, which rounds a column if all of its texts are numbers.
    """
    rows = get_all_rows(tgroup)[1:]
    for column in range(tgroup["cols"]):
        texts = (text for row in rows for text in row[column].findall(nodes.Text))
        first = next((text for text in texts if text.strip()), None)
        if first is not None and isinstance(first.parent, nodes.paragraph) and _is_number(first):
            written = first.lstrip()
            text = nodes.Text(_to_entity(written[0]) + written[1:])
            first.parent.replace(first, text)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
