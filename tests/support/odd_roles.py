"""An extension with unusual roles: some return text, some trip over what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class hover(nodes.inline):  # noqa: N801 - docutils' way
    """A kind of ``inline`` whose attribute is written as it is."""


def _visit(translator: Any, node: nodes.Element) -> None:
    translator.body.append(f"<b {node['attribute']}>")


def _depart(translator: Any, _: nodes.Element) -> None:
    translator.body.append("</b>")


def _resolve(_app: Sphinx, _env: object, node: nodes.Element, _content: nodes.Node) -> None:
    if node["reftarget"] == "boom":
        raise ValueError("boom")


def _hover(*args: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    return [hover("", args[2], attribute="onclick=alert(1)")], []


def _icon(*_: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    return [hover(attribute="onclick=alert(1)")], []


def _broken(*_: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    raise RuntimeError("no")


def _word(*_: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    return [nodes.Text("word")], []


def _nothing(*_: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    return [], []


class ReplaceLate(SphinxTransform):
    """Replaces a substitution that no page defines, as sphinxemoji does, at its priority."""

    default_priority = 211

    def apply(self, **_: Any) -> None:
        """Replace all references to it."""
        for node in list(self.document.findall(nodes.substitution_reference)):
            if node["refname"] == "late":
                node.replace_self(nodes.Text("later"))


def setup(app: Sphinx) -> None:
    app.add_role("word", _word)
    app.add_role("nothing", _nothing)
    app.add_transform(ReplaceLate)
    app.add_node(hover, html=(_visit, _depart))
    app.add_role("hover", _hover)
    app.add_role("icon", _icon)
    app.add_role("broken", _broken)
    app.connect("missing-reference", _resolve)
