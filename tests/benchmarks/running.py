"""What it costs to run a snippet out of Sphinx's process, against ``exec`` within it.

    PYTHONPATH=tests python tests/benchmarks/running.py [ROUNDS]

Prints the median milliseconds of each way, measured in turn, and the ratios.
"""

from __future__ import annotations

import functools
import os
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from asking import ask

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = """\
df = pd.read_csv('data.csv')
df['cost'] = df['b'] * df['c']
df = df[['a', 'b', 'cost']].sort_values('cost')
"""


def write_data(folder: Path) -> None:
    rows = [f"name{n},{n * 1.5},{n * 7 % 31}" for n in range(30)]
    (folder / "data.csv").write_text("\n".join(["a,b,c", *rows, ""]), encoding="utf-8")


def plain_exec() -> pd.DataFrame:
    namespace = {"pd": pd, "np": np}
    exec(compile(CODE, "page.rst", "exec"), namespace)
    frame = namespace["df"]
    assert isinstance(frame, pd.DataFrame)
    return frame


def exec_and_lay_out() -> None:
    lay_out_frame(plain_exec(), TableOptions())


def bare_fork() -> None:
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def fork_and_exec() -> None:
    if (pid := os.fork()) == 0:
        exec_and_lay_out()
        os._exit(0)
    os.waitpid(pid, 0)


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    # Python warns of a fork where numerical libraries have started threads.
    warnings.simplefilter("ignore", DeprecationWarning)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    folder = Path(tempfile.mkdtemp())
    write_data(folder)
    os.chdir(folder)
    runner = Runner()

    def ask_for_table(page: str) -> None:
        assert ask(runner, CODE, folder, page).results

    figures: dict[str, list[float]] = {}
    first = milliseconds(lambda: ask_for_table("warm"))
    exec_and_lay_out()
    for number in range(rounds):
        page = str(number)
        works: dict[str, Callable[[], object]] = {
            "plain exec": plain_exec,
            "exec and frame to table": exec_and_lay_out,
            "bare fork": bare_fork,
            "fork, exec and frame to table": fork_and_exec,
            "runner: a page's child, for code without pandas": functools.partial(
                ask, runner, "df = 0", folder, f"{page}, idle"
            ),
            "runner: a page's first table": functools.partial(ask_for_table, page),
            "runner: a further table": functools.partial(ask_for_table, page),
        }
        for name, work in works.items():
            figures.setdefault(name, []).append(milliseconds(work))
    runner.stop()
    medians = {name: statistics.median(values) for name, values in figures.items()}
    print(f"{'the first table of a build, with the import of pandas':<56}{first:9.2f} ms")
    for name, median in medians.items():
        ratio = median / medians["plain exec"]
        print(f"{name:<56}{median:9.2f} ms {ratio:9.1f} x plain exec")
    for name, other in (
        ("runner: a page's child, for code without pandas", "bare fork"),
        ("runner: a page's first table", "fork, exec and frame to table"),
        ("runner: a further table", "plain exec"),
    ):
        print(f"{name}, against {other}: {medians[name] / medians[other]:.2f}")


if __name__ == "__main__":
    main()
