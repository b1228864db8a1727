"""A real browser, and sites in the themes that people use, for tests of what a reader sees."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Locator, Page

#: The themes for every test: one without variables, one that wraps tables, and the one that
#: resets most.
THEMES = ("alabaster", "pydata_sphinx_theme", "sphinx_immaterial")

#: The themes for the tests of one page that holds everything.
ALL_THEMES = (
    *THEMES,
    "furo",
    "piccolo_theme",
    "shibuya",
    "sphinx_book_theme",
    "sphinx_rtd_theme",
    "sphinxawesome_theme",
)

DOCS = Path(__file__).parents[3] / "docs"


def _parametrize_themes(names: Sequence[str]) -> pytest.MarkDecorator:
    """One group of tests a theme, so that each site is built once, by any number of processes."""
    groups = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]
    return pytest.mark.parametrize("theme", groups, indirect=True)


each_theme = _parametrize_themes(THEMES)
all_themes = _parametrize_themes(ALL_THEMES)


def built_site(source: Path, output: Path, *options: str, theme: str) -> Path:
    """Build a project in a process of its own, as authors do; fail if it warns.

    sphinx-immaterial must be an extension, too, and asks another host for fonts.
    """
    if theme == "sphinx_immaterial":
        with (source / "conf.py").open("a", encoding="utf-8") as conf:
            conf.write('extensions += ["sphinx_immaterial"]\n')
            conf.write('html_theme_options = {"font": False}\n')
    command = [sys.executable, "-m", "sphinx", "-nW", "--keep-going", "-q", *options]
    command += ["-D", f"html_theme={theme}", str(source), str(output)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONWARNINGS": ""})
    return output


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reader:
    """Opens pages of one site as a reader does."""

    browser: Browser
    site: Path

    def open(
        self, name: str = "index.html", *, width: int = 1440, address: str = "", **context: Any
    ) -> Page:
        """Open a page from the disk, or from ``address``."""
        opened = self.browser.new_context(viewport={"width": width, "height": 900}, **context)
        page = opened.new_page()
        page.goto(f"{address or self.site.as_uri()}/{name}")
        return page


def region(page: Page, label: str) -> Locator:
    """The region with this name."""
    return page.get_by_role("region", name=label, exact=True)


def column(table: Locator, number: int) -> list[str]:
    """The texts of a column, as shown; hidden rows left out."""
    script = """(table, number) => [...table.tBodies[0].rows]
        .filter((row) => row.checkVisibility()).map((row) => row.cells[number].innerText.trim())"""
    found: list[str] = table.evaluate(script, number)
    return found
