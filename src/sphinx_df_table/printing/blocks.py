"""Split long tables in panels into blocks of rows, so that the parts of each row are close."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.structure import get_colspecs, get_rows, get_tgroup
from sphinx_df_table.printing.measure import available_width
from sphinx_df_table.printing.panels import copy_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.printing.measure import FontSize, MeasuredCell
    from sphinx_df_table.printing.panels import Panel

#: The distance between lines in ems, that of LaTeX's sizes of 12 pt. It is smaller in others.
_LINE_HEIGHT: Final = 1.22

#: How much wider a text of many words is estimated than it is. Single words must surely fit.
_WIDTH_FACTOR: Final = 1.1

#: The lines that the rules of a panel, the line before it and the space around it take.
_FRAME_LINES: Final = 4.0

#: The share of a page that the frames and headings of all panels on it may take. If they would
#: take more, each panel gets a page of its own.
_MAX_FRAMES_SHARE: Final = 0.25

#: The share of a page for the first block of a table, which begins below other text.
_FIRST_SHARE: Final = 0.85

#: The share of a page that may be left empty before a panel that does not fit there; more in a
#: table in blocks, so that each of them begins on a page.
_MAX_EMPTY_SHARE: Final = 0.15
_MAX_EMPTY_SHARE_IN_BLOCKS: Final = 0.3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PanelHeights:
    """The estimated heights of a panel in points.

    :param frame: of its headings and rules, and of the line and the space before it.
    :param rows: of each row of the body.
    """

    frame: float
    rows: tuple[float, ...]

    def height(self, block: range) -> float:
        """Return the height of the panel with the rows of ``block``."""
        return self.frame + sum(self.rows[block.start : block.stop])

    def needed(self, block: range, page_height: float) -> float:
        """Return the height without which the panel begins on the next page.

        It is enough for all of a short panel. TeX keeps headings with the first row anyway.
        """
        in_blocks = len(block) < len(self.rows)
        share = _MAX_EMPTY_SHARE_IN_BLOCKS if in_blocks else _MAX_EMPTY_SHARE
        return min(self.height(block), share * page_height)


def measure_heights(
    cells: Sequence[MeasuredCell], panels: Sequence[Panel], size: FontSize, /
) -> list[PanelHeights]:
    """Return the heights of each panel.

    :param cells: the cells of the whole table.
    """
    heads = [cell.row for cell in cells if cell.is_in_head]
    first = max(heads) + 1 if heads else 0
    leading = _LINE_HEIGHT * size.em
    heights = []
    seen: set[int] = set()
    for panel in panels:
        lines = _count_row_lines(cells, panel, size, new=frozenset(panel.columns) - seen)
        seen.update(panel.columns)
        frame = leading * (_FRAME_LINES + sum(lines[:first]))
        rows = tuple(leading * count for count in lines[first:])
        heights.append(PanelHeights(frame=frame, rows=rows))
    return heights


def _count_row_lines(
    cells: Sequence[MeasuredCell], panel: Panel, size: FontSize, *, new: frozenset[int]
) -> list[int]:
    """Return the number of lines of each row of head and body, and of the footnotes in it.

    :param new: the columns that no earlier panel has. Footnotes are printed once.
    """
    shown = dict(zip(panel.columns, panel.widths, strict=True))
    widths = [shown.get(column, 0.0) for column in range(1 + max(c.columns[-1] for c in cells))]
    lines = [1] * (1 + cells[-1].row)
    notes = [0] * len(lines)
    for cell in cells:
        if not shown.keys().isdisjoint(cell.columns):
            count = cell.count_lines(available_width(cell, widths, size) * _WIDTH_FACTOR)
            if not cell.is_plain:
                # Lists, code and the like, with space between them.
                count = max(count, 1 + cell.entry.astext().count("\n")) + len(cell.entry)
            lines[cell.row] = max(lines[cell.row], count)
            if not new.isdisjoint(cell.columns):
                notes[cell.row] += sum(1 for _ in cell.entry.findall(nodes.footnote))
    return [sum(pair) for pair in zip(lines, notes, strict=True)]


def find_blocks(heights: Sequence[PanelHeights], page_height: float, /) -> list[range]:
    """Group the rows of the body, so that all panels of each group are near to each other.

    If no panel is higher than a page, all rows are one block. Otherwise a block is as high as a
    page: with all its panels where these are few, or else each of them.
    """
    everything = range(len(heights[0].rows))
    if len(heights) == 1 or max(panel.height(everything) for panel in heights) <= page_height:
        return [everything]
    together = sum(panel.frame for panel in heights) <= _MAX_FRAMES_SHARE * page_height
    blocks = []
    start = 0
    limit = page_height * _FIRST_SHARE
    totals = [panel.frame for panel in heights]
    for row in everything:
        totals = [total + panel.rows[row] for total, panel in zip(totals, heights, strict=True)]
        if row > start and (sum(totals) if together else max(totals)) > limit:
            blocks.append(range(start, row))
            start, limit = row, page_height
            totals = [panel.frame + panel.rows[row] for panel in heights]
    return [*blocks, range(start, everything.stop)]


def split_into_blocks(table: nodes.table, blocks: Sequence[range], /) -> list[nodes.table]:
    """Reduce ``table`` to the first of ``blocks`` and return a new table for each of the others.

    Each has the headings. Only ``table`` has a title.
    """
    tgroup = get_tgroup(table)
    rows_of = {
        part: get_rows(part)
        for part in tgroup.children
        if isinstance(part, (nodes.thead, nodes.tbody))
    }
    others = []
    for number, block in enumerate(blocks[1:], 2):
        group = tgroup.copy()
        group += [colspec.copy() for colspec in get_colspecs(tgroup)]
        for part, rows in rows_of.items():
            if isinstance(part, nodes.thead):
                group += _copy_head(part, f"block-{number}")
            else:
                group += nodes.tbody("", *rows[block.start : block.stop], **part.attributes)
        other = nodes.table("", group, **{**table.attributes, "ids": [], "names": []})
        other.source, other.line = table.source, table.line
        others.append(other)
    for part, rows in rows_of.items():
        if others and isinstance(part, nodes.tbody):
            part[:] = rows[: blocks[0].stop]
    return others


def _copy_head(head: nodes.thead, suffix: str) -> nodes.thead:
    copied = head.copy()
    for row in get_rows(head):
        entries = (entry for entry in row.children if isinstance(entry, nodes.entry))
        copied += nodes.row("", *(copy_entry(entry, suffix) for entry in entries), **row.attributes)
    return copied
