"""Components of sphinx-design: tables in tabs, and the source code of a table in a dropdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import create_component

from sphinx_df_table.doctree.structure import COLLAPSED, MATHJAX_IGNORES, TABS
from sphinx_df_table.i18n import translate
from sphinx_df_table.model.text import has_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.model.protocol import Source


def create_tab_set(
    tabs: Sequence[tuple[str, Sequence[nodes.Node]]],
    /,
    *,
    sync_group: str | None,
    location: tuple[str, int],
) -> nodes.Element:
    """Return what sphinx-design's ``tab-set`` makes of a ``tab-item`` for each label.

    :param tabs: label and content of each.
    :param sync_group: the group of sets that switch together, each by its labels, if any.
    :param location: source and line, counted from 1, for translators.
    """
    items = [_tab_item(label, content, sync_group, location) for label, content in tabs]
    found: nodes.Element = create_component("tab-set", classes=["sd-tab-set"], children=items)
    found[TABS] = True
    found.source, found.line = location
    return found


def _tab_item(
    label: str, content: Sequence[nodes.Node], sync_group: str | None, location: tuple[str, int]
) -> nodes.Element:
    # It is data, whose quotation marks and dashes stay what they are.
    classes = ["sd-tab-label", *MATHJAX_IGNORES]
    rubric = nodes.rubric(label, label, classes=classes, support_smartquotes=False)
    rubric.source, rubric.line = location
    if not has_words(label):
        rubric["translatable"] = False
    if sync_group is not None:
        rubric["sync_id"], rubric["sync_group"] = label, sync_group
    inside = create_component("tab-content", classes=["sd-tab-content"], children=content)
    item: nodes.Element = create_component(
        "tab-item", classes=["sd-tab-item"], children=[rubric, inside], selected=False
    )
    item.source, item.line = location
    return item


class FlattenTabs(SphinxPostTransform):
    """Show the tables of our tabs one after the other in EPUB, each below its label.

    What sphinx-design makes of tabs there is no well-formed XHTML, and needs a browser. Must
    come before that (priority 200).
    """

    default_priority = 190
    builders = ("epub",)

    def run(self, **_: Any) -> None:
        """Take from our sets what makes tabs of them."""
        for tabs in list(self.document.findall(nodes.container)):
            if tabs.get(TABS):
                for container in tabs.findall(nodes.container):
                    container.attributes.pop("design_component", None)


def create_code_block(source: Source, /, *, is_collapsed: bool) -> nodes.literal_block:
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


class CollapseSource(SphinxPostTransform):
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
        children=[nodes.rubric("", translate("Source")), block],
    )
    return found
