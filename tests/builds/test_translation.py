"""Messages that translators are offered, and pages that are translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.pofile import read_po
from docutils import nodes
from sphinx_builds import Build, Built, build_in, cell_texts, html_rows, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("own_catalogues")

CODE = """\
labels = [('Model', ''), ('Latency', 'P50'), ('Latency', 'P99'), ('Price', ''), ('2024', '')]
df = pd.DataFrame(
    [
        ['small *one*', 1.5, 2.5, '$0.041', pd.Timestamp('2024-01-02')],
        ['large', 2.5, 3.5, '$0.05', pd.Timestamp('2024-01-03')],
        ['N/A', 12345.6, 3, '—', pd.Timestamp('2024-01-04')],
        ['12.3 ms', 1, 3, '2.18.1', pd.Timestamp('2024-01-04')],
        ['large', 1, 3, '8B', pd.Timestamp('2024-01-04')],
        ['', 1, 3, '10:30', pd.Timestamp('2024-01-04')],
    ],
    columns=pd.MultiIndex.from_tuples(labels),
)
df"""

WORDS = ["Costs *today*", "Model", "Latency", "P50", "P99", "Price", "small *one*", "large"]


def offered(built: Built, domain: str = "index") -> dict[str, list[tuple[str, int]]]:
    """The messages of a catalogue, each with its places: file, as seen from it, and line."""
    with (built.output / f"{domain}.pot").open("rb") as file:
        return {str(message.id): message.locations for message in read_po(file) if message.id}


def catalogue(messages: Mapping[str, str], *, fuzzy: bool = False) -> str:
    """The text of a catalogue."""
    parts = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n']
    for message, translation in messages.items():
        mark = "#, fuzzy\n" if fuzzy else ""
        parts.append(f'{mark}msgid "{message}"\nmsgstr "{translation}"\n')
    return "\n".join(parts)


def translated(
    build: Build, text: str, messages: Mapping[str, str], *, fuzzy: bool = False, **options: Any
) -> Built:
    files = {
        "index.rst": text,
        "locale/de/LC_MESSAGES/index.po": catalogue(messages, fuzzy=fuzzy),
    }
    return build(files, language="de", locale_dirs=["locale"], **options)


def test_words_are_offered_once_and_what_is_no_word_is_not(build: Build) -> None:
    text = "Text.\n\n" + page(CODE, title="Costs *today*")
    found = offered(build(text, builder="gettext"))
    assert sorted(found) == sorted(["Text.", *WORDS])
    assert {tuple(found[word]) for word in WORDS} == {(("../source/index.rst", 3),)}


def test_words_of_an_included_table_are_offered_where_they_stand(build: Build) -> None:
    files = {
        "index.rst": "Title\n=====\n\n.. include:: parts/table.txt\n",
        "parts/table.txt": "Text.\n\n" + page(CODE, title="Costs *today*"),
    }
    found = offered(build(files, builder="gettext"))
    assert {tuple(found[word]) for word in WORDS} == {(("../source/parts/table.txt", 3),)}


def test_words_of_a_markdown_table_are_offered_where_they_stand(build: Build) -> None:
    text = f"# Title\n\nText.\n\n```{{df-table}} Costs *today*\n{CODE}\n```\n"
    found = offered(build({"index.md": text}, builder="gettext", extensions=("myst_parser",)))
    assert {tuple(found[word]) for word in WORDS} == {(("../source/index.md", 5),)}


@pytest.mark.parametrize("markup", ["inline", "none", "block"])
def test_no_markup_makes_words_of_numbers(markup: str, build: Build) -> None:
    text = page(CODE, title="Costs *today*", options=f":markup: {markup}")
    assert sorted(offered(build(text, builder="gettext"))) == sorted(WORDS)


@pytest.mark.parametrize(
    "text",
    ["1", "-1.5e3", "$0.041", "12.3 ms", "50%", "1,234 kWh", "12 tok/s", "N/A", "-", "—", "nan",
     "2024-01-02", "10:30", "2.18.1", "✓", "?", "1 / 2", "(3)", "8B", "3x", "https://example.org/a"],
)  # fmt: skip
def test_a_cell_without_words_is_not_offered(text: str, build: Build) -> None:
    found = offered(build(page(f"pd.DataFrame({{'a': [{text!r}]}})"), builder="gettext"))
    assert list(found) == ["a"]


@pytest.mark.parametrize(
    "text",
    ["three", "3 models", "2 of 3", "v2 only", "日本", "3年", "**3** of 4", "see https://a.org"],
)
def test_a_cell_with_words_is_offered(text: str, build: Build) -> None:
    assert text in offered(build(page(f"pd.DataFrame({{'a': [{text!r}]}})"), builder="gettext"))


def test_values_that_are_no_texts_are_not_offered(build: Build) -> None:
    code = "pd.DataFrame({7: [True, None], 'b': [pd.Timestamp('2024-01-01'), pd.NaT], "
    code += "'c': [('x', 1), ['y']], 'd': [pd.Timedelta(days=1), pd.NaT]})"
    assert list(offered(build(page(code), builder="gettext"))) == ["b", "c", "d"]


def test_constants_are_offered_as_cells_are(build: Build) -> None:
    code = "pd.DataFrame({'n': [1, 2], 'Type': ['*fast* one'] * 2, 'Price': ['$3'] * 2, 'k': 7})"
    found = offered(build(page(code, options=":hoist-constants:"), builder="gettext"))
    assert list(found) == ["n", "Type", "*fast* one", "Price", "k"]


def test_labels_of_tabs_are_offered_and_the_caption_once(build: Build) -> None:
    code = "frame = pd.DataFrame({'a': ['x']})\n{'Cheap': frame, 'Fast': frame, '2024': frame}"
    found = offered(build(page(code, title="Costs *today*"), builder="gettext"))
    assert sorted(found) == ["Cheap", "Costs *today*", "Fast", "a", "x"]


def test_our_own_words_are_not_offered_to_translators_of_a_page(build: Build) -> None:
    options = ":max-rows: 1\n:download:\n:searchable:\n:sortable:\n:show-source: collapsed"
    text = page("pd.DataFrame({'a': ['x', 'y']})", options=options) + "\n" + page("1 / 0")
    assert list(offered(build(text, builder="gettext", warns=1))) == ["a", "x"]


TARGETS = ["index", "literal-block", "doctest-block", "raw", "image"]


def test_sphinx_s_options_for_catalogues_work(build: Build) -> None:
    for _ in range(2):
        built = build(
            "Text.\n\n" + page(CODE, title="Costs *today*", options=":hoist-constants:"),
            builder="gettext",
            gettext_uuid=True,
            gettext_additional_targets=TARGETS,
        )
        assert sorted(offered(built)) == sorted(["Text.", *WORDS])
        assert "#: " in (built.output / "index.pot").read_text("utf-8")


GERMAN = {
    "Costs *today*": "Kosten *heute*",
    "Model": "Modell",
    "Latency": "Wartezeit",
    "Price": "**Preis**",
    "small *one*": "kleines `Modell <https://example.org>`__",
    "large": "groß",
}


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
@pytest.mark.parametrize("options", ["", ":sortable:\n:searchable:\n:download:"])
def test_a_translation_is_shown(options: str, builder: str, build: Build) -> None:
    text = page(CODE, title="Costs *today*", options=options)
    html = translated(build, text, GERMAN, builder=builder).html()
    [table] = html.select("table")
    rows = html_rows(table)
    assert rows[0] == ["Modell", "Wartezeit", "Preis", "2024"]
    assert [row[0] for row in rows[2:]] == ["kleines Modell", "groß", "N/A", "12.3 ms", "groß", ""]
    assert table.select("thead strong")[0].get_text() == "Preis"
    assert table.select("caption em")[0].get_text() == "heute"
    assert [a["href"] for a in table.select("tbody a")] == ["https://example.org"]
    assert [region["aria-label"] for region in html.select("[role=region]")] == ["Kosten heute"]


def test_a_translation_is_sorted_by_the_values(build: Build) -> None:
    text = page(CODE, options=":sortable:")
    ranks = [
        [heading.get("data-df-table-ranks") for heading in built.html_table().select("thead th")]
        for built in (build(text, language="de"), translated(build, text, GERMAN))
    ]
    assert ranks[0] == ranks[1]
    assert any(ranks[0])


def test_a_download_is_not_translated(build: Build) -> None:
    built = translated(build, page(CODE, options=":download:"), GERMAN)
    [link] = built.html().select("p.df-table-download a")
    text = (built.output / str(link["href"])).read_text("utf-8")
    assert "small *one*" in text
    assert "groß" not in text


def test_constants_are_translated_part_by_part(build: Build) -> None:
    code = (
        "pd.DataFrame({'n': [1, 2], 'Type': ['*fast* one'] * 2, 'a': ['b\\nc'] * 2, 'k': [7] * 2})"
    )
    german = {"Type": "Art", "*fast* one": "ein *schneller*", "c": "C"}
    html = translated(build, page(code, options=":hoist-constants:"), german).html()
    [line] = html.select("p.df-table-constants")
    assert line.get_text().endswith("Art: ein schneller; a: b C; k: 7")
    assert [em.get_text() for em in line.select("em")] == ["schneller"]
    assert not line.select("span")


def test_tabs_are_translated_and_keep_their_targets(build: Build) -> None:
    code = "{'Cheap': pd.DataFrame({'a': ['x']}), 'Fast': pd.DataFrame({'a': ['y']})}"
    options = ":name: costs\n:sync-group: kind"
    text = page(code, title="Costs *today*", options=options) + "\nSee :numref:`costs-fast`.\n"
    german = {"Costs *today*": "Kosten *heute*", "Fast": "Schnell", "y": "Y"}
    built = translated(build, text, german, numfig=True)
    html = built.html()
    labels = html.select("label.sd-tab-label")
    assert [label.get_text().strip() for label in labels] == ["Cheap", "Schnell"]
    assert [label["data-sync-id"] for label in labels] == ["Cheap", "Fast"]
    captions = [caption.select(".caption-text")[0] for caption in html.select("caption")]
    assert [caption.get_text() for caption in captions] == [
        "Kosten heute (Cheap)",
        "Kosten heute (Schnell)",
    ]
    assert not captions[0].select("span")
    assert html.select("table#costs-fast")


@pytest.mark.parametrize("builder", ["text", "latex", "xml", "man"])
def test_other_formats_show_a_translation(builder: str, build: Build) -> None:
    code = "{'Cheap': pd.DataFrame({'a': ['large', 'x'], 'b': ['c', 'c']})}"
    text = page(code, title="Costs *today*", options=":hoist-constants:")
    german = GERMAN | {"Cheap": "Billig", "c": "ein C"}
    built = translated(build, text, german, builder=builder, project="p", root_doc="index")
    files = [
        path for path in built.output.rglob("*") if path.suffix in {".txt", ".tex", ".xml", ".1"}
    ]
    found = "".join(path.read_text("utf-8") for path in files)
    for word in ("Kosten", "heute", "Billig", "groß", "ein C"):
        assert word in found
    assert "df_table" not in found


#: Catalogues that translate no word of a table.
NOTHING = [
    {},
    {"Text.": "Wörter.", "Model": "Model", "large": "", "small *one*": "small *one*"},
]


def boxes(built: Built) -> list[str]:
    return [str(box) for box in built.html().select(".df-table-box, .sd-tab-set")]


LONG = CODE + "\npd.concat([df] * 3)"

STYLED = """\
df = pd.DataFrame({'a': ['x', 'y'], 'b': ['z', 'w']})
df.style.highlight_max().set_caption('Styled')"""


@pytest.mark.parametrize("builder", ["html", "singlehtml", "dirhtml"])
def test_where_nothing_is_translated_the_html_is_the_same(builder: str, build: Build) -> None:
    text = "Title\n=====\n\nText.\n\n" + "\n".join(
        page(code, title=title, options=options)
        for code in (CODE, LONG, STYLED, f"{LONG}\n{{'x': df, 'y': df.head(2)}}")
        for title in ("", "Costs *today*")
        for options in ("", ":sortable:\n:hoist-constants:\n:stub-columns: 1")
    )
    plain = boxes(build(text, language="de", builder=builder))
    assert len(plain) >= 16
    for messages in NOTHING:
        assert boxes(translated(build, text, messages, builder=builder)) == plain
    assert boxes(translated(build, text, GERMAN, builder=builder, fuzzy=True)) == plain


def test_a_fuzzy_translation_is_shown_if_sphinx_is_to(build: Build) -> None:
    text = page(CODE)
    built = translated(build, text, GERMAN, fuzzy=True, gettext_allow_fuzzy_translations=True)
    assert html_rows(built.html_table())[0][0] == "Modell"


def test_the_progress_of_a_translation_is_marked_cell_by_cell(build: Build) -> None:
    messages = {"Model": "Modell", "large": "groß"}
    built = translated(build, page(CODE), messages, translation_progress_classes=True)
    table = built.html_table()
    assert {p.get_text() for p in table.select("p.translated")} == {"Modell", "groß"}
    assert {p.get_text() for p in table.select("p.untranslated")} == {
        "Latency", "Price", "P50", "P99", "small one",
    }  # fmt: skip


def test_the_progress_is_marked_where_nothing_is_translated(build: Build) -> None:
    built = translated(build, page(LONG), {}, translation_progress_classes=True)
    assert len(built.html_table().select("tbody p.untranslated")) == 9


@pytest.mark.parametrize(
    ("message", "rows"), [("Model", 2), ("large", 20), ("small *one*", 20), ("N/A", 2)]
)
def test_a_table_stays_data_until_a_cell_of_it_is_translated(
    message: str, rows: int, build: Build
) -> None:
    built = translated(build, page(LONG), {message: "etwas"})
    assert len(list(built.doctrees["index"].findall(nodes.row))) == rows
    assert len(cell_texts(built.tables()[0])) == 20


def test_a_translation_with_a_name_that_leads_nowhere_is_text(build: Build) -> None:
    text = page("pd.DataFrame({'a': ['my model_', 'see *it*']})")
    german = {"my model_": "mein modell_", "see *it*": "siehe ihn_"}
    built = translated(build, text, german, warns=None)
    assert html_rows(built.html_table())[1:] == [["mein modell_"], ["siehe ihn_"]]


def test_catalogues_made_from_what_is_offered_do_for_several_pages(
    build: Build, tmp_path: Path
) -> None:
    files = {
        f"p{n}.rst": f"Page {n}\n======\n\n" + page(CODE, title="Costs *today*") for n in range(6)
    }
    files["index.rst"] = "Title\n=====\n\n.. toctree::\n   :glob:\n\n   p*\n"
    built = build(files, builder="gettext", jobs=2)
    for number in range(6):
        with (built.output / f"p{number}.pot").open("rb") as file:
            messages = [str(message.id) for message in read_po(file) if message.id]
        files[f"locale/de/LC_MESSAGES/p{number}.po"] = catalogue(
            {message: f"d{message}" for message in messages if "*" not in message}
        )
    # Sphinx keeps what it reads for catalogues apart from what it reads for pages.
    built = build_in(tmp_path / "de", files, language="de", locale_dirs=["locale"], jobs=2)
    for number in range(6):
        assert html_rows(built.html_table(f"p{number}"))[2][0] == "small one"
        assert html_rows(built.html_table(f"p{number}"))[3][0] == "dlarge"


@pytest.mark.parametrize("markup", ["inline", "none"])
@pytest.mark.parametrize("name", ["index.rst", "index.md"])
def test_a_translation_is_read_as_its_page_is(name: str, markup: str, build: Build) -> None:
    code = "pd.DataFrame({'a': ['A. Smith', '- none', 'x y', 'C:/dir']})"
    german = {
        "A. Smith": "A\\\\. Schmidt",
        "- none": "\\\\- keine",
        "x y": "**x** und y",
        "C:/dir": "C:\\\\\\\\Ordner",
    }
    texts = {
        "index.rst": page(code, options=f":markup: {markup}"),
        "index.md": f"```{{df-table}}\n:markup: {markup}\n{code}\n```\n",
    }
    files = {name: texts[name], "locale/de/LC_MESSAGES/index.po": catalogue(german)}
    built = build(files, language="de", locale_dirs=["locale"], extensions=("myst_parser",))
    rows = html_rows(built.html_table())[1:]
    assert rows == [["A. Schmidt"], ["- keine"], ["x und y"], ["C:\\Ordner"]]
    assert built.html().select("td strong")[0].get_text() == "x"
