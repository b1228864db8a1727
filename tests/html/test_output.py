"""HTML output: classes, scopes, constants, regions, and pages with stylesheet and script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from sphinx_builds import Build, page

if TYPE_CHECKING:
    from bs4 import Tag

CODE = "pd.DataFrame({'Model': ['a', 'b'], 'F': ['[x]_', '[x]_'], 'Cost': [1.5, 2], 'n': [1, 1]})"
CODE = CODE.replace("'[x]_'", "'`PyTorch <https://example.org>`_'")


def stylesheets(html: BeautifulSoup) -> list[str]:
    found = [str(link["href"]).partition("?")[0] for link in html.select("link[rel=stylesheet]")]
    return [name for name in found if "df-table" in name]


def test_cells_and_headings_have_the_class_of_their_alignment(build: Build) -> None:
    table = build(page(CODE)).html_table()
    for row in table.select("tr"):
        classes = [
            [name for name in cell["class"] if name.startswith("text-")]
            for cell in row.select("th, td")
        ]
        assert classes == [["text-left"], ["text-left"], ["text-right"], ["text-right"]]


def test_a_heading_over_several_columns_is_centred(build: Build) -> None:
    code = "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('A', 'a'), ('A', 'b')]))"
    table = build(page(code)).html_table()
    assert [th["class"] for th in table.select("th")] == [
        ["head", "text-center"],
        ["head", "text-right"],
        ["head", "text-right"],
    ]


def test_only_pages_with_a_table_link_the_stylesheet(build: Build) -> None:
    files = {"index.rst": page(CODE), "other.rst": ":orphan:\n\nText.\n"}
    built = build(files)
    assert stylesheets(built.html()) == ["_static/df-table.css"]
    assert stylesheets(built.html("other")) == []
    css = (built.output / "_static" / "df-table.css").read_text("utf-8")
    for side in ("left", "right", "center"):
        assert f".text-{side} {{ text-align: {side};" in css


def test_constants_are_shown_in_the_caption(build: Build) -> None:
    text = page(CODE, title="Costs", options=":hoist-constants:\n:name: costs")
    text += "\nSee :numref:`costs` and :ref:`costs`.\n"
    html = build(text, numfig=True).html()
    [caption] = html.select("table caption")
    [line] = caption.select(".df-table-constants")
    assert line.get_text() == "All rows: F: PyTorch; n: 1"
    assert line.select("a[href='https://example.org']")
    assert not html.select("p.df-table-constants")
    assert [a.get_text() for a in html.select("p a.reference")] == ["Table 1", "Costs"]


def test_constants_are_shown_above_a_table_without_a_caption(build: Build) -> None:
    html = build(page(CODE, options=":hoist-constants:")).html()
    [line] = html.select("p.df-table-constants")
    assert line.find_next_siblings()[0].select("table")


@pytest.mark.parametrize("builder", ["text", "latex", "xml", "epub"])
def test_every_builder_shows_constants_and_row_counts(builder: str, build: Build) -> None:
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


def test_an_unresolved_reference_in_constants_is_text(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['model_', 'model_'], 'c': ['here_', 'here_']})"
    text = page(code, options=":hoist-constants:") + "\n.. _here: https://example.org/here\n"
    [line] = build(text).html().select("p.df-table-constants")
    assert line.get_text() == "All rows: b: model_; c: here"
    assert [a["href"] for a in line.select("a")] == ["https://example.org/here"]


def test_constants_belong_to_their_own_table(build: Build) -> None:
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


def test_broken_markup_in_constants_is_a_warning(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': [':nope:`x`'] * 2})"
    built = build(page(code, options=":hoist-constants:"), warns=1)
    assert "column 'b': Unknown interpreted text role" in built.warnings[0]
    assert built.html_text("p.df-table-constants") == "All rows: b: :nope:`x`"


def test_blocks_in_constants_are_text(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['.. image:: a.png'] * 2, 'c': ['- x\\n- *y*'] * 2})"
    built = build(page(code, options=":hoist-constants:\n:markup: block"), warns=1)
    assert "column 'b': a directive or target is not allowed" in built.warnings[0]
    assert "with :markup: block" not in built.warnings[0]
    [line] = built.html().select("p.df-table-constants")
    assert line.get_text() == "All rows: b: .. image:: a.png; c: - x - y"


@pytest.mark.parametrize("markup", ["none", "block"])
def test_markup_in_constants_is_the_same_as_in_cells(markup: str, build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['*it* is'] * 2})"
    html = build(page(code, options=f":hoist-constants:\n:markup: {markup}")).html()
    [line] = html.select("p.df-table-constants")
    assert line.get_text() == ("All rows: b: *it* is" if markup == "none" else "All rows: b: it is")


@pytest.mark.usefixtures("own_catalogues")
def test_a_footnote_in_translated_constants_is_a_footnote(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['see [#fn]_'] * 2})"
    files = {
        "index.rst": page(code, options=":hoist-constants:") + "\n.. [#fn] Foot.\n",
        "locale/de/LC_MESSAGES/index.po": (
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\n'
            'msgid "see [#fn]_"\nmsgstr "siehe [#fn]_"\n'
        ),
    }
    html = build(files, language="de", locale_dirs=["locale"], warns=None).html()
    [line] = html.select("p.df-table-constants")
    assert "".join(line.get_text().split()).endswith(":b:siehe[1]")
    assert len(html.select("aside.footnote .backrefs a, aside.footnote .label a")) <= 1


def test_lines_of_a_constant_are_joined(build: Build) -> None:
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


def scopes(table: Tag) -> list[list[str | None]]:
    found = []
    for row in table.select("tr"):
        cells = row.find_all(["th", "td"])
        found.append([str(cell["scope"]) if "scope" in cell.attrs else None for cell in cells])
    return found


GROUPED = """\
columns = pd.MultiIndex.from_tuples([('A', 'a'), ('A', 'b'), ('B', '')])
pd.DataFrame([[1, 2, 3]] * {rows}, columns=columns, index=pd.Index(['x'] * {rows}, name='k'))"""


@pytest.mark.parametrize("rows", [1, 9])
def test_every_heading_has_a_scope(rows: int, build: Build) -> None:
    table = build(page(GROUPED.format(rows=rows))).html_table()
    assert scopes(table) == [
        ["col", "colgroup", "col"],
        ["col", "col"],
        *[["row", None, None, None]] * rows,
    ]
    assert all(("scope" in cell.attrs) == (cell.name == "th") for cell in table.select("th, td"))
    assert [group["span"] for group in table.select("colgroup")] == ["1", "2", "1"]
    order = [child.name for child in table.find_all(recursive=False)]
    assert order == ["colgroup"] * 3 + ["thead", "tbody"]


@pytest.mark.parametrize("builder", ["epub", "dirhtml", "singlehtml"])
def test_headings_have_scopes_in_every_html_builder(builder: str, build: Build) -> None:
    built = build(
        page(GROUPED.format(rows=5), options=":sortable:"),
        builder=builder,
        project="p",
        version="1",
        copyright="x",
        epub_show_urls="no",
    )
    name = "index.xhtml" if builder == "epub" else "index.html"
    html = BeautifulSoup((built.output / name).read_text("utf-8"), "html.parser")
    assert scopes(html.select("table.df-table")[0])[0] == ["col", "colgroup", "col"]
    assert bool(html.select(".df-table-region")) == (builder != "epub")
    assert bool(html.select("[data-df-table-ranks]")) == (builder != "epub")
    assert bool(html.select("script[src*=df-table]")) == (builder != "epub")
    assert bool(list(built.output.rglob("df-table.js"))) == (builder != "epub")
    assert list(built.output.rglob("df-table.css"))


def test_an_empty_heading_is_a_plain_cell(build: Build) -> None:
    code = "pd.DataFrame({'a': [1]}, index=['x'])"
    table = build(page(code)).html_table()
    assert [cell.name for cell in table.select("thead tr > *")] == ["td", "th"]
    assert "</th>" not in str(table.select("thead td")[0])
    sortable = build(page(code, options=":sortable:")).html_table()
    assert [cell.name for cell in sortable.select("thead tr > *")] == ["td", "th"]
    assert len(sortable.select("[data-df-table-ranks]")) == 2


def test_a_heading_of_a_group_has_its_group(build: Build) -> None:
    code = "names = [('A', 'x', 'a'), ('A', 'x', 'b'), ('A', 'y', 'c'), ('B', 'z', 'd')]\n"
    code += "pd.DataFrame([[1, 2, 3, 4]], columns=pd.MultiIndex.from_tuples(names))"
    table = build(page(code)).html_table()
    assert scopes(table)[:3] == [["colgroup", "col"], ["col"] * 3, ["col"] * 4]
    assert [group["span"] for group in table.select("colgroup")] == ["3", "1"]
    # With widths, docutils makes one group of all columns.
    given = build(page(code, options=":widths: 1 1 1 1")).html_table()
    assert {scope for row in scopes(given)[:3] for scope in row} == {"col"}
    assert len(given.select("colgroup")) == 1


TWO = "pd.DataFrame({'Model': ['a', 'b'], 'Cost': [1.5, 2]})"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (page(TWO, title="Costs of *all*"), "Costs of all"),
        ("Title\n=====\n\nPart\n----\n\n" + page(TWO), "Part"),
        (page(TWO), "Table"),
        (
            ".. tab-set::\n\n   .. tab-item:: Now\n\n      .. df-table::\n\n         {'a': [1]}\n",
            "Now",
        ),
        ("Title\n=====\n\n" + page("{'x & y': pd.DataFrame({'a': [1]})}"), "x & y"),
    ],
)
def test_the_region_is_named_by_caption_tab_or_title(text: str, name: str, build: Build) -> None:
    html = build(text).html()
    assert [found["aria-label"] for found in html.select("div.df-table-region")] == [name]


def test_names_of_regions_are_unique(build: Build) -> None:
    text = "Title\n=====\n\n" + "\n".join([page(TWO)] * 3)
    names = [found["aria-label"] for found in build(text).html().select("[role=region]")]
    assert names == ["Title", "Title (2)", "Title (3)"]
    text = "\n".join(page(TWO, title=title) for title in ("Same", "Same (2)", "Same"))
    names = [found["aria-label"] for found in build(text).html().select("[role=region]")]
    assert names == ["Same", "Same (2)", "Same (3)"]


@pytest.mark.parametrize("extensions", [(), ("wrapping",)])
def test_ids_are_unique_and_targets_lead_to_the_table(
    extensions: tuple[str, ...], build: Build
) -> None:
    text = ".. _costs:\n\n" + page(TWO, title="Costs", options=":name: named")
    text += "\nSee :ref:`costs`.\n"
    text += "\n.. csv-table::\n   :name: other\n\n   1, 2\n"
    html = build(text, extensions=extensions).html()
    ids = [str(tag["id"]) for tag in html.select("[id]")]
    assert len(ids) == len(set(ids)) + (1 if extensions else 0)
    assert html.select("#named")
    # What is not ours is the theme's.
    assert [len(found.select("#other")) for found in html.select(".table-wrapper")] == [
        1 for _ in extensions
    ]
    [link] = html.select("p a.reference.internal[href='#costs']")
    assert html.select(str(link["href"]))


def test_a_container_of_the_author_stays(build: Build) -> None:
    text = ".. container:: mine\n\n" + "".join(f"   {line}\n" for line in page(TWO).splitlines())
    html = build(text).html()
    assert html.select("div.mine > div.df-table-box > div.df-table-region > table")


def scripts(html: BeautifulSoup) -> list[Tag]:
    return [tag for tag in html.select("script[src]") if "df-table" in str(tag["src"])]


def test_only_pages_with_a_table_load_the_scripts_deferred(build: Build) -> None:
    long = ":orphan:\n\n.. df-table::\n\n   pd.DataFrame({'a': range(201)})\n"
    short = ":orphan:\n\n.. df-table::\n   :sortable:\n\n   pd.DataFrame({'a': [1, 2]})\n"
    files = {"index.rst": page(TWO), "other.rst": ":orphan:\n\nText.\n"}
    built = build({**files, "sorted.rst": short, "long.rst": long})
    for name, expected in (
        ("index", ["df-table.js"]),
        ("sorted", ["df-table-rows.js", "df-table.js"]),
        ("long", ["df-table-rows.js", "df-table.js"]),
    ):
        found = scripts(built.html(name))
        assert [str(script["src"]).split("/")[-1].split("?")[0] for script in found] == expected
        assert all("defer" in script.attrs and script.get("type") is None for script in found)
        # Rows of a long table are hidden before anything is displayed.
        assert (found[0].get("blocking") == "render") is (name == "long")
    assert scripts(built.html("other")) == []
    assert (built.output / "_static" / "df-table.js").is_file()
    always = build(files, extensions=("always",), fresh=True)
    assert len(scripts(always.html("other"))) == 2
    assert stylesheets(always.html("other")) == ["_static/df-table.css"]


def test_a_site_may_bring_its_own_stylesheet(build: Build) -> None:
    html = build(page(TWO), df_table_css=False).html()
    assert stylesheets(html) == []
    assert len(scripts(html)) == 1


def test_other_extensions_are_given_each_table(build: Build) -> None:
    text = page("{'x': pd.DataFrame({'a': [1]}), 'y': pd.DataFrame({'a': [1]})}", title="T")
    files = {"index.rst": text, "other.rst": ":orphan:\n\n" + page(TWO)}
    built = build(files, extensions=("marking",), jobs=2)
    tables = [table for name in ("index", "other") for table in built.html(name).select("table")]
    assert ["from-index" in table["class"] for table in tables] == [True, True, False]
    assert "from-other" in tables[2]["class"]


@pytest.mark.parametrize("builder", ["text", "latex", "pseudoxml", "xml", "man", "texinfo"])
def test_other_builders_have_no_attributes_of_html(builder: str, build: Build) -> None:
    built = build(page(TWO, options=":sortable:\n:searchable:", title="T"), builder=builder)
    suffix = {"text": ".txt", "latex": ".tex", "man": ".1", "texinfo": ".texi"}.get(
        builder, f".{builder}"
    )
    outputs = [path for path in built.output.iterdir() if path.suffix == suffix]
    texts = [path.read_text("utf-8") for path in outputs]
    assert any("Model" in text for text in texts)
    for word in ("df-table-ranks", "df-table-searchable", "df-table-region", "Search"):
        assert not any(word in text for text in texts)


@pytest.mark.parametrize(
    ("options", "configured", "is_sortable"),
    [
        ("", False, False),
        ("", True, True),
        (":sortable:", False, True),
        (":sortable: yes", False, True),
        (":sortable: no", True, False),
    ],
)
def test_rows_can_be_sorted_where_it_is_asked_for(
    options: str, configured: bool, is_sortable: bool, build: Build
) -> None:
    table = build(page(TWO, options=options), df_table_sortable=configured).html_table()
    assert len(table.select("th[data-df-table-ranks]")) == (2 if is_sortable else 0)


@pytest.mark.parametrize("options", [":header-rows: 0", ":header-rows: 2"])
def test_rows_without_headings_or_among_them_cannot_be_sorted(options: str, build: Build) -> None:
    built = build(page(TWO, options=f":sortable:\n{options}"), warns=1)
    assert "The rows cannot be sorted" in built.warnings[0]
    assert not built.html().select("[data-df-table-ranks]")
    assert not build(page(TWO, options=options), df_table_sortable=True, fresh=True).warnings


def test_ranks_are_by_column_and_only_columns_that_are_there_have_some(build: Build) -> None:
    code = "pd.DataFrame({'a': ['$3', '', '$20'], 'b': [1, 1, 1], 'c': ['x', 'y', 'z']})"
    table = build(page(code, options=":sortable:\n:hoist-constants:")).html_table()
    found = [
        (th.get_text(), th["data-df-table-column"], th["data-df-table-ranks"])
        for th in table.select("th")
    ]
    assert found == [("a", "0", "0,,1"), ("c", "1", "")]
