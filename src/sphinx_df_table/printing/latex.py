"""Choose for each table how LaTeX prints it, so that nothing in it is hidden or cut off.

By default, Sphinx gives all columns of a table the same share of the line. Long words and
numbers are then printed over the next column, wide tables run off the page, and there is no
warning about it.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.structure import PRINT, find_tables, get_ancestors
from sphinx_df_table.i18n import translate
from sphinx_df_table.printing.escaping import HAS_SIGNS, escape_for_latex
from sphinx_df_table.printing.latex_table import Typesetter, raw_latex
from sphinx_df_table.printing.panels import add_targets_to_cells

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

#: Width and height of the paper in points, by the option of the document class.
_PAPER_SIZES: Final = {
    "letterpaper": (614, 795),
    "legalpaper": (614, 1012),
    "executivepaper": (524, 759),
    "a4paper": (597, 845),
    "a5paper": (421, 597),
    "b5paper": (501, 711),
}

#: Sphinx's margins in points: left and right together, and also top and bottom together.
_MARGINS: Final = 145

#: The points between the two columns of a page.
_COLUMN_GAP: Final = 10

#: Nodes that Sphinx prints in a frame, which is broken over pages as a whole.
_FRAMED: Final = (nodes.Admonition, nodes.topic, nodes.sidebar)

#: Nodes whose lines are shorter by this number of points; by twice as many in a block quote.
_INDENT: Final = 26
_INDENTING: Final = (
    *_FRAMED,
    *(nodes.list_item, nodes.definition, nodes.field_body, nodes.footnote),
    *(nodes.description, addnodes.desc_content),
)

#: The share of a cell's width that is available to a table in it.
_NESTED_SHARE: Final = 0.8

#: How much wider a project's own font may be than Sphinx's default, a kind of Times.
_CUSTOM_FONT_FACTOR: Final = 1.2

#: The only nodes that may contain a table in landscape.
ALLOW_LANDSCAPE: Final = (
    nodes.document,
    nodes.section,
    nodes.compound,
    nodes.container,
    addnodes.start_of_file,
)

#: The attribute of a document that contains pages in landscape.
_HAS_LANDSCAPE: Final = "df-table-has-landscape"

#: The LaTeX package of signs for pdfLaTeX.
_SIGNS: Final = Path(__file__).with_name("sphinxdftable.sty")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The page of a document, in points.

    :param em: the width of an em.
    :param width: the width of a line of text.
    :param height: the height of the text.
    :param has_columns: whether it is set in two columns, in which LaTeX breaks no table.
    """

    em: float
    width: float
    height: float
    has_columns: bool

    @classmethod
    def from_config(cls, config: Config) -> _Page:
        """Return the page that ``latex_elements`` describe, with Sphinx's default for all else.

        The preamble, in which LaTeX code can change anything, is not taken into account.
        """
        elements = config.latex_elements
        width, height = _PAPER_SIZES.get(elements.get("papersize", ""), _PAPER_SIZES["letterpaper"])
        points = re.match(r"\d+", elements.get("pointsize", ""))
        em = float(points[0]) if points else 10.0
        if elements.get("fontpkg"):
            em *= _CUSTOM_FONT_FACTOR
        width -= _MARGINS
        has_columns = "twocolumn" in elements.get("classoptions", "")
        return cls(
            em=em,
            width=(width - _COLUMN_GAP) / 2 if has_columns else width,
            height=height - _MARGINS,
            has_columns=has_columns,
        )

    def line_width_at(self, node: nodes.Node) -> float:
        """Return the width of the lines at the place of ``node``."""
        width = self.width
        for ancestor in reversed(get_ancestors(node)):
            if isinstance(ancestor, nodes.tgroup):
                width *= _NESTED_SHARE / ancestor["cols"]
            elif isinstance(ancestor, addnodes.hlist):
                width *= _NESTED_SHARE / len(ancestor)
            width -= _INDENT * isinstance(ancestor, _INDENTING)
            width -= 2 * _INDENT * isinstance(ancestor, nodes.block_quote)
        return max(width, self.width / 12)


class PrintTables(SphinxPostTransform):
    """Print each table completely: as Sphinx does where that is enough, otherwise in panels.

    Runs after Sphinx has inserted the addresses of links (priority 400), which need space, and
    before it collects footnotes (600), each of which belongs to its first reference.
    """

    default_priority = 450
    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Typeset the tables, except for those whose author chose how LaTeX prints them."""
        page = _Page.from_config(self.config)
        ours = set(find_tables(self.document))
        has_specification = False
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, addnodes.tabular_col_spec):
                has_specification = True
            elif isinstance(node, nodes.table):
                if node in ours:
                    tables = [node]
                    choice = node.attributes.pop(PRINT, self.config.df_table_print)
                    if choice != "plain" and not has_specification:
                        tables = self._print_table(node, page, choice)
                    # Not before: what is not text in a cell may change how it is typeset.
                    for table in tables:
                        add_targets_to_cells(table)
                has_specification = False

    def _print_table(self, table: nodes.table, page: _Page, choice: str) -> list[nodes.table]:
        """Replace ``table`` with what is printed, and return the tables in it."""
        ancestors = get_ancestors(table)
        is_landscape = choice == "landscape" and all(
            isinstance(node, ALLOW_LANDSCAPE) for node in ancestors
        )
        is_nested = any(isinstance(node, nodes.entry) for node in ancestors)
        # The table's own style takes precedence over the one of the configuration.
        styles = {"booktabs", "borderless", "standard"}.intersection(table["classes"])
        has_rules = (
            "standard" in styles
            if styles
            else not {"booktabs", "borderless"}.intersection(self.config.latex_table_style)
        )
        typesetter = Typesetter(
            em=page.em,
            page_height=page.width if is_landscape else page.height,
            line_width=page.height if is_landscape else page.line_width_at(table),
            column_rule="|" if has_rules else "",
            is_nested=is_nested,
            is_framed=any(isinstance(node, _FRAMED) for node in ancestors),
            can_break=not is_nested and not page.has_columns,
            continued=translate("continued"),
            escape=functools.partial(escape_for_latex, engine=self.config.latex_engine),
        )
        printed = typesetter.typeset(table, allow_tabulary=choice == "auto")
        tables = [node for node in printed if isinstance(node, nodes.table)]
        if is_landscape:
            self.document[_HAS_LANDSCAPE] = True
            printed = [raw_latex(r"\begin{landscape}"), *printed, raw_latex(r"\end{landscape}")]
        place = table.parent.index(table)
        table.parent[place : place + 1] = printed
        return tables


def add_latex_packages(app: Sphinx, document: nodes.document, _: str) -> None:
    """Load the LaTeX packages of landscape pages and of signs if ``document`` uses them.

    An event handler, because transforms have no access to ``app`` that all versions of Sphinx
    allow.
    """
    for attribute, package in {_HAS_LANDSCAPE: "pdflscape", HAS_SIGNS: _SIGNS.stem}.items():
        if attribute in document and not app.registry.has_latex_package(package):
            app.add_latex_package(package)
    if HAS_SIGNS in document:
        shutil.copyfile(_SIGNS, Path(app.outdir, _SIGNS.name))
