"""A builder for a format of its own, which writes the tree that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.builders import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.application import Sphinx


class PlainBuilder(Builder):
    name = "plainly"
    format = "plain"

    def get_outdated_docs(self) -> Iterator[str]:
        yield from self.env.found_docs

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return docname

    def prepare_writing(self, docnames: AbstractSet[str]) -> None: ...

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        dom: Any = doctree.asdom()
        self.outdir.joinpath(f"{docname}.out").write_text(dom.toxml(), "utf-8")


def setup(app: Sphinx) -> None:
    app.add_builder(PlainBuilder)
