"""Sphinx's end of the connection to the worker: start it, send it code, stop it."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.config import docutils_settings, find_off_switch

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: A directive of this extension, in reStructuredText or in Markdown.
_DIRECTIVE: Final = re.compile(r"df-(?:table|setup)(?:::|\})")


def setup(app: Sphinx, /) -> Runner:
    """Return the runner of this build, which events of the build start and stop.

    - ``env-before-read-docs`` starts the worker if a page has a directive of this extension:
      it imports pandas while Sphinx reads what comes before the first table.
    - ``source-read`` forks a page's process while docutils parses what stands above its first
      table.
    - ``doctree-read`` ends the page's process.
    - ``env-updated`` and ``build-finished`` stop the worker.

    Directives in included files or docstrings start what they need when they run.
    """
    runner = Runner()

    def start_worker(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        paths = [Path(env.doc2path(docname)) for docname in docnames]
        if (
            app.config.df_table_execute
            and any(
                _DIRECTIVE.search(path.read_text(encoding="utf-8", errors="replace"))
                for path in paths
                if path.is_file()
            )
            and not find_off_switch(app.config, docutils_settings(env))
        ):
            # If there is no process to be had, each table says so.
            with contextlib.suppress(OSError):
                runner.start()

    def open_page(_app: Sphinx, docname: str, source: list[str]) -> None:
        if runner.is_started and _DIRECTIVE.search(source[0]):
            with contextlib.suppress(OSError):
                runner.open_page(docname)

    app.connect("source-read", open_page)
    app.connect("env-before-read-docs", start_worker)
    app.connect("doctree-read", lambda *_: runner.end_page())
    app.connect("env-updated", lambda *_: runner.stop())
    app.connect("build-finished", lambda *_: runner.stop())
    return runner
