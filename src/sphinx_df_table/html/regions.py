"""The region that a table scrolls in, and the box around it with what stands above and below."""

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
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from sphinx.writers.html5 import HTML5Translator

#: What the script is to say to readers of a box.
_WORDS: Final = "df-table-words"

#: What stands below a table and belongs to it.
_BELOW: Final = frozenset({"df-table-rows", "df-table-download"})


class df_table_box(nodes.container):  # noqa: N801 - docutils' way
    """A table in its region, with what stands above and below."""


class df_table_region(nodes.container):  # noqa: N801 - docutils' way
    """What a table scrolls in; the attribute ``LABEL`` is its name."""


def visit_box(translator: HTML5Translator, box: df_table_box) -> None:
    """Begin a ``div``."""
    if _scrolls(translator):
        translator.body.append(translator.starttag(box, "div", **box[_WORDS]))


def visit_region(translator: HTML5Translator, region: df_table_region) -> None:
    """Begin a ``div`` that has a name, and that the keyboard can scroll."""
    attributes = {"role": "region", "tabindex": "0", "aria-label": region[LABEL]}
    if _scrolls(translator):
        translator.body.append(translator.starttag(region, "div", **attributes))


def depart_box(translator: HTML5Translator, _box: nodes.container) -> None:
    """End the ``div``."""
    if _scrolls(translator):
        translator.body.append("</div>\n")


def _scrolls(translator: HTML5Translator) -> bool:
    """Tell whether the output has regions that scroll: a page of an EPUB has not."""
    return bool(translator.builder.name != "epub")


class WrapTables(SphinxPostTransform):
    """Put each table into a region that scrolls, and that into a box with what belongs to it.

    Must come behind themes that wrap tables, too (up to priority 600): what they put around a
    table of ours is taken away, with the attributes that they copied.
    """

    default_priority = 700
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit all tables of the page."""
        for table in find_tables(self.document):
            _unwrap(table)
            _wrap(table)


def _unwrap(table: nodes.table) -> None:
    wrapper = table.parent
    if (
        isinstance(wrapper, nodes.container)
        and len(wrapper) == 1
        and "df-table" in wrapper["classes"]
        and wrapper["ids"] == table["ids"]
    ):
        wrapper.parent.replace(wrapper, table)


def _wrap(table: nodes.table) -> None:
    parent, place = table.parent, table.parent.index(table)
    first, last = place, place + 1
    if first and _belongs(parent[first - 1], {"df-table-constants"}):
        first -= 1
    while last < len(parent) and _belongs(parent[last], _BELOW):
        last += 1
    above, below = parent.children[first:place], parent.children[place + 1 : last]
    region = df_table_region("", table, classes=["df-table-region"])
    region[LABEL] = table.get(LABEL) or translate("Table")
    box = df_table_box("", *above, region, *below, classes=["df-table-box"])
    box["classes"] += [f"df-table-{name}" for name in _box_names(table)]
    box[_WORDS] = _words_of_script(table, label=region[LABEL])
    parent[first:last] = [box]


def _words_of_script(table: nodes.table, *, label: str) -> dict[str, str]:
    """Return what the script says to readers, each as an attribute; ``{}`` is what it fills in."""
    words = {}
    if SEARCHABLE in table:
        rows = _row_count(table)
        words["search"] = translate("Search")
        words["search-in"] = translate("Search {table}", table=label)
        words["found"] = translate_plural(
            "{count} of {rows} row",
            "{count} of {rows} rows",
            rows,
            count="{}",
            rows=format_count(rows),
        )
        words["none"] = translate("No row matches.")
    if any(RANKS in colspec for colspec in get_colspecs(get_tgroup(table))):
        words["sort"] = translate("Sort by {heading}", heading="{}")
        words["nth"] = translate("column {number}", number="{}")
    return {f"data-df-table-{name}": text for name, text in words.items()}


def _row_count(table: nodes.table) -> int:
    """Return how many rows the body of ``table`` has."""
    bodies = table.findall(lambda node: isinstance(node, (df_table_body, nodes.tbody)))
    return sum(
        len(list(body.rows)) if isinstance(body, df_table_body) else len(body.children)
        for body in bodies
    )


def _belongs(node: nodes.Node, classes: AbstractSet[str]) -> bool:
    return isinstance(node, nodes.paragraph) and not classes.isdisjoint(node["classes"])


def _box_names(table: nodes.table) -> Iterator[str]:
    """Give what the box is to know of its table."""
    yield table.get("align", "default")
    if "width" in table:
        yield "sized"
    if SEARCHABLE in table:
        yield "searchable"
