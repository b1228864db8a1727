"""Signs in data that pdfLaTeX's fonts lack are printed, and read back from the PDF as they were."""

# ruff: noqa: RUF001 - the signs are what this is about.

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from nasty_texts import cells_page, find_cells, find_places, places_page
from pypdf import PdfReader
from sphinx_builds import build_in, page
from typeset import typeset

import sphinx_df_table.printing

if TYPE_CHECKING:
    from typeset import Printed

#: The signs that data is full of, and those that the package declares.
COMMON: Final = "−±µΩΔ×≤≥≈→√∞°‰⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉½¼¾✓…"
PACKAGE: Final = Path(sphinx_df_table.printing.__file__).with_name("sphinxdftable.sty")
DECLARED: Final = dict(
    re.findall(r"^\\dftable@\w+\{(.)\}\{(\w+)\}", PACKAGE.read_text("utf-8"), re.MULTILINE)
)


def print_pages(folder: Path, files: dict[str, str], preamble: str = "") -> tuple[Printed, str]:
    """Return a document that pdfLaTeX printed, and its text without white space."""
    built = build_in(
        folder,
        files,
        builder="latex",
        project="p",
        numfig=True,
        # Debian's TeX comes without xindy.
        latex_use_xindy=False,
        latex_elements={"preamble": preamble},
    )
    document = typeset(built.output)
    return document, document.text


def test_the_code_of_each_sign_is_its_own() -> None:
    assert {sign: f"{ord(sign):04X}" for sign in DECLARED} == DECLARED
    assert len(DECLARED) > 230


def test_each_sign_is_printed_and_read_back(tmp_path: Path) -> None:
    signs = [*COMMON, *DECLARED, "−7.0", "1.5±0.2", "10⁻³ m²", "≥ 3 µm", "✅\ufe0f"]
    labels = ["−7.0", "µΩΔ×≤≥≈", "→√∞°‰½", "m²·s⁻¹", "x₀₁", "α′″⇒✅"]
    files = cells_page(signs)
    files["index.rst"] += "\n.. toctree::\n\n   places/index\n"
    files |= {f"places/{name}": text for name, text in places_page(labels).items()}
    document, text = print_pages(tmp_path, files)
    assert document.errors == []
    assert "sphinxdftable Warning" not in document.log
    shown = find_cells(text)
    # Variation selectors have no text of their own.
    expected = ["".join(re.sub("[\ufe0e\ufe0f]", "", sign).split()) for sign in signs]
    assert [shown.get(number) for number in range(len(signs))] == expected
    found = find_places(text)
    assert {(kind, number) for kind, number, _ in found} == {
        (kind, number) for kind in "tcdef" for number in range(len(labels))
    }
    assert [labels[number] for _, number, _ in found] == [shown for _, _, shown in found]


_SMALL: Final = """\
See :numref:`signs` and :ref:`signs`
====================================

.. _signs:

"""


def test_signs_are_right_in_titles_and_small_tables_and_as_the_project_declares(
    tmp_path: Path,
) -> None:
    columns = {"Δ\nt": ["−7.0", "≤ 5\n≥ 2", "字字"], "``−``": ["``≈``", "**±2²**", "x"]}
    code = f"pd.DataFrame({columns!r})"
    pages = {
        "index.rst": "Title\n=====\n\n.. toctree::\n\n   signs\n",
        "signs.rst": _SMALL + page(code, title="Change ≥ 10 µm²"),
    }
    preamble = r"\DeclareUnicodeCharacter{2264}{AtMost}"
    document, text = print_pages(tmp_path, pages, preamble)
    assert document.errors == []
    assert "begin{longtable}" not in document.tex
    assert "Δt−−7.0≈AtMost5≥2±2²字字x" in text
    # In the contents and above the table; the title itself is in capitals.
    assert text.count("Change≥10µm²") == 2
    [warning] = re.findall(r"sphinxdftable Warning: No font has (\S+),", document.log)
    assert warning == "U+5B57"
    titles = [str(item.title) for item in PdfReader(document.pdf).outline if hasattr(item, "title")]
    assert any("Change ≥ 10 µm²" in title for title in titles), titles


@pytest.mark.parametrize("sign", ["€", "→", "½"])
def test_a_sign_that_sphinx_has_a_command_for_may_be_the_only_one(
    sign: str, tmp_path: Path
) -> None:
    document, text = print_pages(
        tmp_path, {"index.rst": page(f"pd.DataFrame({{'x': ['{sign}7']}})")}
    )
    assert document.errors == []
    assert f"{sign}7" in text


def test_a_document_without_signs_loads_no_package(tmp_path: Path) -> None:
    built = build_in(tmp_path, page("pd.DataFrame({'a': [1]})"), builder="latex")
    [tex] = built.output.glob("*.tex")
    assert "sphinxdftable" not in tex.read_text("utf-8")
    assert not list(built.output.glob("sphinxdftable.sty"))
