"""``:row-ids:`` makes a target of each row, that any page refers to by the text of a column."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from docutils import nodes
from sphinx_builds import page

from sphinx_df_table.doctree.body import df_table_body

if TYPE_CHECKING:
    from bs4 import Tag
    from sphinx_builds import Build, Built

CODES = "pd.DataFrame({'Code': ['E404', 'E500', 'E503'], 'Text': ['lost', 'broken', 'busy']})"
BY_CODE = f"{CODES}.set_index('Code')"
OPTIONS = ":name: codes\n:row-ids: Code"
TOC = "Title\n=====\n\n.. toctree::\n\n   table\n   other\n\n"


def two_pages(code: str, *references: str, options: str = OPTIONS) -> dict[str, str]:
    """A page with a table, and another that refers to its rows."""
    lines = "\n\n".join(f":ref:`{reference}`" for reference in references)
    return {
        "index.rst": TOC,
        "table.rst": f"Table\n=====\n\n{page(code, options=options)}",
        "other.rst": f"Other\n=====\n\n{lines}\n",
    }


def links(built: Built, name: str = "other") -> list[tuple[str, str]]:
    """The texts and addresses of the references of a page."""
    found = built.html(name).select("p > a.reference.internal")
    return [(link.get_text(), str(link["href"])) for link in found]


def row_at(built: Built, address: str, *, name: str = "table") -> list[str]:
    """The texts of the row that ``address`` leads to, without the sign of its own link."""
    [row] = built.html(name).find_all(id=address.partition("#")[2])
    assert row.name == "tr"
    return texts_of(row)


def texts_of(row: Tag) -> list[str]:
    for sign in row.select("a.headerlink"):
        sign.decompose()
    return [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]


def html_ids(built: Built, name: str = "table") -> list[str]:
    return re.findall(r' id="([^"]*)"', (built.output / f"{name}.html").read_text("utf-8"))


#: Codes whose rows have the texts of ``Code`` in their first column, compact and not.
SHAPES = {
    "a row heading": BY_CODE,
    "an index that is hidden otherwise": f"{BY_CODE}.T.T",
    "no row heading": CODES,
    "a Styler": f"{BY_CODE}.style.highlight_max(color='yellow')",
    "several levels": f"{CODES}.set_index(['Code', 'Text']).assign(n=1)",
    "literal text": (
        "import collections\n"
        "pd.DataFrame({'Code': [collections.UserString(c) for c in ['E404', 'E500']], 'n': 1})"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_reference_shows_the_text_of_the_row_and_leads_to_it(shape: str, build: Build) -> None:
    built = build(two_pages(SHAPES[shape], "codes-E404", "codes-e500", "named <codes-E500>"))
    shown, addresses = zip(*links(built), strict=True)
    assert shown == ("E404", "E500", "named")
    assert [row_at(built, address)[0] for address in addresses] == ["E404", "E500", "E500"]
    ids = html_ids(built)
    assert len(ids) == len(set(ids))


def test_so_does_one_in_markdown(build: Build) -> None:
    files = {
        "index.md": (
            "# Title\n\n```{df-table}\n:name: codes\n:row-ids: Code\n\n"
            f"{BY_CODE}\n```\n\n{{ref}}`codes-E404`, {{ref}}`named <codes-E503>`\n"
        )
    }
    built = build(files, extensions=("myst_parser",))
    found = links(built, "index")
    assert [text for text, _ in found] == ["E404", "named"]
    rows = [row_at(built, address, name="index")[0] for _, address in found]
    assert rows == ["E404", "E503"]


def test_a_long_table_stays_compact(build: Build) -> None:
    code = "pd.DataFrame({'Code': [f'E{n}' for n in range(500)], 'n': range(500)})"
    built = build(two_pages(code, "codes-E0", "codes-E499"))
    assert len(list(built.doctrees["table"].findall(df_table_body))) == 1
    assert len(list(built.doctrees["table"].findall(nodes.entry))) == 2
    assert [row_at(built, address) for _, address in links(built)] == [["E0", "0"], ["E499", "499"]]
    rows = built.html("table").select("tbody tr")
    assert [row["id"] for row in rows] == [f"codes-e{n}" for n in range(500)]


#: Texts of the column, and the text that a reference shows, by the label that it names.
TEXTS: dict[str, tuple[list[Any], dict[str, str]]] = {
    "case and blanks": (["Not\\nfound  ", "b"], {"codes-not FOUND": "Not found"}),
    "markup": (["``E404``", "**E** 500"], {"codes-E404": "E404", "codes-e 500": "E 500"}),
    "numbers": ([404, 500], {"codes-404": "404"}),
    "other letters": (["數", "字", "é"], {"codes-數": "數", "codes-字": "字", "codes-é": "é"}),
    "signs": (["C", "C++", "C#", "&"], {"codes-c": "C", "codes-C++": "C++", "codes-c#": "C#"}),
    "quotes": (["it's", '"x"'], {"codes-it's": "it's", 'codes-"x"': '"x"'}),
    "like the table": (
        ["codes", "row 2", "row-2"],
        {"codes-codes": "codes", "codes-row 2": "row 2"},
    ),
    "an id in a cell": (["E404", "E500"], {"codes-E404": "E404"}),
}


@pytest.mark.parametrize("markup", ["inline", "none", "block", "rst"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_label_is_the_shown_text_as_sphinx_normalizes_it(
    name: str, markup: str, build: Build
) -> None:
    texts, wanted = TEXTS[name]
    if markup == "none" and name == "markup":
        wanted = {"codes-**E** 500": "**E** 500"}
    code = f"pd.DataFrame({{'Code': {texts!r}, 'n': range({len(texts)})}})".replace("\\\\n", "\\n")
    built = build(two_pages(code, *wanted, options=f"{OPTIONS}\n:markup: {markup}"))
    assert [text for text, _ in links(built)] == list(wanted.values())
    rows = [row_at(built, address)[0] for _, address in links(built)]
    assert rows == list(wanted.values())
    ids = html_ids(built)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", each) for each in ids if each.startswith("codes"))


def test_the_column_may_be_anywhere(build: Build) -> None:
    code = f"{CODES}.assign(n=1)[['n', 'Text', 'Code']]"
    [(_, address)] = links(build(two_pages(code, "codes-E500")))
    assert address.endswith("#codes-e500")


def test_a_blank_cell_is_no_target(build: Build) -> None:
    code = "pd.DataFrame({'Code': ['', 'E1', None, ' '], 'n': range(4)})"
    built = build(two_pages(code, "codes-E1"))
    rows = built.html("table").select("tbody tr")
    assert [row.get("id") for row in rows] == [None, "codes-e1", None, None]
    assert [len(row.select("a.headerlink")) for row in rows] == [0, 1, 0, 0]


@pytest.mark.parametrize("hoists", [False, True])
def test_rows_of_one_label_are_one_warning_and_the_first_has_it(hoists: bool, build: Build) -> None:
    code = "pd.DataFrame({'Code': ['A b', 'x', 'a  B', 'X', 'x'], 'n': range(5)})"
    options = OPTIONS + "\n:hoist-constants:" * hoists
    built = build(two_pages(code, "codes-a b", "codes-x", options=options), warns=1)
    [warning] = built.warnings
    assert "table.rst:4: WARNING: " in warning
    assert "row 1 ('A b') and row 3 ('a B')" in warning
    assert "(3 such rows in all)" in warning
    assert warning.endswith("[df_table.data]")
    assert [row_at(built, address)[1] for _, address in links(built)] == ["0", "1"]


def test_a_column_with_one_value_is_not_hoisted(build: Build) -> None:
    code = "pd.DataFrame({'Code': ['x', 'x'], 'n': [1, 2]})"
    options = f"{OPTIONS}\n:hoist-constants:"
    built = build(two_pages(code, "codes-x", options=options), warns=1)
    assert row_at(built, links(built)[0][1]) == ["x", "1"]


def test_two_texts_of_one_id_are_two_targets(build: Build) -> None:
    code = "pd.DataFrame({'Code': ['A b', 'a-b', 'a b-2'], 'n': range(3)})"
    built = build(two_pages(code, "codes-a b", "codes-a-b", "codes-a b-2"))
    assert [row_at(built, address)[1] for _, address in links(built)] == ["0", "1", "2"]


#: Options that are no good, and what their message says.
MISTAKES = {
    "no name": (":row-ids: Code", CODES, ":row-ids: needs :name:", ""),
    "no column": (":name: codes\n:row-ids:", CODES, "name a column", ""),
    "typing error": (":name: codes\n:row-ids: code", CODES, "'Code'", "[df_table.data]"),
    "several": (":name: codes\n:row-ids: *", CODES, "2 columns", "[df_table.data]"),
    "left out": (
        f"{OPTIONS}\n:columns: Text",
        CODES,
        "'Code', which is not shown",
        "[df_table.data]",
    ),
    "hidden": (f"{OPTIONS}\n:index: hide", BY_CODE, "no such column", "[df_table.data]"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_an_option_that_cannot_be_followed_is_an_error(name: str, build: Build) -> None:
    options, code, message, kind = MISTAKES[name]
    built = build(page(code, options=options), warns=None, builder="dummy")
    warning = " ".join(built.warnings)
    assert "index.rst:1: " in built.warnings[0]
    assert message in warning
    assert kind in warning
    assert not built.tables()


def test_an_empty_frame_has_no_rows_to_name(build: Build) -> None:
    built = build(page("pd.DataFrame()", options=f"{OPTIONS}\n:empty: none"))
    assert not built.html().select("a.headerlink")


def test_patterns_and_labels_of_levels_name_a_column(build: Build) -> None:
    frame = f"frame = {CODES}\nframe.columns = pd.MultiIndex.from_product([['G'], frame.columns])\n"
    for name in ("Code", "G / Code", "C*"):
        options = f":name: codes\n:row-ids: {name}"
        built = build(two_pages(f"{frame}frame", "codes-E404", options=options), fresh=True)
        assert row_at(built, links(built)[0][1]) == ["E404", "lost"]


def test_names_are_those_of_the_frame_not_of_header(build: Build) -> None:
    options = f"{OPTIONS}\n:header: Number, Meaning"
    built = build(two_pages(CODES, "codes-E404", options=options))
    assert links(built)[0][0] == "E404"


def test_rows_that_are_cut_or_turned_into_headings_are_no_targets(build: Build) -> None:
    options = f"{OPTIONS}\n:max-rows: 1\n:header-rows: 2"
    built = build(two_pages(CODES, "codes-E500", options=options))
    assert [row.get("id") for row in built.html("table").select("tr")] == [None, None, "codes-e500"]
    assert row_at(built, links(built)[0][1]) == ["E500", "broken"]


def test_rows_of_tabs_are_named_by_the_label_of_the_tab(build: Build) -> None:
    code = f"{{'Old': {CODES}, 'New ones': {CODES}}}"
    built = build(two_pages(code, "codes-Old-E404", "codes-New ones-E404"))
    assert [address.partition("#")[2] for _, address in links(built)] == [
        "codes-old-e404",
        "codes-new-ones-e404",
    ]


def test_a_broken_tab_leaves_the_rows_of_others(build: Build) -> None:
    code = f"{{'Old': pd.DataFrame({{'x': [1]}}), 'New': {CODES}}}"
    built = build(two_pages(code, "codes-New-E404"), warns=1)
    assert "In the tab 'Old': :row-ids: names 'Code'" in built.warnings[0]
    assert links(built)[0][0] == "E404"


def test_labels_are_in_the_inventory_and_bring_no_lines_into_it(build: Build) -> None:
    texts = ["E404", "x\nevil std:label -1 https://evil.example -", "y\x85evil", "z\u2028evil"]
    built = build(page(f"pd.DataFrame({{'Code': {texts!r}, 'n': 1}})", options=OPTIONS))
    inventory = (built.output / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = zlib.decompress(inventory).decode("utf-8").splitlines()
    assert "codes-e404 std:label -1 index.html#$ E404" in lines
    assert not [line for line in lines if line.startswith("evil")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_labels_follow_their_page(jobs: int, build: Build) -> None:
    others = {f"more{n}.rst": f":orphan:\n\nMore {n}\n======\n\nText.\n" for n in range(8)}
    files = two_pages(CODES, "codes-E404") | others
    built = build(files, jobs=jobs)
    assert links(built)[0][0] == "E404"
    again = build({"more1.rst": ":orphan:\n\nMore\n====\n"}, jobs=jobs)
    assert again.read == {"more1"}
    other = two_pages(CODES, "codes-E404", "codes-E500")["other.rst"]
    assert [text for text, _ in links(build({"other.rst": other}, jobs=jobs))] == ["E404", "E500"]
    changed = two_pages(CODES.replace("E404", "E405"))["table.rst"]
    built = build({"table.rst": changed, "other.rst": other + "\n"}, jobs=jobs, warns=1)
    assert "undefined label: 'codes-e404'" in built.warnings[0]
    moved = {"table.rst": "Table\n=====\n", "zzz.rst": f":orphan:\n\n{files['table.rst']}"}
    built = build(moved | {"other.rst": other}, jobs=jobs)
    assert links(built)[0] == ("E404", "zzz.html#codes-e404")


def test_a_label_of_another_page_is_a_warning_of_sphinx(build: Build) -> None:
    for order in (("a", "z"), ("z", "a")):
        author, table = order
        files = {
            "index.rst": "Title\n=====\n\n.. toctree::\n\n   a\n   z\n\n:ref:`codes-E404`\n",
            f"{author}.rst": ".. _codes-E404:\n\nSection\n=======\n",
            f"{table}.rst": f"Table\n=====\n\n{page(CODES, options=OPTIONS)}",
        }
        built = build(files, warns=1, fresh=True)
        assert "duplicate label codes-e404, other instance in" in built.warnings[0]
        text = "Section" if author == "z" else "E404"
        assert links(built, "index") == [(text, "z.html#codes-e404")]


def test_a_label_of_the_same_page_stays(build: Build) -> None:
    text = f"Title\n=====\n\n{page(CODES, options=OPTIONS)}\n.. _codes-E404:\n\nPart\n----\n\n"
    built = build(f"{text}:ref:`codes-E404`, :ref:`codes-E500`\n", warns=1)
    assert "duplicate label codes-e404, other instance in" in built.warnings[0]
    assert [text for text, _ in links(built, "index")] == ["Part", "E500"]
    ids = html_ids(built, "index")
    assert len(ids) == len(set(ids))


def test_a_row_has_no_number(build: Build) -> None:
    files = two_pages(CODES) | {"other.rst": "Other\n=====\n\n:numref:`codes-E404`\n"}
    built = build(files, warns=1, numfig=True)
    assert "undefined label: 'codes-e404'" in built.warnings[0]


@pytest.mark.usefixtures("own_catalogues")
def test_a_reference_shows_the_translated_text(build: Build) -> None:
    catalogue = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\n'
    catalogue += 'msgid "lost"\nmsgstr "**verloren**"\n'
    files = two_pages(CODES, "codes-lost", "codes-busy", options=":name: codes\n:row-ids: Text")
    files["locale/de/LC_MESSAGES/table.po"] = catalogue
    built = build(files, language="de", locale_dirs=["locale"])
    assert [text for text, _ in links(built)] == ["verloren", "busy"]
    assert row_at(built, links(built)[0][1]) == ["E404", "verloren"]
    [sign, *_] = built.html("table").select("tr#codes-lost a.headerlink")
    assert sign["title"] == "Link zu dieser Zeile"


def signs(built: Built, name: str = "table") -> list[Tag]:
    return list(built.html(name).select("tbody a.headerlink"))


#: The column with the sign in each table: the named one if it is a row heading or there is none.
SIGNED = {
    "named row heading": (f"{CODES}.set_index(['Code', 'Text']).assign(n=1)", "Code", 0),
    "last row heading": (f"{CODES}.set_index(['Code', 'Text']).assign(n=[7, 8, 9])", "n", 1),
    "no row heading": (f"{CODES}[['Text', 'Code']]", "Code", 1),
    "a Styler": (f"{BY_CODE}.style.highlight_max(color='yellow')", "Text", 0),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_sign_links_to_the_row(name: str, build: Build) -> None:
    code, column, place = SIGNED[name]
    options = f":name: codes\n:row-ids: {column}"
    built = build(two_pages(code, options=options), html_permalinks_icon="§")
    assert len(signs(built)) == 3
    for sign in signs(built):
        assert sign.get_text() == "§"
        assert sign["title"] == "Link to this row"
        row = sign.find_parent("tr")
        assert row is not None
        assert sign["href"] == f"#{row['id']}"
        assert row.find_all(["th", "td"])[place] is sign.find_parent(["th", "td"])
        assert sign.find_parent("p") is not None


@pytest.mark.parametrize(
    ("builder", "configuration"), [("html", {"html_permalinks": False}), ("epub", {})]
)
def test_there_is_no_sign_where_sphinx_has_none(
    builder: str, configuration: dict[str, bool], build: Build
) -> None:
    more = {"version": "1", "copyright": "me"}
    built = build(two_pages(CODES, "codes-E404"), builder=builder, **configuration, **more)
    suffix = "xhtml" if builder == "epub" else "html"
    text = (built.output / f"table.{suffix}").read_text("utf-8")
    assert "Link to this row" not in text
    assert text.count('id="codes-e404"') == 1
    assert f'href="table.{suffix}#codes-e404"' in (built.output / f"other.{suffix}").read_text(
        "utf-8"
    )


def test_a_table_that_an_epub_splits_has_each_id_once(build: Build) -> None:
    columns = "**{f'column number {n}': 'text ' * 5 for n in range(12)}"
    wide = f"{BY_CODE}.assign({columns})"
    files = two_pages(wide, "codes-E404")
    built = build(files, builder="epub", version="1", copyright="me")
    text = (built.output / "table.xhtml").read_text("utf-8")
    assert text.count("<table") > 1
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert "codes-e404" in ids


@pytest.mark.parametrize("builder", ["text", "man", "texinfo", "singlehtml", "xml", "pseudoxml"])
@pytest.mark.parametrize("shape", ["a row heading", "no row heading", "a Styler"])
def test_other_builders_show_nothing_odd(shape: str, builder: str, build: Build) -> None:
    documents = {
        "man_pages": [("index", "t", "T", "me", 1)],
        "texinfo_documents": [("index", "t", "T", "me", "t", "d", "m")],
    }
    bare = two_pages(SHAPES[shape], options=":name: codes")
    bare["other.rst"] = "Other\n=====\n\nE404\n"
    outputs = []
    for files in (bare, two_pages(SHAPES[shape], "codes-E404")):
        built = build(files, builder=builder, fresh=True, **documents)
        found = sorted(p for p in built.output.rglob("*") if p.suffix in {".txt", ".1"})
        outputs.append("".join(path.read_text("utf-8") for path in found))
    # Sphinx 7 sets references in italics in man pages, and later versions add the address.
    marks = r"[“”]| \\%<#[^>]*>|\\fI\\%|\\fP"
    bare_text, text = (re.sub(marks, "", output) for output in outputs)
    assert bare_text == text
    if builder == "texinfo":
        text = (built.output / "t.texi").read_text("utf-8")
        anchors = re.findall(r"@anchor\{([^}]*)\}", text)
        assert "table codes-e404" in anchors
        assert len(anchors) == len(set(anchors))
        [target] = re.findall(r"@ref\{([^,]*),,E404", text)
        assert target in anchors


def test_code_that_does_not_ask_for_it_has_no_ids(build: Build) -> None:
    built = build(page(CODES, options=":name: codes"))
    assert not built.html().select("tr[id], a.headerlink:not(h1 *)")


def test_the_search_index_has_no_signs(build: Build) -> None:
    indexes = []
    for options in (":name: codes", OPTIONS):
        built = build(page(CODES, options=options), html_permalinks_icon="zzsign", fresh=True)
        indexes.append((built.output / "searchindex.js").read_text("utf-8"))
    assert indexes[0] == indexes[1]
