"""Tables in text, manual pages, Texinfo, EPUB and PDF: split into panels where they are too wide.

Each post-transform is for one builder or format.

This file only sets the part up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_df_table.printing.latex import PrintTables, add_landscape_package
from sphinx_df_table.printing.text_builders import (
    SplitForEpub,
    SplitForMan,
    SplitForTexinfo,
    SplitForText,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx, /) -> None:
    """Add the post-transforms."""
    app.add_post_transform(SplitForText)
    app.add_post_transform(SplitForMan)
    app.add_post_transform(SplitForTexinfo)
    app.add_post_transform(SplitForEpub)
    app.add_post_transform(PrintTables)
    app.connect("doctree-resolved", add_landscape_package)
