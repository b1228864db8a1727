"""Which environment of LaTeX a table gets, and how wide its columns are."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sphinx_builds import Build, Built, build_in, page

#: Lines of a cell that are shorter than a third of the line, some of them empty.
lines = st.lists(st.sampled_from(["x", "a few words", "", "3.10", "-7"]), min_size=1, max_size=3)


def environments(built: Built) -> list[str]:
    """The environments of all tables, with the columns of each."""
    [path] = built.output.glob("*.tex")
    pattern = r"\\begin\{(tabulary|tabular|longtable)\}(?:\{\\linewidth\})?(?:\[\w+\])?\{(.*)\}"
    return [" ".join(found) for found in re.findall(pattern, path.read_text("utf-8"))]


def code_of(cells: list[str]) -> str:
    return f"pd.DataFrame({{'a': {cells!r}, 'b': 1}})"


def test_a_line_break_does_not_make_a_short_table_long(build: Build) -> None:
    built = build(page(code_of(["x\ny"])) + page(code_of(["x"])), builder="latex")
    with_lines, without = environments(built)
    # Sphinx 7 calls it tabulary, also where all widths are given.
    assert with_lines.startswith(("tabular >", "tabulary >"))
    # The shares of the line are those of a letter and a digit.
    assert all(float(width) < 0.05 for width in re.findall(r"\\Y\{([\d.]+)\}", with_lines))
    assert without == "tabulary TR"


@settings(max_examples=10)
@given(st.lists(lines, min_size=1, max_size=5))
def test_a_short_table_is_short_whatever_its_line_breaks(cells: list[list[str]]) -> None:
    text = page(code_of(["\n".join(cell) for cell in cells]))
    with tempfile.TemporaryDirectory() as folder:
        built = build_in(Path(folder), text, builder="latex")
        [environment] = environments(built)
        assert environment.startswith("tabular")


@pytest.mark.parametrize(
    "cells", [["\n".join(f"line {n}" for n in range(40))], ["one\ntwo"] * 20, ["x\ny"] * 40]
)
def test_many_lines_still_make_a_table_long(cells: list[str], build: Build) -> None:
    [environment] = environments(build(page(code_of(cells)), builder="latex"))
    assert environment.startswith("longtable")


def test_a_panel_with_lines_is_as_narrow_as_they_are(build: Build) -> None:
    wide = "{f'Column {c}': ['x\\ny', 'a somewhat longer text'] for c in range(9)}"
    built = build(page(f"pd.DataFrame({wide})"), builder="latex")
    plain = build(page(f"pd.DataFrame({wide})".replace("\\ny", "")), builder="latex")
    assert environments(built) == environments(plain)
