"""Warnings that concern the whole build: given once, however many tables they touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util import logging

from sphinx_df_table.pages import PageCollector

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_logger = logging.getLogger(__name__)


class NoticeCollector(PageCollector):
    """Brings the notices of all readers together, and gives one of each subtype."""

    attribute = "df_table_notices"

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Give the notices; no page needs to be written again for it."""
        first: dict[str, str] = {}
        for _, notices in sorted(self.pages(env).items()):
            first = notices | first
        for subtype, message in first.items():
            _logger.warning(message, type="df_table", subtype=subtype)
        return []


def note_notice(env: BuildEnvironment, docname: str, subtype: str, message: str, /) -> None:
    """Have ``message`` given once at the end of reading; the first of a subtype counts."""
    NoticeCollector.pages(env).setdefault(docname, {}).setdefault(subtype, message)
