"""Run code on pages or by the runner, read the values it shows, and list processes."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_builds import Built, cell_texts, page

from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.protocol import PageContext, Reply, Request, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_df_table.client.runner import Runner


def values(built: Built, page: str = "index") -> list[str]:
    """Return the text of the last row's first cell, for each table of a page."""
    return [cell_texts(table)[-1][0] for table in built.tables(page)]


def show(expression: str, before: str = "") -> str:
    return page(f"{before}\npd.DataFrame({{'value': [{expression}]}})")


LOOP = """\
import time

while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""


def is_running(pid: int) -> bool:
    """Return whether a process is alive, after up to 5 seconds in which it may end."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


def assert_nothing_runs(pids: Iterable[int]) -> None:
    assert not [pid for pid in pids if is_running(pid)]


def descendants(pid: int) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def request(code: str, folder: Path, page: str = "index", timeout: float = 60) -> Request:
    return Request(
        source=Source(text=code, filename=str(folder / "index.rst"), first_line=1),
        timeout=timeout,
        context=PageContext(
            page=page,
            filename=str(folder / "index.rst"),
            directory=str(folder),
            source_directory=str(folder),
            configuration_directory=str(folder),
        ),
        preamble="",
        preamble_timeout=60,
        depends=(),
        options=TableOptions(),
    )


def ask(runner: Runner, code: str, folder: Path, page: str = "index", timeout: float = 60) -> Reply:
    return runner.run(request(code, folder, page, timeout))


def shown(reply: Reply) -> str:
    assert reply.error is None
    [result] = reply.results
    assert result.table is not None, result.error
    return result.table.body[0][0].text
