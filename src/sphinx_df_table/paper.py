"""Shape tables for builders whose format knows less than docutils."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree import placed_entries


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
        for thead in list(self.document.findall(nodes.thead)):
            table = thead.parent.parent
            if "df-table" in table["classes"]:
                thead[:] = _flat([row for row in thead.children if isinstance(row, nodes.row)])


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
