"""Tables in text, manual pages, Texinfo, EPUB, Markdown and PDF.

They are split into panels where they are too wide, and their texts are escaped.

Each post-transform is for one builder or format.

This file only sets the part up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_df_table.printing.escaping import (
    EscapeForLatex,
    EscapeForMan,
    EscapeForTexinfo,
    EscapeForText,
)
from sphinx_df_table.printing.latex import PrintTables, add_latex_packages
from sphinx_df_table.printing.markdown import EscapeForMarkdown
from sphinx_df_table.printing.pdf_builders import SplitForRinoh, SplitForSimplePdf
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
    for post_transform in (
        *(SplitForText, SplitForMan, SplitForTexinfo, SplitForEpub, PrintTables),
        *(SplitForSimplePdf, SplitForRinoh),
        *(EscapeForText, EscapeForMan, EscapeForTexinfo, EscapeForLatex, EscapeForMarkdown),
    ):
        app.add_post_transform(post_transform)
    app.connect("doctree-resolved", add_latex_packages)
