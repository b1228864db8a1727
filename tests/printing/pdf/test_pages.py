"""Headings over several columns in the PDF of a small table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx_builds import build_in, page
from typeset import ENGINES, typeset

if TYPE_CHECKING:
    from pathlib import Path

    from typeset import Printed

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
