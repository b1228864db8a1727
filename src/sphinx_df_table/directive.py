"""The ``df-table`` directive: the order of the steps, and the reporting."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.directives.tables import align
from docutils.parsers.rst.states import RSTState
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from sphinx_df_table import options as converters
from sphinx_df_table.cells import CellParsers
from sphinx_df_table.dependencies import note_looks
from sphinx_df_table.doctree import Problem, box, table_to_node
from sphinx_df_table.errors import PreambleError, SnippetError, TableError
from sphinx_df_table.markup import inline_parser, mark_unresolved
from sphinx_df_table.notices import note_notice
from sphinx_df_table.options import INDEX_CHOICES, MARKUP_CHOICES, TableOptions
from sphinx_df_table.protocol import Place, Reply, Request
from sphinx_df_table.source import Source, typed_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx_df_table.runner import Runner
    from sphinx_df_table.table import Table

_logger = logging.getLogger(__name__)

#: How many lines MyST-Parser may be wrong about the place of a directive in directives.
_MISCOUNT: Final = 20

#: How many cells a warning about markup names.
_NAMED_CELLS: Final = 3


def _one_of(choices: Sequence[str]) -> Callable[[str], str]:
    return lambda argument: directives.choice(argument, choices)


def _widths(argument: str) -> str | list[int]:
    """Convert to ``auto``, ``grid`` or whole numbers, as docutils' tables do."""
    convert = directives.value_or(("auto", "grid"), directives.positive_int_list)  # type: ignore[arg-type]
    widths: str | list[int] = convert(argument)
    return widths


class DfTable(SphinxDirective):
    """Run pandas code and show the DataFrame that it leaves behind as a table."""

    #: What runs the code, and the folder of ``conf.py``; set by :func:`directive_for`.
    runner: ClassVar[Runner]
    configuration_directory: ClassVar[Path]

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "align": align,
        "class": directives.class_option,
        "depends": converters.paths,
        "df-arg": converters.variable_name,
        "df-var": converters.variable_name,
        "header": converters.header_rows,
        "header-rows": directives.nonnegative_int,
        "index": _one_of(INDEX_CHOICES),
        "markup": _one_of(MARKUP_CHOICES),
        "name": directives.unchanged,
        "stub-columns": directives.nonnegative_int,
        "timeout": converters.seconds,
        "width": directives.length_or_percentage_or_unitless,
        "widths": _widths,
    }

    def run(self) -> list[nodes.Node]:
        """Return the table, or the box that takes its place."""
        if {"df-arg", "df-var"} <= self.options.keys():
            raise self.error(":df-arg: is the old name of :df-var:; give only one of the two.")
        if "header" in self.options and self.options.get("header-rows") == 0:
            raise self.error(":header-rows: 0 hides what :header: gives; drop one of the two.")
        if off := self._switched_off():
            return [box(nodes.note, f"This table is not shown: {off}.", location=self._location)]
        try:
            return self._table(self._run_code())
        except TableError as error:
            self._report(error)
            why = f" ({error.kind})" if error.kind else ""
            message = f"This table could not be built{why}. The build log says why."
            return [box(nodes.error, message, location=self._location)]

    @property
    def _location(self) -> tuple[str, int]:
        """The file and line of the directive; docutils names included files by relative paths."""
        source, line = self.get_source_info()
        return self._absolute(source), line or self.lineno

    def _absolute(self, name: str | None) -> str:
        """Return the absolute name of a file; of text from conf.py, what Sphinx calls it."""
        if name and name.startswith("<"):
            return name
        return os.path.abspath(name or self.env.doc2path(self.env.docname))

    def _switched_off(self) -> str:
        """Return why no code is run in this build; nothing if it is."""
        if not self.config.df_table_execute:
            return "the build runs no code of pages (df_table_execute)"
        settings = self.state.document.settings
        for setting in ("file_insertion_enabled", "raw_enabled"):
            if not getattr(settings, setting, True):
                note_notice(
                    self.env,
                    self.env.docname,
                    "execute",
                    f"No df-table is shown, because docutils' setting {setting} is off. Turn "
                    "it on to run the code of pages, or set df_table_execute = False.",
                )
                return f"docutils' setting {setting} is off"
        return ""

    def _run_code(self) -> Table:
        """Run the code in the worker, and note what it did besides.

        :raises TableError: if there is no table to show for it.
        """
        if not self.content:
            raise SnippetError(
                "There is no code. Leave an empty line between the directive with its options "
                "and the code."
            )
        source = self._source()
        reply = self.runner.run(
            Request(
                source=source,
                place=self._place(),
                preamble=self.config.df_table_preamble,
                depends=self.options.get("depends", ()),
                options=TableOptions.from_directive(self.options),
            ),
            timeout=self.options.get("timeout", self.config.df_table_timeout),
            preamble_timeout=self.config.df_table_timeout,
        )
        note_looks(self.env, self.env.docname, reply.looks)
        self._log(reply, source.filename)
        if reply.error:
            raise reply.error
        assert reply.table is not None
        return reply.table

    def _source(self) -> Source:
        """Return the code and where it stands: in reStructuredText, docutils knows of each line."""
        filename, offset = self.content.items[0]
        first_line = (offset or 0) + 1
        state: object = self.state
        is_docutils = isinstance(state, RSTState)
        if not is_docutils:
            # MyST counts from the first line of the directive's body.
            first_line += self.lineno + self.content_offset
        return typed_source(
            list(self.content),
            filename=self._absolute(filename),
            first_line=first_line,
            reach=0 if is_docutils else _MISCOUNT,
        )

    def _place(self) -> Place:
        page = Path(self.env.doc2path(self.env.docname))
        return Place(
            page=self.env.docname,
            filename=str(page),
            directory=str(page.parent),
            source_directory=str(self.env.srcdir),
            configuration_directory=str(self.configuration_directory),
        )

    def _table(self, table: Table) -> list[nodes.Node]:
        """Return the node of ``table``, with the presentation that csv-table's options ask for.

        Behind it come docutils' messages on its title, if there are any.

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
            if parsers.inline:
                mark_unresolved(node)
        node["classes"] += ["colwidths-auto" if widths == "auto" else "colwidths-given"]
        node["classes"] += self.options.get("class", [])
        for option in ("align", "width"):
            if option in self.options:
                node[option] = self.options[option]
        self.add_name(node)
        messages = self._insert_title(node)
        for sentence in table.warnings:
            self._warn(sentence, "data")
        if problems:
            self._warn(_on_markup(problems), "markup")
        return [node, *messages]

    def _insert_title(self, node: nodes.table) -> list[nodes.system_message]:
        if not self.arguments:
            return []
        text = self.arguments[0]
        children, messages = self.parse_inline(text)
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

    def _log(self, reply: Reply, filename: str) -> None:
        """Hand on what the code printed, and what Python warned of, with the page's lines."""
        if reply.output:
            output = reply.output.rstrip()
            _logger.verbose("%s:%d: output of df-table:\n%s", *self._location, output)
        for number, text in reply.warnings:
            place = f"{filename}:{number}"
            if self.config.df_table_python_warnings == "warn":
                _logger.warning(text, location=place, type="df_table", subtype="python")
            else:
                _logger.info("%s: %s", place, text)

    def _report(self, error: TableError) -> None:
        """Warn of what stopped this table, and have the page read again by the next build."""
        self.env.note_reread()
        if isinstance(error, PreambleError):
            note_notice(self.env, self.env.docname, error.subtype, error.message)
        elif error.filename:
            place = f"{error.filename}:{error.line}"
            _logger.warning(error.message, location=place, type="df_table", subtype=error.subtype)
        else:
            self._warn(error.message, error.subtype)

    def _warn(self, message: str, subtype: str) -> None:
        source, line = self._location
        _logger.warning(message, location=f"{source}:{line}", type="df_table", subtype=subtype)


def directive_for(runner: Runner, /, *, configuration_directory: Path) -> type[DfTable]:
    """Return the directive that runs its code with ``runner``.

    docutils keeps classes, not objects, so what one build shares is tied to a class of its own.
    """
    bound = {"runner": runner, "configuration_directory": configuration_directory}
    return type("DfTable", (DfTable,), bound)


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
