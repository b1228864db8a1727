"""The directive ``df-table``: the order of the steps."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from typing import TYPE_CHECKING, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.directives.tables import align
from docutils.statemachine import StringList

from sphinx_df_table.directives import option_spec
from sphinx_df_table.directives.base import CodeDirective, format_kind
from sphinx_df_table.directives.design import create_code_block, create_tab_set
from sphinx_df_table.directives.download import (
    create_download_link,
    new_destination,
    note_downloads,
)
from sphinx_df_table.directives.source import is_code
from sphinx_df_table.doctree.caption import (
    TableTitles,
    create_constants_note,
    create_message_box,
    create_row_count_note,
)
from sphinx_df_table.doctree.cells import CellParsers
from sphinx_df_table.doctree.inline_markup import inline_parser, mark_unresolved
from sphinx_df_table.doctree.structure import PRINT, SEARCHABLE
from sphinx_df_table.doctree.table import table_to_node
from sphinx_df_table.i18n import translate
from sphinx_df_table.model.errors import SnippetError, TableError
from sphinx_df_table.model.options import (
    INDEX_CHOICES,
    MARKUP_CHOICES,
    PRINT_CHOICES,
    SOURCE_CHOICES,
    TableOptions,
)
from sphinx_df_table.model.text import (
    LONGEST_QUOTE,
    clean_label,
    describe_replacement,
    find_illegal_character,
    join_first,
    to_one_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx_df_table.model.protocol import Result
    from sphinx_df_table.model.table import Table

_NOT_SORTABLE: Final = (
    "The rows cannot be sorted: that takes headings that are shown, and no row of data among "
    "them. Drop :sortable:, or show other headings."
)


def _one_of(choices: Sequence[str]) -> Callable[[str], str]:
    return lambda argument: directives.choice(argument, choices)


def _widths(argument: str) -> str | list[int]:
    """Convert to ``auto``, ``grid`` or whole numbers, as docutils' tables do."""
    convert = directives.value_or(("auto", "grid"), directives.positive_int_list)  # type: ignore[arg-type]
    widths: str | list[int] = convert(argument)
    return widths


class DfTable(CodeDirective):
    """Run pandas code and show what it leaves behind as a table, or as tables in tabs."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        **CodeDirective.option_spec,
        "align": align,
        "align-columns": option_spec.parse_alignments,
        "class": directives.class_option,
        "columns": option_spec.parse_column_patterns,
        "df-var": option_spec.parse_variable_name,
        "download": directives.flag,
        "format": option_spec.parse_formats,
        "header": option_spec.parse_header,
        "header-rows": directives.nonnegative_int,
        "hoist-constants": directives.flag,
        "index": _one_of(INDEX_CHOICES),
        "markup": _one_of(MARKUP_CHOICES),
        "max-rows": directives.nonnegative_int,
        "na-rep": directives.unchanged,
        "name": directives.unchanged,
        "precision": directives.nonnegative_int,
        "print": _one_of(PRINT_CHOICES),
        "searchable": directives.flag,
        "sortable": option_spec.parse_bool,
        "show-source": _one_of(SOURCE_CHOICES),
        "stub-columns": directives.nonnegative_int,
        "sync-group": directives.unchanged_required,
        "width": directives.length_or_percentage_or_unitless,
        "widths": _widths,
    }

    def run(self) -> list[nodes.Node]:
        """Return the table, or the box that takes its place, with what belongs to it.

        The code comes before or behind all that, if it is to be shown and there is any.
        """
        if "header" in self.options and self.options.get("header-rows") == 0:
            raise self.error(":header-rows: 0 hides what :header: gives; drop one of the two.")
        shown = self._shown_in_all()
        if "show-source" not in self.options or not self.content:
            return shown
        place = self.options["show-source"]
        block = create_code_block(self._source(), is_collapsed=place == "collapsed")
        return [block, *shown] if place == "above" else [*shown, block]

    def _shown_in_all(self) -> list[nodes.Node]:
        """Return what stands for the result, or for its absence."""
        if off := self._switched_off():
            return [create_message_box(nodes.note, off, location=self._location)]
        try:
            results = self._results()
        except TableError as error:
            return [self._failed_table(error)]
        if results[0].label is not None:
            return [self._tabs(results)]
        if "sync-group" in self.options:
            self._warn(
                ":sync-group: is for tabs, but the result is a single table. Drop the option, or "
                "leave a dictionary of frames.",
                "data",
            )
        [result] = results
        name = self.options.get("name")
        return self._shown(result, names=[nodes.fully_normalize_name(name)] if name else [])

    def _tabs(self, results: Sequence[Result]) -> nodes.Element:
        """Return a set of tabs with a table in each.

        Each table is a target by the name and its label, the first one by the name, too. What
        fits no column of any table is said once.
        """
        tabs = []
        taken: set[str] = set()
        for result in map(self._with_legal_label, results):
            label = result.label
            assert label is not None
            name = self.options.get("name")
            wanted = [name, f"{name}-{label}"] if name else []
            names = [name for name in map(nodes.fully_normalize_name, wanted) if name not in taken]
            content = self._shown(result, names=names)
            if any(isinstance(node, nodes.table) for node in content):
                taken |= set(names)
            tabs.append((label, content))
        unmatched = [dict(result.table.unmatched) for result in results if result.table]
        for pattern, sentence in unmatched[0].items() if unmatched else ():
            if all(pattern in others for others in unmatched):
                self._warn(sentence, "data")
        return create_tab_set(
            tabs, sync_group=self.options.get("sync-group"), location=self._location
        )

    def _with_legal_label(self, result: Result) -> Result:
        """Return ``result`` with a label that XML can hold, and say so if that is another."""
        assert result.label is not None
        label = clean_label(result.label)
        if character := find_illegal_character(result.label):
            self._warn(
                describe_replacement(f"the tab {to_one_line(label, LONGEST_QUOTE)!r}", character),
                "data",
            )
        return dataclasses.replace(result, label=label)

    def _results(self) -> tuple[Result, ...]:
        """Return the tables to show, each of which may have failed.

        :raises TableError: if the code failed.
        """
        source = self._source()
        title = self.arguments[0] if self.arguments else ""
        if title and is_code(title):
            raise SnippetError(
                f"The title is code: {to_one_line(title, LONGEST_QUOTE)}. Leave an empty line "
                "between the directive with its options and the code."
            )
        options = TableOptions.from_directive(
            self.options,
            precision=self.config.df_table_precision,
            na_rep=self.config.df_table_na_rep,
            row_limit=self.config.df_table_max_rows,
            sortable=self.config.df_table_sortable,
        )
        destination = None
        if "download" in self.options:
            destination = new_destination(self.env, name=self.options.get("name", ""))
        results = self._run_code(source, options, destination=destination).results
        note_downloads(self.env, [result.download for result in results if result.download])
        if destination and any(result.table and not result.download for result in results):
            # What stood in the way of a file may be gone by the next build.
            self.env.note_reread()
        return results

    def _shown(self, result: Result, *, names: Sequence[str]) -> list[nodes.Node]:
        """Return the nodes for one table, or the box that takes its place.

        :param names: by which the table is a target.
        """
        try:
            if result.error:
                raise result.error
            return self._table(result, names=names)
        except TableError as error:
            return [self._failed_table(error, lead=_in_tab(result.label))]

    def _failed_table(self, error: TableError, *, lead: str = "") -> nodes.Element:
        """Do what is to be done where a table could not be built, and return its box."""
        message = translate(
            "This table could not be built{why}. The build log says why.", why=format_kind(error)
        )
        return self._failed(error, message, lead=lead)

    def _table(self, result: Result, *, names: Sequence[str]) -> list[nodes.Node]:
        """Return the node of a table, and what belongs behind it.

        That is what holds for all rows and what is said of rows that are left out, the link to
        a file, and docutils' messages on its title.

        :raises TableError: if an option does not fit the table.
        """
        table = result.table
        assert table is not None
        node, problems = self._node_of(table)
        constants, others = self._constants_of(table)
        parts = [node, constants, create_row_count_note(table, location=self._location)]
        shown: list[nodes.Node] = [part for part in parts if part is not None]
        if result.download:
            is_cut = table.excerpt is not None
            link = create_download_link(
                result.download, self.env, is_cut=is_cut, location=self._location
            )
            shown.append(link)
        self._present(node, names=names)
        shown += self._titles.insert_into(node, caption=table.caption, label=result.label)
        self._warn_of(result, table, [*problems, *others])
        self.env.events.emit("df-table-node", self.env.docname, node)
        return shown

    def _node_of(self, table: Table) -> tuple[nodes.table, list[str]]:
        """Return the node of ``table``, and its cells with broken markup.

        :raises TableError: if the widths do not fit the table.
        """
        widths = self.options.get("widths", "auto")
        with self._parsers() as parsers:
            node, problems = table_to_node(
                table,
                parsers=parsers,
                widths=widths if isinstance(widths, list) else (),
                location=self._location,
            )
            if parsers.inline:
                mark_unresolved(node)
        node["classes"] += ["colwidths-auto" if widths == "auto" else "colwidths-given"]
        return node, problems

    def _constants_of(self, table: Table) -> tuple[nodes.paragraph | None, list[str]]:
        """Return what holds for all rows, if anything does: a line, which holds no blocks."""
        with self._parsers(allows_blocks=False) as parsers:
            constants, problems = create_constants_note(
                table, parsers=parsers, location=self._location
            )
            if parsers.inline and constants:
                mark_unresolved(constants)
        return constants, problems

    def _present(self, node: nodes.table, *, names: Sequence[str]) -> None:
        """Give ``node`` the looks and names that its author asks for."""
        node["classes"] += self.options.get("class", [])
        for option in ("align", "width"):
            if option in self.options:
                node[option] = self.options[option]
        if names:
            node["names"] += names
            self.state.document.note_explicit_target(node, node)
        if "searchable" in self.options:
            node[SEARCHABLE] = True
        if "print" in self.options:
            node[PRINT] = self.options["print"]

    @functools.cached_property
    def _titles(self) -> TableTitles:
        text = self.arguments[0] if self.arguments else ""
        return TableTitles(text, self.parse_inline, location=self._location)

    def _warn_of(self, result: Result, table: Table, problems: Sequence[str]) -> None:
        """Say what could not be shown as it is, or as it was asked for."""
        lead = _in_tab(result.label)
        if result.download and result.download.formula_warning:
            self._warn(lead + result.download.formula_warning, "formula")
        is_single = result.label is None
        unmatched = [sentence for _, sentence in table.unmatched] if is_single else []
        for sentence in (*table.warnings, *unmatched):
            self._warn(lead + sentence, "data")
        if self.options.get("sortable") and not table.ranks:
            self._warn(lead + _NOT_SORTABLE, "data")
        if problems:
            self._warn(lead + _on_markup(problems), "markup")

    @contextlib.contextmanager
    def _parsers(self, *, allows_blocks: bool = True) -> Iterator[CellParsers]:
        """Give the parsers that ``:markup:`` asks for."""
        markup = self.options.get("markup", self.config.df_table_markup)
        if markup == "inline" or (markup == "block" and not allows_blocks):
            with inline_parser(self.parse_inline, self.state) as parse:
                yield CellParsers(inline=parse)
        else:
            yield CellParsers(block=self._parse_block if markup == "block" else None)

    def _parse_block(self, text: str) -> list[nodes.Node]:
        source, line = self._location
        lines = text.splitlines()
        content = StringList(lines, items=[(source, line - 1)] * len(lines))
        return self.parse_text_to_nodes(content, offset=line - 1)  # type: ignore[arg-type]


def _in_tab(label: str | None) -> str:
    """Return what a warning on one of several tables begins with."""
    return "" if label is None else f"In the tab {to_one_line(label, LONGEST_QUOTE)!r}: "


def _on_markup(problems: Sequence[str]) -> str:
    """Return a sentence that names the first cells whose markup could not be shown."""
    named = join_first(problems)
    return (
        f"Cells with markup that cannot be used are shown as text: {named}. "
        "Mend the data, or take all cells as text with :markup: none."
    )
