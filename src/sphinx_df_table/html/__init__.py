"""Write tables as HTML: headings with scopes, scrolling regions, a stylesheet and a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx_df_table.doctree.body import df_table_body
from sphinx_df_table.doctree.structure import find_tables
from sphinx_df_table.html.headings import (
    AddTableAttributes,
    EscapeSearchTitles,
    MoveConstants,
    depart_entry,
    df_table_entry,
    df_table_permalink,
    visit_entry,
    visit_permalink,
)
from sphinx_df_table.html.regions import (
    WrapTables,
    depart_container,
    df_table_box,
    df_table_region,
    has_controls,
    is_long,
    visit_box,
    visit_region,
)
from sphinx_df_table.html.rows import write_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docutils import nodes
    from sphinx.application import Sphinx

_STATIC: Final = Path(__file__).with_name("static")

_SCRIPTS: Final = ("df-table-rows.js", "df-table.js")

#: The builders whose pages run no script.
_WITHOUT_SCRIPTS: Final = ("epub", "simplepdf")

#: The visit and depart functions of each class of nodes.
_HANDLERS: Final[Mapping[type[nodes.Element], tuple[Any, Any]]] = {
    df_table_body: (write_body, None),
    df_table_box: (visit_box, depart_container),
    df_table_entry: (visit_entry, depart_entry),
    df_table_permalink: (visit_permalink, None),
    df_table_region: (visit_region, depart_container),
}


def setup(app: Sphinx, /) -> None:
    """Add nodes, post-transforms, the stylesheet and the script for HTML."""
    for node, functions in _HANDLERS.items():
        app.add_node(node, html=functions)
    for post_transform in (AddTableAttributes, EscapeSearchTitles, MoveConstants, WrapTables):
        app.add_post_transform(post_transform)
    app.connect("builder-inited", _init_html_builder)
    app.connect("html-page-context", _add_assets)


def _init_html_builder(app: Sphinx) -> None:
    """Add the static files, and the handlers of nodes for the builder's name if needed."""
    name = app.builder.name
    if app.builder.format != "html":
        return
    scripts = () if name in _WITHOUT_SCRIPTS else _SCRIPTS
    files = (*_get_stylesheets(name), *scripts)
    app.config.html_static_path += [str(_STATIC / file) for file in files]
    # If any extension adds handlers for a builder's name, Sphinx ignores those for its format.
    if name in app.registry.translation_handlers:
        for node, functions in _HANDLERS.items():
            app.add_node(node, override=True, **{name: functions})


def _get_stylesheets(builder: str) -> tuple[str, ...]:
    """Return the names of the stylesheets for a builder."""
    return ("df-table.css", *(["df-table-paper.css"] if builder == "simplepdf" else []))


def _add_assets(
    app: Sphinx,
    pagename: str,  # noqa: ARG001
    templatename: str,  # noqa: ARG001
    context: dict[str, Any],  # noqa: ARG001
    doctree: nodes.document | None,
) -> None:
    """Link the stylesheet and the script from pages with a table, or from all if so configured.

    https://www.sphinx-doc.org/en/master/extdev/appapi.html#sphinx.application.Sphinx.set_html_assets_policy
    """
    tables = [] if doctree is None else find_tables(doctree)
    is_always = app.registry.html_assets_policy == "always"
    if not tables and not is_always:
        return
    name = app.builder.name
    for file in _get_stylesheets(name) if app.config.df_table_css else ():
        app.add_css_file(file)
    if name in _WITHOUT_SCRIPTS:
        return
    has_long = any(map(is_long, tables))
    if is_always or has_long or any(map(has_controls, tables)):
        # Long tables must not be displayed before the script hides rows of them.
        blocking: dict[str, Any] = {"blocking": "render"} if has_long else {}
        app.add_js_file("df-table-rows.js", loading_method="defer", **blocking)
    app.add_js_file("df-table.js", loading_method="defer")
