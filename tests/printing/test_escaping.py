"""The texts of tables are read back from plain text and Markdown, whatever they consist of."""

from __future__ import annotations

import itertools
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docutils.utils import column_width
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
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
    pattern_without_columns,
    places_page,
)
from sphinx_builds import Build, build_in, page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

MARKDOWN = {"builder": "markdown", "extensions": ("sphinx_markdown_builder",)}


def build_texts(files: dict[str, str], **options: object) -> str:
    """Return the page that a builder writes."""
    with tempfile.TemporaryDirectory() as folder:
        built = build_in(Path(folder), files, **options)  # type: ignore[arg-type]
        [output] = built.output.glob("index.*")
        return output.read_text("utf-8")


def text_rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a table, and assert that each line is in the frame."""
    row: list[str] = []
    for line in text.splitlines():
        if line.startswith(("+", "|==")):
            borders = [place for place, sign in enumerate(line) if sign in "+|"]
            if row:
                yield row
            row = [""] * (len(borders) - 1)
        elif row or line.startswith("|"):
            place = 0
            for character in line:
                if place in borders and column_width(character):
                    assert character == "|", line
                else:
                    row[sum(border < place for border in borders[1:])] += character
                place += column_width(character)
            assert place == borders[-1] + 1, line
            row = [cell + "\n" for cell in row]


def text_mismatches(texts: Sequence[str]) -> list[tuple[str, str | None]]:
    text = build_texts(cells_page(texts), builder="text")
    table = text[text.index("\n+") + 1 :]
    shown = find_cells("\n".join(" ".join(row) for row in text_rows(table)))
    return mismatches(texts, shown)


@settings(max_examples=5)
@example(FRAGMENTS)
@given(nasty_lists)
def test_text_shows_each_cell_in_its_frame(texts: Sequence[str]) -> None:
    assert text_mismatches(texts) == []


def test_text_shows_all_characters() -> None:
    assert text_mismatches(SWEEP) == []


def inline_text(token: Token) -> str:
    """Return the text of a cell or a heading; markup that is not from a writer is in brackets."""
    parts = []
    for child in token.children or ():
        is_text = child.type in {"text", "text_special"}
        html = {"<br/>": "\n", "<!-- -->": ""} if child.type == "html_inline" else {}
        parts.append(child.content if is_text else html.get(child.content, f"<{child.type}>"))
    return "".join(parts)


def markdown_texts(text: str) -> list[str]:
    """Return the texts of headings, paragraphs and cells."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inline_text(token) for token in parser.parse(text) if token.type == "inline"]


def markdown_mismatches(texts: Sequence[str]) -> list[tuple[str, str | None]]:
    text = build_texts(cells_page(texts), **MARKDOWN)
    cells = markdown_texts(text)
    shown = {
        int(cell[2:6]): cells[number + 1]
        for number, cell in enumerate(cells[:-2])
        if re.fullmatch("Qa[0-9]{4}Q", cell) and cells[number + 2] == "zQb"
    }
    return mismatches(texts, shown, pattern_without_columns)


@settings(max_examples=5)
@example(FRAGMENTS)
@given(nasty_lists)
def test_markdown_shows_each_cell(texts: Sequence[str]) -> None:
    assert markdown_mismatches(texts) == []


def test_markdown_shows_all_characters() -> None:
    assert markdown_mismatches(SWEEP) == []


@pytest.mark.parametrize("builder", ["text", "markdown"])
def test_labels_captions_headings_and_notes_are_shown(builder: str) -> None:
    options = MARKDOWN if builder == "markdown" else {"builder": "text"}
    text = build_texts(places_page(WORDS), **options, df_table_text_width=80)
    if builder == "markdown":
        text = "\n".join(markdown_texts(text))
    found = find_places(text)
    assert [
        (kind, WORDS[number], shown)
        for kind, number, shown in found
        if not matches(
            WORDS[number],
            shown,
            pattern_without_columns if builder == "markdown" else pattern_at(kind),
        )
    ] == []
    assert {(kind, number) for kind, number, _ in found} == {
        (kind, number) for kind in "tcdef" for number in range(len(WORDS))
    }


#: Cells of text and of markup with a control character.
CONTROLLED = (
    "te{}xt", "li\nn{}e", "``x{}y``", "**x{}**", ":abbr:`L{} (fo{}o)`", ":kbd:`k{}`", "x{}" * 200,
    "`te{}xt <https://example.org/a{}b>`_", "https://example.org/{}x", ":ref:`te{}xt <label>`",
)  # fmt: skip


@pytest.mark.parametrize(
    ("builder", "markup"),
    [
        *itertools.product(["latex", "man", "texinfo", "text", "markdown"], ["inline"]),
        ("latex", "block"),
    ],
)
def test_no_format_for_print_has_a_control_character(
    builder: str, markup: str, build: Build
) -> None:
    controls = [chr(code) for code in range(0x7F, 0xA0) if code != 0x85]
    texts = [
        text.replace("{}", c) for c in (*controls[:2], "".join(controls)) for text in CONTROLLED
    ]
    table = f"pd.DataFrame({{'a\x7f': {texts!r}}}).style.set_caption('c\x9b')"
    options = f":show-source: below\n:markup: {markup}"
    code = f"# A comment\x7f\x9b.\n{{'tab\x7f': {table}}}"
    files = {"index.rst": ".. _label:\n\nTitle\n=====\n\n" + page(code, options=options)}
    extensions = ("sphinx_markdown_builder",) if builder == "markdown" else ()
    # The builder of Markdown warns about abbreviations.
    built = build(
        files, builder=builder, extensions=extensions, project="p", version="1", warns=None
    )
    [written] = [
        path.read_text("utf-8")
        for path in built.output.iterdir()
        if path.suffix in {".tex", ".1", ".texi", ".txt", ".md"}
    ]
    assert re.findall("[\x7f-\x9f]", written) == []
    assert "\ufffd" in written or "U+FFFD" in written


NUMBERS = ("1.50", "007", "1e5", "6668.70475", "1,234", "+1", ".5", "inf", "1_000", "1000000.25")


@pytest.mark.parametrize("number", NUMBERS)
def test_markdown_shows_numbers_as_they_are(number: str) -> None:
    code = f"pd.DataFrame({{'a': [{number!r}, {number!r}], 'b': ['', {number!r}]}})"
    text = build_texts({"index.rst": page(code, options=":markup: none")}, **MARKDOWN)
    assert markdown_texts(text)[-4:] == [number, "", number, number]
    assert text.count(number.replace("_", "&#95;")) == 3


@settings(max_examples=10)
@given(st.lists(st.sampled_from([*NUMBERS, "3.10", "-7.0", "22", "1.5", "NaN", "", "v1"])))
def test_no_program_that_reads_markdown_gets_another_number(texts: list[str]) -> None:
    code = f"pd.DataFrame({{'n': [*{texts!r}, '5'], 's': 'x'}})"
    text = build_texts({"index.rst": page(code, options=":markup: none")}, **MARKDOWN)
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    written = [row.removesuffix("<!-- -->").replace("&#95;", "_") for row in rows[2:]]
    assert written == [*texts, "5"]


def test_a_column_of_numbers_that_is_not_changed_has_no_comment() -> None:
    code = "pd.DataFrame({'a': [1, 22], 'b': [1.5, 22.25], 'c': ['v3.10', '3.10']})"
    assert "<!--" not in build_texts({"index.rst": page(code)}, **MARKDOWN)


def test_markdown_has_merged_headings_over_each_of_their_columns() -> None:
    columns = "[('A', 'x'), ('A', 'y'), ('B|C', 'z'), ('', 'k')]"
    code = f"pd.DataFrame([[1.5, 2, 'v', 'w']], columns=pd.MultiIndex.from_tuples({columns}))"
    cells = markdown_texts(build_texts({"index.rst": page(code)}, **MARKDOWN))
    assert cells == ["A\nx", "A\ny", "B|C\nz", "k", "1.5", "2", "v", "w"]


def test_markdown_keeps_markup_in_its_cell(build: Build) -> None:
    values = ["``a|b`c``", "`x <https://example.org/a|b)>`_", ":math:`a|b`", "**a|b**", "a\nb"]
    code = f"pd.DataFrame({{'a': {values!r}, 'b': 'end'}})"
    text = (build(page(code), **MARKDOWN).output / "index.md").read_text("utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [token for token in tokens if token.type == "inline"]
    assert [token.content for token in inline[3::2]] == ["end"] * len(values)
    literal, link, formula, strong, lines = inline[2::2]
    assert inline_text(literal) == "a|b`c"
    assert [child.attrs for child in link.children or ()][:1] == [
        {"href": "https://example.org/a%7Cb%29"}
    ]
    assert formula.content == r"$a\vert b$"
    assert inline_text(strong) == "<strong_open>a|b<strong_close>"
    assert inline_text(lines) == "a\nb"
