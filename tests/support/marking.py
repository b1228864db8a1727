"""An extension that changes each table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def mark(_app: Sphinx, docname: str, table: nodes.table) -> None:
    table["classes"].append(f"from-{docname}")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("df-table-node", mark)
    return {"parallel_read_safe": True}
