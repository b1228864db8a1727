"""Cells and headings of right-to-left text have the direction of their text, and no others."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from sphinx_builds import page

from sphinx_df_table.doctree.structure import has_right_to_left

if TYPE_CHECKING:
    from sphinx_builds import Build

#: A table with right-to-left text in two headings, and in some cells of two columns.
CODE = """\
rows = [['שלום', '**مرحبا** 5 MB', 'two', 7, '١٢'], ['x', 'y', 'z', 8, 'é']]
rows.append(['a', 'b\\u200f', 'c', 9, ''])
frame = pd.DataFrame(rows * 4, columns=['שם', 'b', 'c', 'מספר', 'e'])
"""


@pytest.mark.parametrize("builder", ["html", "epub"])
@pytest.mark.parametrize("end", ["frame", "frame[:2]", "frame.style.highlight_max(color='red')"])
@pytest.mark.parametrize("stubs", [0, 1, 2])
def test_cells_of_right_to_left_text_have_a_direction(
    stubs: int, end: str, builder: str, build: Build
) -> None:
    options = f":stub-columns: {stubs}"
    more = {"version": "1", "copyright": "me"}
    built = build(page(CODE + end, options=options), builder=builder, **more)
    suffix = "xhtml" if builder == "epub" else "html"
    text = (built.output / f"index.{suffix}").read_text("utf-8")
    rows = re.findall(r"<tr\b.*?</tr>", text, re.DOTALL)
    found = [re.findall(r"<t[hd]\b([^>]*)>", row) for row in rows]
    places = [[" dir=" in attributes for attributes in row] for row in found]
    assert places[:3] == [
        [True, False, False, True, False],
        [True, True, False, False, False],
        [False] * 5,
    ]
    assert [attributes.count('dir="auto"') for attributes in found[1]] == [1, 1, 0, 0, 0]
    assert all("text-right" in row[3] and "text-left" in row[0] for row in found)


def test_every_letter_of_a_right_to_left_script_counts_and_no_other_sign() -> None:
    characters = list(map(chr, range(sys.maxunicode + 1)))
    expected = [c for c in characters if unicodedata.bidirectional(c) in {"R", "AL"}]
    assert [c for c in characters if has_right_to_left(c)] == expected
