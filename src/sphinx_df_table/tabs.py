"""Several tables of one directive → a set of tabs, as sphinx-design has them, or none in EPUB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import create_component

from sphinx_df_table.alignment import has_words
from sphinx_df_table.marks import MATHJAX_IGNORES, TABS

if TYPE_CHECKING:
    from collections.abc import Sequence


def tab_set(
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


class ShowTabsInTurn(SphinxPostTransform):
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
