"""Headings over several columns in the PDF of a small table."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from sphinx_builds import build_in, page
from typeset import ENGINES, typeset

if TYPE_CHECKING:
    from pathlib import Path

    from typeset import Printed, Word

each_engine = pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES]
)

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
