"""Choose how each table is printed by LaTeX, which hides what is wider than its column.

Sphinx gives each column of a table the same share of the line, in which long words and
numbers run on below their neighbours; what a page cannot hold runs off it; and neither is said.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import texescape

from sphinx_df_table.doctree.structure import PRINT, find_tables, get_ancestors
from sphinx_df_table.i18n import translate
from sphinx_df_table.printing.latex_table import Typesetter, raw_latex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.config import Config

#: The points of a paper's sides, by the option of the document class.
_PAPERS: Final = {
    "letterpaper": (614, 795),
    "legalpaper": (614, 1012),
    "executivepaper": (524, 759),
    "a4paper": (597, 845),
    "a5paper": (421, 597),
    "b5paper": (501, 711),
}

#: The points of margins that Sphinx leaves on both sides, or above and below.
_MARGINS: Final = 145

#: The points between two columns of text.
_GUTTER: Final = 10

#: What has a frame around it, which is broken over pages as a whole.
_FRAMED: Final = (nodes.Admonition, nodes.topic, nodes.sidebar)

#: The points of a line that are lost in these.
_INDENTS: Final = {
    nodes.list_item: 26,
    nodes.definition: 26,
    nodes.field_body: 26,
    nodes.description: 26,
    addnodes.desc_content: 26,
    nodes.block_quote: 52,
    nodes.Admonition: 26,
    nodes.topic: 26,
    nodes.sidebar: 26,
    nodes.footnote: 26,
}

#: The share of a cell that surely is there for a table in it.
_INSIDE: Final = 0.8

#: How much wider a project's own font may be than Sphinx' default, a kind of Times.
_OTHER_FONT: Final = 1.2

#: What a table on a turned page may stand in.
_TURNABLE: Final = (
    nodes.document,
    nodes.section,
    nodes.compound,
    nodes.container,
    addnodes.start_of_file,
)

#: The attribute of a document that contains pages in landscape.
_HAS_LANDSCAPE: Final = "df-table-has-landscape"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The points of an em, and of the lines and the height of a page.

    ``is_in_columns`` says that it is set in two columns, which LaTeX breaks no table over.
    """

    em: float
    width: float
    height: float
    is_in_columns: bool

    @classmethod
    def of(cls, config: Config) -> _Page:
        """Return what ``conf.py`` asks for, as far as it does so in Sphinx' own words."""
        elements = config.latex_elements
        width, height = _PAPERS.get(elements.get("papersize", ""), _PAPERS["letterpaper"])
        points = re.match(r"\d+", elements.get("pointsize", ""))
        em = float(points[0]) if points else 10.0
        if elements.get("fontpkg"):
            em *= _OTHER_FONT
        width -= _MARGINS
        is_in_columns = "twocolumn" in elements.get("classoptions", "")
        return cls(
            em=em,
            width=(width - _GUTTER) / 2 if is_in_columns else width,
            height=height - _MARGINS,
            is_in_columns=is_in_columns,
        )

    def room_at(self, node: nodes.Node) -> float:
        """Return the points of the lines where ``node`` stands."""
        room = self.width
        for ancestor in reversed(get_ancestors(node)):
            if isinstance(ancestor, nodes.tgroup):
                room *= _INSIDE / ancestor["cols"]
            elif isinstance(ancestor, addnodes.hlist):
                room *= _INSIDE / len(ancestor)
            room -= sum(points for kind, points in _INDENTS.items() if isinstance(ancestor, kind))
        return max(room, self.width / 12)


class PrintTables(SphinxPostTransform):
    """Have each table printed whole: as Sphinx does it where that fits, else in panels.

    Must come behind Sphinx' addresses of links (priority 400), which take room, and before
    its footnotes (600), of which each is to be where its first mark stands.
    """

    default_priority = 450
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Visit the tables for which their author has not given LaTeX' own columns."""
        page = _Page.of(self.config)
        for table, is_specified in list(_tables(self.document)):
            choice = table.attributes.pop(PRINT, self.config.df_table_print)
            ancestors = get_ancestors(table)
            if choice == "plain" or is_specified:
                continue
            is_turned = choice == "landscape" and all(
                isinstance(node, _TURNABLE) for node in ancestors
            )
            is_nested = any(isinstance(node, nodes.entry) for node in ancestors)
            typesetter = Typesetter(
                em=page.em,
                height=page.width if is_turned else page.height,
                room=page.height if is_turned else page.room_at(table),
                bar="|" * _has_lines(table["classes"], self.config.latex_table_style),
                is_nested=is_nested,
                is_framed=any(isinstance(node, _FRAMED) for node in ancestors),
                may_break=not is_nested and not page.is_in_columns,
                continued=texescape.escape(translate("continued"), self.config.latex_engine),
            )
            printed = typesetter.typeset(table, is_free=choice == "auto")
            if is_turned:
                self.document[_HAS_LANDSCAPE] = True
                printed = [raw_latex(r"\begin{landscape}"), *printed, raw_latex(r"\end{landscape}")]
            place = table.parent.index(table)
            table.parent[place : place + 1] = printed


def add_landscape_package(app: Sphinx, document: nodes.document, _: str) -> None:
    """Load the LaTeX package of the environment ``landscape`` if ``document`` uses it.

    An event handler, because transforms have no access to ``app`` that all versions of Sphinx
    allow.
    """
    if _HAS_LANDSCAPE in document and not app.registry.has_latex_package("pdflscape"):
        app.add_latex_package("pdflscape")


def _tables(document: nodes.document) -> Iterator[tuple[nodes.table, bool]]:
    """Give our tables, and whether ``tabularcolumns`` was written for them."""
    ours = set(find_tables(document))
    is_specified = False
    for node in document.findall(nodes.Element):
        if isinstance(node, nodes.table):
            if node in ours:
                yield node, is_specified
            is_specified = False
        elif isinstance(node, addnodes.tabular_col_spec):
            is_specified = True


def _has_lines(classes: Sequence[str], styles: Sequence[str]) -> bool:
    """Tell whether Sphinx draws lines between the columns of a table."""
    own = {"booktabs", "borderless", "standard"}.intersection(classes)
    return "standard" in own if own else not {"booktabs", "borderless"}.intersection(styles)
