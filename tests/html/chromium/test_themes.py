"""Tables in nine themes, light and dark: what is ours is as it should be in each."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from chromium import Reader, all_themes, region

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytest_plugins = ["readers"]

WIDTHS = pytest.mark.parametrize("width", [1440, 390])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

BOARD = "Results of forty models"

#: How the themes are switched to dark pages.
DARK = """() => {
  const { documentElement: root, body } = document;
  root.dataset.theme = root.dataset.mode = body.dataset.theme = 'dark';
  body.dataset.mdColorScheme = 'slate';
  root.classList.add('dark');
}"""

#: The contrast of two colours, as WCAG defines it.
CONTRAST = """(...colours) => {
  const shade = (colour) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const context = canvas.getContext('2d');
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => byte / 255)
      .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = colours.map(shade).sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}"""


def open_kinds(reader: Reader, *, width: int = 1440, scheme: str = "light") -> Page:
    page = reader.open("kinds.html", width=width, color_scheme=scheme)
    if scheme == "dark":
        page.evaluate(DARK)
        page.wait_for_timeout(500)
    return page


def colours_at(page: Page, points: list[list[float]]) -> list[list[int]]:
    """The colours that are painted at ``points`` of the window."""
    image = base64.b64encode(page.screenshot()).decode()
    found: list[list[int]] = page.evaluate(
        """async ([image, points]) => {
          const picture = await createImageBitmap(
            await (await fetch('data:image/png;base64,' + image)).blob());
          const canvas = new OffscreenCanvas(picture.width, picture.height);
          const context = canvas.getContext('2d');
          context.drawImage(picture, 0, 0);
          return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
        }""",
        [image, points],
    )
    return found


def scroll_into_middle(found: Locator) -> None:
    found.evaluate("(e) => scrollBy(0, e.getBoundingClientRect().top - 200)")


@all_themes
@SCHEMES
def test_cells_that_stay_in_view_have_the_colour_of_their_row(scheme: str, reader: Reader) -> None:
    page = open_kinds(reader, scheme=scheme)
    found = region(page, BOARD)
    scroll_into_middle(found)
    found.evaluate("(r) => { r.scrollLeft = 150 }")
    page.mouse.move(2, 2)
    page.wait_for_timeout(400)
    points: Any = found.evaluate(
        """(region) => {
          const corner = (cell) => {
            const { left, bottom } = cell.getBoundingClientRect();
            return [Math.round(left) + 4, Math.round(bottom) - 4];
          };
          const end = region.querySelector('tbody th').getBoundingClientRect().right;
          return [...region.querySelectorAll('tbody tr')].slice(2, 8).flatMap((row) => {
            const [stub, ...cells] = row.cells;
            const next = cells.find((cell) => cell.getBoundingClientRect().left > end + 1);
            return [corner(stub), corner(next)];
          });
        }"""
    )
    painted = colours_at(page, points)
    pairs = list(zip(painted[::2], painted[1::2], strict=True))
    assert len(pairs) == 6
    assert [pair for pair in pairs if pair[0] != pair[1]] == []
    # A dark page has no white cells, and a light page has no black ones.
    body = page.evaluate("getComputedStyle(document.querySelector('.df-table-box')).color")
    contrasts = [
        page.evaluate(f"(colours) => ({CONTRAST})(...colours)", [body, f"rgb({r}, {g}, {b})"])
        for (r, g, b), _ in pairs
    ]
    assert min(contrasts) > 7


@all_themes
@WIDTHS
def test_there_is_one_scroller_and_headings_stay_in_it(width: int, reader: Reader) -> None:
    page = open_kinds(reader, width=width)
    found = region(page, "Three hundred parts")
    scrollers = found.evaluate(
        """(region) => [...region.querySelectorAll('*')]
          .filter((e) => /auto|scroll|hidden/.test(getComputedStyle(e).overflowX)
            && getComputedStyle(e).display !== 'contents').map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert scrollers == []
    assert found.evaluate("(r) => r.scrollWidth > r.clientWidth")
    row = found.locator("tbody tr").nth(40)
    row.evaluate("(e) => e.scrollIntoView({ block: 'center' })")
    found.evaluate("(r) => { r.scrollLeft = 60 }")
    page.wait_for_timeout(200)
    place = row.bounding_box()
    head = found.locator("thead th").first.bounding_box()
    stub = row.locator("th").bounding_box()
    around = found.bounding_box()
    assert place
    assert head
    assert stub
    assert around
    assert -1 <= head["y"] < place["y"]
    assert stub["x"] == pytest.approx(around["x"], abs=2)
    assert head["x"] == pytest.approx(around["x"], abs=2)


@all_themes
def test_numbers_are_on_the_right(reader: Reader) -> None:
    page = open_kinds(reader)
    found = region(page, BOARD).locator("tbody tr").first.locator(".text-right")
    assert found.count() == 12
    for cell in found.all():
        script = "(e) => getComputedStyle(e.querySelector('p') || e).textAlign"
        assert cell.evaluate(script) == "right"
    heading = region(page, BOARD).locator("thead th.text-right").first
    assert heading.evaluate("(e) => getComputedStyle(e).textAlign") == "right"


@all_themes
@SCHEMES
def test_the_search_box_can_be_seen(scheme: str, reader: Reader) -> None:
    page = open_kinds(reader, scheme=scheme)
    field = page.get_by_role("searchbox", name=f"Search {BOARD}")
    scroll_into_middle(field)
    page.wait_for_timeout(400)
    box: Any = field.bounding_box()
    assert box["height"] >= 24
    middle = round(box["y"] + box["height"] / 2)
    [line, inside, outside] = colours_at(
        page,
        [
            [round(box["x"]), middle],
            [round(box["x"]) + 6, middle],
            [round(box["x"] + box["width"]) + 4, middle],
        ],
    )
    for colour in (inside, outside):
        colours = [f"rgb({', '.join(map(str, each))})" for each in (line, colour)]
        assert page.evaluate(f"(colours) => ({CONTRAST})(...colours)", colours) >= 3


@all_themes
@SCHEMES
def test_links_have_the_colour_of_the_theme_unless_it_is_pale(scheme: str, reader: Reader) -> None:
    page = open_kinds(reader, scheme=scheme)
    colour = "(e) => getComputedStyle(e).color"
    theirs = page.locator("a[href='https://example.org']").evaluate(colour)
    link = region(page, BOARD).locator("tbody a").first
    ours = link.evaluate(colour)
    ground = link.evaluate("(e) => getComputedStyle(e.closest('tr')).backgroundColor")
    script = f"(colours) => ({CONTRAST})(...colours)"
    assert page.evaluate(script, [ours, ground]) >= 4.5
    if page.evaluate(script, [theirs, ground]) >= 4.5:
        assert ours == theirs
