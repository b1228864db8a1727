"""Shape tables for builders whose format knows less than docutils."""

from __future__ import annotations

import math
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree import content_widths, placed_entries
from sphinx_df_table.looks import TABS, tables_in


class FitColumnsToText(SphinxPostTransform):
    """Make every column of plain text as wide as its words, whatever widths the author gave.

    Where docutils and HTML take widths as relative, Sphinx' text builder takes them as
    characters; in Sphinx 7, a word in a column of one character sends it into an endless
    loop. Runs when references and substitutions have become what the reader sees.
    """

    default_priority = 900
    formats = ("text",)

    def run(self, **_: Any) -> None:
        """Set the widths of each ``df-table`` anew, those that were given in proportion."""
        for table in tables_in(self.document):
            for tgroup in [part for part in table.children if isinstance(part, nodes.tgroup)]:
                colspecs = [part for part in tgroup.children if isinstance(part, nodes.colspec)]
                rows = [
                    row
                    for part in tgroup.children
                    for row in part.children
                    if isinstance(row, nodes.row)
                ]
                needed = [max(width, 2) for width in content_widths(rows, len(colspecs))]
                given = [colspec["colwidth"] for colspec in colspecs]
                if "colwidths-given" in table["classes"]:
                    factor = max(math.ceil(n / g) for n, g in zip(needed, given, strict=True))
                    needed = [factor * width for width in given]
                for colspec, width in zip(colspecs, needed, strict=True):
                    colspec["colwidth"] = width


class FlattenSpans(SphinxPostTransform):
    """Give every column its own headings where a format has no merged cells.

    docutils' man and Sphinx' texinfo writer put the cells beside a merged one into the wrong
    columns. A heading over several columns is repeated over each; one over several rows
    stands in the last of them, next to its data.
    """

    default_priority = 100
    formats = ("man", "texinfo")

    def run(self, **_: Any) -> None:
        """Rewrite the heading of each ``df-table``, the only part of it that has spans."""
        for table in tables_in(self.document):
            for part in [part for tgroup in table.children for part in tgroup.children]:
                if isinstance(part, nodes.thead):
                    part[:] = _flat([row for row in part.children if isinstance(row, nodes.row)])


class ShowTabsInTurn(SphinxPostTransform):
    """Show the tables of our tabs one after the other in EPUB, each below its label.

    What sphinx-design makes of tabs there is no well-formed XHTML, and needs a browser. Must
    come before that (priority 200).
    """

    default_priority = 190
    builders = ("epub",)

    def run(self, **_: Any) -> None:
        """Take from our sets what makes tabs of them."""
        for tabs in list(self.document.findall(nodes.container)):
            if tabs.get(TABS):
                for container in tabs.findall(nodes.container):
                    container.attributes.pop("design_component", None)


def _copy(entry: nodes.entry) -> nodes.entry:
    """Return a copy to which nothing refers."""
    copied = entry.deepcopy()
    for node in copied.findall(nodes.Element):
        node["ids"] = []
    return copied


def _flat(rows: list[nodes.row]) -> list[nodes.row]:
    cells: list[dict[int, nodes.entry]] = [{} for _ in rows]
    for number, start, entry in list(placed_entries(rows)):
        last_row = number + entry.attributes.pop("morerows", 0)
        last_column = start + entry.attributes.pop("morecols", 0)
        for column in range(start, last_column + 1):
            for row in range(number, last_row):
                cells[row][column] = nodes.entry()
            cells[last_row][column] = entry if column == start else _copy(entry)
    return [nodes.row("", *(row[column] for column in sorted(row))) for row in cells]
