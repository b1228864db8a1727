"""Show pandas DataFrames as real tables in Sphinx documentation.

How a page gets its table:

- The directive ``df-table`` sends its code to a *worker* process, which imports pandas once and
  forks a child for each page (``directives``, ``client``, ``worker``).
- There the code runs, and the frame that it leaves becomes a plain ``Table`` of texts
  (``worker``, ``frames``, ``layout``). Only this comes back, as JSON (``model``).
- Sphinx's process turns it into docutils nodes, which are the same for every builder
  (``doctree``). The body is a single node that holds its rows as data, so that long tables
  are cheap.
- When a builder writes, post-transforms add what only it can show: scroll regions and sort
  keys in HTML (``html``), panels of columns where a page is too narrow (``printing``).
- Each page stores which files its code looked at. A page is read again when one of them has
  changed (``environment``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "1.0.0rc1"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set up the extension: one call for each part.

    Imports stay inside, because the worker imports this package too and must not load Sphinx.
    """
    from sphinx_df_table import (
        client,
        config,
        directives,
        doctree,
        environment,
        html,
        i18n,
        printing,
    )

    app.setup_extension("sphinx_design")
    config.setup(app)
    environment.setup(app)
    i18n.setup(app)
    runner = client.setup(app)
    directives.setup(app, runner)
    doctree.setup(app)
    printing.setup(app)
    html.setup(app)
    return {
        "version": __version__,
        "env_version": 6,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
