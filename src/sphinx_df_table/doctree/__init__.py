"""Turn tables into docutils nodes, the same for every builder.

This file only sets the part up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_df_table.doctree.body import ExpandBodies, ExpandForTranslation
from sphinx_df_table.doctree.cells import EmphasizeEntries
from sphinx_df_table.doctree.references import (
    ResolveCellCrossReferences,
    ResolveCellReferences,
    RestoreSubstitutions,
)
from sphinx_df_table.doctree.row_targets import register_row_labels

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx, /) -> None:
    """Add the transforms that run after a page is read, and the one before it is written."""
    for transform in (
        ExpandForTranslation,
        EmphasizeEntries,
        ResolveCellReferences,
        RestoreSubstitutions,
    ):
        app.add_transform(transform)
    for post_transform in (ResolveCellCrossReferences, ExpandBodies):
        app.add_post_transform(post_transform)
    app.connect("doctree-read", register_row_labels)
