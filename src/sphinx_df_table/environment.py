"""What Sphinx's environment stores for each page, and which pages to read or write again."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.environment.collectors import EnvironmentCollector

from sphinx_df_table.model.dependencies import NO_DEPENDENCIES, Dependencies

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def setup(app: Sphinx, /) -> None:
    """Store the dependencies of each page, and find the pages to read or write again."""
    app.add_env_collector(DependencyCollector)
    app.connect("env-updated", find_outdated_output)


def page_dependencies(env: BuildEnvironment, /) -> dict[str, Dependencies]:
    """Return the stored dependencies by page name. The environment keeps changes made to it."""
    pages: dict[str, Dependencies] = env.__dict__.setdefault("df_table_dependencies", {})
    return pages


class DependencyCollector(EnvironmentCollector):
    """Read a page again when a file that its code looked at has changed in any way.

    Sphinx itself only checks whether a file is *newer*. It would miss a file replaced by an
    older one, a missing file that now exists, and a new match of a glob pattern.
    """

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Remove the dependencies of a page that was deleted or is about to be read."""
        page_dependencies(env).pop(docname, None)

    def merge_other(
        self,
        app: Sphinx,
        env: BuildEnvironment,
        docnames: AbstractSet[str],
        other: BuildEnvironment,
    ) -> None:
        """Copy the dependencies of ``docnames`` from another process of a parallel build."""
        theirs = page_dependencies(other)
        page_dependencies(env).update({n: theirs[n] for n in docnames if n in theirs})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Do nothing: the directives store the dependencies."""

    def get_outdated_docs(self, app: Sphinx, env: BuildEnvironment, *changes: Any) -> list[str]:
        """Return the names of the pages whose dependencies have changed."""
        excluding = build_directories(app)
        pages = page_dependencies(env).items()
        return [name for name, found in pages if found.have_changed(excluding=excluding)]


def build_directories(app: Sphinx, /) -> tuple[str, ...]:
    """Return the folders that the build writes to: output, doctrees, and their common parent.

    The parent, such as ``_build``, also has the output of other builders. It counts only
    inside the source folder.
    """
    folders = [str(app.outdir), str(app.doctreedir)]
    parent, other = map(os.path.dirname, folders)
    if parent == other and parent.startswith(f"{app.srcdir}{os.sep}"):
        folders.append(parent)
    return tuple(folders)


def note_dependencies(env: BuildEnvironment, docname: str, dependencies: Dependencies, /) -> None:
    """Add to the stored dependencies of a page.

    Existing files also become dependencies of Sphinx, because other tools read those. A file
    with a time in the future does not: Sphinx would find it changed in every build.
    """
    now = time.time_ns()
    pages = page_dependencies(env)
    pages[docname] = pages.get(docname, NO_DEPENDENCIES).merged(dependencies)
    for path, state in dependencies.files:
        if state is not None and state[1] <= now:
            env.note_dependency(path)


def find_outdated_output(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages whose output file is older than the last reading of the page.

    Sphinx writes the pages that this build has read, and pages whose *source* is newer than
    their output. It would miss a page that was read again for its data by another builder, or
    by a build that was stopped before it wrote. Sphinx itself writes a page without an output
    file, and always writes all pages where it makes one file of them.
    """
    builder: Any = app.builder
    # get_outfilename is the name before Sphinx 9.
    find_path = getattr(builder, "get_output_path", getattr(builder, "get_outfilename", None))
    suffix = getattr(builder, "out_suffix", "")
    outdated = []
    for docname in sorted(page_dependencies(env).keys() & env.all_docs.keys()):
        path = find_path(docname) if find_path else Path(app.outdir, docname + suffix)
        with contextlib.suppress(OSError):
            # Sphinx stores the time of the reading in microseconds.
            if (find_path or suffix) and os.stat(path).st_mtime_ns // 1000 < env.all_docs[docname]:
                outdated.append(docname)
    return outdated
