"""Show pandas DataFrames as real tables in Sphinx documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "1.0.0rc1"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directives ``df-table`` and ``df-setup`` to a Sphinx project.

    Called by Sphinx for ``extensions = ["sphinx_df_table"]``. Imports stay inside,
    so that the worker process, which imports this package too, loads no Sphinx.
    """
    from pathlib import Path

    from sphinx.config import ENUM

    from sphinx_df_table import lifecycle, outdated
    from sphinx_df_table.assets import add_assets, handle_nodes, offer_static_files
    from sphinx_df_table.body import df_table_body
    from sphinx_df_table.browser import MarkTables, PlaceConstants
    from sphinx_df_table.dependencies import DependencyCollector, own_directories
    from sphinx_df_table.directive import DfTable
    from sphinx_df_table.download import AddressCollector, offer_for
    from sphinx_df_table.entries import depart_entry, df_table_entry, visit_entry
    from sphinx_df_table.expansion import ExpandForTranslation, expansion_for
    from sphinx_df_table.latex import printing_for
    from sphinx_df_table.listing import FoldSource
    from sphinx_df_table.looks import EmphasizeEntries
    from sphinx_df_table.notices import NoticeCollector
    from sphinx_df_table.options import PRINT_CHOICES, ROW_LIMIT
    from sphinx_df_table.paper import (
        CutForEpub,
        CutForMan,
        CutForTexinfo,
        CutForText,
        FitColumnsToText,
        FlattenSpans,
    )
    from sphinx_df_table.references import ResolveCellReferences
    from sphinx_df_table.regions import (
        WrapTables,
        depart_box,
        df_table_box,
        df_table_region,
        visit_box,
        visit_region,
    )
    from sphinx_df_table.rows import write_body
    from sphinx_df_table.runner import Runner
    from sphinx_df_table.setup_directive import DfSetup
    from sphinx_df_table.tabs import ShowTabsInTurn
    from sphinx_df_table.words import load_words

    # Results that are several tables become its tabs.
    app.setup_extension("sphinx_design")

    app.add_config_value("df_table_css", default=True, rebuild="html", types=bool)
    app.add_config_value("df_table_execute", default=True, rebuild="env", types=(bool, str))
    app.add_config_value("df_table_preamble", default="", rebuild="env", types=str)
    app.add_config_value("df_table_memory", default=0, rebuild="", types=int)
    app.add_config_value("df_table_timeout", default=60, rebuild="", types=(int, float))
    app.add_config_value("df_table_markup", "inline", "env", ENUM("inline", "none", "block"))
    app.add_config_value("df_table_max_rows", default=ROW_LIMIT, rebuild="env", types=int)
    app.add_config_value("df_table_na_rep", default="", rebuild="env", types=str)
    app.add_config_value("df_table_precision", None, "env", types=(int, type(None)))
    app.add_config_value("df_table_print", "auto", "env", ENUM(*PRINT_CHOICES))
    app.add_config_value("df_table_python_warnings", "info", "env", ENUM("info", "warn"))

    app.add_config_value("df_table_sortable", default=False, rebuild="env", types=bool)
    app.add_config_value("df_table_text_width", 0, "env", types=(int, type(None)))
    app.add_event("df-table-node")

    runner = Runner()
    for name, directive in (("df-table", DfTable), ("df-setup", DfSetup)):
        bound = directive.bound_to(
            runner,
            configuration_directory=Path(app.confdir),
            own_directories=own_directories(app),
        )
        app.add_directive(name, bound)
    app.add_env_collector(DependencyCollector)
    app.add_env_collector(AddressCollector)
    app.add_env_collector(NoticeCollector)
    handle_nodes(
        app,
        {
            df_table_body: (write_body, None),
            df_table_box: (visit_box, depart_box),
            df_table_entry: (visit_entry, depart_entry),
            df_table_region: (visit_region, depart_box),
        },
    )
    app.add_transform(ExpandForTranslation)
    app.add_transform(EmphasizeEntries)
    app.add_transform(ResolveCellReferences)
    app.add_post_transform(offer_for(app))
    app.add_post_transform(expansion_for(app))
    for transform in (CutForEpub, CutForMan, CutForTexinfo, CutForText, FitColumnsToText):
        app.add_post_transform(transform)
    app.add_post_transform(FlattenSpans)
    app.add_post_transform(ShowTabsInTurn)
    app.add_post_transform(printing_for(app))
    app.add_post_transform(MarkTables)
    app.add_post_transform(FoldSource)
    app.add_post_transform(PlaceConstants)
    app.add_post_transform(WrapTables)
    app.connect("builder-inited", offer_static_files)
    app.connect("env-before-read-docs", load_words)
    app.connect("html-page-context", add_assets)
    lifecycle.connect(app, runner)
    outdated.connect(app)
    return {
        "version": __version__,
        "env_version": 5,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
