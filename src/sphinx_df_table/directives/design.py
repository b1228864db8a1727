"""Components of sphinx-design: tabs of tables, and a dropdown with the code of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import create_component

from sphinx_df_table.doctree.structure import COLLAPSED, MATHJAX_IGNORES, TABS
from sphinx_df_table.i18n import translate
from sphinx_df_table.model.text import has_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.model.protocol import Source

#: The class of the block with the code of a table.
SOURCE_CLASS: Final = "df-table-source"


def create_tab_set(
    tabs: Sequence[tuple[str, Sequence[nodes.Node]]],
    /,
    *,
    sync_group: str | None,
    location: tuple[str, int],
) -> nodes.Element:
    """Return the nodes of sphinx-design's ``tab-set`` with a ``tab-item`` for each tab.

    :param tabs: label and content of each tab.
    :param sync_group: the group of tab sets that switch together by their labels, if any.
    :param location: source and line of the directive, for translators.
    """
    items = []
    for label, content in tabs:
        # The label is data: smart quotes and MathJax must not change it.
        classes = ["sd-tab-label", *MATHJAX_IGNORES]
        rubric = nodes.rubric(label, label, classes=classes, support_smartquotes=False)
        rubric.source, rubric.line = location
        if not has_words(label):
            rubric["translatable"] = False
        if sync_group is not None:
            rubric["sync_id"], rubric["sync_group"] = label, sync_group
        inside = create_component("tab-content", classes=["sd-tab-content"], children=content)
        item = create_component(
            "tab-item", classes=["sd-tab-item"], children=[rubric, inside], selected=False
        )
        item.source, item.line = location
        items.append(item)
    tab_set: nodes.Element = create_component("tab-set", classes=["sd-tab-set"], children=items)
    tab_set[TABS] = True
    tab_set.source, tab_set.line = location
    return tab_set


class FlattenTabs(SphinxPostTransform):
    """Show the tables of our tab sets one below the other in EPUB, each with its label.

    sphinx-design's tabs are not well-formed XHTML, and need a browser. This must run before
    sphinx-design's post-transform (priority 200).
    """

    default_priority = 190
    builders = ("epub",)

    def run(self, **_: Any) -> None:
        """Remove the attribute by which sphinx-design finds its components."""
        for tabs in list(self.document.findall(nodes.container)):
            if tabs.get(TABS):
                for container in tabs.findall(nodes.container):
                    container.attributes.pop("design_component", None)


def create_code_block(source: Source, /, *, is_collapsed: bool) -> nodes.literal_block:
    """Return the node of a ``code-block`` with Python code.

    :param is_collapsed: whether HTML shows it in a closed dropdown.
    """
    # docutils does the same to other code blocks with some of these; XML does not allow them, or
    # TeX stops at them.
    text = re.sub("[\v\f\x7f-\x9f]", " ", source.text)
    block = nodes.literal_block(
        text,
        text,
        language="python",
        force=True,
        highlight_args={},
        classes=[SOURCE_CLASS],
    )
    block.source, block.line = source.filename, source.first_line
    if is_collapsed:
        block[COLLAPSED] = True
    return block


class CollapseSource(SphinxPostTransform):
    """Wrap collapsed code blocks into sphinx-design's ``dropdown`` in HTML.

    In EPUB, another post-transform has removed the mark by now, since its readers need not be
    browsers. This must run before sphinx-design's post-transform (priority 199).
    """

    default_priority = 190
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace each collapsed code block of the page by a closed dropdown."""
        for block in list(self.document.findall(nodes.literal_block)):
            if not block.attributes.pop(COLLAPSED, False):
                continue
            dropdown = create_component(
                "dropdown",
                opened=False,
                type="dropdown",
                has_title=True,
                icon=None,
                chevron=None,
                container_classes=["sd-mb-3"],
                title_classes=[],
                body_classes=[],
            )
            block.parent.replace(block, dropdown)
            # sphinx-design takes the first child for the title.
            dropdown += [nodes.rubric("", translate("Source")), block]
