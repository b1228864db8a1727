"""The directives ``df-table`` and ``df-setup``, and the transforms of the nodes they add.

This file only sets the part up.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_df_table.directives.design import CollapseSource, FlattenTabs
from sphinx_df_table.directives.df_setup import DfSetup
from sphinx_df_table.directives.df_table import DfTable
from sphinx_df_table.directives.download import DownloadPathCollector, RemoveDownloadLinks
from sphinx_df_table.directives.labels import MoveLabels
from sphinx_df_table.environment import build_directories

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from sphinx_df_table.client.runner import Runner


def setup(app: Sphinx, runner: Runner, /) -> None:
    """Add the directives, whose code runs in ``runner``, and the event ``df-table-node``."""
    app.add_event("df-table-node")
    for name, directive in (("df-table", DfTable), ("df-setup", DfSetup)):
        bound = directive.bound_to(
            runner,
            configuration_directory=Path(app.confdir),
            build_directories=build_directories(app),
        )
        app.add_directive(name, bound)
    app.add_env_collector(DownloadPathCollector)
    app.add_transform(MoveLabels)
    for post_transform in (RemoveDownloadLinks, FlattenTabs, CollapseSource):
        app.add_post_transform(post_transform)
