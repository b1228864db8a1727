"""The options of authors, in documents that pdflatex typesets once; and checks of these tests."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from manuscript import BROKEN, CHOICES, CHOSEN, STYLE_SECTIONS, Section
from proofs import Proof, print_in
from reading import read_table

if TYPE_CHECKING:
    from reading import PrintedTable
    from typeset import Page

#: Documents in other styles, by their values of ``conf.py``.
STYLES: Final[dict[str, dict[str, Any]]] = {
    "howto": {
        "latex_documents": [("index", "howto.tex", "Howto", "Author", "howto")],
        "latex_elements": {"papersize": "a4paper", "pointsize": "12pt"},
        "latex_table_style": ["standard"],
        "latex_show_urls": "footnote",
    },
    "panels": {
        "latex_elements": {"papersize": "a4paper", "pointsize": "11pt"},
        "latex_table_style": ["booktabs", "colorrows"],
        "latex_show_urls": "inline",
        "df_table_print": "panels",
    },
    "landscape": {"latex_table_style": ["standard"], "df_table_print": "landscape"},
}

pytestmark = pytest.mark.xdist_group("choices")


@pytest.fixture(scope="module")
def choices(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return print_in(tmp_path_factory.mktemp("choices"), CHOICES)


@pytest.fixture(scope="module")
def styled_proof(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return print_in(tmp_path_factory.mktemp(request.param), STYLE_SECTIONS, **STYLES[request.param])


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    sections = tuple(Section(name=name, text=text) for name, text in BROKEN.items())
    return print_in(tmp_path_factory.mktemp("broken"), sections)


each_style = pytest.mark.parametrize("styled_proof", STYLES, indirect=True)


def pages_of(proof: Proof, name: str) -> set[Page]:
    """The pages on which a table is."""
    [table] = proof.tables(name)
    return {proof.printed.pages[number] for panel in table.panels for number in panel.pages}


# Checks that these tests detect faults.


def test_overfull_lines_are_assigned_to_their_table(broken: Proof) -> None:
    wide, covered = (
        broken.printed.overfull_between(f"Open{name}", f"Close{name}")
        for name in ("wideplain", "covered")
    )
    # Sphinx 7 makes the whole table too wide, later ones each cell.
    assert len(wide) > 3
    assert 0 < len(covered) < 10
    assert max(box.points for box in wide) > 20


def test_a_table_that_is_too_wide_is_detected(broken: Proof) -> None:
    table = broken.table("wideplain")
    assert table.seen() < table.grid.cells / 2
    assert any("overlap" in fault or "is not found" in fault for fault in table.faults())


def test_a_word_outside_the_text_area_is_detected(broken: Proof) -> None:
    faults = broken.table("longword").faults()
    assert any("is outside the text" in fault or "is not found" in fault for fault in faults)


def test_a_word_covered_by_the_next_cell_is_detected(broken: Proof) -> None:
    """Nothing is printed in the cell that covers it, so that only the picture tells."""
    table = broken.table("covered")
    assert table.found() == table.grid.cells
    assert [fault for fault in table.faults() if "overlap" in fault] == []
    assert ["123456789012" in fault for fault in table.faults() if "is covered" in fault] == [True]


def test_a_cell_in_the_wrong_row_is_detected(broken: Proof) -> None:
    """A reader who finds text anywhere would not see that two rows have changed places."""
    table = broken.table("covered")
    grid = dataclasses.replace(
        table.grid,
        body=tuple(
            (row[0], *other[1:])
            for row, other in zip(table.grid.body, reversed(table.grid.body), strict=True)
        ),
    )
    assert read_table(table.printed, grid, table.words).faults()


# The document with all options.


def own_overfull(proof: Proof) -> list[str]:
    """The lines that are too wide in tables that are ours to shape."""
    theirs = {section.name for pair in CHOSEN for section in pair}
    return [
        section.name
        for section in proof.sections
        if section.name not in theirs
        for box in proof.printed.overfull_between(section.start, section.end)
        if box.kind == "h"
    ]


def test_choices_are_printed_without_an_error(choices: Proof) -> None:
    assert choices.printed.errors == []
    assert choices.printed.returned == 0
    assert own_overfull(choices) == []


@pytest.mark.parametrize("pair", CHOSEN, ids=lambda pair: pair[0].name)
def test_column_widths_of_the_author_are_kept(
    pair: tuple[Section, Section], choices: Proof
) -> None:
    """Columns begin where those of docutils' own directive begin, and none is in another panel."""
    ours, theirs = (column_starts(choices.table(section)) for section in pair)
    assert ours == pytest.approx(theirs, abs=1)


def test_a_short_longtable_breaks_over_pages(choices: Proof) -> None:
    assert [len(pages(choices.table(name))) for name in ("whole", "breaking")] == [1, 2]


def pages(table: PrintedTable) -> set[int]:
    cells = [cell for panel in table.panels for cell in panel.cells.values()]
    return {word.page for cell in cells for word in cell}


def column_starts(table: PrintedTable) -> list[float]:
    [panel] = table.panels
    return [panel.cells[0, column][0].left for column in range(table.grid.width)]


@pytest.mark.parametrize("pair", CHOSEN[:2], ids=lambda pair: pair[0].name)
def test_plain_tables_look_like_those_of_sphinx(
    pair: tuple[Section, Section], choices: Proof
) -> None:
    """What we print is what docutils' own directive prints, word for word, place for place."""
    ours, theirs = (places(choices, section) for section in pair)
    assert ours == theirs
    assert len(ours) > 30


def places(proof: Proof, section: Section) -> list[tuple[str, int, int, int]]:
    """The words of a section, and where they are on a page that begins with it."""
    return [
        (word.text, round(word.left), round(word.right), round(word.bottom))
        for word in proof.printed.words_between(section.start, section.end)
        if proof.printed.is_in_text_area(word)
    ]


@pytest.mark.parametrize(
    "name",
    [section.name for section in CHOICES if section.page != "choices"],
)
def test_every_cell_is_visible_with_each_option(name: str, choices: Proof) -> None:
    [table] = choices.tables(name)
    assert table.faults() == []
    assert table.found() == table.grid.cells


def test_auto_splits_a_wide_table_into_panels(choices: Proof) -> None:
    [auto, panels] = [choices.table(name) for name in ("auto", "panelswide")]
    assert [p.columns for p in auto.panels] == [p.columns for p in panels.panels]
    assert len(auto.panels) > 1


def test_panels_are_as_many_as_needed(choices: Proof) -> None:
    counts = {name: len(choices.table(name).panels) for name in ("panelsnarrow", "panelstall")}
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("name", ["landscape", "landscapenarrow", "landscapecaption"])
def test_a_table_in_landscape_is_on_turned_pages_of_its_own(name: str, choices: Proof) -> None:
    assert {page.turned for page in pages_of(choices, name)} == {True}
    printed, [table] = choices.printed, choices.tables(name)
    numbers = {number for panel in table.panels for number in panel.pages}
    for border in (f"Open{name}", f"Close{name}"):
        [word] = [word for word in printed.words if word.text == border]
        assert word.page not in numbers
        assert not printed.pages[word.page].turned


def test_landscape_needs_fewer_panels(choices: Proof) -> None:
    assert len(choices.table("landscape").panels) < len(choices.table("panelswide").panels)


@pytest.mark.parametrize("name", ["landscapenote", "landscapelist", "landscapecell"])
def test_tables_in_lists_notes_and_cells_stay_upright(name: str, choices: Proof) -> None:
    assert {page.turned for page in pages_of(choices, name)} == {False}


def test_only_pages_of_landscape_are_turned(choices: Proof) -> None:
    assert {page.turned for page in pages_of(choices, "panelswide")} == {False}
    assert sum(page.turned for page in choices.printed.pages) < len(choices.printed.pages) / 2


def test_a_table_in_landscape_is_counted_once(choices: Proof) -> None:
    intro = [
        "".join(word.text for word in choices.table(name).panels[0].intro)
        for name in ("landscapecaption", "uprightcaption")
    ]
    numbers = [re.findall(r"Table(\d+)\.(\d+):(Turned|Upright)", text) for text in intro]
    assert [[(n, title) for _, n, title in found] for found in numbers] == [
        [("1", "Turned")],
        [("2", "Upright")],
    ]


# Documents in other styles.


@each_style
def test_a_document_in_another_style_has_no_error(styled_proof: Proof) -> None:
    assert styled_proof.printed.errors == []
    assert styled_proof.printed.returned == 0
    assert [box for box in styled_proof.printed.overfull if box.kind == "h"] == []


@each_style
@pytest.mark.parametrize("section", STYLE_SECTIONS, ids=lambda section: section.name)
def test_every_cell_is_visible_in_other_styles(section: Section, styled_proof: Proof) -> None:
    [table] = styled_proof.tables(section)
    assert table.faults() == []
    assert table.found() == table.grid.cells


@each_style
def test_the_configuration_sets_the_default(
    styled_proof: Proof, request: pytest.FixtureRequest
) -> None:
    turned = {page.turned for name in ("wide", "narrow") for page in pages_of(styled_proof, name)}
    assert turned == {request.node.callspec.params["styled_proof"] == "landscape"}


@each_style
def test_the_address_of_each_link_can_be_read(styled_proof: Proof) -> None:
    text = "".join(word.text for word in styled_proof.printed.words)
    shown = styled_proof.show_urls != "no"
    addresses = [f"https://example.org/{n}" for n in range(16)]
    assert [address in text for address in addresses] == [shown] * 16
