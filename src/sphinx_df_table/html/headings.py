"""Headings and cells with attributes that only HTML has: scopes, sort keys, constants."""

from __future__ import annotations

import html
import itertools
import re
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.structure import (
    CONSTANTS,
    LABEL,
    MATHJAX_IGNORES,
    MATHJAX_PROCESSES,
    RANKS,
    STYLE,
    count_stubs,
    find_tables,
    get_colspecs,
    get_rows,
    get_tgroup,
    iter_entries,
)
from sphinx_df_table.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from sphinx.writers.html5 import HTML5Translator

#: The attribute of an ``entry`` that holds those of its start tag.
_ATTRIBUTES: Final = "df-table-attributes"

#: The attribute of an ``entry`` in the place of a heading that there is not.
_NO_HEADING: Final = "df-table-no-heading"


class df_table_entry(nodes.entry):  # noqa: N801 - docutils' way
    """An ``entry`` with attributes of HTML, for HTML only."""


def visit_entry(translator: HTML5Translator, entry: df_table_entry) -> None:
    """Write what ``translator``, or a theme's own, writes for an ``entry``, with its attributes."""
    start = len(translator.body)
    translator.visit_entry(entry)
    written = "".join(
        f' {name}="{html.escape(value)}"' for name, value in entry[_ATTRIBUTES].items()
    )
    tag = _renamed(translator.body[start], entry)
    translator.body[start] = re.sub(r"^(\s*<t[dh]\b)", lambda found: found[0] + written, tag)


def depart_entry(translator: HTML5Translator, entry: df_table_entry) -> None:
    """Write the end."""
    start = len(translator.body)
    translator.depart_entry(entry)
    translator.body[start:] = [_renamed(part, entry) for part in translator.body[start:]]


def _renamed(tag: str, entry: df_table_entry) -> str:
    """Return ``tag`` as that of a cell if it is to be no heading."""
    return re.sub(r"^(\s*</?)th\b", r"\1td", tag) if entry.get(_NO_HEADING) else tag


def with_attributes(
    entry: nodes.entry, attributes: Mapping[str, str], /, *, is_no_heading: bool = False
) -> nodes.entry:
    """Return ``entry``, or one that takes its place, with ``attributes`` and its own style.

    :param is_no_heading: whether it is a plain cell, wherever it stands.
    """
    if STYLE in entry:
        attributes = {**attributes, "style": entry[STYLE]}
    if not attributes and not is_no_heading:
        return entry
    found = df_table_entry("", *entry.children, **entry.attributes)
    found[_ATTRIBUTES] = dict(attributes)
    found[_NO_HEADING] = is_no_heading
    return found


def add_row_scopes(body: nodes.Element, /, *, stubs: int) -> None:
    """Say of the first ``stubs`` cells of each row in ``body`` that they are its headings."""
    for row in body.children:
        assert isinstance(row, nodes.row)
        row[:] = [
            with_attributes(entry, {"scope": "row"} if place < stubs else {})
            for place, entry in enumerate(row.children)
            if isinstance(entry, nodes.entry)
        ]


#: The classes of references that show a caption, which may be data.
_REFERENCES: Final = frozenset({"std-ref", "std-numref"})

#: Where MathJax takes text for a formula.
_TEX: Final = re.compile(r"\\[(\[]|\$")


class AddTableAttributes(SphinxPostTransform):
    """Give each table a name, say what its headings are for, and give cells their style.

    Must come behind the resolution of references (priority 10) and the expansion of bodies
    (11), and before sphinx-design makes HTML of its tabs (200), whose labels may be names.
    """

    default_priority = 99
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit all tables of the page, and what refers to captions of tables."""
        for reference in self.document.findall(nodes.inline):
            if _REFERENCES.intersection(reference["classes"]) and _TEX.search(reference.astext()):
                _keep_formulas_to_markup(reference)
        labels: set[str] = set()
        for table in find_tables(self.document):
            table[LABEL] = _unlike(_label(table), labels)
            labels.add(table[LABEL])
            _keep_formulas_to_markup(table)
            mark_group(get_tgroup(table))


def _keep_formulas_to_markup(element: nodes.Element) -> None:
    """Have MathJax set the formulas in ``element``, and no other text that looks like one.

    On pages with formulas it looks for dollars and backslashes everywhere, and its commands can
    make links to scripts.
    """
    element["classes"] += MATHJAX_IGNORES
    for node in element.findall(nodes.Element):
        if isinstance(node, (nodes.math, nodes.math_block)):
            node["classes"] += MATHJAX_PROCESSES


def _label(table: nodes.table) -> str:
    """Return the caption; else the label of the tab, or the title, that stands nearest above."""
    node: nodes.Element | None = table
    while node is not None:
        first = node.children[0] if node.children else None
        if isinstance(first, (nodes.title, nodes.rubric)) and (text := first.astext().strip()):
            return " ".join(text.split())
        node = node.parent
    return translate("Table")


def _unlike(label: str, taken: AbstractSet[str]) -> str:
    """Return ``label``, with a number if it is one of those ``taken``."""
    numbered = (f"{label} ({number})" for number in itertools.count(2))
    return next(name for name in itertools.chain([label], numbered) if name not in taken)


def mark_group(tgroup: nodes.tgroup, /) -> None:
    """Give the cells in ``tgroup`` what only HTML has: scopes, styles, the order of columns."""
    stubs = count_stubs(tgroup)
    for part in list(tgroup.children):
        if isinstance(part, nodes.tbody):
            add_row_scopes(part, stubs=stubs)
        elif isinstance(part, nodes.thead):
            _mark_head(part, tgroup, stubs=stubs)


def _mark_head(head: nodes.thead, tgroup: nodes.tgroup, *, stubs: int) -> None:
    ranks = [colspec.get(RANKS) for colspec in get_colspecs(tgroup)]
    rows = get_rows(head)
    placed = list(iter_entries(rows))
    has_groups = "colwidths-given" not in tgroup.parent["classes"] and any(
        number == 0 and "morecols" in entry for number, _, entry in placed
    )
    for number, column, entry in placed:
        if column < stubs:
            entry["classes"] += ["df-table-stub", f"df-table-stub-{column + 1}"]
        is_lowest = number + entry.get("morerows", 0) == len(rows) - 1
        order = ranks[column] if is_lowest and "morecols" not in entry else None
        attributes = {"scope": "colgroup" if _is_of_group(entry, number, has_groups) else "col"}
        if order is not None:
            attributes |= {"data-df-table-column": str(column), "data-df-table-ranks": order}
        entry.parent.replace(entry, _heading(entry, attributes))
    if has_groups:
        head.parent.insert(head.parent.index(head), _column_groups(placed))


def _is_of_group(entry: nodes.entry, row: int, has_groups: bool) -> bool:
    """Tell whether ``entry`` stands over all columns of a group, and of none besides."""
    return row == 0 and has_groups and "morecols" in entry


def _heading(entry: nodes.entry, attributes: Mapping[str, str]) -> nodes.entry:
    """Return what takes the place of ``entry`` in a head."""
    if entry.astext():
        return with_attributes(entry, attributes)
    # Where nothing is to be read, nothing is to be announced as a heading.
    others = {name: value for name, value in attributes.items() if name != "scope"}
    return with_attributes(entry, others, is_no_heading=True)


def _column_groups(placed: list[tuple[int, int, nodes.entry]]) -> nodes.raw:
    """Return the groups of columns that headings of the first row stand over.

    HTML knows no heading of a group without the group
    (https://html.spec.whatwg.org/multipage/tables.html#attr-th-scope-colgroup).
    """
    spans = [1 + entry.get("morecols", 0) for number, _, entry in placed if number == 0]
    groups = "".join(f'<colgroup span="{span}"></colgroup>' for span in spans)
    return nodes.raw("", groups, format="html")


class MoveConstants(SphinxPostTransform):
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
                _keep_formulas_to_markup(paragraph)
                _place(paragraph, table)


def _place(paragraph: nodes.paragraph, table: nodes.table) -> None:
    if isinstance(table[0], nodes.title):
        line = nodes.inline("", "", *paragraph.children, classes=paragraph["classes"])
        table[0] += [nodes.raw("", "<br />", format="html"), line]
    else:
        table.parent.insert(table.parent.index(table), paragraph)
