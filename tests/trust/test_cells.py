"""Every string is shown unchanged, as its markup, or with a warning."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Final
from xml.dom import minidom

import numpy as np
import pandas as pd
import pytest
from docutils import nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from sphinx_builds import Build, build_in, cell_texts, page
from strategies import xml_texts
from texts import (
    as_lines,
    body_entries,
    extensions_for,
    html_texts,
    shown_texts,
    texts_page,
)

#: Texts that are no inline markup in reStructuredText, though they look like something.
PLAIN: Final[dict[str, list[str]]] = {
    "enumerations": ["A. Smith", "5.", "(1) x", "i)", "#.", "#. x", "1. a\n2. b", "IV) x"],
    "bullets": ["-", "- a", "+", "+ a", "* a", "\u2022 a", "- a\n- b", "- [ ] x"],
    "line blocks": ["| a", "|", "| a\n| b", "|| a"],
    "field lists": [":a: b", ":a:", ":param x: y", ":", ":)"],
    "option lists": ["-v  x", "/V", "/V  x", "--long=x  y", "-a FILE  desc", "-"],
    "doctests": [">>> 1 + 1", ">>> x\n1", "... x"],
    "comments": [".. x", "..", "..\n   x"],
    "targets": ["__ x", ".. _a", ".. [1]x"],
    "sections": ["====", "====\nx\n====", "x\n====", "----", "~~~~", "# x", "x\n---"],
    "tables": ["+--+\n|x |\n+--+", "==  ==\na   b\n==  ==", "a | b\n--|--", "| a | b |"],
    "literal blocks": ["a::", "a::\n\n  b", "::", "  a\n   b", "```\nx\n```", "~~~"],
    "quotes": ["> q", '"q" -- \'q\'', "it's ... (c) --- x", "<< x >>", "\u201cx\u201d"],
    "footnotes": ["[1]", "[1]_x", "a[1]_x", "[^1]", "[^x]: y"],
    "references": [
        "a_", "a__", "_", "__", "___", "_a", "a_ and b_ \\d", "a_b_c",
    ],
    "lone marks": ["*", "**", "***", "a*", "*a", "a * b", "2*3", "`", "``", "`a", "a`", "|a", "a|"],
    "backslashes": [
        "C:\\new", "\\d+", "a\\", "\\", "\\\\", "a\\ b", "\\ ", "\\*", "\\`x\\`", "\\_a",
    ],
    "substitutions": [
        "|nope|", "|nope|_", "|version|", "|release| \\d", "a |version| b", "{{ x }}",
    ],
    "addresses": [
        "https://e.org", "see https://e.org/x.", "a@e.org", "mailto:a@e.org", "ftp://e.org/x",
        "(https://e.org)", "https://e.org \\d+", "C:\\x a@e.org", "https://e.org, x_ \\d",
        "www.e.org", "ann@example.org (CORP\\ann)", "DOMAIN\\user u@e.org", "a@e.org \\d",
        "\\\\srv\\share, bob@e.org",
        "news:x", "tel:+1", "urn:x:y", "12:30", "e.org", "//e.org", "\\\\host\\share",
    ],
    "html": ["<b>x", "&amp;", "&#60;", "<!-- x -->", "]]>", "</td>", "<B>", "&nbsp;", "a < b"],
    "templates": ["{{ x }}", "{% x %}", "%s", "%(a)s", "{0}", "{}", "${x}", "#{x}", "<%= x %>"],
    "formulas": ["$x$", "$$x$$", "\\(x\\)", "\\[x\\]", "$5 and $6", "x^2", "H~2~O", "~~x~~"],
    "edges": [" a", "a ", "  a  ", "\ta", "a\t", "\u00a0a\u00a0", "\u3000a"],
    "runs of blanks": ["a  b", "a\tb", "a \t b", "a\u2003\u2003b"],
    "line breaks": ["a\nb", "a\n\nb", "\na", "a\n", "a\rb", "a\r\nb", "a\n\rb"],
    "separators": ["a\x85b", "\x85", "a\u2028b", "\u2028", "a\u2029b", "\u2028a\u2029"],
    "format characters": [
        "\u00ada", "\u200b", "a\u200db", "\u202eabc", "\u2066a\u2069", "\ufeffa", "\u061c",
    ],
    "controls that XML has": ["\x7f", "\x80", "\x9b31m", "a\x9fb"],
    "beyond the first plane": [
        "\U0001f600", "\U0001f468\u200d\U0001f469", "\U0010fffd", "\U000e0001",
    ],
    "letters": [
        "e\u0301", "\u0301", "\u05d0\u05d1", "\u0627\u0628", "\u4e2d", "\ue000", "\u1e9e",
        "\ufdd0",
    ],
}  # fmt: skip

#: Texts that are shown as they are, with a warning: they are markup, but not in a cell.
REPORTED: Final[list[str]] = [
    ".. note:: x", ".. raw:: html\n\n   x", ".. include:: conf.py", ".. |x| image:: y",
    ".. __: x", ".. _a:", ".. _a: http", ".. [1] x", ".. [#] x", "[1]_", "[#]_", "[#x]_", "[*]_",
    "[a]_", "[CIT2000]_", "`a`_", "`a b`__", "<b>x</b>", "a<br>b",
]  # fmt: skip

#: Of the texts without a warning, what Markdown reads as markup of its own.
MARKUP_IN_MARKDOWN: Final = {"references", "lone marks", "html"}


@pytest.mark.parametrize("name", PLAIN)
def test_text_without_markup_is_unchanged(name: str, build: Build) -> None:
    built = build(texts_page(PLAIN[name]))
    expected = list(map(as_lines, PLAIN[name]))
    assert shown_texts(built) == expected
    assert html_texts(built) == expected


@pytest.mark.parametrize("text", REPORTED)
def test_markup_that_is_none_in_a_cell_is_unchanged_and_one_warning(
    text: str, build: Build
) -> None:
    built = build(texts_page([text]), warns=1)
    assert shown_texts(built) == html_texts(built) == [as_lines(text)]
    assert "[df_table.markup]" in built.warnings[0]


@pytest.mark.parametrize("name", sorted(PLAIN.keys() - MARKUP_IN_MARKDOWN))
def test_text_without_markup_is_unchanged_in_markdown(name: str, build: Build) -> None:
    enabled = ["smartquotes", "replacements", "substitution"] if name != "templates" else []
    texts = [text for text in PLAIN[name] if "{{" not in text or not enabled]
    files = texts_page(texts, suffix=".md")
    built = build(files, extensions=("myst_parser",), myst_enable_extensions=enabled)
    expected = list(map(as_lines, texts))
    assert shown_texts(built) == expected
    assert html_texts(built) == expected


def test_blanks_alone_are_in_the_page(build: Build) -> None:
    texts = [" ", "  ", "\t", "\u00a0"]
    built = build(texts_page(texts))
    assert shown_texts(built) == texts
    written = re.findall("<td[^>]*><p>(.*)</p></td>", (built.output / "index.html").read_text())
    assert [
        text.replace("&#160;", "\u00a0").replace("&nbsp;", "\u00a0") for text in written
    ] == texts


@pytest.mark.parametrize("markup", ["inline", "none"])
@pytest.mark.parametrize("suffix", [".rst", ".md"])
def test_settings_of_the_project_do_not_change_texts(
    suffix: str, markup: str, build: Build
) -> None:
    texts = ['"a" -- b...', "it's", "5.", "- x", "a_", "C:\\new", "|undefined|", "* x", ".. x"]
    prolog = ".. |known| replace:: x\n.. role:: loud\n" if suffix == ".rst" else ""
    built = build(
        texts_page(texts, suffix=suffix),
        extensions=extensions_for(suffix),
        rst_prolog=prolog,
        default_role="any",
        smartquotes=True,
        df_table_markup=markup,
    )
    assert shown_texts(built) == html_texts(built) == texts


#: Where a text can stand, how it gets there, and where it is found in HTML.
PLACES: Final = {
    "cell": ("pd.DataFrame({'a': [text]})", "td"),
    "fast body": ("pd.DataFrame({'a': [text] * 9})", "td"),
    "category": ("pd.DataFrame({'a': pd.Categorical([text])})", "td"),
    "string": ("pd.DataFrame({'a': pd.array([text], dtype='string')})", "td"),
    "column label": ("pd.DataFrame({text: [1]})", "th"),
    "lower label": (
        "pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([('a', text)]))", "tr + tr th",
    ),
    "upper label": (
        "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([[text], ['a', 'b']]))", "th",
    ),
    "index label": ("pd.DataFrame({'a': [1]}, index=[text])", "tbody th"),
    "name of a level": ("pd.DataFrame({'a': [1]}, index=pd.Index(['x'], name=text))", "thead th"),
    "tab": ("{text: pd.DataFrame({'a': [1]})}", ".sd-tab-label"),
    "caption": ("pd.DataFrame({'a': [1]}).style.set_caption(text)", "caption .caption-text"),
    "Styler": ("pd.DataFrame({'a': [text]}).style.format(str)", "td"),
    "Styler that escapes": ("pd.DataFrame({'a': [text]}).style.format(escape='html')", "td"),
    "shown by a Styler": ("pd.DataFrame({'a': [1]}).style.format(lambda _: text)", "td"),
    "excerpt": ("pd.DataFrame({'a': [text] * 9}).head(3)", "td"),
}  # fmt: skip

#: A text of everything at once.
ODD: Final = (
    r"""5. "A" -- <b>'B'<b> & C:\new_ * `x |y| [1]_ $z$ {{ x }} .. note:: \N{x} %s -->"""
    " \u202e\x9b\ufeff"
)


@pytest.mark.parametrize("text", [ODD, r"ann@example.org (CORP\ann)"], ids=["odd", "address"])
@pytest.mark.parametrize("place", PLACES)
def test_a_text_is_the_same_in_every_place(place: str, text: str, build: Build) -> None:
    code, selector = PLACES[place]
    built = build(texts_page([text], code=f"text, = texts\n{code}"))
    assert built.html_text(selector).strip("\n") == text


@pytest.mark.parametrize(
    ("option", "selector"),
    [
        (f':header: "{ODD.replace(chr(34), chr(34) * 2)}"', "th"),
        (":hoist-constants:", ".df-table-constants"),
    ],
)
def test_a_text_is_the_same_through_an_option(option: str, selector: str, build: Build) -> None:
    code = "df = pd.DataFrame({'a': texts * 2})"
    if "hoist" in option:
        code += ".assign(b=[1, 2])"
    built = build(texts_page([ODD], code=code, options=option))
    assert ODD in built.html_text(selector)


#: Characters that XML, and so no page, can hold.
ILLEGAL: Final = [
    "\0", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x0e", "\x1b", "\x1c", "\x1d", "\x1e", "\x1f",
    "\ud800", "\udfff", "\ufffe", "\uffff",
]  # fmt: skip


@pytest.mark.parametrize("character", ILLEGAL, ids=ascii)
def test_an_illegal_character_is_replaced_with_a_warning(character: str, build: Build) -> None:
    built = build(texts_page(["x", f"a{character}*b*"]), builder="dummy", warns=1)
    assert shown_texts(built) == ["x", "a\ufffd*b*"]
    code_point = f"U+{ord(character):04X}"
    assert f"In row 2, column 1 the character {code_point} cannot be shown" in built.warnings[0]
    assert "[df_table.data]" in built.warnings[0]


#: The places that have no row and column, and how a warning calls them.
NAMED_PLACES: Final = {
    "column label": "the heading of column 1",
    "name of a level": "the heading of column 1",
    "index label": "row 1, column 1",
    "caption": "the caption",
    "tab": "the tab 'a\ufffdb'",
    "shown by a Styler": "row 1, column 1",
}


@pytest.mark.parametrize("place", NAMED_PLACES)
def test_a_replaced_character_is_a_warning_in_every_place(place: str, build: Build) -> None:
    code, selector = PLACES[place]
    built = build(texts_page(["a\0b"], code=f"text, = texts\n{code}"), warns=1)
    assert built.html_text(selector).strip() == "a\ufffdb"
    assert f"In {NAMED_PLACES[place]} the character U+0000" in built.warnings[0]


@pytest.mark.parametrize("place", ["caption", "tab"])
def test_a_caption_and_a_tab_are_one_line(place: str, build: Build) -> None:
    code, selector = PLACES[place]
    built = build(texts_page(["a\r\n\n.so b"], code=f"text, = texts\n{code}"))
    assert built.html_text(selector).strip() == "a .so b"


#: What takes a parser the square of its length, or as many calls as there are links; and what is
#: merely long.
LONG: Final = {
    "stars": "*" * 100_000,
    "words with stars": "*a " * 100_000,
    "words with backticks": "`a " * 100_000,
    "words with bars": "|a " * 100_000,
    "words with underscores": "a_ " * 100_000,
    "underscores": "_" * 100_000,
    "backslashes": "\\" * 1_000_000,
    "brackets": "[" * 100_000,
    "links": "[a](" * 100_000,
    "images": "![" * 100_000,
    "tags": "<a " * 100_000,
    "braces": "{{ " * 100_000,
    "dollars": "$a " * 100_000,
    "embedded addresses": "`a <" * 100_000,
    "mail addresses": "a@b.c, " * 2_000,
    "addresses": "http://e.org " * 2_000,
    "footnotes": "[1]_ " * 10_000,
    "a megabyte": "x" * 1_000_000,
    "a megabyte of blanks": "x" + " " * 1_000_000 + "x",
    "a megabyte of digits": "1" * 1_000_000 + "x",
    "100,000 words": "word " * 100_000,
}


@pytest.mark.parametrize("suffix", [".rst", ".md"])
@pytest.mark.parametrize("part", range(3))
def test_a_long_text_is_shown_in_time(part: int, suffix: str, build: Build) -> None:
    texts = list(LONG.values())[part::3]
    files = texts_page(texts, suffix=suffix)
    built = build(files, extensions=extensions_for(suffix), builder="dummy")
    assert [len(text) for text in shown_texts(built)] == [len(text) for text in texts]
    assert shown_texts(built) == texts


def test_markup_in_a_long_text_is_markup(build: Build) -> None:
    built = build(texts_page(["word " * 2_000 + "**x** https://e.org"]), builder="dummy")
    assert list(built.tables()[0].findall(nodes.strong))


@pytest.mark.parametrize("depth", [100, 300])
def test_deeply_nested_markup_is_text(depth: int, build: Build) -> None:
    text = "*a " * depth + "a*" * depth
    built = build(texts_page([text, "*x*"], suffix=".md"), extensions=("myst_parser",))
    assert html_texts(built) == [text, "x"]
    assert built.html_text("h1").startswith("Title")


#: What texts of the fuzz test are made of.
FRAGMENTS: Final = st.sampled_from(
    [
        "*", "**", "`", "``", "_", "__", "`_", "|", "[", "]", "]_", "(", ")", "<", ">", "\\", ":",
        "::", ":sup:",
        ".. ", "- ", "#", "$", "~", "!", "@", "{", "}", "{{", "}}", "&amp;", "&", "http://",
        "https://e.org",
        "a@e.org", "javascript:", "a", "b c", " ", "\n", "\t", "1.", "|x|", "x_", "[1]_", "[#]_",
        "'", '"',
        "--", "...", "\u2028", "\x85", "\u00a0", "\u200b", "\ufeff", "<b>", "{sub}", "](", "![",
        "^", "=",
    ]
)  # fmt: skip
FUZZ: Final = st.lists(FRAGMENTS, max_size=9).map("".join) | xml_texts


@pytest.mark.parametrize("suffix", [".rst", ".md"])
@settings(max_examples=12)
@given(texts=st.lists(FUZZ, min_size=30, max_size=60))
def test_no_text_is_lost_or_changed(
    suffix: str, texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For any text: it is shown as it is, or is markup, or was warned of."""
    folder = tmp_path_factory.mktemp("fuzz")
    files = texts_page(texts, suffix=suffix)
    built = build_in(folder, files, builder="dummy", extensions=extensions_for(suffix), warns=None)
    warned = any("df_table.markup" in warning for warning in built.warnings)
    shown = shown_texts(built)
    plain = {nodes.entry, nodes.paragraph, nodes.line_block, nodes.line, nodes.Text}
    for text, found, entry in zip(texts, shown, body_entries(built), strict=True):
        kinds = {type(node) for node in entry.findall()} - plain
        same = {as_lines(text)}
        if suffix == ".md" and html.unescape(text) != text:
            # Text with an entity is markup, so that escapes in it count, too.
            unescaped = re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", text)
            same |= {as_lines(html.unescape(text)), as_lines(html.unescape(unescaped))}
        assert found in same or kinds - {nodes.reference} or _is_link(entry, text), (text, warned)
    assert not [warning for warning in built.warnings if "Traceback" in warning]


def _is_link(entry: nodes.entry, text: str) -> bool:
    """Tell whether ``text`` was written for a link, so that the address is not what is shown."""
    return any(
        link.get("refuri") not in {link.astext(), f"mailto:{link.astext()}"}
        or f"<{link.astext()}>" in text
        for link in entry.findall(nodes.reference)
    )


#: The builders, and what is read back as XML.
BUILDERS: Final = [
    "html", "singlehtml", "text", "latex", "xml", "pseudoxml", "pickle", "json", "man", "texinfo",
    "epub", "gettext",
]  # fmt: skip
EVERYTHING: Final = [text for texts in PLAIN.values() for text in texts] + ILLEGAL
EVERYWHERE: Final = (
    "frame = pd.DataFrame({'a': pd.Series(texts, dtype=object)})\n"
    "legal = [text for text in texts if text.isprintable()]\n"
    "wide = pd.DataFrame([legal[:20]], columns=legal[:20])\n"
    "styled = frame.style.set_caption(' '.join(texts))\n"
    "{text: frame.head(1) for text in texts[-9:]} | {'f': frame, 'w': wide, 's': styled}"
)


@pytest.mark.filterwarnings("ignore:'sphinxcontrib.serializinghtml:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:'sphinxcontrib.serializinghtml:PendingDeprecationWarning")
@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_takes_every_text(builder: str, build: Build) -> None:
    built = build(
        texts_page(EVERYTHING, code=EVERYWHERE),
        builder=builder,
        warns=None,
        epub_copyright="x",
        version="1",
    )
    assert built.returned == 0
    ours = [warning for warning in built.warnings if "index.rst" in warning]
    replaced = [warning for warning in ours if "cannot be shown and is replaced" in warning]
    # One for each label of a tab, for the cells of each of two tables, and for the caption.
    assert len(replaced) == 9 + 2 + 1
    assert all("[df_table.markup]" in warning for warning in set(ours) - set(replaced))
    files = [path for path in built.output.rglob("index*") if path.suffix != ".fpickle"]
    texts = {path: path.read_bytes().decode("utf-8") for path in files if path.is_file()}
    for path, text in texts.items():
        if path.name != "index.rst.txt":
            assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text), path
        if path.suffix in {".xml", ".xhtml"}:
            minidom.parseString(text)


#: Numbers and other values whose digits are easily lost.
VALUES: Final = {
    "floats": "[1e22, 1e16, 0.1 + 0.2, -0.0, 1e-7, 5e-324, 1.7976931348623157e308, float('inf')]",
    "huge integers": "[2**64, -2**70, 10**30]",
    "unsigned": "pd.array([2**64 - 1, 0], dtype='uint64')",
    "missing and integers": "pd.array([2**62 + 1, None], dtype='Int64')",
    "float32": "np.array([0.1, 16777217, 3.4e38], dtype='float32')",
    "complex": "[1 + 2j, -0.5j, complex('nan')]",
    "decimals": "[__import__('decimal').Decimal(x) for x in ('1.10', '1E+5', '-0', 'Infinity')]",
    "fractions": "[__import__('fractions').Fraction(1, 3)]",
    "nanoseconds": (
        "pd.to_datetime("
        "['2024-02-29 13:05:07.123456789', '1700-01-01'], format='ISO8601')"
    ),
    "time zones": (
        "pd.to_datetime(['2024-10-27 00:30', '2024-10-27 01:30']).tz_localize('UTC').tz_convert("
        "'Europe/Berlin')"
    ),
    "durations": "pd.to_timedelta(['1 days', '-1 ns', None])",
    "periods": "pd.period_range('2024-01', periods=2, freq='Q')",
    "intervals": "pd.IntervalIndex.from_breaks([0, 0.1, 1])",
    "booleans": "[True, False]",
    "objects": "[b'\\xff', {'a': 1}, [1, 'x'], (1,), frozenset({1}), 1, 'x']",
    "paths and ids": "[__import__('pathlib').PurePosixPath('/a'), __import__('uuid').UUID(int=7)]",
    "categories": "pd.Categorical([1.5, None, 1e22])",
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_value_on_the_page_is_that_of_the_frame(name: str, build: Build) -> None:
    built = build(page(f"df = pd.DataFrame({{'v': {VALUES[name]}}})"))
    frame = pd.DataFrame({"v": eval(VALUES[name], {"pd": pd, "np": np})})
    written = csv.reader(io.StringIO(frame.assign(end="x").to_csv(index=False), newline=""))
    expected = [row[0] for row in written]
    assert [text for [text] in cell_texts(built.tables()[0])] == expected
    assert html_texts(built) == expected[1:]


def test_a_long_label_of_a_constant_column_is_shortened_in_the_log(build: Build) -> None:
    code = "pd.DataFrame({'long ' * 5000: [':nope:`x`'] * 2, 'b': [1, 2]})"
    [warning] = build(page(code, options=":hoist-constants:"), builder="dummy", warns=1).warnings
    assert "column 'long long" in warning
    assert len(warning) < 1000
