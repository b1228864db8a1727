"""What the directives have in common: code of the page that is run, and reported on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst.states import RSTState
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from sphinx_df_table.config import EXECUTE, find_off_switch
from sphinx_df_table.directives import option_spec
from sphinx_df_table.directives.page_setup import PageSetups
from sphinx_df_table.directives.source import recover_source
from sphinx_df_table.doctree.caption import create_message_box
from sphinx_df_table.environment import note_dependencies
from sphinx_df_table.i18n import translate
from sphinx_df_table.model.dependencies import Dependencies
from sphinx_df_table.model.errors import PreambleError, SnippetError, TableError
from sphinx_df_table.model.protocol import Destination, PageContext, Reply, Request, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_df_table.client.runner import Runner
    from sphinx_df_table.model.options import TableOptions

_logger = logging.getLogger(__name__)

#: How many lines MyST-Parser may be wrong about the place of a directive in directives.
_MISCOUNT: Final = 20

#: Where the page that is being read keeps its set-up; Sphinx forgets it with the page.
_SETUPS: Final = "df_table_setups"


class CodeDirective(SphinxDirective):
    """A directive whose body is run by the worker."""

    #: What runs the code, the folder of ``conf.py``, and those of the build; set by
    #: :meth:`bound_to`.
    runner: ClassVar[Runner]
    configuration_directory: ClassVar[Path]
    build_directories: ClassVar[tuple[str, ...]]

    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "depends": option_spec.parse_paths,
        "timeout": option_spec.parse_seconds,
    }

    @classmethod
    def bound_to(
        cls,
        runner: Runner,
        /,
        *,
        configuration_directory: Path,
        build_directories: tuple[str, ...],
    ) -> type[CodeDirective]:
        """Return the directive that runs its code with ``runner``.

        docutils keeps classes, not objects, so what one build shares is tied to a class of
        its own.
        """
        bound = {
            "runner": runner,
            "configuration_directory": configuration_directory,
            "build_directories": build_directories,
        }
        return type(cls.__name__, (cls,), bound)

    @property
    def _page(self) -> str:
        """The file of the page that is being read."""
        return str(self.env.doc2path(self.env.docname))

    @property
    def _location(self) -> tuple[str, int]:
        """The file and line of the directive; docutils names included files by relative paths."""
        source, line = self.get_source_info()
        return self._absolute(source), line or self.lineno

    def _absolute(self, name: str | None) -> str:
        """Return the absolute name of a file; of text from conf.py, what Sphinx calls it."""
        if name and name.startswith("<"):
            return name
        return os.path.abspath(name or self._page)

    @property
    def _setups(self) -> PageSetups:
        """The set-up of the page so far."""
        found: Any = self.env.temp_data.setdefault(_SETUPS, PageSetups())
        assert isinstance(found, PageSetups)
        return found

    @property
    def _timeout(self) -> float:
        """The seconds that the code may take; 0 without limit."""
        limit: float = self.options.get("timeout", self.config.df_table_timeout)
        return limit

    def _switched_off(self) -> str:
        """Return a sentence on why no code is run in this build; nothing if it is."""
        switch = find_off_switch(self.config, self.state.document.settings)
        if not switch:
            return ""
        if switch == EXECUTE:
            return translate(
                "This table is not shown: the build runs no code of pages (df_table_execute)."
            )
        _logger.warning(
            f"No df-table is shown, because docutils' setting {switch} is off. Turn "
            "it on to run the code of pages, or set df_table_execute = False.",
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
        """Run the code in the worker, and note what it did besides.

        :param options: ``None`` for code that shows nothing.
        :param destination: where files to download are to be, if there are to be any.
        :raises TableError: if it failed.
        """
        reply = self.runner.run(
            Request(
                source=source,
                timeout=self._timeout,
                place=self._place(),
                preamble=self.config.df_table_preamble,
                preamble_timeout=self.config.df_table_timeout,
                memory=self.config.df_table_memory,
                setups=self._setups.ran,
                missing=tuple(self._setups.failed.items()),
                depends=self.options.get("depends", ()),
                options=options,
                destination=destination,
            )
        )
        note_dependencies(self.env, self.env.docname, reply.dependencies)
        # Sphinx asks of these, too, only whether they are newer.
        own = (source.filename, self._page)
        note_dependencies(self.env, self.env.docname, Dependencies.at(own))
        self._log(reply, source.filename)
        if reply.error:
            raise reply.error
        return reply

    def _source(self) -> Source:
        """Return the code and where it stands.

        :raises SnippetError: if there is none.
        """
        if not self.content:
            raise SnippetError(
                "There is no code. Leave an empty line between the directive with its options "
                "and the code."
            )
        # In reStructuredText, docutils knows of each line where it stands.
        filename, offset = self.content.items[0]
        first_line = (offset or 0) + 1
        state: object = self.state
        is_docutils = isinstance(state, RSTState)
        if not is_docutils:
            # MyST counts from the first line of the directive's body.
            first_line += self.lineno + self.content_offset
        return recover_source(
            list(self.content),
            filename=self._absolute(filename),
            first_line=first_line,
            max_distance=0 if is_docutils else _MISCOUNT,
        )

    def _place(self) -> PageContext:
        return PageContext(
            page=self.env.docname,
            filename=self._page,
            directory=str(Path(self._page).parent),
            source_directory=str(self.env.srcdir),
            configuration_directory=str(self.configuration_directory),
            build_directories=self.build_directories,
        )

    def _log(self, reply: Reply, filename: str) -> None:
        """Hand on what the code printed, and what Python warned of, with the page's lines."""
        if reply.output:
            output = reply.output.rstrip()
            _logger.verbose("%s:%d: output of %s:\n%s", *self._location, self.name, output)
        for number, text in reply.warnings:
            place = f"{filename}:{number}"
            if self.config.df_table_python_warnings == "warn":
                _logger.warning(text, location=place, type="df_table", subtype="python")
            else:
                _logger.info("%s: %s", place, text)

    def _failed(self, error: TableError, message: str, *, lead: str = "") -> nodes.Element:
        """Warn of ``error``, have the page read again by the next build, and return a box.

        :param message: what the box says.
        :param lead: what the warning begins with.
        """
        self.env.note_reread()
        if isinstance(error, PreambleError):
            _logger.warning(error.message, type="df_table", subtype=error.subtype, once=True)
        elif error.filename:
            place = f"{error.filename}:{error.line}"
            _logger.warning(error.message, location=place, type="df_table", subtype=error.subtype)
        else:
            self._warn(lead + error.message, error.subtype)
        return create_message_box(nodes.error, message, location=self._location)

    def _warn(self, message: str, subtype: str) -> None:
        source, line = self._location
        _logger.warning(message, location=f"{source}:{line}", type="df_table", subtype=subtype)


def format_kind(error: TableError, /) -> str:
    """Return, in brackets, the name of the exception behind ``error``, if there was one."""
    return f" ({error.kind})" if error.kind else ""
