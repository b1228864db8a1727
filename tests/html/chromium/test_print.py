"""What a reader prints from the browser: whole numbers, headings on each page, dark letters."""

from __future__ import annotations

import html
import re
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from chromium import Reader, each_theme, region

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytest_plugins = ["readers"]

#: The tables of ``kinds.rst``: a heading, and how data that only this table has begins.
TABLES: Final = {
    "Results of forty models": ("Organisation", r"-\d+B-Instruct"),
    "Three hundred parts": ("Description", r"\bE1\d\d\d\b"),
    "Encoder models": ("Framework", r"trn1\.\d+xlarge"),
}

#: The points of a PDF in an inch, and the pixels that pages are drawn with.
_POINTS: Final = 72
_PIXELS: Final = 144


def print_page(page: Page, path: Path, paper: str = "A4") -> list[str]:
    """The texts of the pages of paper."""
    page.pdf(path=path, format=paper)
    command = ["pdftotext", "-layout", str(path), "-"]
    found = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [" ".join(text.split()) for text in found.split("\f")[:-1]]


def short_texts(page: Page, label: str) -> list[str]:
    """The texts of a table that must not be cut, but for those that are reordered."""
    texts: list[str] = region(page, label).evaluate(
        """(found) => [...found.querySelectorAll('tbody :is(th, td)')]
          .map((cell) => cell.textContent.replace('\\u00b6', '').trim().replace(/\\s+/g, ' '))
          .filter((text) => text && text.length <= 14 && !/[\\u0590-\\u06ff]/.test(text))"""
    )
    return texts


@each_theme
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_short_texts_are_whole_on_paper(paper: str, reader: Reader, tmp_path: Path) -> None:
    page = reader.open("kinds.html")
    labels = [found.get_attribute("aria-label") for found in page.get_by_role("region").all()]
    texts = [text for label in labels if label for text in short_texts(page, label)]
    assert len(texts) > 2400
    printed = " ".join(print_page(page, tmp_path / "page.pdf", paper))
    assert [text for text in texts if text not in printed] == []


@each_theme
def test_a_table_of_21_columns_is_whole_on_paper(reader: Reader, tmp_path: Path) -> None:
    page = reader.open("shapes.html")
    printed = " ".join(print_page(page, tmp_path / "page.pdf"))
    assert [number for number in range(1000, 1021) if f" {number} " not in printed] == []


@each_theme
def test_each_page_of_a_table_has_its_headings(reader: Reader, tmp_path: Path) -> None:
    pages = print_page(reader.open("kinds.html"), tmp_path / "page.pdf")
    for heading, data in TABLES.values():
        of_table = [text for text in pages if re.search(data, text)]
        assert of_table
        assert all(heading in text for text in of_table)
    assert sum("E1" in text and "Description" in text for text in pages) > 3


@each_theme
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_are_dark_on_paper_or_have_their_background(
    scheme: str, reader: Reader, tmp_path: Path
) -> None:
    page = reader.open("kinds.html", color_scheme=scheme)
    page.evaluate(
        """() => {
          document.documentElement.dataset.theme = document.documentElement.dataset.mode = 'dark';
          document.body.dataset.mdColorScheme = 'slate';
        }"""
        if scheme == "dark"
        else "() => {}"
    )
    path = tmp_path / "page.pdf"
    pages = print_page(page, path)
    checked = 0
    for number, text in enumerate(pages, 1):
        if "Correlations" in text or "-Instruct" in text:
            found = _find_contrasts(path, number)
            checked += len(found)
            assert [word for word, contrast in found if contrast < 100] == []
    assert checked > 250


def _find_contrasts(path: Path, number: int) -> list[tuple[str, int]]:
    """The numbers on a page, and the difference of its darkest and lightest points."""
    only = ["-f", str(number), "-l", str(number)]
    command = ["pdftotext", "-bbox", *only, str(path), "-"]
    boxes = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    command = ["pdftoppm", "-gray", "-r", str(_PIXELS), *only, str(path)]
    image = subprocess.run(command, capture_output=True, check=True).stdout
    _, size, _, points = image.split(b"\n", 3)
    width = int(size.split()[0])
    word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    found = []
    for *edges, text in word.findall(boxes):
        left, top, right, bottom = (round(float(edge) * _PIXELS / _POINTS) for edge in edges)
        if re.fullmatch(r"-?\d+\.\d+", html.unescape(text)):
            lines = [points[y * width + left : y * width + right] for y in range(top, bottom)]
            shades = b"".join(lines)
            found.append((text, max(shades) - min(shades)))
    return found


def test_paper_has_all_rows_and_no_controls(reader: Reader) -> None:
    page = reader.open("kinds.html")
    page.get_by_role("searchbox").first.fill("no such model")
    page.emulate_media(media="print")
    rows: Any = region(page, "Results of forty models").locator("tbody tr")
    assert rows.last.is_visible()
    assert not page.locator(".df-table-search").first.is_visible()
