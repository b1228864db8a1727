"""Every builder shows every cell, without a word of complaint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import awkward_frames
import pytest
from docutils import nodes
from sphinx_builds import Build, cell_texts, html_rows, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUILDERS = [
    "html", "dirhtml", "singlehtml", "latex", "text", "man", "texinfo", "epub", "xml", "pseudoxml",
    "gettext", "dummy",
]  # fmt: skip

PAGE = """\
Title
=====

.. tab-set::

   .. tab-item:: First

      .. df-table:: Costs
         :name: costs
         :stub-columns: 1

         df = pd.DataFrame({'Model': ['**t5**', 't5-3b'], 'ms': [6668.70475, None]})
         df['Link'] = ['`Tutorial <https://example.org>`_', 'a\\nb']

   .. tab-item:: Second

      .. df-table::

         frame = pd.DataFrame({'Model': ['t5', 't6'], 'P50': [1.5, 2.5], 'P99': [3.5, 4.5]})
         labels = [('Model', ''), ('Latency', 'P50'), ('Latency', 'P99')]
         frame.columns = pd.MultiIndex.from_tuples(labels)
         frame

.. df-table::
   :empty: None *yet*.

   pd.DataFrame({'no': [], 'rows': []})

.. df-table::

   pd.DataFrame([range(120)], columns=[f'c{n}' for n in range(120)])

See :ref:`costs`.
"""

NAMES = {
    "html": "index.html",
    "dirhtml": "index.html",
    "singlehtml": "index.html",
    "latex": "*.tex",
    "text": "index.txt",
    "man": "*.1",
    "texinfo": "*.texi",
    "epub": "index.xhtml",
    "xml": "index.xml",
    "pseudoxml": "index.pseudoxml",
}


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_page_of_tables_builds_without_a_warning(builder: str, build: Build) -> None:
    built = build(
        PAGE, builder=builder, project="project", version="1", copyright="x", epub_show_urls="no"
    )
    assert built.returned == 0
    if builder in NAMES:
        [output] = built.output.glob(NAMES[builder])
        text = output.read_text("utf-8")
        for part in ("t5", "6668.70475", "Tutorial", "P99", "4.5", "c119", "rows"):
            assert part in text


@pytest.mark.parametrize("builder", ["html", "latex", "text", "man", "texinfo", "xml"])
@pytest.mark.parametrize("name", awkward_frames.SHAPES)
def test_a_frame_of_any_shape_builds(name: str, builder: str, build: Build, tmp_path: Path) -> None:
    awkward_frames.SHAPES[name]().to_pickle(tmp_path / "frame.pkl")
    code = f"pd.read_pickle({str(tmp_path / 'frame.pkl')!r})"
    built = build(page(code, options=":empty: None."), builder=builder)
    assert built.returned == 0


def test_the_text_of_a_wide_table_is_a_grid(build: Build) -> None:
    code = "pd.DataFrame({'Model name': ['google/electra-base-discriminator'], 'ms': [6668.70475]})"
    text = (build(page(code), builder="text").output / "index.txt").read_text("utf-8")
    assert "| google/electra-base-discriminator" in text
    assert "| 6668.70475 " in text


@pytest.mark.parametrize("options", ["", ":widths: 1 2 1 1 1", ":widths: grid"])
def test_no_word_of_a_text_table_is_cut(options: str, build: Build) -> None:
    code = (
        "pd.DataFrame({'*args': ['**strong**', ''], 'b_': ['|long|', 'words ' * 30], "
        "'c': ['missing_', '表格'], 'd': ['``literal``', ':ref:`costs`'], 'e': ['x' * 65, 1]})"
    )
    lead = ".. |long| replace:: internationalization\n\n.. _costs:\n\nCostsOfAll\n==========\n\n"
    text = (
        build(lead + page(code, options=options), builder="text").output / "index.txt"
    ).read_text()
    words = ["*args", "b_", "**strong**", "internationalization", "missing_", "表格", '"literal"']
    for word in [*words, "CostsOfAll", "x" * 65]:
        assert word in text.partition("+-")[2]


@pytest.mark.parametrize(("builder", "pattern"), [("man", "*.1"), ("texinfo", "*.texi")])
def test_every_column_has_its_headings_where_there_are_no_spans(
    builder: str, pattern: str, build: Build
) -> None:
    code = (
        "frame = pd.DataFrame([['t5', 1, 2, 3]])\n"
        "frame.columns = pd.MultiIndex.from_tuples("
        "[('Model', ''), ('Latency', 'P50'), ('Latency', 'P99'), ('Cost', 'P50')])\nframe"
    )
    [output] = build(page(code), builder=builder, project="p").output.glob(pattern)
    text = output.read_text("utf-8")
    if builder == "man":
        rows = re.findall(r"T\{\n(.*?)\n?T\}", text, re.DOTALL)
        cells = [re.sub(r"\\f.", "", cell).strip() for cell in rows]
    else:
        table = text.partition("@multitable")[2].partition("@end multitable")[0]
        cells = [" ".join(cell.split()) for cell in re.split("@(?:headitem|item|tab)", table)[1:]]
    words = [cell for cell in cells if cell]
    assert words == [
        "Latency",
        "Latency",
        "Cost",
        "Model",
        "P50",
        "P99",
        "P50",
        "t5",
        "1",
        "2",
        "3",
    ]


def test_merged_headings_are_merged_cells_in_html(build: Build) -> None:
    code = (
        "frame = pd.DataFrame([['t5', 1, 2]])\n"
        "frame.columns = pd.MultiIndex.from_tuples("
        "[('Model', ''), ('Latency', 'P50'), ('Latency', 'P99')])\nframe"
    )
    table = build(page(code)).html_table()
    spans = [(th.get_text(), th.get("colspan"), th.get("rowspan")) for th in table.select("th")]
    assert spans == [
        ("Model", None, "2"),
        ("Latency", "2", None),
        ("P50", None, None),
        ("P99", None, None),
    ]
    assert all(th.get_text() for th in table.select("th"))


def test_index_levels_are_row_headings_in_html(build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2]}, index=pd.Index(['x', 'y'], name='n'))"
    table = build(page(code)).html_table()
    assert [th.get_text() for th in table.select("tbody th.stub")] == ["x", "y"]


#: Options with csv-table's meaning, and what they do to the table node.
PRESENTATION: dict[str, Callable[[nodes.table], bool]] = {
    ":align: center": lambda table: table.get("align") == "center",
    ":width: 50%": lambda table: table.get("width") == "50%",
    ":class: wide loud": lambda table: {"wide", "loud"} <= set(table["classes"]),
    ":name: My costs": lambda table: table["ids"] == ["my-costs"],
    ":widths: 1 3 2": lambda table: (
        widths(table) == [1, 3, 2] and "colwidths-given" in table["classes"]
    ),
    ":widths: grid": lambda table: "colwidths-given" in table["classes"],
    ":widths: auto": lambda table: "colwidths-auto" in table["classes"],
    ":header-rows: 2": lambda table: len(next(table.findall(nodes.thead))) == 2,
    ":header-rows: 0": lambda table: not list(table.findall(nodes.thead)),
    ":stub-columns: 1": lambda table: (
        [bool(c.get("stub")) for c in colspecs(table)] == [True, False, False]
    ),
    ":header: A, **B**, C": lambda table: cell_texts(table)[0] == ["A", "B", "C"],
    ":index: show": lambda table: len(list(colspecs(table))) == 4,
    ":columns: b, a": lambda table: cell_texts(table)[0] == ["b", "a"],
    ":format: a: <{}>": lambda table: cell_texts(table)[1][0] == "<1>",
    ":precision: 3": lambda table: cell_texts(table)[1][2] == "0.500",
    ":na-rep: none": lambda table: cell_texts(table)[2][2] == "none",
    ":max-rows: 1": lambda table: len(cell_texts(table)) == 2,
    ":hoist-constants:": lambda table: cell_texts(table)[0] == ["a", "c"],
    ":align-columns: a: center": lambda table: (
        next(table.findall(nodes.entry))["classes"] == ["text-center"]
    ),
    ":markup: none": lambda table: cell_texts(table)[1][:2] == ["1", "*x*"],
}


def colspecs(table: nodes.table) -> list[nodes.colspec]:
    return list(table.findall(nodes.colspec))


def widths(table: nodes.table) -> list[int]:
    return [colspec["colwidth"] for colspec in colspecs(table)]


@pytest.mark.parametrize("option", PRESENTATION)
def test_an_option_does_what_it_says(option: str, build: Build) -> None:
    code = "pd.DataFrame({'a': [1, 2], 'b': ['*x*', '*x*'], 'c': [0.5, None]})"
    [plain] = build(page(code), builder="dummy").tables()
    [table] = build(page(code, options=option), builder="dummy").tables()
    assert PRESENTATION[option](table)
    assert option == ":widths: auto" or not PRESENTATION[option](plain)


def test_a_caption_is_numbered_and_can_be_referred_to(build: Build) -> None:
    text = page("pd.DataFrame({'a': [1]})", title="Costs *today*", options=":name: costs")
    built = build(text + "\nSee :numref:`costs` and :ref:`costs`.\n", numfig=True)
    assert built.html_text("table caption").startswith("Table 1")
    assert built.html_text("caption em") == "today"
    assert [a.get_text() for a in built.html().select("p a[href='#costs']")] == [
        "Table 1",
        "Costs today",
    ]


def test_translators_get_caption_headings_and_texts_but_no_numbers(build: Build) -> None:
    code = "pd.DataFrame({'Model': ['small **one**', 'large'], 'Cost': [1234.5, 2]})"
    built = build("Title\n=====\n\n" + page(code, title="Costs"), builder="gettext")
    catalogue = (built.output / "index.pot").read_text("utf-8")
    messages = re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE)
    assert messages == ["Title", "Costs", "Model", "Cost", "large", "small **one**"]
    assert 'index.rst:4\nmsgid "large"' in catalogue


def test_nothing_of_the_data_sets_a_width_of_zero(build: Build) -> None:
    built = build(page("pd.DataFrame([[''] * 150])", options=":header-rows: 0"), builder="dummy")
    assert widths(built.tables()[0]) == [1] * 150


def test_a_column_is_as_wide_as_what_is_shown(build: Build) -> None:
    code = (
        "pd.DataFrame({'a': ['`x <https://example.org/a/long/address>`_'], 'b': ['表格'], "
        "'c': ['word ' * 100], 'd': ['w' * 100]})"
    )
    assert widths(build(page(code), builder="dummy").tables()[0]) == [1, 4, 60, 100]


def test_html_shows_what_the_doctree_holds(build: Build) -> None:
    built = build(PAGE)
    found = [html_rows(table) for table in built.html().find_all("table")]
    assert found[0] == [
        ["Model", "ms", "Link"],
        ["t5", "6668.70475", "Tutorial"],
        ["t5-3b", "", "a b"],
    ]
    assert found[2] == [["no", "rows"], ["None yet."]]
