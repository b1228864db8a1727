"""Cells in the PDF: each is beside its stub, and none is covered, cut off or missing."""

from __future__ import annotations

import collections
import itertools
import re
from typing import TYPE_CHECKING

import pytest
from manuscript import CAPTIONS, FITTING, SHAPES, Section
from proofs import Proof, each_engine
from reading import column_extents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reading import Panel, PrintedTable
    from typeset import Word

pytest_plugins = ["presses"]

NUMBER = re.compile(r"[$]?-?[\d,]+(\.\d+)?")


@each_engine
def test_the_engine_has_no_error(proof: Proof) -> None:
    assert proof.printed.errors == []
    assert proof.printed.missing_characters == []
    assert proof.printed.returned == 0


@each_engine
def test_no_line_of_the_document_is_too_wide(proof: Proof) -> None:
    assert [box for box in proof.printed.overfull if box.kind == "h"] == []


@each_engine
def test_no_page_is_too_full(proof: Proof) -> None:
    """Less than a line is no loss: what is seen is looked at cell by cell."""
    assert [box for box in proof.printed.overfull if box.kind == "v" and box.points > 5] == []


@each_engine
def test_anchors_are_unique(proof: Proof) -> None:
    assert proof.printed.doubled == []


@each_engine
@pytest.mark.parametrize("section", SHAPES, ids=lambda section: section.name)
def test_every_cell_is_seen_beside_its_stub(section: Section, proof: Proof) -> None:
    if section in proof.sections and section.name not in {"references", "numberedlink"}:
        tables = proof.tables(section)
        assert tables
        assert [fault for table in tables for fault in table.faults()] == []
        assert [table.found() for table in tables] == [table.grid.cells for table in tables]


@each_engine
def test_numbers_are_aligned_right(proof: Proof) -> None:
    checked = 0
    theirs = {pair[1] for pair in FITTING}
    for section in proof.sections:
        for table in [] if section in theirs else proof.tables(section):
            for cells in columns_of_numbers(table):
                rights = [words[-1].right for words in cells]
                assert max(rights) - min(rights) < 1, (section.name, cells)
                checked += len({word[0].text for word in cells}) > 1
    assert checked > 100


def columns_of_numbers(table: PrintedTable) -> Iterator[list[tuple[Word, ...]]]:
    """The cells of each column of numbers, page by page."""
    for panel in table.panels:
        for column in panel.columns:
            if all(NUMBER.fullmatch(row[column]) for row in table.grid.body):
                by_page = collections.defaultdict(list)
                for words in panel.column(column):
                    by_page[words[0].page].append(words)
                yield from by_page.values()


@each_engine
@pytest.mark.parametrize("pair", FITTING, ids=lambda pair: pair[0].name)
def test_a_table_that_fits_looks_like_one_of_sphinx(
    pair: tuple[Section, Section], proof: Proof
) -> None:
    ours, theirs = map(proof.table, pair)
    for here, there in zip(column_extents(ours), column_extents(theirs), strict=True):
        assert here == pytest.approx(there, abs=1)
    assert heights(ours) == pytest.approx(heights(theirs), abs=0.1)
    assert not continued(ours.panels[0])


def heights(table: PrintedTable) -> list[float]:
    """Return how far each row is from the one before, and the height of letters."""
    tops = [words[0].top for words in table.panels[0].column(0)]
    first = table.panels[0].column(0)[0][0]
    return [b - a for a, b in itertools.pairwise(tops)] + [first.bottom - first.top]


def continued(panel: Panel) -> bool:
    return any(word.text.strip("().:,").lower() == "continued" for word in panel.intro)


@each_engine
@pytest.mark.parametrize("name", ["wide", "widewithstub", "unnamed", "indexed", "nohead"])
def test_a_table_that_is_too_wide_is_split_into_panels(name: str, proof: Proof) -> None:
    table = proof.table(name)
    repeated = tuple(table.grid.repeated)
    assert len(table.panels) > 1
    assert all(panel.columns[: len(repeated)] == repeated for panel in table.panels)
    others = [panel.columns[len(repeated) :] for panel in table.panels]
    assert list(itertools.chain(*others)) == list(range(len(repeated), table.grid.width))
    assert [continued(panel) for panel in table.panels] == [False] + [True] * (len(others) - 1)


@each_engine
def test_panels_use_the_width_of_the_page(proof: Proof) -> None:
    """With one panel fewer, not all columns would fit."""
    for name in ("wide", "unnamed"):
        table = proof.table(name)
        widths = []
        for panel in table.panels:
            [first, *_] = panel.cells.values()
            words = [w for cell in panel.cells.values() for w in cell if w.page == first[0].page]
            widths.append(max(w.right for w in words) - min(w.left for w in words))
        assert min(widths[:-1]) > 300


@each_engine
@pytest.mark.parametrize("name", ["twolevels", "threelevels"])
def test_a_merged_heading_is_not_split(name: str, proof: Proof) -> None:
    table = proof.table(name)
    assert len(table.panels) > 1
    assert len(table.grid.groups) > 3
    for group in table.grid.groups:
        holders = [panel for panel in table.panels if set(panel.columns) & set(group)]
        assert [set(group) <= set(panel.columns) for panel in holders] == [True]


@each_engine
def test_a_merged_heading_wider_than_the_page_is_repeated(proof: Proof) -> None:
    table = proof.table("widegroup")
    for group in table.grid.groups:
        holders = [panel for panel in table.panels if set(panel.columns) & set(group)]
        assert len(holders) > 1
        for panel in holders:
            tops = {heading.columns for heading in panel.heads[0] if heading.row == 0}
            assert group in tops


@each_engine
@pytest.mark.parametrize("name", ["longwords", "longheadings"])
def test_a_long_word_is_broken_without_a_hyphen(name: str, proof: Proof) -> None:
    table = proof.table(name)
    for panel in table.panels:
        for (row, column), words in panel.cells.items():
            if column in {0, 2}:
                assert "".join(word.text for word in words) == table.grid.body[row][column]


@each_engine
def test_headings_are_repeated_on_each_page(proof: Proof) -> None:
    for name in ("wide", "tall", "tallcaption"):
        for panel in proof.table(name).panels:
            assert len(panel.heads) == len(panel.pages) > 1
            assert all(head.keys() == panel.heads[0].keys() for head in panel.heads)


@each_engine
@pytest.mark.parametrize("name", ["links", "widelinks"])
def test_links_in_cells_lead_to_their_targets(name: str, proof: Proof) -> None:
    table = proof.table(name)
    grid, printed = table.grid, proof.printed
    checked = 0
    for panel in table.panels:
        for (row, column), words in panel.cells.items():
            if column:
                links = printed.links_of(words)
                text = grid.body[row][column]
                assert links, text
                if text.startswith("Example"):
                    address = f"https://example.org/{text[7:]}"
                    assert {link.address.startswith(address) for link in links} == {True}
                else:
                    start = "Openfirstcaption" if "page" in text else "Openadmonition"
                    [place] = [word.page for word in printed.words if word.text == start]
                    assert {link.to_page for link in links} <= {place, place + 1}
                checked += 1
    assert checked == sum(len(row) - 1 for row in grid.body)


@each_engine
def test_bold_and_italic_of_a_styler_are_printed(proof: Proof) -> None:
    styled = proof.printed.styled
    count = 2 + 16
    assert (styled["b"].count("heavy"), styled["i"].count("heavy")) == (count, 0)
    assert (styled["i"].count("slanted"), styled["b"].count("slanted")) == (count, 0)
    assert "upright" not in styled["b"] + styled["i"]


def caption_words(proof: Proof, number: str) -> list[list[Word]]:
    """The words from each place where a table has this number."""
    words = proof.printed.words
    return [
        list(words[place - 1 : place + 12])
        for place, word in enumerate(words)
        if word.text == f"{number}:" and words[place - 1].text == "Table"
    ]


def chapter(proof: Proof) -> int:
    """The number of the chapter with the captions."""
    pages = list(dict.fromkeys(section.page for section in proof.sections))
    return pages.index("captions") + 1


@each_engine
def test_each_caption_is_printed_once_with_the_next_number(proof: Proof) -> None:
    for number, (_, title) in enumerate(CAPTIONS, 1):
        [words] = caption_words(proof, f"{chapter(proof)}.{number}")
        found = "".join(word.text for word in words[2:])
        assert found.startswith(title.replace(" ", "")), found
    assert caption_words(proof, f"{chapter(proof)}.{len(CAPTIONS) + 1}") == []


@each_engine
def test_a_caption_stands_above_the_first_panel(proof: Proof) -> None:
    for name in ("firstcaption", "widecaption", "tallcaption", "lastcaption"):
        table = proof.table(name)
        title = dict(CAPTIONS)[name].split()[-1]
        intro = [word for word in table.panels[0].intro if word.text == title]
        assert intro
        assert intro[0].page == table.panels[0].pages[0]


@each_engine
def test_references_show_the_number_and_lead_to_the_first_panel(proof: Proof) -> None:
    words = proof.printed.words_between("Openreferences", "Closereferences")
    texts = [word.text for word in words]
    for number, (_, title) in enumerate(CAPTIONS):
        numref, ref = texts.index(f"Numref{number}:"), texts.index(f"Ref{number}:")
        end = texts.index(f"Numref{number + 1}:") if number + 1 < len(CAPTIONS) else len(texts)
        label = f"{chapter(proof)}.{number + 1}"
        assert texts[numref + 1 : ref] == ["Table", label]
        assert texts[ref + 1 : end] == title.split()
        [caption] = caption_words(proof, label)
        for part in (words[numref + 1 : ref], words[ref + 1 : end]):
            links = proof.printed.links_of(part)
            assert links
            for link in links:
                assert link.to_page == caption[0].page
                assert abs(link.to_top - caption[0].top) < 60


@each_engine
def test_a_numbered_reference_in_a_cell_shows_the_number(proof: Proof) -> None:
    words = proof.printed.words_between("Opennumberedlink", "Closenumberedlink")
    number = [name for name, _ in CAPTIONS].index("tallcaption") + 1
    assert "".join(word.text for word in words).endswith(f"Tablenumber{chapter(proof)}.{number}")
    [caption] = caption_words(proof, f"{chapter(proof)}.{number}")
    [*links] = proof.printed.links_of(words[-1:])
    assert {link.to_page for link in links} == {caption[0].page}
