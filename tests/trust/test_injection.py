"""Data becomes text, and links and inline markup of an allow-list; nothing else."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pytest
from docutils import nodes
from sphinx_builds import Build, page
from texts import html_texts, shown_texts, texts_page

from sphinx_df_table.doctree.formulas import describe_forbidden_tex
from sphinx_df_table.frames.csv_export import describe_formulas

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

#: Definitions of a page that its data must not use.
DEFINITIONS: Final = """\
.. role:: raw-html(raw)
   :format: html
.. role:: raw-latex(raw)
   :format: latex
.. role:: shout(raw-html)
.. |image| image:: x.png
.. |html| raw:: html

   <script>alert(1)</script>
.. |nested| replace:: a |html| b
.. |deeper| replace:: |nested|
.. |script| replace:: `x <javascript:alert(1)>`__
.. |named| replace:: evil_
.. _evil: javascript:alert(1)
.. _as bad: evil_
.. _data link: data:text/html,x
.. _good: https://example.org

Introduction
------------

"""

#: Text that was meant as markup, and the reason in its warning.
REFUSED: Final = {
    ":raw-html:`<script>alert(1)</script>`": "raw HTML or LaTeX is not allowed",
    ":raw-latex:`\\input{/etc/passwd}`": "raw HTML or LaTeX is not allowed",
    ":shout:`<b>`": "raw HTML or LaTeX is not allowed",
    ":raw:`x`": "No format",
    ":download:`texts.json`": "a download is not allowed",
    ":index:`x`": "an index entry is not allowed",
    ":octicon:`report`": "is not allowed",
    ':octicon:`report;1em;x" onload="alert(1)`': "is not allowed",
    ":bdg-link-primary:`x <javascript:alert(1)>`": "a link to javascript: is not allowed",
    ":js:`x <alert(1)>`": "a link to javascript: is not allowed",
    ":any-link:`x <javascript:alert(1)>`": "a link to javascript: is not allowed",
    ":math:`\\href{javascript:alert(1)}{x}`": "a formula with \\href is not allowed",
    ":math:`\\input{/etc/passwd}`": "a formula with \\input is not allowed",
    ":math:`x^2^3`": "an incomplete or invalid formula is not allowed",
    ":math:`\\write18{id}`": "a formula with \\write is not allowed",
    ":math:`} \\end{document}`": "a formula with \\end is not allowed",
    "_`Introduction`": "a target is not allowed",
    "`x <javascript:alert(1)>`_": "a link to javascript: is not allowed",
    "`x <JAVAscript:alert(1)>`__": "a link to JAVAscript: is not allowed",
    "`x <java\tscript:alert(1)>`_": "is not allowed",
    "`x <jav\u2028ascript:alert(1)>`_": "is not allowed",
    "`x <javascript\\:alert(1)>`_": "is not allowed",
    "`x <javascript&colon;alert(1)>`_": "is not allowed",
    "`x <javascript&#58;alert(1)>`_": "is not allowed",
    "`x <javascript%3Aalert(1)>`_": "is not allowed",
    "`x <&#106;avascript:alert(1)>`_": "is not allowed",
    "`x <vbscript:x>`_": "is not allowed",
    "`x <data:text/html,x>`_": "is not allowed",
    "`x <file:///etc/passwd>`_": "is not allowed",
    "`x <blob:x>`_": "is not allowed",
    "`x <view-source:x>`_": "is not allowed",
    "`x <//evil.example>`_": "a link without a scheme is not allowed",
    "`x <\\\\\\\\evil.example>`_": "a link without a scheme is not allowed",
}

LINK_ROLES: Final = {
    "extensions": ("sphinx.ext.extlinks", "sphinx.ext.mathjax"),
    "extlinks": {"js": ("javascript:%s", None), "any-link": ("%s", None)},
}


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_forbidden_markup_is_text_and_a_warning(text: str, build: Build) -> None:
    files = texts_page(["x", text], lead=DEFINITIONS)
    built = build(files | {"x.png": b""}, builder="dummy", warns=1, **LINK_ROLES)
    assert shown_texts(built)[1] == text
    assert "row 2, column 1: " in built.warnings[0]
    assert REFUSED[text] in built.warnings[0]
    assert "[df_table.markup]" in built.warnings[0]
    assert built.warnings[0].isprintable()


#: What the page defines, but must not get into its table by a name in its data.
NAMED: Final = [
    "|image|", "|html|", "|nested|", "|deeper|", "|script|", "|named|", "evil_",
    "`as bad`_",
    "`x < javascript:alert(1)>`_", "`x <\x85javascript:alert(1)>`_",
    "`x <\u00a0javascript:alert(1)>`_", "`data link`_", "`x <evil_>`_",
]  # fmt: skip


def test_references_in_data_resolve_to_no_forbidden_content(build: Build) -> None:
    files = texts_page([*NAMED, "good_"], lead=DEFINITIONS)
    built = build(files | {"x.png": b""}, warns=2)
    assert html_texts(built) == [*NAMED, "good"]
    assert "The page lacks what cells refer to" in built.warnings[0]
    assert "these substitutions is not allowed in a cell" in built.warnings[1]
    assert [a["href"] for a in built.html().select("td a")] == ["https://example.org"]


ADDRESSES: Final = [
    "https://example.org/a?b=c#d", "http://example.org", "mailto:a@example.org",
    "ftp://example.org/x",
    "data/a.csv", "../a.html", "#part", "?a=b", "/a/b", "a:b/c".replace(":", "%3A")[3:],
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_with_a_plain_address_is_a_link(address: str, build: Build) -> None:
    built = build(texts_page([f"`x <{address}>`_"]), builder="dummy")
    [link] = built.tables()[0].findall(nodes.reference)
    assert link["refuri"] == address


def assert_harmless(html: BeautifulSoup) -> None:
    """Assert that nothing in the body of a page does anything."""
    body = html.select("div.body")[0]
    for tag in body.find_all(True):
        assert tag.name not in {
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "style",
            "svg",
            "form",
        }
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        for name in ("href", "src"):
            scheme, colon, _ = str(tag.get(name, "")).partition(":")
            assert not colon or scheme in {"http", "https", "mailto", "ftp"}, tag


#: HTML that gets out of wherever it stands.
HTML: Final = [
    "<script>alert(1)</script>", "</td></tr></table><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--", "-->", "<![CDATA[x]]>", '" onmouseover="alert(1)', "' onclick='alert(1)", "</script>",
    "&lt;b&gt;",
    "<style>*{display:none}</style>", "<svg onload=alert(1)>", "`<b onclick=x>`", "**</td>**",
    "``<script>``",
    ':abbr:`x (" onmouseover="alert(1))`', ':rfc:`1#"onclick=alert(1)`', ":kbd:`<b>`",
    ":guilabel:`<b>`",
    ":menuselection:`a --> <b>`", ":code:`<script>`", ":math:`<script>x`", ":ref:`<script>`",
    '`x <"onclick=alert(1)>`_', '`<script> <https://e.org/"onclick="alert(1)>`_',
    ":doc:`/etc/passwd`",
    ":doc:`x <javascript:alert(1)>`", ":term:`<b>`", ":file:`<b>`", ":dfn:`<b>`", ":samp:`{<b>}`",
]  # fmt: skip

#: Where such text can stand.
HTML_PLACES: Final = {
    "cells": "pd.DataFrame({'a': texts})",
    "fast body": "pd.DataFrame({'a': texts, 'b': texts})",
    "labels": "pd.DataFrame([range(len(texts))], columns=texts)",
    "levels": (
        "pd.DataFrame([range(len(texts))], columns=pd.MultiIndex.from_arrays("
        "[texts, texts[::-1]]))"
    ),
    "index": "pd.DataFrame({'a': 1}, index=pd.Index(texts, name=texts[0]))",
    "tabs": "{text: pd.DataFrame({'a': [text]}) for text in texts}",
    "caption": "pd.DataFrame({'a': texts}).style.set_caption(''.join(texts))",
    "displayed by a Styler": (
        "pd.DataFrame({'a': texts}).style.format("
        "lambda text: text + '<b onclick=x>')"
    ),
    "links by a Styler": (
        "pd.DataFrame({'a': ['javascript:alert(1)', *texts]}).style.format("
        "hyperlinks='html')"
    ),
    "tooltips": "f = pd.DataFrame({'a': texts})\nf.style.set_tooltips(f)",
    "attributes": "pd.DataFrame({'a': texts}).style.set_table_attributes('onclick=\"alert(1)\"')",
    "classes": "f = pd.DataFrame({'a': texts})\nf.style.set_td_classes(f)",
    "styles": (
        "pd.DataFrame({'a': texts}).style.set_table_styles([{'selector': 'td', 'props': 'x:url("
        "//e)'}])"
    ),
    "hoisted": "pd.DataFrame({'a': texts[1], texts[0]: texts[0], 'n': range(9)})",
    "names": "pd.DataFrame({'a': texts}).rename_axis(texts[0], axis=1).rename_axis(texts[1])",
}  # fmt: skip


@pytest.mark.parametrize("place", HTML_PLACES)
def test_nothing_on_the_page_does_anything(place: str, build: Build) -> None:
    options = ":hoist-constants:\n:sortable:" if place == "hoisted" else ":sortable:\n:searchable:"
    code = f"texts = [t for t in texts]\n{HTML_PLACES[place]}"
    if place == "tabs":
        options = ":name: <b>\n:sync-group: x\n:download:"
    built = build(texts_page(HTML, code=code, options=options), warns=None, **LINK_ROLES)
    assert built.html().select("table")
    assert_harmless(built.html())
    assert not [w for w in built.warnings if "Traceback" in w or not w.isprintable()]


#: Declarations that a Styler gives to cells, of which none must get out of its attribute.
STYLES: Final = [
    "url(javascript:alert(1))", 'red" onclick="alert(1)', "red; background: url(//evil)",
    "expression(alert(1))",
    "red} body {display: none", "\\75rl(x)", "image-set('x')", "</style>",
]  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_style_from_a_styler_stays_a_style(style: str, build: Build) -> None:
    code = (
        "pd.DataFrame({'a': [1]}).style.map(lambda _: None).set_properties(**{'color': texts[0]})"
    )
    built = build(texts_page([style], code=code), warns=None)
    assert_harmless(built.html())
    assert "//evil" not in str(built.html_table())
    assert "javascript" not in str(built.html_table())


#: Classes that make MathJax set the text of a cell, or lay the cell over the page.
CLASSES: Final = ["mathjax_process", "tex2jax_process", "math", "sd-stretched-link"]


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_from_a_styler_is_for_stylesheets_only(name: str, build: Build) -> None:
    code = (
        "f = pd.DataFrame({'a': [r'\\(\\href{javascript:alert(1)}{x}\\)']})\n"
        "f.style.set_td_classes(pd.DataFrame({'a': [f'mine {texts[0]}']}))"
    )
    files = texts_page([name], code=code, lead=":math:`x`\n\n")
    built = build(files, extensions=("sphinx.ext.mathjax",), warns=1)
    assert set(built.html().select("td")[0]["class"]) == {"text-left", "mine", "df-table-long"}
    assert f"The class {name!r} of a cell is left out" in built.warnings[0]


#: Declarations that cover, move or enlarge more than their cell, or that load something.
DECLARATIONS: Final = [
    "position: fixed", "z-index: 9", "inset: 0", "width: 9999px", "height: 100vh", "margin: -9em",
    "float: left", "transform: scale(9)", "display: block", "box-shadow: 0 0 0 99em red",
    "border: 99em solid red", "font-size: 99em", "animation: x 1s", "transition: all 1s",
    "filter: blur(9px)", "content: 'x'", "cursor: url(//e)", "background: url(//e)",
    "background: image-set('//e')", "background: var(--x)", "color: attr(x)", "--x: url(//e)",
    "list-style: url(//e)", "border-image: url(//e)", "mask: url(//e)", "direction: rtl",
]  # fmt: skip


def test_a_style_from_a_styler_is_for_its_cell_only(build: Build) -> None:
    code = (
        "pd.DataFrame({'a': texts}).style.apply("
        "lambda s: [f'{text}; font-style: normal' for text in texts])"
    )
    built = build(texts_page(DECLARATIONS, code=code), warns=1)
    styles = [cell["style"] for cell in built.html().select("td")]
    count = len(DECLARATIONS)
    assert styles == ["font-style: normal"] * count
    assert f"({count} styles and classes in all)" in built.warnings[0]


#: Text that was meant as Markdown, and the reason in its warning.
MARKDOWN: Final = {
    "<b>x</b>": "HTML such as <b> is not allowed",
    "a <img src=x onerror=alert(1)>": "HTML such as <img> is not allowed",
    "<script>alert(1)</script>": "raw HTML or LaTeX is not allowed",
    "![a](x.png)": "an image is not allowed",
    "{raw}`x`": "",
    "{include}`x`": "",
    "{eval-rst}`x`": "",
    "{download}`texts.json`": "a download is not allowed",
    "{math}`\\input{/etc/passwd}`": "a formula with \\input is not allowed",
    "$\\href{javascript:alert(1)}{x}$": "a formula with \\href is not allowed",
    '{octicon}`report;1em;x" onload="alert(1)`': "is not allowed",
    "<!-- x -->": "raw HTML or LaTeX is not allowed",
    "{{ 7*7 }}": "only the name of a substitution in {{ }}",
    "{{ env.docname }}": "only the name of a substitution in {{ }}",
    "{{ nope }}": "only the name of a substitution in {{ }}",
    "{{ env }}": "only the name of a substitution in {{ }}",
    "{{ raw }}": "raw HTML or LaTeX is not allowed",
    "{{ name | upper }}": "only the name of a substitution in {{ }}",
}
MYST: Final = {
    "extensions": ("myst_parser", "sphinx.ext.mathjax"),
    "myst_enable_extensions": [
        "substitution", "attrs_inline", "attrs_block", "html_image", "dollarmath",
        "html_admonition",
        "colon_fence", "deflist", "strikethrough",
    ],
    "myst_substitutions": {"name": "*known*", "raw": "<script>alert(1)</script>"},
}  # fmt: skip


@pytest.mark.parametrize("text", MARKDOWN, ids=ascii)
def test_forbidden_markdown_is_text_and_a_warning(text: str, build: Build) -> None:
    built = build(texts_page(["x", text], suffix=".md"), warns=1, **MYST)
    assert html_texts(built) == ["x", text]
    assert_harmless(built.html())
    assert "row 2, column 1: " in built.warnings[0]
    assert MARKDOWN[text] in built.warnings[0]
    assert "[df_table.markup]" in built.warnings[0]


def test_no_expression_in_data_is_evaluated(build: Build) -> None:
    text = "{{ cycler.__init__.__globals__.os.mkdir('%s') }}"
    built = build(texts_page(["{{ name }}"], suffix=".md"), **MYST)
    assert html_texts(built) == ["known"]
    trap = built.folder / "trap"
    texts = [text % trap, f"*a* {text % trap}"]
    built = build(texts_page(texts, suffix=".md", lead="{{ 6 * 7 }}\n\n"), warns=1, **MYST)
    assert html_texts(built) == texts
    assert not trap.exists()
    assert "42" in built.html().get_text(), "expressions of the page are its author's"


def test_markdown_gives_links_no_attributes_of_scripts(build: Build) -> None:
    texts = [
        "[x](javascript:alert(1))", "[x](&#106;avascript:alert(1))", "<javascript:alert(1)>",
        "<data:text/html,x>",
        "[x](vbscript:x)", "[x](file:///etc/passwd)", "[x](https://e.org){onclick=alert(1)}",
        "[x][bad]",
        "[s]{style=x onclick=y}", '[x](https://e.org "t\\" onclick=alert(1)")',
        "*x*{#introduction}",
        "`x`{.python onclick=y}", "(introduction)=",
        "% x", "+++",
    ]  # fmt: skip
    files = texts_page(
        texts, suffix=".md", lead="## Introduction\n\n[bad]: javascript:alert(1)\n\n"
    )
    built = build(files, warns=None, **MYST)
    assert_harmless(built.html())
    assert not built.html().select("td [id], td [style]")


FORMULAS: Final = {
    r"x^2": True, r"\frac{a}{b}": True, r"\alpha\,\beta": True, r"\{a\}": True, r"50\%": True,
    r"\|x\|": True,
    r"\mathrm{kW\,h}": True, r"\left( \sqrt[3]{x} \right)": True, r"\text{a b}": True,
    "a < b": True,
    r"\input{/etc/passwd}": False, r"\include x": False, r"^^5cinput x": False,
    r"\write18{id}": False,
    r"\immediate\write18{id}": False, r"\openin": False, r"\csname input\endcsname": False,
    r"\def\x{}": False,
    r"\let\x\input": False, r"\catcode": False, r"\href{x}{y}": False, r"\url{x}": False,
    r"\require{x}": False,
    r"\unicode{x}": False, r"\class{x}{y}": False, r"\style{x}{y}": False, r"\begin{x}": False,
    r"\end{document}": False, "}{": False, "{": False, "}": False, "$": False, "a & b": False,
    "a % b": False,
    r"\begin{pmatrix}0 & 1\\1 & 0\end{pmatrix}": True,
    r"\begin{cases}x & \text{if } x > 0\\ 0\end{cases}": True, r"\varGamma \dddot{x}": True,
    r"\frac12 + \left.x'\right|_0^1": True, r"x_a^2": True, r"\hat{x}_i^2": True,
    r"\frac{\sqrt{a}}{b}": True, r"\sum_{i=1}^{n} a_i": True, r"10^{-3}\,\mathrm{m}^2": True,
    r"\begin{pmatrix}a": False, r"\begin{cases}{a & b}\end{cases}": False,
    r"\begin{matrix}\end{cases}": False, r"\begin{verbatim}\end{verbatim}": False,
    "x^": False, "x_ ": False, r"\frac": False, r"\frac{a}": False, r"\sqrt[": False,
    r"\mathrm": False, r"{\text}": False, r"\left(x": False, r"x\right)": False,
    r"\left({x\right)}": False, "x^2^3": False, "x_1_2": False, r"\text{a_b}": False,
    r"\omicron": False, r"\degree": False, r"\mathscr{x}": False,
    "#1": False, r"a \\ b": False, r"x \) y": False, "\\": False, r"\@input": False,
    r"\newcommand": False,
    r"\usepackage{x}": False, r"\special{x}": False, r"\directlua{x}": False, r"\\}{": False,
}  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_mathematics(formula: str) -> None:
    assert (not describe_forbidden_tex(formula)) is FORMULAS[formula]


def test_mathjax_sets_formulas_of_markup_and_nothing_else(build: Build) -> None:
    code = "df = pd.DataFrame({'c': '$$c$$', texts[0]: texts, 'n': [1, 2, 3]})"
    texts = [r":math:`x^2`", r"\(\href{javascript:alert(1)}{x}\)", "$$5$$"]
    files = texts_page(texts, code=code, options=":hoist-constants:")
    html = build(files, extensions=("sphinx.ext.mathjax",)).html()
    assert html.select(".mathjax_ignore td .math.mathjax_process")
    assert html.select(".mathjax_ignore th .math.mathjax_process")
    for text in html.find_all(string=lambda found: (found and "$$" in found) or "href{" in found):
        classes = [
            set(parent.get_attribute_list("class"))
            for parent in text.parents
            if parent.name != "[document]"
        ]
        nearest = next(found for found in classes if found & {"mathjax_ignore", "mathjax_process"})
        assert "mathjax_ignore" in nearest
    code = "{text: pd.DataFrame({'a': [1]}) for text in texts}"
    html = build(texts_page(texts, code=code)).html()
    assert len(html.select(".sd-tab-label.mathjax_ignore.tex2jax_ignore")) == 3


def test_a_caption_from_data_is_no_formula_where_it_is_referred_to(build: Build) -> None:
    caption = r"\(\href{javascript:alert(1)}{x}\)"
    table = page(f"pd.DataFrame({{'a': [1]}}).style.set_caption({caption!r})", options=":name: tab")
    other = ":orphan:\n\n:ref:`tab` and :numref:`Table {name} <tab>` and :math:`x`\n"
    built = build(
        {"index.rst": table, "other.rst": other},
        extensions=("sphinx.ext.mathjax",),
        numfig=True,
    )
    found = built.html("other").find_all("span", string=lambda text: text and "href" in text)
    assert len(found) == 2
    assert all("mathjax_ignore" in span["class"] for span in found)


#: Commands of other formats, and what must not be found in their output.
COMMANDS: Final = {
    "latex": [
        "\\input{/etc/passwd}", "\\write18{id}", "}", "%", "^^5c", "\\end{document}",
        "\\begin{verbatim}",
    ],
    "man": [".so /etc/passwd", "'so /etc/passwd", "x\n.so /etc/passwd", "\\fB", ".ds", "\\*[x]"],
    "texinfo": ["@include /etc/passwd", "x\n@include /etc/passwd", "@end table", "@", "@bye"],
}  # fmt: skip
FORBIDDEN: Final = {
    "latex": ("\\input{/", "\\write18", "^^5c", "\\begin{verbatim}"),
    "man": ("\n.so ", "\n'so ", "\n.ds\n", "\\*[x]"),
    "texinfo": ("\n@include", "\n@end table\n@end table", "\n@bye\n\n@"),
}
ALL_PLACES: Final = (
    "f = pd.DataFrame([texts], columns=texts, index=texts[:1])\n"
    "s = pd.DataFrame({'a': texts}).style.set_caption('\\n\\n'.join(texts))\n"
    "{text: f for text in texts} | {'s': s}"
)


@pytest.mark.parametrize("builder", COMMANDS)
def test_no_command_gets_into_another_format(builder: str, build: Build) -> None:
    built = build(texts_page(COMMANDS[builder], code=ALL_PLACES), builder=builder)
    [output] = [
        path for pattern in ("*.tex", "*.1", "*.texi") for path in built.output.glob(pattern)
    ]
    written = output.read_text("utf-8")
    assert "etc/passwd" in written
    for forbidden in FORBIDDEN[builder]:
        assert forbidden not in written
    if builder == "latex":
        assert written.count("\\end{document}") == 1
    if builder == "man":
        assert ".SH NAME\npython" in written.lower() or "project" in written.lower()


def test_what_an_exception_says_is_text_in_the_box_and_printable_in_the_log(build: Build) -> None:
    named = "class E(Exception): pass\nE.__name__ = '<b onclick=x>*y*\\x1b[31m'\n"
    code = named + "raise E('<script>\\x9b|x|`\\u202e')"
    built = build(page(code), warns=1)
    assert_harmless(built.html())
    assert not built.html().select(".df-table-message em, .df-table-message b")
    assert built.warnings[0].isprintable()


#: Labels of tabs that are no names of files.
NAMES: Final = [
    "../../x",
    "/etc/x",
    "CON",
    "a\0b",
    "x" * 500,
    "..",
    "",
    "a/b\\c",
    "<b>",
    "\u202etxt",
    ".x",
    "a\nb",
]


def test_a_file_has_a_harmless_name(build: Build) -> None:
    code = "{text: pd.DataFrame({'a': [1]}) for text in texts}"
    built = build(texts_page(NAMES, code=code, options=":download:"), warns=1)
    links = [str(a["href"]) for a in built.html().select("a.download")]
    assert len(set(links)) == len(NAMES)
    assert all(link.startswith("_downloads/") and ".." not in link for link in links)
    kept = built.folder / "doctrees" / "df-table" / "index"
    assert len(list(kept.iterdir())) == len(NAMES)
    assert sorted(path.name for path in built.source.iterdir()) == ["index.rst", "texts.json"]


#: Whether a spreadsheet does something with a text when it opens the file.
FORMULA_TEXTS: Final = {
    '=HYPERLINK("https://evil", A1)': True, "=cmd|'/C calc'!A0": True, "+SUM(1)": True,
    "-A1(2)": True,
    "@SUM(1)": True, "  =WEBSERVICE(1)": True, "\t=X(1)": True, "=Sheet!A1": True,
    "=1+LOG10(2)": True,
    "=_xlfn.X(1)": True, "=1+1": False, "-5": False, "+49 30 (1)": False, "=": False,
    "@user": False,
    "a=SUM(1)": False, "- item (x)": False, "-1.5": False, "'=SUM(1)": False, "SUM(1)": False,
    "": False, '=HYPERLINK ("https://evil","x")': True, "\uff1dSUM(1)": True,
    "\uff0bSUM(1)": True, "\uff0dSUM(1)": True, "\uff20SUM(1)": True, "\ufeff=SUM(1)": True,
    "\u200b =SUM(1)": True, "='a b'!$A$1": True, "-v|--verbose": False,
    "-o FILE | --output FILE": False, "- calls f(x)": False, "+ calls f(x)": False,
    "=" + "|" * 1_000_000: False,
    "=" + "a" * 1_000_000: False, "-inf": False,
}  # fmt: skip


@pytest.mark.parametrize("text", FORMULA_TEXTS, ids=lambda text: ascii(text)[:20])
def test_a_formula_in_a_file_is_known(text: str) -> None:
    sentence = describe_formulas([["a"], [text]], labels=1)
    assert ("row 1, column 1" in sentence) is FORMULA_TEXTS[text]


def test_a_file_keeps_formulas_and_one_warning_names_them(build: Build) -> None:
    texts = ["x", *["=SUM(1)"] * 4]
    code = "df = pd.DataFrame({'n': -1, '@X(1)': texts})"
    files = texts_page(texts, code=code, options=":download:")
    built = build(files, warns=1)
    [link] = built.html().select("a.download")
    written = (built.output / str(link["href"])).read_text("utf-8")
    assert [row[1] for row in csv.reader(io.StringIO(written))] == ["@X(1)", *texts]
    for part in (
        "heading, column 2; row 2, column 2; row 3, column 2 (5 cells",
        "[df_table.formula]",
        "index.rst:4",
    ):
        assert part in built.warnings[0]
    assert html_texts(built)[1::2] == texts
    build(files, fresh=True, suppress_warnings=["df_table.formula"])
    build(texts_page(texts, code=code), fresh=True)


def test_the_warning_on_formulas_names_the_tab(build: Build) -> None:
    code = "{'t': pd.DataFrame({'a': texts}), 'u': pd.DataFrame({'a': [1]})}"
    built = build(texts_page(["=X(1)"], code=code, options=":download:"), warns=1)
    assert "In the tab 't': The file for :download: contains texts" in built.warnings[0]


def test_a_catalogue_and_the_search_index_hold_texts_as_texts(build: Build) -> None:
    texts = ['"\nmsgid "x', "\\", "</script>", '");alert(1)//', "\u2028", *HTML]
    assert (build(texts_page(texts), builder="gettext", warns=None).output / "index.pot").is_file()
    built = build(texts_page(texts), fresh=True, warns=None)
    index = (built.output / "searchindex.js").read_text("utf-8")
    assert "</script>" not in index
    assert "<script" not in index
