"""Columns of texts → a :class:`~sphinx_df_table.model.table.Table`, with merged heading cells."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

from sphinx_df_table.layout.column_patterns import match_options
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.table import Cell, Table
from sphinx_df_table.model.text import (
    clean_cell,
    clean_label,
    describe_replacement,
    detect_alignment,
    find_illegal_character,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx_df_table.layout.column_patterns import ColumnName
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Alignment


class CellIndex:
    """The distinct cells of a table, in the order of their making."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool] | Cell, int] = {}

    def numbers_of(self, cells: Iterable[tuple[str, bool] | Cell]) -> list[int]:
        """Return the number of each cell; one without looks is given by text and literalness."""
        cells = list(cells)
        numbers = self._numbers
        for cell in dict.fromkeys(cells):
            numbers.setdefault(cell, len(numbers))
        return [numbers[cell] for cell in cells]

    def made(self) -> tuple[Cell, ...]:
        """Return the cells; what XML cannot hold in them is U+FFFD, the replacement character."""
        cells = itertools.starmap(Cell, self._numbers)
        return tuple(cells) if self._are_legal() else tuple(map(clean_cell, cells))

    def _are_legal(self) -> bool:
        return not find_illegal_character("".join(cell[0] for cell in self._numbers))

    def illegal(self) -> dict[int, str]:
        """Return, by the number of its cell, the first character that XML cannot hold."""
        if self._are_legal():
            return {}
        found = {number: find_illegal_character(cell[0]) for cell, number in self._numbers.items()}
        return {number: character for number, character in found.items() if character}


def merge_labels(columns: Sequence[Sequence[Cell]], /) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a head for the labels of each column, from the top down.

    Equal neighbours of an upper level are joined into one spanning cell; a blank label gives
    its place to the label below it, or else above. Leaves never join.
    """
    levels = len(columns[0])
    filled = [_filled(column) for column in columns]
    rows: list[list[Cell]] = [[] for _ in range(levels)]
    for level, row in enumerate(rows):
        # A neighbour joins only if everything above it is joined as well; leaves never join.
        paths = [
            (
                *(place.known_by for place in column[: level + 1]),
                number if column[level].bottom == levels - 1 else None,
            )
            for number, column in enumerate(filled)
        ]
        for _, run in itertools.groupby(zip(paths, filled, strict=True), key=lambda pair: pair[0]):
            joined = [column for _, column in run]
            place = joined[0][level]
            if place.top == level:
                morecols, morerows = len(joined) - 1, place.bottom - place.top
                row.append(place.cell._replace(morecols=morecols, morerows=morerows))
    return tuple(map(tuple, rows))


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A label and the levels that it fills in one column, from ``top`` to ``bottom``."""

    cell: Cell
    top: int
    bottom: int

    @property
    def known_by(self) -> tuple[str, bool, int, int]:
        """What neighbours that join must have in common; looks may differ."""
        return self.cell.text, self.cell.is_literal, self.top, self.bottom


def _filled(column: Sequence[Cell]) -> list[_Place]:
    """Return for each level of one column the label that fills it."""
    filled = [level for level, cell in enumerate(column) if cell.text] or [0]
    places: list[_Place] = []
    for number, level in enumerate(filled):
        is_last = number == len(filled) - 1
        place = _Place(column[level], len(places), len(column) - 1 if is_last else level)
        places += [place] * (place.bottom - place.top + 1)
    return places


def leading_rows(levels: int, options: TableOptions, /) -> int:
    """Return how many rows of data become heading rows.

    :param levels: the levels of the frame's own labels, which ``:header:`` may replace.
    """
    return max((options.header_rows or 0) - (len(options.header) or levels), 0)


def rows_needed(levels: int, options: TableOptions, /) -> int | None:
    """Return how many rows of a frame a table shows at most; ``None`` for all."""
    most = options.most_rows
    return None if most is None else most + leading_rows(levels, options)


def checked_lead(levels: int, rows: int, options: TableOptions, /) -> int:
    """Return what :func:`leading_rows` does.

    :param rows: how many rows of data there are.
    :raises FrameError: if there are not so many.
    """
    lead = leading_rows(levels, options)
    if lead > rows:
        raise FrameError(
            f":header-rows: asks for {options.header_rows}, but there are {levels} rows of "
            f"labels and {rows} of data; give a smaller number."
        )
    return lead


def warnings_on_excerpt(
    excerpt: tuple[int, int | None] | None, options: TableOptions, /
) -> list[str]:
    """Return what the author is told of rows that are left out, if not at their wish."""
    if excerpt is None or options.max_rows is not None:
        return []
    shown, total = excerpt
    size = f"more than {shown:,}" if total is None else f"{total:,}"
    sentence = (
        f"The frame has {size} rows, of which the first {shown:,} are shown, as "
        "df_table_max_rows says. Ask for fewer or more with :max-rows:; 0 means all."
    )
    return [sentence]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column to be.

    :param name: what it is known by, and what it holds.
    :param labels: its labels from the top down, as many as other columns have.
    :param numbers: the cells of its rows, by their numbers in a ``CellList``.
    :param is_index: whether it is a level of the frame's index, and so a row heading.
    :param ranks: the places of the values of its rows in order; it is asked only where rows
        can be sorted.
    :param is_constant: whether its cells are one and the same, and its values too; it is
        asked only where such columns are to be hoisted.
    """

    name: ColumnName
    labels: tuple[Cell, ...]
    numbers: Sequence[int]
    is_index: bool = False
    ranks: tuple[int | None, ...] = ()
    is_constant: bool = False


def columns_to_table(
    columns: Sequence[Column],
    cells: CellIndex,
    options: TableOptions,
    /,
    *,
    total: int | None,
    footers: int = 0,
    caption: str = "",
    unmatched: Sequence[tuple[str, str]] = (),
    warnings: Sequence[str] = (),
) -> Table:
    """Put ``columns`` together as the reader will see them.

    :param columns: those that are to be shown, in their order, index levels first.
    :param cells: what their numbers stand for.
    :param total: the number of rows of data in all; ``None`` if more than these, but unknown.
    :param footers: how many of the last rows are no data, and are always shown.
    :param caption: what the frame itself brings along.
    :param unmatched: patterns that fitted no column so far, with a sentence on each.
    :param warnings: sentences on what went before.
    :raises FrameError: if there is no column, or an option asks for more rows or columns
        than there are.
    """
    if all(column.is_index for column in columns):
        why = ":columns: names no column" if options.columns else "The frame has no columns"
        raise FrameError(f"{why}, so there is nothing to show.")
    columns = _with_header(columns, options)
    sentences = [*warnings, *_on_illegal(columns, cells, caption=caption)]
    stubs = _stubs(columns, options)
    made = cells.made()
    hoisted = _hoisted(columns, made, first=stubs) if options.hoist_constants else []
    shown = [column for number, column in enumerate(columns) if number not in hoisted]
    rows = tuple(zip(*(column.numbers for column in shown), strict=True))
    lead = checked_lead(len(shown[0].labels), len(rows) - footers, options)
    row_count = len(rows) - lead - footers
    counted = None if total is None else total - lead
    excerpt = None if counted == row_count else (row_count, counted)
    alignments, unknown = _alignments(columns, options, cells=made, lead=lead)
    head = merge_labels([tuple(map(clean_cell, column.labels)) for column in shown])
    return Table(
        width=len(shown),
        stubs=stubs,
        alignments=tuple(a for number, a in enumerate(alignments) if number not in hoisted),
        head=(() if options.header_rows == 0 else head) + _at(rows[:lead], made),
        cells=made,
        numbers=rows[lead:],
        caption=clean_label(caption),
        constants=tuple(_constant(columns[number], made) for number in hoisted),
        ranks=_ranks(shown, options, lead=lead, footers=footers),
        excerpt=excerpt,
        unmatched=(*unmatched, *unknown),
        warnings=(*sentences, *warnings_on_excerpt(excerpt, options)),
    )


def _at(numbers: Iterable[Iterable[int]], cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of ``cells`` for rows of their numbers."""
    return tuple(tuple(cells[number] for number in row) for row in numbers)


def _ranks(
    columns: Sequence[Column], options: TableOptions, *, lead: int, footers: int
) -> tuple[tuple[int | None, ...], ...]:
    """Return the ranks of each column; nothing if rows have no headings, or headings are rows.

    Footers stay at the end, whatever the order: they have none.
    """
    if not options.sortable or options.header_rows == 0 or lead:
        return ()
    return tuple(column.ranks + (None,) * footers for column in columns)


def _with_header(columns: Sequence[Column], options: TableOptions) -> Sequence[Column]:
    """Return ``columns`` with the labels that ``:header:`` gives, if it does.

    :raises FrameError: if it does not give a label for each column.
    """
    if not options.header:
        return columns
    width = len(options.header[0])
    if width != len(columns):
        raise FrameError(
            f":header: gives {width} labels, but the table has {len(columns)} columns; give "
            "one for each."
        )
    return [
        dataclasses.replace(column, labels=tuple(Cell(text, is_literal=False) for text in labels))
        for column, labels in zip(columns, zip(*options.header, strict=True), strict=True)
    ]


def _stubs(columns: Sequence[Column], options: TableOptions) -> int:
    """Return how many columns are row headings.

    :raises FrameError: if no other column would be left.
    """
    stubs = max(sum(column.is_index for column in columns), options.stub_columns)
    if stubs >= len(columns):
        raise FrameError(
            f":stub-columns: asks for {options.stub_columns}, but the table has "
            f"{len(columns)} columns in all; give a smaller number."
        )
    return stubs


def _hoisted(columns: Sequence[Column], cells: Sequence[Cell], *, first: int) -> list[int]:
    """Return the places of the columns, from ``first`` on, that one line can stand for.

    Of a table of one row, that would be all; and one column at least is left to be a table.
    """
    found = [
        number
        for number, column in enumerate(columns)
        if number >= first
        and column.is_constant
        and len(column.numbers) > 1
        and cells[column.numbers[0]].text
    ]
    return found[1:] if len(found) == len(columns) else found


def _constant(column: Column, cells: Sequence[Cell]) -> tuple[Cell, Cell]:
    """Return label and value of a column of one value."""
    labels = [clean_cell(label) for label in column.labels if label.text]
    label = Cell(
        " / ".join(cell.text for cell in labels),
        is_literal=all(cell.is_literal for cell in labels),
    )
    return label, cells[column.numbers[0]]


def _alignments(
    columns: Sequence[Column], options: TableOptions, *, cells: Sequence[Cell], lead: int
) -> tuple[list[Alignment], list[tuple[str, str]]]:
    """Return where each column stands, and the wishes that find no column."""
    wanted, unknown = match_options(
        options.align_columns, [column.name for column in columns], option="align-columns"
    )
    found: list[Alignment] = []
    for number, column in enumerate(columns):
        texts = _distinct_texts(column.numbers[lead:], cells)
        wish: Any = wanted.get(number)
        found.append(wish or detect_alignment(column.name.groups, texts))
    return found, unknown


def _distinct_texts(numbers: Sequence[int], cells: Sequence[Cell]) -> Iterator[str]:
    """Give the texts of the cells, each once; often few are asked for."""
    for number in dict.fromkeys(numbers):
        yield cells[number].text


def _on_illegal(columns: Sequence[Column], cells: CellIndex, *, caption: str) -> list[str]:
    """Return sentences on the caption, the first label and the first cell with what XML lacks."""
    sentences = []
    if character := find_illegal_character(caption):
        sentences.append(describe_replacement("the caption", character))
    headings = [
        (place, character)
        for place, column in enumerate(columns, 1)
        if (character := find_illegal_character("".join(label.text for label in column.labels)))
    ]
    if headings:
        place, character = headings[0]
        sentences.append(
            describe_replacement(f"the heading of column {place}", character, len(headings))
        )
    if illegal := cells.illegal():
        places = [
            (row, place, illegal[number])
            for place, column in enumerate(columns, 1)
            for row, number in enumerate(column.numbers, 1)
            if number in illegal
        ]
        row, place, character = places[0]
        sentences.append(describe_replacement(f"row {row}, column {place}", character, len(places)))
    return sentences
