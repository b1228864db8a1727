"""Adapt tables to Markdown, as the builder of sphinx-markdown-builder writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from docutils import nodes

from sphinx_df_table.doctree.cells import find_text_elements
from sphinx_df_table.doctree.structure import find_tables, get_rows, get_tgroup
from sphinx_df_table.printing.escaping import VERBATIM, EscapeTexts, find_data
from sphinx_df_table.printing.panels import (
    get_all_rows,
    remove_row_spans,
    repeat_spanning_entries,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    for entry in table.findall(nodes.entry):
        if all(isinstance(child, (nodes.paragraph, nodes.line_block)) for child in entry.children):
            lines = [line for line in find_text_elements(entry) if line.children]
            for line in lines[1:]:
                lines[0] += [nodes.Text("<br/>"), *line.children]
            entry[:] = [nodes.paragraph("", "", *lines[0].children)] if lines else []


def _hide_numbers(tgroup: nodes.tgroup) -> None:
    """Add a comment to a cell of each column of numbers that the builder would round.

    It uses tabulate, which formats a column as numbers if all of its texts are numbers.
    """
    rows = get_all_rows(tgroup)[1:]
    for column in range(tgroup["cols"]):
        entries = [row[column] for row in rows if row[column].astext().strip()]
        if _is_rounded([entry.astext() for entry in entries]):
            # What is no paragraph is no number in the builder's text.
            for paragraph in list(entries[0].findall(nodes.paragraph))[:1]:
                paragraph.append(nodes.Text("<!-- -->"))


def _is_rounded(texts: Sequence[str]) -> bool:
    """Return whether tabulate would show one of these texts as another number."""
    try:
        return [format(float(text.replace(",", "")), "g") for text in texts] != texts
    except ValueError:
        return False
