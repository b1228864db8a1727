"""The code of a table, as a block of code beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import create_component

from sphinx_df_table.marks import COLLAPSED
from sphinx_df_table.words import translated

if TYPE_CHECKING:
    from sphinx_df_table.source import Source


def code_block(source: Source, /, *, is_collapsed: bool) -> nodes.literal_block:
    """Return ``source`` as Sphinx's ``code-block`` shows Python.

    :param is_collapsed: whether readers of HTML have to ask for it.
    """
    # As in other blocks of code; XML has no characters for these.
    text = re.sub("[\v\f]", " ", source.text)
    block = nodes.literal_block(
        text, text, language="python", force=True, classes=["df-table-source"]
    )
    block.source, block.line = source.filename, source.first_line
    if is_collapsed:
        block[COLLAPSED] = True
    return block


class FoldSource(SphinxPostTransform):
    """Put the code of our tables into what sphinx-design's ``dropdown`` makes.

    In EPUB, whose readers need not have a browser, none is marked for that any more.
    Must come before sphinx-design gives that its shape in HTML (priority 199).
    """

    default_priority = 190
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Visit all blocks of code of the page."""
        for block in list(self.document.findall(nodes.literal_block)):
            if block.attributes.pop(COLLAPSED, False):
                block.parent.replace(block, _dropdown(block))


def _dropdown(block: nodes.literal_block) -> nodes.Element:
    """Return a closed dropdown, the title of which comes first, around ``block``."""
    found: nodes.Element = create_component(
        "dropdown",
        opened=False,
        type="dropdown",
        has_title=True,
        icon=None,
        chevron=None,
        container_classes=["sd-mb-3"],
        title_classes=[],
        body_classes=[],
        children=[nodes.rubric("", translated("Source")), block],
    )
    return found
