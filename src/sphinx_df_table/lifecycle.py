"""When in a build the worker starts, and when it ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.errors import ConfigError
from sphinx.util import logging

from sphinx_df_table.memory import CAN_LIMIT
from sphinx_df_table.switches import docutils_settings, off_switch, read_execute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from sphinx_df_table.runner import Runner

_logger = logging.getLogger(__name__)

#: A directive of ours, in reStructuredText or in Markdown.
_DIRECTIVE: Final = re.compile(r"df-(?:table|setup)(?:::|\})")


def connect(app: Sphinx, runner: Runner, /) -> None:
    """Tie the life of ``runner`` to the events of the build."""

    def start_for_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        # The import of pandas overlaps the reading of what comes before the first table.
        # A page that has its table from an include or a docstring starts the worker itself.
        if (
            app.config.df_table_execute
            and _mention_directive(map(env.doc2path, docnames))
            and not off_switch(app.config, docutils_settings(env))
        ):
            runner.start()

    def open_page(_app: Sphinx, docname: str, source: list[str]) -> None:
        # The fork overlaps the parsing of what stands above the page's first table.
        if runner.is_started and _DIRECTIVE.search(source[0]):
            runner.open_page(docname)

    app.connect("config-inited", _check_values)
    app.connect("source-read", open_page)
    app.connect("env-before-read-docs", start_for_pages)
    app.connect("doctree-read", lambda *_: runner.end_page())
    app.connect("env-updated", lambda *_: runner.stop())
    app.connect("build-finished", lambda *_: runner.stop())


def _check_values(_app: Sphinx, config: Config) -> None:
    """Refuse values that mean nothing, and say so where one can have no effect.

    :raises ConfigError: if one says neither yes nor no, or is not a number, 0 or more.
    """
    config.df_table_execute = read_execute(config.df_table_execute)
    limit = config.df_table_timeout
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit >= 0:
        raise ConfigError(f"df_table_timeout is {limit!r}, not a number of seconds, 0 or more")
    for name in ("df_table_max_rows", "df_table_memory"):
        if not _is_count(config[name]):
            raise ConfigError(f"{name} is {config[name]!r}, not a whole number, 0 or more")
    if config.df_table_memory and not CAN_LIMIT:
        _logger.warning(
            "df_table_memory has no effect: on this system, memory cannot be limited. Take it "
            "out of conf.py here.",
            type="df_table",
            subtype="memory",
        )
    if config.df_table_precision is not None and not _is_count(config.df_table_precision):
        raise ConfigError(
            f"df_table_precision is {config.df_table_precision!r}, not a number of digits or None"
        )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _mention_directive(paths: Iterable[str | Path]) -> bool:
    return any(
        _DIRECTIVE.search(Path(path).read_text(encoding="utf-8", errors="replace"))
        for path in paths
        if Path(path).is_file()
    )
