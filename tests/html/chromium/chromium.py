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
    from playwright.sync_api import Browser, Locator, Page

THEMES = (
    "alabaster",
    "furo",
    "pydata_sphinx_theme",
    "sphinx_book_theme",
    "sphinx_rtd_theme",
)

DOCS = Path(__file__).parents[3] / "docs"

#: One group of tests a theme, so that each site is built once, whatever the number of processes.
each_theme = pytest.mark.parametrize(
    "theme",
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in THEMES],
    indirect=True,
)


def built_site(source: Path, output: Path, *options: str) -> Path:
    """Build a project in a process of its own, as authors do; fail if it warns."""
    command = [sys.executable, "-m", "sphinx", "-nW", "--keep-going", "-q", *options]
    subprocess.run(
        [*command, str(source), str(output)], check=True, env={**os.environ, "PYTHONWARNINGS": ""}
    )
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
