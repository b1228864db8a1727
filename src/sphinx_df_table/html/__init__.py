"""Tables in HTML: attributes, regions that scroll, and the stylesheet and script for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx_df_table.doctree.body import df_table_body
from sphinx_df_table.doctree.structure import find_tables
from sphinx_df_table.html.headings import (
    AddTableAttributes,
    MoveConstants,
    depart_entry,
    df_table_entry,
    visit_entry,
)
from sphinx_df_table.html.regions import (
    WrapTables,
    depart_box,
    df_table_box,
    df_table_region,
    visit_box,
    visit_region,
)
from sphinx_df_table.html.rows import write_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docutils import nodes
    from sphinx.application import Sphinx

_STATIC: Final = Path(__file__).with_name("static")

#: For each class of nodes the functions that write its start and its end.
_HANDLERS: Final[Mapping[type[nodes.Element], tuple[Any, Any]]] = {
    df_table_body: (write_body, None),
    df_table_box: (visit_box, depart_box),
    df_table_entry: (visit_entry, depart_entry),
    df_table_region: (visit_region, depart_box),
}


def setup(app: Sphinx, /) -> None:
    """Add the HTML of our nodes, the post-transforms for HTML, and the assets."""
    _add_handlers(app)
    for post_transform in (AddTableAttributes, MoveConstants, WrapTables):
        app.add_post_transform(post_transform)
    app.connect("builder-inited", _add_static_files)
    app.connect("html-page-context", _add_assets)


def _add_assets(
    app: Sphinx,
    pagename: str,  # noqa: ARG001
    templatename: str,  # noqa: ARG001
    context: dict[str, Any],  # noqa: ARG001
    doctree: nodes.document | None,
) -> None:
    """Give stylesheet and script to a page that shows a table of ours, or to all.

    https://www.sphinx-doc.org/en/master/extdev/appapi.html#sphinx.application.Sphinx.set_html_assets_policy
    """
    is_needed = doctree is not None and bool(find_tables(doctree))
    if not is_needed and app.registry.html_assets_policy != "always":
        return
    if app.config.df_table_css:
        app.add_css_file("df-table.css")
    if app.builder.name != "epub":
        app.add_js_file("df-table.js", loading_method="defer")


def _add_static_files(app: Sphinx) -> None:
    """Have Sphinx copy the stylesheet and the script; an EPUB has no script."""
    if app.builder.format == "html":
        path = _STATIC / "df-table.css" if app.builder.name == "epub" else _STATIC
        app.config.html_static_path.append(str(path))


def _add_handlers(app: Sphinx) -> None:
    """Have builders of HTML write our nodes.

    Handlers that any extension adds for a builder's name hide all that are for its format.
    So ours are added for the name too, once the builder is known.
    """

    def add_by_name(app: Sphinx) -> None:
        name = app.builder.name
        if app.builder.format == "html" and name in app.registry.translation_handlers:
            for node, functions in _HANDLERS.items():
                app.add_node(node, override=True, **{name: functions})

    for node, functions in _HANDLERS.items():
        app.add_node(node, html=functions)
    app.connect("builder-inited", add_by_name)
