"""Show pandas DataFrames as real tables in Sphinx documentation.

How a page gets its table:

- The directive ``df-table`` sends its code to a *worker* process, which has imported pandas and
  forks a child process for each page (``directives``, ``client``, ``worker``).
- The child runs the code, and turns the resulting frame into a plain ``Table`` of strings
  (``worker``, ``frames``, ``layout``), which returns as JSON (``model``).
- Sphinx's process turns the ``Table`` into docutils nodes, the same for every builder
  (``doctree``). A single node stores all rows of the body as data, so that long tables are cheap.
- Post-transforms add what only some builders can show: scroll regions and sort keys in HTML
  (``html``), panels of columns where a page is too narrow (``printing``).
- The environment stores which files the code looked at. Sphinx reads the page again when one of
  them has changed (``environment``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "1.0.0rc1"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set up each part of the extension.

    The worker imports this package too, and must not import Sphinx.
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
