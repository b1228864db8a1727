"""The base class of the directives: run the code in the worker, and report on it."""

from __future__ import annotations

import dataclasses
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst.states import RSTState
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from sphinx_df_table.config import EXECUTE, find_off_switch
from sphinx_df_table.directives.option_spec import OptionSpec, parse_paths, parse_seconds
from sphinx_df_table.directives.source import is_code_paragraph, recover_source
from sphinx_df_table.doctree.table import create_message_box
from sphinx_df_table.environment import note_dependencies
from sphinx_df_table.i18n import translate
from sphinx_df_table.model.dependencies import Dependencies
from sphinx_df_table.model.errors import PreambleError, SnippetError, TableError
from sphinx_df_table.model.protocol import PageContext, Request

if TYPE_CHECKING:
    from sphinx_df_table.client.runner import Runner
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.protocol import Destination, Reply, Setup, Source

_logger = logging.getLogger(__name__)

#: How many lines MyST-Parser's line number of a nested directive may be off.
_MISCOUNT: Final = 20

#: The key of the page's :class:`PageSetups`; Sphinx deletes it after reading the page.
_SETUPS: Final = "df_table_setups"


@dataclasses.dataclass(slots=True)
class PageSetups:
    """The ``df-setup`` directives of the page read so far.

    :param succeeded: those that later code of the page builds on, in their order.
    :param failed_at: the place of the first that failed; an empty string if none did.
    """

    succeeded: tuple[Setup, ...] = ()
    failed_at: str = ""


class CodeDirective(SphinxDirective):
    """A directive whose content is code that the worker runs."""

    # Set by bound_to.
    runner: ClassVar[Runner]
    configuration_directory: ClassVar[Path]
    build_directories: ClassVar[tuple[str, ...]]

    has_content = True
    option_spec: ClassVar[OptionSpec] = OptionSpec(
        {"depends": parse_paths, "timeout": parse_seconds}
    )

    @classmethod
    def bound_to(
        cls,
        runner: Runner,
        /,
        *,
        configuration_directory: Path,
        build_directories: tuple[str, ...],
    ) -> type[CodeDirective]:
        """Return a subclass for one build, whose directives run their code in ``runner``.

        docutils registers classes, so that objects of the build can only be class attributes.

        :param configuration_directory: the folder of ``conf.py``.
        :param build_directories: the folders that the build writes to.
        """
        attributes = {
            "runner": runner,
            "configuration_directory": configuration_directory,
            "build_directories": build_directories,
        }
        return type(cls.__name__, (cls,), attributes)

    @property
    def _page(self) -> str:
        """The path of the page."""
        return str(self.env.doc2path(self.env.docname))

    @property
    def _location(self) -> tuple[str, int]:
        """The path and line of the directive, also in an included file."""
        source, line = self.get_source_info()
        return self._absolute(source), line or self.lineno

    @property
    def _place(self) -> str:
        """The path and line of the directive, as Sphinx logs them."""
        source, line = self._location
        return f"{source}:{line}"

    def _absolute(self, name: str | None) -> str:
        """Return the absolute path of a file; docutils uses relative ones for included files."""
        # Sphinx's name for text from conf.py, such as <rst_prolog>.
        if name and name.startswith("<"):
            return name
        return os.path.abspath(name or self._page)

    @property
    def _setups(self) -> PageSetups:
        found: Any = self.env.temp_data.setdefault(_SETUPS, PageSetups())
        assert isinstance(found, PageSetups)
        return found

    @property
    def _timeout(self) -> float:
        """The time limit of the code in seconds; 0 for none."""
        limit: float = self.options.get("timeout", self.config.df_table_timeout)
        return limit

    def _switched_off(self) -> str:
        """Return a sentence for readers on why this build runs no code.

        :returns: an empty string if it does run code.
        """
        switch = find_off_switch(self.config, self.state.document.settings)
        if not switch:
            return ""
        if switch == EXECUTE:
            return translate(
                "This table is not shown: the build runs no code of pages (df_table_execute)."
            )
        _logger.warning(
            "No df-table is shown, because docutils' setting %s is off. Turn it on to run the "
            "code of pages, or set df_table_execute = False.",
            switch,
            location=self._place,
            type="df_table",
            subtype="execute",
            once=True,
        )
        return translate(
            "This table is not shown: docutils' setting {setting} is off.", setting=switch
        )

    def _run_code(
        self,
        source: Source,
        options: TableOptions | None,
        *,
        destination: Destination | None = None,
    ) -> Reply:
        """Run the code in the worker, store its dependencies, and log its output and warnings.

        :param options: ``None`` for code that shows no table.
        :param destination: where to write the files to download, if any.
        :raises TableError: if it failed, or a ``df-setup`` above it.
        """
        if failed_at := self._setups.failed_at:
            raise SnippetError(f"The df-setup at {failed_at} failed: fix that first.")
        context = PageContext(
            page=self.env.docname,
            filename=self._page,
            directory=str(Path(self._page).parent),
            source_directory=str(self.env.srcdir),
            configuration_directory=str(self.configuration_directory),
            build_directories=self.build_directories,
        )
        reply = self.runner.run(
            Request(
                source=source,
                timeout=self._timeout,
                context=context,
                preamble=self.config.df_table_preamble,
                preamble_timeout=self.config.df_table_timeout,
                memory=self.config.df_table_memory,
                setups=self._setups.succeeded,
                depends=self.options.get("depends", ()),
                options=options,
                destination=destination,
            )
        )
        note_dependencies(self.env, self.env.docname, reply.dependencies)
        # Sphinx reads a page again if its source is newer, but not if an older one replaces it.
        sources = Dependencies.at((source.filename, self._page))
        note_dependencies(self.env, self.env.docname, sources)
        self._log_reply(reply, source)
        if reply.error:
            raise reply.error
        return reply

    def _log_reply(self, reply: Reply, source: Source) -> None:
        """Log what the code printed, its Python warnings, and that its memory is not limited."""
        if reply.no_limit_reason:
            _logger.warning(
                "df_table_memory has no effect, because the memory cannot be limited here: %s. Set "
                "it where it can be, or not at all.",
                reply.no_limit_reason,
                location=self._place,
                type="df_table",
                subtype="memory",
                once=True,
            )
        if reply.output:
            output = reply.output.rstrip()
            _logger.verbose("%s:%d: output of %s:\n%s", *self._location, self.name, output)
        for note in reply.notes:
            self._inform(note)
        for number, text in reply.warnings:
            place = f"{source.filename}:{number}"
            if self.config.df_table_python_warnings == "warn":
                _logger.warning(text, location=place, type="df_table", subtype="python")
            else:
                _logger.info("%s: %s", place, text)

    def _source(self) -> Source:
        """Return the code of the directive with its file and line.

        :raises SnippetError: if it is empty.
        """
        if not self.content:
            raise SnippetError(f"There is no code. {self._suggest_place()}")
        # In reStructuredText, docutils has the file and line of each line of the content.
        filename, offset = self.content.items[0]
        first_line = (offset or 0) + 1
        state: object = self.state
        is_docutils = isinstance(state, RSTState)
        if not is_docutils:
            # MyST-Parser counts from the first line of the content.
            first_line += self.lineno + self.content_offset
        return recover_source(
            list(self.content),
            filename=self._absolute(filename),
            first_line=first_line,
            max_distance=0 if is_docutils else _MISCOUNT,
        )

    def _suggest_place(self) -> str:
        """Return a sentence on where the code has to be, if it is not in the directive."""
        state: object = self.state
        if isinstance(state, RSTState) and (lines := self.state_machine.input_lines):
            below = lines[self.state_machine.line_offset + 1 :]
            below.trim_start(next((n for n, line in enumerate(below) if line.strip()), len(below)))
            if is_code_paragraph("\n".join(itertools.takewhile(str.strip, below))):
                _, offset = below.items[0]
                return (
                    f"The code from line {(offset or 0) + 1} on is not indented, so it is a "
                    "paragraph of the page. Indent it by 3 blanks."
                )
        return "Leave an empty line between the directive with its options and the code."

    def _failed(self, error: TableError, message: str, *, prefix: str = "") -> nodes.Element:
        """Log a warning on ``error``, and return an error box with ``message``.

        The next build reads the page again, so that the warning comes until the code is fixed.

        :param prefix: the beginning of the warning.
        """
        self.env.note_reread()
        if isinstance(error, PreambleError):
            _logger.warning(
                error.message,
                location=self._place,
                type="df_table",
                subtype=error.subtype,
                once=True,
            )
        elif error.filename:
            place = f"{error.filename}:{error.line}"
            _logger.warning(error.message, location=place, type="df_table", subtype=error.subtype)
        else:
            self._warn(prefix + error.message, error.subtype)
        return create_message_box(nodes.error, message, location=self._location)

    def _inform(self, message: str) -> None:
        """Log a message that is no warning, with the line of the directive."""
        _logger.info("%s: %s", self._place, message)

    def _warn(self, message: str, subtype: str) -> None:
        """Log a warning at the line of the directive."""
        _logger.warning(message, location=self._place, type="df_table", subtype=subtype)


def format_kind(error: TableError, /) -> str:
    """Return the type of the exception that caused ``error`` in brackets, or an empty string."""
    return f" ({error.kind})" if error.kind else ""
