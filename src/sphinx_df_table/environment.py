"""Values stored in Sphinx's environment for each page, and when a page is read or written again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util import logging

from sphinx_df_table.model.dependencies import NO_DEPENDENCIES, Dependencies
from sphinx_df_table.model.writing import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def setup(app: Sphinx, /) -> None:
    """Store the dependencies of each page, and name the pages to read or write again."""
    app.add_env_collector(DependencyCollector)
    app.add_env_collector(NoticeCollector)
    _write_outdated_pages(app)


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


class DependencyCollector(PageCollector):
    """Has pages read again when a file that their snippets looked at is no longer the same.

    Sphinx itself asks only whether a file is *newer*: a file replaced by an older one, a
    missing one that comes, or a new match of a pattern would go unnoticed.
    """

    attribute = "df_table_dependencies"

    def get_outdated_docs(self, app: Sphinx, env: BuildEnvironment, *changes: Any) -> list[str]:
        """Return the pages that must be read again."""
        own = build_directories(app)
        pages = self.pages(env).items()
        return [
            docname for docname, dependencies in pages if dependencies.have_changed(excluding=own)
        ]


def build_directories(app: Sphinx, /) -> tuple[str, ...]:
    """Return the folders of the build: for output, for doctrees, and the one around both.

    That one, such as ``_build``, has the output of other builders, too.
    """
    own = [str(app.outdir), str(app.doctreedir)]
    around, other = map(os.path.dirname, own)
    if around == other and around.startswith(f"{app.srcdir}{os.sep}"):
        own.append(around)
    return tuple(own)


def note_dependencies(env: BuildEnvironment, docname: str, dependencies: Dependencies, /) -> None:
    """Remember what a snippet of ``docname`` looked at.

    Files that exist are Sphinx' dependencies too, for other tools that read those; but one
    from the future would seem to have changed to each build.
    """
    now = time.time_ns()
    pages = DependencyCollector.pages(env)
    pages[docname] = pages.get(docname, NO_DEPENDENCIES).merged(dependencies)
    for path, state in dependencies.files:
        if state is not None and state[1] <= now:
            env.note_dependency(path)


#: The folder of the records, in that of the doctrees.
_FOLDER: Final = "df-table-written"


def _write_outdated_pages(app: Sphinx, /) -> None:
    """Have each builder write what it has not written since it was read.

    Sphinx writes a page that this build has read, or whose *source* is newer than the output.
    A page that was read for its data by another builder, or by a build that was stopped before
    it wrote, would stay as it was. So a build that comes to its end notes which reading of each
    page it has written.
    """
    resolved: set[str] = set()
    pending: set[str] = set()

    def name_unwritten(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
        resolved.clear()
        pending.clear()
        written = _read_record(app)
        readings = _readings(env)
        pending.update(name for name in readings if written.get(name) != readings[name])
        return sorted(pending)

    def note_resolved(_app: Sphinx, _doctree: nodes.document, docname: str) -> None:
        resolved.add(docname)

    def note_written(app: Sphinx, error: Exception | None) -> None:
        if error or not pending:
            return
        # A build of single pages leaves the others. Builders of one file name no pages at all.
        is_of_all = isinstance(app.builder.get_outdated_docs(), str)
        left = set() if is_of_all else pending - resolved
        readings = _readings(app.env)
        _write_record(app, {name: readings[name] for name in readings if name not in left})

    app.connect("env-updated", name_unwritten)
    app.connect("doctree-resolved", note_resolved)
    app.connect("build-finished", note_written)


def _readings(env: BuildEnvironment) -> dict[str, float]:
    """Return when each page with a table was read last."""
    names = DependencyCollector.pages(env).keys() & env.all_docs.keys()
    return {name: env.all_docs[name] for name in sorted(names)}


def _record(app: Sphinx) -> Path:
    """Return the file for this builder and its folder."""
    place = hashlib.sha256(str(app.outdir).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(app.doctreedir, _FOLDER, f"{app.builder.name}-{place}.json")


def _read_record(app: Sphinx) -> dict[str, float]:
    try:
        record = json.loads(_record(app).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_record(app: Sphinx, readings: dict[str, float]) -> None:
    # Without it, the next build writes more than it had to.
    with contextlib.suppress(OSError):
        content = json.dumps(readings).encode("ascii")
        write_atomically(_record(app), content, folder=Path(app.doctreedir))


_logger = logging.getLogger(__name__)


class NoticeCollector(PageCollector):
    """Brings the notices of all readers together, and gives one of each subtype."""

    attribute = "df_table_notices"

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Give the notices; no page needs to be written again for it."""
        first: dict[str, str] = {}
        for _, notices in sorted(self.pages(env).items()):
            first = notices | first
        for subtype, message in first.items():
            _logger.warning(message, type="df_table", subtype=subtype)
        return []


def note_notice(env: BuildEnvironment, docname: str, subtype: str, message: str, /) -> None:
    """Have ``message`` given once at the end of reading; the first of a subtype counts."""
    NoticeCollector.pages(env).setdefault(docname, {}).setdefault(subtype, message)
