"""What is remembered of each page: kept with Sphinx' environment, forgotten with the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.environment.collectors import EnvironmentCollector

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class PageCollector(EnvironmentCollector):
    """Keeps one value a page in the attribute ``attribute`` of the environment."""

    attribute: ClassVar[str]

    @classmethod
    def pages(cls, env: BuildEnvironment) -> dict[str, Any]:
        """Return the values by the names of their pages; to be changed in place."""
        pages: dict[str, Any] | None = getattr(env, cls.attribute, None)
        if pages is None:
            pages = {}
            setattr(env, cls.attribute, pages)
        return pages

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read anew, or gone."""
        self.pages(env).pop(docname, None)

    def merge_other(
        self,
        app: Sphinx,
        env: BuildEnvironment,
        docnames: AbstractSet[str],
        other: BuildEnvironment,
    ) -> None:
        """Take over what another reader of a parallel build has noted."""
        theirs = self.pages(other)
        self.pages(env).update({name: theirs[name] for name in docnames if name in theirs})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Do nothing: the directive has noted all there is."""
