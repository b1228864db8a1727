"""Set one table in LaTeX' columns, so wide that all that is in them is seen."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx import addnodes

from sphinx_df_table.doctree.cells import find_text_elements
from sphinx_df_table.doctree.structure import get_colspecs, get_rows, get_tgroup
from sphinx_df_table.printing.measure import (
    Size,
    available_width,
    break_words,
    column_needs,
    count_lines,
    fits,
    get_alignments,
    measure_cells,
    natural_widths,
    split_entry,
)
from sphinx_df_table.printing.panels import (
    Panel,
    count_crossings,
    count_repeated_columns,
    lower_headings,
    split_into_panels,
    split_rows,
    split_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx_df_table.model.table import Alignment
    from sphinx_df_table.printing.measure import MeasuredCell

#: The rows above which Sphinx makes a table that breaks over pages, and how much of a page the
#: lines of one may take that does not.
_MOST_ROWS: Final = 30
_MOST_OF_PAGE: Final = 0.6

#: The lines of a row that a page holds, in any size, and by our reckoning.
_MOST_LINES: Final = 30
_SAFE: Final = 20

#: The share of its column above which a word may be broken.
_FULL: Final = 0.97

#: What tabulary, with Sphinx' word for the usual, and all others call columns by their alignment.
_TABULARY: Final[dict[Alignment, str]] = {"left": "T", "right": "R", "center": "C"}
_DECLARATIONS: Final[dict[Alignment, str]] = {
    "left": "raggedright",
    "right": "raggedleft",
    "center": "centering",
}

#: A table counts only if it has a number, and then once; but a longtable always counts. Links
#: to tables lead where the first of a number stands.
_UNCOUNTED: Final = r"\addtocounter{table}{-1}\def\theHtable{df-table.\number\value{LT@tables}}"
_UNNUMBERED: Final = r"\def\tablename{}\def\thetable{}"

#: Where a list item begins with a table, what marks it comes first, not with a later word.
_LABEL_FIRST: Final = r"\makeatletter\if@inlabel\leavevmode\par\fi\makeatother"

#: Where a frame is broken over pages, what a row has below its first line counts, too. That is
#: done behind the table, so it must outlive its group.
_ROWS_ARE_DEEP: Final = r"\global\splitmaxdepth=0pt\relax"

#: What sets a table small.
_SMALL: Final = r"\footnotesize\setlength{\tabcolsep}{4pt}"

#: A line under a heading of several columns, as wide as they are.
_RULE: Final = r"\nobreak\nointerlineskip\hbox{\rule{\linewidth}{0.4pt}}"

#: What introduces a panel, on the same page.
_CONTINUATION: Final = (
    r"\par\needspace{8\baselineskip}\begingroup\centering\footnotesize\sphinxtablecontinued{%s}"
    r"\par\endgroup\nobreak"
)


def raw_latex(text: str, /) -> nodes.raw:
    """Return what LaTeX is told as it is."""
    return nodes.raw("", text, format="latex")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Typesetter:
    """Sets tables on lines of ``room`` points, with ``bar`` between columns.

    ``em`` are the points of an em, and ``height`` those of a page. ``is_nested`` says that the
    tables stand in a cell of another, ``is_framed`` that they stand in a frame, and
    ``may_break`` that they can go on on the next page. ``continued`` is LaTeX for that word.
    """

    em: float
    height: float
    room: float
    bar: str
    is_nested: bool
    is_framed: bool
    may_break: bool
    continued: str

    def typeset(self, table: nodes.table, *, is_free: bool) -> list[nodes.Node]:
        """Return what takes the place of ``table``.

        :param is_free: whether it is left to Sphinx, but for its alignment, if it fits.
        """
        cells = measure_cells(get_tgroup(table))
        if not cells:
            return [table]
        normal = Size(em=self.em, separation=6.0)
        is_long = "longtable" in table["classes"] or cells[-1].row >= _MOST_ROWS
        if "colwidths-given" in table["classes"]:
            panel = self._given_panel(table)
            breaks = is_long or self._is_high(cells, panel.widths, normal)
            return self._in_panels(table, [panel], normal, breaks=breaks)
        if is_free and not is_long and self._suits_tabulary(cells, normal):
            alignments = get_alignments(cells)
            return [self._spec(_TABULARY[alignment] for alignment in alignments), table]
        panels, size = self._panels(get_tgroup(table), cells, normal)
        return self._in_panels(table, panels, size, breaks=True)

    def _given_panel(self, table: nodes.table) -> Panel:
        """Return all columns, as wide as the author of ``table`` wants them."""
        given = [colspec["colwidth"] for colspec in get_colspecs(get_tgroup(table))]
        widths = tuple(self.room * width / sum(given) for width in given)
        return Panel(columns=tuple(range(len(given))), widths=widths)

    def _panels(
        self, tgroup: nodes.tgroup, cells: Sequence[MeasuredCell], normal: Size
    ) -> tuple[list[Panel], Size]:
        """Return the panels that a table takes: if one will not do, in small type."""
        small = Size(em=self.em * 0.82, separation=4.0, declaration=_SMALL)
        repeated = count_repeated_columns(tgroup)
        for size in (normal, small):
            panels = split_into_panels(
                column_needs(cells, size, room=self.room, repeated=repeated),
                self.room,
                repeated=repeated,
                crossings=count_crossings(tgroup),
            )
            if len(panels) == 1:
                break
        return panels, size

    def _spec(self, columns: Iterable[str]) -> addnodes.tabular_col_spec:
        return addnodes.tabular_col_spec(
            spec="".join([self.bar, *(column + self.bar for column in columns)])
        )

    def _suits_tabulary(self, cells: Sequence[MeasuredCell], size: Size) -> bool:
        """Tell whether all will be seen if LaTeX gives columns their part of the line.

        tabulary gives each what its longest line takes of the longest lines of all.
        """
        if not all(cell.is_plain for cell in cells):
            return False
        naturals = natural_widths(cells, size)
        share = min(1.0, self.room / sum(naturals))
        widths = [natural * share for natural in naturals]
        return not self._is_high(cells, widths, size) and all(
            fits(cell, widths, size) for cell in cells
        )

    def _is_high(self, cells: Sequence[MeasuredCell], widths: Sequence[float], size: Size) -> bool:
        """Tell whether a page may not hold a table with columns of so many points."""
        return count_lines(cells, widths, size) * 1.2 * size.em > self.height * _MOST_OF_PAGE

    def _in_panels(
        self, table: nodes.table, panels: Sequence[Panel], size: Size, *, breaks: bool
    ) -> list[nodes.Node]:
        """Return a table for each of ``panels``, with what introduces it and stands behind it.

        :param breaks: whether they go on on the next page, where that can be.
        """
        # Sphinx 7 breaks no table that holds another.
        holds_table = next(get_tgroup(table).findall(nodes.table), None) is not None
        breaks = breaks and self.may_break and not holds_table
        for part in get_tgroup(table).children:
            if isinstance(part, nodes.thead):
                # What covers several rows has no ground of Sphinx' own.
                part[:] = lower_headings(get_rows(part))
        has_title = any(isinstance(child, nodes.title) for child in table.children)
        found: list[nodes.Node] = []
        for part, panel in zip(
            [table, *split_table(table, [panel.columns for panel in panels])], panels, strict=True
        ):
            # Sphinx counts the coloured rows of tables in tables, and loses count.
            names = ["longtable"] * breaks + ["nocolorrows"] * self.is_nested
            part["classes"] = [*dict.fromkeys([*part["classes"], *names])]
            part_cells = _lowered(get_tgroup(part), panel.widths, size)
            self._fill(part_cells, panel.widths, size)
            columns = (rf"\Y{{{width / self.room:.4f}}}" for width in panel.widths)
            found += [
                raw_latex(
                    self._opening(
                        is_first=part is table, has_title=has_title, breaks=breaks, size=size
                    )
                ),
                self._spec(_aligned(columns, part_cells)),
                part,
                raw_latex(r"\endgroup"),
            ]
        return found

    def _opening(self, *, is_first: bool, has_title: bool, breaks: bool, size: Size) -> str:
        """Return what LaTeX is told before a panel, in a group that ends behind it."""
        number = r"\tablename\thetable{} \textendash{} " if has_title else ""
        parts = [_LABEL_FIRST] if is_first else [_CONTINUATION % (number + self.continued)]
        parts += [_ROWS_ARE_DEEP] if self.is_framed else []
        # Words are not hyphenated: they are data.
        parts += [r"\begingroup\hyphenpenalty10000\relax", size.declaration]
        if breaks:
            parts += [] if is_first else [r"\vskip-\baselineskip"]
            parts += [] if is_first and has_title else [_UNCOUNTED]
            parts += [] if has_title else [_UNNUMBERED]
        return "".join(parts)

    def _fill(self, cells: Sequence[MeasuredCell], widths: Sequence[float], size: Size) -> None:
        """Make what is in ``cells`` fit columns of so many points."""
        for cell in cells:
            texts = find_text_elements(cell.entry)
            if not texts:
                continue
            room = available_width(cell, widths, size)
            if cell.natural > room * _FULL:
                break_words(cell.entry, room * _FULL, is_heading=cell.is_heading)
            # In a box of Sphinx' own, the declaration of the column has no effect.
            texts[0].insert(0, raw_latex(_declaration(cell.alignment)))
            if cell.is_of_head and len(cell.columns) > 1 and not self.bar:
                cell.entry.append(raw_latex(_RULE))


def _aligned(columns: Iterable[str], cells: Sequence[MeasuredCell]) -> Iterator[str]:
    """Give LaTeX' specifications of ``columns``, with the alignment of each."""
    for column, alignment in zip(columns, get_alignments(cells), strict=True):
        yield f">{{{_declaration(alignment)}}}{column}"


def _declaration(alignment: Alignment) -> str:
    """Return what sets paragraphs so, and keeps LaTeX' mark of a row's end."""
    # tabulary's \arraybackslash would hide the ends of rows from longtable, which then has TeX
    # hold all of them at once.
    return rf"\{_DECLARATIONS[alignment]}\let\\\tabularnewline{{}}"


def _lowered(tgroup: nodes.tgroup, widths: Sequence[float], size: Size) -> list[MeasuredCell]:
    """Divide rows of so many lines that a page might not hold them, and return all cells."""

    def pieces_of(entry: nodes.entry, column: int) -> list[nodes.entry]:
        room = size.ems(widths[column])
        return split_entry(entry, room, lines=_MOST_LINES, is_heading=False)

    cells = measure_cells(tgroup)
    rooms = [size.ems(width) for width in widths]
    if all(cell.is_plain and cell.natural <= rooms[cell.columns[0]] * _SAFE for cell in cells):
        return cells
    split_rows(tgroup, pieces_of)
    return measure_cells(tgroup)
