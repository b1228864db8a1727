"""Warnings that concern the whole build: given once, however many tables they touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_logger = logging.getLogger(__name__)


def note_notice(env: BuildEnvironment, docname: str, subtype: str, message: str, /) -> None:
    """Have ``message`` given once at the end of reading; the first of a subtype counts."""
    _pages(env).setdefault(docname, {}).setdefault(subtype, message)


def _pages(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Return for each page its messages by subtype; Sphinx stores them with the environment."""
    pages: dict[str, dict[str, str]] | None = getattr(env, "df_table_notices", None)
    if pages is None:
        pages = {}
        env.df_table_notices = pages  # type: ignore[attr-defined]
    return pages


class NoticeCollector(EnvironmentCollector):
    """Brings the notices of all readers together, and gives each once."""

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read anew, or gone."""
        _pages(env).pop(docname, None)

    def merge_other(
        self,
        app: Sphinx,
        env: BuildEnvironment,
        docnames: AbstractSet[str],
        other: BuildEnvironment,
    ) -> None:
        """Take over what another reader of a parallel build has to say."""
        theirs = _pages(other)
        _pages(env).update({name: theirs[name] for name in docnames if name in theirs})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Do nothing: the directive has noted all there is."""

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Give the notices; no page needs to be written again for it."""
        first: dict[str, str] = {}
        for _, notices in sorted(_pages(env).items()):
            first = notices | first
        for subtype, message in first.items():
            _logger.warning(message, type="df_table", subtype=subtype)
        return []
