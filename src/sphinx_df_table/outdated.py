"""Which pages a builder has yet to write, since they were read with other data."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_df_table.dependencies import DependencyCollector
from sphinx_df_table.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: The folder of the records, in that of the doctrees.
_FOLDER: Final = "df-table-written"


def connect(app: Sphinx, /) -> None:
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
        write_whole(_record(app), content, folder=Path(app.doctreedir))
