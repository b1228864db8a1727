"""The code that runs is the code that was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils.statemachine import string2lines
from hypothesis import given
from hypothesis import strategies as st

from sphinx_df_table.source import typed_lines


@given(
    lines=st.lists(st.text(st.sampled_from("ab '\t"), max_size=9), min_size=1, max_size=6),
    indent=st.integers(0, 5),
)
def test_lines_come_back_as_typed(
    lines: list[str], indent: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("source") / "page.rst"
    lines = ["first", *lines, "last"]
    path.write_text("\n".join(" " * indent + line for line in ["", *lines]), encoding="utf-8")
    read = string2lines(path.read_text("utf-8"), convert_whitespace=True)
    body = [line[indent:] for line in read[1 : 1 + len(lines)]]
    assert typed_lines(body, filename=str(path), first_line=2) == lines


@pytest.mark.parametrize("text", ["other\n", "", "x\ty, or not\n"])
def test_lines_that_the_file_does_not_hold_stay(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.rst"
    path.write_text(text, encoding="utf-8")
    assert typed_lines(["x       y"], filename=str(path), first_line=1) == ["x       y"]


def test_lines_without_a_file_stay() -> None:
    assert typed_lines(["x"], filename="module.py:docstring of f", first_line=1) == ["x"]
