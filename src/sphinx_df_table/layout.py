"""Columns of texts → a table: what stands where, which rows are headings, what stands outside."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from sphinx_df_table.alignment import alignment_of
from sphinx_df_table.characters import first_illegal, label_text, legal_cell, replaced
from sphinx_df_table.errors import FrameError
from sphinx_df_table.extent import UNKNOWN, checked_lead, excerpt_of, warnings_on_excerpt
from sphinx_df_table.headings import joined_labels
from sphinx_df_table.patterns import wishes_by_column
from sphinx_df_table.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx_df_table.celllist import CellList
    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.patterns import ColumnName
    from sphinx_df_table.table import Alignment


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
    cells: CellList,
    options: TableOptions,
    /,
    *,
    total: int,
    footers: int = 0,
    caption: str = "",
    unmatched: Sequence[tuple[str, str]] = (),
    warnings: Sequence[str] = (),
) -> Table:
    """Put ``columns`` together as the reader will see them.

    :param columns: those that are to be shown, in their order, index levels first.
    :param cells: what their numbers stand for.
    :param total: how many rows of data there are in all, or ``UNKNOWN``.
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
    counted = total if total == UNKNOWN else total - lead
    excerpt = excerpt_of(len(rows) - lead - footers, counted)
    alignments, unknown = _alignments(columns, options, cells=made, lead=lead)
    head = joined_labels([tuple(map(legal_cell, column.labels)) for column in shown])
    return Table(
        width=len(shown),
        stubs=stubs,
        alignments=tuple(a for number, a in enumerate(alignments) if number not in hoisted),
        head=(() if options.header_rows == 0 else head) + _at(rows[:lead], made),
        cells=made,
        numbers=rows[lead:],
        caption=label_text(caption),
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
    labels = [legal_cell(label) for label in column.labels if label.text]
    label = Cell(
        " / ".join(cell.text for cell in labels),
        is_literal=all(cell.is_literal for cell in labels),
    )
    return label, cells[column.numbers[0]]


def _alignments(
    columns: Sequence[Column], options: TableOptions, *, cells: Sequence[Cell], lead: int
) -> tuple[list[Alignment], list[tuple[str, str]]]:
    """Return where each column stands, and the wishes that find no column."""
    wanted, unknown = wishes_by_column(
        options.align_columns, [column.name for column in columns], option="align-columns"
    )
    found: list[Alignment] = []
    for number, column in enumerate(columns):
        texts = _distinct_texts(column.numbers[lead:], cells)
        wish: Any = wanted.get(number)
        found.append(wish or alignment_of(column.name.groups, texts))
    return found, unknown


def _distinct_texts(numbers: Sequence[int], cells: Sequence[Cell]) -> Iterator[str]:
    """Give the texts of the cells, each once; often few are asked for."""
    for number in dict.fromkeys(numbers):
        yield cells[number].text


def _on_illegal(columns: Sequence[Column], cells: CellList, *, caption: str) -> list[str]:
    """Return sentences on the caption, the first label and the first cell with what XML lacks."""
    sentences = []
    if character := first_illegal(caption):
        sentences.append(replaced("the caption", character))
    headings = [
        (place, character)
        for place, column in enumerate(columns, 1)
        if (character := first_illegal("".join(label.text for label in column.labels)))
    ]
    if headings:
        place, character = headings[0]
        sentences.append(replaced(f"the heading of column {place}", character, len(headings)))
    if illegal := cells.illegal():
        places = [
            (row, place, illegal[number])
            for place, column in enumerate(columns, 1)
            for row, number in enumerate(column.numbers, 1)
            if number in illegal
        ]
        row, place, character = places[0]
        sentences.append(replaced(f"row {row}, column {place}", character, len(places)))
    return sentences
