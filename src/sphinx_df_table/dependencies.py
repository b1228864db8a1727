"""Which files a page's snippets looked at, and whether they have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.environment.collectors import EnvironmentCollector

from sphinx_df_table.files import NO_LOOKS, Looks

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def note_looks(env: BuildEnvironment, docname: str, looks: Looks, /) -> None:
    """Remember what a snippet of ``docname`` looked at.

    Files that exist are Sphinx' dependencies too, for other tools that read those.
    """
    pages = _pages(env)
    pages[docname] = pages.get(docname, NO_LOOKS).merged(looks)
    for path, state in looks.files:
        if state is not None:
            env.note_dependency(path)


def _pages(env: BuildEnvironment) -> dict[str, Looks]:
    """Return the looks of each page; Sphinx stores them with the environment."""
    pages: dict[str, Looks] | None = getattr(env, "df_table_looks", None)
    if pages is None:
        pages = {}
        env.df_table_looks = pages  # type: ignore[attr-defined]
    return pages


class DependencyCollector(EnvironmentCollector):
    """Has pages read again when a file that their snippets looked at is no longer the same.

    Sphinx itself asks only whether a file is *newer*: a file replaced by an older one, a
    missing one that comes, or a new match of a pattern would go unnoticed.
    """

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read anew, or gone."""
        _pages(env).pop(docname, None)

    def merge_other(
        self,
        app: Sphinx,
        env: BuildEnvironment,
        docnames: AbstractSet[str],
        other: BuildEnvironment,
    ) -> None:
        """Take over what another reader of a parallel build has found."""
        theirs = _pages(other)
        _pages(env).update({name: theirs[name] for name in docnames if name in theirs})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Do nothing: the directive has noted all there is."""

    def get_outdated_docs(self, app: Sphinx, env: BuildEnvironment, *changes: Any) -> list[str]:
        """Return the pages that must be read again."""
        return [docname for docname, looks in _pages(env).items() if looks.are_stale()]
