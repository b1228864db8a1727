"""When in a build the worker starts, and when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from sphinx_df_table.runner import Runner


def connect(app: Sphinx, runner: Runner, /) -> None:
    """Tie the life of ``runner`` to the events of the build."""

    def start_for_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        # The import of pandas overlaps the reading of what comes before the first table.
        # A page that has its table from an include or a docstring starts the worker itself.
        if app.config.df_table_execute and _mention_directive(map(env.doc2path, docnames)):
            runner.start()

    def open_page(app: Sphinx, docname: str, source: list[str]) -> None:
        # The fork overlaps the parsing of what stands above the page's first table.
        if app.config.df_table_execute and "df-table::" in source[0]:
            runner.open_page(docname)

    app.connect("config-inited", _check_time_limit)
    app.connect("source-read", open_page)
    app.connect("env-before-read-docs", start_for_pages)
    app.connect("doctree-read", lambda *_: runner.end_page())
    app.connect("env-updated", lambda *_: runner.stop())
    app.connect("build-finished", lambda *_: runner.stop())


def _check_time_limit(_app: Sphinx, config: Config) -> None:
    """Refuse a time limit that no snippet could keep, or that is none.

    :raises ConfigError: if it is not a number, 0 or more.
    """
    limit = config.df_table_timeout
    if not isinstance(limit, (int, float)) or not limit >= 0:
        raise ConfigError(f"df_table_timeout is {limit!r}, not a number of seconds, 0 or more")


def _mention_directive(paths: Iterable[str | Path]) -> bool:
    return any(b"df-table" in Path(path).read_bytes() for path in paths if Path(path).is_file())
