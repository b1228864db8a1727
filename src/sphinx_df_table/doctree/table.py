"""Turn a ``Table`` into docutils nodes for all builders: the table, its title and its notes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypeVar

from docutils import nodes

from sphinx_df_table.doctree.body import create_body
from sphinx_df_table.doctree.cells import (
    CellMarkupError,
    CellParsers,
    CellProblem,
    Location,
    MarkupCells,
    alignment_class,
    create_segment,
    emphasize,
    find_text_elements,
    is_shareable,
)
from sphinx_df_table.doctree.structure import (
    CONSTANTS,
    RANKS,
    iter_entries,
    measure_body_columns,
    measure_columns,
)
from sphinx_df_table.i18n import format_count, translate, translate_plural
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import LONGEST_QUOTE, pluralize, to_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sphinx_df_table.model.table import Alignment, Cell, Table

_Text = TypeVar("_Text", bound=nodes.TextElement)


def table_to_node(
    table: Table,
    /,
    *,
    parsers: CellParsers,
    widths: Sequence[int],
    location: Location,
    placeholder: nodes.paragraph | None = None,
) -> tuple[nodes.table, list[CellProblem]]:
    """Return the ``table`` node, and the cells whose markup is unusable.

    An entry contains a paragraph, a line block if its value has line breaks, or no children.
    Smart quotes do not apply, and only strings with words are translatable. The body is one
    :class:`~sphinx_df_table.doctree.body.df_table_body`, unless a cell in it spans others or
    has a style of its own. Every entry has the class of its column's alignment; an entry over
    several columns is centred.

    :param parsers: the parser for cells that are not literal.
    :param widths: the columns' widths, in any unit; if empty, they follow the content.
    :param location: source and line, counted from 1, for messages and translators.
    :param placeholder: the content of the only row, if ``table`` has none in its body.
    :raises FrameError: if there are ``widths``, but not one for each column.
    """
    if widths and len(widths) != table.width:
        raise FrameError(
            f":widths: gives {pluralize(len(widths), 'width')}, but the table has "
            f"{pluralize(table.width, 'column')}; give one for each."
        )
    cells = MarkupCells(parsers, location)
    cells.parse(itertools.chain(*table.head, table.cells))
    head = _create_rows(table.head, cells, table.alignments)
    body: nodes.Element
    if placeholder:
        row = nodes.row("", _create_placeholder_entry(placeholder, table.width))
        body = nodes.tbody("", row)
        needed_by_body = measure_columns([row], table.width)
    elif table.has_plain_body:
        body = data = create_body(table, cells)
        needed_by_body = measure_body_columns(data)
    else:
        rows = _create_rows(table.body, cells, table.alignments)
        body = nodes.tbody("", *rows)
        needed_by_body = measure_columns(rows, table.width)
    needed = map(max, measure_columns(head, table.width), needed_by_body)
    # Sphinx' smart quotes skip a subtree with this attribute.
    tgroup = nodes.tgroup(cols=table.width, support_smartquotes=False)
    tgroup += list(_create_colspecs(table, widths or list(needed)))
    if head:
        tgroup += nodes.thead("", *head)
    tgroup += body
    node = nodes.table("", tgroup, classes=["df-table"])
    node.source, node.line = location
    return node, _locate_problems(table, cells.errors)


def _create_placeholder_entry(placeholder: nodes.paragraph, width: int) -> nodes.entry:
    entry = nodes.entry("", placeholder, classes=[alignment_class("left")])
    if width > 1:
        entry["morecols"] = width - 1
    return entry


def _locate_problems(table: Table, errors: Mapping[Cell, CellMarkupError]) -> list[CellProblem]:
    if not errors:
        return []
    rows = [("heading", row) for row in table.head]
    rows += [(f"row {number}", row) for number, row in enumerate(table.body, 1)]
    return [
        CellProblem(place=f"{place}, column {column}", error=errors[cell])
        for place, row in rows
        for column, cell in enumerate(row, 1)
        if cell in errors
    ]


def _create_rows(
    rows: Sequence[Sequence[Cell]], cells: MarkupCells, alignments: Sequence[Alignment]
) -> list[nodes.row]:
    created = [nodes.row("", *map(cells.create_entry, row)) for row in rows]
    for _, column, entry in iter_entries(created):
        alignment = "center" if "morecols" in entry else alignments[column]
        entry["classes"].insert(0, alignment_class(alignment))
    return created


def _create_colspecs(table: Table, widths: Sequence[int]) -> Iterator[nodes.colspec]:
    for number, width in enumerate(widths):
        colspec = nodes.colspec(colwidth=width)
        if number < table.stubs:
            colspec["stub"] = 1
        if table.ranks:
            ranks = table.ranks[number]
            texts = ["" if rank is None else str(rank) for rank in ranks]
            colspec[RANKS] = ",".join(texts) if any(rank != 0 for rank in ranks) else ""
        yield colspec


class InlineText:
    """Text of the author with inline markup, which several tables of one directive show.

    It is parsed once, since docutils would register its references again each time. Later
    tables have a copy.
    """

    def __init__(
        self,
        text: str,
        parse: Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]],
        /,
    ) -> None:
        self._text = text
        self._parse = parse
        self._copy: nodes.TextElement | None = None

    def __bool__(self) -> bool:
        return bool(self._text)

    def create(self, kind: type[_Text], /) -> tuple[_Text, list[nodes.system_message]]:
        """Return a new element with the text, and docutils' messages on its markup."""
        if self._copy:
            copied = self._copy.deepcopy()
            assert isinstance(copied, kind)
            return copied, []
        children, messages = self._parse(self._text)
        element = kind(self._text, "", *children)
        self._copy = element.deepcopy()
        # docutils has registered the references of this element only, so a copy has their texts.
        # Substitutions are not registered.
        for node in list(self._copy.findall(nodes.Element))[1:]:
            is_substitution = isinstance(node, nodes.substitution_reference)
            if not is_substitution and ("refname" in node or not is_shareable(node)):
                node.parent.replace(node, nodes.Text(node.astext()))
        return element, messages


class TableTitles:
    """Inserts the author's title into each table of one directive."""

    def __init__(self, text: InlineText, /, *, location: Location) -> None:
        self._text = text
        self._location = location

    def insert_into(
        self, table: nodes.table, /, *, caption: str, label: str | None
    ) -> list[nodes.system_message]:
        """Insert the author's title into ``table``, or else ``caption`` if it is not empty.

        :param caption: plain text.
        :param label: the label of the table's tab, if it is one of several.
        :returns: docutils' messages on the title.
        """
        messages: list[nodes.system_message] = []
        if not self._text:
            if not caption:
                return []
            title = nodes.title(caption, caption, support_smartquotes=False)
        else:
            title, messages = self._text.create(nodes.title)
        if self._text and label is not None:
            source, location = title.rawsource, self._location
            # Title and label are translated separately, not each title with each label.
            title = nodes.title(
                f"{source} ({label})",
                "",
                *create_segment(source, title.children, location=location),
                nodes.Text(" ("),
                *create_segment(label, [nodes.Text(label)], location=location, is_data=True),
                nodes.Text(")"),
                translatable=False,
            )
        title.source, title.line = self._location
        table.insert(0, title)
        return messages


def create_constants_note(
    table: Table, /, *, parsers: CellParsers, location: Location
) -> tuple[nodes.paragraph | None, list[CellProblem]]:
    """Return a note on the constant columns of ``table``, and a list of its unusable markup.

    Inline markup works as in cells; the lines of a value are joined.

    :returns: ``None`` instead of the note if there are no constant columns; the column and the
        reason for each label or value whose markup is shown as text.
    """
    if not table.constants:
        return None, []
    cells = MarkupCells(parsers, location)
    cells.parse(itertools.chain.from_iterable(table.constants))
    lead = translate("All rows shown:") if table.excerpt else translate("All rows:")
    paragraph = _create_note("df-table-constants", f"{lead} ", location)
    paragraph[CONSTANTS] = True
    for number, (label, value) in enumerate(table.constants):
        parts: list[str | Cell] = ["; "] if number else []
        parts += [label, ": ", value] if label.text else [value]
        for part in parts:
            if isinstance(part, str):
                paragraph.append(nodes.Text(part))
                paragraph.rawsource += part
                continue
            entry = cells.create_entry(part)
            emphasize(entry)
            paragraph.rawsource += part.text
            for line_number, text in enumerate(find_text_elements(entry)):
                paragraph.extend([nodes.Text(" ")] if line_number else [])
                # An element for each, by which its references are found.
                paragraph.extend(
                    create_segment(
                        text.rawsource,
                        text.children[:],
                        location=location,
                        is_data=True,
                        is_translatable=text.get("translatable", True),
                    )
                )
    return paragraph, [
        CellProblem(
            place=f"column {to_one_line(label.text, LONGEST_QUOTE)!r}", error=cells.errors[cell]
        )
        for label, value in table.constants
        for cell in (label, value)
        if cell in cells.errors
    ]


def create_row_count_note(table: Table, /, *, location: Location) -> nodes.paragraph | None:
    """Return a note on the number of rows shown; ``None`` if the table shows all."""
    if not table.excerpt:
        return None
    shown, total = table.excerpt
    if total is None:
        text = translate_plural(
            "showing the first row; there are more",
            "showing the first {shown} rows; there are more",
            shown,
            shown=format_count(shown),
        )
    else:
        text = translate_plural(
            "showing {shown} of {total} row",
            "showing {shown} of {total} rows",
            total,
            shown=format_count(shown),
            total=format_count(total),
        )
    return _create_note("df-table-rows", text, location)


def _create_note(class_name: str, text: str, location: Location) -> nodes.paragraph:
    # Its data has no smart quotes. Its own words are translated already, and the data of
    # constants is translated in segments.
    paragraph = nodes.paragraph(
        text, text, classes=[class_name], support_smartquotes=False, translatable=False
    )
    paragraph.source, paragraph.line = location
    return paragraph


def create_message_box(
    node_class: type[nodes.note | nodes.error], text: str, /, *, location: Location
) -> nodes.Element:
    """Return a note or error box with one sentence, which replaces a table."""
    paragraph = nodes.paragraph(text, text, translatable=False)
    paragraph.source, paragraph.line = location
    box = node_class("", paragraph, classes=["df-table-message"])
    box.source, box.line = location
    return box
