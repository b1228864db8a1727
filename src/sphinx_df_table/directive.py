"""The directives ``df-table`` and ``df-setup``: the order of the steps."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.directives.tables import align
from docutils.statemachine import StringList

from sphinx_df_table import options as converters
from sphinx_df_table.cells import CellParsers
from sphinx_df_table.code_directive import CodeDirective
from sphinx_df_table.doctree import Problem, box, notes_of, table_to_node
from sphinx_df_table.errors import PreambleError, TableError
from sphinx_df_table.markup import inline_parser, mark_unresolved
from sphinx_df_table.options import INDEX_CHOICES, MARKUP_CHOICES, TableOptions
from sphinx_df_table.tabs import tab_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx_df_table.protocol import Result
    from sphinx_df_table.table import Table

#: How many cells a warning about markup names.
_NAMED_CELLS: Final = 3

#: Options that only change how code is run.
_RUNNING: Final[dict[str, Callable[[str], object]]] = {
    "depends": converters.paths,
    "timeout": converters.seconds,
}


def _one_of(choices: Sequence[str]) -> Callable[[str], str]:
    return lambda argument: directives.choice(argument, choices)


def _widths(argument: str) -> str | list[int]:
    """Convert to ``auto``, ``grid`` or whole numbers, as docutils' tables do."""
    convert = directives.value_or(("auto", "grid"), directives.positive_int_list)  # type: ignore[arg-type]
    widths: str | list[int] = convert(argument)
    return widths


class DfSetup(CodeDirective):
    """Run code that shows nothing; later directives of the page find what it defines."""

    option_spec: ClassVar[dict[str, Callable[[str], object]]] = _RUNNING

    def run(self) -> list[nodes.Node]:
        """Return nothing, or the box that says that it failed."""
        if self._switched_off():
            return []
        try:
            source = self._source()
            self._run_code(source, None)
        except TableError as error:
            if not isinstance(error, PreambleError):
                _, line = self._location
                self._setups.note_failure("\n".join(self.content), line=line)
            return [self._failed(error, "The set-up for the tables below")]
        self._setups.note_success(source)
        return []


class DfTable(CodeDirective):
    """Run pandas code and show what it leaves behind as a table, or as tables in tabs."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        **_RUNNING,
        "align": align,
        "align-columns": converters.alignments,
        "class": directives.class_option,
        "columns": converters.column_patterns,
        "df-arg": converters.variable_name,
        "df-var": converters.variable_name,
        "format": converters.formats,
        "header": converters.header_rows,
        "header-rows": directives.nonnegative_int,
        "hoist-constants": directives.flag,
        "index": _one_of(INDEX_CHOICES),
        "markup": _one_of(MARKUP_CHOICES),
        "max-rows": directives.nonnegative_int,
        "na-rep": directives.unchanged,
        "name": directives.unchanged,
        "precision": directives.nonnegative_int,
        "stub-columns": directives.nonnegative_int,
        "sync-group": directives.unchanged_required,
        "width": directives.length_or_percentage_or_unitless,
        "widths": _widths,
    }

    def run(self) -> list[nodes.Node]:
        """Return the table, or the box that takes its place, with what belongs to it."""
        if {"df-arg", "df-var"} <= self.options.keys():
            raise self.error(":df-arg: is the old name of :df-var:; give only one of the two.")
        if "header" in self.options and self.options.get("header-rows") == 0:
            raise self.error(":header-rows: 0 hides what :header: gives; drop one of the two.")
        if off := self._switched_off():
            return [box(nodes.note, f"This table is not shown: {off}.", location=self._location)]
        try:
            results = self._results()
        except TableError as error:
            return [self._failed(error, "This table")]
        shown = [
            (result.label, self._shown(result, is_first=number == 0))
            for number, result in enumerate(results)
        ]
        tabs = [(label, content) for label, content in shown if label is not None]
        if tabs:
            return [
                tab_set(tabs, sync_group=self.options.get("sync-group"), location=self._location)
            ]
        if "sync-group" in self.options:
            self._warn(
                ":sync-group: is for tabs, but the result is a single table. Drop the option, or "
                "leave a dictionary of frames.",
                "data",
            )
        [(_, content)] = shown
        return content

    def _results(self) -> tuple[Result, ...]:
        """Return the tables to show, each of which may have failed.

        :raises TableError: if the code failed.
        """
        options = TableOptions.from_directive(
            self.options,
            precision=self.config.df_table_precision,
            na_rep=self.config.df_table_na_rep,
            row_limit=self.config.df_table_max_rows,
        )
        return self._run_code(self._source(variable=options.variable), options).results

    def _shown(self, result: Result, *, is_first: bool) -> list[nodes.Node]:
        """Return the nodes for one table, or the box that takes its place."""
        try:
            if result.error:
                raise result.error
            assert result.table is not None
            return self._table(result.table, label=result.label, is_first=is_first)
        except TableError as error:
            return [self._failed(error, "This table")]

    def _table(self, table: Table, *, label: str | None, is_first: bool) -> list[nodes.Node]:
        """Return the node of ``table``, with the presentation that csv-table's options ask for.

        Around it come what holds for all rows, what is said of rows that are left out, and
        docutils' messages on its title.

        :param label: what tells the table from others of the same directive.
        :param is_first: whether it is the first of them.
        :raises TableError: if an option does not fit the table.
        """
        widths = self.options.get("widths", "auto")
        with self._parsers() as parsers:
            node, problems = table_to_node(
                table,
                parsers=parsers,
                widths=widths if isinstance(widths, list) else (),
                location=self._location,
            )
            constants, rows_note = notes_of(table, parsers=parsers, location=self._location)
            if parsers.inline:
                mark_unresolved([node, *constants])
        node["classes"] += ["colwidths-auto" if widths == "auto" else "colwidths-given"]
        node["classes"] += self.options.get("class", [])
        for option in ("align", "width"):
            if option in self.options:
                node[option] = self.options[option]
        self._add_names(node, label=label, is_first=is_first)
        messages = self._insert_title(node, table.caption, label=label)
        for sentence in table.warnings:
            self._warn(sentence, "data")
        if problems:
            self._warn(_on_markup(problems), "markup")
        # Without a caption, what holds for all rows is read first; with one, it belongs to it.
        around: list[nodes.Node]
        around = [node, *constants] if isinstance(node[0], nodes.title) else [*constants, node]
        return [*around, *rows_note, *messages]

    def _add_names(self, node: nodes.table, *, label: str | None, is_first: bool) -> None:
        """Make ``node`` a target: the first table by the name, each by the name and its label."""
        if "name" not in self.options:
            return
        name = self.options["name"]
        names = [name] if is_first else []
        if label is not None:
            names.append(f"{name}-{label}")
        node["names"] += map(nodes.fully_normalize_name, names)
        self.state.document.note_explicit_target(node, node)

    def _insert_title(
        self, node: nodes.table, caption: str, *, label: str | None
    ) -> list[nodes.system_message]:
        """Put the author's title into ``node``, or else ``caption``, as it is."""
        children: list[nodes.Node] = [nodes.Text(caption)] if caption else []
        messages: list[nodes.system_message] = []
        text = caption
        if self.arguments:
            text = self.arguments[0]
            children, messages = self.parse_inline(text)
            if label is not None:
                text += f" ({label})"
                children.append(nodes.Text(f" ({label})"))
        if not children:
            return messages
        title = nodes.title(text, "", *children)
        title.source, title.line = self._location
        node.insert(0, title)
        return messages

    @contextlib.contextmanager
    def _parsers(self) -> Iterator[CellParsers]:
        """Give the parsers that ``:markup:`` asks for."""
        markup = self.options.get("markup", self.config.df_table_markup)
        if markup == "inline":
            with inline_parser(self.parse_inline, self.state) as parse:
                yield CellParsers(inline=parse)
        else:
            yield CellParsers(block=self._parse_block if markup == "block" else None)

    def _parse_block(self, text: str) -> list[nodes.Node]:
        source, line = self._location
        lines = text.splitlines()
        content = StringList(lines, items=[(source, line - 1)] * len(lines))
        return self.parse_text_to_nodes(content, offset=line - 1)  # type: ignore[arg-type]


def _on_markup(problems: Sequence[Problem]) -> str:
    """Return a sentence that names the first cells whose markup could not be shown."""
    named = "; ".join(
        f"{f'row {p.row}' if p.row else 'heading'}, column {p.column}: {p.reason}"
        for p in problems[:_NAMED_CELLS]
    )
    more = f" ({len(problems)} cells in all)" if len(problems) > _NAMED_CELLS else ""
    return (
        f"Cells with markup that cannot be used are shown as text: {named}{more}. "
        "Mend the data, or take all cells as text with :markup: none."
    )
