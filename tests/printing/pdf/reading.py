"""Read tables back from the pages: each cell's words, found beside the stub of their row.

TeX puts a row's cells on the page one after the other, and ``pdftotext -raw`` keeps that order.
So a row is found as the text of its stub followed by that of its cells, white space left out;
which columns a panel has is found by trying. Where the words *are* tells whether a reader sees
them in the right place, and the picture of the page whether they are seen at all.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import itertools
from typing import TYPE_CHECKING

from docutils import nodes
from typeset import Printed, Word, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading cell over ``columns``, in heading row ``row``."""

    text: str
    row: int
    columns: range


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grid:
    """The texts that a printed table must show, without white space."""

    stubs: int
    headings: tuple[Heading, ...]
    body: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        return len(self.body[0]) if self.body else 0

    @property
    def repeated(self) -> range:
        """The columns that each panel begins with."""
        return range(max(self.stubs, 1))

    @property
    def cells(self) -> int:
        """The number of cells with text in the body."""
        return sum(bool(text) for row in self.body for text in row)

    @functools.cached_property
    def groups(self) -> tuple[range, ...]:
        """The columns below each cell of the first heading row, stubs left out."""
        top = [heading.columns for heading in self.headings if heading.row == 0]
        return tuple(columns for columns in top if columns.start >= len(self.repeated))


def grid_of(table: nodes.table) -> Grid:
    """Return the texts that the printed table must show."""
    [tgroup] = table.findall(nodes.tgroup)
    stubs = sum(bool(spec.get("stub")) for spec in tgroup.findall(nodes.colspec))
    headings, body = [], []
    for part in tgroup.children:
        if isinstance(part, nodes.thead):
            headings = list(_headings(part))
        elif isinstance(part, nodes.tbody):
            body = [tuple(plain(entry.astext()) for entry in row.children) for row in part.children]
    return Grid(stubs=stubs, headings=tuple(headings), body=tuple(body))


def _headings(thead: nodes.thead) -> Iterator[Heading]:
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(thead.children):
        column = 0
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            while (number, column) in taken:
                column += 1
            columns = range(column, column + 1 + entry.get("morecols", 0))
            rows = range(number, number + 1 + entry.get("morerows", 0))
            taken |= set(itertools.product(rows, columns))
            yield Heading(text=plain(entry.astext()), row=number, columns=columns)
            column = columns.stop


@dataclasses.dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a table with some of its columns.

    :param cells: the words of each cell found, by row and column.
    :param missing: row and column of the cells that were not found.
    :param heads: the words of each heading cell found, once for each page.
    :param intro: all words between the previous panel and the first row.
    """

    columns: tuple[int, ...]
    cells: dict[tuple[int, int], tuple[Word, ...]]
    missing: tuple[tuple[int, int], ...]
    heads: tuple[dict[Heading, tuple[Word, ...]], ...]
    intro: tuple[Word, ...]

    @property
    def pages(self) -> list[int]:
        return sorted({word.page for words in self.cells.values() for word in words})

    def column(self, number: int) -> list[tuple[Word, ...]]:
        return [words for (_, column), words in sorted(self.cells.items()) if column == number]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PrintedTable:
    """A table as it was found on the pages."""

    grid: Grid
    printed: Printed
    words: tuple[Word, ...]
    panels: tuple[Panel, ...]
    repeats_headings: bool = True

    def found(self) -> int:
        """Return how many cells with text are found whole."""
        found = {place for panel in self.panels for place, words in panel.cells.items() if words}
        return len(found)

    def seen(self) -> int:
        """Return how many cells with text are found whole, in place and not covered."""
        bad = {place for place, _ in self._faults() if place}
        found = {place for panel in self.panels for place, words in panel.cells.items() if words}
        return len(found - bad)

    def faults(self) -> list[str]:
        """Return the first twenty reasons why a reader does not see cells where they should be."""
        return [fault for _, fault in itertools.islice(self._faults(), 20)]

    def _faults(self) -> Iterator[tuple[tuple[int, int] | None, str]]:
        shown = {place for panel in self.panels for place in panel.cells}
        for place in itertools.product(range(len(self.grid.body)), range(self.grid.width)):
            if place not in shown:
                yield place, f"{place} {self.grid.body[place[0]][place[1]]!r} is not found"
        for panel in self.panels:
            for place in panel.missing:
                text = self.grid.body[place[0]][place[1]]
                yield place, f"{place} {text!r} is not found in the panel of {panel.columns}"
            yield from self._misplaced(panel)
            yield from self._collisions(panel)
            yield from self._headless(panel)
        for panel in self.panels:
            for place, words in panel.cells.items():
                for word in words:
                    if not self.printed.is_in_text_area(word):
                        yield place, f"{place} {word} is outside the text"
                    if not self.printed.is_seen(word):
                        yield place, f"{place} {word} is covered"

    def _misplaced(self, panel: Panel) -> Iterator[tuple[tuple[int, int], str]]:
        for (row, column), words in panel.cells.items():
            stub = panel.cells.get((row, 0))
            if words and stub:
                if words[0].page != stub[0].page or abs(words[0].middle - stub[0].middle) > 4:
                    yield (row, column), f"{(row, column)} {words[0]} is not beside {stub[0]}"
                if words[0].page != words[-1].page:
                    yield (row, column), f"{(row, column)} is broken over pages"

    def _collisions(self, panel: Panel) -> Iterator[tuple[tuple[int, int], str]]:
        """Compare each word with those of other cells nearby."""
        placed = [(place, word) for place, words in panel.cells.items() for word in words]
        placed += [
            ((-1, heading.columns.start), word)
            for head in panel.heads
            for heading, words in head.items()
            for word in words
        ]
        placed.sort(key=lambda pair: (pair[1].page, pair[1].top))
        for number, (place, word) in enumerate(placed):
            for other_place, other in placed[number + 1 :]:
                if other.page != word.page or other.top > word.bottom:
                    break
                if place != other_place and word.overlaps(other):
                    yield place, f"{place} {word} and {other_place} {other} overlap"
                    yield other_place, f"{other_place} {other} and {place} {word} overlap"

    def _headless(self, panel: Panel) -> Iterator[tuple[None, str]]:
        expected = [h for h in self.grid.headings if h.text and set(h.columns) & set(panel.columns)]
        if len(panel.heads) < len(panel.pages):
            yield None, f"{len(panel.heads)} headings of {panel.columns} on pages {panel.pages}"
        for head in panel.heads[: None if self.repeats_headings else 1]:
            for heading in expected:
                if heading not in head:
                    yield None, f"{heading} of {panel.columns} is not found"


class _Stream:
    """The characters of words, without the space between them."""

    def __init__(self, words: Sequence[Word], /) -> None:
        self.words = words
        self.text = "".join(word.text for word in words)
        self.owner = [number for number, word in enumerate(words) for _ in word.text]
        self.starts = [0, *itertools.accumulate(len(word.text) for word in words)]
        self._is_start = set(self.starts)

    def is_border(self, position: int) -> bool:
        return position in self._is_start

    def words_at(self, start: int, end: int) -> tuple[Word, ...]:
        if start == end:
            return ()
        return tuple(self.words[self.owner[start] : self.owner[end - 1] + 1])

    def follow(self, position: int, text: str) -> int | None:
        """Return where ``text`` ends if it begins at ``position``.

        A hyphen at the end of a line may have come from breaking a word.
        """
        if self.text.startswith(text, position):
            return position + len(text)
        for char in text:
            if self.text.startswith(char, position):
                position += 1
            elif self._is_break(position) and self.text.startswith(char, position + 1):
                position += 2
            else:
                return None
        return position

    def _is_break(self, position: int) -> bool:
        if self.text[position : position + 1] not in {"-", "\u2010"}:
            return False
        if position + 1 >= len(self.text) or not self.is_border(position + 1):
            return False
        here, there = (self.words[self.owner[position + step]] for step in (0, 1))
        return there.middle > here.middle + 3 or there.page > here.page

    def borders(self, start: int, end: int) -> list[int]:
        first = bisect.bisect_left(self.starts, start)
        return self.starts[first : bisect.bisect_left(self.starts, end)]

    def find(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """Return the first place of whole words that say ``text``; else that right at the start."""
        if not text:
            return start, start
        for border in self.borders(start, end):
            stop = self.follow(border, text)
            if stop is not None and self.is_border(stop):
                return border, stop
        stop = self.follow(start, text)
        return None if stop is None or stop > end else (start, stop)


Spans = list[tuple[int, int]]


class _Reader:
    """Finds the panels of one table in a stream."""

    def __init__(self, stream: _Stream, grid: Grid, /) -> None:
        self.stream = stream
        self.grid = grid

    def panels(self) -> Iterator[Panel]:
        position, column = 0, len(self.grid.repeated)
        # Where the previous panel begins: with the next one, it may alternate in blocks of rows.
        begin = 0
        while column < self.grid.width or not position:
            columns, rows = self._best(position, column)
            if begin and not all(rows):
                position, (columns, rows) = begin, self._best(begin, column)
            if sum(row is not None for row in rows) * 2 < len(rows):
                columns = (*self.grid.repeated, *range(column, self.grid.width))
                rows = self._stubs_only(position)
            yield self._panel(columns, rows, position)
            begin = min([len(self.stream.text), *(row[0][0] + 1 for row in rows if row)])
            position = max([position + 1, *(row[-1][1] for row in rows if row)])
            column = columns[-1] + 1

    def _best(self, position: int, column: int) -> tuple[tuple[int, ...], list[Spans | None]]:
        """Return the most columns whose rows are all found, or of which the most cells are."""
        best: tuple[int, tuple[int, ...], list[Spans | None]] = (-1, (), [])
        for stop in range(self.grid.width, min(column, self.grid.width - 1), -1):
            columns = (*self.grid.repeated, *range(column, stop))
            rows = self._rows(columns, position)
            count = sum(row is not None for row in rows)
            if count * len(columns) > best[0]:
                best = (count * len(columns), columns, rows)
            if count == len(rows):
                break
        return best[1], best[2]

    def _rows(self, columns: tuple[int, ...], position: int) -> list[Spans | None]:
        rows: list[Spans | None] = []
        for number in range(len(self.grid.body)):
            row = self._find_row(number, columns, position)
            rows.append(row)
            if row:
                position = row[-1][1]
            elif number >= 2 and not any(rows):
                return [None] * len(self.grid.body)
        return rows

    def _find_row(self, number: int, columns: tuple[int, ...], position: int) -> Spans | None:
        texts = [self.grid.body[number][column] for column in columns]
        for border in self.stream.borders(position, len(self.stream.text)):
            spans, at = [], border
            for text in texts:
                end = self.stream.follow(at, text)
                if end is None:
                    break
                spans.append((at, end))
                at = end
            else:
                if self.stream.is_border(at):
                    return spans
        return None

    def _stubs_only(self, position: int) -> list[Spans | None]:
        rows: list[Spans | None] = []
        for row in self.grid.body:
            found = self.stream.find(row[0], position, len(self.stream.text))
            rows.append(None if found is None else [found])
            position = found[1] if found else position
        return rows

    def _panel(self, columns: tuple[int, ...], rows: list[Spans | None], position: int) -> Panel:
        cells: dict[tuple[int, int], tuple[Word, ...]] = {}
        missing = []
        heads = []
        begins = [row[0][0] if row else None for row in rows]
        end_of_last = position
        page = -1
        for number, row in enumerate(rows):
            later = [begin for begin in begins[number + 1 :] if begin is not None]
            stop = later[0] if later else len(self.stream.text)
            spans = self._spans(number, columns, row, end_of_last, stop)
            for column, span in zip(columns, spans, strict=True):
                if span is None:
                    missing.append((number, column))
                else:
                    cells[number, column] = self.stream.words_at(*span)
            known = [span for span in spans if span]
            first = next((words for span in known if (words := self.stream.words_at(*span))), None)
            if first and first[0].page != page:
                page = first[0].page
                heads.append((end_of_last, known[0][0], page))
            if known:
                end_of_last = max(end_of_last, known[-1][1])
        return Panel(
            columns=columns,
            cells=cells,
            missing=tuple(missing),
            heads=tuple(self._head(columns, cells, *head) for head in heads),
            intro=self.stream.words_at(position, heads[0][1]) if heads else (),
        )

    def _spans(
        self, number: int, columns: tuple[int, ...], row: Spans | None, start: int, stop: int
    ) -> list[tuple[int, int] | None]:
        """Return where each cell is; cells of a broken row are looked for one by one."""
        if row and len(row) == len(columns):
            return list(row)
        at = row[0][0] if row else start
        found: list[tuple[int, int] | None] = []
        for column in columns:
            span = self.stream.find(self.grid.body[number][column], at, stop)
            found.append(span)
            at = span[1] if span else at
        return found

    def _head(
        self,
        columns: tuple[int, ...],
        cells: dict[tuple[int, int], tuple[Word, ...]],
        start: int,
        stop: int,
        page: int,
    ) -> dict[Heading, tuple[Word, ...]]:
        """Return the heading cells between two places, each over its own columns."""
        found: dict[Heading, tuple[Word, ...]] = {}
        taken: set[int] = set()
        for heading in self.grid.headings:
            shown = set(heading.columns) & set(columns)
            if not shown or not heading.text:
                continue
            below = [
                word
                for (_, column), words in cells.items()
                if column in shown
                for word in words
                if word.page == page
            ]
            for border in self.stream.borders(start, stop):
                end = self.stream.follow(border, heading.text)
                if end is None or not self.stream.is_border(end) or end > stop:
                    continue
                places = set(range(border, end))
                words = self.stream.words_at(border, end)
                if places & taken or words[0].page != page or not _is_over(words, below):
                    continue
                taken |= places
                found[heading] = words
                break
        return found


def _is_over(words: Sequence[Word], below: Sequence[Word]) -> bool:
    """Return whether words begin and end near the columns of others, or those are empty."""
    if not below:
        return True
    left, right = min(w.left for w in below), max(w.right for w in below)
    return min(w.left for w in words) < right + 1 and left - 1 < max(w.right for w in words)


def read_table(
    printed: Printed, grid: Grid, words: Sequence[Word], /, *, repeats_headings: bool = True
) -> PrintedTable:
    """Find a table among ``words``."""
    return PrintedTable(
        grid=grid,
        printed=printed,
        words=tuple(words),
        panels=tuple(_Reader(_Stream(words), grid).panels()) if grid.body else (),
        repeats_headings=repeats_headings,
    )


def column_extents(table: PrintedTable) -> list[tuple[float, float]]:
    """Return where each column begins and ends, seen from where the table does; for one panel."""
    [panel] = table.panels
    heads = [pair for head in panel.heads for pair in head.items()]
    found = []
    for column in panel.columns:
        words = [word for cell in panel.column(column) for word in cell]
        words += [word for heading, cell in heads if column in heading.columns for word in cell]
        found.append((min(word.left for word in words), max(word.right for word in words)))
    return [(left - found[0][0], right - found[0][0]) for left, right in found]
