"""A result of several frames is a set of tabs, with a table in each."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from docutils import nodes
from sphinx_builds import Build, cell_texts, html_rows, page

DICT = "{'Fast': pd.DataFrame({'a': [1]}), 'Cheap & *good*': pd.DataFrame({'a': [2], 'b': [3]})}"
GROUPS = "pd.DataFrame({'k': ['x', 'y', 'x'], 'n': [1, 2, 3]}).groupby('k')"


DAYS = "pd.DataFrame({'d': pd.to_datetime(['2024-01-01', '2024-01-02']), 'n': [1, 2]}).groupby('d')"


def labels(built_page: nodes.document) -> list[str]:
    return [rubric.astext() for rubric in built_page.findall(nodes.rubric)]


def test_a_dictionary_of_frames_is_a_tab_for_each_in_its_order(build: Build) -> None:
    built = build(page(DICT))
    html = built.html()
    tabs = html.select(".sd-tab-set > label.sd-tab-label")
    assert [tab.get_text().strip() for tab in tabs] == ["Fast", "Cheap & *good*"]
    assert [html_rows(table) for table in html.select(".sd-tab-content table")] == [
        [["a"], ["1"]],
        [["a", "b"], ["2", "3"]],
    ]


@pytest.mark.parametrize(
    ("code", "names", "rows"),
    [
        (GROUPS, ["x", "y"], [3, 2]),
        (GROUPS.replace("'k')", "['k', 'n'])"), ["x, 1", "x, 3", "y, 2"], [2, 2, 2]),
        (GROUPS + "['n']", ["x", "y"], [3, 2]),
        ("{year: pd.DataFrame({'a': [1]}) for year in (2023, 24)}", ["2023", "24"], [2, 2]),
        (
            "{2: pd.DataFrame({'a': [1]}), None: pd.DataFrame({'a': [1]})}",
            ["2", "(no name)"],
            [2, 2],
        ),
        (
            "{k: pd.DataFrame({'a': [1]}) for k in [('x', 1), ('y',)]}",
            ["('x', 1)", "('y',)"],
            [2, 2],
        ),
        (DAYS, ["2024-01-01", "2024-01-02"], [2, 2]),
        ("df = {'': pd.DataFrame({'a': [1]}).style}", ["(no name)"], [2]),
        ("import polars\n{'p': polars.DataFrame({'a': [1]})}", ["p"], [2]),
    ],
)
def test_groups_and_frames_of_any_kind_are_tabs(
    code: str, names: list[str], rows: list[int], build: Build
) -> None:
    built = build(page(code), builder="dummy")
    assert labels(built.doctrees["index"]) == names
    assert [len(cell_texts(table)) for table in built.tables()] == rows


def test_tabs_switch_together_in_their_group(build: Build) -> None:
    html = build(page(DICT, options=":sync-group: goal")).html()
    assert [
        (label["data-sync-group"], label["data-sync-id"]) for label in html.select("label")
    ] == [("goal", "Fast"), ("goal", "Cheap & *good*")]
    assert not build(page(DICT)).html().select("[data-sync-group]")


def test_a_group_to_switch_with_is_for_tabs_alone(build: Build) -> None:
    code = "pd.DataFrame({'a': [1]})"
    built = build(page(code, options=":sync-group: x"), builder="dummy", warns=1)
    assert ":sync-group: is for tabs, but the result is a single table" in built.warnings[0]
    assert len(built.tables()) == 1


def test_a_table_that_fails_leaves_the_others(build: Build) -> None:
    code = "frame = pd.DataFrame({'a': [1, 3]})\n"
    code += "{'a': frame[:1], 'b': pd.DataFrame(index=[1]), 'c': frame[1:]}"
    built = build(page(code), builder="dummy", warns=1)
    assert "index.rst:1: WARNING: In the tab 'b': The frame has no columns" in built.warnings[0]
    assert labels(built.doctrees["index"]) == ["a", "b", "c"]
    assert [cell_texts(table)[1] for table in built.tables()] == [["1"], ["3"]]
    assert len(list(built.doctrees["index"].findall(nodes.error))) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "{'a': pd.DataFrame({'a': [1]}), 'b': 7}",
            "and other values, one of which is of type int",
        ),
        ("df = {1}", "variable 'df', of type set, cannot be shown as a table"),
    ],
)
def test_what_makes_no_tabs_is_one_warning(code: str, message: str, build: Build) -> None:
    built = build(page(code), builder="dummy", warns=1)
    assert message in built.warnings[0]


def test_each_table_is_numbered_captioned_and_named(build: Build) -> None:
    text = page(DICT, title="The *costs*", options=":name: costs")
    text += "\nSee :numref:`costs`, :numref:`costs-fast`, :ref:`costs-Cheap & *good*`.\n"
    html = build(text, numfig=True).html()
    assert [caption.get_text().rstrip("¶") for caption in html.select("caption")] == [
        "Table 1 The costs (Fast)",
        "Table 2 The costs (Cheap & *good*)",
    ]
    assert [a.get_text() for a in html.select("p a.reference")] == [
        "Table 1",
        "Table 1",
        "The costs (Cheap & *good*)",
    ]


def test_options_are_for_each_table(build: Build) -> None:
    code = "{'a': pd.DataFrame({'x': [1.25] * 3}), 'b': pd.DataFrame({'x': [2.25], 'y': [1]})}"
    options = ":precision: 1\n:max-rows: 2\n:class: wide\n:stub-columns: 1"
    built = build(page(code, options=options.removesuffix("\n:stub-columns: 1")), builder="dummy")
    assert [cell_texts(table)[1][0] for table in built.tables()] == ["1.2", "2.2"]
    assert all("wide" in table["classes"] for table in built.tables())
    assert "showing 2 of 3 rows" in built.doctrees["index"].astext()
    built = build(page(code, options=options), builder="dummy", warns=1)
    assert ":stub-columns: asks for 1" in built.warnings[0]
    assert len(built.tables()) == 1


@pytest.mark.parametrize(
    "builder",
    ["html", "dirhtml", "singlehtml", "latex", "text", "man", "texinfo", "epub", "xml", "gettext"],
)
def test_every_builder_shows_them_without_a_warning(builder: str, build: Build) -> None:
    text = "Title\n=====\n\n" + page(DICT, title="Costs", options=":name: costs")
    built = build(
        text, builder=builder, project="project", version="1", copyright="x", epub_show_urls="no"
    )
    assert built.returned == 0


def test_they_are_what_tables_in_tabs_would_be_one_by_one(build: Build) -> None:
    written = """\
.. tab-set::

   .. tab-item:: x

      .. df-table:: Costs (x)

         df = pd.DataFrame({'k': ['x', 'x'], 'n': [1, 3]})

   .. tab-item:: y

      .. df-table:: Costs (y)

         df = pd.DataFrame({'k': ['y'], 'n': [2]})
"""
    for builder, name in (("html", "index.html"), ("text", "index.txt")):
        outputs = []
        for text in (page(GROUPS, title="Costs"), written):
            built = build(text, builder=builder)
            output = (built.output / name).read_text("utf-8")
            # Labels that are data are not for MathJax.
            outputs.append(output.replace(" tex2jax_ignore mathjax_ignore", ""))
        assert outputs[0] == outputs[1]


def test_a_label_cannot_hold_what_documents_cannot(build: Build) -> None:
    built = build(page(r"{'a\x00': pd.DataFrame({'a': [1]})}"), builder="dummy", warns=1)
    assert labels(built.doctrees["index"]) == ["a\ufffd"]
    assert "In the tab 'a\ufffd' the character U+0000 cannot be shown" in built.warnings[0]


def test_the_name_is_that_of_the_first_table_that_can_be_shown(build: Build) -> None:
    code = "frame = pd.DataFrame({'x': [1, 2]})\n"
    code += "{'a': pd.DataFrame(index=[1]), 'b': frame[:1], 'B': frame[1:]}"
    text = page(code, title="Costs", options=":name: costs")
    built = build(f"{text}\nSee :ref:`costs` and `costs-b`_.\n", warns=1)
    assert "no columns" in built.warnings[0]
    assert [a.get_text() for a in built.html().select("p a.reference")] == ["Costs (b)", "costs-b"]


def test_a_caption_is_read_once(build: Build) -> None:
    text = page(DICT, title="All [#]_ of _`them`, *now*") + "\n.. [#] Foot.\n\nSee them_.\n"
    html = build(text).html()
    captions = [caption.get_text().rstrip("\xb6") for caption in html.select("caption")]
    assert [caption.partition(" of")[2] for caption in captions] == [
        " them, now (Fast)",
        " them, now (Cheap & *good*)",
    ]
    built = build(page(DICT, title="A :nope:`x`"), builder="dummy", warns=None, fresh=True)
    assert sum("nope" in warning for warning in built.warnings) <= 2


def test_markup_in_a_caption_is_in_all_of_them(build: Build) -> None:
    html = build(page(DICT, title="All *now*, see :doc:`index`")).html()
    assert [len(caption.select("em, a")) for caption in html.select("caption")] == [3, 3]


def test_what_fits_no_column_of_any_tab_is_said_once(build: Build) -> None:
    built = build(page(DICT, options=":format: c: {}"), builder="dummy", warns=1)
    assert ":format: names 'c', but there is no such column" in built.warnings[0]
    build(page(DICT, options=":format: b: <{}>"), builder="dummy")


def test_what_is_wrong_in_a_tab_is_said_with_its_label(build: Build) -> None:
    built = build(page(DICT, options=":format: b: {:%Y}"), builder="dummy", warns=1)
    assert "In the tab 'Cheap & *good*': :format: '{:%Y}' does not fit" in built.warnings[0]


def test_keys_that_have_no_text_cost_no_more_than_the_table(build: Build) -> None:
    code = "class K:\n    def __str__(self): raise RuntimeError\n{K(): pd.DataFrame({'a': [1]})}"
    built = build(page(code) + "\n" + page("pd.Series([1])"), builder="dummy", warns=1)
    assert "cannot be laid out as a table: RuntimeError" in built.warnings[0]


def test_typography_leaves_labels_and_what_stands_outside_alone(build: Build) -> None:
    frame = "pd.DataFrame({'a': ['--fast \"x\"'] * 2, 'b': [1, 2]}).style.set_caption('\"c\" -- d')"
    html = build(page(f"{{'\"l\" -- m': {frame}}}", options=":hoist-constants:")).html()
    assert html.select(".sd-tab-label")[0].get_text().strip() == '"l" -- m'
    assert html.select("caption")[0].get_text().startswith('"c" -- d')
    assert html.select(".df-table-constants")[0].get_text() == 'All rows: a: --fast "x"'


def test_epub_shows_them_in_turn_and_is_well_formed(build: Build) -> None:
    built = build(page(DICT), builder="epub", version="1", copyright="x", epub_show_urls="no")
    text = (built.output / "index.xhtml").read_text("utf-8")
    root = ET.fromstring(re.sub("<!DOCTYPE.*?>", "", text, flags=re.DOTALL))
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert names.count("table") == 2
    assert "input" not in names
