"""Turn the text of a cell into an ``entry``: plain text, or the markup that a parser returns."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_df_table.doctree.data_marks import find_html
from sphinx_df_table.doctree.structure import STYLE
from sphinx_df_table.model.text import describe_exception, has_words

if TYPE_CHECKING:
    from sphinx_df_table.model.table import Alignment, Cell

#: Parses the text of a cell. Returns an empty list if the text has no markup.
Parse = Callable[[str], list[nodes.Node]]

#: Source and line, counted from 1, for messages and translators.
Location = tuple[str, int]

_LINE_BREAK: Final = re.compile("\r\n|\r|\n")

#: Nodes of which each copy would need ids or references of its own.
_UNIQUE_NODES: Final = (
    nodes.Targetable,
    nodes.citation_reference,
    nodes.footnote_reference,
    nodes.substitution_reference,
)

#: The attributes of an ``entry`` whose texts :class:`EmphasizeEntries` puts into these nodes.
_EMPHASIS: Final = {"df-table-emphasis": nodes.emphasis, "df-table-strong": nodes.strong}


class CellMarkupError(ValueError):
    """The text of a cell was clearly meant as markup, which is broken or not allowed.

    :param works_with: the value of ``:markup:`` with which the text is markup, if there is one.
    """

    def __init__(self, reason: str, /, *, works_with: str = "") -> None:
        super().__init__(reason)
        self.works_with = works_with


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """A cell whose markup is shown as text, and why."""

    place: str
    error: CellMarkupError

    def __str__(self) -> str:
        return f"{self.place}: {self.error}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellParsers:
    """The parser for cells: of inline markup, of body elements, or none."""

    inline: Parse | None = None
    block: Parse | None = None


class MarkupCells:
    """Creates the entries of cells, and records which cells have markup.

    Each text is parsed once if one entry may be shared by all cells with that text.
    """

    def __init__(self, parsers: CellParsers, location: Location) -> None:
        self._parsers = parsers
        self.location = location
        #: The parsed entry of each cell with markup, until it is used.
        self._entries: dict[Cell, nodes.entry | None] = {}
        #: Why the markup of a cell is shown as text.
        self.errors: dict[Cell, CellMarkupError] = {}

    def parse(self, cells: Iterable[Cell]) -> None:
        """Parse ``cells``, and record the entries and errors of those with markup."""
        for cell in dict.fromkeys(cells):
            try:
                entry = self._parse_cell(cell)
            except CellMarkupError as error:
                self.errors[cell] = error
            except (Exception, SystemExit) as error:
                # Of a role or directive, which may be of any extension.
                reason = f"its parser failed with {describe_exception(error)}"
                self.errors[cell] = CellMarkupError(reason)
            else:
                if entry is not None:
                    self._entries[cell] = entry

    def __contains__(self, cell: Cell) -> bool:
        return cell in self._entries

    def create_entry(self, cell: Cell) -> nodes.entry:
        """Return a new entry of ``cell``, with its spans, classes and style.

        Later entries of a cell with markup are parsed anew: the document may have registered
        ids of the first.
        """
        if cell in self._entries:
            entry, self._entries[cell] = self._entries[cell], None
            entry = entry or self._parse_cell(cell)
            assert entry is not None
        else:
            entry = create_plain_entry(
                cell.text, is_literal=cell.is_literal, location=self.location
            )
        for span in ("morecols", "morerows"):
            if more := getattr(cell, span):
                entry[span] = more
        entry["classes"] += cell.classes.split()
        if cell.style:
            entry[STYLE] = cell.style
        for name, is_set in zip(_EMPHASIS, (cell.is_emphasized, cell.is_strong), strict=True):
            if is_set:
                entry[name] = True
        return entry

    def _parse_cell(self, cell: Cell) -> nodes.entry | None:
        """Return the entry of ``cell``; ``None`` if it has no markup.

        :raises CellMarkupError: if its markup is broken or not allowed.
        """
        if cell.is_literal and self._parsers.inline:
            # A Styler's format, for one, may be written as HTML.
            check_html(cell.text)
        if cell.is_literal or not cell.text:
            return None
        if self._parsers.block:
            entry = nodes.entry("", *self._parsers.block(cell.text))
            for text in [] if has_words(cell.text) else find_text_elements(entry):
                text["translatable"] = False
            return entry
        parse = self._parsers.inline
        lines = _LINE_BREAK.split(cell.text)
        parsed = [parse(line) if line else [] for line in lines] if parse else []
        return (
            nodes.entry("", _create_content(lines, parsed, self.location)) if any(parsed) else None
        )


def create_plain_entry(text: str, /, *, is_literal: bool, location: Location) -> nodes.entry:
    """Return the ``entry`` of a text without markup.

    It contains a paragraph, a line block if the text has line breaks, or no children if it is
    empty. Literal text and lines without words are not translatable.
    """
    if not text:
        return nodes.entry()
    lines = _LINE_BREAK.split(text)
    parsed: list[list[nodes.Node]] = [[]] * len(lines)
    return nodes.entry("", _create_content(lines, parsed, location, is_literal=is_literal))


def _create_content(
    lines: Sequence[str],
    parsed: Sequence[list[nodes.Node]],
    location: Location,
    *,
    is_literal: bool = False,
) -> nodes.Element:
    """Return a paragraph, or a line block of several lines. A line parsed as ``[]`` is text."""
    kind = nodes.paragraph if len(lines) == 1 else nodes.line
    elements = []
    for line, children in zip(lines, parsed, strict=True):
        for child in children:
            for element in child.findall(nodes.Element):
                element.source, element.line = location
        # An empty line keeps its height only without children.
        node = kind(line, "", *(children or ([nodes.Text(line)] if line else [])))
        node.source, node.line = location
        if is_literal or not has_words(line):
            node["translatable"] = False
        elements.append(node)
    if len(elements) == 1:
        return elements[0]
    block = nodes.line_block("", *elements)
    block.source, block.line = location
    return block


def check_html(text: str, /, *, works_with: str = "") -> None:
    """Check that ``text`` does not contain HTML: parsers of reStructuredText take it for text.

    :param works_with: the value of ``:markup:`` with which it is shown as HTML, if there is one.
    :raises CellMarkupError: if it does.
    """
    if name := find_html(text):
        reason = f"HTML such as <{name}> is not allowed in a cell"
        if name.lower() == "br":
            reason = "<br> is HTML; put a line break into the value"
        raise CellMarkupError(reason, works_with=works_with)


def is_one_line(text: str, /) -> bool:
    """Return whether ``text`` fits one paragraph: it is neither empty nor has line breaks."""
    return bool(text) and not _LINE_BREAK.search(text)


def is_shareable(element: nodes.Element, /) -> bool:
    """Return whether ``element`` may be shown in several places, itself or as copies."""
    return not any(
        isinstance(node, _UNIQUE_NODES) or node["ids"] or node["names"]
        for node in element.findall(nodes.Element)
    )


def alignment_class(alignment: Alignment, /) -> str:
    """Return the class by which themes align a cell, as they do for MyST-Parser's tables."""
    return f"text-{alignment}"


class df_table_segment(nodes.Part, nodes.TextElement):  # noqa: N801 - docutils' way
    """A segment of a line that is translated on its own. It is unwrapped before writing."""


def create_segment(
    source: str,
    children: Sequence[nodes.Node],
    /,
    *,
    location: Location,
    is_data: bool = False,
    is_translatable: bool = True,
) -> Sequence[nodes.Node]:
    """Return ``children`` in a segment if they are data or ``source`` has words, or as they are.

    The element that contains the segment must not be translatable.

    :param is_data: whether smart quotes must not change the text.
    :param is_translatable: whether the segment is translated if it has words.
    """
    if not is_data and not has_words(source):
        return children
    is_translatable = is_translatable and has_words(source)
    segment = df_table_segment(source, "", *children, translatable=is_translatable)
    if is_data:
        segment["support_smartquotes"] = False
    segment.source, segment.line = location
    return [segment]


def unwrap_segments(document: nodes.Element, /) -> None:
    """Replace each segment in ``document`` by its children."""
    for segment in list(document.findall(df_table_segment)):
        segment.parent.replace(segment, segment.children)


def find_text_elements(element: nodes.Element, /) -> list[nodes.TextElement]:
    """Return the paragraphs and lines in ``element``, or the segments that they consist of."""
    return [
        node
        for node in element.findall(nodes.TextElement)
        if isinstance(node, (nodes.paragraph, nodes.line, df_table_segment))
        and not any(isinstance(child, df_table_segment) for child in node.children)
    ]


def emphasize(entry: nodes.Element, /) -> None:
    """Make the texts of ``entry`` bold and italic if its cell is."""
    for name, kind in _EMPHASIS.items():
        if entry.attributes.pop(name, False):
            for text in find_text_elements(entry):
                if text.children and not all(isinstance(child, kind) for child in text.children):
                    text[:] = [kind("", "", *text.children)]


class EmphasizeEntries(SphinxTransform):
    """Make entries bold and italic after their texts are translated (Sphinx' priority 20)."""

    default_priority = 25

    def apply(self, **_: Any) -> None:
        """Visit all entries of the page."""
        for entry in self.document.findall(nodes.entry):
            emphasize(entry)
