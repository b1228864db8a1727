"""What tests of readers begin with: the browser, and the pages in a theme."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import DOCS, Reader, built_site
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a window."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, "These tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The pages in ``tests/browser/site`` in a theme, built once."""
    found: dict[str, Path] = {}

    def site(theme: str) -> Path:
        if theme not in found:
            folder = tmp_path_factory.mktemp(theme)
            source = folder / "source"
            shutil.copytree(Path(__file__).with_name("site"), source)
            for path in (DOCS / "data").glob("*.csv"):
                shutil.copy(path, source)
            found[theme] = built_site(source, folder / "html", theme=theme)
        return found[theme]

    return site


@pytest.fixture
def theme(request: pytest.FixtureRequest) -> str:
    """The theme of a test: alabaster, unless it is for each."""
    return str(getattr(request, "param", "alabaster"))


@pytest.fixture
def reader(chromium: Browser, sites: Callable[[str], Path], theme: str) -> Iterator[Reader]:
    """A reader of the pages in the theme."""
    yield Reader(browser=chromium, site=sites(theme))
    for context in chromium.contexts:
        context.close()
