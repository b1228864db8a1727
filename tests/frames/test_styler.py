"""A table shows the formats, styles, captions and hidden parts of a Styler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward_frames
import numpy as np
import pandas as pd
import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st
from pandas.io.formats.style import Styler
from sphinx_builds import Build, html_rows, page

from sphinx_df_table.directives import option_spec
from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.frames.styler import lay_out_styler
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_df_table.model.table import Cell, Table

FRAME = pd.DataFrame({"n": [1.5, None, 3.25], "s": ["x", "y", "<z>"]})


def laid_out(styler: Styler, **other: Any) -> Table:
    return lay_out_styler(styler, TableOptions(**other)).table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.head + table.body]


def column(table: Table, place: int) -> list[Cell]:
    return [row[place] for row in table.body]


@pytest.mark.parametrize("name", awkward_frames.EVERY)
def test_a_styler_without_styles_is_its_frame(name: str) -> None:
    frame = awkward_frames.EVERY[name]()
    before = frame.copy(deep=True)
    table = laid_out(frame.style)
    assert texts(table) == texts(lay_out_frame(frame, TableOptions()).table)
    assert table.warnings == ()
    assert table.has_plain_body
    pd.testing.assert_frame_equal(frame, before)


def test_formats_of_a_styler_are_shown() -> None:
    styler = FRAME.style.format({"n": "{:.1f} ms"}, na_rep="none").format(
        lambda s: str(s).upper(), subset=["s"]
    )
    assert texts(laid_out(styler))[1:] == [["1.5 ms", "X"], ["none", "Y"], ["3.2 ms", "<Z>"]]


def test_a_format_of_the_directive_overrides_that_of_the_styler() -> None:
    styler = FRAME.style.format(precision=1)
    table = laid_out(styler, formats=option_spec.parse_formats("n: <{}>"), na_rep="none")
    assert [cell.text for cell in column(table, 0)] == ["<1.5>", "none", "<3.25>"]


def test_precision_is_for_floats_that_the_styler_leaves_alone() -> None:
    frame = pd.DataFrame({"a": [0.123456], "b": [0.123456]})
    table = laid_out(frame.style.format("{:.3f}", subset=["a"]), precision=1)
    assert texts(table)[1] == ["0.123", "0.1"]


def test_small_numbers_are_whole_where_the_styler_has_no_format_for_them() -> None:
    assert texts(laid_out(pd.DataFrame({"a": [1e-9, 6668.70475]}).style))[1:] == [
        ["1e-09"],
        ["6668.70475"],
    ]


def test_what_is_escaped_or_linked_for_html_is_text_again() -> None:
    frame = pd.DataFrame({"a": ["<b> & 'c'"], "b": ["see https://example.org/?a&b, now"]})
    styler = frame.style.format(escape="html", subset=["a"])
    styler = styler.format(hyperlinks="html", subset=["b"])
    assert texts(laid_out(styler))[1] == ["<b> & 'c'", "see https://example.org/?a&b, now"]
    styler = frame.style.format("{} &co", escape="html", subset=["a"])
    assert texts(laid_out(styler))[1][0] == "<b> & 'c' &co"


def test_hidden_rows_columns_and_levels_stay_hidden() -> None:
    index = pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)], names=["k", "n"])
    frame = FRAME.set_axis(index)
    styler = frame.style.hide(["s"], axis=1).hide([("x", 2)]).hide(level="n")
    table = laid_out(styler)
    assert texts(table) == [["k", "n"], ["x", "1.5"], ["y", "3.25"]]
    assert table.stubs == 1
    assert texts(laid_out(styler.hide())) == [["n"], ["1.5"], ["3.25"]]
    assert texts(laid_out(frame.style.hide(names=True)))[0] == ["", "", "n", "s"]


def test_hidden_headings_stay_hidden() -> None:
    assert texts(laid_out(FRAME.style.hide(axis=1))) == [["1.5", "x"], ["", "y"], ["3.25", "<z>"]]
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("A", "a"), ("A", "b")]))
    assert texts(laid_out(frame.style.hide(axis=1, level=0))) == [["a", "b"], ["1", "2"]]


def test_all_columns_hidden_is_an_error() -> None:
    with pytest.raises(FrameError, match="no columns"):
        laid_out(FRAME.style.hide(["n", "s"], axis=1))


def test_labels_of_a_styler_are_shown() -> None:
    styler = FRAME.style.relabel_index(["N", "**S**"], axis=1).relabel_index(["a", "b", "c"])
    table = laid_out(styler)
    assert texts(table)[:2] == [["", "N", "**S**"], ["a", "1.5", "x"]]
    assert not table.head[0][2].is_literal
    assert laid_out(styler, index="hide").stubs == 0


@pytest.mark.parametrize(
    ("frame", "stubs"),
    [(FRAME, 0), (FRAME.rename_axis("n"), 1), (FRAME.set_axis(["x", "y", "z"]), 1)],
)
def test_an_index_with_names_or_words_is_shown(frame: pd.DataFrame, stubs: int) -> None:
    assert laid_out(frame.style).stubs == stubs
    assert laid_out(frame.style, index="show").stubs == 1


def test_merged_headings_are_those_of_the_frame() -> None:
    columns = pd.MultiIndex.from_tuples([("L", "P50"), ("L", "P99"), ("", "n")])
    frame = pd.DataFrame([[1, 2, 3]], columns=columns)
    table = laid_out(frame.style.hide([("L", "P99")], axis=1))
    assert [[(c.text, c.morecols, c.morerows) for c in row] for row in table.head] == [
        [("L", 0, 0), ("n", 0, 1)],
        [("P50", 0, 0)],
    ]


def test_footers_are_rows_that_are_always_shown() -> None:
    sums = pd.DataFrame({"n": [4.75], "s": ["-"]}, index=["sum"]).style.format(precision=1)
    table = laid_out(FRAME.style.concat(sums), max_rows=1)
    assert texts(table) == [["", "n", "s"], ["0", "1.5", "x"], ["sum", "4.8", "-"]]
    assert table.excerpt == (1, 3)


def test_a_frame_without_rows_has_all_its_headings() -> None:
    frame = pd.DataFrame({"a": []}, index=pd.Index([], name="run"))
    assert texts(laid_out(frame.style)) == [["run", "a"]]
    assert texts(laid_out(frame.style.hide())) == [["a"]]
    frame = pd.DataFrame({"a": []}, index=pd.MultiIndex.from_arrays([[], []], names=["k", "n"]))
    assert texts(laid_out(frame.style.hide(level="k"))) == [["n", "a"]]


def test_hidden_headings_leave_no_rows_to_be_headings() -> None:
    table = laid_out(FRAME.style.hide(axis=1), header_rows=2, max_rows=1)
    assert (len(table.head), len(table.body)) == (0, 1)
    assert table.excerpt == (1, 3)


def test_numbers_of_footers_are_their_own() -> None:
    frame = pd.DataFrame({"n": [1, 2]})
    footers = [2**60 + 1, 1.5, 6]
    styler = frame.style
    for number, value in enumerate(footers):
        styler = styler.concat(pd.DataFrame({"n": [value]}, index=[f"f{number}"]).style)
    assert [cell.text for cell in column(laid_out(styler), 1)] == [
        "1",
        "2",
        "1152921504606846977",
        "1.5",
        "6",
    ]


def test_a_column_whose_footer_differs_is_not_constant() -> None:
    frame = pd.DataFrame({"a": [5, 5], "b": [1, 2], "c": [3, 3]})
    sums = pd.DataFrame({"a": [10], "b": [3], "c": [3]}, index=["sum"])
    styler = frame.style.concat(sums.style)
    table = laid_out(styler, hoist_constants=True)
    assert [(label.text, value.text) for label, value in table.constants] == [("c", "3")]
    styler = frame.style.highlight_max(subset=(0, "a"), props="color: red")
    assert not any(
        label.text == "a" for label, _ in laid_out(styler, hoist_constants=True).constants
    )


def test_footers_do_not_become_headings() -> None:
    styler = pd.DataFrame({"n": [1]}).style.concat(pd.DataFrame({"n": [9]}, index=["f"]).style)
    with pytest.raises(FrameError, match="the table has 1 row of labels and 1 row of data"):
        laid_out(styler, header_rows=3)


def test_tooltips_and_renamed_classes_change_nothing() -> None:
    tips = pd.DataFrame({"n": ["tip"] * 3})
    names: Any = {"data": "d", "col_heading": "ch", "row": "r", "col": "c"}
    styler = FRAME.style.set_tooltips(tips).set_table_styles(css_class_names=names)
    table = laid_out(styler, max_rows=1)
    assert texts(table) == [["n", "s"], ["1.5", "x"]]
    assert table.excerpt == (1, 3)


def test_classes_may_have_the_names_of_pandas_own() -> None:
    classes = pd.DataFrame([["data row5"]], index=[0], columns=["n"])
    assert column(laid_out(FRAME.style.set_td_classes(classes)), 0)[0].classes == "data row5"


def test_a_caption_is_kept() -> None:
    assert laid_out(FRAME.style.set_caption("Costs")).caption == "Costs"
    assert laid_out(FRAME.style.set_caption(("Costs of all", "Costs"))).caption == "Costs of all"


def test_classes_are_kept_without_those_of_pandas() -> None:
    classes = pd.DataFrame([["hot very-hot"]], index=[0], columns=["n"])
    cells = column(laid_out(FRAME.style.set_td_classes(classes)), 0)
    assert [cell.classes for cell in cells] == ["hot very-hot", "", ""]


def test_backgrounds_are_kept_with_a_readable_text_colour() -> None:
    styles = [cell.style for cell in column(laid_out(FRAME.style.highlight_max(subset=["n"])), 0)]
    assert styles == ["", "", "background-color: yellow; color: #000"]
    gradient = column(laid_out(FRAME.style.background_gradient(subset=["n"])), 0)
    assert all("color: #" in gradient[row].style for row in (0, 2))
    assert "#000; color" not in gradient[0].style
    bars = column(laid_out(FRAME.style.bar(subset=["n"])), 0)
    assert bars[2].style.startswith("width: 10em; background: linear-gradient(90deg, #d65f5f")
    assert bars[2].style.endswith("; color: #000; background-color: #fff")
    low = column(laid_out(FRAME.style.bar(subset=["n"], height=50)), 0)
    assert low[2].style.endswith("background-size: 100% 50.0%; color: #000; background-color: #fff")
    both = column(laid_out(FRAME.style.bar(subset=["n"]).highlight_max(subset=["n"])), 0)
    assert both[2].style.endswith("background-color: yellow; color: #000")


@pytest.mark.parametrize(
    ("css", "is_strong", "is_emphasized", "style"),
    [
        ("font-weight: bold", True, False, ""),
        ("font-weight: 700; color: red", True, False, "color: red"),
        ("font-weight: BOLD !important", True, False, ""),
        ("font-weight: normal", False, False, "font-weight: normal"),
        ("font-style: italic", False, True, ""),
        ("font-weight: bolder; font-style: oblique 10deg", True, True, ""),
    ],
)
def test_bold_and_italic_are_for_every_format(
    css: str, is_strong: bool, is_emphasized: bool, style: str
) -> None:
    cell = column(laid_out(FRAME.style.map(lambda _: css)), 0)[0]
    assert (cell.is_strong, cell.is_emphasized, cell.style) == (is_strong, is_emphasized, style)


def test_headings_have_styles_too() -> None:
    styler = FRAME.rename_axis("k").style
    styler = styler.map_index(lambda _: "color: red", axis=1).map_index(lambda _: "color: blue")
    table = laid_out(styler)
    assert [cell.style for cell in table.head[0]] == ["", "color: red", "color: red"]
    assert [cell.style for cell in table.body[0]] == ["color: blue", "", ""]


@pytest.mark.parametrize(
    "style",
    [
        *("background: url(//example.org/x.png)", "background: red} body {", r"color: \75rl(x)"),
        *("background: expression(1)", "position: fixed", "width: 9999px", "--x: red"),
        'color: red" onclick="alert(1)',
    ],
)
def test_a_style_that_reaches_out_of_its_cell_is_left_out_with_a_warning(style: str) -> None:
    table = laid_out(FRAME.style.map(lambda _: f"{style}; opacity: 50%"))
    assert {cell.style for cell in column(table, 0)} == {"opacity: 50%"}
    [sentence] = table.warnings
    assert sentence.startswith(f"The style {style!r} of a cell is left out")


@pytest.mark.parametrize("name", ["mathjax_process", "sd-stretched-link", "<b>"])
def test_a_class_that_other_programs_act_on_is_left_out_with_a_warning(name: str) -> None:
    classes = pd.DataFrame([[f"hot {name}"]], index=[0], columns=["n"])
    table = laid_out(FRAME.style.set_td_classes(classes))
    assert [cell.classes for cell in column(table, 0)] == ["hot", "", ""]
    [sentence] = table.warnings
    assert sentence.startswith(f"The class {name!r} of a cell is left out")


def test_all_that_is_left_out_of_a_table_is_one_warning() -> None:
    classes = pd.DataFrame([["math", "math"]], index=[0], columns=["n", "s"])
    styler = FRAME.style.set_td_classes(classes).map(lambda _: "float: left; top: 0")
    [sentence] = laid_out(styler).warnings
    assert sentence.startswith("The class 'math' of a cell is left out (3 styles and classes in")


#: What pandas' user guide does to the looks of cells.
GUIDE: dict[str, Callable[[Any], Styler]] = {
    "highlight_null": lambda s: s.highlight_null("darkorange"),
    "highlight_between": lambda s: s.highlight_between(left=1, right=2, props="color:white"),
    "highlight_quantile": lambda s: s.highlight_quantile(q_left=0.5, axis=None, color="#fffd75"),
    "gradient": lambda s: s.background_gradient(cmap="viridis", low=0.5, axis=1),
    "text gradient": lambda s: s.text_gradient(gmap=np.array([[1, 2], [3, 4]]), axis=None),
    "properties": lambda s: s.set_properties(
        **{"background-color": "black", "color": "lawngreen", "border-color": "white"}
    ),
    "small": lambda s: s.set_properties(**{"max-width": "80px", "font-size": "1pt"}),
    "opacity": lambda s: s.map(lambda v: "opacity: 20%;" if v < 2 else None),
    "several": lambda s: s.apply(lambda _: ["color: red; font-weight: bold", ""], axis=1),
    "bar": lambda s: s.bar(color=["#d65f5f", "#5fba7d"], align="mid"),
    "bar and text": lambda s: s.bar(
        align=0,
        vmin=-2.5,
        vmax=2.5,
        cmap="bwr",
        height=50,
        width=60,
        props="width: 120px; border-right: 1px solid black;",
    ).text_gradient(cmap="bwr", vmin=-2.5, vmax=2.5),
    "excel": lambda s: s.set_properties(
        **{
            "border-top": "1px solid #00f",
            "border-style": "dashed",
            "font-family": "'DejaVu Sans', serif",
            "font-style": "italic",
            "text-align": "center",
            "text-decoration": "line-through",
            "vertical-align": "middle",
            "white-space": "nowrap",
        }
    ),
}


@pytest.mark.parametrize("name", GUIDE)
def test_the_looks_of_pandas_user_guide_are_kept(name: str) -> None:
    styler = GUIDE[name](pd.DataFrame({"a": [1.0, -2.5], "b": [0.5, 3.0]}).style)
    before = styler._compute().ctx  # type: ignore[attr-defined]
    table = laid_out(styler)
    assert table.warnings == ()
    for (row, place), declared in before.items():
        cell = table.body[row][place]
        shown = f"{cell.style}; " + "font-style: italic; " * cell.is_emphasized
        shown += "font-weight: bold; " * cell.is_strong
        for declaration, value in declared:
            assert f"{declaration}: {value}; " in shown


@given(
    st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=4),
    st.sampled_from(["left", "right", "zero", "mid", "mean", 0.5]),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_any_bar_is_drawn(values: list[float], align: Any, width: float, height: float) -> None:
    frame = pd.DataFrame({"a": values})
    with np.errstate(all="ignore"):
        table = laid_out(frame.style.bar(align=align, width=width, height=height))
    assert not [sentence for sentence in table.warnings if "left out" in sentence]


def test_a_styler_that_fails_is_its_data_with_one_warning() -> None:
    table = laid_out(FRAME.style.map(lambda _: f"{1 / 0}").hide(["s"], axis=1))
    assert texts(table)[1] == ["1.5", "x"]
    [sentence] = table.warnings
    assert "The Styler cannot be read (ZeroDivisionError: division by zero)" in sentence


def test_a_styler_whose_inside_has_changed_is_its_data_with_one_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Styler, "to_html", lambda self, **_: self.template_html.render(head=[]))
    table = laid_out(FRAME.style.highlight_max())
    assert texts(table)[1] == ["1.5", "x"]
    [sentence] = table.warnings
    assert "The Styler cannot be read (KeyError" in sentence


def test_no_row_or_column_is_cut_by_pandas() -> None:
    frame = pd.DataFrame(np.zeros((600, 500), dtype=int))
    table = laid_out(frame.style)
    assert (len(table.body), table.width) == (600, 500)


def test_options_for_frames_are_for_stylers_too() -> None:
    frame = pd.DataFrame({"a": [1, 1], "b": [2, 3], "c": [4, 5]})
    styler = frame.style.highlight_max(props="font-weight: bold", subset=["b"])
    table = laid_out(
        styler, columns=("b", "a"), hoist_constants=True, align_columns=(("b", "left"),)
    )
    assert texts(table) == [["b"], ["2"], ["3"]]
    assert [cell.is_strong for cell in column(table, 0)] == [False, True]
    assert table.constants[0][1].text == "1"
    assert table.alignments == ("left",)


CODE = """\
df = pd.DataFrame({'a': [1.5, 2.5], 'b': ['*x*', 'y']})
classes = pd.DataFrame([['hot']], columns=['b'])
df.style.highlight_max(subset='a').set_caption('A <caption>').set_td_classes(classes).map(
    lambda v: 'font-weight: bold; font-style: italic', subset='b')
"""


def test_html_has_styles_and_classes(build: Build) -> None:
    table = build(page(CODE)).html_table()
    assert html_rows(table) == [["a", "b"], ["1.5", "x"], ["2.5", "y"]]
    first, last = table.select("tbody tr")
    assert [td.get("style") for td in first.select("td")] == [None, None]
    assert [td.get("style") for td in last.select("td")] == [
        "background-color: yellow; color: #000",
        None,
    ]
    assert first.select("td")[1]["class"] == ["text-left", "hot"]
    assert first.select("td.hot strong em")[0].get_text() == "x"
    assert table.select(".caption-text")[0].get_text() == "A <caption>"


@pytest.mark.parametrize("builder", ["latex", "text", "man", "texinfo", "xml", "epub"])
def test_every_format_has_bold_and_italic_and_only_html_has_styles(
    builder: str, build: Build
) -> None:
    built = build(page(CODE), builder=builder, project="project", version="1", copyright="x")
    pattern = {"epub": "index.xhtml", "text": "index.txt", "xml": "index.xml"}.get(
        builder, "project.*"
    )
    [path] = [p for p in built.output.glob(pattern) if p.suffix in TEXTS]
    text = path.read_text("utf-8")
    assert TEXTS[path.suffix] in text
    assert ("yellow" in text) == (builder == "epub")


#: What a bold and italic y looks like.
TEXTS = {
    ".tex": r"\sphinxstylestrong{\sphinxstyleemphasis{y}}",
    ".txt": "***y***",
    # Sphinx' man builder knows no mark within a mark, and Texinfo has quotes for both.
    ".1": r"\fIy\fP",
    ".texi": "``y''",
    ".xml": "<strong><emphasis>y</emphasis></strong>",
    ".xhtml": "<strong><em>y</em></strong>",
}


def test_the_title_of_the_directive_overrides_that_of_the_styler(build: Build) -> None:
    [table] = build(page(CODE, title="Mine"), builder="dummy").tables()
    assert [title.astext() for title in table.findall(nodes.title)] == ["Mine"]


def test_a_caption_is_numbered_and_named(build: Build) -> None:
    text = page(CODE, options=":name: here") + "\nSee :numref:`here`.\n"
    built = build(text, numfig=True)
    assert built.html_text("p a[href='#here']") == "Table 1"


@pytest.mark.usefixtures("own_catalogues")
def test_bold_and_italic_are_kept_in_translations(build: Build) -> None:
    files = {
        "index.rst": page(CODE),
        "locale/de/LC_MESSAGES/index.po": (
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\nmsgid "y"\nmsgstr "ja"\n'
        ),
    }
    table = build(files, language="de", locale_dirs=["locale"]).html_table()
    assert [strong.get_text() for strong in table.select("td strong em")] == ["x", "ja"]
