"""Estimate how wide texts, cells and columns are in print."""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.structure import count_stubs, get_rows, iter_entries
from sphinx_df_table.printing.panels import MAX_REPEATED_SHARE, Need

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx_df_table.model.table import Alignment

#: The widths of characters in ems: those of Helvetica, wider than other faces for the most
#: part, from its metrics (https://ctan.org/pkg/adobe-core35-afm), rounded up.
_WIDTHS: Final = {
    character: width
    for characters, width in (
        ("'`|ijlI.,:;!\u2018\u2019", 0.28),
        ('ftr()[]{}/\\- "\u00a0', 0.36),
        ("ckszvxyJ", 0.5),
        ("mMWGOQ", 0.86),
        ("abdeghnopqu", 0.56),
        ("w&", 0.73),
        ("%@\u2026\u2014", 1.0),
    )
    for character in characters
}
#: The same for what is not there, by its category, and for all the rest.
_BY_CATEGORY: Final = {
    "Ll": 0.64,
    "Lu": 0.75,
    "Lo": 1.0,
    "So": 1.0,
    "Mn": 0.0,
    "Me": 0.0,
    "Cf": 0.0,
}
_OTHER: Final = 0.56

#: What the widths are multiplied with in Times, and in its bold; the width of all characters
#: in a face such as Courier.
_SERIF: Final = 0.92
_BOLD: Final = 1.05
_MONOSPACED: Final = 0.6

#: A little more than is thought, for each line.
_MARGIN: Final = 0.3

#: The ems that a word may take whole; of a longer one, only what is between two marks counts.
_LONG: Final = 10.0
_PIECE: Final = re.compile(
    r"[^-/\\_.,:;|&=?@+~#)\]}\u2013\u2014]*[-/\\_.,:;|&=?@+~#)\]}\u2013\u2014]*"
)
_WORD: Final = re.compile(r"[^ \t\n]+")

#: A word, or the beginning of one that is endless, with the blanks behind it.
_SPACED_WORD: Final = re.compile(r"[^ \t\n]{1,1000}[ \t\n]*|[ \t\n]+")

#: What is not shown as its text, or is one whole.
_CLOSED: Final = (nodes.footnote_reference, nodes.image, nodes.math, nodes.raw)

#: How LaTeX is told that a line may end behind a mark in a word, and anywhere in it.
_AT_MARK: Final = r"\penalty50{}"
_ANYWHERE: Final = r"\penalty500{}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A paragraph, or a line of a block: its text, and for each character its width in ems.

    ``open_texts`` are the places in it at which texts begin that may be broken.
    """

    text: str
    widths: list[float]
    open_texts: list[tuple[int, nodes.Text]]

    def width(self, start: int = 0, end: int | None = None) -> float:
        return sum(self.widths[start:end])

    def words(self) -> Iterator[tuple[int, int]]:
        """Give the beginning and the end of each word."""
        return (found.span() for found in _WORD.finditer(self.text))

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Give the same for what is between two marks of a word."""
        found = (match.span() for match in _PIECE.finditer(self.text, start, end))
        return ((first, last) for first, last in found if first < last)


def width_of(element: nodes.Element, /, *, is_heading: bool) -> tuple[float, float, float]:
    """Return the ems of the longest word in ``element``, broken and whole, and of its longest line.

    A long word is broken behind its marks.
    """
    least = whole = natural = 0.0
    for line in _lines_in(element, is_heading=is_heading):
        natural = max(natural, line.width() + _MARGIN)
        for start, end in line.words():
            width = line.width(start, end)
            whole = max(whole, width + _MARGIN)
            if width > _LONG:
                width = max(_LONG, *(line.width(*piece) for piece in line.pieces(start, end)))
            least = max(least, width + _MARGIN)
    return least, whole, natural


def break_words(element: nodes.Element, room: float, /, *, is_heading: bool) -> None:
    """Let LaTeX break the words in ``element`` that take more than ``room`` ems.

    That is better done behind a mark, such as a slash; never is a hyphen put into data.
    """
    for line in _lines_in(element, is_heading=is_heading):
        breaks: dict[int, str] = {}
        for start, end in line.words():
            if line.width(start, end) > room:
                for first, last in line.pieces(start, end):
                    if line.width(first, last) > room:
                        breaks |= dict.fromkeys(range(first + 1, last), _ANYWHERE)
                    breaks[last] = _AT_MARK
                del breaks[end]
        if breaks:
            for first, text in line.open_texts:
                text.parent.replace(text, list(_broken(text, first, breaks)))


def split_entry(
    entry: nodes.entry, room: float, /, *, lines: int, is_heading: bool
) -> list[nodes.entry]:
    """Return entries of at most so many ``lines`` of ``room`` ems, with what is in ``entry``.

    It is divided between words, or between the lines of a block. What is neither a paragraph
    nor such a block stays whole.
    """
    if len(entry) != 1 or not isinstance(entry[0], (nodes.paragraph, nodes.line_block)):
        return [entry]
    widths = [line.width() for line in _lines_in(entry, is_heading=is_heading)]
    if sum(max(1, math.ceil(width / room)) for width in widths) <= lines:
        return [entry]
    whole = entry[0]
    pieces: list[list[nodes.Node]] = [[]]
    left = room * lines
    for part, width in _parts(whole, room, is_heading=is_heading):
        if width > left and pieces[-1]:
            pieces.append([])
            left = room * lines
        pieces[-1].append(part)
        left -= width
    attributes = {**entry.attributes, "ids": [], "names": []}
    return [nodes.entry("", _filled(whole, piece), **attributes) for piece in pieces]


def _filled(element: nodes.Element, children: list[nodes.Node]) -> nodes.Element:
    """Return an element like ``element`` with these ``children``."""
    made = type(element)("", **element.attributes)
    made.extend(children)
    return made


def _parts(
    whole: nodes.Element, room: float, *, is_heading: bool
) -> Iterator[tuple[nodes.Node, float]]:
    """Give what ``whole`` may be divided into, and the ems that each part takes."""
    for child in list(whole.children):
        if isinstance(child, nodes.line):
            [line] = _lines_in(child, is_heading=is_heading)
            yield child, room * max(1, math.ceil(line.width() / room))
        elif isinstance(child, nodes.Text):
            for word in _SPACED_WORD.findall(child.astext()):
                yield nodes.Text(word), sum(_widths(word, [whole], is_heading=is_heading))
        else:
            alone = nodes.paragraph("", "", child.deepcopy())
            yield child, _line(alone, is_heading=is_heading).width()


def _broken(text: nodes.Text, first: int, breaks: dict[int, str]) -> Iterator[nodes.Node]:
    """Give ``text``, which begins at ``first``, with ``breaks`` by the characters behind them."""
    whole = text.astext()
    start = 0
    for place, character in enumerate(whole):
        if first + place in breaks and not unicodedata.combining(character):
            if start < place:
                yield nodes.Text(whole[start:place])
            yield nodes.raw("", breaks[first + place], format="latex")
            start = place
    yield nodes.Text(whole[start:])


def _lines_in(element: nodes.Element, *, is_heading: bool) -> list[_Line]:
    if len(element) == 1 and isinstance(element[0], nodes.paragraph) and len(element[0]) == 1:
        # As most are, and there may be very many.
        return [_line(element[0], is_heading=is_heading)]
    return [
        _line(node, is_heading=is_heading)
        for node in element.findall(nodes.TextElement)
        if isinstance(node, (nodes.paragraph, nodes.line)) and not _is_in_footnote(node, element)
    ]


def _is_in_footnote(node: nodes.Node, element: nodes.Element) -> bool:
    """Tell whether ``node`` is shown elsewhere: Sphinx puts the addresses of links there."""
    return any(isinstance(outer, nodes.footnote) for outer in _between(node, element))


def _line(element: nodes.TextElement, *, is_heading: bool) -> _Line:
    only = element[0] if len(element) == 1 else None
    if isinstance(only, nodes.Text):
        widths = _widths(only.astext(), [], is_heading=is_heading)
        return _Line(text=only.astext(), widths=widths, open_texts=[(0, only)])
    texts: list[str] = []
    widths = []
    open_texts = []
    for text in element.findall(nodes.Text):
        inside = list(_between(text, element))
        if any(isinstance(node, nodes.footnote) for node in inside):
            continue
        if not any(isinstance(node, _CLOSED) or _is_code(node) for node in inside):
            open_texts.append((len(widths), text))
        texts.append(text.astext())
        widths += _widths(texts[-1], inside, is_heading=is_heading)
    return _Line(text="".join(texts), widths=widths, open_texts=open_texts)


def _between(node: nodes.Node, element: nodes.Element) -> Iterator[nodes.Element]:
    """Give what ``node`` stands in, up to ``element``, which is given too."""
    while node is not element:
        node = node.parent
        yield node


def _is_code(node: nodes.Node) -> bool:
    """Tell whether Sphinx looks at the text of ``node`` as code to be highlighted."""
    return isinstance(node, nodes.literal) and "code" in node["classes"]


def _widths(text: str, inside: Sequence[nodes.Element], *, is_heading: bool) -> list[float]:
    if any(isinstance(node, nodes.literal) for node in inside):
        return [_MONOSPACED] * len(text)
    factor = 1.0 if is_heading else _SERIF
    if any(isinstance(node, nodes.strong) for node in inside):
        factor *= _BOLD
    return [factor * _em(character) for character in text]


def _em(character: str) -> float:
    width = _WIDTHS.get(character)
    return _BY_CATEGORY.get(unicodedata.category(character), _OTHER) if width is None else width


#: The alignments that an entry may have, by a class.
ALIGNMENTS: Final[tuple[Alignment, ...]] = ("left", "right", "center")

#: The share of the line that a single word has a right to.
_WORD_SHARE: Final = 0.35

#: What two sums of the same widths may differ by.
_ROUNDING: Final = 0.001

#: The ems that lists, code and the like have a right to in a column.
_BLOCK: Final = 12.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How a table is set: the points of an em, and on each side of a column's text."""

    em: float
    separation: float
    declaration: str = ""

    def width(self, ems: float) -> float:
        """Return the points of a column whose text takes so many ``ems``."""
        return ems * self.em + 2 * self.separation

    def ems(self, width: float) -> float:
        """Return the ems that the text of a column of so many points may take; at least 1."""
        return max((width - 2 * self.separation) / self.em, 1.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCell:
    """An entry, its first row, its columns, and the ems of its longest word and line.

    ``least`` is for words that are broken behind their marks, ``whole`` for those that are not.
    """

    entry: nodes.entry
    is_heading: bool
    is_of_head: bool
    row: int
    columns: range
    least: float
    whole: float
    natural: float

    @property
    def is_plain(self) -> bool:
        """Whether there is one paragraph in it, or nothing."""
        return len(self.entry) < 2 and all(
            isinstance(child, nodes.paragraph) for child in self.entry.children
        )

    @property
    def alignment(self) -> Alignment:
        """How its column, or its text over several, is aligned."""
        classes = self.entry["classes"]
        return next((name for name in ALIGNMENTS if f"text-{name}" in classes), "left")


def measure_cells(tgroup: nodes.tgroup, /) -> list[MeasuredCell]:
    """Return the cells of a table, row by row."""
    stubs = count_stubs(tgroup)
    cells = []
    first = 0
    for part in tgroup.children:
        if not isinstance(part, (nodes.thead, nodes.tbody)):
            continue
        is_of_head = isinstance(part, nodes.thead)
        for row, column, entry in iter_entries(get_rows(part)):
            is_heading = is_of_head or column < stubs
            least, whole, natural = width_of(entry, is_heading=is_heading)
            cell = MeasuredCell(
                entry=entry,
                is_heading=is_heading,
                is_of_head=is_of_head,
                row=first + row,
                columns=range(column, column + 1 + entry.get("morecols", 0)),
                least=least,
                whole=whole,
                natural=natural,
            )
            cells.append(cell)
        first += len(part.children)
    return cells


def column_needs(
    cells: Sequence[MeasuredCell], size: Size, /, *, room: float, repeated: int
) -> list[Need]:
    """Return the points that each column takes on a line of ``room``.

    Headings may stand on two lines, and words longer than their share of the line be broken;
    it is smaller for columns that are ``repeated`` in each panel.
    """
    least = [0.0] * _width(cells)
    natural = [0.0] * len(least)
    for cell in cells:
        if len(cell.columns) == 1:
            [column] = cell.columns
            word = max(cell.least, 0 if cell.is_plain else _BLOCK)
            line = max(cell.natural / (2 if cell.is_of_head else 1), word)
            share = (
                min(_WORD_SHARE, MAX_REPEATED_SHARE / repeated)
                if column < repeated
                else _WORD_SHARE
            )
            least[column] = max(least[column], min(word, size.ems(room * share)))
            natural[column] = max(natural[column], line)
    return [
        Need(least=size.width(word), natural=size.width(line))
        for word, line in zip(least, natural, strict=True)
    ]


def natural_widths(cells: Sequence[MeasuredCell], size: Size, /) -> list[float]:
    """Return the points that tabulary gives each column if no line is wrapped.

    What a text over several columns lacks is added to the last of them.
    """
    widths = [size.width(0)] * _width(cells)
    for cell in sorted(cells, key=lambda cell: len(cell.columns)):
        taken = sum(widths[column] for column in cell.columns)
        widths[cell.columns[-1]] += max(0, size.width(cell.natural) - taken)
    return widths


def available_width(cell: MeasuredCell, widths: Sequence[float], size: Size, /) -> float:
    """Return the ems that ``cell`` has where columns have so many points."""
    return size.ems(sum(widths[column] for column in cell.columns))


def fits(cell: MeasuredCell, widths: Sequence[float], size: Size, /) -> bool:
    """Tell whether columns of so many points hold the longest word of ``cell`` unbroken."""
    return cell.whole <= available_width(cell, widths, size) + _ROUNDING


def count_lines(cells: Sequence[MeasuredCell], widths: Sequence[float], size: Size, /) -> int:
    """Return how many lines a table takes whose columns have so many points."""
    lines = [1] * (1 + cells[-1].row)
    for cell in cells:
        wrapped = math.ceil(cell.natural / available_width(cell, widths, size) - _ROUNDING)
        lines[cell.row] = max(lines[cell.row], wrapped)
    return sum(lines)


def get_alignments(cells: Sequence[MeasuredCell], /) -> list[Alignment]:
    """Return the alignment of each column, which is that of its last cell."""
    found = {column: cell.alignment for cell in cells for column in cell.columns}
    return [found[column] for column in sorted(found)]


def _width(cells: Sequence[MeasuredCell], /) -> int:
    """Return the number of columns."""
    return 1 + max(cell.columns[-1] for cell in cells)
