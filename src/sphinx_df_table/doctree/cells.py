"""The text of one cell → an ``entry``: plain, or with the markup that a parser finds in it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_df_table.doctree.structure import STYLE
from sphinx_df_table.model.text import has_words

if TYPE_CHECKING:
    from sphinx_df_table.model.table import Alignment, Cell

#: Turns the text of a cell into nodes; an empty list means that the text is no markup.
Parse = Callable[[str], list[nodes.Node]]

#: Source and line, counted from 1, for messages and translators.
Location = tuple[str, int]

_LINE_BREAK: Final = re.compile("\r\n|\r|\n")

#: Nodes of which each belongs to one place: something refers to it, or will be found by number.
_OF_ONE_PLACE: Final = (
    nodes.Targetable,
    nodes.citation_reference,
    nodes.footnote_reference,
    nodes.substitution_reference,
)


class df_table_part(nodes.Part, nodes.TextElement):  # noqa: N801 - docutils' way
    """A part of a line that translators are offered on its own; no builder sees it."""


class CellMarkupError(ValueError):
    """Raised by :data:`Parse` for what was clearly meant as markup and cannot be shown as such."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellParsers:
    """How the texts of cells are read: as inline markup, as body elements, or not at all."""

    inline: Parse | None = None
    block: Parse | None = None


def plain_entry(text: str, /, *, is_literal: bool, location: Location) -> nodes.entry:
    """Return the ``entry`` of a text without markup.

    It holds a paragraph, a line block where the text has line breaks, or nothing. What is
    literal is not offered for translation, nor are lines without words.
    """
    if not text:
        return nodes.entry()
    lines = _LINE_BREAK.split(text)
    return nodes.entry("", _content(lines, [[]] * len(lines), location, is_literal=is_literal))


class MarkupCells:
    """The cells that hold markup. A text is read once, if one entry may stand for all its cells."""

    def __init__(self, parsers: CellParsers, location: Location) -> None:
        self._parsers = parsers
        self._location = location
        self._waiting: dict[Cell, nodes.entry | None] = {}
        #: Why cells that were meant to hold markup are shown as they were written.
        self.reasons: dict[Cell, str] = {}

    def read(self, cells: Iterable[Cell]) -> None:
        """Find out which of ``cells`` hold markup."""
        for cell in dict.fromkeys(cells):
            try:
                entry = self._entry_if_marked_up(cell)
            except CellMarkupError as problem:
                self.reasons[cell] = str(problem)
            else:
                if entry is not None:
                    self._waiting[cell] = entry

    def __contains__(self, cell: Cell) -> bool:
        return cell in self._waiting

    def entry(self, cell: Cell) -> nodes.entry:
        """Return an entry for one more place.

        After the first, ``cell`` is read anew: the document may have taken note of an entry.
        """
        entry = self._waiting[cell]
        self._waiting[cell] = None
        if entry is None:
            entry = self._entry_if_marked_up(cell)
            assert entry is not None
        return entry

    def _entry_if_marked_up(self, cell: Cell) -> nodes.entry | None:
        """Read ``cell``; return ``None`` if it holds no markup.

        :raises CellMarkupError: if its text was meant as markup but cannot or must not be.
        """
        if cell.is_literal or not cell.text:
            return None
        if self._parsers.block:
            entry = nodes.entry("", *self._parsers.block(cell.text))
            for text in [] if has_words(cell.text) else text_elements(entry):
                text["translatable"] = False
            return entry
        parse = self._parsers.inline
        lines = _LINE_BREAK.split(cell.text)
        parsed = [parse(line) if line else [] for line in lines] if parse else []
        return nodes.entry("", _content(lines, parsed, self._location)) if any(parsed) else None


def text_elements(element: nodes.Element, /) -> list[nodes.TextElement]:
    """Return the paragraphs and lines in ``element``, or their parts, which hold its texts."""
    return [
        node
        for node in element.findall(nodes.TextElement)
        if isinstance(node, (nodes.paragraph, nodes.line, df_table_part))
        and not any(isinstance(child, df_table_part) for child in node.children)
    ]


def translatable_part(
    source: str, children: Sequence[nodes.Node], /, *, location: Location
) -> Sequence[nodes.Node]:
    """Return ``children``, which came of the text ``source``, as they are to be in a line.

    That line itself must not be translatable.
    """
    if not has_words(source):
        return children
    part = df_table_part(source, "", *children)
    part.source, part.line = location
    return [part]


def unwrap_parts(document: nodes.Element, /) -> None:
    """Put what parts hold into their places."""
    for part in list(document.findall(df_table_part)):
        part.parent.replace(part, part.children)


def is_one_line(text: str, /) -> bool:
    """Tell whether ``text`` is what one paragraph holds: neither empty nor of several lines."""
    return bool(text) and not _LINE_BREAK.search(text)


def _content(
    lines: Sequence[str],
    parsed: Sequence[list[nodes.Node]],
    location: Location,
    *,
    is_literal: bool = False,
) -> nodes.Element:
    """Return a paragraph or, of several lines, a line block; what was not parsed is text."""
    kind = nodes.paragraph if len(lines) == 1 else nodes.line
    filled = []
    for line, children in zip(lines, parsed, strict=True):
        for child in children:
            for element in child.findall(nodes.Element):
                element.source, element.line = location
        # An empty line keeps its height only if nothing is in it.
        node = kind(line, "", *(children or ([nodes.Text(line)] if line else [])))
        node.source, node.line = location
        if is_literal or not has_words(line):
            node["translatable"] = False
        filled.append(node)
    if len(filled) == 1:
        return filled[0]
    block = nodes.line_block("", *filled)
    block.source, block.line = location
    return block


def is_shareable(element: nodes.Element, /) -> bool:
    """Tell whether several places with the same text may hold one and the same, or copies."""
    return not any(
        isinstance(node, _OF_ONE_PLACE) or node["ids"] or node["names"]
        for node in element.findall(nodes.Element)
    )


#: The attributes of an ``entry`` whose texts are to be of these kinds.
_KINDS: Final = {"df-table-emphasis": nodes.emphasis, "df-table-strong": nodes.strong}


def alignment_class(alignment: Alignment, /) -> str:
    """Return the class by which themes align a cell, as they do for MyST-Parser's tables."""
    return f"text-{alignment}"


def apply_cell_style(entry: nodes.entry, cell: Cell, /) -> None:
    """Give ``entry`` what ``cell`` has beside its text."""
    for span in ("morecols", "morerows"):
        if more := getattr(cell, span):
            entry[span] = more
    entry["classes"] += cell.classes.split()
    if cell.style:
        entry[STYLE] = cell.style
    for name, is_wanted in zip(_KINDS, (cell.is_emphasized, cell.is_strong), strict=True):
        if is_wanted:
            entry[name] = True


def emphasize(entry: nodes.Element, /) -> None:
    """Make the texts in ``entry`` bold and italic, where :func:`apply_cell_style` says so."""
    for name, kind in _KINDS.items():
        if entry.attributes.pop(name, False):
            for text in text_elements(entry):
                if text.children and not all(isinstance(child, kind) for child in text.children):
                    text[:] = [kind("", "", *text.children)]


class EmphasizeEntries(SphinxTransform):
    """Make entries bold and italic once their texts are translated (Sphinx' priority 20)."""

    default_priority = 25

    def apply(self, **_: Any) -> None:
        """Visit all entries of the page."""
        for entry in self.document.findall(nodes.entry):
            emphasize(entry)
