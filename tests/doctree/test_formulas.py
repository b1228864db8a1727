"""A formula in a cell is typeset if TeX can do so without an error, and is text otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from docutils import nodes
from formula_corpus import ERRORS, REFUSED, RIGHT
from hypothesis import example, given
from hypothesis import strategies as st
from texts import body_entries, shown_texts, texts_page

from sphinx_df_table.doctree.formulas import describe_forbidden_tex

if TYPE_CHECKING:
    from sphinx_builds import Build

#: What a formula is written in.
MARKUP: Final = {".rst": ":math:`{}`", ".md": "${}$"}

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    ".rst": {},
    ".md": {"extensions": ("myst_parser",), "myst_enable_extensions": ["dollarmath"]},
}


@pytest.mark.parametrize("suffix", MARKUP)
def test_formulas_without_errors_are_formulas(suffix: str, build: Build) -> None:
    # A dollar or a blank at the end is no markup in Markdown.
    formulas = [f for f in RIGHT if suffix == ".rst" or not re.search(r"\$|\n|^ | $", f)]
    texts = [MARKUP[suffix].format(formula) for formula in formulas]
    built = build(texts_page(texts, suffix=suffix), builder="dummy", **SETTINGS[suffix])
    found = [list(entry.findall(nodes.math)) for entry in body_entries(built)]
    assert [[node.astext() for node in math] for math in found] == [[f] for f in formulas]


@pytest.mark.parametrize("suffix", MARKUP)
def test_formulas_with_errors_are_text_and_a_warning(suffix: str, build: Build) -> None:
    # In Markdown, dollars around what begins or ends like this enclose no formula.
    formulas = [f for f in ERRORS if suffix == ".rst" or not re.search(r"^\}|[\[{]$", f)]
    texts = [MARKUP[suffix].format(formula) for formula in formulas]
    built = build(texts_page(texts, suffix=suffix), builder="dummy", warns=1, **SETTINGS[suffix])
    assert not [math for entry in body_entries(built) for math in entry.findall(nodes.math)]
    assert f"({len(texts)} cells in all)" in built.warnings[0]


@pytest.mark.parametrize("formula", REFUSED, ids=lambda formula: ascii(formula)[:30])
def test_the_warning_describes_what_is_not_allowed(formula: str, build: Build) -> None:
    text = f":math:`{formula}`"
    built = build(texts_page(["x", text]), builder="dummy", warns=1)
    assert shown_texts(built)[1] == text
    assert REFUSED[formula].replace("\u202e", "\\u202e") in built.warnings[0]
    assert "is not allowed in a cell" in built.warnings[0]


@given(st.text(st.sampled_from("\\{}[]^_'&$%#~ \n\tax1\u03b1\x7f"), max_size=300))
@example("{" * 1_000)
@example(r"\sqrt[" * 160)
@example(r"\hat{" * 200)
@example(r"\left(" * 160)
@example("x^" * 500)
@example("\\" * 999)
@example(r"\begin{matrix}" * 71)
def test_any_text_is_a_formula_or_is_described(formula: str) -> None:
    described = describe_forbidden_tex(formula)
    assert described == "" or described.startswith(("a formula", "an incomplete"))


@pytest.mark.parametrize("part", ["{", "x^2", r"\frac{", r"\left(", "'", " ", "\\", "中"])
def test_a_long_formula_is_not_parsed(part: str) -> None:
    description = "a formula of more than 1,000 characters"
    assert describe_forbidden_tex(part * 100_000) == description
