"""What whole builds cost: this package against other ways to have tables on a page.

    python tests/benchmarks/building.py [--output docs/data/benchmark.csv]

Each work is a project generated from a seed number. It is built in each way in turn, round
after round, and every build is measured from outside. Prints the medians, their ratios and
the bounds that they are held to; nothing is asserted of seconds. *Net* is what a build costs
beyond that of the same pages without tables.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import importlib.util
import math
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import projects
from bounds import print_bounds
from measuring import Run, Site, build, build_anew, measure
from projects import BASE, CSV_TABLE, DF_TABLE, EXEC, MYST_NB, RAW, TO_HTML, Page, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: Not a way to make a table, but what any way with pandas has to pay.
IMPORT: Final = Way(name="import pandas")

_MEGA: Final = 1e6

#: The part of a build without tables that net CPU must be, to be told from chance.
_LEAST_NET: Final = 0.25


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to build: ``size`` pages or rows, in each of some ways.

    :param share: the part of the rounds asked for that this work is worth.
    """

    name: str
    title: str
    size: int
    generate: Callable[[Path, int, np.random.Generator], tuple[Page, ...]]
    ways: tuple[Way, ...]
    share: float = 1
    warm_up: bool = True
    jobs: int = 1
    rebuild: bool = False


_ONE_PAGE: Final = (BASE, CSV_TABLE, EXEC, TO_HTML, RAW, DF_TABLE)

WORKS: Final = (
    Work(
        name="page",
        title="{:,} page, 4 small tables in tabs",
        size=1,
        generate=projects.tabbed_pages,
        ways=_ONE_PAGE,
        share=2,
    ),
    Work(
        name="table",
        title="1 page, {:,} rows, 17 columns",
        size=1_000,
        generate=projects.page_of_rows,
        ways=(*_ONE_PAGE, MYST_NB),
    ),
    Work(
        name="long table",
        title="1 page, {:,} rows, 17 columns",
        size=10_000,
        generate=projects.page_of_rows,
        ways=(*_ONE_PAGE, MYST_NB, IMPORT),
        share=0.6,
        warm_up=False,
    ),
    Work(
        name="longest table",
        title="1 page, {:,} rows, 17 columns",
        size=100_000,
        generate=projects.page_of_rows,
        ways=(BASE, DF_TABLE),
        share=0.6,
        warm_up=False,
    ),
    Work(
        name="grouped",
        title="1 page, {:,} rows of data, grouped to 20",
        size=1_000_000,
        generate=projects.page_of_groups,
        ways=(*_ONE_PAGE, MYST_NB),
        share=0.6,
    ),
    Work(
        name="pages",
        title="{:,} pages, 4 small tables each",
        size=200,
        generate=projects.tabbed_pages,
        ways=_ONE_PAGE,
        share=0.6,
        warm_up=False,
    ),
    Work(
        name="pages in parallel",
        title="{:,} pages, 4 small tables each, -j 2",
        size=200,
        generate=projects.tabbed_pages,
        ways=(BASE, CSV_TABLE, EXEC, DF_TABLE),
        share=0.6,
        jobs=2,
        warm_up=False,
    ),
    Work(
        name="rebuild",
        title="{:,} pages, nothing changed",
        size=200,
        generate=projects.tabbed_pages,
        ways=(BASE, CSV_TABLE, EXEC, DF_TABLE),
        share=2,
        warm_up=False,
        rebuild=True,
    ),
)


def sites_of(
    work: Work, ways: Sequence[Way], folder: Path, seed: int
) -> tuple[dict[Way, Site], int]:
    """Write the sources of ``work`` for each way; return also the bytes of its cells as CSV."""
    data = folder / "data"
    data.mkdir()
    pages = work.generate(data, work.size, np.random.default_rng(seed))
    shown = projects.write_shown(pages, data)
    sites: dict[Way, Site] = {}
    # The bytes that the ready-made HTML is made of come from a build with this package.
    for way in sorted({*ways, DF_TABLE} - {IMPORT}, key=lambda way: way is RAW):
        place = folder / way.name.replace(" ", "-")
        site = Site(pages=pages, sources=place, output=folder / f"{place.name}-output")
        if way is RAW:
            build_anew(sites[DF_TABLE], jobs=1)
            projects.write_html(pages, data, sites[DF_TABLE].html)
        projects.write_project(pages, way, data, place)
        sites[way] = site
    return sites, shown


def rounds_of(
    work: Work, ways: Sequence[Way], sites: dict[Way, Site], rounds: int
) -> Iterator[dict[Way, Run]]:
    """Build each way in turn, round after round; each round begins with another way."""
    import_pandas = [sys.executable, "-c", "import pandas"]
    step = build if work.rebuild else build_anew
    for number in range(-work.warm_up - work.rebuild, rounds):
        turn = number % len(ways)
        runs = {}
        for way in (*ways[turn:], *ways[:turn]):
            if way is IMPORT:
                place = sites[DF_TABLE].sources.parent
                runs[way] = measure(import_pandas, peak=place / "peak", log=place / "log")
            else:
                runs[way] = step(sites[way], jobs=work.jobs)
        if number >= 0:
            yield runs


def check_same_work(runs: dict[Way, Run]) -> None:
    """Make sure that all ways show as many rows.

    :raises SystemExit: if they do not.
    """
    lines = {way.name: run.lines for way, run in runs.items() if way not in (BASE, IMPORT)}
    if len(set(lines.values())) > 1 or 0 in lines.values():
        raise SystemExit(f"The ways do not show the same number of rows: {lines}")


def figures_of(work: Work, ways: Sequence[Way], rounds: int, seed: int) -> pd.DataFrame:
    """Return the medians of ``work``, with a row for each way."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        sites, shown = sites_of(work, ways, Path(folder), seed)
        records = []
        for runs in rounds_of(work, ways, sites, rounds):
            check_same_work(runs)
            records += [{"Way": way.name, **dataclasses.asdict(run)} for way, run in runs.items()]
    runs_of_ways = pd.DataFrame(records).astype({"memory": float, "doctrees": float})
    medians = runs_of_ways.groupby("Way").median().loc[[way.name for way in ways]]
    # A bare import is no build: there are no pages whose cost it would share.
    bases = medians["cpu"][BASE.name] * (medians.index != IMPORT.name)
    figures = pd.DataFrame(
        {
            "Work": work.name,
            "What": work.title.format(work.size),
            "Rows or pages": work.size,
            "Way": medians.index,
            "Wall (s)": medians["wall"].round(3),
            "CPU (s)": medians["cpu"].round(3),
            "Net CPU (s)": (medians["cpu"] - bases).round(3),
            "Memory (MB)": (medians["memory"] / _MEGA).round(1),
            "Doctree (MB)": (medians["doctrees"] / _MEGA).round(4),
            "CSV (MB)": round(shown / _MEGA, 4),
            "Rounds": rounds,
        },
        index=medians.index,
    )
    for column in ("Wall (s)", "CPU (s)", "Net CPU (s)", "Memory (MB)"):
        name = column.partition(" (")[0]
        whole = figures[column].get(CSV_TABLE.name, math.nan)
        # A part of next to nothing would say nothing.
        is_some = column != "Net CPU (s)" or whole > _LEAST_NET * medians["cpu"][BASE.name]
        figures[f"{name} / csv-table"] = (figures[column] / whole).round(4) if is_some else math.nan
    return figures


def measure_works(
    works: Sequence[Work], ways: Sequence[str], rounds: int, seed: int
) -> Iterator[pd.DataFrame]:
    """Yield the figures of each work, and print them."""
    for work in works:
        chosen = [way for way in work.ways if way is BASE or way.name in ways]
        number = max(1, math.ceil(rounds * work.share))
        start = time.perf_counter()
        figures = figures_of(work, chosen, number, seed)
        seconds = time.perf_counter() - start
        title = figures["What"].iloc[0]
        print(f"\n{work.name}: {title} (rounds: {number}; it took {seconds:.0f} s)")
        columns = figures.drop(columns=["Work", "What", "Rows or pages", "CSV (MB)", "Rounds"])
        print(columns.to_string(index=False, na_rep="-", float_format="{:.3f}".format), flush=True)
        yield figures


def versions() -> dict[str, str]:
    """Return what all figures of a run hold for."""
    packages = ("Sphinx", "docutils", "pandas")
    return {
        "Python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in packages},
        "Processors": str(len(os.sched_getaffinity(0))),
    }


def usable_ways() -> list[str]:
    """Return the names of the ways for which all is installed."""
    ways = list(dict.fromkeys(way.name for work in WORKS for way in work.ways))
    if not (importlib.util.find_spec("myst_nb") and importlib.util.find_spec("ipykernel")):
        print(f"{MYST_NB.name} is left out: it is not installed, or no kernel is.")
        ways.remove(MYST_NB.name)
    return ways


def some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Return a converter of names with commas between them."""

    def convert(argument: str) -> list[str]:
        names = argument.split(",")
        if unknown := sorted({*names} - {*known}):
            raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
        return names

    return convert


def arguments() -> argparse.Namespace:
    ways = usable_ways()
    names = [work.name for work in WORKS]
    parser = argparse.ArgumentParser(description="Compare builds of pages with tables.")
    parser.add_argument("--output", type=Path, help="write the figures to this CSV file")
    parser.add_argument("--seed", type=int, default=7, help="the number that makes the data")
    parser.add_argument("--rounds", type=int, default=5, help="more or fewer for some works")
    parser.add_argument("--works", type=some_of(names), default=names, metavar="NAME,NAME")
    parser.add_argument("--ways", type=some_of(ways), default=ways, metavar="NAME,NAME")
    parser.add_argument("--quick", action="store_true", help="one round, a tenth of each size")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    works = [work for work in WORKS if work.name in given.works]
    if given.quick:
        works = [dataclasses.replace(work, size=max(1, work.size // 10), share=0) for work in works]
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    figures = pd.concat(measure_works(works, given.ways, given.rounds, given.seed))
    print_bounds(figures)
    if given.output:
        figures.assign(**versions()).to_csv(given.output, index=False)


if __name__ == "__main__":
    main()
