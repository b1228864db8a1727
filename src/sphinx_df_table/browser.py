"""What only HTML can show: inline styles, the line under a caption, the stylesheet."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.looks import CONSTANTS, STYLE

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

_STATIC: Final = Path(__file__).with_name("static")


class df_table_styled_entry(nodes.entry):  # noqa: N801 - docutils' way
    """An ``entry`` with an inline style, there for HTML only."""


def visit_styled_entry(translator: HTML5Translator, entry: df_table_styled_entry) -> None:
    """Write what ``translator``, or a theme's own, writes for an ``entry``, with its style."""
    start = len(translator.body)
    translator.visit_entry(entry)
    tag = translator.body[start]
    style = f' style="{html.escape(entry[STYLE])}"'
    translator.body[start] = re.sub(r"^(\s*<t[dh]\b)", lambda found: found[0] + style, tag)


def depart_styled_entry(translator: HTML5Translator, entry: df_table_styled_entry) -> None:
    """Write the end."""
    translator.depart_entry(entry)


class StyleEntries(SphinxPostTransform):
    """Put a :class:`df_table_styled_entry` in the place of each entry with a style."""

    default_priority = 100
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit all tables of the page."""
        for entry in list(self.document.findall(nodes.entry)):
            if STYLE in entry:
                styled = df_table_styled_entry("", *entry.children, **entry.attributes)
                entry.parent.replace(entry, styled)


class PlaceConstants(SphinxPostTransform):
    """Put what holds for all rows under the table's caption, and so into it, or above the table.

    Other formats have it below the table. Numbers, references and lists of tables are made
    from the caption without it. Runs when its references are resolved.
    """

    default_priority = 100
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit the paragraphs that stand behind their table."""
        for paragraph in list(self.document.findall(nodes.paragraph)):
            table = paragraph.previous_sibling()
            if paragraph.attributes.pop(CONSTANTS, False) and isinstance(table, nodes.table):
                paragraph.parent.remove(paragraph)
                _place(paragraph, table)


def _place(paragraph: nodes.paragraph, table: nodes.table) -> None:
    if isinstance(table[0], nodes.title):
        line = nodes.inline("", "", *paragraph.children, classes=paragraph["classes"])
        table[0] += [nodes.raw("", "<br />", format="html"), line]
    else:
        table.parent.insert(table.parent.index(table), paragraph)


def add_assets(
    app: Sphinx,
    pagename: str,  # noqa: ARG001
    templatename: str,  # noqa: ARG001
    context: dict[str, Any],  # noqa: ARG001
    doctree: nodes.document | None,
) -> None:
    """Give the stylesheet to a page that shows something of ours."""
    if doctree is not None and any(map(_is_ours, doctree.findall(nodes.table))):
        app.add_css_file("df-table.css")


def _is_ours(table: nodes.table) -> bool:
    return "df-table" in table["classes"]


def offer_static_files(app: Sphinx) -> None:
    """Have Sphinx copy the stylesheet."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(_STATIC))
