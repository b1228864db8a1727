"""Fit tables to pages for builders that make PDF without LaTeX: sphinx-simplepdf and rinohtype.

A page cannot scroll, and both squeeze the columns of a wide table until words and numbers are
broken, or printed over each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes

from sphinx_df_table.doctree.structure import PRINT, find_tables, get_ancestors, get_tgroup
from sphinx_df_table.printing.blocks import (
    PanelHeights,
    find_blocks,
    measure_heights,
    split_into_blocks,
)
from sphinx_df_table.printing.latex import ALLOW_LANDSCAPE
from sphinx_df_table.printing.measure import (
    ROUNDING,
    FontSize,
    available_width,
    measure_cells,
    split_entry,
)
from sphinx_df_table.printing.panels import (
    MAX_REPEATED_SHARE,
    ColumnWidth,
    count_repeated_columns,
    get_all_rows,
    split_high_rows,
    split_into_panels,
)
from sphinx_df_table.printing.text_builders import SplitTables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.printing.measure import MeasuredCell
    from sphinx_df_table.printing.panels import Panel

#: The characters up to which the text of a cell stays on one line.
_SHORT_TEXT: Final = 14

#: The largest share of the line that a column gets for a single word.
_MAX_WORD_SHARE: Final = 0.35

#: The lines of a cell that surely fit on a page of rinohtype.
_MAX_CELL_LINES: Final = 30

#: A word that is longer than any short text, and a letter in it that another one follows.
_LONG_WORD: Final = re.compile(rf"\S{{{_SHORT_TEXT + 1},}}")
_LETTER: Final = re.compile(r"\S(?=[^\u0300-\u036f])")

#: The classes of cells with a text that stays on one line, and with a word that may be broken,
#: of tables in small type, and of panels with the rows of a page.
_SHORT_CLASS: Final = "df-table-short"
_BREAKABLE_CLASS: Final = "df-table-breakable"
_SMALL_CLASS: Final = "df-table-small"
_BLOCK_CLASS: Final = "df-table-block"


class SplitForPdf(SplitTables):
    """Split tables by the widths of their texts in points, as estimated from Helvetica."""

    #: The sizes of type, of which the first that needs the fewest panels is taken.
    sizes: ClassVar[Sequence[FontSize]]

    #: The height of a page, and of the space in a row above and below its text, in points; and
    #: how much higher lines are than those of LaTeX.
    page_height: ClassVar[float]
    padding: ClassVar[float]
    line_factor: ClassVar[float]

    def _split_columns(
        self, table: nodes.table, available: float, *, spanning: Sequence[int]
    ) -> list[Panel]:
        tgroup = get_tgroup(table)
        repeated = count_repeated_columns(tgroup)
        cells = measure_cells(tgroup)
        panels: list[Panel] = []
        for tried in self.sizes:
            columns = _measure_columns(
                cells, tried, count=tgroup["cols"], line_width=available, repeated=repeated
            )
            split = split_into_panels(columns, available, repeated=repeated, spanning=spanning)
            if not panels or len(split) < len(panels):
                panels, size = split, tried
        self._set_type(table, cells, size, line_width=available)
        return panels

    def _split_rows(self, table: nodes.table, panels: Sequence[Panel]) -> list[nodes.table]:
        size = self.sizes[-1] if _SMALL_CLASS in table["classes"] else self.sizes[0]
        cells = measure_cells(get_tgroup(table))
        heights = [
            PanelHeights(
                frame=panel.frame * self.line_factor,
                rows=tuple(row * self.line_factor + self.padding for row in panel.rows),
            )
            for panel in measure_heights(cells, panels, size)
        ]
        others = split_into_blocks(table, find_blocks(heights, self.page_height))
        for block in [table, *others] if others else []:
            block["classes"].append(_BLOCK_CLASS)
        return others

    def _set_type(
        self,
        table: nodes.table,
        cells: Sequence[MeasuredCell],
        size: FontSize,
        *,
        line_width: float,
    ) -> None:
        """Prepare ``table`` for type of ``size``, before it is split."""


def _measure_columns(
    cells: Sequence[MeasuredCell], size: FontSize, *, count: int, line_width: float, repeated: int
) -> list[ColumnWidth]:
    """Return the widths of ``count`` columns in points, for a table on lines of ``line_width``."""
    minimum, natural = [0.0] * count, [0.0] * count
    for cell in sorted(cells, key=lambda cell: len(cell.columns)):
        *others, column = cell.columns
        share = min(_MAX_WORD_SHARE, MAX_REPEATED_SHARE / repeated if column < repeated else 1)
        unbroken = cell.natural if _is_short(cell) else cell.unbroken
        word = min(size.column_width(unbroken), line_width * share)
        line = size.column_width(cell.natural / (2 if cell.is_in_head else 1))
        # A text over several columns widens the last of them.
        for widths, needed in ((minimum, word), (natural, word if others else line)):
            room = sum(widths[other] for other in others)
            widths[column] = max(widths[column], needed - room)
    return [
        ColumnWidth(minimum=word, natural=max(word, line))
        for word, line in zip(minimum, natural, strict=True)
    ]


def _is_short(cell: MeasuredCell) -> bool:
    """Return whether the text of a cell in the body is shorter than many words are."""
    text = cell.entry.astext()
    return not cell.is_in_head and cell.is_plain and "\n" not in text and len(text) <= _SHORT_TEXT


class SplitForSimplePdf(SplitForPdf):
    """Split tables for WeasyPrint, which prints HTML on A4 with margins of 75 pixels.

    Runs before tables get attributes that only HTML has (priority 99).
    """

    default_priority = 90
    builders = ("simplepdf",)
    line_width = 480
    page_height = 700
    padding = 3.5
    line_factor = 1.13
    indent = 30
    # The font of sphinx-simplepdf, Fira Sans, is as wide as Helvetica, which is wider than the
    # font that is measured.
    sizes = (FontSize(em=9 * 1.09, separation=4), FontSize(em=7 * 1.09, separation=3))

    #: The width of a line on pages that sphinx-simplepdf turns, and the class that turns them.
    _landscape_width: ClassVar[int] = 727
    _landscape_class: ClassVar[str] = "ssp-landscape"

    def run(self, **options: Any) -> None:
        """Split the tables, and add the class for turned pages to those in landscape."""
        for table in find_tables(self.document):
            choice = table.get(PRINT, self.config.df_table_print)
            if choice == "landscape" and all(
                isinstance(node, ALLOW_LANDSCAPE) for node in get_ancestors(table)
            ):
                table["classes"].append(self._landscape_class)
        super().run(**options)
        for paragraph in self.document.findall(nodes.paragraph):
            following = paragraph.next_node(descend=False, siblings=True)
            if (
                "df-table-continued" in paragraph["classes"]
                and isinstance(following, nodes.table)
                and self._landscape_class in following["classes"]
            ):
                paragraph["classes"].append(self._landscape_class)

    def _split_columns(
        self, table: nodes.table, available: float, *, spanning: Sequence[int]
    ) -> list[Panel]:
        outer = [table, *get_ancestors(table)]
        if any(self._landscape_class in node["classes"] for node in outer):
            available += self._landscape_width - self.line_width
        return super()._split_columns(table, available, spanning=spanning)

    def _set_type(
        self,
        table: nodes.table,
        cells: Sequence[MeasuredCell],
        size: FontSize,
        *,
        line_width: float,
    ) -> None:
        if size is not self.sizes[0]:
            table["classes"].append(_SMALL_CLASS)
        max_word = size.text_width(line_width * _MAX_WORD_SHARE)
        for cell in cells:
            if cell.unbroken > max_word:
                cell.entry["classes"].append(_BREAKABLE_CLASS)
            elif _is_short(cell) or len(cell.entry.astext().split()) == 1:
                cell.entry["classes"].append(_SHORT_CLASS)


class SplitForRinoh(SplitForPdf):
    """Split tables for rinohtype, by the type and the paper of its style sheet for Sphinx."""

    formats = ("pdf",)
    builders = ("rinoh",)
    line_width = 450
    page_height = 670
    padding = 4.5
    line_factor = 0.95
    indent = 20
    sizes = (FontSize(em=10 * 1.05, separation=6),)

    def _prepare(self, table: nodes.table, tgroup: nodes.tgroup) -> None:
        """Move the ids of rows, which rinohtype ignores, to their first cells."""
        for row in get_all_rows(tgroup):
            first = row.children[0]
            assert isinstance(first, nodes.entry)
            first["ids"] += row["ids"]
            row["ids"] = []

    def _size_columns(self, table: nodes.table, panel: Panel) -> None:
        """Set widths, because those that rinohtype chooses itself break words.

        A word that is wider than its column may be broken anywhere: it would be printed over the
        next column, and hyphens would change it. Rows that are higher than a page are split:
        rinohtype would look for a page that can hold them for ever.
        """
        super()._size_columns(table, panel)
        if len(panel.widths) > 1:  # A single given width is an error in rinohtype.
            table["classes"].append("colwidths-given")
        [size] = self.sizes
        tgroup = get_tgroup(table)
        available = [size.text_width(width) for width in panel.widths]
        cells = measure_cells(tgroup)
        if any(cell.count_lines(available[cell.columns[0]]) > _MAX_CELL_LINES for cell in cells):
            split_high_rows(
                tgroup,
                lambda entry, column: split_entry(
                    entry, available[column], max_lines=_MAX_CELL_LINES
                ),
            )
            cells = measure_cells(tgroup)
        for cell in cells:
            if cell.unbroken > available_width(cell, panel.widths, size) + ROUNDING:
                _allow_breaks(cell.entry)


def _allow_breaks(entry: nodes.entry) -> None:
    """Insert zero-width spaces between the letters of long words."""
    for text in list(entry.findall(nodes.Text)):
        broken = _LONG_WORD.sub(lambda word: _LETTER.sub("\\g<0>\u200b", word[0]), text)
        text.parent.replace(text, nodes.Text(broken))
