"""What sort buttons and search fields say is true, and can be shared by the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from chromium import Reader, column, each_theme, region

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytest_plugins = ["readers"]


def box(found: Locator) -> dict[str, float]:
    rectangle: Any = found.bounding_box()
    assert rectangle
    return dict(rectangle)


def names(page: Page, label: str) -> list[str]:
    return column(region(page, label).locator("table"), 0)


def address(page: Page) -> str:
    found: str = page.evaluate("location.hash")
    return found


def sort(page: Page, label: str, heading: str) -> None:
    region(page, label).get_by_role("button", name=heading, exact=True).click()


# The address


def test_sort_and_search_of_a_named_table_are_in_the_address(reader: Reader) -> None:
    page = reader.open("controls.html")
    sort(page, "Prices", "Price")
    assert address(page) == "#prices?sort=Price"
    sort(page, "Prices", "Price")
    page.get_by_role("searchbox", name="Search Prices").fill("t a &")
    assert address(page) == "#prices?sort=-Price&q=t+a+%26"
    sort(page, "Models", "Name")
    assert address(page) == "#prices?sort=-Price&q=t+a+%26#models?sort=Name"
    shared = reader.open(f"controls.html{address(page)}")
    assert names(shared, "Prices") == names(page, "Prices")
    assert names(page, "Prices") == ["roberta & co"]
    assert names(shared, "Models") == ["bert", "llama"]
    assert shared.get_by_role("searchbox", name="Search Prices").input_value() == "t a &"
    sort(page, "Prices", "Price")
    page.get_by_role("searchbox", name="Search Prices").fill("")
    for _ in range(2):
        sort(page, "Models", "Name")
    assert "#" not in page.url
    sort(page, "Nameless", "n")
    assert "#" not in page.url


@pytest.mark.parametrize(
    ("number", "name"),
    [(2, "3"), (3, "4"), (4, "5"), (5, "Site")],
)
def test_columns_without_a_clear_heading_have_numbers(
    number: int, name: str, reader: Reader
) -> None:
    page = reader.open("controls.html")
    region(page, "Prices").locator("thead button").nth(number).click()
    assert address(page) == f"#prices?sort={name}"
    shared = reader.open(f"controls.html{address(page)}")
    assert names(shared, "Prices") == names(page, "Prices")
    assert region(shared, "Prices").locator("thead [aria-sort]").count() == 1


def test_odd_signs_survive_in_the_address(reader: Reader) -> None:
    page = reader.open("controls.html")
    for text in ("& co", "#1", "a=b?c"):
        page.get_by_role("searchbox", name="Search Prices").fill(text)
        shared = reader.open(f"controls.html{address(page)}")
        assert shared.get_by_role("searchbox", name="Search Prices").input_value() == text
        assert names(shared, "Prices") == names(page, "Prices")


def test_a_link_with_a_state_is_followed_on_the_same_page(reader: Reader) -> None:
    page = reader.open("controls.html")
    page.evaluate("() => { location.hash = 'models?q=bert' }")
    page.wait_for_timeout(200)
    assert names(page, "Models") == ["bert"]
    page.evaluate("() => { location.hash = 'end' }")
    page.wait_for_timeout(200)
    assert names(page, "Models") == ["bert"]
    page.evaluate("() => { location.hash = 'models?q=llama' }")
    page.wait_for_timeout(200)
    assert names(page, "Models") == ["llama"]
    page.evaluate("history.go(-2)")
    page.wait_for_timeout(400)
    assert names(page, "Models") == ["bert"]


def test_the_table_in_the_address_is_scrolled_to(reader: Reader) -> None:
    page = reader.open("long.html#sides?sort=Heading3")
    page.wait_for_timeout(300)
    assert -2 <= box(page.locator("#sides"))["y"] < 300
    plain = reader.open("long.html#sides")
    assert -2 <= box(plain.locator("#sides"))["y"] < 300


def test_a_table_in_a_closed_tab_is_opened_with_its_state(reader: Reader) -> None:
    page = reader.open("controls.html#tabbed?sort=n")
    page.wait_for_timeout(200)
    assert names(page, "Tabbed") == ["second", "first"]
    page = reader.open("controls.html#tabbed-first")
    page.wait_for_timeout(200)
    assert page.locator("#tabbed-first").is_visible()


@each_theme
def test_after_back_the_field_and_the_rows_agree(reader: Reader) -> None:
    page = reader.open("controls.html")
    for label in ("Prices", "Nameless"):
        page.get_by_role("searchbox", name=f"Search {label}").fill("llama")
    page.goto(page.url.split("#")[0].replace("controls", "plain"))
    page.go_back()
    page.wait_for_timeout(300)
    assert page.get_by_role("searchbox", name="Search Prices").input_value() == "llama"
    assert names(page, "Prices") == ["llama"]
    field = page.get_by_role("searchbox", name="Search Nameless")
    assert names(page, "Nameless") == (["llama"] if field.input_value() else ["llama", "bert"])


# Headings and rows


@each_theme
def test_the_whole_heading_is_the_button_but_for_its_links(reader: Reader) -> None:
    page = reader.open("controls.html")
    shares = page.evaluate(
        """() => [...document.querySelectorAll(".df-table-sort")].filter((button) =>
          button.checkVisibility()).map((button) => {
            const heading = button.closest("th, td");
            heading.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
            const { left, top, width, height } = heading.getBoundingClientRect();
            let hits = 0;
            for (let x = 0.5; x < 10; x++) for (let y = 0.5; y < 10; y++) {
              const found = document.elementFromPoint(left + width * x / 10, top + height * y / 10);
              hits += found === button || button.contains(found) || !!found.closest("a");
            }
            return hits;
          })"""
    )
    print(sum(shares) / len(shares))
    assert min(shares) >= 98
    link = region(page, "Prices").get_by_role("link", name="Site").first
    middle = """(link) => { const { left, top, width, height } = link.getBoundingClientRect();
      return link.contains(document.elementFromPoint(left + width / 2, top + height / 2)) }"""
    # At the edge of the window, a theme's header may cover it.
    link.evaluate("(link) => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
    assert link.evaluate(middle)


def test_headings_that_are_copied_hold_data_alone(reader: Reader) -> None:
    page = reader.open("controls.html")
    sort(page, "Models", "Name")
    copied = page.evaluate(
        """() => {
          const selection = getSelection();
          selection.selectAllChildren(document.getElementById("models"));
          return selection.toString();
        }"""
    )
    assert copied.split() == ["Models", "Name", "n", "bert", "2", "llama", "1"]
    assert region(page, "Models").locator("th").all_inner_texts() == ["Name", "n"]
    arrow = "(b) => getComputedStyle(b, '::after').content"
    buttons = region(page, "Models").locator("thead button")
    assert "\u2191" in buttons.nth(0).evaluate(arrow)
    assert "\u2195" in buttons.nth(1).evaluate(arrow)


@each_theme
def test_a_row_lights_up_under_the_pointer(reader: Reader) -> None:
    page = reader.open("controls.html")
    row = region(page, "Prices").locator("tbody tr").nth(1)
    row.scroll_into_view_if_needed()
    before = row.screenshot()
    row.locator("td").nth(1).hover()
    assert row.screenshot() != before
    images = row.evaluate("(r) => [...r.cells].map((c) => getComputedStyle(c).backgroundImage)")
    assert all("gradient" in image for image in images)
