"""Readers see our own words in their language."""

from __future__ import annotations

import re
import string
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from sphinx_builds import Build, html_rows, page

import sphinx_df_table

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.usefixtures("own_catalogues")

PACKAGE = Path(sphinx_df_table.__file__).parent
LANGUAGES = sorted(path.name for path in (PACKAGE / "locale").iterdir())

ROWS = "pd.DataFrame({'a': range(29), 'b': 'x'})"
OPTIONS = ":max-rows: 20\n:searchable:\n:sortable:\n:download:\n:hoist-constants:"

#: The page's table in the languages that this project speaks, as its readers see it.
GERMAN = {
    ".df-table-constants": "In allen gezeigten Zeilen: b: x",
    ".df-table-rows": "20 von 29 Zeilen",
    ".df-table-download": "Alle 29 Zeilen als CSV herunterladen",
    ".sd-summary-title": "Quelltext",
}

ENGLISH = {
    ".df-table-constants": "All rows shown: b: x",
    ".df-table-rows": "showing 20 of 29 rows",
    ".df-table-download": "Download all 29 rows as CSV",
    ".sd-summary-title": "Source",
}


def words_in(
    build: Build, files: Mapping[str, str] = MappingProxyType({}), **configuration: object
) -> dict[str, str]:
    text = page(ROWS, options=f"{OPTIONS}\n:show-source: collapsed")
    html = build({"index.rst": text, **files}, **configuration).html()
    return {name: html.select(name)[0].get_text().strip() for name in ENGLISH}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ENGLISH), ("de", GERMAN), ("de_AT", GERMAN), ("eo", ENGLISH), ("en_GB", ENGLISH)],
)
def test_words_beside_a_table_are_in_the_language_of_the_project(
    language: str, words: dict[str, str], build: Build
) -> None:
    assert words_in(build, language=language) == words


def test_what_the_script_says_comes_with_the_page(build: Build) -> None:
    [box] = (
        build(page(ROWS, options=OPTIONS, title="Kosten"), language="de")
        .html()
        .select(".df-table-box")
    )
    assert {name: value for name, value in box.attrs.items() if name.startswith("data-")} == {
        "data-df-table-search": "Suchen",
        "data-df-table-search-in": "Suchen in: Kosten",
        "data-df-table-found": "{} von 20 Zeilen",
        "data-df-table-none": "Keine Zeile passt.",
        "data-df-table-separator": ".",
    }


@pytest.mark.parametrize("options", ["", ":download:\n:max-rows: 3"])
def test_a_table_has_no_words_for_what_it_does_not_offer(options: str, build: Build) -> None:
    [box] = build(page(ROWS, options=options)).html().select(".df-table-box")
    assert set(box.attrs) == {"class"}


def test_a_table_without_a_name_has_one_in_the_language_of_the_project(build: Build) -> None:
    built = build(page(ROWS) + "\n" + page(ROWS), language="de")
    regions = built.html().select("[role=region]")
    assert [region["aria-label"] for region in regions] == ["Tabelle", "Tabelle (2)"]


def test_boxes_in_place_of_tables_are_in_the_language_of_the_project(build: Build) -> None:
    text = page("1 / 0") + "\n.. df-setup::\n\n   1 / 0\n"
    boxes = build(text, language="de", warns=2).html().select(".df-table-message p:last-child")
    rest = "werden (ZeroDivisionError). Den Grund nennt das Protokoll."
    assert [box.get_text() for box in boxes] == [
        f"Diese Tabelle konnte nicht erzeugt {rest}",
        f"Die Vorbereitung der Tabellen weiter unten konnte nicht ausgeführt {rest}",
    ]
    built = build(page("1"), language="de", df_table_execute=False)
    assert "Diese Tabelle wird nicht gezeigt" in built.html_text(".df-table-message")


def test_large_numbers_are_written_as_readers_write_them(build: Build) -> None:
    text = page("pd.DataFrame({'a': range(12345)})", options=":max-rows: 1234\n:download:")
    for language, shown in [("en", "1,234 of 12,345"), ("de", "1.234 von 12.345")]:
        assert shown in build(text, language=language).html_text(".df-table-rows")


def test_a_project_s_own_catalogue_overrules_ours(build: Build) -> None:
    catalogue = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Source"
msgstr "Code"

msgid "Download all {rows} row as CSV"
msgid_plural "Download all {rows} rows as CSV"
msgstr[0] "{row} Zeile"
msgstr[1] "{row} Zeilen"
"""
    files = {"locale/de/LC_MESSAGES/sphinx_df_table.po": catalogue}
    found = words_in(build, files, language="de", locale_dirs=["locale"])
    # The second names a field that there is not, and so says nothing.
    assert found == GERMAN | {
        ".sd-summary-title": "Code",
        ".df-table-download": ENGLISH[".df-table-download"],
    }


@pytest.mark.parametrize("name", ["index", "sphinx_df_table"])
@pytest.mark.parametrize("content", [b"", b"no catalogue of any kind, but of some length"])
def test_a_catalogue_that_cannot_be_read_stops_no_build(
    name: str, content: bytes, build: Build
) -> None:
    files = {
        "index.rst": page("pd.DataFrame({'Model': ['t5', 't6']})", options=":max-rows: 1"),
        f"locale/de/LC_MESSAGES/{name}.mo": content,
    }
    built = build(files, language="de", locale_dirs=["locale"])
    assert [row[0] for row in html_rows(built.html_table())] == ["Model", "t5"]
    assert "1 von 2 Zeilen" in built.html().get_text()


def test_words_of_one_build_are_not_those_of_the_next(build: Build) -> None:
    assert words_in(build, language="de") == GERMAN
    assert words_in(build, language="en") == ENGLISH


@pytest.mark.parametrize("jobs", [1, 2])
def test_words_are_right_when_pages_are_only_written(jobs: int, build: Build) -> None:
    files = {f"p{n}.rst": f"{page(ROWS)}\n" for n in range(6)}
    files["index.rst"] = ".. toctree::\n   :glob:\n\n   p*\n"
    for is_second in (False, True):
        built = build(files, language="de", jobs=jobs, warns=None, html_copy_source=is_second)
        assert built.html("p3").select("[role=region]")[0]["aria-label"] == "Tabelle"


def messages() -> Catalog:
    """What the code asks translations of."""
    catalogue = Catalog()
    keywords = {"translate": None, "translate_plural": (1, 2)}
    for file, line, message, *_ in extract_from_dir(
        PACKAGE, method_map=[("**.py", "python")], keywords=keywords
    ):
        catalogue.add(message, locations=[(file, line)])
    return catalogue


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_words_with_their_fields(language: str) -> None:
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "sphinx_df_table.po"
    with path.open("rb") as file:
        found = read_po(file, locale=language)
    wanted = messages()
    assert len(wanted) >= 15
    assert {message.id for message in found if message.id} == {
        message.id for message in wanted if message.id
    }
    assert not found.obsolete
    for message in found:
        if message.id:
            ids = forms(message.id)
            texts = forms(message.string)
            assert not message.fuzzy
            assert len(texts) == (found.num_plurals if len(ids) > 1 else 1)
            for text in texts:
                assert text.strip() or text == "\N{NARROW NO-BREAK SPACE}"
                assert fields(text) <= fields(ids[-1])
            assert fields(texts[-1]) == fields(ids[-1])


def forms(texts: object) -> list[str]:
    """The forms of a message, or its one text."""
    assert isinstance(texts, (str, list, tuple))
    return [texts] if isinstance(texts, str) else list(texts)


def test_several_languages_are_there_and_nothing_that_is_generated() -> None:
    assert {"de", "es", "fr", "ja", "zh_CN"} <= set(LANGUAGES)
    files = [path for path in (PACKAGE / "locale").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".po"}


def test_the_how_to_names_our_languages() -> None:
    text = (Path(__file__).parents[1] / "docs" / "howto" / "translate.rst").read_text("utf-8")
    for language in LANGUAGES:
        assert re.search(rf"``{language}``", text)
