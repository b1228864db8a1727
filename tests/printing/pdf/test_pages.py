"""Pages of the PDF: panels that fill them, and headings over several columns."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from sphinx_builds import build_in, page
from typeset import ENGINES, MARGIN, typeset

if TYPE_CHECKING:
    from pathlib import Path

    from typeset import Printed, Word

each_engine = pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES]
)

#: Three panels, of which each fits a page.
SHORT_PANELS = """\
rows = range(36)
df = pd.DataFrame({f'Column {c}': [f'{1000 * r + c}.25 text' for r in rows] for c in range(24)})
df.insert(0, 'Model', [f'model-{r} with a long name' for r in rows])
df
"""

#: Texts of several lines in the first of two panels.
TEXTS = """\
def text(row, words):
    return ' '.join('small strong blue cotton valve'.split()[(row + n) % 5] for n in range(words))

df = pd.DataFrame({
    'Code': [f'row-{r}' for r in range(ROWS)],
    'Name': [text(r, 3) for r in range(ROWS)],
    'Text': [text(r, 5 + r * 7 % 30) for r in range(ROWS)],
    'Remark': [text(r, r * 5 % 12) for r in range(ROWS)],
    **{f'Column {c}': [f'{1000 * r + c}.25' for r in range(ROWS)] for c in range(8)},
})
df.set_index('Code')
"""

NUMBERS = """\
columns = pd.MultiIndex.from_product([['North', 'South', 'West'], [f'Item {c}' for c in range(10)]])
df = pd.DataFrame([[f'{1000 * r + c}.25' for c in range(30)] for r in range(ROWS)], columns=columns)
df.index = pd.Index([f'row-{r}' for r in range(ROWS)], name='Code')
df
"""

QUARTERS = """\
columns = pd.MultiIndex.from_product([['2023', '2024'], ['Q1', 'Q2']])
df = pd.DataFrame([[1234.5] * 4] * 4, columns=columns)
df.index = pd.Index(['Rent', 'Pay', 'Tax', 'Total'], name='Item')
df
"""


def print_page(folder: Path, code: str, engine: str) -> Printed:
    built = build_in(
        folder, page(code), builder="latex", latex_engine=engine, latex_use_xindy=False, project="p"
    )
    printed = typeset(built.output, engine)
    assert printed.errors == []
    return printed


def filled_shares(printed: Printed, ending: str) -> list[float]:
    """Return for each page with such words which share of the text's height is above the last."""
    lowest: dict[int, float] = {}
    for word in printed.words:
        if word.text.endswith(ending):
            lowest[word.page] = max(lowest.get(word.page, 0), word.bottom)
    sizes = ((printed.pages[number].height, lowest[number]) for number in sorted(lowest))
    return [(bottom - MARGIN) / (height - 2 * MARGIN) for height, bottom in sizes]


def rows_on_pages(printed: Printed) -> dict[str, list[int]]:
    """Return the pages of the parts of each row."""
    pages: dict[str, list[int]] = {}
    for word in printed.words:
        if word.text.startswith("row-"):
            pages.setdefault(word.text, []).append(word.page)
    return pages


@each_engine
def test_pages_of_short_panels_are_filled(engine: str, tmp_path: Path) -> None:
    *full, _ = filled_shares(print_page(tmp_path, SHORT_PANELS, engine), "text")
    assert len(full) > 1
    assert min(full) > 0.9


@each_engine
def test_all_panels_of_a_row_are_on_a_page_in_a_long_table(engine: str, tmp_path: Path) -> None:
    printed = print_page(tmp_path, TEXTS.replace("ROWS", "120"), engine)
    rows = rows_on_pages(printed)
    assert [len(pages) for pages in rows.values()] == [2] * 120
    assert {max(pages) - min(pages) for pages in rows.values()} == {0}
    *full, _ = filled_shares(printed, ".25")
    assert len(full) > 4
    assert min(full) > 0.7


@each_engine
def test_many_panels_of_a_row_are_on_pages_that_follow_each_other(
    engine: str, tmp_path: Path
) -> None:
    printed = print_page(tmp_path, NUMBERS.replace("ROWS", "150"), engine)
    rows = rows_on_pages(printed)
    [panels] = {len(pages) for pages in rows.values()}
    assert panels > 3
    for pages in rows.values():
        assert pages == list(range(pages[0], pages[0] + panels))
    *full, _ = filled_shares(printed, ".25")
    assert len(full) > 2 * panels
    assert min(full) > 0.65
    # No cell is there twice, and each page has its headings.
    numbers = [word.text for word in printed.words if word.text.endswith(".25")]
    assert len(numbers) == len(set(numbers)) == 30 * 150
    headed = {word.page for word in printed.words if word.text == "Item"}
    assert headed == {number for pages in rows.values() for number in pages}


@each_engine
def test_a_small_table_with_merged_headings_is_set_like_a_long_one(
    engine: str, tmp_path: Path
) -> None:
    printed = print_page(tmp_path, QUARTERS, engine)
    places = {word.text: word for word in printed.words}
    # The label is beside the lowest headings, in cells that Sphinx colours.
    assert abs(places["Item"].middle - places["Q2"].middle) < 2
    numbers = [word for word in printed.words if word.text == "1234.5"]
    left, right = numbers[0].left, numbers[1].right
    group = places["2023"]
    assert abs((group.left + group.right) / 2 - (left + right) / 2) < 8


def test_the_rule_below_merged_headings_touches_no_digit(tmp_path: Path) -> None:
    printed = print_page(tmp_path, QUARTERS, "pdflatex")
    [group] = [word for word in printed.words if word.text == "2023"]
    darkest, lightest = zip(*rows_of_pixels(printed.pdf, group), strict=True)
    # Below the digits, the first row that is dark from end to end.
    rule = next(row for row, light in enumerate(lightest) if light < 150)
    assert min(darkest[: rule - 3]) < 100
    assert min(darkest[rule - 3 : rule - 1]) > 180


def rows_of_pixels(pdf: Path, word: Word) -> list[tuple[int, int]]:
    """Return the darkest and the lightest pixel of each row of a word and the line below it."""
    scale = 200 / 72
    left, right, top = (round(scale * side) for side in (word.left, word.right, word.top))
    width, height = right - left, round(scale * 2 * (word.bottom - word.top))
    box = {
        "-x": left,
        "-y": top,
        "-W": width,
        "-H": height,
        "-f": word.page + 1,
        "-l": word.page + 1,
    }
    options = [str(part) for pair in box.items() for part in pair]
    command = ["pdftoppm", "-gray", "-r", "200", "-singlefile", *options, str(pdf)]
    image = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    pixels = image[-width * height :]
    rows = [pixels[start : start + width] for start in range(0, len(pixels), width)]
    return [(min(row), max(row)) for row in rows]
