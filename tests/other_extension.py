"""An extension beside ours: it hides our handlers from ``dirhtml``, and counts what is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

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


def setup(app: Sphinx) -> None:
    # Handlers for a builder's name hide all that are for its format.
    app.add_node(Other, dirhtml=(lambda *_: None, None))
    app.add_role("counted", counted)
