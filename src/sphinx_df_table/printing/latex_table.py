"""Typeset a table in LaTeX with columns wide enough for their contents, in panels if needed."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx import addnodes

from sphinx_df_table.doctree.cells import find_text_elements
from sphinx_df_table.doctree.structure import get_colspecs, get_tgroup
from sphinx_df_table.printing.blocks import find_blocks, measure_heights, split_into_blocks
from sphinx_df_table.printing.measure import (
    DEFINE_BREAKS,
    ROUNDING,
    FontSize,
    allow_breaks,
    available_width,
    count_lines,
    get_alignments,
    measure_cells,
    measure_columns,
    natural_widths,
    split_entry,
)
from sphinx_df_table.printing.panels import (
    Panel,
    count_repeated_columns,
    count_spanning_headings,
    remove_row_spans,
    split_high_rows,
    split_into_panels,
    split_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sphinx_df_table.model.table import Alignment
    from sphinx_df_table.printing.blocks import PanelHeights
    from sphinx_df_table.printing.measure import MeasuredCell

#: The number of rows from which on Sphinx makes a longtable, which breaks over pages; and the
#: share of a page that the lines of any other table may take.
_LONGTABLE_ROWS: Final = 30
_MAX_PAGE_SHARE: Final = 0.6

#: The lines of a cell that fit on a page, in either font size; and the number of lines below
#: which the estimated widths rule out that a cell has more.
_MAX_CELL_LINES: Final = 30
_SURELY_FITTING_LINES: Final = 20

#: The share of the available width above which a word may be broken, as widths are estimates.
_MAX_WORD_SHARE: Final = 0.97

#: Column types of tabulary by alignment ("T" is Sphinx's own, for left), and the declarations
#: that align the paragraphs of all other columns.
_TABULARY_COLUMNS: Final[dict[Alignment, str]] = {"left": "T", "right": "R", "center": "C"}
_DECLARATIONS: Final[dict[Alignment, str]] = {
    "left": "raggedright",
    "right": "raggedleft",
    "center": "centering",
}

#: A longtable always steps the table counter: this takes it back for tables without a caption
#: and for further panels, and keeps their hyperlink anchors unique.
_UNCOUNTED: Final = r"\addtocounter{table}{-1}\def\theHtable{df-table.\number\value{LT@tables}}"
_UNNUMBERED: Final = r"\def\tablename{}\def\thetable{}"

#: If a list item begins with a table, this prints the item's label before it instead of before
#: the first word in it.
_LABEL_FIRST: Final = r"\makeatletter\if@inlabel\leavevmode\par\fi\makeatother"

#: In a frame that breaks over pages, TeX must count the depth of rows (all lines below the
#: first). The frame is broken after the table's group has ended, hence \global.
_COUNT_DEPTH: Final = r"\global\splitmaxdepth=0pt\relax"

#: The declaration of the small font size.
_SMALL: Final = r"\footnotesize\setlength{\tabcolsep}{4pt}"

#: A horizontal rule under a heading of several columns, as wide as they are. Digits have no depth,
#: so that the rule would touch them.
_RULE: Final = r"\nobreak\nointerlineskip\kern2pt\hbox{\rule{\linewidth}{0.4pt}}"

#: The line that introduces a further panel; and what may end the page before it: if less than a
#: height is left, or where TeX cannot tell, if the page is well filled there.
_CONTINUATION: Final = (
    r"\begingroup\centering\footnotesize\sphinxtablecontinued{%s}\par\endgroup\nobreak"
)
_BREAK_UNLESS: Final = r"\par\Needspace*{%.0fpt}"
_ATTRACT_BREAK: Final = r"\par\needspace{8\baselineskip}"


def raw_latex(text: str, /) -> nodes.raw:
    """Return a node that writes ``text`` to LaTeX unescaped."""
    return nodes.raw("", text, format="latex")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Typesetter:
    """Typesets tables at one place of a document. All lengths are in points.

    :param em: the width of an em.
    :param column_rule: the vertical rule between columns in a column specification, if any.
    :param is_nested: whether the place is in a cell of another table.
    :param is_framed: whether it is in a frame, such as an admonition's.
    :param can_break: whether a table can continue on the next page.
    :param continued: the word "continued", translated.
    :param escape: returns the LaTeX of a text.
    """

    em: float
    page_height: float
    line_width: float
    column_rule: str
    is_nested: bool
    is_framed: bool
    can_break: bool
    continued: str
    escape: Callable[[str], str]

    def typeset(self, table: nodes.table, *, allow_tabulary: bool) -> list[nodes.Node]:
        """Return the nodes that replace ``table``.

        :param allow_tabulary: whether Sphinx's usual tabulary may size the columns of a table
            that fits.
        """
        tgroup = get_tgroup(table)
        cells = measure_cells(tgroup)
        if not cells:
            return [table]
        normal = FontSize(em=self.em, separation=6.0)
        is_long = "longtable" in table["classes"] or cells[-1].row >= _LONGTABLE_ROWS
        if "colwidths-given" in table["classes"]:
            given = [colspec["colwidth"] for colspec in get_colspecs(tgroup)]
            widths = tuple(self.line_width * width / sum(given) for width in given)
            panel = Panel(columns=tuple(range(len(given))), widths=widths)
            is_long = is_long or self._is_high(cells, widths, normal)
            return self._typeset_panels(table, [panel], normal, cells, is_long=is_long)
        if allow_tabulary and not is_long and (shares := self._tabulary_widths(cells, normal)):
            if any(len(cell.lines) > 1 or _is_merged_heading(cell) for cell in cells):
                # Line blocks of Sphinx 7 are an error in columns that tabulary sizes, and merged
                # headings have no colour or alignment of their own there.
                panel = Panel(columns=tuple(range(len(shares))), widths=shares)
                return self._typeset_panels(table, [panel], normal, cells, is_long=False)
            types = [_TABULARY_COLUMNS[alignment] for alignment in get_alignments(cells)]
            return [self._column_specification(types), table]
        repeated = count_repeated_columns(tgroup)
        small = FontSize(em=self.em * 0.82, separation=4.0, declaration=_SMALL)
        for size in (normal, small):
            panels = split_into_panels(
                measure_columns(cells, size, line_width=self.line_width, repeated=repeated),
                self.line_width,
                repeated=repeated,
                spanning=count_spanning_headings(tgroup),
            )
            if len(panels) == 1:
                break
        return self._typeset_panels(table, panels, size, cells, is_long=True)

    def _tabulary_widths(self, cells: Sequence[MeasuredCell], size: FontSize) -> tuple[float, ...]:
        """Return the widths of the columns that tabulary makes.

        It shares the line among the columns in proportion to the longest line of each.

        :returns: an empty tuple if something is not visible in them.
        """
        naturals = natural_widths(cells, size)
        share = min(1.0, self.line_width / sum(naturals))
        widths = tuple(natural * share for natural in naturals)
        fits = not self._is_high(cells, widths, size) and all(
            cell.is_plain and cell.unbroken <= available_width(cell, widths, size) + ROUNDING
            for cell in cells
        )
        return widths if fits else ()

    def _is_high(
        self, cells: Sequence[MeasuredCell], widths: Sequence[float], size: FontSize
    ) -> bool:
        """Return whether a table with columns of these ``widths`` might not fit on a page."""
        # LaTeX's lines are 1.2 em high.
        height = count_lines(cells, widths, size) * 1.2 * size.em
        return height > self.page_height * _MAX_PAGE_SHARE

    def _column_specification(self, columns: Iterable[str]) -> addnodes.tabular_col_spec:
        rule = self.column_rule
        return addnodes.tabular_col_spec(spec=rule + "".join(column + rule for column in columns))

    def _typeset_panels(
        self,
        table: nodes.table,
        panels: Sequence[Panel],
        size: FontSize,
        cells: Sequence[MeasuredCell],
        *,
        is_long: bool,
    ) -> list[nodes.Node]:
        """Return a table for each of ``panels`` and block of rows, with the LaTeX around it.

        :param cells: those of ``table``.
        :param is_long: whether the tables break over pages, where the place allows that.
        """
        # Sphinx 7 breaks no table that holds another.
        holds_table = next(get_tgroup(table).findall(nodes.table), None) is not None
        is_long = is_long and self.can_break and not holds_table
        # Sphinx counts the coloured rows of nested tables wrongly.
        classes = ["longtable"] * is_long + ["nocolorrows"] * self.is_nested
        table["classes"] = [*dict.fromkeys([*table["classes"], *classes])]
        has_title = any(isinstance(child, nodes.title) for child in table.children)
        result: list[nodes.Node] = []
        parts = self._split(table, panels, measure_heights(cells, panels, size), is_long=is_long)
        for part, panel, page_break in parts:
            opening = self._opening(page_break, has_title=has_title, is_long=is_long, size=size)
            columns = self._typeset_panel(part, panel, size)
            result += [raw_latex(opening), columns, part, raw_latex(r"\endgroup")]
        return result

    def _split(
        self,
        table: nodes.table,
        panels: Sequence[Panel],
        heights: Sequence[PanelHeights],
        *,
        is_long: bool,
    ) -> Iterator[tuple[nodes.table, Panel, str]]:
        """Yield each panel of each block of rows, and the LaTeX that may end the page before it.

        For ``table`` itself, which is the first, that is an empty string.
        """
        # In a frame, TeX does not know how much of the page is left.
        in_blocks = is_long and not self.is_framed
        blocks = find_blocks(heights, self.page_height if in_blocks else math.inf)
        # Sphinx does not colour the background of cells that span rows.
        remove_row_spans(get_tgroup(table))
        others = split_into_blocks(table, blocks)
        for block, rows in zip([table, *others], blocks, strict=True):
            parts = [block, *split_table(block, [panel.columns for panel in panels])]
            for part, panel, height in zip(parts, panels, heights, strict=True):
                needed = height.needed(rows, self.page_height)
                page_break = _BREAK_UNLESS % needed if in_blocks else _ATTRACT_BREAK
                yield part, panel, "" if part is table else page_break

    def _typeset_panel(
        self, table: nodes.table, panel: Panel, size: FontSize
    ) -> addnodes.tabular_col_spec:
        """Typeset the cells of a panel and return the specification of its columns."""
        cells = _split_high_cells(get_tgroup(table), panel.widths, size)
        for cell in cells:
            self._typeset_cell(cell, available_width(cell, panel.widths, size))
        return self._column_specification(
            rf">{{{_declaration(alignment)}}}\Y{{{width / self.line_width:.4f}}}"
            for alignment, width in zip(get_alignments(cells), panel.widths, strict=True)
        )

    def _opening(self, page_break: str, *, has_title: bool, is_long: bool, size: FontSize) -> str:
        """Return the LaTeX before a panel, which opens the group that ends after it.

        :param page_break: an empty string for the first panel.
        """
        number = r"\tablename\thetable{} \textendash{} " if has_title else ""
        continuation = _CONTINUATION % (number + self.escape(self.continued))
        parts = [page_break, continuation] if page_break else [_LABEL_FIRST]
        parts += [_COUNT_DEPTH] if self.is_framed else []
        # Words are data: hyphens would change them.
        parts += [r"\begingroup\hyphenpenalty10000\relax", DEFINE_BREAKS, size.declaration]
        if is_long:
            parts += [r"\vskip-\baselineskip"] if page_break else []
            parts += [] if has_title and not page_break else [_UNCOUNTED]
            parts += [] if has_title else [_UNNUMBERED]
        return "".join(parts)

    def _typeset_cell(self, cell: MeasuredCell, available: float) -> None:
        """Align the text of ``cell`` and allow breaks in words wider than ``available`` ems."""
        texts = find_text_elements(cell.entry)
        if not texts:
            return
        max_width = available * _MAX_WORD_SHARE
        if cell.natural > max_width:
            allow_breaks(cell.entry, max_width, is_heading=cell.is_heading, escape=self.escape)
        # Sphinx puts merged cells into boxes, where the column's declaration has no effect.
        texts[0].insert(0, raw_latex(_declaration(cell.alignment)))
        if cell.is_in_head and len(cell.columns) > 1 and not self.column_rule:
            cell.entry.append(raw_latex(_RULE))


def _is_merged_heading(cell: MeasuredCell) -> bool:
    return cell.is_in_head and bool({"morecols", "morerows"} & cell.entry.attributes.keys())


def _declaration(alignment: Alignment) -> str:
    r"""Return the LaTeX that aligns paragraphs and restores ``\\`` as the end of a row.

    It must not be tabulary's ``\arraybackslash``: that hides the ends of rows from longtable,
    and TeX would hold all of them in memory.
    """
    return rf"\{_DECLARATIONS[alignment]}\let\\\tabularnewline{{}}"


def _split_high_cells(
    tgroup: nodes.tgroup, widths: Sequence[float], size: FontSize
) -> list[MeasuredCell]:
    """Split the rows that might be higher than a page, and return all cells."""
    cells = measure_cells(tgroup)
    available = [size.text_width(width) for width in widths]
    if not all(
        cell.is_plain and cell.count_lines(available[cell.columns[0]]) <= _SURELY_FITTING_LINES
        for cell in cells
    ):
        split_high_rows(
            tgroup,
            lambda entry, column: split_entry(entry, available[column], max_lines=_MAX_CELL_LINES),
        )
        cells = measure_cells(tgroup)
    return cells
