"""How lines are broken: texts that are short or numbers never, headings into three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from chromium import Reader, all_themes, each_theme, region

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ["readers"]

WIDTHS = pytest.mark.parametrize("width", [1440, 390])

#: A function of JavaScript: the lines of an element.
LINES = """(element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const tops = [...range.getClientRects()].filter((r) => r.width > 1).map((r) => r.top);
  tops.sort((one, other) => one - other);
  return tops.filter((top, place) => !place || top - tops[place - 1] > 6).length;
}"""


def measure(page: Page, script: str) -> Any:
    """What a function of JavaScript returns that may call ``lines``."""
    return page.evaluate(f"() => {{ const lines = {LINES}; return ({script})(); }}")


@each_theme
@WIDTHS
def test_no_short_text_is_broken(width: int, reader: Reader) -> None:
    page = reader.open("kinds.html", width=width)
    found = measure(
        page,
        """() => {
          // On a telephone row headings are broken to leave room for data.
          const kinds = innerWidth < 600 ? 'td' : ':is(th, td)';
          const cells = [...document.querySelectorAll(`.df-table-room tbody ${kinds}`)]
            .filter((cell) => cell.innerText.trim().length && cell.innerText.trim().length <= 14);
          return [cells.length,
            cells.filter((cell) => lines(cell) > 1).map((cell) => cell.innerText)];
        }""",
    )
    assert found[0] > 2200
    assert found[1] == []


@each_theme
@WIDTHS
def test_no_heading_has_more_than_three_lines(width: int, reader: Reader) -> None:
    page = reader.open("kinds.html", width=width)
    found = measure(
        page,
        """() => [...document.querySelectorAll('table.df-table thead :is(th, td)')]
          .map((cell) => [cell.innerText, lines(cell)])""",
    )
    assert len(found) > 40
    assert [text for text, count in found if count > 3] == []


@each_theme
def test_long_texts_have_room_where_a_table_scrolls(reader: Reader) -> None:
    for width, least in ((1440, 14), (390, 10)):
        page = reader.open("kinds.html", width=width)
        cell = region(page, "Three hundred parts").locator("tbody tr").nth(9).locator("td").nth(1)
        room = cell.evaluate(
            "(cell) => { const style = getComputedStyle(cell);"
            " return parseFloat(style.width) / parseFloat(style.fontSize) }"
        )
        assert least <= room <= 22


@each_theme
def test_row_headings_in_view_take_a_third_of_a_telephone(reader: Reader) -> None:
    page = reader.open("kinds.html", width=390)
    shares = page.evaluate(
        """() => [...document.querySelectorAll('.df-table-region')].map((region) => {
          const cell = region.querySelector('tbody th');
          return cell ? cell.getBoundingClientRect().width / region.clientWidth : 0;
        })"""
    )
    assert len(shares) == 7
    assert max(shares) > 0.15
    assert max(shares) <= 0.34


@each_theme
def test_a_table_that_fits_does_not_scroll(reader: Reader) -> None:
    page = reader.open("kinds.html")
    for label in ("Staff", "Given", "Correlations"):
        assert region(page, label).evaluate("(r) => r.scrollWidth <= r.clientWidth")


@each_theme
def test_widths_that_an_author_gives_are_those_of_the_columns(reader: Reader) -> None:
    page = reader.open("kinds.html")
    widths = region(page, "Given").evaluate(
        "(r) => [...r.querySelectorAll('tbody td')].map((c) => c.getBoundingClientRect().width)"
    )
    assert widths[1] / widths[0] == pytest.approx(7 / 3, rel=0.1)


@all_themes
@WIDTHS
def test_captions_and_notes_can_be_read(width: int, reader: Reader) -> None:
    page = reader.open("kinds.html", width=width)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.df-table-box caption, .df-table-box > p')]
          .map((e) => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert len(sizes) == 8
    assert min(sizes) >= 12
