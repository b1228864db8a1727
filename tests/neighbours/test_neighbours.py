"""Extensions that sites load as well leave df-table's tables whole, and it leaves theirs.

Each build is a process of its own, as some of these extensions change Sphinx for good.
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx_builds import html_rows, write_files

if TYPE_CHECKING:
    from pathlib import Path

PLANETS = "Planet,Moons\nJupiter,95\nSaturn,146\n"
ROWS = [["Planet", "Moons"], ["Jupiter", "95"], ["Saturn", "146"]]
MORE = PLANETS + "Uranus,28\n"
READ = 'pd.read_csv("planets.csv")'

TABLE = f"""\
.. df-table:: Giants

   {READ}
"""

SECTION = f"Moons\n=====\n\n{TABLE}"
MYST = f"# Moons\n\n```{{df-table}} Giants\n{READ}\n```\n"


def indented(text: str) -> str:
    return "".join(f"   {line}\n" if line else "\n" for line in text.split("\n"))


def notebook(*cells: dict[str, Any]) -> str:
    """A notebook as Jupyter stores it."""
    cells_with_ids = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps(
        {"cells": cells_with_ids, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


RESULT = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
CODE = {
    "cell_type": "code",
    "execution_count": 1,
    "metadata": {},
    "source": "6 * 7",
    "outputs": [RESULT | {"data": {"text/plain": "42"}}],
}
HEADING = {
    "cell_type": "raw",
    "metadata": {"raw_mimetype": "text/restructuredtext"},
    "source": "Moons\n=====\n",
}
RAW = HEADING | {"source": TABLE}
MARKDOWN = {
    "cell_type": "markdown",
    "metadata": {},
    "source": MYST,
}

# The page with the table in each neighbour's project, and what shows that it was at work.
PAGES: dict[str, tuple[str, str, str]] = {
    "myst_parser": ("moons.md", MYST, "h1"),
    "myst_nb": ("moons.md", MYST, "h1"),
    "myst_nb, in a notebook": ("moons.ipynb", notebook(MARKDOWN, CODE), ".cell_output"),
    "nbsphinx": ("moons.rst", SECTION, "h1"),
    "nbsphinx, in a notebook": ("moons.ipynb", notebook(HEADING, RAW, CODE), ".nboutput"),
    "jupyter_sphinx": (
        "moons.rst",
        f"{SECTION}\n.. jupyter-execute::\n\n   6 * 7\n",
        ".jupyter_cell .cell_output",
    ),
    "sphinx_tabs.tabs": (
        "moons.rst",
        f"Moons\n=====\n\n.. tabs::\n\n   .. tab:: Giants\n\n{indented(indented(TABLE))}",
        ".sphinx-tabs-panel table.df-table",
    ),
    "sphinx_design": (
        "moons.rst",
        f"Moons\n=====\n\n.. tab-set::\n\n   .. tab-item:: Giants\n\n{indented(indented(TABLE))}",
        ".sd-tab-content table.df-table",
    ),
    "sphinx_copybutton": (
        "moons.rst",
        SECTION.replace("Giants\n", "Giants\n   :show-source: above\n"),
        "script[src*=copybutton]",
    ),
    "sphinx_datatables": (
        "moons.rst",
        SECTION.replace("Giants\n", "Giants\n   :class: sphinx-datatable\n"),
        "script[src*=activate_datatables]",
    ),
}

# Notebooks are shown as they are stored.
SETTINGS = 'nbsphinx_execute = "never"\nnb_execution_mode = "off"\n'

each_neighbour = pytest.mark.parametrize("neighbour", PAGES)
in_notebooks = pytest.mark.parametrize("neighbour", [name for name in PAGES if "," in name])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    """A project with the neighbour's page, and another page with a table."""

    folder: Path

    def build(self, *options: str, builder: str = "html") -> str:
        """What Sphinx says of a build, which must go without a warning."""
        done = self.run(*options, builder=builder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *options: str, builder: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "--no-color", *options]
        folders = [str(self.folder), str(self.folder / "out" / builder)]
        command += ["-d", str(self.folder / "out" / "doctrees"), "-b", builder, *folders]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def html(self, page: str = "moons") -> BeautifulSoup:
        text = (self.folder / "out" / "html" / f"{page}.html").read_text("utf-8")
        return BeautifulSoup(text, "html.parser")

    def table(self, page: str = "moons") -> Tag:
        """The one table that df-table has made on a page."""
        [table] = self.html(page).select("table.df-table")
        return table


def site_with(neighbour: str, folder: Path, /, *, data: str = PLANETS, last: bool = False) -> Site:
    name, text, _ = PAGES[neighbour]
    extensions = ["sphinx_df_table", neighbour.partition(",")[0]]
    if last:
        extensions.reverse()
    files = {
        "conf.py": f"extensions = {extensions}\nexclude_patterns = ['out']\n{SETTINGS}",
        "index.rst": "Title\n=====\n\n.. toctree::\n\n   moons\n   plain\n",
        "plain.rst": "Plain\n=====\n\n.. df-table::\n\n   pd.DataFrame({'n': [1]})\n",
        name: text,
        "planets.csv": data,
    }
    write_files(folder, files)
    return Site(folder=folder)


@each_neighbour
def test_a_table_stands_beside_a_neighbour_through_changes(neighbour: str, tmp_path: Path) -> None:
    site = site_with(neighbour, tmp_path)
    site.build()
    assert html_rows(site.table()) == ROWS
    assert html_rows(site.table("plain")) == [["n"], ["1"]]
    assert site.html().select(PAGES[neighbour][2])

    assert "0 added, 0 changed, 0 removed" in site.build()

    write_files(tmp_path, {"planets.csv": MORE})
    # The handler of finished builds of sphinx-datatables knows no builder but those of HTML.
    builder = "html" if neighbour == "sphinx_datatables" else "latex"
    assert "0 added, 1 changed, 0 removed" in site.build(builder=builder)
    if builder == "html":
        assert html_rows(site.table()) == [*ROWS, ["Uranus", "28"]]
    else:
        [paper] = (tmp_path / "out" / "latex").glob("*.tex")
        assert "Uranus" in paper.read_text("utf-8")


@each_neighbour
def test_a_neighbour_may_be_loaded_first_and_in_parallel(neighbour: str, tmp_path: Path) -> None:
    site = site_with(neighbour, tmp_path, last=True)
    site.build("-j", "2")
    assert html_rows(site.table()) == ROWS
    assert html_rows(site.table("plain")) == [["n"], ["1"]]


def test_the_copy_button_finds_the_source_of_a_table(tmp_path: Path) -> None:
    site = site_with("sphinx_copybutton", tmp_path)
    site.build()
    # The selector that sphinx-copybutton uses unless a project says otherwise.
    [source] = site.html().select("div.highlight pre")
    assert source.get_text().strip() == READ


def test_a_table_for_datatables_is_one_that_its_script_takes(tmp_path: Path) -> None:
    site = site_with("sphinx_datatables", tmp_path)
    site.build()
    table = site.table()
    assert "sphinx-datatable" in table["class"]
    [head], [body] = table.select("thead"), table.select("tbody")
    [headings] = head.select("tr")
    assert len(headings.select("th")) == 2
    assert [len(row.select("th, td")) for row in body.select("tr")] == [2, 2]
    assert not table.select("[colspan], [rowspan], button")


@in_notebooks
def test_a_failing_snippet_in_a_notebook_is_one_warning(neighbour: str, tmp_path: Path) -> None:
    site = site_with(neighbour, tmp_path, data="")
    done = site.run(builder="dummy")
    assert done.returncode == 1
    [warning] = re.findall(r".*WARNING: .*", done.stderr)
    assert "moons.ipynb" in warning
    assert "EmptyDataError" in warning
