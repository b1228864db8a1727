"""The projects that are built: pages of tables, and the same pages for each way to make a table.

All data is generated from a seed number. A page says the same in every way but for its tables.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from peers import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CONF: Final = """\
import atexit
import os
import sys
from pathlib import Path

sys.path.insert(0, {peers!r})
project = "Benchmark"
html_theme = "basic"
extensions = {extensions!r}
df_table_max_rows = 0
nb_execution_mode = "force"
nb_execution_timeout = -1
nb_execution_raise_on_error = True


@atexit.register
def write_peak_memory():
    # Not getrusage: what that says of a process begins with the peak of its parent.
    status = Path("/proc/self/status").read_text()
    kilobytes = status.partition("VmHWM:")[2].split()[0]
    Path(os.environ["BENCHMARK_PEAK"]).write_text(kilobytes)
"""

_NOTEBOOK: Final = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---
"""

_SHOW_ALL: Final = "pd.set_option('display.max_rows', None, 'display.max_columns', None)"

#: The columns of a run, in the order in which they are shown; the wide tables have all.
_STRINGS: Final = "Model", "Scripts", "Framework", "Instance", "Task", "Application"
_FLOATS: Final = "Inferences/s", "Latency P50 (ms)", "Latency P90 (ms)", "Latency P99 (ms)"
_PRICES: Final = "Hourly rate ($)", "Cost per 1M ($)"
_REST: Final = "Batch size", "Sequence length", "Cores", "Data type", "OS"
_SHOWN: Final = (*_STRINGS, *_FLOATS, *_PRICES, *_REST)
_WIDE: Final = (*_SHOWN, "TP degree", "DP degree", "Input length", "Output length")

_RUNS_CODE: Final = """\
df = pd.read_csv('data/{name}.csv')
df = df.merge(pd.read_csv('data/prices.csv'), on='Instance')
df['Cost per 1M ($)'] = 1e6 / df['Inferences/s'] * df['Hourly rate ($)'] / 3600
df = df[{columns}]
df = df.sort_values(['Model', 'Cost per 1M ($)']).round({{'Cost per 1M ($)': 3}})
"""

_GROUPED_CODE: Final = """\
runs = pd.read_csv('data/runs.csv')
df = runs.groupby('Model', as_index=False)[['Inferences/s', 'Latency P50 (ms)']].mean().round(2)
df['Runs'] = runs.groupby('Model').size().to_numpy()
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a page: the code that leaves it behind as ``df``, and the name of its files."""

    name: str
    code: str

    @property
    def shown(self) -> str:
        """The CSV file that holds exactly the cells that are shown."""
        return f"data/{self.name}-shown.csv"

    @property
    def html(self) -> str:
        """The file of the finished HTML."""
        return f"data/{self.name}.html"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with its tables, each alone or two each in a set of tabs."""

    name: str
    tables: tuple[Table, ...]
    in_tabs: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to have tables on a page."""

    name: str
    table: Callable[[Table], str] = lambda _: ""
    extensions: tuple[str, ...] = ()
    is_notebook: bool = False


def _directive(head: str, body: str = "", /, **options: object) -> str:
    lines = [f"   :{key.replace('_', '-')}: {value}" for key, value in options.items()]
    return "\n".join([f".. {head}", *lines, "", indent(body, "   ")])


def _notebook_cell(table: Table) -> str:
    return f"```{{code-cell}} ipython3\nimport pandas as pd\n{_SHOW_ALL}\n{table.code}df\n```\n"


BASE: Final = Way(name="no table")
DF_TABLE: Final = Way(
    name="df-table",
    table=lambda table: _directive("df-table::", table.code, header_rows=1),
    extensions=("sphinx_df_table",),
)
CSV_TABLE: Final = Way(
    name="csv-table",
    table=lambda table: _directive("csv-table::", file=table.shown, header_rows=1),
)
EXEC: Final = Way(
    name="exec",
    table=lambda table: _directive("exec-table::", table.code, header_rows=1),
    extensions=("peers",),
)
TO_HTML: Final = Way(
    name="to_html as raw",
    table=lambda table: _directive("exec-html::", table.code),
    extensions=("peers",),
)
RAW: Final = Way(
    name="raw HTML",
    table=lambda table: _directive("raw:: html", file=table.html),
)
MYST_NB: Final = Way(
    name="myst-nb", table=_notebook_cell, extensions=("myst_nb",), is_notebook=True
)


def tabbed_pages(folder: Path, count: int, rng: np.random.Generator) -> tuple[Page, ...]:
    """Write the data of pages with four tables of 2 to 8 rows, two each in a set of tabs."""
    _write_prices(folder)
    pages = []
    for number in range(count):
        name = f"page-{number}" if count > 1 else "index"
        labels = [f":ref:`Set-up <{name}>`", "`Tutorial <https://example.org/tutorial>`__"]
        tables = tuple(
            _write_runs(folder, f"{name}-{kind}", int(rng.integers(2, 9)), columns, labels, rng)
            for kind, columns in zip("abcd", (_SHOWN, _SHOWN, _WIDE, _WIDE), strict=True)
        )
        pages.append(Page(name=name, tables=tables, in_tabs=True))
    return tuple(pages)


def page_of_rows(folder: Path, rows: int, rng: np.random.Generator) -> tuple[Page, ...]:
    """Write the data of one page with a table of 17 columns, a link in every row."""
    _write_prices(folder)
    links = [f"`Tutorial {n} <https://example.org/tutorials/{n}>`__" for n in range(36)]
    table = _write_runs(folder, "runs", rows, _SHOWN, links, rng)
    return (Page(name="index", tables=(table,)),)


def page_of_groups(folder: Path, rows: int, rng: np.random.Generator) -> tuple[Page, ...]:
    """Write ``rows`` rows of data, of which a page shows a row for each of 20 groups."""
    columns = ["Model", "Instance", "Inferences/s", "Latency P50 (ms)", "Batch size"]
    _runs(rows, ["-"], rng)[columns].to_csv(folder / "runs.csv", index=False)
    return (Page(name="index", tables=(Table(name="groups", code=_GROUPED_CODE),)),)


def _write_prices(folder: Path) -> None:
    prices = pd.DataFrame({"Instance": _INSTANCES, "Hourly rate ($)": [0.84, 1.34, 13.57, 16.12]})
    prices.to_csv(folder / "prices.csv", index=False)


def _write_runs(
    folder: Path,
    name: str,
    rows: int,
    columns: Sequence[str],
    links: Sequence[str],
    rng: np.random.Generator,
) -> Table:
    _runs(rows, links, rng).to_csv(folder / f"{name}.csv", index=False)
    return Table(name=name, code=_RUNS_CODE.format(name=name, columns=list(columns)))


_INSTANCES: Final = "small.2x", "large.8x", "huge.32x", "giant.48x"
_MODELS: Final = [
    f"{family}-{size}"
    for family in ("Encoder", "Decoder", "Translator", "Summariser", "Classifier")
    for size in ("tiny", "base", "large", "7B")
]


def _runs(rows: int, links: Sequence[str], rng: np.random.Generator) -> pd.DataFrame:
    """Return the measurements of ``rows`` imagined runs: few different words, many numbers."""

    def some(*values: object) -> np.ndarray:
        return np.asarray(values, dtype=object)[rng.integers(0, len(values), rows)]

    latency = rng.gamma(2, 12, rows) + 0.4
    return pd.DataFrame(
        {
            "Model": some(*_MODELS),
            "Scripts": some(*links),
            "Framework": some("PyTorch 2.1", "PyTorch 2.5", "JAX 0.4"),
            "Instance": some(*_INSTANCES),
            "Task": some("Raw output", "Text generation", "Classification", "Translation"),
            "Application": some("Real time", "Batch"),
            "Inferences/s": (rng.gamma(2, 900, rows) + 1).round(2),
            "Latency P50 (ms)": latency.round(2),
            "Latency P90 (ms)": (latency * rng.uniform(1.02, 1.1, rows)).round(2),
            "Latency P99 (ms)": (latency * rng.uniform(1.1, 1.6, rows)).round(2),
            "Batch size": 2 ** rng.integers(0, 7, rows),
            "Sequence length": 2 ** rng.integers(7, 13, rows),
            "Cores": 2 ** rng.integers(0, 6, rows),
            "Data type": some("FP32", "BF16", "FP8"),
            "OS": some("Ubuntu 22", "Amazon Linux 2023"),
            "TP degree": 2 ** rng.integers(0, 6, rows),
            "DP degree": 2 ** rng.integers(0, 3, rows),
            "Input length": 2 ** rng.integers(5, 11, rows),
            "Output length": 2 ** rng.integers(5, 11, rows),
        }
    )


def write_shown(pages: Sequence[Page], data: Path) -> int:
    """Write the CSV files that hold what is shown; return their bytes.

    :param data: the folder that the pages know as ``data``.
    """
    written = 0
    with contextlib.chdir(data.parent):
        for table in (table for page in pages for table in page.tables):
            frame_of(table.code).to_csv(table.shown, index=False)
            written += Path(table.shown).stat().st_size
    return written


def write_html(pages: Sequence[Page], data: Path, built: Path) -> None:
    """Write the finished HTML of each table, as it stands on the pages in ``built``."""
    for page in pages:
        text = (built / f"{page.name}.html").read_text("utf-8")
        found = re.findall(r"<table.*?</table>", text, re.DOTALL)
        for table, html in zip(page.tables, found, strict=True):
            (data.parent / table.html).write_text(html, "utf-8")


def write_project(pages: Sequence[Page], way: Way, data: Path, folder: Path) -> None:
    """Write the sources of ``pages``, with tables made in one way."""
    folder.mkdir()
    shutil.copytree(data, folder / "data", copy_function=os.link)
    in_tabs = any(page.in_tabs for page in pages)
    extensions = [*way.extensions, *(["sphinx_design"] if in_tabs else [])]
    conf = _CONF.format(peers=str(Path(__file__).parent), extensions=extensions)
    (folder / "conf.py").write_text(conf, "utf-8")
    if len(pages) > 1:
        names = "\n".join(page.name for page in pages)
        contents = f"Pages\n=====\n\n{_directive('toctree::', names)}"
        (folder / "index.rst").write_text(contents, "utf-8")
    for page in pages:
        suffix, text = (
            (".md", _notebook(page, way)) if way.is_notebook else (".rst", _rst(page, way))
        )
        (folder / f"{page.name}{suffix}").write_text(text, "utf-8")


def _notebook(page: Page, way: Way) -> str:
    return "\n".join([_NOTEBOOK, "# Runs\n", *map(way.table, page.tables)])


def _rst(page: Page, way: Way) -> str:
    blocks = [f".. _{page.name}:\n\nRuns\n====\n"]
    if not page.in_tabs:
        blocks += [way.table(table) for table in page.tables]
        return "\n".join(blocks)
    for title, tables in (("Encoders", page.tables[:2]), ("Decoders", page.tables[2:])):
        tabs = [
            _directive(f"tab-item:: {tab}", f"{way.table(table)}\n\nSorted by model and cost.\n")
            for tab, table in zip(("Throughput", "Latency"), tables, strict=True)
        ]
        blocks += [f"{title}\n--------\n", _directive("tab-set::", "\n".join(tabs))]
    return "\n".join(blocks)
