"""The stylesheet and the script, for the pages that need them, and who writes our nodes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx_df_table.doctree.structure import find_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docutils import nodes
    from sphinx.application import Sphinx

    #: For each class of nodes the functions that write its beginning and its end.
    Handlers = Mapping[type[nodes.Element], tuple[Any, Any]]

_STATIC: Final = Path(__file__).with_name("static")


def add_assets(
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


def offer_static_files(app: Sphinx) -> None:
    """Have Sphinx copy the stylesheet and the script; an EPUB has no script."""
    if app.builder.format == "html":
        path = _STATIC / "df-table.css" if app.builder.name == "epub" else _STATIC
        app.config.html_static_path.append(str(path))


def handle_nodes(app: Sphinx, handlers: Handlers, /) -> None:
    """Have builders of HTML write our nodes.

    Handlers that any extension gives for a builder's name hide all that are for its format;
    so ours are added to those, too, once the builder is known.
    """

    def handle_by_name(app: Sphinx) -> None:
        name = app.builder.name
        if app.builder.format == "html" and name in app.registry.translation_handlers:
            for node, functions in handlers.items():
                app.add_node(node, override=True, **{name: functions})

    for node, functions in handlers.items():
        app.add_node(node, html=functions)
    app.connect("builder-inited", handle_by_name)
