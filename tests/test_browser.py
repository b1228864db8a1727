"""What a browser gets: classes, the line under a caption, a small stylesheet where it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import Build, page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

CODE = "pd.DataFrame({'Model': ['a', 'b'], 'F': ['[x]_', '[x]_'], 'Cost': [1.5, 2], 'n': [1, 1]})"
CODE = CODE.replace("'[x]_'", "'`PyTorch <https://example.org>`_'")


def stylesheets(html: BeautifulSoup) -> list[str]:
    found = [str(link["href"]).partition("?")[0] for link in html.select("link[rel=stylesheet]")]
    return [name for name in found if "df-table" in name]


def test_numbers_and_their_headings_have_the_class_of_their_side(build: Build) -> None:
    table = build(page(CODE)).html_table()
    for row in table.select("tr"):
        classes = [
            [name for name in cell["class"] if name.startswith("text-")]
            for cell in row.select("th, td")
        ]
        assert classes == [["text-left"], ["text-left"], ["text-right"], ["text-right"]]


def test_a_heading_over_several_columns_is_in_their_middle(build: Build) -> None:
    code = "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('A', 'a'), ('A', 'b')]))"
    table = build(page(code)).html_table()
    assert [th["class"] for th in table.select("th")] == [
        ["head", "text-center"],
        ["head", "text-right"],
        ["head", "text-right"],
    ]


def test_the_stylesheet_is_there_and_only_where_there_is_a_table(build: Build) -> None:
    files = {"index.rst": page(CODE), "other.rst": ":orphan:\n\nText.\n"}
    built = build(files)
    assert stylesheets(built.html()) == ["_static/df-table.css"]
    assert stylesheets(built.html("other")) == []
    css = (built.output / "_static" / "df-table.css").read_text("utf-8")
    for side in ("left", "right", "center"):
        assert f".text-{side} {{ text-align: {side};" in css


def test_all_rows_are_spoken_of_under_the_caption(build: Build) -> None:
    text = page(CODE, title="Costs", options=":hoist-constants:\n:name: costs")
    text += "\nSee :numref:`costs` and :ref:`costs`.\n"
    html = build(text, numfig=True).html()
    [caption] = html.select("table caption")
    [line] = caption.select(".df-table-constants")
    assert line.get_text() == "All rows: F: PyTorch; n: 1"
    assert line.select("a[href='https://example.org']")
    assert not html.select("p.df-table-constants")
    assert [a.get_text() for a in html.select("p a.reference")] == ["Table 1", "Costs"]


def test_all_rows_are_spoken_of_above_a_table_without_a_caption(build: Build) -> None:
    html = build(page(CODE, options=":hoist-constants:")).html()
    [line] = html.select("p.df-table-constants")
    assert line.find_next_siblings()[0].name == "table"


@pytest.mark.parametrize("builder", ["text", "latex", "xml", "epub"])
def test_every_builder_shows_what_stands_outside(builder: str, build: Build) -> None:
    options = ":hoist-constants:\n:max-rows: 2"
    code = CODE.replace("2]", "2, 3]").replace("1, 1]", "1, 1, 1]").replace("'b']", "'b', 'c']")
    code = code.replace("'F': [", "'F': ['`PyTorch <https://example.org>`_', ")
    built = build(
        page(code, title="Costs", options=options),
        builder=builder,
        project="p",
        version="1",
        copyright="x",
        epub_show_urls="no",
    )
    name = {"text": "index.txt", "latex": "p.tex", "xml": "index.xml", "epub": "index.xhtml"}
    text = (built.output / name[builder]).read_text("utf-8")
    for part in ("All rows shown: F: ", "PyTorch", "; n: 1", "showing 2 of 3 rows"):
        assert part in text
    assert "df-table-style" not in text


def test_a_reference_that_leads_nowhere_is_text_outside_the_table_too(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['model_', 'model_'], 'c': ['here_', 'here_']})"
    text = page(code, options=":hoist-constants:") + "\n.. _here: https://example.org/here\n"
    [line] = build(text).html().select("p.df-table-constants")
    assert line.get_text() == "All rows: b: model_; c: here"
    assert [a["href"] for a in line.select("a")] == ["https://example.org/here"]


def test_constants_keep_to_their_own_table(build: Build) -> None:
    plain = "pd.DataFrame({'a': [1, 2], 'b': [3, 4]})"
    text = page(plain, title="First") + "\n" + page(CODE, options=":hoist-constants:") + "\n"
    text += page(CODE, title="Third", options=":hoist-constants:")
    html = build(text).html()
    assert [len(caption.select(".df-table-constants")) for caption in html.select("caption")] == [
        0,
        1,
    ]
    assert len(html.select("p.df-table-constants")) == 1


def test_a_target_above_a_table_is_that_of_the_table(build: Build) -> None:
    text = ".. _costs:\n\n" + page(CODE, title="Costs", options=":hoist-constants:")
    text += "\nSee :ref:`costs`, :numref:`costs` and :ref:`here <costs>`.\n"
    html = build(text, numfig=True).html()
    assert [(a.get_text(), a["href"]) for a in html.select("p a.reference")] == [
        ("Costs", "#costs"),
        ("Table 1", "#costs"),
        ("here", "#costs"),
    ]
    assert html.select("#costs")


def test_our_class_on_a_paragraph_of_the_author_is_harmless(build: Build) -> None:
    html = build(".. rst-class:: df-table-constants\n\nText.\n").html()
    assert html.select("p.df-table-constants")


def test_broken_markup_outside_the_table_is_said(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': [':nope:`x`'] * 2})"
    built = build(page(code, options=":hoist-constants:"), warns=1)
    assert "column 'b': Unknown interpreted text role" in built.warnings[0]
    assert built.html_text("p.df-table-constants") == "All rows: b: :nope:`x`"


def test_blocks_are_text_outside_the_table(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['.. image:: a.png'] * 2, 'c': ['- x\\n- *y*'] * 2})"
    html = build(page(code, options=":hoist-constants:\n:markup: block")).html()
    [line] = html.select("p.df-table-constants")
    assert line.get_text() == "All rows: b: .. image:: a.png; c: - x - y"


@pytest.mark.parametrize("markup", ["none", "block"])
def test_markup_outside_the_table_is_that_of_its_cells(markup: str, build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['*it* is'] * 2})"
    html = build(page(code, options=f":hoist-constants:\n:markup: {markup}")).html()
    [line] = html.select("p.df-table-constants")
    assert line.get_text() == ("All rows: b: *it* is" if markup == "none" else "All rows: b: it is")


@pytest.mark.usefixtures("own_catalogues")
def test_a_footnote_outside_the_table_is_one_in_a_translation_too(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['see [#fn]_'] * 2})"
    files = {
        "index.rst": page(code, options=":hoist-constants:") + "\n.. [#fn] Foot.\n",
        "locale/de/LC_MESSAGES/index.po": (
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\n'
            'msgid "All rows: b: see [#fn]_"\nmsgstr "Alle: siehe [#fn]_"\n'
        ),
    }
    html = build(files, language="de", locale_dirs=["locale"], warns=None).html()
    [line] = html.select("p.df-table-constants")
    assert "".join(line.get_text().split()) == "Alle:siehe[1]"
    assert len(html.select("aside.footnote .backrefs a, aside.footnote .label a")) <= 1


def test_lines_of_a_value_run_on_outside_the_table(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['x\\ny', 'x\\ny']})"
    [line] = build(page(code, options=":hoist-constants:")).html().select("p.df-table-constants")
    assert line.get_text() == "All rows: b: x y"


def test_styles_are_attributes_of_data_and_of_row_headings(build: Build) -> None:
    code = "df = pd.DataFrame({'a': [1]}, index=pd.Index(['x'], name='k'))\n"
    code += "df.style.map(lambda v: 'color: red; font-family: \"A & B\"').map_index("
    code += "lambda v: 'color: blue')"
    table = build(page(code)).html_table()
    assert [cell.get("style") for cell in table.select("tbody th, tbody td")] == [
        "color: blue",
        'color: red; font-family: "A & B"',
    ]
