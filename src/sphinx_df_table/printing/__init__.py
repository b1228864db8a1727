"""Tables in text, man pages, Texinfo, EPUB and PDF: those too wide are split into panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_df_table.printing.latex import PrintTables, add_landscape_package
from sphinx_df_table.printing.text_builders import (
    FitColumnsToText,
    FlattenSpans,
    SplitForEpub,
    SplitForMan,
    SplitForTexinfo,
    SplitForText,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx, /) -> None:
    """Add the post-transforms; each is for one format or builder."""
    for post_transform in (
        *(SplitForEpub, SplitForMan, SplitForTexinfo, SplitForText),
        *(FitColumnsToText, FlattenSpans, PrintTables),
    ):
        app.add_post_transform(post_transform)
    app.connect("doctree-resolved", add_landscape_package)
