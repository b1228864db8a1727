"""What much of everything costs, against the same with ``csv-table``; builds that are killed.

    PYTHONPATH=tests:tests/trust python tests/benchmarks/load.py [PAGES]

Prints, for each work, seconds, the most memory of Sphinx' process and what the worker holds once
all is read, and the ratios. Fails if a table is lost, or a build after a killed one does not show
the truth.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from killed_builds import killed_and_run_again
from sphinx_builds import page, write_files

#: Has the build write what memory there is, in kilobytes: its own at most, and the worker's.
CONF = """\
import contextlib
import os
from pathlib import Path

from asking import descendants

extensions = ["sphinx_df_table"]
html_theme = "basic"
suppress_warnings = ["df_table.data"]
held_by_workers = [0]


def kilobytes(pid, name):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    # A process that has just ended holds nothing, and does not say so.
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))


def note(app, *_):
    for pid in descendants(os.getpid()):
        # The process of the last page may be gone by now.
        with contextlib.suppress(OSError):
            held_by_workers.append(kilobytes(pid, "VmRSS"))
    memory = kilobytes(os.getpid(), "VmHWM")
    Path(app.outdir, "memory").write_text(f"{memory} {max(held_by_workers)}")


def setup(app):
    # Before the worker ends, and at the very end.
    app.connect("env-updated", note, priority=1)
    app.connect("build-finished", note, priority=999)
"""


def csv_table(rows: list[str]) -> str:
    return "\n".join(
        [".. csv-table::", "   :header-rows: 1", "", *(f"   {row}" for row in rows), ""]
    )


def works(pages: int) -> dict[str, dict[str, tuple[list[str], int]]]:
    """Each work in both ways: the texts of its pages, and the tables in all."""
    both = {}
    for name, texts in {
        f"{pages} pages": [1] * pages,
        f"{pages // 4} pages": [1] * (pages // 4),
        "500 tables on a page": [500],
        "100 tables on a page": [100],
    }.items():
        both[name] = {
            "df-table": (
                ["\n".join(page(f"pd.Series([{n}])") for n in range(count)) for count in texts],
                sum(texts),
            ),
            "csv-table": (
                ["\n".join(csv_table(["0", str(n)]) for n in range(count)) for count in texts],
                sum(texts),
            ),
        }
    for name, code in {
        "100,000 rows, cut": "pd.DataFrame({c: range(100_000) for c in 'abc'})",
        "5,000 columns": "pd.DataFrame({f'c{n}': [n] for n in range(5000)})",
        "a reply of 100 MB": "pd.Series(['x' * 50_000_000, 'z' * 50_000_000])",
    }.items():
        both[name] = {"df-table": ([page(code)], 1)}
    return both


def measure(texts: list[str], tables: int, folder: Path) -> tuple[float, int, int]:
    """Build pages of ``texts``; return the seconds, and the kilobytes of Sphinx and the worker."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = {f"p{number}.rst": f":orphan:\n\n{text}" for number, text in enumerate(texts)}
    write_files(folder / "source", {"conf.py": CONF, **pages})
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", str(folder / "source"), str(folder / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if run.returncode or run.stderr:
        raise SystemExit(run.stderr)
    found = sum(path.read_text("utf-8").count("<table") for path in folder.glob("out/p*.html"))
    if found != tables:
        raise SystemExit(f"{found} tables of {tables} are there")
    own, worker = map(int, (folder / "out" / "memory").read_text("ascii").split())
    return seconds, own, worker


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folder = Path(tempfile.mkdtemp())
    for name, ways in works(pages).items():
        figures = {way: measure(*work, folder / "work") for way, work in ways.items()}
        for way, (seconds, own, worker) in figures.items():
            print(f"{name:<24}{way:<12}{seconds:8.1f} s {own // 1024:6} MB {worker // 1024:6} MB")
        if len(figures) == 2:
            (seconds, own, _), (their_seconds, their_own, _) = figures.values()
            seconds_ratio, memory_ratio = seconds / their_seconds, own / their_own
            print(f"{'':<24}ratio       {seconds_ratio:8.2f}   {memory_ratio:6.2f}", flush=True)
    killed_and_run_again(folder / "killed", rounds=30, seed=2)
    print("30 builds were killed; each that followed showed the truth")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
