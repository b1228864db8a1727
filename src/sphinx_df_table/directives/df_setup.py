"""The directive ``df-setup``: code that shows nothing, and what it leaves to the page."""

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
    """Run code that shows nothing; later directives of the page find what it defines."""

    def run(self) -> list[nodes.Node]:
        """Return nothing, or the box that says that it failed."""
        if self._switched_off():
            return []
        try:
            source = self._source()
            self._run_code(source, None)
        except TableError as error:
            if not isinstance(error, PreambleError):
                self._setups.note_failure("\n".join(self.content), place=self._place_in_words)
            message = translate(
                "The set-up for the tables below could not be built{why}. The build log says why.",
                why=format_kind(error),
            )
            return [self._failed(error, message)]
        self._setups.note_success(Setup(source=source, timeout=self._timeout))
        return []

    @property
    def _place_in_words(self) -> str:
        """Where the directive stands; the file is named if it is not the page's own."""
        source, line = self._location
        is_included = source != self._page
        return f"line {line} of {Path(source).name}" if is_included else f"line {line}"
