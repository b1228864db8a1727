"""Combine columns of cells into a :class:`~sphinx_df_table.model.table.Table`."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Final, TypeVar

from sphinx_df_table.layout.column_patterns import ColumnName
from sphinx_df_table.layout.headings import merge_labels
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.numbers import detect_alignment
from sphinx_df_table.model.table import Cell, Table
from sphinx_df_table.model.text import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    clean_cell,
    clean_label,
    describe_replacement,
    describe_shortening,
    find_illegal_character,
    pluralize,
    quote_name,
    shorten_title,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Alignment


_T = TypeVar("_T")

#: The maximum number of values of a filter.
MOST_FILTER_VALUES: Final = 50


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a frame, or a level of its index, on its way into a table.

    :param name: the names and groups that patterns are matched against.
    :param labels: its labels from the top down, as many as other columns have.
    :param position: its position among the columns of the frame, or the levels of the index.
    :param is_index: whether it is a level of the index, and so a row heading.
    :param template: the Python format string from ``:format:``, or an empty string.
    :param alignment: the alignment from ``:align-columns:``.
    :param numbers: the numbers of its cells in a :class:`CellIndex`, row by row.
    :param ranks: the ranks of its values; needed only where rows can be sorted or filtered.
    :param is_constant: whether all its values are equal; needed only for ``:hoist-constants:``.
    :param filter_place: its place among the filters; ``None`` if it is none.
    :param is_row_id: whether ``:row-ids:`` names it.
    """

    name: ColumnName
    labels: tuple[Cell, ...]
    position: int
    is_index: bool = False
    template: str = ""
    alignment: Alignment | None = None
    numbers: Sequence[int] = ()
    ranks: tuple[int | None, ...] = ()
    is_constant: bool = False
    filter_place: int | None = None
    is_row_id: bool = False


class CellIndex:
    """The distinct cells of a table, numbered in the order in which they were added."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool] | Cell, int] = {}

    def add(self, cells: Iterable[tuple[str, bool] | Cell], /) -> list[int]:
        """Add ``cells``, and return their numbers; equal cells have the same number.

        :param cells: each a pair of text and ``is_literal``, or a :class:`Cell` if it has more.
        """
        cells = list(cells)
        numbers = self._numbers
        for cell in dict.fromkeys(cells):
            numbers.setdefault(cell, len(numbers))
        return [numbers[cell] for cell in cells]

    def clean(self) -> tuple[tuple[Cell, ...], dict[int, str], dict[int, int]]:
        """Return the cells by number, as :func:`_clean` does.

        :returns: the cells; the first character of each cell that XML does not allow, by number;
            and the number of characters of each that has too many.
        """
        cells = tuple(itertools.starmap(Cell, self._numbers))
        lengths = {
            number: len(cell.text)
            for number, cell in enumerate(cells)
            if len(cell.text) > LONGEST_TEXT
        }
        if not lengths and not find_illegal_character("".join(cell.text for cell in cells)):
            return cells, {}, {}
        illegal = {
            number: character
            for number, cell in enumerate(cells)
            if (character := find_illegal_character(cell.text))
        }
        return tuple(map(_clean, cells)), illegal, lengths


def _clean(cell: Cell) -> Cell:
    """Return ``cell`` with at most :data:`LONGEST_TEXT` characters, all of them legal in XML."""
    if len(cell.text) > LONGEST_TEXT:
        # Markup may have lost its end.
        cell = cell._replace(text=cell.text[:LONGEST_TEXT] + "…", is_literal=True)
    return clean_cell(cell)


def _count_data_headings(levels: int, options: TableOptions) -> int:
    """Return how many rows of data ``:header-rows:`` turns into heading rows.

    :param levels: the number of levels of the frame's own labels; ``:header:`` may replace them.
    """
    return max((options.header_rows or 0) - (len(options.header) or levels), 0)


def rows_needed(levels: int, options: TableOptions, /) -> int | None:
    """Return the maximum number of rows of a frame that a table shows; ``None`` for all.

    :param levels: the number of levels of the frame's column labels.
    """
    most = options.most_rows
    return None if most is None else most + _count_data_headings(levels, options)


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
    notes: Sequence[str] = (),
) -> Table:
    """Combine ``columns`` into the table that the reader will see.

    :param columns: the columns to show, in order, index levels first.
    :param cells: the cells that their numbers stand for.
    :param total: the number of rows of data in all; ``None`` if there are more than in
        ``columns``, but it is unknown how many.
    :param footers: how many of the last rows are not data, and are always shown.
    :param caption: the caption of the frame itself.
    :param unmatched: patterns that match no column, with a message each.
    :param warnings: messages of earlier steps, as ``notes`` are.
    :returns: a table, whose body is empty if there is no row below its headings. With neither
        rows nor columns, the table has the columns of ``:header:``, or else a single one.
    :raises FrameError: if there are rows but no column, or an option asks for more rows or
        columns than there are.
    """
    if total != 0 and all(column.is_index for column in columns):
        reason = ":columns: matches no column" if options.columns else "The frame has no columns"
        raise FrameError(f"{reason}, so there is nothing to show.")
    has_head = options.header_rows != 0 and (bool(columns) or bool(options.header))
    if not columns:
        blank = Column(name=ColumnName(labels=()), labels=(Cell(""),), position=0)
        columns = [blank] * (len(options.header[0]) if options.header else 1)
    columns = _replace_labels(columns, options)
    row_count = len(columns[0].numbers) - footers
    stubs, headings = _count_stubs_and_headings(columns, row_count, options)
    clean_cells, illegal, lengths = cells.clean()
    constants = _find_constants(columns, clean_cells, stubs) if options.hoist_constants else []
    shown = [column for column in columns if column not in constants]
    rows = tuple(zip(*(column.numbers for column in shown), strict=True))
    body = rows[headings:]
    data_rows = (row_count - headings, None if total is None else total - headings)
    excerpt = None if data_rows[0] == data_rows[1] else data_rows
    head = _create_head(shown, options) if has_head else ()
    # Footers have no ranks: they stay at the end. Without headings, or with rows of data among
    # them, there is no button to sort by.
    is_sortable = options.sortable and has_head and not headings and bool(body)
    filters, refused = _create_filters(shown, clean_cells, rows=range(headings, row_count))
    return Table(
        width=len(shown),
        stubs=stubs if body else 0,
        alignments=tuple(_alignment(column, clean_cells, headings) for column in shown),
        head=head + tuple(tuple(clean_cells[number] for number in row) for row in rows[:headings]),
        cells=clean_cells,
        numbers=body,
        caption=clean_label(shorten_title(caption)),
        constants=tuple(_constant_cells(column, clean_cells) for column in constants),
        ranks=tuple(column.ranks + (None,) * footers for column in shown) if is_sortable else (),
        row_ids=next((n for n, column in enumerate(shown) if body and column.is_row_id), None),
        filters=filters,
        excerpt=excerpt,
        unmatched=tuple(unmatched),
        warnings=(
            *warnings,
            *_describe_illegal(columns, illegal, caption),
            *_describe_long(columns, lengths, caption),
            *_describe_excerpt(excerpt, options),
            *refused,
        ),
        notes=tuple(notes),
    )


def _create_head(columns: Sequence[Column], options: TableOptions) -> tuple[tuple[Cell, ...], ...]:
    """Return the heading rows; labels of the frame are not merged with names of the index."""
    groups = itertools.groupby(columns, lambda column: column.is_index and not options.header)
    parts = [
        merge_labels([tuple(map(_clean, column.labels)) for column in group]) for _, group in groups
    ]
    return tuple(tuple(itertools.chain(*rows)) for rows in zip(*parts, strict=True))


def _replace_labels(columns: Sequence[Column], options: TableOptions) -> Sequence[Column]:
    """Return ``columns`` with the labels of ``:header:``, if there is one.

    :raises FrameError: if it does not give a label for each column.
    """
    if not options.header:
        return columns
    width = len(options.header[0])
    if width != len(columns):
        raise FrameError(
            f":header: gives {pluralize(width, 'label')}, but the table has "
            f"{pluralize(len(columns), 'column')}; give one for each."
        )
    return [
        dataclasses.replace(column, labels=tuple(Cell(text, is_literal=False) for text in labels))
        for column, labels in zip(columns, zip(*options.header, strict=True), strict=True)
    ]


def _count_stubs_and_headings(
    columns: Sequence[Column], row_count: int, options: TableOptions
) -> tuple[int, int]:
    """Return how many columns are stubs, and how many rows of data are heading rows.

    :param row_count: the number of rows of data.
    :returns: no heading rows if there are no rows of data.
    :raises FrameError: if no other column is left, or there are fewer rows.
    """
    if not columns[0].numbers:
        return 0, 0
    stubs = max(sum(column.is_index for column in columns), options.stub_columns)
    if stubs >= len(columns):
        raise FrameError(
            f":stub-columns: asks for {options.stub_columns}, but the table has "
            f"{pluralize(len(columns), 'column')} in all; give a smaller number."
        )
    levels = len(columns[0].labels)
    headings = _count_data_headings(levels, options)
    if headings > row_count:
        raise FrameError(
            f":header-rows: asks for {options.header_rows}, but the table has "
            f"{pluralize(levels, 'row')} of labels and {pluralize(row_count, 'row')} of data; "
            "give a smaller number."
        )
    return stubs, headings


def _find_constants(columns: Sequence[Column], cells: Sequence[Cell], stubs: int) -> list[Column]:
    """Return the columns after the first ``stubs`` that have one value in all rows.

    A table of one row keeps all its columns, and any table keeps at least one, and the one by
    which rows are targets.
    """
    constants = [
        column
        for column in columns[stubs:]
        if column.is_constant
        and not column.is_row_id
        and len(column.numbers) > 1
        and cells[column.numbers[0]].text
    ]
    return constants[1:] if len(constants) == len(columns) else constants


def _create_filters(
    columns: Sequence[Column], cells: Sequence[Cell], *, rows: range
) -> tuple[tuple[tuple[int, tuple[tuple[int, ...], ...]], ...], list[str]]:
    """Return the filters as :class:`Table` has them, and messages on those with too many values.

    Blank cells and missing values are no values. A filter that would leave each row is left out,
    as are all if cells are merged.

    :param rows: the rows of data below the headings.
    """
    filters: list[tuple[int, tuple[tuple[int, ...], ...]]] = []
    messages = []
    places = {
        column.filter_place: at
        for at, column in enumerate(columns)
        if column.filter_place is not None
    }
    if not places or any(cell.morecols or cell.morerows for cell in cells):
        return (), []
    for _, at in sorted(places.items()):
        column = columns[at]
        firsts: dict[str, int] = {}
        texts = [cells[column.numbers[row]].text for row in rows]
        given = [(r, text) for r, text in zip(rows, texts, strict=True) if text.strip()]
        given = [(row, text) for row, text in given if column.ranks[row] is not None]
        for row, text in given:
            firsts.setdefault(text, row)
        if len(firsts) > MOST_FILTER_VALUES:
            messages.append(
                f":filters: names {quote_name(column.name.path)}, which has "
                f"{pluralize(len(firsts), 'value')}, but a list can have {MOST_FILTER_VALUES}. "
                "Name a column with fewer, or let readers search with :searchable:."
            )
        elif len(firsts) > 1 or (firsts and len(given) < len(rows)):
            ranked = sorted((column.ranks[row] or 0, row) for row in firsts.values())
            groups = itertools.groupby(ranked, lambda pair: pair[0])
            values = tuple(tuple(row - rows.start for _, row in group) for _, group in groups)
            filters.append((at, values))
    return tuple(filters), messages


def _constant_cells(column: Column, cells: Sequence[Cell]) -> tuple[Cell, Cell]:
    """Return label and value of a column that has one value."""
    labels = [_clean(label) for label in column.labels if label.text]
    label = Cell(
        " / ".join(cell.text for cell in labels),
        is_literal=all(cell.is_literal for cell in labels),
    )
    return label, cells[column.numbers[0]]


def _alignment(column: Column, cells: Sequence[Cell], headings: int) -> Alignment:
    """Return the alignment that the author chose, or else that of the column's values."""
    # An iterator, because the first few texts mostly decide.
    texts = (cells[number].text for number in dict.fromkeys(column.numbers[headings:]))
    name = " ".join(column.name.labels)
    return column.alignment or detect_alignment(column.name.groups, texts, name)


def _describe_illegal(
    columns: Sequence[Column], illegal: dict[int, str], caption: str
) -> list[str]:
    """Return messages on characters that XML does not allow: in caption, labels and cells."""
    messages = []
    if character := find_illegal_character(caption):
        messages.append(describe_replacement("the caption", character))
    labels = [
        (f"the heading of column {position}", character)
        for position, column in enumerate(columns, 1)
        if (character := find_illegal_character("".join(label.text for label in column.labels)))
    ]
    in_cells = _locate_cells(columns, illegal)
    return messages + [
        describe_replacement(*found[0], len(found)) for found in (labels, in_cells) if found
    ]


def _describe_long(columns: Sequence[Column], lengths: dict[int, int], caption: str) -> list[str]:
    """Return messages on texts that are shortened: caption, labels and cells."""
    messages = []
    if len(caption) > LONGEST_TITLE:
        messages.append(describe_shortening("the caption", len(caption), LONGEST_TITLE))
    labels = [
        (f"the heading of column {position}", length)
        for position, column in enumerate(columns, 1)
        if (length := max(len(label.text) for label in column.labels)) > LONGEST_TEXT
    ]
    in_cells = _locate_cells(columns, lengths)
    return messages + [
        describe_shortening(*found[0], LONGEST_TEXT, len(found))
        for found in (labels, in_cells)
        if found
    ]


def _locate_cells(columns: Sequence[Column], found: Mapping[int, _T]) -> list[tuple[str, _T]]:
    """Return row and column of each cell that is ``found`` by number, with what was found."""
    return [
        (f"row {row}, column {position}", found[number])
        for position, column in enumerate(columns if found else (), 1)
        for row, number in enumerate(column.numbers, 1)
        if number in found
    ]


def _describe_excerpt(excerpt: tuple[int, int | None] | None, options: TableOptions) -> list[str]:
    """Return a message on rows that are not shown, unless ``:max-rows:`` is given."""
    if excerpt is None or options.max_rows is not None:
        return []
    shown, total = excerpt
    size = f"more than {pluralize(shown, 'row')}" if total is None else pluralize(total, "row")
    message = (
        f"The frame has {size}, but df_table_max_rows limits the table to {shown:,}. Set "
        ":max-rows: to show fewer or more; 0 shows all."
    )
    return [message]
