"""Rows that are targets, as a reader meets them: where a link leads, and the sign beside a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from chromium import Reader, column, each_theme, region

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytest_plugins = ["readers"]


def box(found: Locator) -> dict[str, Any]:
    rectangle: Any = found.bounding_box()
    assert rectangle
    return dict(rectangle)


def sign_of(page: Page, row: str) -> Locator:
    return page.locator(f"tr#{row} a.headerlink")


@each_theme
@pytest.mark.parametrize("width", [1440, 390])
def test_a_link_leads_to_a_row_that_no_heading_covers(width: int, reader: Reader) -> None:
    page = reader.open("rows.html", width=width)
    page.get_by_role("link", name="E270", exact=True).click()
    row = page.locator("tr#codes-e270")
    page.wait_for_timeout(300)
    found, head = box(row), box(region(page, "Codes").locator("thead"))
    assert found["y"] >= head["y"] + head["height"] - 1
    assert found["y"] + found["height"] <= 900
    inside = "e => { const r = e.getBoundingClientRect();"
    inside += " return e.contains(document.elementFromPoint(r.left + 9, r.top + r.height / 2)) }"
    assert row.locator("th").evaluate(inside)


@each_theme
def test_the_sign_shows_under_the_pointer_and_takes_no_room(reader: Reader) -> None:
    page = reader.open("rows.html")
    for row in ("codes-e0", "beside-e3"):
        sign = sign_of(page, row)
        cell = page.locator(f"tr#{row} :is(th, td):has(.headerlink)")
        assert not sign.is_visible() or box(sign)["width"] == 0
        before = box(cell) | {"y": 0}
        assert sign.evaluate("e => getComputedStyle(e).visibility") == "hidden"
        cell.hover()
        assert sign.evaluate("e => getComputedStyle(e).visibility") == "visible"
        assert sign.evaluate("e => getComputedStyle(e).opacity") == "1"
        assert sign.evaluate("e => getComputedStyle(e).userSelect") == "none"
        assert box(cell) | {"y": 0} == before


def test_the_sign_is_neither_copied_nor_searched_nor_printed(reader: Reader) -> None:
    page = reader.open("rows.html")
    script = """id => { const s = getSelection(); s.selectAllChildren(document.getElementById(id));
        return s.toString() }"""
    assert page.evaluate(script, "codes-e7").split() == ["E7", "7", "what", "it", "means"]
    table = region(page, "Beside").locator("table")
    page.get_by_role("searchbox", name="Search Beside").fill("\N{PILCROW SIGN}")
    assert column(table, 0) == []
    page.emulate_media(media="print")
    assert sign_of(page, "codes-e0").evaluate("e => getComputedStyle(e).display") == "none"


def test_rows_are_sorted_by_the_text_without_the_sign(reader: Reader) -> None:
    page = reader.open("rows.html")
    found = region(page, "Codes")
    found.get_by_role("button", name="Code").click()
    assert column(found.locator("table"), 1)[:3] == ["0", "1", "2"]
    found.get_by_role("button", name="Code").click()
    assert column(found.locator("table"), 1)[:3] == ["299", "298", "297"]


@each_theme
def test_right_to_left_texts_stay_on_the_side_of_their_column(reader: Reader) -> None:
    page = reader.open("rows.html")
    cells = region(page, "Beside").locator("tbody td:nth-child(3)")
    assert [cell.get_attribute("dir") for cell in cells.all()] == ["auto", None, "auto", None]
    script = "e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign]"
    assert cells.nth(0).evaluate(script) == ["rtl", "left"]
