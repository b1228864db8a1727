"""Readers get columns in the order, and on the side, of what their texts are."""

from __future__ import annotations

import pytest
from sphinx_builds import Build, page

#: A frame of texts by the order and the side of each column.
COLUMNS: dict[str, tuple[list[str], str, str]] = {
    "Python": (["3.10", "3.9", "3.11", "3.8"], "2,1,3,0", "left"),
    "Tag": (["v1.2", "v1.2-rc1", "v1.10", "v1.9"], "1,0,3,2", "left"),
    "Size": (["512 MB", "10 GB", "900 kB", "nan MB"], "1,2,0,", "left"),
    "Downloads": (["1.2k", "3M", "950", "-"], "1,2,0,", "left"),
    "Price": (["5 €", "\u22127 €", "nan €", "10 €"], "1,0,,2", "right"),
    "Cost": (["$5", "$nan", "$-1", "$10"], "1,,0,2", "right"),
    "Share": (["0.5", "0.25", "0.125", "0.75"], "2,1,0,3", "right"),
    "Day": (["31.12.2024", "01.02.2025", "02.01.2025", "30.12.2024"], "1,3,2,0", "left"),
    "Ambiguous": (["01/12/2024", "02/01/2024", "03/01/2024", "04/01/2024"], "", "left"),
    "Misfit": (["3.10", "3.9", "to be seen", "-"], "0,0,0,", "left"),
}


@pytest.mark.parametrize("make", ["", ".astype('category')", ".set_index('Python')"])
def test_columns_of_texts_have_their_order_and_side_on_a_page(make: str, build: Build) -> None:
    data = {name: texts for name, (texts, _, _) in COLUMNS.items()}
    built = build(page(f"pd.DataFrame({data!r}){make}", options=":sortable:"))
    headings = built.html_table().select("thead th")
    cells = built.html_table().select("tbody tr")[0].find_all(["th", "td"])
    assert [heading.get_text() for heading in headings] == list(COLUMNS)
    for heading, cell, (_, ranks, side) in zip(headings, cells, COLUMNS.values(), strict=True):
        assert heading["data-df-table-ranks"] == ranks
        for entry in (heading, cell):
            assert ("text-right" in entry["class"]) == (side == "right")


def test_a_format_changes_neither_the_order_nor_what_is_a_version(build: Build) -> None:
    code = "pd.DataFrame({'n': ['3.10', '3.9'], 'x': [3.10, 3.9]})"
    options = ":sortable:\n:format: n: Python {}\n         x: {:.2f}"
    built = build(page(code, options=options))
    headings = built.html_table().select("thead th")
    assert [heading["data-df-table-ranks"] for heading in headings] == ["1,0", "0,1"]
    sides = ["text-right" in heading["class"] for heading in headings]
    assert sides == [False, True]


def test_real_numbers_under_the_name_of_versions_stay_numbers(build: Build) -> None:
    code = "pd.DataFrame({'version': [3.5, 3.11, None], 'release': pd.Series([1.5, 'n/a', 1.25])})"
    table = build(page(code, options=":sortable:")).html_table()
    headings = table.select("thead th")
    assert headings[0]["data-df-table-ranks"] == "1,0,"
    assert all("text-right" in heading["class"] for heading in headings)
