"""Builders that make PDF without LaTeX get tables in panels that fit their pages.

``tests/neighbours/test_pdf.py`` reads their PDF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from sphinx_builds import Build, Built, html_rows, page

if TYPE_CHECKING:
    from bs4 import Tag

WIDE = """\
df = pd.DataFrame({f'Metric {c}': [f'€ {r},{c + 100}.25' for r in range(3)] for c in range(20)})
df.insert(0, 'Model', [f'model {r}' for r in range(3)])
df"""

#: As many columns as fit in small type only.
MEDIUM = """\
pd.DataFrame({f'Metric {c}': [f'€ {r},{c + 100}.25' for r in range(3)] for c in range(10)})"""

NARROW = "pd.DataFrame({'Name': ['North America', 'E-1-of-Mistral-Chat'], 'File': 'x' * 200})"


def simplepdf(build: Build, source: str, **configuration: Any) -> Built:
    return build(source, builder="simplepdf", extensions=("paper_builders",), **configuration)


def tables(built: Built) -> list[Tag]:
    return built.html().select("table.df-table")


def test_each_panel_for_weasyprint_repeats_the_row_headings(build: Build) -> None:
    built = simplepdf(build, page(WIDE, title="Models", options=":stub-columns: 1"))
    panels = [html_rows(table) for table in tables(built)]
    assert 2 <= len(panels) <= 4
    for rows in panels:
        assert [row[0] for row in rows] == ["Model", "model 0", "model 1", "model 2"]
    found = [cell for rows in panels for cell in rows[1][1:]]
    assert found == [f"€ 0,{c + 100}.25" for c in range(20)]
    continued = [line.get_text() for line in built.html().select(".df-table-continued")]
    assert continued == ["Models (continued)"] * (len(panels) - 1)


def test_a_table_that_fits_in_small_type_is_one(build: Build) -> None:
    [table] = tables(simplepdf(build, page(MEDIUM)))
    assert "df-table-small" in table["class"]
    [table] = tables(simplepdf(build, page(NARROW)))
    assert "df-table-small" not in table["class"]


def test_short_texts_stay_on_a_line_and_long_words_may_be_broken(build: Build) -> None:
    [table] = tables(simplepdf(build, page(NARROW)))
    short, breakable, word, _ = table.select("tbody td")
    assert "df-table-short" in short["class"]
    assert "df-table-short" in word["class"]
    assert "df-table-breakable" in breakable["class"]


def test_pages_for_weasyprint_have_a_stylesheet_for_paper_and_no_script(build: Build) -> None:
    built = simplepdf(build, page(WIDE, options=":sortable:\n:searchable:"))
    links = [str(link["href"]) for link in built.html().select("link[href*=df-table]")]
    assert [link.partition("?")[0] for link in links] == [
        "_static/df-table.css",
        "_static/df-table-paper.css",
    ]
    assert all((built.output / link.partition("?")[0]).exists() for link in links)
    assert not built.html().select("script[src*=df-table]")
    built = simplepdf(build, page(WIDE), df_table_css=False)
    assert not built.html().select("link[href*=df-table]")


def test_a_table_in_landscape_has_turned_pages_where_they_can_be_turned(build: Build) -> None:
    here = page(WIDE, options=":print: landscape\n:name: here")
    listed = "- In a list:\n\n" + "".join(
        f"  {line}\n" for line in page(WIDE, options=":print: landscape").splitlines()
    )
    html = simplepdf(build, f"{here}\n{listed}").html()
    turned = html.select(".ssp-landscape")
    assert [node.name for node in turned] == ["table", "p", "table"]
    assert len(html.select("li table.df-table")) > 2


@pytest.mark.parametrize("option", [":print: plain", ":widths: 1 1 1 1 1 1 1 1 1 1"])
def test_a_table_is_not_split_if_its_author_says_so(option: str, build: Build) -> None:
    [table] = tables(simplepdf(build, page(MEDIUM, options=option)))
    assert "df-table-small" not in table["class"]


def rinoh_tables(built: Built) -> list[ET.Element]:
    root = ET.fromstring((built.output / "index.out").read_text("utf-8"))
    return root.findall(".//table")


def test_panels_for_rinohtype_have_columns_of_given_widths(build: Build) -> None:
    source = page(WIDE, title="Models") + page(WIDE, options=":print: plain")
    built = build(source, builder="rinoh", extensions=("paper_builders",))
    *panels, plain = rinoh_tables(built)
    assert len(panels) >= 3
    for panel in panels:
        assert "colwidths-given" in panel.attrib["classes"]
        widths = [float(colspec.attrib["colwidth"]) for colspec in panel.iter("colspec")]
        assert sum(widths) <= 450
    found = [entry.findtext("paragraph") for panel in panels for entry in panel.iter("entry")]
    assert {f"€ 2,{c + 100}.25" for c in range(20)} <= set(found)
    assert len(list(plain.iter("colspec"))) == 21
    assert not any(name.startswith("df-table-print") for name in plain.attrib)


def test_a_word_wider_than_its_column_may_be_broken_by_rinohtype(build: Build) -> None:
    built = build(page(NARROW), builder="rinoh", extensions=("paper_builders",))
    [table] = rinoh_tables(built)
    short, long = [entry.findtext("paragraph") or "" for entry in table.iter("entry")][2:4]
    assert short == "North America"
    assert long == "\u200b".join("x" * 200)


def test_a_row_higher_than_a_page_is_divided_for_rinohtype(build: Build) -> None:
    words = [f"word{n}" for n in range(2000)]
    code = f"pd.DataFrame({{'Name': ['North'], 'Text': [{' '.join(words)!r}]}})"
    [table] = rinoh_tables(build(page(code), builder="rinoh", extensions=("paper_builders",)))
    rows = [
        [entry.findtext("paragraph") or "" for entry in row.iter("entry")]
        for row in table.findall("./tgroup/tbody/row")
    ]
    assert len(rows) > 5
    assert {name for name, _ in rows} == {"North"}
    assert " ".join(text for _, text in rows).split() == words


def test_a_single_column_has_no_given_width_which_rinohtype_cannot_compare(build: Build) -> None:
    source = page("pd.DataFrame({'Code': ['E1', 'E2']})")
    [table] = rinoh_tables(build(source, builder="rinoh", extensions=("paper_builders",)))
    assert "colwidths-given" not in table.attrib["classes"]


LONG = """\
df = pd.DataFrame({f'Metric {c}': [f'{r}.{c + 100}' for r in range(150)] for c in range(25)})
df.insert(0, 'Model', [f'model {r}' for r in range(150)])
df"""


def test_the_panels_of_the_rows_of_a_page_follow_each_other(build: Build) -> None:
    built = simplepdf(build, page(LONG, title="Long", options=":stub-columns: 1"))
    panels = [html_rows(table) for table in tables(built)]
    starts = [rows[1][0] for rows in panels]
    blocks = list(dict.fromkeys(starts))
    assert 3 <= len(blocks) <= 6
    width = len(panels) // len(blocks)
    assert starts == [start for start in blocks for _ in range(width)]
    first = [rows for number, rows in enumerate(panels) if number % width == 0]
    assert [row[0] for rows in first for row in rows[1:]] == [f"model {r}" for r in range(150)]
    cells = {row[-1] for rows in panels for row in rows[1:]}
    assert {f"{r}.124" for r in range(150)} <= cells
    [short] = tables(simplepdf(build, page(NARROW)))
    assert "df-table-block" not in short["class"]
