"""An extension that wraps tables as themes do: with a container that has their attributes, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class WrapAll(SphinxPostTransform):
    default_priority = 600
    formats = ("html",)

    def run(self, **_: Any) -> None:
        for table in list(self.document.findall(nodes.table)):
            wrapper = nodes.container(classes=["table-wrapper"])
            wrapper.update_all_atts(table)
            table.parent.replace(table, wrapper)
            wrapper += table


def setup(app: Sphinx) -> None:
    app.add_post_transform(WrapAll)
