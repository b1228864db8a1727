"""Build projects from inline sources, and read their doctrees and output."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import sys
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest
from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinx_df_table.client.transport import ForkingWorker, PipeWorker
from sphinx_df_table.doctree.body import expand_bodies
from sphinx_df_table.model.table import Alignment, Cell, Table

if TYPE_CHECKING:
    from pathlib import Path


EXTENSIONS = ("sphinx_df_table",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Built:
    """A project that was built; ``read`` are the pages that this build has read."""

    folder: Path
    source: Path
    builder: str
    status: str
    warnings: list[str]
    returned: int
    read: frozenset[str]
    doctrees: Mapping[str, nodes.document]

    @property
    def output(self) -> Path:
        return self.folder / self.builder

    def tables(self, page: str = "index") -> list[nodes.table]:
        """The tables of a page's doctree, with real rows."""
        doctree = self.doctrees[page].deepcopy()
        expand_bodies(doctree)
        return list(doctree.findall(nodes.table))

    def html(self, page: str = "index") -> BeautifulSoup:
        return BeautifulSoup((self.output / f"{page}.html").read_text("utf-8"), "html.parser")

    def html_table(self, page: str = "index") -> Tag:
        """The first table of a page."""
        return self.html(page).select("table")[0]

    def html_text(self, selector: str) -> str:
        """The text of the first element that ``selector`` finds."""
        return self.html().select(selector)[0].get_text()


LEFT: Alignment = "left"


def table_of(*body: tuple[Cell, ...], head: tuple[tuple[Cell, ...], ...] = ()) -> Table:
    """The table of these rows."""
    cells = tuple(dict.fromkeys(cell for row in body for cell in row))
    numbers = tuple(tuple(map(cells.index, row)) for row in body)
    width = sum(1 + cell.morecols for cell in (*head, *body)[0])
    return Table(
        width=width,
        stubs=0,
        alignments=(LEFT,) * width,
        head=head,
        cells=cells,
        numbers=numbers,
    )


def cell_texts(table: nodes.table) -> list[list[str]]:
    """Every cell's text, row by row, headings included."""
    return [[entry_text(entry) for entry in row.children] for row in table.findall(nodes.row)]


def entry_text(entry: nodes.Node) -> str:
    """A cell's text; the lines of a line block are lines."""
    assert isinstance(entry, nodes.entry)
    if entry.children and isinstance(entry[0], nodes.line_block):
        return "\n".join(line.astext() for line in entry[0].children)
    return entry.astext()


def html_rows(table: Tag) -> list[list[str]]:
    return [
        [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")
    ]


Build = Callable[..., Built]


def _lent(kind: type[Any], real_stop: Callable[[Any], None]) -> Callable[..., Any]:
    """A way to get a worker of this kind that goes on from build to build.

    It is for builds that would start it alike.
    """
    lent: dict[str, Any] = {}

    def borrow(**options: Any) -> Any:
        changing = {"DOCUTILSCONFIG", "PYTEST_CURRENT_TEST"}
        surroundings = {k: v for k, v in os.environ.items() if k not in changing}
        start = f"{os.getpid()} {sys.path} {surroundings}"
        if start not in lent or not lent[start].is_usable():
            for worker in lent.values():
                real_stop(worker)
            lent.clear()
            with pytest.MonkeyPatch.context() as patch:
                for name in changing:
                    patch.delenv(name, raising=False)
                lent[start] = kind(**options)
        return lent[start]

    return borrow


class LentForkingWorker(ForkingWorker):
    def stop(self) -> None:
        """Do nothing: the next build is served by the same worker."""


class LentPipeWorker(PipeWorker):
    def connect(self) -> Any:
        """The connection, which code that has to be stopped does end."""
        return types.SimpleNamespace(
            send=self.send, receive=self.receive, close=self.close, stop=super().stop
        )

    def stop(self) -> None:
        """Do nothing: the next build is served by the same worker."""


borrow_forking_worker: Final = _lent(LentForkingWorker, ForkingWorker.stop)
borrow_pipe_worker: Final = _lent(LentPipeWorker, PipeWorker.stop)


def build_in(
    folder: Path,
    files: Mapping[str, str | bytes] | str = {},
    *,
    builder: str = "html",
    extensions: tuple[str, ...] = (),
    warns: int | None = 0,
    jobs: int = 1,
    fresh: bool = False,
    source: str = "source",
    verbose: int = 0,
    **configuration: Any,
) -> Built:
    """Build a project from inline sources; fail unless it warns as often as ``warns`` says."""
    sources = folder / source
    write_files(sources, {"index.rst": files} if isinstance(files, str) else files)
    status, warning = io.StringIO(), io.StringIO()
    confoverrides = {
        "extensions": [*EXTENSIONS, *extensions],
        "show_warning_types": True,
        "html_theme": "basic",
        **configuration,
    }
    with patch_docutils(str(sources)), docutils_namespace():
        app = Sphinx(
            sources,
            sources if (sources / "conf.py").exists() else None,
            folder / builder,
            folder / "doctrees",
            builder,
            confoverrides,
            status,
            warning,
            freshenv=fresh,
            parallel=jobs,
            verbosity=verbose,
        )
        read: list[str] = []
        app.connect("env-before-read-docs", lambda _app, _env, names: read.extend(names))
        app.build()
        doctrees = {name: app.env.get_doctree(name) for name in app.env.found_docs}
    found = [line for line in _uncoloured(warning.getvalue()).splitlines() if line.strip()]
    assert warns in {None, len(found)}, found
    return Built(
        folder=folder,
        source=sources,
        builder=builder,
        status=_uncoloured(status.getvalue()),
        warnings=found,
        returned=app.statuscode,
        read=frozenset(read),
        doctrees=doctrees,
    )


def _uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*[mK]|\r", "", text)


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    folder.mkdir(exist_ok=True)
    if not (folder / "index.rst").exists() and not (folder / "index.md").exists():
        (folder / "index.rst").write_text("Title\n=====\n", encoding="utf-8")


def page(code: str, *, options: str = "", title: str = "") -> str:
    """A page with one df-table of ``code``."""
    lines = [
        f".. df-table:: {title}".rstrip(),
        *(f"   {line}" for line in options.splitlines()),
        "",
    ]
    lines += [f"   {line}" if line else "" for line in code.splitlines()]
    return "\n".join([*lines, ""])
