"""Show pandas DataFrames as real tables in Sphinx documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from sphinx_df_table.client.runner import Runner

__version__ = "1.0.0rc1"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directives ``df-table`` and ``df-setup`` to a Sphinx project.

    Called by Sphinx for ``extensions = ["sphinx_df_table"]``. Imports stay inside,
    so that the worker process, which imports this package too, loads no Sphinx.
    """
    from sphinx_df_table import client as lifecycle
    from sphinx_df_table import environment as outdated
    from sphinx_df_table.client.runner import Runner
    from sphinx_df_table.config import add_values
    from sphinx_df_table.directives.download import DownloadPathCollector
    from sphinx_df_table.environment import DependencyCollector, NoticeCollector
    from sphinx_df_table.html import add_assets, offer_static_files
    from sphinx_df_table.i18n import load_catalog

    # Results that are several tables become its tabs.
    app.setup_extension("sphinx_design")
    add_values(app)
    app.add_event("df-table-node")
    runner = Runner()
    _add_directives(app, runner)
    for collector in (DependencyCollector, DownloadPathCollector, NoticeCollector):
        app.add_env_collector(collector)
    _add_nodes(app)
    _add_transforms(app)
    app.connect("builder-inited", offer_static_files)
    app.connect("env-before-read-docs", load_catalog)
    app.connect("html-page-context", add_assets)
    lifecycle.connect(app, runner)
    outdated.connect(app)
    return {
        "version": __version__,
        "env_version": 6,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_directives(app: Sphinx, runner: Runner) -> None:
    from pathlib import Path

    from sphinx_df_table.directives.df_setup import DfSetup
    from sphinx_df_table.directives.df_table import DfTable
    from sphinx_df_table.environment import build_directories

    for name, directive in (("df-table", DfTable), ("df-setup", DfSetup)):
        bound = directive.bound_to(
            runner,
            configuration_directory=Path(app.confdir),
            build_directories=build_directories(app),
        )
        app.add_directive(name, bound)


def _add_nodes(app: Sphinx) -> None:
    from sphinx_df_table.doctree.body import df_table_body
    from sphinx_df_table.html import handle_nodes
    from sphinx_df_table.html.headings import depart_entry, df_table_entry, visit_entry
    from sphinx_df_table.html.regions import (
        depart_box,
        df_table_box,
        df_table_region,
        visit_box,
        visit_region,
    )
    from sphinx_df_table.html.rows import write_body

    handle_nodes(
        app,
        {
            df_table_body: (write_body, None),
            df_table_box: (visit_box, depart_box),
            df_table_entry: (visit_entry, depart_entry),
            df_table_region: (visit_region, depart_box),
        },
    )


def _add_transforms(app: Sphinx) -> None:
    """Add the transforms; those of one priority are applied in this order."""
    from sphinx_df_table.directives.design import CollapseSource, FlattenTabs
    from sphinx_df_table.directives.download import offer_for
    from sphinx_df_table.doctree.body import ExpandForTranslation, expansion_for
    from sphinx_df_table.doctree.cells import EmphasizeEntries
    from sphinx_df_table.doctree.inline_markup import ResolveCellReferences
    from sphinx_df_table.html.headings import AddTableAttributes, MoveConstants
    from sphinx_df_table.html.regions import WrapTables
    from sphinx_df_table.printing.latex import printing_for
    from sphinx_df_table.printing.text_builders import (
        FitColumnsToText,
        FlattenSpans,
        SplitForEpub,
        SplitForMan,
        SplitForTexinfo,
        SplitForText,
    )

    for transform in (ExpandForTranslation, EmphasizeEntries, ResolveCellReferences):
        app.add_transform(transform)
    for post_transform in (
        offer_for(app),
        expansion_for(app),
        *(SplitForEpub, SplitForMan, SplitForTexinfo, SplitForText, FitColumnsToText),
        *(FlattenSpans, FlattenTabs),
        printing_for(app),
        *(AddTableAttributes, CollapseSource, MoveConstants, WrapTables),
    ):
        app.add_post_transform(post_transform)
