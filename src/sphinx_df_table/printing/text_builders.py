"""Fit tables to lines of text: panels for text, man, Texinfo and EPUB, and no merged headings."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.structure import (
    CONSTANTS,
    PRINT,
    find_tables,
    get_ancestors,
    get_colspecs,
    get_tgroup,
    iter_entries,
    measure_columns,
    measure_longest_word,
)
from sphinx_df_table.printing.panels import (
    ColumnWidth,
    add_targets_to_cells,
    count_repeated_columns,
    count_spanning_headings,
    create_continuation,
    get_all_rows,
    remove_row_spans,
    repeat_spanning_entries,
    split_into_panels,
    split_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.printing.panels import Panel

#: The characters by which each of these nodes indents its contents.
_INDENT: Final = 4
_INDENTING: Final = (nodes.list_item, nodes.definition, nodes.block_quote, nodes.Admonition)

#: The longest word, in characters, that the text builder leaves whole in any paragraph.
_MAX_PARAGRAPH_WORD: Final = 30

#: The minimum width of a column in characters.
_MIN_COLUMN_WIDTH: Final = 2

#: The width in characters at which tbl wraps the texts of a table with as many columns as fit.
_TBL_COLUMN_WIDTH: Final = 14

#: The characters between the texts of two columns: a rule with a space on each side.
_COLUMN_GAP: Final = 3


class SplitTables(SphinxPostTransform):
    """Split each table that is wider than a line into panels.

    Runs after references and substitutions have been replaced with the texts that readers see.
    """

    default_priority = 890

    #: The width of a line, and that by which it is shorter within lists and the like; in
    #: characters where a subclass names no other unit.
    line_width: ClassVar[int]
    indent: ClassVar[int] = _INDENT

    def run(self, **_: Any) -> None:
        """Replace each table with its panels, and set the widths of their columns."""
        for table in find_tables(self.document):
            tgroup = get_tgroup(table)
            spanning = count_spanning_headings(tgroup)
            self._prepare(table, tgroup)
            choice = table.attributes.pop(PRINT, self.config.df_table_print)
            line_width = self._get_line_width(choice)
            if not line_width or choice == "plain" or "colwidths-given" in table["classes"]:
                continue
            indents = sum(isinstance(node, _INDENTING) for node in get_ancestors(table))
            available = line_width - self.indent * indents - 1
            panels = self._split_columns(table, available, spanning=spanning)
            parts: list[nodes.table] = []
            for block in [table, *self._split_rows(table, panels)]:
                parts += [block, *split_table(block, [panel.columns for panel in panels])]
            for part in parts[1:]:
                self._adapt_further_panel(get_tgroup(part))
            for part, panel in zip(parts, itertools.cycle(panels), strict=False):
                self._size_columns(part, panel)
            place = table.parent.index(table) + 1
            following = table.next_node(descend=False, siblings=True)
            if isinstance(following, nodes.paragraph) and CONSTANTS in following:
                place += 1
            table.parent[place:place] = [
                node for part in parts[1:] for node in (create_continuation(table), part)
            ]

    def _prepare(self, table: nodes.table, tgroup: nodes.tgroup) -> None:
        """Adapt ``table`` to the format before it is measured, also if it is not split."""

    def _adapt_further_panel(self, tgroup: nodes.tgroup) -> None:
        """Adapt a panel that is not the first."""

    def _get_line_width(self, choice: str) -> int:
        """Return the characters of a line, or 0 if lines may have any length."""
        return self.line_width

    def _split_columns(
        self, table: nodes.table, available: float, *, spanning: Sequence[int]
    ) -> list[Panel]:
        """Return the panels of ``table`` on lines of the width ``available``."""
        tgroup = get_tgroup(table)
        return split_into_panels(
            self._measure_columns(tgroup),
            available,
            repeated=count_repeated_columns(tgroup),
            spanning=spanning,
        )

    def _split_rows(self, table: nodes.table, panels: Sequence[Panel]) -> list[nodes.table]:
        """Reduce ``table`` to the rows of a page, and return a table for each further page."""
        return []

    def _size_columns(self, table: nodes.table, panel: Panel) -> None:
        """Set the widths of the columns of ``table``, which is one of the panels."""
        colspecs = get_colspecs(get_tgroup(table))
        for colspec, width in zip(colspecs, panel.widths, strict=True):
            colspec["colwidth"] = max(int(width) - _COLUMN_GAP, _MIN_COLUMN_WIDTH)

    def _measure_columns(self, tgroup: nodes.tgroup) -> list[ColumnWidth]:
        """Return the widths of the columns in characters."""
        rows = get_all_rows(tgroup)
        words = measure_columns(rows, tgroup["cols"], self._word_width)
        lines = measure_columns(rows, tgroup["cols"])
        return [
            ColumnWidth(minimum=word + _COLUMN_GAP, natural=max(word, line) + _COLUMN_GAP)
            for word, line in zip(words, lines, strict=True)
        ]

    def _word_width(self, entry: nodes.Element) -> int:
        return measure_longest_word(entry)


class SplitForTexinfo(SplitTables):
    """Split tables for Texinfo, whose Info output has lines of 72 characters.

    Each column gets its own headings, because Sphinx's writer puts cells next to a merged one
    into the wrong columns. A heading over several columns is repeated over each.
    """

    formats = ("texinfo",)
    line_width = 72

    def _prepare(self, table: nodes.table, tgroup: nodes.tgroup) -> None:
        add_targets_to_cells(table)
        remove_row_spans(tgroup)
        repeat_spanning_entries(tgroup)


class SplitForMan(SplitForTexinfo):
    """Split tables for a terminal, and print their words without hyphens, which change data.

    Like Sphinx's Texinfo writer, docutils' man writer cannot merge cells. tbl, which formats the
    tables of manual pages, wraps texts by a rule of its own: in a table of n columns, at a width
    of 1/(n + 1) of the line. If columns are measured with ``_TBL_COLUMN_WIDTH``, those that fit
    a panel also fit by the rule of tbl.
    """

    formats = ("man",)
    line_width = 71

    def run(self, **_: Any) -> None:
        """Split the tables, and surround each with requests that turn hyphenation off and on.

        docutils would make the caption a title of the manual page and not escape it, though its
        text may come from data. So it becomes a paragraph before the table.
        """
        super().run()
        for table in find_tables(self.document):
            place = table.parent.index(table)
            titles = [child for child in table.children if isinstance(child, nodes.title)]
            for title in titles:
                table.remove(title)
            table.parent[place : place + 1] = [
                *(_create_caption(title) for title in titles),
                nodes.raw("", "\n.nh\n.na\n", format="manpage"),
                table,
                nodes.raw("", "\n.ad\n.hy\n", format="manpage"),
            ]

    def _adapt_further_panel(self, tgroup: nodes.tgroup) -> None:
        """Replace links in repeated cells by their texts, as docutils adds the address to each."""
        repeated = count_repeated_columns(tgroup)
        for _, column, entry in list(iter_entries(get_all_rows(tgroup))):
            for link in list(entry.findall(nodes.reference)) if column < repeated else []:
                link.parent.replace(link, link.children)

    def _measure_columns(self, tgroup: nodes.tgroup) -> list[ColumnWidth]:
        widths = [
            max(column.minimum, min(column.natural, _TBL_COLUMN_WIDTH + _COLUMN_GAP))
            for column in super()._measure_columns(tgroup)
        ]
        return [ColumnWidth(minimum=width, natural=width) for width in widths]

    def _word_width(self, entry: nodes.Element) -> int:
        """Return the width of the longest word, including addresses, which follow their links."""
        links = [link.get("refuri", "") for link in entry.findall(nodes.reference)]
        if not self.config.man_show_urls:
            # docutils shows addresses anyway, but breaks them at slashes.
            links = [part for link in links for part in link.split("/")]
        return max([measure_longest_word(entry), *(len(f"</{part}>") for part in links if part)])


def _create_caption(title: nodes.title) -> nodes.paragraph:
    return nodes.paragraph(
        "", "", nodes.strong("", "", *title.children), classes=["df-table-caption"]
    )


class SplitForEpub(SplitTables):
    """Split tables for the screens of e-book readers.

    Runs before tables get attributes that only HTML has (priority 99).
    """

    default_priority = 90
    builders = ("epub",)
    line_width = 72


class SplitForText(SplitTables):
    """Fit columns to their words, and split tables if the project or the author asks for it."""

    formats = ("text",)
    line_width = 80

    def _prepare(self, table: nodes.table, tgroup: nodes.tgroup) -> None:
        """Set widths of columns that hold each word, in proportion to the given ones if any.

        docutils and HTML treat given widths as proportions, but Sphinx's text builder as numbers
        of characters. With Sphinx 7, a word in a column of one character causes an endless loop.
        """
        colspecs = get_colspecs(tgroup)
        contents = measure_columns(get_all_rows(tgroup), len(colspecs))
        widths = [max(width, _MIN_COLUMN_WIDTH) for width in contents]
        if "colwidths-given" in table["classes"]:
            given = [colspec["colwidth"] for colspec in colspecs]
            factor = max(math.ceil(n / g) for n, g in zip(widths, given, strict=True))
            widths = [factor * width for width in given]
        for colspec, width in zip(colspecs, widths, strict=True):
            colspec["colwidth"] = width
        # Sphinx's text builder forgets the rows that an entry without text spans.
        for entry in tgroup.findall(nodes.entry):
            if "morerows" in entry and not entry.astext():
                entry[:] = [nodes.line_block("", nodes.line("", "\u00a0"))]
        # Sphinx's text builder cuts words of paragraphs to 70 characters, however wide the
        # column is, but not words of lines.
        for paragraph in list(tgroup.findall(nodes.paragraph)):
            if measure_longest_word(paragraph) > _MAX_PARAGRAPH_WORD:
                line = nodes.line("", "", *paragraph.children)
                paragraph.parent.replace(paragraph, nodes.line_block("", line))

    def _get_line_width(self, choice: str) -> int:
        configured: int = self.config.df_table_text_width or 0
        return configured or (self.line_width if choice == "panels" else 0)
