"""The classes from which the stylesheet gives columns room, by the texts of each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx_builds import page

if TYPE_CHECKING:
    from bs4 import Tag
    from sphinx_builds import Build

OURS = {"df-table-medium", "df-table-long"}


def classes(row: Tag) -> list[str]:
    return [" ".join(OURS.intersection(cell["class"])) for cell in row.select("th, td")]


@pytest.mark.parametrize("code", ["df", "df.style"])
def test_only_columns_of_long_texts_may_break(code: str, build: Build) -> None:
    data = {
        "date": ["2025-01-01"] * 2,
        "name": ["Power", "Power supply 24 V"],
        "text": ["on a rail", "a long description of a thing on a rail"],
        "city": ["\u6771\u4eac\u90fd", "\u6771\u4eac\u90fd\u5343\u4ee3\u7530\u533a\u6771\u4eac"],
    }
    table = build(page(f"df = pd.DataFrame({data!r})\n{code}")).html_table()
    for row in table.select("tbody tr"):
        assert classes(row) == ["", "df-table-medium", "df-table-long", ""]


def test_long_headings_have_three_lines_of_the_same_text(build: Build) -> None:
    heading = "Price per 1M output tokens and a day of the week"
    table = build(page(f"pd.DataFrame({{{heading!r}: [1], 'Two words': [2]}})")).html_table()
    first, second = table.select("thead th")
    lines = [line.get_text() for line in first.select(".df-table-line")]
    assert lines == ["Price per 1M", "output tokens and", "a day of the week"]
    assert first.get_text() == heading
    assert not second.select(".df-table-line")


def test_a_heading_that_is_a_sentence_may_have_more_lines(build: Build) -> None:
    heading = "word " * 40
    table = build(page(f"pd.DataFrame({{{heading!r}: [1]}})")).html_table()
    [cell] = table.select("thead th")
    assert "df-table-long" in cell["class"]
    assert not cell.select(".df-table-line")


def test_wide_tables_have_small_letters_on_paper(build: Build) -> None:
    for columns, expected in ((4, None), (21, "df-table-em90"), (90, "df-table-em250")):
        code = f"pd.DataFrame([{{f'c{{n}}': 12345 for n in range({columns})}}])"
        found = [name for name in build(page(code)).html_table()["class"] if "-em" in name]
        assert found == ([expected] if expected else [])


def test_given_widths_and_epub_have_no_classes(build: Build) -> None:
    code = "pd.DataFrame({'a': ['x'], 'b': ['a long description of a thing on a rail']})"
    given = build(page(code, options=":widths: 1 2")).html_table()
    assert "df-table-room" not in given["class"]
    metadata = {"project": "p", "version": "1", "copyright": "x", "epub_show_urls": "no"}
    built = build(page(code), builder="epub", **metadata)
    html = (built.output / "index.xhtml").read_text("utf-8")
    assert "df-table" in html
    assert "df-table-room" not in html
