"""When in a build the worker starts, and when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_df_table.runner import Runner


def connect(app: Sphinx, runner: Runner, /) -> None:
    """Tie the life of ``runner`` to the events of the build."""

    def start_for_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        # The import of pandas overlaps the reading of what comes before the first table.
        # A page that has its table from an include or a docstring starts the worker itself.
        if app.config.df_table_execute and _mention_directive(map(env.doc2path, docnames)):
            runner.start()

    app.connect("env-before-read-docs", start_for_pages)
    app.connect("doctree-read", lambda *_: runner.end_page())
    app.connect("env-updated", lambda *_: runner.stop())
    app.connect("build-finished", lambda *_: runner.stop())


def _mention_directive(paths: Iterable[str | Path]) -> bool:
    return any(b"df-table" in Path(path).read_bytes() for path in paths if Path(path).is_file())
