"""The code that runs is the code that was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils.statemachine import string2lines
from hypothesis import given
from hypothesis import strategies as st

from sphinx_df_table.directives.source import recover_source
from sphinx_df_table.model.protocol import Source

if TYPE_CHECKING:
    from pathlib import Path


@given(
    lines=st.lists(st.text(st.sampled_from("ab '\t"), max_size=9), min_size=1, max_size=6),
    indent=st.integers(0, 5),
    off=st.integers(0, 3),
)
def test_lines_come_back_as_typed(
    lines: list[str], indent: int, off: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("source") / "page.rst"
    lines = ["first", *lines, "last"]
    path.write_text("\n".join(" " * indent + line for line in ["", *lines]), encoding="utf-8")
    read = string2lines(path.read_text("utf-8"), convert_whitespace=True)
    body = [line[indent:] for line in read[1 : 1 + len(lines)]]
    found = recover_source(body, filename=str(path), first_line=2 + off, max_distance=3)
    assert found == Source(text="\n".join(lines), filename=str(path), first_line=2)


@pytest.mark.parametrize("before", ["", "   ", "> "])
@pytest.mark.parametrize("lines", [["x  "], ["if x:  ", "", "    y  "], ["x  ", "  ", "y "]])
def test_blanks_behind_lines_of_markdown_are_no_indent(
    lines: list[str], before: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.md"
    path.write_text("\n".join(before + line for line in lines), encoding="utf-8")
    found = recover_source(lines, filename=str(path), first_line=1, max_distance=3)
    assert found == Source(text="\n".join(lines), filename=str(path), first_line=1)


@pytest.mark.parametrize("text", ["other\n", "", "x\ty, or not\n"])
def test_lines_that_the_file_does_not_hold_stay(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.rst"
    path.write_text(text, encoding="utf-8")
    found = recover_source(["x       y"], filename=str(path), first_line=4, max_distance=9)
    assert found == Source(text="x       y", filename=str(path), first_line=4)


def test_lines_without_a_file_stay() -> None:
    name = "module.py:docstring of f"
    found = recover_source(["x", "y"], filename=name, first_line=3, max_distance=9)
    assert found == Source(text="x\ny", filename=name, first_line=3)


def test_the_nearest_place_counts(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("x\n\n> x\n\n\tx\n", encoding="utf-8")
    for guess, place in {1: 1, 2: 1, 3: 3, 4: 3, 5: 5, 9: 5}.items():
        assert (
            recover_source(["x"], filename=str(path), first_line=guess, max_distance=9).first_line
            == place
        )
