"""Long tables in a browser: the first rows at first, fast controls, headings that stay in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from chromium import Reader, column, each_theme, region

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytest_plugins = ["readers"]

#: Displays all rows of the table, as all browsers without the script do.
SHOW_ALL = "document.querySelector('.df-table-more').click()"

#: Milliseconds of work and layout: the median of sorts by several columns, and of key presses.
TIMES = """() => {
  const table = document.getElementById("log");
  const input = document.querySelector("input[type=search]");
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const time = (work) => {
    const start = performance.now();
    work();
    document.body.offsetHeight;
    return performance.now() - start;
  };
  const press = (text) => {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  };
  const sort = (number) => table.querySelectorAll("thead button")[number].click();
  sort(0);
  press("z");
  press("");
  return {
    sort: median([2, 3, 4, 2, 3, 4, 2].map((number) => time(() => sort(number)))),
    press: median(["e", "zu", "", "job", "r", "", "b", "run", ""].map((text) =>
      time(() => press(text)))),
  };
}"""


def box(found: Locator) -> dict[str, float]:
    rectangle: Any = found.bounding_box()
    assert rectangle
    return dict(rectangle)


def shown(page: Page, name: str) -> int:
    count: int = page.locator(f"#{name} tbody tr:not([hidden])").count()
    return count


def wheel(page: Page, distance: int) -> float:
    """How far the page moves when the wheel is turned in the middle of the window."""
    before = page.evaluate("scrollY")
    page.mouse.move(700, 450)
    for _ in range(distance // 100):
        page.mouse.wheel(0, 100)
    page.wait_for_timeout(300)
    moved: float = page.evaluate("scrollY") - before
    return moved


def go_to_row(page: Page, name: str, number: int) -> None:
    row = page.locator(f"#{name} tbody tr").nth(number)
    row.evaluate("(row) => row.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(300)


# The first rows


@each_theme
def test_the_first_100_rows_are_displayed_and_a_button_displays_the_others(reader: Reader) -> None:
    page = reader.open("long.html")
    assert [shown(page, name) for name in ("log", "errors", "wide")] == [100, 100, 120]
    buttons = page.locator(".df-table-more")
    assert buttons.all_inner_texts() == ["Show all 3,000 rows", "Show all 250 rows"]
    below = box(region(page, "Log"))
    assert box(buttons.first)["y"] >= below["y"] + below["height"] - 1
    buttons.first.click()
    assert shown(page, "log") == 3000
    assert buttons.all_inner_texts() == ["", "Show all 250 rows"] or not buttons.first.is_visible()
    assert region(page, "Log").evaluate("(r) => r === document.activeElement")


def test_all_rows_are_sorted_and_searched(reader: Reader) -> None:
    page = reader.open("long.html")
    log = region(page, "Log")
    button = page.locator(".df-table-more").first
    log.get_by_role("button", name="Job", exact=True).click()
    assert column(log.locator("table"), 0) == [f"job {number}" for number in range(100)]
    page.get_by_role("searchbox").fill("zurich")
    assert page.get_by_role("status").inner_text() == "750 of 3,000 rows"
    assert button.inner_text() == "Show all 750 rows"
    assert set(column(log.locator("table"), 1)) == {"Zürich"}
    page.get_by_role("searchbox").fill("job 2999")
    assert column(log.locator("table"), 0) == ["job 1081", "job 2999"]
    assert not button.is_visible()
    page.get_by_role("searchbox").fill("")
    log.get_by_role("button", name="Job", exact=True).click()
    assert column(log.locator("table"), 0)[:2] == ["job 2999", "job 2998"]


def test_all_rows_are_there_without_script_and_on_paper_in_order(
    reader: Reader, tmp_path: Path
) -> None:
    plain = reader.open("long.html", java_script_enabled=False)
    assert plain.locator("#log tbody tr").count() == 3000
    assert plain.locator("#log tbody tr").last.is_visible()
    page = reader.open("long.html")
    region(page, "Log").get_by_role("button", name="Count", exact=True).click()
    region(page, "Log").get_by_role("button", name="Count", exact=True).click()
    page.pdf(path=tmp_path / "long.pdf")
    numbers = (
        "[...document.getElementById('log').tBodies[0].rows].map((r) => +r.cells[7].innerText)"
    )
    assert page.evaluate(numbers) == [*range(2999, -1, -1)]
    page.emulate_media(media="print")
    assert page.locator("#log tbody tr").last.is_visible()
    assert not page.locator(".df-table-more").first.is_visible()


def test_a_sort_and_a_key_press_take_a_tenth_of_what_all_rows_take(reader: Reader) -> None:
    """Both are timed in one run, with layout."""
    times = {}
    for name, script in (("first", "0"), ("all", SHOW_ALL), ("again", "0")):
        page = reader.open("long.html")
        page.evaluate(script)
        times[name] = page.evaluate(TIMES)
        page.close()
    print(times)
    for work in ("sort", "press"):
        least = min(times[name][work] for name in ("first", "again"))
        assert least * 10 <= times["all"][work]


@pytest.mark.parametrize("hash", ["#errors-e220", "#errors-e3"])
def test_a_link_to_a_row_displays_it(hash: str, reader: Reader) -> None:  # noqa: A002
    for page in (reader.open(f"long.html{hash}"), reader.open("long.html")):
        page.evaluate("(hash) => { location.hash = hash }", hash)
        page.wait_for_timeout(400)
        row = box(page.locator(hash))
        head = box(region(page, "Errors").locator("thead"))
        assert head["y"] + head["height"] - 1 <= row["y"] <= 900


# Scrolling


@each_theme
@pytest.mark.parametrize("name", ["log", "wide"])
def test_the_wheel_over_a_table_moves_the_page(name: str, reader: Reader) -> None:
    page = reader.open("long.html")
    go_to_row(page, name, 30)
    assert wheel(page, 1000) == pytest.approx(1000, abs=50)
    assert page.locator(".df-table-region").first.evaluate("(r) => r.scrollTop") == 0


@each_theme
@pytest.mark.parametrize("name", ["log", "wide", "sides"])
@pytest.mark.parametrize("width", [1440, 390])
def test_headings_stick_to_the_window(width: int, name: str, reader: Reader) -> None:
    page = reader.open("long.html", width=width)
    go_to_row(page, name, 50)
    page.locator(f"#{name}").evaluate("(t) => { t.closest('.df-table-region').scrollLeft = 200 }")
    page.wait_for_timeout(200)
    head = box(page.locator(f"#{name} thead"))
    assert 0 <= head["y"] + 1 <= 200
    # It is what can be seen there.
    seen = """(table) => {
      const { top, height } = table.tHead.getBoundingClientRect();
      const { left, width } = table.closest('.df-table-region').getBoundingClientRect();
      const x = left + Math.min(width, innerWidth) / 2;
      const found = document.elementFromPoint(x, top + height / 2);
      return table.tHead.contains(found);
    }"""
    assert page.locator(f"#{name}").evaluate(seen)
    # Cells of one column stay in line.
    cells = """(t) => [t.tHead.rows[0].cells[2], t.tBodies[0].rows[50].cells[2]]
      .map((cell) => cell.getBoundingClientRect().x)"""
    first, second = page.locator(f"#{name}").evaluate(cells)
    assert first == pytest.approx(second, abs=1)


def test_headings_stop_at_the_end_of_their_table(reader: Reader) -> None:
    page = reader.open("long.html")
    for name in ("log", "wide"):
        last = page.locator(f"#{name} tbody tr:not([hidden])").last
        last.evaluate("(row) => { scrollBy(0, row.getBoundingClientRect().top - 5) }")
        page.wait_for_timeout(300)
        table, head = box(page.locator(f"#{name}")), box(page.locator(f"#{name} thead"))
        assert head["y"] + head["height"] <= table["y"] + table["height"] + 2


@each_theme
def test_headings_stick_below_what_the_theme_keeps_at_the_top(reader: Reader) -> None:
    page = reader.open("long.html")
    page.add_style_tag(
        content="#bar { position: fixed; inset: 0 0 auto; height: 70px; z-index: 99 }"
    )
    page.evaluate(
        """() => document.body.append(
          Object.assign(document.createElement("div"), { id: "bar", textContent: "Header" }))"""
    )
    for name in ("log", "wide"):
        go_to_row(page, name, 50)
        assert 69 <= box(page.locator(f"#{name} thead"))["y"] <= 150
    page.add_style_tag(content=":root { --df-table-top: 160px }")
    page.wait_for_timeout(200)
    assert box(page.locator("#wide thead"))["y"] == pytest.approx(160, abs=2)


def test_a_site_may_still_limit_the_height_of_tables(reader: Reader) -> None:
    page = reader.open("long.html")
    page.add_style_tag(content=":root { --df-table-max-height: 300px }")
    page.wait_for_timeout(300)
    for label in ("Log", "Wide"):
        found = region(page, label)
        found.scroll_into_view_if_needed()
        assert box(found)["height"] <= 301
        found.evaluate("(r) => { r.scrollTop = 500 }")
        assert box(found.locator("thead"))["y"] == pytest.approx(box(found)["y"], abs=2)


def test_a_wide_table_has_a_scrollbar_in_view(reader: Reader) -> None:
    page = reader.open("long.html")
    go_to_row(page, "wide", 50)
    wide = region(page, "Wide")
    bar = page.locator("#wide").locator("xpath=../following-sibling::div[1]")
    assert box(bar)["y"] + box(bar)["height"] == pytest.approx(900, abs=2)
    bar.evaluate("(b) => { b.scrollLeft = 150 }")
    page.wait_for_timeout(200)
    assert wide.evaluate("(r) => r.scrollLeft") == 150
    wide.evaluate("(r) => { r.scrollLeft = 40 }")
    page.wait_for_timeout(200)
    assert bar.evaluate("(b) => b.scrollLeft") == 40


@each_theme
@pytest.mark.parametrize("name", ["log", "sides"])
def test_a_sort_shows_the_top_of_the_table(name: str, reader: Reader) -> None:
    page = reader.open("long.html")
    go_to_row(page, name, 60)
    table = page.locator(f"#{name}")
    table.evaluate("(t) => { t.closest('.df-table-region').scrollLeft = 100 }")
    before = table.evaluate("(t) => t.closest('.df-table-region').scrollLeft")
    table.locator("thead button").nth(4).click()
    page.wait_for_timeout(300)
    head, row = box(table.locator("thead")), box(table.locator("tbody tr").first)
    assert head["y"] >= -1
    assert head["y"] + head["height"] <= row["y"] + 3
    assert row["y"] < 700
    assert table.evaluate("(t) => t.closest('.df-table-region').scrollLeft") == before
