"""An extension beside ours: it handles nodes for ``dirhtml``, needs rows, counts parsing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.body import expand_bodies

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: The texts of the role ``counted``, one for each time that it was parsed.
parsed: list[str] = []


class Other(nodes.Element):
    pass


def counted(
    _name: str, _rawtext: str, text: str, *_: Any, **__: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    parsed.append(text)
    return [nodes.strong(text, text)], []


class NeedsRows(SphinxPostTransform):
    default_priority = 12
    formats = ("html",)

    def run(self, **_: Any) -> None:
        expand_bodies(self.document)


def setup(app: Sphinx) -> None:
    app.add_post_transform(NeedsRows)
    # Handlers for a builder's name hide all that are for its format.
    app.add_node(Other, dirhtml=(lambda *_: None, None))
    app.add_role("counted", counted)
