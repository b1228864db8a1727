"""Turn a plain table into docutils nodes, the same for every builder."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from docutils import nodes
from docutils.utils import column_width

from sphinx_df_table.errors import FrameError

if TYPE_CHECKING:
    from sphinx_df_table.table import Cell, Table

#: Turns the text of a cell into nodes; an empty list means that the text is no markup.
Parse = Callable[[str], list[nodes.Node]]

_LINE_BREAK: Final = re.compile("\r\n|\r|\n")

#: Characters at which a column stops growing; a longer word still has its room.
_WIDEST_COLUMN: Final = 60


class CellMarkupError(ValueError):
    """Raised by :data:`Parse` for what was clearly meant as markup and cannot be shown as such."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A cell that is shown as it was written: its place, counted from 1, and the reason.

    ``row`` is 0 for a cell of the heading.
    """

    row: int
    column: int
    reason: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellParsers:
    """How the texts of cells are read: as inline markup, as body elements, or not at all."""

    inline: Parse | None = None
    block: Parse | None = None


def table_to_node(
    table: Table,
    /,
    *,
    parsers: CellParsers,
    widths: Sequence[int],
    location: tuple[str, int],
) -> tuple[nodes.table, list[Problem]]:
    """Return a ``table`` of the docutils document tree, and the cells with broken markup.

    A cell holds a paragraph, a line block where its value has line breaks, or nothing.
    What is in the table is data: no quotation mark or dash of it is made typographic, and
    what is not a string is not offered for translation.

    :param parsers: how the text of a cell that is not literal becomes nodes.
    :param widths: the columns' widths, in any unit; from the content where there are none.
    :param location: source and line, counted from 1, for messages and translators.
    :raises FrameError: if ``widths`` are not as many as the table has columns.
    """
    if widths and len(widths) != table.width:
        raise FrameError(
            f":widths: gives {len(widths)} widths, but the table has {table.width} columns; "
            "give one for each."
        )
    build = _Builder(parsers, location)
    head = [build.row(row, 0) for row in table.head]
    body = [build.row(row, number) for number, row in enumerate(table.body, 1)]
    # Sphinx' smart quotes leave a subtree with this attribute alone.
    tgroup = nodes.tgroup(cols=table.width, support_smartquotes=False)
    for number, width in enumerate(widths or content_widths(head + body, table.width)):
        colspec = nodes.colspec(colwidth=width)
        if number < table.stubs:
            colspec["stub"] = 1
        tgroup += colspec
    if head:
        tgroup += nodes.thead("", *head)
    tgroup += nodes.tbody("", *body)
    node = nodes.table("", tgroup, classes=["df-table"])
    node.source, node.line = location
    return node, build.problems


class _Builder:
    """Builds rows, and remembers what it could not show as meant."""

    def __init__(self, parsers: CellParsers, location: tuple[str, int]) -> None:
        self._parsers = parsers
        self._location = location
        self.problems: list[Problem] = []

    def row(self, cells: Sequence[Cell], number: int) -> nodes.row:
        row = nodes.row()
        for column, cell in enumerate(cells, 1):
            entry = nodes.entry()
            if cell.morecols:
                entry["morecols"] = cell.morecols
            if cell.morerows:
                entry["morerows"] = cell.morerows
            if cell.text:
                entry += self._content(cell, number, column)
            row += entry
        return row

    def _content(self, cell: Cell, row: int, column: int) -> list[nodes.Node]:
        """Return what stands in an entry; text that is broken markup as it was written."""
        if cell.is_literal:
            return [self._lines(cell.text, None, is_translatable=False)]
        try:
            if self._parsers.block:
                return self._parsers.block(cell.text)
            return [self._lines(cell.text, self._parsers.inline)]
        except CellMarkupError as problem:
            self.problems.append(Problem(row=row, column=column, reason=str(problem)))
            return [self._lines(cell.text, None)]

    def _lines(
        self, text: str, parse: Parse | None, *, is_translatable: bool = True
    ) -> nodes.Element:
        lines = _LINE_BREAK.split(text)
        if len(lines) == 1:
            return self._fill(nodes.paragraph(text, ""), parse, is_translatable)
        block = nodes.line_block()
        block.source, block.line = self._location
        for line in lines:
            block += self._fill(nodes.line(line, ""), parse, is_translatable)
        return block

    def _fill(
        self, node: nodes.TextElement, parse: Parse | None, is_translatable: bool
    ) -> nodes.TextElement:
        node.source, node.line = self._location
        if not is_translatable:
            node["translatable"] = False
        if not node.rawsource:
            # An empty line keeps its height only if nothing is in it.
            return node
        parsed = parse(node.rawsource) if parse else []
        for part in parsed:
            for element in part.findall(nodes.Element):
                element.source, element.line = self._location
        node += parsed or [nodes.Text(node.rawsource)]
        return node


def placed_entries(rows: Sequence[nodes.row]) -> Iterator[tuple[int, int, nodes.entry]]:
    """Give each entry with the row and the column, counted from 0, at which it begins."""
    reaching: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        column = 0
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            while (number, column) in reaching:
                column += reaching[number, column]
            yield number, column, entry
            span = 1 + entry.get("morecols", 0)
            for below in range(1, 1 + entry.get("morerows", 0)):
                reaching[number + below, column] = span
            column += span


def content_widths(rows: Sequence[nodes.row], width: int) -> list[int]:
    """Return for each column the characters of its widest line, within reason; at least 1."""
    widths = [1] * width
    for _, column, entry in placed_entries(rows):
        if "morecols" not in entry:
            widths[column] = max(widths[column], _text_width(entry))
    return widths


#: What Sphinx' text builder shows between marks, and the width of the widest: two stars twice.
_MARKED_IN_TEXT: Final = (
    nodes.emphasis,
    nodes.literal,
    nodes.strong,
    nodes.subscript,
    nodes.superscript,
    nodes.title_reference,
    nodes.footnote_reference,
)
_MARK_WIDTH: Final = 4


def _text_width(entry: nodes.Element) -> int:
    text = entry.astext()
    lines, words = text.splitlines(), text.split()
    longest_line = max(map(column_width, lines), default=1)
    longest_word = max(map(column_width, words), default=1)
    width = max(min(longest_line, _WIDEST_COLUMN), longest_word, 1)
    marked = sum(len(list(entry.findall(kind))) for kind in _MARKED_IN_TEXT)
    return width + _MARK_WIDTH * marked


def box(
    node_class: type[nodes.note | nodes.error], text: str, /, *, location: tuple[str, int]
) -> nodes.Element:
    """Return a note or error box with one sentence, which stands where a table would."""
    paragraph = nodes.paragraph(text, text, translatable=False)
    paragraph.source, paragraph.line = location
    node = node_class("", paragraph, classes=["df-table-message"])
    node.source, node.line = location
    return node
