"""The directive ``df-setup``: run code that shows nothing but defines names for the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_df_table.directives.base import CodeDirective, format_kind
from sphinx_df_table.i18n import translate
from sphinx_df_table.model.errors import PreambleError, TableError
from sphinx_df_table.model.protocol import Setup

if TYPE_CHECKING:
    from docutils import nodes


class DfSetup(CodeDirective):
    """Run code whose names all later directives of the page find.

    If it fails, all of these fail too, as a failed cell stops a notebook.
    """

    def run(self) -> list[nodes.Node]:
        """Return an empty list, or an error box if the code failed."""
        if self._switched_off():
            return []
        setups = self._setups
        try:
            source = self._source()
            self._run_code(source, None)
        except TableError as error:
            if not (setups.failed_at or isinstance(error, PreambleError)):
                filename, line = self._location
                setups.failed_at = f"line {line}"
                if filename != self._page:
                    setups.failed_at += f" of {Path(filename).name}"
            message = translate(
                "The set-up for the tables below could not be built{why}. The build log says why.",
                why=format_kind(error),
            )
            return [self._failed(error, message)]
        setups.succeeded += (Setup(source=source, timeout=self._timeout),)
        return []
