"""A cell's text becomes inline markup if it has any, and stays unchanged otherwise."""

from __future__ import annotations

import csv
import io

import pytest
from docutils import nodes
from sphinx import addnodes
from sphinx_builds import Build, Built, cell_texts, entry_text, page

PAGE = """\
Title
=====

.. _model: https://example.org/model
.. |known| replace:: **substituted**
.. [1] A footnote.
.. [#auto] Another.
.. _label:

Part
----

Text [1]_, [#auto]_ and |version|.

"""


def cells(*texts: str, options: str = "", lead: str = PAGE, suffix: str = ".rst") -> dict[str, str]:
    """A page with a table of one column, read from a file so that no escape gets in the way."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["value"], *([text] for text in texts)])
    code = "df = pd.read_csv('cells.csv', keep_default_na=False, dtype=str)"
    table = page(code, options=options)
    if suffix == ".md":
        table = f"```{{df-table}}\n{options}\n\n{code}\n```\n"
    return {"index" + suffix: lead + table, "cells.csv": buffer.getvalue()}


def entries(built: Built) -> list[nodes.entry]:
    [table] = built.tables()
    return list(table.findall(nodes.entry))[1:]


#: Text with markup, the class of its node, and the text of that.
MARKUP = {
    "emphasis": ("*x* y", nodes.emphasis, "x y"),
    "strong": ("**x**", nodes.strong, "x"),
    "literal": ("``a\\b``", nodes.literal, "a\\b"),
    "role": (":sup:`2`", nodes.superscript, "2"),
    "subscript": (r"H\ :sub:`2`\ O", nodes.subscript, "H2O"),
    "math": (":math:`x^2`", nodes.math, "x^2"),
    "abbreviation": (":abbr:`TP (tensor parallel)`", nodes.abbreviation, "TP"),
    "interface": (":guilabel:`OK`", nodes.inline, "OK"),
    "default role": ("`x`", nodes.title_reference, "x"),
    "link": ("`Tutorial <https://example.org/a_b>`_", nodes.reference, "Tutorial"),
    "anonymous link": ("`Tutorial <https://example.org>`__", nodes.reference, "Tutorial"),
    "relative link": ("`Data <data/a.csv>`_", nodes.reference, "Data"),
    "address": ("see https://example.org/x.", nodes.reference, "see https://example.org/x."),
    "mail": ("a@example.org", nodes.reference, "a@example.org"),
    "external link": (":bench:`Benchmark <inf2>`", nodes.reference, "Benchmark"),
    "cross-reference": (":ref:`label`", nodes.reference, "Part"),
    "document": (":doc:`index`", nodes.reference, "Title"),
    "target of the page": ("model_", nodes.reference, "model"),
    "title of the page": ("`Part`_", nodes.reference, "Part"),
    "footnote": ("x [1]_", nodes.footnote_reference, "x 1"),
    "named footnote": ("x [#auto]_", nodes.footnote_reference, "x 2"),
    "substitution": ("|known|", nodes.strong, "substituted"),
    "role of the page": (":loud:`x`", nodes.inline, "x"),
    "badge": (":bdg-primary:`new`", nodes.inline, "new"),
    "proposal": (":pep:`8`", nodes.reference, "PEP 8"),
}


@pytest.fixture(scope="module")
def extlinks() -> dict[str, object]:
    return {
        "extensions": ("sphinx.ext.extlinks",),
        "extlinks": {"bench": ("https://example.org/bench/%s", None)},
        "version": "7",
        "rst_prolog": ".. role:: loud",
    }


@pytest.mark.parametrize("name", MARKUP)
def test_markup_in_a_cell_is_markup(name: str, build: Build, extlinks: dict[str, object]) -> None:
    text, kind, left = MARKUP[name]
    built = build(cells(text, "plain"), builder="pseudoxml", **extlinks)
    doctree = built.doctrees["index"]
    first, second = entries(built)
    if name in {"cross-reference", "document"}:
        assert list(first.findall(addnodes.pending_xref))
        built = build(cells(text, "plain"), **extlinks)
        assert built.html_text("td a") == left
    else:
        assert list(first.findall(kind)), first.pformat()
        assert first.astext() == left
    assert second.astext() == "plain"
    assert not list(doctree.findall(nodes.problematic))


#: Text that looks like markup to some parser, but has none.
TEXTS = [
    "*", "**", "a * b", "*a", "2*3*4", "`", "``", "a`b", "|", "|x", "|undefined|", "_", "_a", "a_",
    "missing_", "missing__",
    "[1]", "C:\\new\\table", "\\d+", "\\*a\\*", "a\\", "\\", "A. Smith", "5.", "(1) x", "- a", "+",
    "-", "* a", "| line", ":field: x", "-x  option", ">>> code", ".. comment", "...::",
    "====", "----", "+--+", "__ x", "::", "x::", "--", "---", "...",
    '"quoted"', "'single'", "it's", "a -- b", "  two  blanks ", "\u00a0", "\u200b", "\u202eabc",
    "12:30", "<NA>", "<b>", "List<i> x", "&amp;",
    "$5 and $6", "{{ x }}", "{x}`y", "~~x~~", "H~2~O", "!",
    "^", "tag:value", "urn:x:y", "news:abc", "tel:+123", "javascript:alert(1)", "U22", "NaN",
]  # fmt: skip


def test_text_without_markup_is_unchanged_and_causes_no_warning(build: Build) -> None:
    built = build(cells(*TEXTS), builder="dummy", smartquotes=True)
    assert [entry_text(entry) for entry in entries(built)] == TEXTS
    for entry in entries(built):
        assert {type(node) for node in entry.findall()} <= {
            nodes.entry,
            nodes.paragraph,
            nodes.Text,
        }


MEANT = {
    ":nosuchrole:`x`": 'Unknown interpreted text role "nosuchrole"',
    ":raw-html:`<b>`": "raw HTML or LaTeX is not allowed",
    ":download:`conf.py <cells.csv>`": "a download is not allowed",
    "`x <javascript:alert(1)>`_": "a link to javascript: is not allowed",
    "`x <JavaScript:alert(1)>`__": "a link to JavaScript: is not allowed",
    "`x <data:text/html,x>`_": "a link to data: is not allowed",
    "`x <file:///etc/passwd>`_": "a link to file: is not allowed",
    "_`inline target`": "a target is not allowed",
    ":index:`x`": "an index entry is not allowed",
    ":pep:`x`": "invalid PEP number",
    ":fas:`check`": "an icon is not allowed",
    "|x| `x`__": "a link without an address or name is not allowed",
    ".. _row-gpu:": "a directive or target is not allowed",
    ".. image:: x.png": "a directive or target is not allowed",
    ".. |x| replace:: y": "a directive or target is not allowed",
    "<b>x</b>": "HTML such as <b> is not allowed",
    'a <SPAN class="x">b</span>': "HTML such as <SPAN> is not allowed",
    "a<br>b": "<br> is HTML; put a line break into the value",
    "a<br />b": "<br> is HTML; put a line break into the value",
}

#: Of these, what is markup with ``:markup: block``.
BLOCKS = ("a download", "a target", "raw HTML or", "an index entry", "an icon", "a directive")


@pytest.mark.parametrize("text", MEANT)
def test_unusable_markup_is_text_and_a_warning(text: str, build: Build) -> None:
    lead = PAGE + ".. role:: raw-html(raw)\n   :format: html\n\n"
    built = build(cells("x", text, lead=lead), builder="dummy", warns=1)
    assert entry_text(entries(built)[1]) == text
    assert "[df_table.markup]" in built.warnings[0]
    assert "row 2, column 1: " in built.warnings[0]
    assert MEANT[text] in built.warnings[0]
    has_way = "with :markup: block if you trust the data" in built.warnings[0]
    assert has_way == MEANT[text].startswith(BLOCKS)
    table_line = (lead.count("\n")) + 1
    assert f"index.rst:{table_line}: WARNING" in built.warnings[0]


def test_one_warning_names_the_first_cells_and_the_count(build: Build) -> None:
    built = build(cells(*[":nope:`x`"] * 5), builder="dummy", warns=1)
    for part in ("row 1, ", "row 2, ", "row 3, ", "(5 cells in all)"):
        assert part in built.warnings[0]
    assert "row 4" not in built.warnings[0]
    build(builder="dummy", fresh=True, suppress_warnings=["df_table.markup"])


def test_two_rows_may_link_different_pages_by_one_name(build: Build) -> None:
    texts = [f"`Tutorial <https://example.org/{number}>`_" for number in range(3)]
    lead = "Title\n=====\n\nA `Tutorial <https://example.org/page>`_, and Tutorial_.\n\n"
    soup = build(cells(*texts, lead=lead)).html()
    assert [a["href"] for a in soup.select("td a")] == [
        f"https://example.org/{n}" for n in range(3)
    ]
    assert [a["href"] for a in soup.select("p > a.external")][:2] == [
        "https://example.org/page"
    ] * 2


def test_unusable_markup_has_no_side_effects_on_the_page(build: Build) -> None:
    odd = ["[#]_", "[*]_", "`x`_ *", "[1]_ `x", "_`Part`", ":nope:`x`"]
    text = PAGE + ".. [#] Plain.\n\nSee [#]_.\n\n"
    plain = build(cells("plain", lead=text), builder="pseudoxml").output / "index.pseudoxml"
    before = plain.read_text("utf-8").partition("<table")[0]
    built = build(cells(*odd, lead=text), builder="pseudoxml", fresh=True, warns=2)
    assert [entry_text(entry) for entry in entries(built)] == odd
    assert plain.read_text("utf-8").partition("<table")[0] == before


def test_index_entries_in_cells_do_not_change_the_ids_of_others(build: Build) -> None:
    text = PAGE + "An :index:`entry`.\n\n"
    plain = build(cells("plain", lead=text))
    odd = build(cells(":pep:`8`", ":index:`x` :nope:`x`", lead=text), fresh=True, warns=1)
    ids = [[span["id"] for span in b.html().select("span.target[id]")] for b in (plain, odd)]
    assert ids[0] == ids[1] == ["index-0"]


def test_a_footnote_reference_does_not_resolve_to_a_section(build: Build) -> None:
    lead = "Notes\n=====\n\nText [#]_.\n\n.. [#] A footnote.\n\n"
    built = build(cells("[#notes]_", "[Notes]_", "[1]_", lead=lead), builder="dummy", warns=1)
    assert [entry_text(entry) for entry in entries(built)] == ["[#notes]_", "[Notes]_", "[1]_"]


def test_a_substitution_brings_no_image_and_no_raw_html(build: Build) -> None:
    lead = PAGE + ".. |logo| image:: dot.png\n.. |html| raw:: html\n\n   <b>x</b>\n\n"
    files = cells("|logo|", "|html|", "|known|", lead=lead)
    built = build(files | {"dot.png": b""}, warns=1)
    assert [td.get_text() for td in built.html().select("td")] == [
        "|logo|",
        "|html|",
        "substituted",
    ]


def test_values_that_are_no_strings_are_never_parsed(build: Build) -> None:
    code = (
        "class Loud:\n    def __str__(self): return '**x**'\npd.DataFrame({'a': [Loud(), ['*x*']]})"
    )
    assert cell_texts(build(page(code), builder="dummy").tables()[0]) == [
        ["a"],
        ["**x**"],
        ["['*x*']"],
    ]


def test_headings_are_parsed_as_cells_are(build: Build) -> None:
    code = "pd.DataFrame({'**a**': [1], 'b_': [2], ':nope:`x`': [3]})"
    built = build(page(code), builder="dummy", warns=1)
    assert cell_texts(built.tables()[0])[0] == ["a", "b_", ":nope:`x`"]
    assert "heading, column 3" in built.warnings[0]


def test_line_breaks_stay(build: Build) -> None:
    built = build(page(r"pd.DataFrame({'a\nb': ['**x**\ny\r\nz\r\n', 'one']})"))
    assert cell_texts(built.tables()[0]) == [["a\nb"], ["x\ny\nz\n"], ["one"]]
    assert len(built.html().select("td .line")) == 4
    assert built.html().select("td .line")[3].find("br"), "an empty line keeps its height"
    assert built.html_text("td strong") == "x"


def test_a_broken_line_makes_the_whole_cell_text(build: Build) -> None:
    built = build(page(r"pd.DataFrame({'a': ['**x**\n:nope:`y`']})"), builder="dummy", warns=1)
    assert cell_texts(built.tables()[0])[1] == ["**x**\n:nope:`y`"]


def test_quotes_and_dashes_of_data_stay_as_they_are(build: Build) -> None:
    built = build(
        '"Prose" -- text\n\n' + page("pd.DataFrame({'\"a\"': ['\"x\" -- y', '*\"z\"*']})")
    )
    assert "“Prose”" in built.html().get_text()
    assert cell_texts(built.tables()[0]) == [['"a"'], ['"x" -- y'], ['"z"']]
    assert built.html_text("td") == '"x" -- y'


@pytest.mark.parametrize("how", ["option", "configuration"])
def test_markup_none_takes_every_cell_as_text(how: str, build: Build) -> None:
    texts = ["**x**", ":nope:`x`", "`x <https://example.org>`_", "*"]
    options = ":markup: none" if how == "option" else ""
    configuration = {} if how == "option" else {"df_table_markup": "none"}
    built = build(cells(*texts, options=options), builder="dummy", **configuration)
    assert [entry_text(entry) for entry in entries(built)] == texts


def test_markup_block_is_what_csv_table_does(build: Build) -> None:
    texts = ["- a\n- b", "**x**\n\ny", "|known|", "5."]
    built = build(cells(*texts, options=":markup: block"), builder="dummy")
    bullets, paragraphs, substituted, enumerated = entries(built)
    assert len(list(bullets.findall(nodes.list_item))) == 2
    assert len(paragraphs.children) == 2
    assert list(substituted.findall(nodes.strong))
    assert list(enumerated.findall(nodes.enumerated_list))


def test_markup_block_complains_as_docutils_does(build: Build) -> None:
    built = build(cells(":nope:`x`", options=":markup: block"), builder="dummy", warns=1)
    assert f"index.rst:{PAGE.count(chr(10)) + 1}: ERROR: Unknown interpreted" in built.warnings[0]


MARKDOWN = {
    "**x**": (nodes.strong, "x"),
    "`a`": (nodes.literal, "a"),
    "[Tutorial](https://example.org)": (nodes.reference, "Tutorial"),
    "<https://example.org>": (nodes.reference, "https://example.org"),
    "{sup}`2`": (nodes.superscript, "2"),
}


def test_cells_of_a_markdown_page_are_markdown(build: Build) -> None:
    files = cells(*MARKDOWN, "plain_text", "C:\\new", lead="# Title\n\n", suffix=".md")
    built = build(files, builder="dummy", extensions=("myst_parser",))
    *marked, plain, path = entries(built)
    for entry, (kind, text) in zip(marked, MARKDOWN.values(), strict=True):
        assert list(entry.findall(kind))
        assert entry.astext() == text
    assert (plain.astext(), path.astext()) == ("plain_text", "C:\\new")


def test_quotes_and_dashes_of_data_stay_as_they_are_in_markdown(build: Build) -> None:
    built = build(
        cells('*it\'s* -- (c) "q"...', lead="# It's\n\n", suffix=".md"),
        extensions=("myst_parser",),
        myst_enable_extensions=["smartquotes", "replacements"],
    )
    assert built.html_text("td") == 'it\'s -- (c) "q"...'
    assert built.html_text("h1").startswith("It\u2019s")


TEXT_RESULTS = {
    ":word:`x`": "word",
    "a :word:`x`!": "a word!",
    ":nothing:`x`": "",
    "x :nothing:`x`": "x ",
    "|late|": "later",
    r"|late| |x| \*": r"later |x| *",
    r"|x| \*": r"|x| \*",
    "norm |x| for |version|": "norm |x| for 7",
    "|today| |x|": "noon |x|",
}
TEXT_RESULTS_IN_MARKDOWN = {
    "{{ ver }}": "4.2",
    "since {{ ver }}": "since 4.2",
    "{word}`x`": "word",
    "{nothing}`x`": "",
    "&copy; 2020": "\u00a9 2020",
    "R&amp;D": "R&D",
    "&nbsp;": "\u00a0",
    "&#x2212;5": "\u22125",
    "R&D &x": "R&D &x",
    r"C:\_new": r"C:\_new",
}


@pytest.mark.parametrize("suffix", [".rst", ".md"])
def test_results_that_are_nothing_but_text_are_shown(suffix: str, build: Build) -> None:
    texts = TEXT_RESULTS if suffix == ".rst" else TEXT_RESULTS_IN_MARKDOWN
    built = build(
        cells(*texts, lead="# Title\n\n" if suffix == ".md" else PAGE, suffix=suffix),
        builder="dummy",
        extensions=("myst_parser", "odd_roles"),
        myst_enable_extensions=["substitution"],
        myst_substitutions={"ver": "4.2"},
        version="7",
        today="noon",
    )
    assert [entry.astext() for entry in entries(built)] == list(texts.values())


def test_html_of_a_stylers_format_is_reported(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2]}).style.format('<b>{}</b>')"
    built = build(page(code), builder="dummy", warns=1)
    assert cell_texts(built.tables()[0])[1:] == [["<b>1</b>"], ["<b>2</b>"]]
    assert "row 1, column 1: HTML such as <b> is not allowed in a cell;" in built.warnings[0]
    build(page(code, options=":markup: none"), builder="dummy", fresh=True)


RST_IN_MARKDOWN = {
    "`T <https://example.org>`__": ("https://example.org", "T"),
    "`T <https://example.org>`_ and more": ("https://example.org", "T"),
    ":pep:`8`": ("https://peps.python.org/pep-0008/", "PEP 8"),
}


@pytest.mark.parametrize("text", RST_IN_MARKDOWN)
def test_restructuredtext_on_a_markdown_page_is_a_warning(text: str, build: Build) -> None:
    settings = {"builder": "dummy", "extensions": ("myst_parser",)}
    built = build(cells("x", text, lead="# Title\n\n", suffix=".md"), warns=1, **settings)
    assert entry_text(entries(built)[1]) == text
    assert "row 2, column 1: this is reStructuredText on a Markdown page" in built.warnings[0]
    assert "read the cells as reStructuredText with :markup: rst, or" in built.warnings[0]


@pytest.mark.parametrize("suffix", [".rst", ".md"])
def test_markup_rst_reads_restructuredtext_on_pages_of_both_kinds(
    suffix: str, build: Build
) -> None:
    texts = [*RST_IN_MARKDOWN, "**x** ``y``", ":doc:`index`", "src/*.c or *.h", "{sup}`x`"]
    lead = "# Title\n\n" if suffix == ".md" else PAGE
    files = cells(*texts, lead=lead, suffix=suffix, options=":markup: rst")
    built = build(files, extensions=("myst_parser",))
    links = [(a["href"], a.get_text()) for a in built.html().select("td a")]
    expected = [*RST_IN_MARKDOWN.values(), ("#", "Title")]
    assert [(str(href).removesuffix("title"), text) for href, text in links] == expected
    assert built.html_text("td code") == "y"
    assert [entry.astext() for entry in entries(built)][-2:] == ["src/*.c or *.h", "{sup}`x`"]


@pytest.mark.parametrize(
    "text",
    ["{nope}`x`", "![x](dot.png)", "a <b>x</b>", "[x](javascript:alert(1))", "<script>x</script>"],
)
def test_forbidden_markdown_is_text(text: str, build: Build) -> None:
    files = cells(text, "x", lead="# Title\n\n", suffix=".md")
    built = build(files, extensions=("myst_parser",), warns=None)
    assert entry_text(entries(built)[0]) == text
    assert all("[df_table.markup]" in warning for warning in built.warnings)
    assert not built.html().select("td img, td b, td script, td a")


def test_the_source_of_a_cell_is_the_directive(build: Build) -> None:
    built = build("Title\n=====\n\n" + page("pd.DataFrame({'a': ['x', 1]})"), builder="dummy")
    for paragraph in built.tables()[0].findall(nodes.paragraph):
        assert (paragraph.source, paragraph.line) == (str(built.source / "index.rst"), 4)


@pytest.mark.parametrize("label", ["1", "#named"])
def test_a_footnote_that_only_cells_refer_to_is_referred_to(label: str, build: Build) -> None:
    text = page(f"pd.DataFrame({{'a': ['x [{label}]_', 'y']}})") + f"\n.. [{label}] A footnote.\n"
    built = build(text)
    [link] = built.html().select("td a.footnote-reference")
    assert link.get_text(strip=True).strip("[]") == "1"
    assert len(built.html().select("aside.footnote .backrefs a, aside.footnote .label a")) == 1
