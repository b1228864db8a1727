"""The texts of tables are read back from what groff, makeinfo and TeX show of them."""

from __future__ import annotations

import functools
import itertools
import re
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given, settings
from nasty_texts import (
    FRAGMENTS,
    SWEEP,
    WORDS,
    cells_page,
    find_cells,
    find_places,
    matches,
    mismatches,
    nasty_lists,
    pattern_at,
    places_page,
)
from sphinx_builds import build_in, page
from typeset import ENGINES, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typeset import Printed

CONFIGURATION: Final[dict[str, Any]] = {"project": "p", "version": "1", "copyright": "x"}


def show(files: dict[str, str], builder: str) -> str:
    """Return what a program shows of a document that a builder writes."""
    programs = {
        # A paragraph is a line, so that no line ends in a hyphen.
        "man": ("p.1", ["groff", "-t", "-man", "-Tutf8", "-Kutf8", "-P-cbou", "-rLL=999n"]),
        "texinfo": ("p.texi", ["makeinfo", "--plaintext", "--fill-column=9999"]),
    }
    name, command = programs[builder]
    assert shutil.which(command[0]), f"These tests need groff and Texinfo; {command[0]} is missing."
    with tempfile.TemporaryDirectory() as folder:
        built = build_in(Path(folder), files, builder=builder, **CONFIGURATION)
        process = subprocess.run(
            [*command, name], cwd=built.output, capture_output=True, timeout=60, check=True
        )
    # grotty cuts the vertical lines of a long table, which docutils 0.20 has.
    errors = re.sub(".*: character above first line discarded\n", "", process.stderr.decode())
    assert errors == ""
    return process.stdout.decode()


#: Characters that are not read back. groff 1.22 confuses two of them, shows Balinese letters of
#: two parts without the second one, and draws the frame of a table with others. Info has no frame
#: between the lines of a cell and those of its neighbours.
_LEFT_OUT: Final = {"man": "[\u226a\u226b\u1b00-\u1b7f\u2500-\u257f]", "texinfo": "[\r\n]"}


def man_rows(text: str) -> Iterator[str]:
    """Yield the cells of each row, one after the other."""
    for row in re.split("[\u250c\u251c\u2514]\u2500.*", text)[2:-1]:
        lines = [line.strip().strip("\u2502").split("\u2502") for line in row.strip().splitlines()]
        yield "\n".join(itertools.chain.from_iterable(zip(*lines, strict=True)))


def program_mismatches(texts: Sequence[str], builder: str) -> list[tuple[str, str | None]]:
    texts = [re.sub(_LEFT_OUT[builder], "", text) for text in texts]
    # A long word makes the column wide, so that Info breaks no other text.
    shown = show(cells_page([*texts, "m" * 40]), builder)
    return mismatches(texts, find_cells("".join(man_rows(shown)) if builder == "man" else shown))


each_program = pytest.mark.parametrize("builder", ["man", "texinfo"])


@each_program
@settings(max_examples=5)
@example(FRAGMENTS)
@given(nasty_lists)
def test_programs_show_each_cell(builder: str, texts: Sequence[str]) -> None:
    assert program_mismatches(texts, builder) == []


@each_program
def test_programs_show_all_characters(builder: str) -> None:
    assert program_mismatches(SWEEP, builder) == []


@each_program
def test_programs_show_labels_captions_headings_and_notes(builder: str) -> None:
    found = find_places(re.sub("[\u2500-\u257f]", "", show(places_page(WORDS), builder)))
    assert [
        (k, WORDS[n], shown) for k, n, shown in found if not matches(WORDS[n], shown, pattern_at(k))
    ] == []
    assert {(kind, number) for kind, number, _ in found} == {
        (kind, number) for kind in "tcdef" for number in range(len(WORDS))
    }


def test_a_reference_to_a_caption_in_info_has_no_code() -> None:
    lead = "Title\n=====\n\nSee :ref:`named`.\n\n.. _named:\n\n"
    code = "pd.DataFrame({'a': [1]}).style.set_caption(\"it's x--y #z\")"
    shown = show({"index.rst": lead + page(code)}, "texinfo")
    assert "@" not in shown
    assert "it's x--y #z" in shown
    assert re.search("See .*it.s x.+y #z", shown)


each_engine = pytest.mark.parametrize("engine", ENGINES)


def pattern_in_print(character: str, *, engine: str) -> str:
    """Return a pattern of how TeX may print a character, and pdftotext may read it."""
    category = unicodedata.category(character)
    if character.isascii() and character.isprintable():
        return re.escape(character)
    if category == "Cc" or ord(character) & 0xFFFE == 0xFFFE:
        return "[\ufffd\u2666]"
    # pdftotext reads some letters with accents, and some signs for characters that the font lacks,
    # as several characters, and other such signs not at all.
    is_optional = category[0] in "CM" or character.isspace() or engine != "pdflatex"
    return ".{0,3}" if is_optional else ".{1,3}"


def print_texts(
    folder: Path, engine: str, texts: Sequence[str], labels: Sequence[str] = ()
) -> tuple[Printed, str]:
    """Return a document with a table of these texts, and with tables of these labels; its text."""
    files = cells_page(texts)
    if labels:
        files["index.rst"] += "\n.. toctree::\n\n   places/index\n"
        files |= {f"places/{name}": text for name, text in places_page(labels).items()}
    # Debian's TeX comes without xindy.
    options = {"latex_engine": engine, "latex_use_xindy": False, **CONFIGURATION}
    built = build_in(folder, files, builder="latex", **options)
    document = typeset(built.output, engine)
    return document, "".join(word.text for word in document.words)


@each_engine
def test_each_engine_prints_nasty_texts(engine: str, tmp_path: Path) -> None:
    labels = WORDS[::4]
    pattern = functools.partial(pattern_in_print, engine=engine)
    document, text = print_texts(tmp_path, engine, FRAGMENTS, labels)
    assert document.errors == []
    assert document.returned == 0
    assert mismatches(FRAGMENTS, find_cells(text), pattern) == []
    found = find_places(text)
    assert [
        (kind, labels[number], shown)
        for kind, number, shown in found
        if not matches(labels[number], shown, pattern)
    ] == []
    assert {kind for kind, _, _ in found} == set("tcdef")


def test_pdflatex_prints_each_cell(tmp_path: Path) -> None:
    texts = [*SWEEP]

    @settings(max_examples=20, derandomize=True, database=None)
    @given(nasty_lists)
    def add(drawn: list[str]) -> None:
        texts.extend(drawn)

    add()
    # Those that Sphinx draws with lines are no text to pdftotext.
    texts = [re.sub("[\u2422\u2500\u2502\u2514\u251c]", "", text) for text in texts]
    # Compatibility forms, which the words of a document are in, may join with their neighbours.
    document, _ = print_texts(tmp_path, "pdflatex", texts)
    assert document.errors == []
    assert document.returned == 0
    pattern = functools.partial(pattern_in_print, engine="pdflatex")
    assert mismatches(texts, find_cells(document.text), pattern) == []
