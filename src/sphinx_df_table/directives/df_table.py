"""The directive ``df-table``: run the code, and turn its result into nodes."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
from typing import TYPE_CHECKING, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.directives.tables import align
from docutils.statemachine import StringList

from sphinx_df_table.directives.base import CodeDirective, format_kind
from sphinx_df_table.directives.design import create_code_block, create_tab_set
from sphinx_df_table.directives.download import (
    create_download_link,
    new_destination,
    note_downloads,
)
from sphinx_df_table.directives.option_spec import (
    OptionSpec,
    parse_alignments,
    parse_bool,
    parse_column_name,
    parse_column_patterns,
    parse_formats,
    parse_header,
    parse_precision,
    parse_sentence,
    parse_variable_name,
)
from sphinx_df_table.directives.source import is_code
from sphinx_df_table.doctree.cells import CellParsers
from sphinx_df_table.doctree.inline_markup import inline_parser, restored_parser
from sphinx_df_table.doctree.references import mark_unresolved
from sphinx_df_table.doctree.row_targets import add_row_targets
from sphinx_df_table.doctree.structure import FILTERS, PRINT, SEARCHABLE
from sphinx_df_table.doctree.table import (
    InlineText,
    TableTitles,
    create_constants_note,
    create_message_box,
    create_row_count_note,
    table_to_node,
)
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
    from collections.abc import Iterator, Sequence

    from sphinx_df_table.doctree.cells import CellProblem
    from sphinx_df_table.model.protocol import Result
    from sphinx_df_table.model.table import Table


#: What helps against a warning on markup that works with another value of ``:markup:``.
_MARKUP_ADVICE: Final = {
    "rst": "read the cells as reStructuredText with :markup: rst, ",
    "block": "allow it with :markup: block if you trust the data as much as the page, ",
}


class DfTable(CodeDirective):
    """Run pandas code, and show its result as a table, or as tables in tabs."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = OptionSpec(
        {
            **CodeDirective.option_spec,
            "align": align,
            "align-columns": parse_alignments,
            "class": directives.class_option,
            "columns": parse_column_patterns,
            "df-var": parse_variable_name,
            "download": directives.flag,
            "empty": parse_sentence,
            "filters": parse_column_patterns,
            "format": parse_formats,
            "header": parse_header,
            "header-rows": directives.nonnegative_int,
            "hoist-constants": directives.flag,
            "index": functools.partial(directives.choice, values=INDEX_CHOICES),
            "markup": functools.partial(directives.choice, values=MARKUP_CHOICES),
            "max-rows": directives.nonnegative_int,
            "na-rep": directives.unchanged,
            "name": directives.unchanged,
            "precision": parse_precision,
            "print": functools.partial(directives.choice, values=PRINT_CHOICES),
            "row-ids": parse_column_name,
            "searchable": directives.flag,
            "sortable": parse_bool,
            "show-source": functools.partial(directives.choice, values=SOURCE_CHOICES),
            "stub-columns": directives.nonnegative_int,
            "sync-group": directives.unchanged_required,
            "width": directives.length_or_percentage_or_unitless,
            "widths": directives.value_or(("auto", "grid"), directives.positive_int_list),  # type: ignore[arg-type]
        }
    )

    def run(self) -> list[nodes.Node]:
        """Return the nodes for the result, and for the code if ``:show-source:`` is set."""
        if "header" in self.options and self.options.get("header-rows") == 0:
            raise self.error(":header-rows: 0 hides the labels of :header:; remove one of the two.")
        if "row-ids" in self.options and not self.options.get("name"):
            raise self.error(":row-ids: needs :name:, the first part of the name of each row.")
        shown = self._show_results()
        if "show-source" not in self.options or not self.content:
            return shown
        place = self.options["show-source"]
        block = create_code_block(self._source(), is_collapsed=place == "collapsed")
        return [block, *shown] if place == "above" else [*shown, block]

    def _show_results(self) -> list[nodes.Node]:
        """Return the table or tabs, or a box that says why there is none."""
        if reason := self._switched_off():
            return [create_message_box(nodes.note, reason, location=self._location)]
        try:
            results = self._results()
        except TableError as error:
            return [self._error_box(error)]
        if results[0].label is not None:
            return [self._tab_set(results)]
        if "sync-group" in self.options:
            self._warn(
                ":sync-group: is for tabs, but the result is a single table. Remove the option, "
                "or make the result a dictionary of frames.",
                "data",
            )
        [result] = results
        name = self.options.get("name")
        return self._show_result(result, names=[nodes.fully_normalize_name(name)] if name else [])

    def _results(self) -> tuple[Result, ...]:
        """Run the code, and return its tables, each of which may have failed.

        :raises TableError: if the code failed.
        """
        source = self._source()
        title = self.arguments[0] if self.arguments else ""
        if title and is_code(title):
            raise SnippetError(
                f"The caption is code: {to_one_line(title, LONGEST_QUOTE)}. Leave an empty line "
                "between the directive with its options and the code."
            )
        given = self.options
        options = TableOptions(
            variable=given.get("df-var", ""),
            index=given.get("index", "auto"),
            header_rows=given.get("header-rows"),
            stub_columns=given.get("stub-columns", 0),
            header=given.get("header", ()),
            columns=given.get("columns", ()),
            formats=given.get("format", ()),
            precision=given.get("precision", self.config.df_table_precision),
            na_rep=given.get("na-rep", self.config.df_table_na_rep),
            align_columns=given.get("align-columns", ()),
            filters=given.get("filters", ()),
            row_ids=given.get("row-ids", ""),
            max_rows=given.get("max-rows"),
            row_limit=self.config.df_table_max_rows,
            hoist_constants="hoist-constants" in given,
            sortable=given.get("sortable", self.config.df_table_sortable),
        )
        destination = None
        if "download" in self.options:
            destination = new_destination(self.env, name=self.options.get("name", ""))
        results = self._run_code(source, options, destination=destination).results
        note_downloads(self.env, [result.download for result in results if result.download])
        if destination and any(result.table and not result.download for result in results):
            # The next build may be able to write the file.
            self.env.note_reread()
        return results

    def _tab_set(self, results: Sequence[Result]) -> nodes.Element:
        """Return a set of tabs with a table in each.

        With ``:name: n``, a table is the target ``n-<label>``, and the first one ``n`` too. A
        column pattern without a match in any table is one warning.
        """
        tabs = []
        taken: set[str] = set()
        for result in results:
            assert result.label is not None
            label = clean_label(result.label)
            if character := find_illegal_character(result.label):
                place = f"the tab {to_one_line(label, LONGEST_QUOTE)!r}"
                self._warn(describe_replacement(place, character), "data")
            name = self.options.get("name")
            wanted = [name, f"{name}-{label}"] if name else []
            names = [name for name in map(nodes.fully_normalize_name, wanted) if name not in taken]
            content = self._show_result(dataclasses.replace(result, label=label), names=names)
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

    def _show_result(self, result: Result, *, names: Sequence[str]) -> list[nodes.Node]:
        """Return the nodes for one table, or an error box.

        :param names: the names by which references find the table.
        """
        try:
            if result.error:
                raise result.error
            return self._table_nodes(result, names=names)
        except TableError as error:
            return [self._error_box(error, prefix=_tab_prefix(result.label))]

    def _error_box(self, error: TableError, *, prefix: str = "") -> nodes.Element:
        message = translate(
            "This table could not be built{why}. The build log says why.", why=format_kind(error)
        )
        return self._failed(error, message, prefix=prefix)

    def _table_nodes(self, result: Result, *, names: Sequence[str]) -> list[nodes.Node]:
        """Return the table node, followed by what belongs to it.

        That is the line of constants, the note on the number of rows, the download link, and
        docutils' messages on the title and the sentence of ``:empty:``.

        :raises TableError: if an option does not fit the table.
        """
        table = result.table
        assert table is not None
        node, problems, messages = self._create_table(table)
        constants, more_problems = self._create_constants(table)
        notes = [constants, create_row_count_note(table, location=self._location)]
        shown: list[nodes.Node] = [node, *(note for note in notes if note is not None)]
        if result.download:
            is_cut = table.excerpt is not None
            link = create_download_link(
                result.download, self.env, is_cut=is_cut, location=self._location
            )
            shown.append(link)
        node["classes"] += self.options.get("class", [])
        for option in ("align", "width"):
            if option in self.options:
                node[option] = self.options[option]
        if names:
            node["names"] += names
            self.state.document.note_explicit_target(node, node)
            # The last name is the one with the label of a tab.
            repeated = add_row_targets(
                node, self.state.document, column=table.row_ids, name=names[-1]
            )
            if repeated:
                self._warn(_tab_prefix(result.label) + repeated, "data")
        if "searchable" in self.options and table.numbers:
            node[SEARCHABLE] = True
        if table.filters:
            node[FILTERS] = json.dumps(table.filters, separators=(",", ":"))
        if "print" in self.options:
            node[PRINT] = self.options["print"]
        shown += messages
        shown += self._titles.insert_into(node, caption=table.caption, label=result.label)
        self._log_warnings(result, table, [*problems, *more_problems])
        self.env.events.emit("df-table-node", self.env.docname, node)
        return shown

    def _create_table(
        self, table: Table
    ) -> tuple[nodes.table, list[CellProblem], list[nodes.system_message]]:
        """Return the node of ``table``, and its cells with broken markup.

        If it has no rows, a sentence replaces them, on which docutils may have messages.

        :raises TableError: if ``:widths:`` does not fit the table.
        """
        widths = self.options.get("widths", "auto")
        placeholder, messages = (None, []) if table.numbers else self._create_placeholder()
        has_columns = bool(table.numbers or table.head)
        with self._parsers() as parsers:
            node, problems = table_to_node(
                table,
                parsers=parsers,
                widths=widths if isinstance(widths, list) and has_columns else (),
                location=self._location,
                placeholder=placeholder,
            )
            if parsers.inline:
                mark_unresolved(node)
        node["classes"] += ["colwidths-auto" if widths == "auto" else "colwidths-given"]
        return node, problems, messages

    def _create_placeholder(self) -> tuple[nodes.paragraph, list[nodes.system_message]]:
        """Return what replaces the rows of a table without any, and docutils' messages on it."""
        if self._empty_text:
            paragraph, messages = self._empty_text.create(nodes.paragraph)
        else:
            text = translate("no rows")
            paragraph, messages = nodes.paragraph(text, text, translatable=False), []
        paragraph.source, paragraph.line = self._location
        return paragraph, messages

    def _create_constants(self, table: Table) -> tuple[nodes.paragraph | None, list[CellProblem]]:
        """Return the line of constant columns, if there are any, and its broken markup."""
        with self._parsers(allows_blocks=False) as parsers:
            constants, problems = create_constants_note(
                table, parsers=parsers, location=self._location
            )
            if parsers.inline and constants:
                mark_unresolved(constants)
        return constants, problems

    @property
    def _markup(self) -> str:
        markup: str = self.options.get("markup", self.config.df_table_markup)
        return markup

    @contextlib.contextmanager
    def _parsers(self, *, allows_blocks: bool = True) -> Iterator[CellParsers]:
        """Yield the parsers that ``:markup:`` asks for."""
        markup = self._markup
        if markup in {"inline", "rst"} or (markup == "block" and not allows_blocks):
            with inline_parser(self.parse_inline, self.state, as_rst=markup == "rst") as parse:
                yield CellParsers(inline=parse)
        else:
            yield CellParsers(block=self._parse_block if markup == "block" else None)

    def _parse_block(self, text: str) -> list[nodes.Node]:
        source, line = self._location
        lines = text.splitlines()
        content = StringList(lines, items=[(source, line - 1)] * len(lines))
        with restored_parser(self.state):
            return self.parse_text_to_nodes(content, offset=line - 1)  # type: ignore[arg-type]

    @functools.cached_property
    def _titles(self) -> TableTitles:
        text = self.arguments[0] if self.arguments else ""
        return TableTitles(InlineText(text, self.parse_inline), location=self._location)

    @functools.cached_property
    def _empty_text(self) -> InlineText:
        return InlineText(self.options.get("empty", ""), self.parse_inline)

    def _log_warnings(self, result: Result, table: Table, problems: Sequence[CellProblem]) -> None:
        """Log what could not be shown as it is, or as the options ask for."""
        prefix = _tab_prefix(result.label)
        for note in table.notes:
            self._inform(prefix + note)
        if result.download and result.download.formula_warning:
            self._warn(prefix + result.download.formula_warning, "formula")
        # Those of tabs are logged once for all of them.
        unmatched = table.unmatched if result.label is None else ()
        for sentence in (*table.warnings, *(sentence for _, sentence in unmatched)):
            self._warn(prefix + sentence, "data")
        if not table.numbers and not self._empty_text:
            sentence = (
                "The table has no rows, and says so. Correct the code or the data, or give the "
                "sentence for this case with :empty:."
            )
            self._warn(prefix + sentence, "empty")
        if self.options.get("sortable") and table.numbers and not table.ranks:
            sentence = (
                "The rows cannot be sorted, because the table has no headings, or has rows of data "
                "among them. Remove :sortable:, or change the headings."
            )
            self._warn(prefix + sentence, "data")
        if problems:
            cells = join_first([str(problem) for problem in problems])
            ways = {problem.error.works_with for problem in problems} - {self._markup}
            sentence = (
                f"Cells with markup that cannot be used are shown as text: {cells}. Fix the data, "
                + "".join(way for name, way in _MARKUP_ADVICE.items() if name in ways)
                + "or show all cells as text with :markup: none."
            )
            self._warn(prefix + sentence, "markup")


def _tab_prefix(label: str | None) -> str:
    """Return the beginning of a warning on the table with this label, if it has one."""
    return "" if label is None else f"In the tab {to_one_line(label, LONGEST_QUOTE)!r}: "
