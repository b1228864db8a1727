"""A table without rows says so, in the project's language or in the author's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from sphinx_builds import cell_texts, page

if TYPE_CHECKING:
    from sphinx_builds import Build

DEFECTS = 'defects = pd.DataFrame({"Id": [1], "State": ["closed"]})\n'

#: Snippets whose result has no rows, with the headings that their tables have.
EMPTY = {
    "filtered": (f"{DEFECTS}defects.query(\"State == 'open'\")", [["Id", "State"]]),
    "one column": ('pd.DataFrame({"Id": []})', [["Id"]]),
    "a Series": ('pd.Series([], name="Id", dtype=int)', [["Id"]]),
    "two levels of labels": (
        'pd.DataFrame(columns=pd.MultiIndex.from_product([["a"], ["b", "c"]]))',
        [["a"], ["b", "c"]],
    ),
    "a named index": (f'{DEFECTS}defects.set_index("Id").iloc[:0]', [["Id", "State"]]),
    "an index of two levels": (
        f'{DEFECTS}defects.assign(n=1).set_index(["Id", "State"]).iloc[:0]',
        [["Id", "State", "n"]],
    ),
    "a named index without columns": ('pd.DataFrame(index=pd.Index([], name="Id"))', [["Id"]]),
    "a Styler": (f"{DEFECTS}defects.iloc[:0].style.highlight_max()", [["Id", "State"]]),
    "a Styler that hides all rows": (f"{DEFECTS}defects.style.hide([0])", [["Id", "State"]]),
    "a Styler without columns": ("pd.DataFrame().style", []),
    "without columns": ("pd.DataFrame()", []),
    "a list": ("[defect for defect in [{'Id': 1}] if defect['Id'] > 1]", []),
    "a dictionary": ("{}", []),
    "a list by its name": ("df = []", []),
    "a dictionary of columns": ("{'Id': [], 'State': []}", [["Id", "State"]]),
    "no groups": (f'{DEFECTS}defects.iloc[:0].groupby("State")', [["Id", "State"]]),
    "no groups of one column": (f'{DEFECTS}defects.iloc[:0].groupby("State")["Id"]', [["Id"]]),
    "a frame of Polars": ("import polars as pl\npl.DataFrame({'Id': [], 'n': []})", [["Id", "n"]]),
    "a lazy frame of Polars": ("import polars as pl\npl.LazyFrame({'Id': []})", [["Id"]]),
    "a frame of Polars without columns": ("import polars as pl\npl.DataFrame()", []),
    "a table of Arrow": (
        "import pyarrow as pa\npa.table({'Id': pa.array([], pa.int64())})",
        [["Id"]],
    ),
    "a frame of Dask": (
        f"import dask.dataframe as dd\n{DEFECTS}dd.from_pandas(defects[:0], npartitions=1)",
        [["Id", "State"]],
    ),
    "a query of DuckDB": (
        f'import duckdb\n{DEFECTS}duckdb.sql("select * from defects where Id > 1")',
        [["Id", "State"]],
    ),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_result_without_rows_is_one_warning_and_a_row_that_says_so(
    build: Build, name: str
) -> None:
    code, headings = EMPTY[name]
    built = build(f"Title\n=====\n\n{page(code)}", warns=1)
    assert re.search(r"index\.rst:4: WARNING: .*:empty:.* \[df_table\.empty\]", built.warnings[0])
    [table] = built.tables()
    assert cell_texts(table) == [*headings, ["no rows"]]
    [row] = built.html_table().select("tbody > tr")
    [cell] = row.find_all(True, recursive=False)
    width = len(headings[-1]) if headings else 1
    assert (cell.name, int(str(cell.get("colspan", "1"))), cell.get("scope")) == ("td", width, None)


@pytest.mark.parametrize("name", EMPTY)
def test_a_sentence_of_the_author_replaces_the_words_and_the_warning(
    build: Build, name: str
) -> None:
    code, headings = EMPTY[name]
    [table] = build(page(code, options=":empty: No *known* problems.")).tables()
    assert cell_texts(table) == [*headings, ["No known problems."]]
    assert [node.astext() for node in table.findall(nodes.emphasis)] == ["known"]


def test_the_sentence_may_hold_the_markup_of_a_markdown_page(build: Build) -> None:
    text = "# Page\n\n```{df-table}\n:empty: None, see [all](#page) and **now**.\n\n[]\n```\n"
    built = build({"index.md": text}, extensions=("myst_parser",), myst_heading_anchors=1, warns=0)
    cell = built.html_table().select("td")[0]
    assert [found.get_text() for found in cell.select("a, strong")] == ["all", "now"]


def test_the_sentence_changes_no_table_with_rows(build: Build) -> None:
    built = build(f"{page(DEFECTS + 'defects', options=':empty: None at all.')}")
    assert cell_texts(built.tables()[0]) == [["Id", "State"], ["1", "closed"]]


def test_all_rows_are_no_empty_table(build: Build) -> None:
    built = build(page(f"{DEFECTS}defects", options=":max-rows: 0"))
    assert cell_texts(built.tables()[0]) == [["Id", "State"], ["1", "closed"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (":header: Number, What", [["Number", "What"], ["no rows"]]),
        (":header-rows: 0", [["no rows"]]),
        (":header-rows: 2", [["Id", "State"], ["no rows"]]),
        (":columns: State", [["State"], ["no rows"]]),
        (":stub-columns: 1", [["Id", "State"], ["no rows"]]),
        (":hoist-constants:", [["Id", "State"], ["no rows"]]),
        (":format: Id: {:03}", [["Id", "State"], ["no rows"]]),
        (":widths: 30 70", [["Id", "State"], ["no rows"]]),
        (":sortable:\n:searchable:\n:download:", [["Id", "State"], ["no rows"]]),
    ],
)
def test_options_work_with_a_table_without_rows(
    build: Build, options: str, expected: list[list[str]]
) -> None:
    built = build(page(f"{DEFECTS}defects.iloc[:0]", options=options), warns=1)
    assert "[df_table.empty]" in built.warnings[0]
    assert cell_texts(built.tables()[0]) == expected
    assert not built.html().select("[data-df-table-ranks], [data-df-table-search]")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (":header: Number, What", [["Number", "What"], ["no rows"]]),
        (":columns: Id, State", [["no rows"]]),
        (":format: Id: {:03}", [["no rows"]]),
        (":align-columns: Id: right", [["no rows"]]),
        (":stub-columns: 1", [["no rows"]]),
        (":header-rows: 2", [["no rows"]]),
        (":widths: 30 70", [["no rows"]]),
        (":sortable:\n:searchable:\n:download:", [["no rows"]]),
    ],
)
def test_options_work_with_a_list_without_records(
    build: Build, options: str, expected: list[list[str]]
) -> None:
    built = build(page("[]", options=options), warns=1)
    assert "[df_table.empty]" in built.warnings[0]
    assert cell_texts(built.tables()[0]) == expected


def test_an_empty_list_comes_after_the_variable_df(build: Build) -> None:
    built = build(page("df = pd.DataFrame({'a': [1]})\n[]"))
    assert cell_texts(built.tables()[0]) == [["a"], ["1"]]


def test_rows_that_are_all_headings_leave_no_row(build: Build) -> None:
    built = build(page("pd.DataFrame({'a': ['unit']})", options=":header-rows: 2"), warns=1)
    assert cell_texts(built.tables()[0]) == [["a"], ["unit"], ["no rows"]]


def test_each_tab_without_rows_says_so(build: Build) -> None:
    code = f"{DEFECTS}{{'open': defects[:0], 'closed': defects}}"
    built = build(page(code), extensions=("sphinx_design",), warns=1)
    assert "In the tab 'open': " in built.warnings[0]
    first, second = built.tables()
    assert cell_texts(first)[1:] == [["no rows"]]
    assert cell_texts(second)[1:] == [["1", "closed"]]


def test_tabs_share_the_sentence_with_its_references(build: Build) -> None:
    code = f"{DEFECTS}{{'a': defects[:0], 'b': defects[:0]}}"
    sentence = ":empty: None, see :ref:`search` and the [1]_ of last year."
    text = page(code, options=sentence) + "\n.. [1] Note.\n"
    built = build(text, extensions=("sphinx_design",))
    assert [cell_texts(table)[1] for table in built.tables()] == [
        ["None, see search and the 1 of last year."] * 1
    ] * 2


@pytest.mark.usefixtures("own_catalogues")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "keine Zeilen"),
        ("es", "ninguna fila"),
        ("fr", "aucune ligne"),
        ("ja", "行がありません"),
        ("pt_BR", "nenhuma linha"),
        ("zh_CN", "没有行"),
    ],
)
def test_the_words_are_in_the_language_of_the_project(
    build: Build, language: str, words: str
) -> None:
    built = build(page(f"{DEFECTS}defects[:0]"), language=language, warns=1)
    assert cell_texts(built.tables()[0])[-1] == [words]


@pytest.mark.parametrize("builder", ["text", "man", "texinfo", "latex", "epub", "singlehtml"])
@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
def test_a_table_without_rows_is_written_in_every_format(
    build: Build, builder: str, *, wide: bool
) -> None:
    columns = [f"Column {number}" for number in range(30 if wide else 2)]
    code = f"pd.DataFrame(columns={columns})"
    options = ":empty: No known problems.\n:searchable:\n:sortable:\n:download:"
    built = build(
        page(code, options=options),
        builder=builder,
        df_table_text_width=80,
        copyright="2026",
        version="1",
        man_pages=[("index", "page", "", "", "1")],
    )
    files = [path for path in built.output.rglob("*") if path.suffix in SUFFIXES]
    words = [" ".join(path.read_text("utf-8").split()) for path in files]
    assert any("No known problems." in text for text in words)


SUFFIXES = {".txt", ".1", ".texi", ".tex", ".xhtml", ".html"}


def test_a_row_without_data_says_so_once_where_cells_cannot_be_merged(build: Build) -> None:
    columns = [f"Column {number}" for number in range(4)]
    built = build(
        page(f"pd.DataFrame(columns={columns})", options=":empty: No problems."),
        builder="man",
        man_pages=[("index", "page", "", "", "1")],
    )
    [path] = built.output.glob("*.1")
    assert path.read_text("utf-8").count("No problems.") == 1


def test_translators_are_offered_the_sentence_of_the_author_only(build: Build) -> None:
    text = page(f"{DEFECTS}defects[:0]", options=":empty: No known problems.")
    built = build(text + "\n" + page(f"{DEFECTS}defects[:0]"), builder="gettext", warns=1)
    catalog = (built.output / "index.pot").read_text("utf-8")
    assert 'msgid "No known problems."' in catalog
    assert "no rows" not in catalog


def test_the_sentence_is_what_the_option_needs(build: Build) -> None:
    built = build(page("pd.DataFrame()", options=":empty:"), warns=None)
    assert any("give the sentence" in warning for warning in built.warnings)
