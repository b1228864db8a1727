"""Stars, underscores and dollars of data stay; those around words and formulas are markup."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from sphinx_builds import Build, Built, build_in, entry_text

MYST: dict[str, Any] = {
    "extensions": ("myst_parser",),
    "myst_enable_extensions": ["amsmath", "attrs_inline", "dollarmath", "strikethrough"],
}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    ".rst": (".. df-table::\n\n   {}\n", {}),
    ".md": ("```{{df-table}}\n{}\n```\n", MYST),
}

each_language = pytest.mark.parametrize("suffix", PAGES)


def files_with(texts: list[str], suffix: str) -> dict[str, str]:
    """A page with a table whose only column has ``texts``."""
    data = io.StringIO()
    csv.writer(data).writerows([["value"], *([text] for text in texts)])
    code = 'pd.read_csv("data.csv", dtype=str, keep_default_na=False)'
    return {"index" + suffix: PAGES[suffix][0].format(code), "data.csv": data.getvalue()}


def body_entries(built: Built) -> list[nodes.entry]:
    [table] = built.tables()
    return list(table.findall(nodes.entry))[1:]


DATA = [
    # Patterns of files and of addresses
    "src/*.c and include/*.h", "lib/**/*.js", "lib/**/*.js, src/**/*.ts", "*.tar.gz", "*.c,*.h",
    "*.py, *.pyi", "**/*", "**/*.md or **/*.rst", "*.*", "*.c*", "foo-*-bar-*", "/*/", "*/*", "a/*",
    "arn:aws:s3:::*", "s3:Get*, s3:Put*", "*:80, *:443", "[*.c] [*.h]", "{*.c,*.h}", "'*.c' '*.h'",
    '"*" or "*"', "(*a) or (b*)", '"*a" or "b*"', "<*>, <*>",
    "*_test.py, test_*", "*-musllinux_*", "*-win32 and cp39-*", "*_i686 *-musllinux_*",
    "*@example.org and admin@*",
    # Products, powers, pointers, regular expressions, schedules
    "a*b*c", "2*3*4", "2 * 3 * 4", "2**10**2", "a ** b ** c", "x *= 2; y *= 3", "x **= 2; y **= 3",
    "int *a, *b;", "int *a,*b;", "char **argv, **envp", "(*fp)(int *)", "f(*args, **kwargs)",
    "*args, **kwargs", "SELECT *, a.*, b.* FROM t", "count(*), sum(*)", "(.*) (a*)*", "^.*foo.*$",
    "*/5 * * * *", "0 0 * * *", "/* a */", "/** a **/",
    "2 *-1 + 3*-2", "^$|^b$", "[a-z]*$|[0-9]+$", "(a|b)$|(c)$",
    # Marks of notes and of significance
    "(*) note (*)", "*", "**", "* required", "*required, **optional", "0.42* and 0.31*", "0.42***",
    "5 (4*), 3 (2*)", "p < 0.05*, p < 0.01**", "*p < 0.05; **p < 0.01",
    # Names
    "__init__", "__all__, __main__", "snake_case_name", "_private_", "_a_ and _b_", "a_b_c", "_",
    "__", "__x__.py", "_x, y_", "(_a_)", "my_var_ x_", "__ x __",
    # Prices and variables
    "$5 and $6", "$5-$6", "$5/$6", "$1,000 \u2013 $2,000", "US$5 or US$6", "5$, 6$", "($), ($)",
    "$", "$HOME/$USER", "${A}/${B}", "$(a) $(b)", "$5 (of $6)", "-$5 to -$6", "$$5 and $$6",
    "A$, NZ$",     "$/kg or €/$", "'$' and '$'", '"$" or "$"', 'use "$", not "$"', "$_GET,$_POST",
    "$_SERVER.$_ENV", "$.store.book[*].author,$.store", "$['a']['b'],$['c']", "$a, $b", "$1 $2 $3",
]  # fmt: skip

MARKUP: dict[str, tuple[str, type[nodes.Node]]] = {
    "*whole cell*": ("whole cell", nodes.emphasis),
    "**bold**": ("bold", nodes.strong),
    "**-5**": ("-5", nodes.strong),
    "**100 %**": ("100 %", nodes.strong),
    "**Total:**": ("Total:", nodes.strong),
    "(*so*)": ("(so)", nodes.emphasis),
    '"*so*"': ('"so"', nodes.emphasis),
    "*p*-value": ("p-value", nodes.emphasis),
    "see *this*, please": ("see this, please", nodes.emphasis),
    "Smith *et al.* 2020": ("Smith et al. 2020", nodes.emphasis),
    "*a/b.c* file": ("a/b.c file", nodes.emphasis),
    "**\u6ce8\u610f**\uff1a\u5024": ("\u6ce8\u610f\uff1a\u5024", nodes.strong),
    "*\u91cd\u8981*\u3002": ("\u91cd\u8981\u3002", nodes.emphasis),
    "\uff08*x*\uff09": ("\uff08x\uff09", nodes.emphasis),
    "\u300c**a**\u300d": ("\u300ca\u300d", nodes.strong),
    "**new** and *x": ("new and *x", nodes.strong),
    "**new**, 2*3*4": ("new, 2*3*4", nodes.strong),
}
RST_ONLY: dict[str, tuple[str, type[nodes.Node]]] = {
    r"*N*\ :sub:`A`": ("NA", nodes.emphasis),
    r"2\ *x*\ y": ("2xy", nodes.emphasis),
    "``a*b`` *x*": ("a*b x", nodes.literal),
}
MARKDOWN_ONLY: dict[str, tuple[str, type[nodes.Node]]] = {
    "`a*b*c` *x*": ("a*b*c x", nodes.literal),
    "**`a*b`**": ("a*b", nodes.strong),
    "***x***": ("x", nodes.strong),
    "$x$": ("x", nodes.math),
    "$a*b*c$": ("a*b*c", nodes.math),
    "CO$_2$": ("CO_2", nodes.math),
    "10$^{-3}$ m": ("10^{-3} m", nodes.math),
    "$|x| = 5$, exactly": ("|x| = 5, exactly", nodes.math),
    "[**x**](https://example.org)": ("x", nodes.strong),
    r"\*a\* *b*": ("*a* b", nodes.emphasis),
}


@each_language
def test_marks_of_data_stay(suffix: str, build: Build) -> None:
    built = build(files_with(DATA, suffix), builder="dummy", **PAGES[suffix][1])
    assert [entry_text(entry) for entry in body_entries(built)] == DATA


@each_language
def test_marks_around_words_and_formulas_are_markup(suffix: str, build: Build) -> None:
    texts = MARKUP | (MARKDOWN_ONLY if suffix == ".md" else RST_ONLY)
    built = build(files_with([*texts], suffix), builder="dummy", **PAGES[suffix][1])
    for entry, (text, kind) in zip(body_entries(built), texts.values(), strict=True):
        assert entry.astext() == text
        assert list(entry.findall(kind)), entry.pformat()


@each_language
def test_the_page_has_its_own_rules(suffix: str, build: Build) -> None:
    files = files_with(["a*b*c"], suffix)
    files["index" + suffix] = "Both *src/* and *include/* here.\n\n" + files["index" + suffix]
    built = build(files, **PAGES[suffix][1])
    assert [em.get_text() for em in built.html().select("p em")] == ["src/", "include/"]


def test_a_substitution_is_no_data(build: Build) -> None:
    settings_ = MYST | {
        "myst_enable_extensions": ["substitution"],
        "myst_substitutions": {"new": "_so_ and *src/*"},
    }
    built = build(files_with(["a {{ new }} *b"], ".md"), **settings_)
    assert [em.get_text() for em in built.html().select("td em")] == ["so", "src/"]
    assert built.html_text("td") == "a so and src/ *b"


NAMES = st.text(st.sampled_from("abxyzAB019"), min_size=1, max_size=6)
PATH = st.lists(NAMES | st.sampled_from(["*", "**"]), min_size=2, max_size=4).map("/".join)
PIECES = {
    "identifiers": st.builds("{}{}_{}{}".format, st.sampled_from(["", "_", "__"]), NAMES, NAMES,
                             st.sampled_from(["", "_", "__"])),
    "globs": st.builds("{}/*.{}".format, PATH, NAMES) | st.builds("*.{}".format, NAMES),
    "prices": st.builds("{}${:,}".format, st.sampled_from(["", "US", "-"]), st.integers(0, 9_999)),
    "operators": st.builds(
        "{}{}{}".format, NAMES, st.sampled_from(["*", "**", " * ", " ** ", " *= "]), NAMES
    ),
}  # fmt: skip
LINES = st.sampled_from([*PIECES.values()]).flatmap(
    lambda pieces: st.builds(
        str.join,
        st.sampled_from([", ", " ", " and ", "; ", " or ", " - "]),
        st.lists(pieces, min_size=1, max_size=4),
    )
)


@given(st.lists(LINES, min_size=40, max_size=80))
@settings(max_examples=8, deadline=None)
@each_language
def test_names_globs_prices_and_products_come_out_as_they_are(
    suffix: str, texts: list[str]
) -> None:
    # A name that ends in an underscore is a reference where the page has such a target.
    with tempfile.TemporaryDirectory() as folder:
        files = files_with(texts, suffix)
        built = build_in(Path(folder), files, builder="dummy", **PAGES[suffix][1])
        assert [entry_text(entry) for entry in body_entries(built)] == texts
