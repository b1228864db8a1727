"""Formulas in the PDF: one that passes costs no engine an error, and one that does not is text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from formula_corpus import ERRORS, REFUSED, RIGHT
from sphinx_builds import build_in
from texts import body_entries, texts_page
from typeset import ENGINES, typeset

if TYPE_CHECKING:
    from pathlib import Path

#: Those of printable ASCII, which all fonts of text have.
WRONG = [formula for formula in (*ERRORS, *REFUSED) if formula.isascii() and formula.isprintable()]

#: Each formula is a label of its row, which is bold, and two cells.
CODE = "df = pd.DataFrame({'once': texts, 'again': texts}, index=texts)"


@pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES]
)
def test_two_hundred_formulas_cost_no_error(engine: str, tmp_path: Path) -> None:
    texts = [f":math:`{formula}`" for formula in (*RIGHT, *WRONG)]
    assert len(texts) > 200
    built = build_in(
        tmp_path,
        texts_page(texts, code=CODE),
        builder="latex",
        warns=1,
        latex_engine=engine,
        latex_use_xindy=False,
        project="Formulas",
    )
    entries = body_entries(built)
    math = [node.astext() for entry in entries for node in entry.findall(nodes.math)]
    assert math == [formula for formula in RIGHT for _ in range(3)]
    wrong = [entry.astext() for entry in entries[3 * len(RIGHT) :: 3]]
    assert wrong == texts[len(RIGHT) :]
    assert "[df_table.markup]" in built.warnings[0]
    printed = typeset(built.output, engine)
    assert printed.errors == []
    assert printed.returned == 0
