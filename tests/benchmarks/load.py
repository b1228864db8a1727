"""What much of everything costs, against the same with ``csv-table``; builds that are killed.

    PYTHONPATH=tests:tests/trust python tests/benchmarks/load.py [PAGES]

Prints, for each work, seconds and the most memory of Sphinx and of any process it started, and
their ratios. Fails if a table is lost, or a build after a killed one does not show the truth.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conftest import page, write_files
from test_staleness import killed_and_run_again

CONF = "extensions = ['sphinx_df_table']\nhtml_theme = 'basic'\n"

#: Runs the build and prints what it and its children held at most, in kilobytes.
BUILD = """\
import resource, sys
from sphinx.cmd.build import main
status = main(sys.argv[1:])
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(resource.getrusage(who).ru_maxrss)
sys.exit(status)
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
        "a reply of 100 MB": "pd.Series(['x' * 50_000_000, 'y' * 50_000_000])",
    }.items():
        both[name] = {"df-table": ([page(code)], 1)}
    return both


def measure(texts: list[str], tables: int, folder: Path) -> tuple[float, int, int]:
    """Build pages of ``texts``; return the seconds, and the kilobytes of Sphinx and of others."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = {f"p{number}.rst": f":orphan:\n\n{text}" for number, text in enumerate(texts)}
    write_files(folder / "source", {"conf.py": CONF, **pages})
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", BUILD, "-q", str(folder / "source"), str(folder / "out")],
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
    own, others = map(int, run.stdout.split())
    return seconds, own, others


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folder = Path(tempfile.mkdtemp())
    for name, ways in works(pages).items():
        figures = {way: measure(*work, folder / "work") for way, work in ways.items()}
        for way, (seconds, own, others) in figures.items():
            print(f"{name:<24}{way:<12}{seconds:8.1f} s {own // 1024:6} MB {others // 1024:6} MB")
        if len(figures) == 2:
            (seconds, own, _), (their_seconds, their_own, _) = figures.values()
            seconds_ratio, memory_ratio = seconds / their_seconds, own / their_own
            print(f"{'':<24}ratio       {seconds_ratio:8.2f}   {memory_ratio:6.2f}", flush=True)
    killed_and_run_again(folder / "killed", rounds=30, seed=2)
    print("30 builds were killed; each that followed showed the truth")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
