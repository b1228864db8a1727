"""Wrap each table in a region that scrolls, and a box for the region and the notes around it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.body import df_table_body
from sphinx_df_table.doctree.structure import (
    FILTERS,
    LABEL,
    RANKS,
    SEARCHABLE,
    find_tables,
    get_body,
    get_colspecs,
    get_rows,
    get_tgroup,
    iter_entries,
)
from sphinx_df_table.i18n import format_count, translate, translate_plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from sphinx.writers.html5 import HTML5Translator

#: Attribute of a box: the HTML attributes with texts for the script.
_TEXTS: Final = "df-table-texts"

#: The number of rows of which the script displays only the first at first.
_LONG: Final = 200

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
    box["classes"] += ["df-table-many"] if is_long(table) else []
    box[_TEXTS] = _create_texts(table, label=region[LABEL])
    parent[first:last] = [box]


def _has_class(node: nodes.Node, classes: AbstractSet[str]) -> bool:
    return isinstance(node, nodes.paragraph) and not classes.isdisjoint(node["classes"])


def is_long(table: nodes.table, /) -> bool:
    """Return whether the script displays only the first rows of ``table`` at first."""
    return _count_rows(table) > _LONG


def has_controls(table: nodes.table, /) -> bool:
    """Return whether readers can sort, search or filter the rows of ``table``."""
    return SEARCHABLE in table or FILTERS in table or _is_sortable(table)


def _is_sortable(table: nodes.table) -> bool:
    return any(RANKS in colspec for colspec in get_colspecs(get_tgroup(table)))


def _count_rows(table: nodes.table) -> int:
    body = get_body(get_tgroup(table))
    if isinstance(body, df_table_body):
        return len(body.numbers) // body.width
    return len(body.children)


def _create_texts(table: nodes.table, *, label: str) -> dict[str, str]:
    """Return the texts for the script, by HTML attribute; the script replaces ``{}``."""
    rows = _count_rows(table)
    texts = {}
    if SEARCHABLE in table:
        texts["search"] = translate("Search")
        texts["search-in"] = translate("Search {table}", table=label)
    if FILTERS in table:
        texts["filters"] = json.dumps(_label_filters(table), ensure_ascii=False)
        texts["every"] = translate("all")
    if SEARCHABLE in table or FILTERS in table:
        texts["found"] = translate_plural(
            "{count} of {rows} row",
            "{count} of {rows} rows",
            rows,
            count="{}",
            rows=format_count(rows),
        )
        texts["none"] = translate("No row matches.")
    if is_long(table):
        texts["all"] = translate("Show all {rows} rows", rows="{}")
    if texts:
        texts["separator"] = translate(",")
    if table["names"] and has_controls(table):
        texts["names"] = json.dumps(_name_columns(table), ensure_ascii=False)
    return {f"data-df-table-{name}": text for name, text in texts.items()}


def _iter_headings(table: nodes.table) -> Iterator[tuple[int, nodes.entry, str]]:
    """Yield the first column of each heading of ``table``, the heading, and its text."""
    for head in get_tgroup(table).children:
        if isinstance(head, nodes.thead):
            for _, column, entry in iter_entries(get_rows(head)):
                yield column, entry, " ".join(entry.astext().split())


def _label_filters(table: nodes.table) -> list[list[object]]:
    """Return the column of each filter of ``table``, its label and its values.

    The label consists of the headings above the column, from the top down.
    """
    labels: dict[int, list[str]] = {}
    for column, entry, text in _iter_headings(table):
        for covered in range(column, column + 1 + entry.get("morecols", 0)):
            labels.setdefault(covered, []).append(text)
    return [
        [
            column,
            " / ".join(filter(None, labels.get(column, [])))
            or translate("column {number}", number=column + 1),
            values,
        ]
        for column, values in json.loads(table[FILTERS])
    ]


def _name_columns(table: nodes.table) -> list[str]:
    """Return the name of each column of ``table`` in the address of a page.

    It is the text of its lowest heading, or its number, counted from 1, if that text is blank, a
    number or that of another column, or begins with the sign of a descending order.
    """
    names = [""] * len(get_colspecs(get_tgroup(table)))
    for column, _, text in _iter_headings(table):
        names[column] = text
    return [
        str(column + 1)
        if not name or name.isdecimal() or name.startswith("-") or names.count(name) > 1
        else name
        for column, name in enumerate(names)
    ]
