"""Add attributes of HTML to tables and entries: names, scopes, sort keys, styles.

The constants of a table, a paragraph in other formats, become a part of its caption.
"""

from __future__ import annotations

import html
import itertools
import re
from typing import TYPE_CHECKING, Any, Final

import sphinx
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.structure import (
    CONSTANTS,
    LABEL,
    MATHJAX_IGNORES,
    MATHJAX_PROCESSES,
    RANKS,
    ROW_IDS,
    STYLE,
    count_stubs,
    find_tables,
    get_colspecs,
    get_rows,
    get_tgroup,
    has_right_to_left,
    iter_entries,
)
from sphinx_df_table.html.columns import add_width_classes
from sphinx_df_table.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx.writers.html5 import HTML5Translator

#: Attribute of an ``entry``: the HTML attributes of its start tag.
_ATTRIBUTES: Final = "df-table-attributes"

#: Attribute of an ``entry`` in a ``thead`` that is written as ``td``.
_NO_HEADING: Final = "df-table-no-heading"

#: The classes of references that show a caption, which may be data.
_CAPTION_REFERENCES: Final = frozenset({"std-ref", "std-numref"})

#: The start of a formula for MathJax.
_TEX: Final = re.compile(r"\\[(\[]|\$")


class df_table_permalink(nodes.Inline, nodes.Element):  # noqa: N801 - docutils' way
    """The sign that links to its row, for HTML only; ``refid`` is the id of the row."""


def visit_permalink(translator: HTML5Translator, link: df_table_permalink) -> None:
    """Write the sign as Sphinx writes those of headings, where it writes them."""
    if translator.config.html_permalinks and translator.builder.add_permalinks:
        icon = translator.config.html_permalinks_icon
        title = html.escape(translate("Link to this row"))
        start = f'<a class="headerlink" href="#{link["refid"]}" title="{title}">'
        translator.body.append(f"{start}{icon}</a>")
    raise nodes.SkipNode


class df_table_entry(nodes.entry):  # noqa: N801 - docutils' way
    """An ``entry`` with attributes of HTML, for HTML only."""


def visit_entry(translator: HTML5Translator, entry: df_table_entry) -> None:
    """Write the start that ``translator``, or a theme's own, writes, with more attributes."""
    start = len(translator.body)
    translator.visit_entry(entry)
    attributes = "".join(
        f' {name}="{html.escape(value)}"' for name, value in entry[_ATTRIBUTES].items()
    )
    tag = _rename_heading(translator.body[start], entry)
    translator.body[start] = re.sub(r"^(\s*<t[dh]\b)", lambda found: found[0] + attributes, tag)


def depart_entry(translator: HTML5Translator, entry: df_table_entry) -> None:
    """Write the end that ``translator`` writes."""
    start = len(translator.body)
    translator.depart_entry(entry)
    translator.body[start:] = [_rename_heading(part, entry) for part in translator.body[start:]]


def _rename_heading(tag: str, entry: df_table_entry) -> str:
    """Replace ``th`` in ``tag`` by ``td`` if ``entry`` is no heading."""
    return re.sub(r"^(\s*</?)th\b", r"\1td", tag) if entry.get(_NO_HEADING) else tag


class AddTableAttributes(SphinxPostTransform):
    """Add a name to each table, scopes and sort keys to headings, and styles to cells.

    Runs after references are resolved (priority 10) and bodies are expanded (11), and before
    sphinx-design turns its tabs, whose labels may be names, into HTML (200).
    """

    default_priority = 99
    builders: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html",)

    def run(self, **_: Any) -> None:
        """Visit all tables of the page, and all references to captions."""
        for reference in _find_caption_references(self.document):
            if _TEX.search(reference.astext()):
                _restrict_mathjax(reference)
        # An EPUB reader has no region that scrolls. No other way to ask for the builder works
        # without a warning in all versions of Sphinx.
        self.builders, self.formats = ("epub",), ()
        is_epub = self.is_supported()
        taken: set[str] = set()
        for table in find_tables(self.document):
            label = _find_label(table)
            numbered = (f"{label} ({number})" for number in itertools.count(2))
            names = itertools.chain([label], numbered)
            table[LABEL] = next(name for name in names if name not in taken)
            taken.add(table[LABEL])
            _restrict_mathjax(table)
            if not is_epub:
                add_width_classes(get_tgroup(table))
            add_cell_attributes(get_tgroup(table))


def _find_caption_references(element: nodes.Element) -> Iterator[nodes.inline]:
    """Yield the references in ``element`` that show a caption, which may be data."""
    for reference in element.findall(nodes.inline):
        if not _CAPTION_REFERENCES.isdisjoint(reference["classes"]):
            yield reference


def _restrict_mathjax(element: nodes.Element) -> None:
    """Exclude ``element`` from MathJax, but for the formulas that are math nodes.

    On pages with formulas it searches for dollars and backslashes everywhere, and its commands
    can make links to scripts.
    """
    element["classes"] += MATHJAX_IGNORES
    for node in element.findall(nodes.Element):
        if isinstance(node, (nodes.math, nodes.math_block)):
            node["classes"] += MATHJAX_PROCESSES


def _find_label(table: nodes.table) -> str:
    """Return the caption, or else the nearest tab label or section title above ``table``."""
    node: nodes.Element | None = table
    while node is not None:
        first = node.children[0] if node.children else None
        if isinstance(first, (nodes.title, nodes.rubric)) and (text := first.astext().strip()):
            return " ".join(text.split())
        node = node.parent
    return translate("Table")


def add_cell_attributes(tgroup: nodes.tgroup, /) -> None:
    """Add scopes, styles and sort keys to the entries in ``tgroup``."""
    stubs = count_stubs(tgroup)
    for part in list(tgroup.children):
        if isinstance(part, nodes.tbody):
            add_row_scopes(part, tgroup)
        elif isinstance(part, nodes.thead):
            _add_head_attributes(part, tgroup, stubs=stubs)


def add_row_scopes(
    body: nodes.Element, tgroup: nodes.Element, /, *, has_signs: bool = True
) -> None:
    """Make the stubs of each row in ``body`` headings of the row, with a link to it.

    Cells of right-to-left text get the direction of their text.
    """
    stubs = count_stubs(tgroup)
    signed = find_signed_column(tgroup) if has_signs else None
    for row in body.children:
        assert isinstance(row, nodes.row)
        if signed is not None and row["ids"]:
            add_permalink(row.children[signed], row["ids"][0])
        row[:] = [
            _with_attributes(entry, ({"scope": "row"} if place < stubs else {}) | _direction(entry))
            for place, entry in enumerate(row.children)
            if isinstance(entry, nodes.entry)
        ]


def _direction(entry: nodes.entry) -> dict[str, str]:
    return {"dir": "auto"} if has_right_to_left(entry.astext()) else {}


def find_signed_column(tgroup: nodes.Element, /) -> int | None:
    """Return the column of ``tgroup`` with the signs that link to rows; ``None`` if it has none.

    It is the column that identifies the rows, or the last row heading if that is to the left.
    """
    columns = [n for n, colspec in enumerate(get_colspecs(tgroup)) if ROW_IDS in colspec]
    stubs = count_stubs(tgroup)
    return min([columns[0], *([stubs - 1] if stubs else [])]) if columns else None


def add_permalink(entry: nodes.Node, row_id: str, /) -> None:
    """Add the sign that links to a row to the end of ``entry``, in its last line if it can be."""
    assert isinstance(entry, nodes.entry)
    place: nodes.Element = entry
    while place.children and isinstance(place[-1], (nodes.paragraph, nodes.line_block, nodes.line)):
        place = place[-1]
    place.append(df_table_permalink(refid=row_id))


def _add_head_attributes(head: nodes.thead, tgroup: nodes.tgroup, *, stubs: int) -> None:
    """Add scopes and sort keys to the entries of ``head``.

    If an entry of the first row spans columns, its scope is ``colgroup``, and a group of columns
    is inserted for it, as HTML requires
    (https://html.spec.whatwg.org/multipage/tables.html#attr-th-scope-colgroup).
    """
    ranks = [colspec.get(RANKS) for colspec in get_colspecs(tgroup)]
    rows = get_rows(head)
    entries = list(iter_entries(rows))
    has_groups = "colwidths-given" not in tgroup.parent["classes"] and any(
        number == 0 and "morecols" in entry for number, _, entry in entries
    )
    for number, column, entry in entries:
        if column < stubs:
            entry["classes"] += ["df-table-stub", f"df-table-stub-{column + 1}"]
        attributes = {}
        # An empty entry must not be announced as a heading.
        if has_text := bool(entry.astext()):
            is_group = has_groups and number == 0 and "morecols" in entry
            attributes["scope"] = "colgroup" if is_group else "col"
            attributes |= _direction(entry)
        is_lowest = number + entry.get("morerows", 0) == len(rows) - 1
        if is_lowest and "morecols" not in entry and (order := ranks[column]) is not None:
            attributes |= {"data-df-table-column": str(column), "data-df-table-ranks": order}
            attributes |= _name_button(entry, column)
        entry.parent.replace(entry, _with_attributes(entry, attributes, is_no_heading=not has_text))
    if has_groups:
        spans = [1 + entry.get("morecols", 0) for number, _, entry in entries if number == 0]
        groups = "".join(f'<colgroup span="{span}"></colgroup>' for span in spans)
        head.parent.insert(head.parent.index(head), nodes.raw("", groups, format="html"))


def _name_button(entry: nodes.entry, column: int) -> dict[str, str]:
    """Return the name of the sort button of a heading that is not its text.

    A heading with links or several lines is beside its button.
    """
    heading = " ".join(entry.astext().split())
    parts = (nodes.reference, nodes.line_block)
    if heading and not any(isinstance(node, parts) for node in entry.findall()):
        return {}
    heading = heading or translate("column {number}", number=column + 1)
    return {"data-df-table-sort": translate("Sort by {heading}", heading=heading)}


def _with_attributes(
    entry: nodes.entry, attributes: Mapping[str, str], *, is_no_heading: bool = False
) -> nodes.entry:
    """Return ``entry``, or its replacement with ``attributes`` and its own style.

    :param is_no_heading: whether it is written as ``td`` also in a ``thead``.
    """
    if STYLE in entry:
        attributes = {**attributes, "style": entry[STYLE]}
    if not attributes and not is_no_heading:
        return entry
    replacement = df_table_entry("", *entry.children, **entry.attributes)
    replacement[_ATTRIBUTES] = dict(attributes)
    replacement[_NO_HEADING] = is_no_heading
    return replacement


class EscapeSearchTitles(SphinxPostTransform):
    """Escape data in titles for the search page of Sphinx before 9, which sets titles as HTML.

    The search index has the texts of titles. For this page they consist of raw HTML, whose text
    is its source. Runs after the captions of tables are named and referred to.
    """

    default_priority = 110
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit the titles of tables, and the references to captions in all other titles."""
        if sphinx.version_info >= (9,):
            return
        for title in self.document.findall(nodes.title):
            is_data = (
                isinstance(title.parent, nodes.table) and "df-table" in title.parent["classes"]
            )
            parts = [title] if is_data else list(_find_caption_references(title))
            for text in [text for part in parts for text in part.findall(nodes.Text)]:
                if re.search("[<>&]", text) and not isinstance(text.parent, nodes.raw):
                    escaped = html.escape(text, quote=False)
                    text.parent.replace(text, nodes.raw(text, escaped, format="html"))


class MoveConstants(SphinxPostTransform):
    """Move the constants of a table into its caption, or above the table if it has none.

    Other formats show them below the table. Numbers, references and lists of tables use the
    caption without them. Runs after the references in captions are resolved.
    """

    default_priority = 100
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit the paragraphs with constants."""
        for paragraph in list(self.document.findall(nodes.paragraph)):
            table = paragraph.previous_sibling()
            if not paragraph.attributes.pop(CONSTANTS, False) or not isinstance(table, nodes.table):
                continue
            paragraph.parent.remove(paragraph)
            _restrict_mathjax(paragraph)
            if isinstance(table[0], nodes.title):
                line = nodes.inline("", "", *paragraph.children, classes=paragraph["classes"])
                table[0] += [nodes.raw("", "<br />", format="html"), line]
            else:
                table.parent.insert(table.parent.index(table), paragraph)
