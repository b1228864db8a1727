"""Which files a page's snippets looked at, and whether they have changed since."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from sphinx_df_table.files import NO_LOOKS, Looks
from sphinx_df_table.pages import PageCollector

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class DependencyCollector(PageCollector):
    """Has pages read again when a file that their snippets looked at is no longer the same.

    Sphinx itself asks only whether a file is *newer*: a file replaced by an older one, a
    missing one that comes, or a new match of a pattern would go unnoticed.
    """

    attribute = "df_table_looks"

    def get_outdated_docs(self, app: Sphinx, env: BuildEnvironment, *changes: Any) -> list[str]:
        """Return the pages that must be read again."""
        own = own_directories(app)
        pages = self.pages(env).items()
        return [docname for docname, looks in pages if looks.are_stale(without=own)]


def own_directories(app: Sphinx, /) -> tuple[str, ...]:
    """Return the folders of the build: for output, for doctrees, and the one around both.

    That one, such as ``_build``, has the output of other builders, too.
    """
    own = [str(app.outdir), str(app.doctreedir)]
    around, other = map(os.path.dirname, own)
    if around == other and around.startswith(f"{app.srcdir}{os.sep}"):
        own.append(around)
    return tuple(own)


def note_looks(env: BuildEnvironment, docname: str, looks: Looks, /) -> None:
    """Remember what a snippet of ``docname`` looked at.

    Files that exist are Sphinx' dependencies too, for other tools that read those; but one
    from the future would seem to have changed to each build.
    """
    now = time.time_ns()
    pages = DependencyCollector.pages(env)
    pages[docname] = pages.get(docname, NO_LOOKS).merged(looks)
    for path, state in looks.files:
        if state is not None and state[1] <= now:
            env.note_dependency(path)
