"""Sphinx's end of the worker: start it, send it code, and stop it with the build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.config import docutils_settings, find_off_switch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: A directive of ours, in reStructuredText or in Markdown.
_DIRECTIVE: Final = re.compile(r"df-(?:table|setup)(?:::|\})")


def setup(app: Sphinx, /) -> Runner:
    """Return the runner of this build, which starts and stops with the events of the build."""
    runner = Runner()

    def start_for_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        # The import of pandas overlaps the reading of what comes before the first table.
        # A page that has its table from an include or a docstring starts the worker itself.
        if (
            app.config.df_table_execute
            and _mention_directive(map(env.doc2path, docnames))
            and not find_off_switch(app.config, docutils_settings(env))
        ):
            runner.start()

    def open_page(_app: Sphinx, docname: str, source: list[str]) -> None:
        # The fork overlaps the parsing of what stands above the page's first table.
        if runner.is_started and _DIRECTIVE.search(source[0]):
            runner.open_page(docname)

    app.connect("source-read", open_page)
    app.connect("env-before-read-docs", start_for_pages)
    app.connect("doctree-read", lambda *_: runner.end_page())
    app.connect("env-updated", lambda *_: runner.stop())
    app.connect("build-finished", lambda *_: runner.stop())
    return runner


def _mention_directive(paths: Iterable[str | Path]) -> bool:
    return any(
        _DIRECTIVE.search(Path(path).read_text(encoding="utf-8", errors="replace"))
        for path in paths
        if Path(path).is_file()
    )
