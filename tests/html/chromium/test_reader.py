"""What a reader meets in a browser: tables that scroll, sort, can be searched, and are named."""

from __future__ import annotations

import functools
import gzip
import http.server
import itertools
import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chromium import DOCS, Reader, built_site, column, each_theme, region

import sphinx_df_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

pytest_plugins = ["readers"]

WIDE = "Throughput optimized"
LONG = "Latency of every model on every instance, a caption that is wider than a telephone"
WIDTHS = pytest.mark.parametrize("width", [1440, 390])


def scroll_to(found: Locator, left: int, top: int = 0) -> None:
    found.evaluate("(r, [left, top]) => { r.scrollLeft = left; r.scrollTop = top }", [left, top])


def box(found: Locator) -> dict[str, float]:
    rectangle: Any = found.bounding_box()
    assert rectangle
    return dict(rectangle)


def style(found: Locator, name: str) -> str:
    value: str = found.evaluate("(e, name) => getComputedStyle(e).getPropertyValue(name)", name)
    return value


def fade(found: Locator) -> float:
    return float(style(found, "--df-table-fade").removesuffix("px"))


# Wide tables


@each_theme
def test_a_region_has_a_name_and_can_be_focused_and_scrolled_by_keys(reader: Reader) -> None:
    page = reader.open()
    names = page.evaluate(
        "[...document.querySelectorAll('.df-table-region')].map(r => r.ariaLabel)"
    )
    assert names == [WIDE, "Latency optimized", LONG, "Two rows of headings", "Planets", "Looks"]
    wide = region(page, WIDE)
    assert wide.get_attribute("tabindex") == "0"
    wide.focus()
    assert wide.evaluate("(r) => r === document.activeElement")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.df-table-region').scrollLeft > 0")
    long = region(page, LONG)
    long.focus()
    page.keyboard.press("PageDown")
    page.wait_for_function("scrollY > 0")


@each_theme
@WIDTHS
def test_headings_stay_in_view(width: int, reader: Reader) -> None:
    page = reader.open(width=width)
    long = region(page, LONG)
    scroll_to(long, 300)
    row = long.locator("tbody tr").nth(40)
    row.evaluate("(r) => r.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(200)
    around, head = box(long), box(long.locator("thead"))
    assert around["y"] < 0 <= head["y"] < 200
    stub, model = row.locator("th").first, long.locator("thead th").first
    for pinned in (stub, model):
        assert box(pinned)["x"] == pytest.approx(around["x"], abs=2)
        assert box(pinned)["width"] < around["width"] * 0.6
    if width == 1440:
        second = row.locator("th").nth(1)
        assert box(second)["x"] == pytest.approx(around["x"] + box(stub)["width"], abs=2)
    # What is covered cannot be seen through what covers it.
    for cell in (stub, model):
        transparent = {"rgba(0, 0, 0, 0)", "transparent"}
        assert style(cell, "background-color") not in transparent


@each_theme
def test_the_region_is_as_high_as_the_site_wants(reader: Reader) -> None:
    page = reader.open()
    page.add_style_tag(content=":root { --df-table-max-height: 200px }")
    assert box(region(page, LONG))["height"] <= 201


@each_theme
def test_numbers_stand_on_the_right_in_digits_of_one_width(reader: Reader) -> None:
    page = reader.open()
    for cell in region(page, WIDE).locator("tbody tr").first.locator(".text-right").all()[:3]:
        assert style(cell, "text-align") == "right"
        assert style(cell, "font-variant-numeric") == "tabular-nums"
        paragraph = cell.locator("p")
        assert style(paragraph, "text-align") == "right"


@each_theme
@WIDTHS
def test_the_caption_stays_at_the_edge_that_is_seen(width: int, reader: Reader) -> None:
    page = reader.open(width=width)
    long = region(page, LONG)
    scroll_to(long, 300)
    caption, around = box(long.locator("caption")), box(long)
    assert caption["x"] == pytest.approx(around["x"], abs=2)
    assert caption["x"] + caption["width"] <= around["x"] + around["width"] + 1
    assert style(long.locator("caption"), "text-align") in {"left", "start"}


@each_theme
@WIDTHS
def test_a_long_caption_makes_no_table_scroll(width: int, reader: Reader) -> None:
    little = reader.open("shapes.html", width=width).locator(".df-table-region").last
    assert "the same in each row" in little.locator("caption").inner_text()
    assert little.evaluate("(r) => r.scrollWidth <= r.clientWidth")


@each_theme
@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_columns_can_be_seen_to_be_there(width: int, scheme: str, reader: Reader) -> None:
    page = reader.open(width=width, color_scheme=scheme)
    wide = region(page, WIDE)
    assert wide.evaluate("(r) => r.scrollWidth > r.clientWidth")
    assert fade(wide) > 20
    assert "linear-gradient" in style(wide, "mask-image")
    scroll_to(wide, 100_000)
    page.wait_for_timeout(100)
    assert fade(wide) == 0
    planets = region(page, "Planets")
    assert planets.evaluate("(r) => r.scrollWidth === r.clientWidth")
    assert fade(planets) == 0


@each_theme
@WIDTHS
@pytest.mark.parametrize("name", ["index.html", "sorting.html"])
def test_the_page_itself_does_not_overflow(width: int, name: str, reader: Reader) -> None:
    page = reader.open(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@each_theme
def test_nothing_else_scrolls_and_no_id_is_there_twice(reader: Reader) -> None:
    page = reader.open(width=390)
    page.wait_for_timeout(200)
    around = page.evaluate(
        """() => [...document.querySelectorAll('.df-table-region')].flatMap((region) => {
          const scrolls = (e) => /auto|scroll/.test(getComputedStyle(e).overflowX)
            && getComputedStyle(e).display !== 'contents';
          const found = [...region.querySelectorAll('div')].filter(scrolls);
          for (let e = region.parentElement; e && e.tagName !== 'BODY'; e = e.parentElement) {
            if (scrolls(e) && e.scrollWidth > e.clientWidth) found.push(e);
          }
          return found.map((e) => e.className);
        })"""
    )
    assert around == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    ours = [name for name in ids if name == "long" or name.startswith("id")]
    assert "long" in ours
    assert len(ours) == len(set(ours))


@each_theme
def test_what_stands_below_begins_where_the_table_does(reader: Reader) -> None:
    page = reader.open()
    planets = region(page, "Planets")
    note = page.locator(".df-table-rows")
    assert note.inner_text() == "showing 3 of 4 rows"
    assert box(note)["x"] == pytest.approx(box(planets.locator("table"))["x"], abs=2)


@pytest.mark.parametrize("theme", ["alabaster", "sphinx_rtd_theme"], indirect=True)
@pytest.mark.parametrize("label", ["Half", "Half to the left", "Half to the right"])
def test_a_table_of_given_width_stands_where_it_is_wanted(label: str, reader: Reader) -> None:
    page = reader.open("shapes.html")
    found = region(page, label)
    around, table = box(found), box(found.locator("table"))
    assert table["width"] == pytest.approx(around["width"] / 2, abs=2)
    left = table["x"] - around["x"]
    expected = {"Half": 0.25, "Half to the left": 0, "Half to the right": 0.5}[label]
    assert left == pytest.approx(around["width"] * expected, abs=2)


@WIDTHS
def test_no_row_heading_takes_all_the_room(width: int, reader: Reader) -> None:
    page = reader.open("shapes.html", width=width)
    found = region(page, "Long words")
    scroll_to(found, 200)
    around, stub = box(found), box(found.locator("tbody th").first)
    assert stub["x"] == pytest.approx(around["x"], abs=2)
    assert stub["width"] < around["width"] * 0.6


def test_four_row_headings_stay_in_view(reader: Reader) -> None:
    page = reader.open("shapes.html")
    found = region(page, "Four levels")
    scroll_to(found, 400)
    cells = [box(cell) for cell in found.locator("tbody tr").nth(1).locator("th").all()]
    assert len(cells) == 4
    assert cells[0]["x"] == pytest.approx(box(found)["x"], abs=2)
    for one, next_one in itertools.pairwise(cells):
        assert next_one["x"] == pytest.approx(one["x"] + one["width"], abs=2)


def test_no_heading_covers_a_link_that_has_the_focus(reader: Reader) -> None:
    page = reader.open("shapes.html", width=390)
    found = region(page, "Links")
    links = found.get_by_role("link")
    links.last.focus()
    for _ in range(links.count() - 1):
        page.keyboard.press("Shift+Tab")
        is_seen = page.evaluate(
            """() => {
              const link = document.activeElement, { x, y, width, height } =
                link.getBoundingClientRect();
              return link.contains(document.elementFromPoint(x + width / 2, y + height / 2));
            }"""
        )
        assert is_seen


def test_tables_in_what_fits_its_content_do_not_widen_the_page(reader: Reader) -> None:
    page = reader.open("shapes.html", width=390)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert region(page, "Inside").is_visible()


@each_theme
def test_print_shows_the_whole_table(reader: Reader) -> None:
    page = reader.open(width=700)
    page.get_by_label(f"Search {LONG}").fill("no such model")
    page.emulate_media(media="print")
    for label in (WIDE, LONG):
        found = region(page, label)
        assert style(found, "overflow-x") == "visible"
        assert style(found, "max-height") == "none"
        table, around = box(found.locator("table")), box(found)
        assert table["width"] <= around["width"] + 1
        assert found.locator("tbody tr").last.is_visible()
    assert not page.locator(".df-table-search").first.is_visible()


@each_theme
def test_nothing_of_a_page_on_paper_is_lost(reader: Reader, tmp_path: Path) -> None:
    page = reader.open("shapes.html")
    page.pdf(path=tmp_path / "page.pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    squeezed = "".join(text.split())
    for number in range(21):
        assert f"{number + 1000}" in squeezed


# Sorting


def button(table: Locator, name: str) -> Locator:
    return table.get_by_role("button", name=name, exact=True)


KINDS = {
    "Name": ["adam", "émile", "Item 9", "item 10", "Zoe"],
    "Number": ["-2.0 W", "9.0 W", "10.5 W", "1,000.0 W", "n/a"],
    "Cost": ["-$3.0", "$2.5", "$10.0", "$1,000.0", ""],
    "Date": ["05 May 1999", "31 Dec 2023", "01 Jan 2024", "02 Jan 2024", "n/a"],
    "Size": ["S", "M", "M", "L", "n/a"],
    "Big": ["1", "2", "9223372036854775808", "9223372036854775809", "n/a"],
    "Link": ["a", "b", "c", "z", ""],
}


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_rows_are_sorted_by_value_with_missing_ones_last(number: int, reader: Reader) -> None:
    name, up = list(KINDS.items())[number]
    page = reader.open("sorting.html")
    table = region(page, "Kinds").locator("table")
    before = column(table, number)
    heading = table.get_by_role("columnheader", name=name)
    missing = [text for text in up if text in {"", "n/a"}]
    values = up[: len(up) - len(missing)]
    button(table, name).click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(table, number) == up
    button(table, name).click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(table, number) == [*reversed(values), *missing]
    button(table, name).click()
    assert heading.get_attribute("aria-sort") is None
    assert column(table, number) == before


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_buttons_are_pressed_by_keys_and_keep_the_focus(key: str, reader: Reader) -> None:
    page = reader.open("sorting.html")
    table = region(page, "Kinds").locator("table")
    pressed = button(table, "Number")
    pressed.focus()
    page.keyboard.press(key)
    assert (
        table.get_by_role("columnheader", name="Number").get_attribute("aria-sort") == "ascending"
    )
    assert pressed.evaluate("(b) => b === document.activeElement")
    button(table, "Cost").click()
    assert table.locator("[aria-sort]").count() == 1


def test_rows_of_two_headings_are_sorted_by_the_lower_one(reader: Reader) -> None:
    page = reader.open()
    table = region(page, "Two rows of headings").locator("table")
    names = [found.inner_text() for found in table.get_by_role("button").all()]
    assert names == ["Model", "Instance", "P50", "P99", "P50", "P99"]
    table.get_by_role("button").nth(3).click()
    table.get_by_role("button").nth(4).click()
    assert column(table, 4) == ["-5", "-4", "-3", "-2", "-1", "0"]
    button(table, "Instance").click()
    assert column(table, 0) == ["bert-large", "distilbert", "roberta"] * 2


def test_a_table_in_a_hidden_tab_can_be_sorted_and_keeps_its_headings(reader: Reader) -> None:
    page = reader.open(width=390)
    hidden = page.locator(".df-table-region").nth(1)
    assert not hidden.is_visible()
    page.get_by_text("Latency optimized").click()
    table = hidden.locator("table")
    button(table, "Latency P50 (ms)").click()
    shown = [float(text) for text in column(table, 6)]
    assert shown == sorted(shown)
    scroll_to(hidden, 200)
    assert box(table.locator("tbody th").first)["x"] == pytest.approx(box(hidden)["x"], abs=2)


def test_stripes_stay_where_they_are(reader: Reader) -> None:
    page = reader.open("sorting.html")
    rows = region(page, "Kinds").locator("tbody")
    classes = "(body) => [...body.rows].map((row) => row.className)"
    before = rows.evaluate(classes)
    button(rows.locator(".."), "Number").click()
    assert rows.evaluate(classes) == before


def test_a_footer_stays_at_the_end(reader: Reader) -> None:
    page = reader.open("sorting.html")
    table = region(page, "Styled").locator("table")
    for expected in (["1.0", "2.0"], ["2.0", "1.0"]):
        button(table, "v").click()
        assert column(table, 1) == [*expected, "n/a", "3.0", "1.5"]


def test_one_row_has_nothing_to_sort(reader: Reader) -> None:
    page = reader.open("sorting.html")
    assert region(page, "Single").get_by_role("button").count() == 0


def test_rows_that_span_are_not_sorted(reader: Reader) -> None:
    page = reader.open("sorting.html")
    assert region(page, "Spans").locator("[rowspan='2']").count() == 1
    assert region(page, "Spans").get_by_role("button").count() == 0


def test_headings_keep_their_markup(reader: Reader) -> None:
    page = reader.open("sorting.html")
    table = region(page, "Marked up headings").locator("table")
    assert table.get_by_role("link", name="Site").get_attribute("href") == "https://example.org"
    assert table.locator("button a, a button").count() == 0
    button(table, "Sort by Site").click()
    assert column(table, 0) == ["1", "2"]
    button(table, "Sort by column 2").click()
    assert column(table, 1) == ["1", "2"]
    assert table.locator("button em").inner_text() == "Slanted"


# Searching


def test_rows_that_do_not_have_all_words_are_hidden_and_it_is_said(reader: Reader) -> None:
    page = reader.open("sorting.html")
    words = region(page, "Words")
    box_ = page.get_by_role("searchbox", name="Search Words")
    assert page.get_by_role("searchbox").count() == 1
    status = page.get_by_role("status")
    box_.fill("ZURICH")
    assert column(words.locator("table"), 0) == ["Zürich"]
    assert status.inner_text() == "1 of 3 rows"
    box_.fill("lake gen")
    assert column(words.locator("table"), 0) == ["Genève"]
    box_.fill("sea")
    assert column(words.locator("table"), 0) == []
    assert status.inner_text() == "No row matches."
    box_.fill(" ")
    assert column(words.locator("table"), 0) == ["Zürich", "Genève", "Bern"]
    assert status.inner_text() == ""


def test_the_script_speaks_the_language_of_the_project(chromium: Browser, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(Path(__file__).with_name("site"), source)
    for name in ("index.rst", "kinds.rst", "plain.rst", "rows.rst", "shapes.rst"):
        (source / name).unlink()
    (source / "sorting.rst").rename(source / "index.rst")
    site = built_site(source, tmp_path / "html", "-D", "language=de", theme="alabaster")
    page = Reader(browser=chromium, site=site).open()
    page.get_by_role("searchbox", name="Suchen in: Words").fill("lake")
    assert page.get_by_role("status").inner_text() == "2 von 3 Zeilen"
    page.get_by_role("searchbox").fill("sea")
    assert page.get_by_role("status").inner_text() == "Keine Zeile passt."
    assert page.locator(".df-table-search label").inner_text().strip() == "Suchen"
    table = region(page, "Marked up headings").locator("table")
    for name in ("Sortieren nach Site", "Sortieren nach Spalte 2"):
        button(table, name).click()
    assert column(table, 1) == ["1", "2"]
    page.context.close()


def test_sorting_leaves_hidden_rows_hidden(reader: Reader) -> None:
    page = reader.open()
    found = region(page, LONG)
    page.get_by_label(f"Search {LONG}").fill("xlm")
    count = len(column(found.locator("table"), 0))
    assert 0 < count < 96
    button(found, "Run").click()
    runs = [int(text) for text in column(found.locator("table"), 1)]
    assert len(runs) == count
    assert runs == sorted(runs)


def test_row_headings_stay_apart_while_rows_are_hidden(reader: Reader) -> None:
    page = reader.open()
    found = region(page, LONG)
    before = found.locator("table").get_attribute("style")
    page.get_by_label(f"Search {LONG}").fill("xlm")
    page.wait_for_timeout(200)
    scroll_to(found, 300)
    row = found.locator("tbody tr:not([hidden])").first
    first, second = box(row.locator("th").nth(0)), box(row.locator("th").nth(1))
    assert second["x"] == pytest.approx(first["x"] + first["width"], abs=2)
    page.get_by_label(f"Search {LONG}").fill("")
    page.wait_for_timeout(200)
    assert found.locator("table").get_attribute("style") == before


# Assets


def test_without_script_all_is_there_and_nothing_is_dead(reader: Reader) -> None:
    page = reader.open(java_script_enabled=False)
    assert page.get_by_role("searchbox", name=f"Search {LONG}").count() == 0
    assert region(page, LONG).get_by_role("button").count() == 0
    assert page.locator("table.df-table").nth(2).locator("tbody tr").count() == 96


def test_motion_is_none_of_ours(reader: Reader) -> None:
    page = reader.open("sorting.html", reduced_motion="reduce")
    button(region(page, "Kinds"), "Number").click()
    timed = "document.getAnimations().filter((a) => a.timeline instanceof DocumentTimeline).length"
    assert page.evaluate(timed) == 0


class _Strict(http.server.SimpleHTTPRequestHandler):
    """A server of files that allows pages nothing but what is their own."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def strict_server(sites: Callable[[str], Path]) -> Iterator[str]:
    handler = functools.partial(_Strict, directory=str(sites("alabaster")))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_all_works_under_a_strict_policy_and_asks_no_other_host(
    strict_server: str, reader: Reader
) -> None:
    page = reader.open("plain.html", address=strict_server)
    requested: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{strict_server}/sorting.html")
    table = region(page, "Kinds").locator("table")
    button(table, "Number").click()
    assert column(table, 1) == KINDS["Number"]
    page.get_by_role("searchbox").fill("bern")
    assert column(region(page, "Words").locator("table"), 0) == ["Bern"]
    assert any("df-table.js" in url for url in requested)
    assert all(url.startswith(strict_server) for url in requested)
    # Whoever made the page around our tables may have inline styles.
    ours = "document.querySelectorAll('.df-table-box script, .df-table-box style').length"
    assert page.evaluate(ours) == 0
    assert not [text for text in problems if "df-table" in text]
    # Colours of a Styler are the author's, and are there in spite of the policy.
    page.goto(f"{strict_server}/index.html")
    cell = region(page, "Looks").locator("tbody tr").nth(1).locator("td").nth(1)
    assert style(cell, "background-color") == "rgb(253, 231, 37)"
    page.goto(f"{strict_server}/shapes.html")
    half = region(page, "Half")
    assert box(half.locator("table"))["width"] == pytest.approx(box(half)["width"] / 2, abs=2)


@pytest.mark.parametrize("name", ["df-table.css", "df-table.js", "df-table-rows.js"])
def test_what_is_sent_is_small(name: str) -> None:
    """As shipped, comments and all, in the compression that servers use unless told otherwise."""
    content = (Path(sphinx_df_table.__file__).parent / "html" / "static" / name).read_bytes()
    size = len(gzip.compress(content, 6))
    print(f"{name}: {len(content)} bytes, {size} sent")
    assert size <= 4000


# Everyone


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, from npm."""
    npm = shutil.which("npm")
    assert npm, "These tests need npm: apt-get install npm"
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "axe-core@4"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds in our tables, hidden tabs opened."""
    page.evaluate(
        "document.querySelectorAll('.sd-tab-content').forEach((e) => e.style.display = 'block')"
    )
    page.evaluate(axe)
    found: str = page.evaluate(
        """async () => {
          if (!document.querySelector('.df-table-box')) return '[]';
          const { violations } = await axe.run({ include: ['.df-table-box'] });
          return JSON.stringify(violations.flatMap(({ id, nodes }) =>
            nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)));
        }"""
    )
    return list(json.loads(found))


@each_theme
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_our_tables(scheme: str, reader: Reader, axe: str) -> None:
    found = {}
    for name in ("index.html", "sorting.html", "controls.html", "filters.html", "long.html"):
        page = reader.open(name, color_scheme=scheme)
        if name == "sorting.html":
            button(region(page, "Kinds"), "Number").click()
        found[name] = violations(page, axe)
    assert not any(found.values()), found


@each_theme
def test_axe_finds_nothing_in_the_tables_of_the_documentation(
    theme: str, chromium: Browser, axe: str, tmp_path: Path
) -> None:
    source = shutil.copytree(DOCS, tmp_path / "source")
    site = built_site(source, tmp_path / "html", theme=theme)
    documentation = Reader(browser=chromium, site=site)
    pages = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    shown = [name for name in pages if "df-table-box" in (site / name).read_text("utf-8")]
    assert len(shown) > 8
    found = [
        f"{name}: {problem}"
        for name in shown
        for problem in violations(documentation.open(name), axe)
    ]
    assert not found, "\n".join(found)
