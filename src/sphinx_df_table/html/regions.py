"""Wrap each table in a region that scrolls, and a box for the region and the notes around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.body import df_table_body
from sphinx_df_table.doctree.structure import (
    LABEL,
    RANKS,
    SEARCHABLE,
    find_tables,
    get_colspecs,
    get_tgroup,
)
from sphinx_df_table.i18n import format_count, translate, translate_plural

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sphinx.writers.html5 import HTML5Translator

#: Attribute of a box: the HTML attributes with texts for the script.
_TEXTS: Final = "df-table-texts"

#: The classes of paragraphs below a table that the box includes.
_BELOW: Final = frozenset({"df-table-rows", "df-table-download"})


class df_table_box(nodes.container):  # noqa: N801 - docutils' way
    """A table in its region, with the notes above and below."""


class df_table_region(nodes.container):  # noqa: N801 - docutils' way
    """The container in which a table scrolls; the attribute ``LABEL`` is its name."""


def visit_box(translator: HTML5Translator, box: df_table_box) -> None:
    """Write the start of a ``div`` with texts for the script."""
    if translator.builder.name != "epub":
        translator.body.append(translator.starttag(box, "div", **box[_TEXTS]))


def visit_region(translator: HTML5Translator, region: df_table_region) -> None:
    """Write the start of a ``div`` that has a name, and that the keyboard can scroll."""
    if translator.builder.name != "epub":
        attributes = {"role": "region", "tabindex": "0", "aria-label": region[LABEL]}
        translator.body.append(translator.starttag(region, "div", **attributes))


def depart_container(translator: HTML5Translator, _container: nodes.container) -> None:
    """Write the end of a ``div``."""
    if translator.builder.name != "epub":
        translator.body.append("</div>\n")


class WrapTables(SphinxPostTransform):
    """Wrap each table in a region, and the region and its notes in a box.

    Runs after themes that wrap tables (up to priority 600), and removes their wrappers of
    df-tables, which copy the attributes of the table.
    """

    default_priority = 700
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit all tables of the page."""
        for table in find_tables(self.document):
            wrapper = table.parent
            if (
                isinstance(wrapper, nodes.container)
                and len(wrapper) == 1
                and "df-table" in wrapper["classes"]
                and wrapper["ids"] == table["ids"]
            ):
                wrapper.parent.replace(wrapper, table)
            _wrap(table)


def _wrap(table: nodes.table) -> None:
    parent, place = table.parent, table.parent.index(table)
    first, last = place, place + 1
    if first and _has_class(parent[first - 1], {"df-table-constants"}):
        first -= 1
    while last < len(parent) and _has_class(parent[last], _BELOW):
        last += 1
    above, below = parent.children[first:place], parent.children[place + 1 : last]
    region = df_table_region("", table, classes=["df-table-region"])
    region[LABEL] = table.get(LABEL) or translate("Table")
    box = df_table_box("", *above, region, *below, classes=["df-table-box"])
    box["classes"].append(f"df-table-{table.get('align', 'default')}")
    box["classes"] += ["df-table-sized"] if "width" in table else []
    box["classes"] += ["df-table-searchable"] if SEARCHABLE in table else []
    box[_TEXTS] = _create_texts(table, label=region[LABEL])
    parent[first:last] = [box]


def _has_class(node: nodes.Node, classes: AbstractSet[str]) -> bool:
    return isinstance(node, nodes.paragraph) and not classes.isdisjoint(node["classes"])


def _create_texts(table: nodes.table, *, label: str) -> dict[str, str]:
    """Return the texts for the script, by HTML attribute; the script replaces ``{}``."""
    texts = {}
    if SEARCHABLE in table:
        bodies = table.findall(lambda node: isinstance(node, (df_table_body, nodes.tbody)))
        rows = sum(
            len(list(body.rows)) if isinstance(body, df_table_body) else len(body.children)
            for body in bodies
        )
        texts["search"] = translate("Search")
        texts["search-in"] = translate("Search {table}", table=label)
        texts["found"] = translate_plural(
            "{count} of {rows} row",
            "{count} of {rows} rows",
            rows,
            count="{}",
            rows=format_count(rows),
        )
        texts["none"] = translate("No row matches.")
    if any(RANKS in colspec for colspec in get_colspecs(get_tgroup(table))):
        texts["sort"] = translate("Sort by {heading}", heading="{}")
        texts["nth"] = translate("column {number}", number="{}")
    return {f"data-df-table-{name}": text for name, text in texts.items()}
