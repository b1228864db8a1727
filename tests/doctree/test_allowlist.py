"""Markup from data is built anew: what no role of the page gave is gone from its nodes."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

import pytest
from docutils import nodes
from sphinx import addnodes
from sphinx_builds import Build, page
from texts import body_entries, html_texts, shown_texts, texts_page

from sphinx_df_table.doctree.allowlist import ALLOWED

MYST: Final = {
    "extensions": ("myst_parser", "sphinx.ext.mathjax"),
    "myst_enable_extensions": ["attrs_inline", "dollarmath"],
}

#: Markdown that gives classes, ids or attributes to each kind of element that it can.
BRACES: Final = {
    r"[\\(\href{javascript:alert(1)}{x}\\)]{.mathjax_process}": (
        r"\(\href{javascript:alert(1)}{x}\)"
    ),
    "[x](https://e.org){.sd-stretched-link #title target=_top}": "x",
    "[x](#title){.evil}": "x",
    "[x](index.md){.evil #b}": "x",
    "<https://e.org>{.evil}": "https://e.org",
    "`x`{.evil #c l=html}": "x",
    "*x*{.evil style=color:red}": "*x*{.evil style=color:red}",
    "$x${.tex2jax_process}": "$x${.tex2jax_process}",
    "{sup}`x`{.evil}": "x{.evil}",
    "[*x*]{.sd-d-none}": "x",
    '[x](https://e.org "A"){target=_top}': "x",
}


@pytest.mark.filterwarnings("ignore:'myst_parser")
def test_attributes_in_braces_are_gone(build: Build) -> None:
    files = texts_page([*BRACES, "$y$"], suffix=".md")
    built = build(files, warns=None, **MYST)
    assert html_texts(built)[: len(BRACES)] == list(BRACES.values())
    tags = built.html().select("td *")
    classes = {name for tag in tags for name in tag.get_attribute_list("class")}
    assert not classes & {"evil", "sd-stretched-link", "sd-d-none"}
    assert {name for tag in tags for name in tag.attrs} == {"class", "href", "title"}
    for formula in built.html().select(".mathjax_process"):
        assert "math" in formula["class"]


def test_what_a_role_of_the_page_gives_stays(build: Build) -> None:
    lead = ".. role:: loud\n   :class: red-letters\n\n.. role:: py(code)\n   :language: python\n\n"
    texts = [":loud:`x`", ":bdg-primary:`new`", ":py:`def f`", ":abbr:`TP (tensor)`", ":kbd:`A`"]
    html = build(texts_page(texts, lead=lead)).html()
    assert html.select("td span.red-letters")
    assert html.select("td span.sd-badge.sd-bg-primary")
    assert html.select("td code.code.highlight.python span.k")
    assert html.select("td abbr[title=tensor]")
    assert html.select("td kbd")


def test_a_new_tab_that_the_project_chose_stays(build: Build) -> None:
    texts = ["[x](https://e.org)", "[y](https://e.org){target=_top rel=x}"]
    built = build(texts_page(texts, suffix=".md"), myst_links_external_new_tab=True, **MYST)
    links = built.html().select("td a")
    assert [link["target"] for link in links] == ["_blank", "_blank"]
    assert all("noopener" in link["rel"] for link in links)


#: Every class of nodes on the list, by a text of which a parser makes it.
EACH: Final = {
    "x": nodes.Text, ":abbr:`a (b)`": nodes.abbreviation, "[C]_": nodes.citation_reference,
    "*x*": nodes.emphasis, "[1]_": nodes.footnote_reference, ":guilabel:`x`": nodes.inline,
    "``x``": nodes.literal, ":math:`x`": nodes.math, "`x <https://e.org>`_": nodes.reference,
    "**x**": nodes.strong, ":sub:`x`": nodes.subscript, "|s|": nodes.substitution_reference,
    ":sup:`x`": nodes.superscript, ":t:`x`": nodes.title_reference,
    ":regexp:`x`": nodes.literal, ":command:`x`": addnodes.literal_strong,
    ":mailheader:`x`": addnodes.literal_emphasis, ":manpage:`x(1)`": addnodes.manpage,
    ":bdg:`x`": nodes.inline,
}  # fmt: skip


def test_each_class_on_the_list_is_shown(build: Build) -> None:
    lead = ".. |s| replace:: y\n.. [1] A.\n.. [C] B.\n.. role:: t(title)\n\n[1]_ [C]_ |s|\n\n"
    names = {kind.__name__ for kind in EACH.values()} | {"sd_badge"}
    assert {kind.__name__ for kind in ALLOWED} <= names
    built = build(texts_page(list(EACH), lead=lead), builder="dummy")
    for (text, kind), entry in zip(EACH.items(), body_entries(built), strict=True):
        if kind in {nodes.citation_reference, nodes.substitution_reference}:
            kinds: tuple[type[nodes.Node], ...] = (addnodes.pending_xref, nodes.Text)
            assert text not in entry.astext()
        else:
            kinds = (kind,)
        assert [node for node in entry.findall() if isinstance(node, kinds)], text


#: What is too large or means more than a name for those that resolve it, and why it is text.
UNBOUNDED: Final = {
    ":numref:`100% <tab>`": "a numref whose title has a percent sign or braces",
    ":numref:`{number.x} <tab>`": "a numref whose title has a percent sign or braces",
    ":numref:`{number <tab>`": "a numref whose title has a percent sign or braces",
    ":numref:`{number:>300000000} <tab>`": "a numref whose title has a percent sign or braces",
    ":numref:`%300000000s <tab>`": "a numref whose title has a percent sign or braces",
    f":any:`{'A<' * 6}`": "brackets nested more than 5 times",
    f":cpp:any:`{'(' * 300}`": "brackets nested more than 5 times",
    f":ref:`{'a' * 1001}`": "a role with more than 1,000 characters",
    f":samp:`a{' ' * 1000}b`": "a role with more than 1,000 characters",
    f"`x <https://e.org/{'a' * 10_000}>`_": "an address of more than 10,000 characters",
    f":cpp:expr:`{'A<' * 10}`": "more markup than can be parsed in a second",
    ":guilabel:`AT&`": "the role guilabel failed with IndexError",
    ":menuselection:`R&`": "the role menuselection failed with IndexError",
}


@pytest.mark.parametrize("text", UNBOUNDED, ids=lambda text: text[:24])
def test_what_is_not_bounded_is_text_and_a_warning(text: str, build: Build) -> None:
    built = build(texts_page(["x", text], options=":name: tab"), builder="dummy", warns=1)
    assert shown_texts(built) == ["x", text]
    assert "row 2, column 1: " in built.warnings[0]
    assert UNBOUNDED[text] in built.warnings[0]
    assert "[df_table.markup]" in built.warnings[0]


def test_a_numref_has_sphinx_own_fields(build: Build) -> None:
    texts = [":numref:`T %s <tab>`", ":numref:`T {number} - {name} <tab>`", ":numref:`tab`"]
    table = texts_page(texts, options=":name: tab\n:caption: x".splitlines()[0])
    table["index.rst"] = table["index.rst"].replace("df-table::", "df-table:: Cap")
    assert html_texts(build(table, numfig=True)) == ["T 1", "T 1 - Cap", "Table 1"]


#: Addresses that name a host without a scheme.
HOSTS: Final = [
    *("//evil.example", "\\\\\\\\evil.example", "/\\\\evil.example", "\\\\/evil.example"),
    *("/\t/evil.example", "\u00a0//evil.example", "%2F%2Fevil.example", "&sol;/evil.example"),
]


@pytest.mark.parametrize("suffix", [".rst", ".md"])
def test_no_link_names_a_host_without_a_scheme(suffix: str, build: Build) -> None:
    texts = [f"`x <{host}>`__" for host in HOSTS]
    lead = ".. _evil: //evil.example\n.. |evil| replace:: `x <//evil.example>`__\n\n"
    texts += ["evil_", "|evil|"]
    if suffix == ".md":
        lead = "[evil]: //evil.example\n\n"
        texts = [*(f"[x](<{host}>)" for host in HOSTS), "[x][evil]", "<//evil.example>"]
    html = build(texts_page(texts, suffix=suffix, lead=lead), warns=None, **MYST).html()
    assert html.select("td")
    for link in html.select("td a"):
        # As browsers read it.
        address = re.sub(r"[\t\r\n]", "", str(link["href"]).strip()).replace("\\", "/")
        assert urljoin("https://docs.example/", address).startswith("https://docs.example/")


def test_other_kinds_of_inline_become_plain_ones(build: Build) -> None:
    built = build(texts_page([":hover:`x`", ":icon:`x`"]), extensions=("odd_roles",), warns=1)
    assert html_texts(built) == ["x", ":icon:`x`"]
    assert "onclick" not in str(built.html_table())
    assert "the node hover is not allowed in a cell" in built.warnings[0]


#: What the builder of EPUBs warns of if it is missing.
EPUB: Final = {"epub_copyright": "x", "version": "1"}


@pytest.mark.parametrize("builder", ["html", "latex", "text", "man", "texinfo", "xml", "epub"])
def test_what_raises_while_it_is_resolved_is_text(builder: str, build: Build) -> None:
    texts = ["*a* :ref:`boom`", ":ref:`tab`", "plain"]
    table = page(
        "import json\npd.DataFrame({'a': json.load(open('texts.json')), 'b': 'x :ref:`boom`'})",
        options=":name: tab\n:hoist-constants:",
        title="Cap",
    )
    files = texts_page(texts) | {"index.rst": "Title\n=====\n\n" + table}
    built = build(files, builder=builder, extensions=("odd_roles",), warns=None, **EPUB)
    # The builder of EPUBs resolves a page more than once.
    first, second = dict.fromkeys(w for w in built.warnings if "markup" in w)
    assert "index.rst:4: WARNING: The markup '*a* :ref:`boom`' in a table cannot be" in first
    assert "boom)" in first
    assert "[df_table.markup]" in first
    assert "The markup 'x :ref:`boom`' in a table" in second


@pytest.mark.parametrize("markup", ["inline", "block"])
def test_what_a_parser_raises_is_a_warning(markup: str, build: Build) -> None:
    texts = [":broken:`x`", "*y*"]
    files = texts_page(texts, options=f":markup: {markup}")
    built = build(files, builder="dummy", extensions=("odd_roles",), warns=1)
    assert shown_texts(built) == [texts[0], "y"]
    assert "RuntimeError: no" in built.warnings[0]
    assert "row 1, column 1: " in built.warnings[0]


def test_a_table_has_a_limit_of_markup(build: Build) -> None:
    texts = ["*a " * 550 + str(number) for number in range(40)]
    built = build(texts_page(["*x*", *texts, "*y*"]), builder="dummy", warns=1)
    assert shown_texts(built) == ["x", *texts, "y"]
    assert "the table has more markup than can be parsed in a second" in built.warnings[0]
    many = [f"`{number} <https://e.org/{number}>`_" for number in range(5_000)]
    built = build(texts_page(many), builder="dummy", fresh=True)
    assert shown_texts(built) == [str(number) for number in range(5_000)]
