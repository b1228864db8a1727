"""A Sphinx extension of what projects write for themselves: snippets run in Sphinx's process."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from sphinx.application import Sphinx


def frame_of(code: str) -> pd.DataFrame:
    """Return what ``code`` leaves behind as ``df``."""
    import pandas as pd  # noqa: PLC0415 - only builds that run code are to pay for it

    namespace: dict[str, Any] = {"pd": pd}
    exec(code, namespace)
    frame = namespace["df"]
    assert isinstance(frame, pd.DataFrame)
    return frame


class ExecTable(CSVTable, SphinxDirective):
    """Show the frame as ``csv-table`` shows its CSV."""

    def run(self) -> Sequence[nodes.table | nodes.system_message]:
        with contextlib.chdir(Path(self.env.doc2path(self.env.docname)).parent):
            frame = frame_of("\n".join(self.content))
        source, _ = self.get_source_info()
        self.content = StringList(frame.to_csv(index=False).splitlines(), source=source)
        return super().run()


class ExecHtml(SphinxDirective):
    """Show the frame as pandas' own HTML, which Sphinx does not look into."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        with contextlib.chdir(Path(self.env.doc2path(self.env.docname)).parent):
            frame = frame_of("\n".join(self.content))
        html = frame.to_html(index=False)
        return [nodes.raw(html, html, format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("exec-table", ExecTable)
    app.add_directive("exec-html", ExecHtml)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
