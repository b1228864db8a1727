"""Estimate how wide texts, cells and columns are in print, and break what is too wide."""

from __future__ import annotations

import dataclasses
import io
import itertools
import math
import re
import unicodedata
from array import array
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.structure import count_stubs, iter_entries
from sphinx_df_table.printing.panels import MAX_REPEATED_SHARE, ColumnWidth, get_all_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx_df_table.model.table import Alignment

#: The widths of characters in ems: those of Helvetica, which is wider than most other fonts,
#: from its metrics (https://ctan.org/pkg/adobe-core35-afm), rounded up.
_CHARACTER_WIDTHS: Final = {
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
#: The widths of all other characters by their Unicode category, and of the remaining ones.
_CATEGORY_WIDTHS: Final = {
    "Ll": 0.64,
    "Lu": 0.75,
    "Lo": 1.0,
    "So": 1.0,
    "Mn": 0.0,
    "Me": 0.0,
    "Cf": 0.0,
}
_OTHER_WIDTH: Final = 0.56

#: Factors from Helvetica to Times, and from regular to bold; and the width of all characters
#: of a monospaced font such as Courier.
_SERIF_FACTOR: Final = 0.92
_BOLD_FACTOR: Final = 1.05
_MONOSPACED_WIDTH: Final = 0.6

#: The ems added to the estimated width of each line and word, to be on the safe side.
_MARGIN: Final = 0.3

#: The ems up to which a word should not be broken. A longer one may be broken after punctuation.
_UNBROKEN: Final = 10.0
_SEGMENT: Final = re.compile(
    r"[^-/\\_.,:;|&=?@+~#)\]}\u2013\u2014]*[-/\\_.,:;|&=?@+~#)\]}\u2013\u2014]*"
)
_WORD: Final = re.compile(r"[^ \t\n]+")

#: A word, or the first 1000 characters of a longer one, with the blanks after it.
_SPACED_WORD: Final = re.compile(r"[^ \t\n]{1,1000}[ \t\n]*|[ \t\n]+")

#: Inline nodes whose text cannot be broken: it is not shown as it is, or is a unit.
_UNBREAKABLE: Final = (nodes.footnote_reference, nodes.image, nodes.math, nodes.raw)

#: Commands that allow a line break without a hyphen, after punctuation and between any letters,
#: and their definitions. Long words have one for each letter, so they are short; and texts of at
#: least so many characters have one for every second letter.
_BREAK_AT_PUNCTUATION: Final = r"\<"
_BREAK_ANYWHERE: Final = r"\+"
DEFINE_BREAKS: Final = r"\def\<{\penalty50{}}\def\+{\penalty500{}}"
_LONG_TEXT: Final = 1000

#: The largest share of the line that a column gets for a single word.
_MAX_WORD_SHARE: Final = 0.35

#: The minimum width in ems of a column with lists, code and other blocks.
_BLOCK_WIDTH: Final = 12.0

#: The largest rounding error between two sums of the same widths.
ROUNDING: Final = 0.001


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A paragraph or a line of a line block: its text and each character's width in ems.

    ``breakable`` holds the text nodes that may be broken, with their offsets in the text.
    """

    text: str
    widths: array[float]
    breakable: list[tuple[int, nodes.Text]]

    def width(self, start: int = 0, stop: int | None = None) -> float:
        return sum(self.widths[start:stop])

    def words(self) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each word."""
        return (found.span() for found in _WORD.finditer(self.text))

    def segments(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each part of a word, up to and including punctuation."""
        found = (match.span() for match in _SEGMENT.finditer(self.text, start, stop))
        return ((first, last) for first, last in found if first < last)


def _measure_lines(element: nodes.Element, *, is_heading: bool) -> list[_Line]:
    """Measure the paragraphs and lines in ``element``, which may be one of them."""
    return [
        _measure_line(node, is_heading=is_heading)
        for node in element.findall(nodes.TextElement)
        if isinstance(node, (nodes.paragraph, nodes.line))
        # Sphinx puts the addresses of links into footnotes, which are printed elsewhere.
        and not any(isinstance(outer, nodes.footnote) for outer in _iter_outer(node, element))
    ]


def _measure_line(element: nodes.TextElement, *, is_heading: bool) -> _Line:
    texts: list[str] = []
    widths = array("f")
    breakable = []
    for node in element.findall(nodes.Text):
        outer = list(_iter_outer(node, element))
        if any(isinstance(parent, nodes.footnote) for parent in outer):
            continue
        if not any(
            isinstance(parent, _UNBREAKABLE)
            # Sphinx highlights the text of these as code.
            or (isinstance(parent, nodes.literal) and "code" in parent["classes"])
            for parent in outer
        ):
            breakable.append((len(widths), node))
        texts.append(node.astext())
        widths.extend(_character_widths(texts[-1], outer, is_heading=is_heading))
    return _Line(text="".join(texts), widths=widths, breakable=breakable)


def _iter_outer(node: nodes.Node, element: nodes.Element) -> Iterator[nodes.Element]:
    """Yield the ancestors of ``node`` up to and including ``element``."""
    while node is not element:
        node = node.parent
        yield node


def _character_widths(
    text: str, outer: Sequence[nodes.Element], *, is_heading: bool
) -> Iterator[float]:
    """Yield the ems of each character of a text in the inline nodes ``outer``."""
    if any(isinstance(node, nodes.literal) for node in outer):
        return itertools.repeat(_MONOSPACED_WIDTH, len(text))
    factor = 1.0 if is_heading else _SERIF_FACTOR
    if any(isinstance(node, nodes.strong) for node in outer):
        factor *= _BOLD_FACTOR
    return (
        factor
        * (
            _CHARACTER_WIDTHS.get(character)
            or _CATEGORY_WIDTHS.get(unicodedata.category(character), _OTHER_WIDTH)
        )
        for character in text
    )


def allow_breaks(
    element: nodes.Element,
    available: float,
    /,
    *,
    is_heading: bool,
    escape: Callable[[str], str],
) -> None:
    """Allow LaTeX to break the words in ``element`` that are wider than ``available`` ems.

    Breaks after punctuation, such as a slash, are preferred. There are no hyphens, because they
    would change the data.

    :param escape: returns the LaTeX of a text.
    """
    for line in _measure_lines(element, is_heading=is_heading):
        # For each character whether a line may end before it: at punctuation, or anywhere.
        breaks = bytearray(len(line.text))
        for start, stop in line.words():
            if line.width(start, stop) > available:
                for first, last in line.segments(start, stop):
                    if line.width(first, last) > available:
                        breaks[first + 1 : last] = b"a" * (last - first - 1)
                    if last < stop:
                        breaks[last] = ord("p")
        for offset, node in line.breakable if any(breaks) else ():
            text = node.astext()
            allowed = breaks[offset : offset + len(text)]
            if any(allowed):
                latex = _join_with_breaks(text, allowed, escape)
                node.parent.replace(node, nodes.raw("", latex, format="latex"))


def _join_with_breaks(text: str, breaks: bytearray, escape: Callable[[str], str]) -> str:
    """Return the LaTeX of ``text`` with ``breaks``."""
    # A node or string for each letter would take a hundred times the memory of the text.
    latex = io.StringIO()
    step = 1 if len(text) < _LONG_TEXT else 2
    start = 0
    for place in itertools.compress(itertools.count(), breaks):
        at_punctuation = breaks[place] == ord("p")
        if (at_punctuation or place - start >= step) and not unicodedata.combining(text[place]):
            latex.write(escape(text[start:place]))
            latex.write(_BREAK_AT_PUNCTUATION if at_punctuation else _BREAK_ANYWHERE)
            start = place
    latex.write(escape(text[start:]))
    return latex.getvalue()


def split_entry(entry: nodes.entry, available: float, /, *, max_lines: int) -> list[nodes.entry]:
    """Split ``entry`` into entries of at most ``max_lines`` lines that are ``available`` ems wide.

    It is split between words, or between the lines of a line block. Any other content stays in
    one entry.
    """
    if len(entry) != 1 or not isinstance(entry[0], (nodes.paragraph, nodes.line_block)):
        return [entry]
    widths = [line.width() for line in _measure_lines(entry, is_heading=False)]
    if sum(max(1, math.ceil(width / available)) for width in widths) <= max_lines:
        return [entry]
    content = entry[0]
    pieces: list[list[nodes.Node]] = [[]]
    left = available * max_lines
    for child in content.children:
        text = child.astext() if isinstance(child, nodes.Text) else ""
        first = 0
        for start, width in _measure_parts(child, available):
            if width > left and (pieces[-1] or first < start):
                if first < start:
                    pieces[-1].append(nodes.Text(text[first:start]))
                    first = start
                pieces.append([])
                left = available * max_lines
            left -= width
        pieces[-1].append(nodes.Text(text[first:]) if text else child)
    entries = []
    for piece in pieces:
        copied = content.copy()
        copied.extend(piece)
        entries.append(nodes.entry("", copied, **{**entry.attributes, "ids": [], "names": []}))
    return entries


def _measure_parts(child: nodes.Node, available: float) -> Iterator[tuple[int, float]]:
    """Yield where each part of a child that may be split off starts, and the ems that it takes."""
    if isinstance(child, nodes.line):
        [line] = _measure_lines(child, is_heading=False)
        yield 0, available * max(1, math.ceil(line.width() / available))
    elif isinstance(child, nodes.Text):
        for word in _SPACED_WORD.finditer(child.astext()):
            yield word.start(), sum(_character_widths(word[0], (), is_heading=False))
    else:
        alone = nodes.paragraph("", "", child.deepcopy())
        yield 0, _measure_line(alone, is_heading=False).width()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FontSize:
    r"""A size of type and the space beside columns, in points; and the LaTeX that selects them.

    :param em: the width of an em.
    :param separation: the space on each side of a column's text, LaTeX's ``\tabcolsep``.
    """

    em: float
    separation: float
    declaration: str = ""

    def column_width(self, ems: float) -> float:
        """Return the points of a column whose text is ``ems`` wide."""
        return ems * self.em + 2 * self.separation

    def text_width(self, points: float) -> float:
        """Return the ems that are available for text in a column of ``points``; at least 1."""
        return max((points - 2 * self.separation) / self.em, 1.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCell:
    """An entry of a table with its position and its widths in ems.

    :param row: the number of its first row, counted from 0 through head and body.
    :param minimum: the width of its longest word, if words are broken after punctuation.
    :param unbroken: the width of its longest word as a whole.
    :param lines: the width of each line.
    """

    entry: nodes.entry
    is_heading: bool
    is_in_head: bool
    row: int
    columns: range
    minimum: float
    unbroken: float
    lines: tuple[float, ...]

    @property
    def is_plain(self) -> bool:
        """Whether the entry holds a single paragraph or lines, or is empty."""
        return len(self.entry) < 2 and all(
            isinstance(child, (nodes.paragraph, nodes.line_block)) for child in self.entry.children
        )

    @property
    def natural(self) -> float:
        """The width of its longest line."""
        return max(self.lines, default=0.0)

    def count_lines(self, available: float) -> int:
        """Return the number of its lines if they are wrapped at ``available`` ems.

        The blank line that Sphinx prints below a line block counts as one of them.
        """
        wrapped = sum(max(1, math.ceil(line / available - ROUNDING)) for line in self.lines)
        return wrapped + (len(self.lines) > 1)

    @property
    def alignment(self) -> Alignment:
        """The alignment of its text, by its class."""
        names: tuple[Alignment, ...] = ("left", "right", "center")
        return next((name for name in names if f"text-{name}" in self.entry["classes"]), "left")


def measure_cells(tgroup: nodes.tgroup, /) -> list[MeasuredCell]:
    """Return the cells of a table, row by row."""
    stubs = count_stubs(tgroup)
    cells = []
    for row, column, entry in iter_entries(get_all_rows(tgroup)):
        is_in_head = isinstance(entry.parent.parent, nodes.thead)
        is_heading = is_in_head or column < stubs
        minimum = unbroken = 0.0
        lines = _measure_lines(entry, is_heading=is_heading)
        for line in lines:
            for start, stop in line.words():
                width = line.width(start, stop)
                unbroken = max(unbroken, width + _MARGIN)
                if width > _UNBROKEN:
                    segments = line.segments(start, stop)
                    width = max(_UNBROKEN, *(line.width(*segment) for segment in segments))
                minimum = max(minimum, width + _MARGIN)
        cells.append(
            MeasuredCell(
                entry=entry,
                is_heading=is_heading,
                is_in_head=is_in_head,
                row=row,
                columns=range(column, column + 1 + entry.get("morecols", 0)),
                minimum=minimum,
                unbroken=unbroken,
                lines=tuple(line.width() + _MARGIN for line in lines),
            )
        )
    return cells


def measure_columns(
    cells: Sequence[MeasuredCell], size: FontSize, /, *, line_width: float, repeated: int
) -> list[ColumnWidth]:
    """Return the widths of each column in points, for a table on lines of ``line_width``.

    Headings may be wrapped onto two lines. A word longer than its share of the line may be
    broken; that share is smaller in columns that are ``repeated`` in each panel.
    """
    minimum = [0.0] * (1 + max(cell.columns[-1] for cell in cells))
    natural = [0.0] * len(minimum)
    for cell in cells:
        if len(cell.columns) == 1:
            [column] = cell.columns
            word = max(cell.minimum, 0 if cell.is_plain else _BLOCK_WIDTH)
            line = max(cell.natural / (2 if cell.is_in_head else 1), word)
            share = _MAX_WORD_SHARE
            if column < repeated:
                share = min(share, MAX_REPEATED_SHARE / repeated)
            minimum[column] = max(minimum[column], min(word, size.text_width(line_width * share)))
            natural[column] = max(natural[column], line)
    return [
        ColumnWidth(minimum=size.column_width(word), natural=size.column_width(line))
        for word, line in zip(minimum, natural, strict=True)
    ]


def natural_widths(cells: Sequence[MeasuredCell], size: FontSize, /) -> list[float]:
    """Return the points that tabulary gives each column if no line is wrapped.

    If a text over several columns is wider than they are, the last of them is made wider.
    """
    widths = [size.column_width(0)] * (1 + max(cell.columns[-1] for cell in cells))
    for cell in sorted(cells, key=lambda cell: len(cell.columns)):
        spanned = sum(widths[column] for column in cell.columns)
        widths[cell.columns[-1]] += max(0, size.column_width(cell.natural) - spanned)
    return widths


def available_width(cell: MeasuredCell, widths: Sequence[float], size: FontSize, /) -> float:
    """Return the ems that ``cell`` has for its text if columns have these ``widths`` in points."""
    return size.text_width(sum(widths[column] for column in cell.columns))


def count_lines(cells: Sequence[MeasuredCell], widths: Sequence[float], size: FontSize, /) -> int:
    """Return the number of lines of a table whose columns have these ``widths`` in points."""
    lines = [1] * (1 + cells[-1].row)
    for cell in cells:
        wrapped = cell.count_lines(available_width(cell, widths, size))
        lines[cell.row] = max(lines[cell.row], wrapped)
    return sum(lines)


def get_alignments(cells: Sequence[MeasuredCell], /) -> list[Alignment]:
    """Return the alignment of each column, which is that of its last cell."""
    found = {column: cell.alignment for cell in cells for column in cell.columns}
    return [found[column] for column in sorted(found)]
