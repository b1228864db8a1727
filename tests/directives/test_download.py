"""Readers take the rows of a table home as a file."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import dask.dataframe as dd
import pandas as pd
import polars as pl
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st
from sphinx import addnodes
from sphinx_builds import Build, Built, build_in, cell_texts, page
from strategies import any_frame

from sphinx_df_table.frames.csv_export import format_csv, make_file_name
from sphinx_df_table.frames.frame import iter_raw_rows
from sphinx_df_table.frames.inputs import lay_out
from sphinx_df_table.frames.values import value_texts
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from bs4 import Tag

THREE = "pd.DataFrame({'n': [1, 2, 3], 's': ['x', 'y', 'z']})"
OPTIONS = TableOptions()


def rows_of(value: Any, options: TableOptions = OPTIONS) -> list[tuple[str, ...]]:
    """What the file for ``value`` holds."""
    return list(iter_raw_rows(lay_out(value, options, in_full=True)))


def links(built: Built, name: str = "index") -> list[Tag]:
    return built.html(name).select("p.df-table-download > a.download")


def linked(built: Built, name: str = "index", *, number: int = 0) -> Path:
    """The file that the link on a page leads to."""
    link = links(built, name)[number]
    return built.output / Path(f"{name}.html").parent / unquote(str(link["href"]))


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def kept(built: Built) -> list[str]:
    """The files that wait beside the doctrees to be copied."""
    folder = built.folder / "doctrees" / "df-table"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def download(code: str, *others: str) -> str:
    return page(code, options="\n".join([":download:", *others]))


# What the file holds.


def test_the_file_is_behind_the_table_and_holds_its_values(build: Build) -> None:
    built = build(download(THREE))
    [link] = links(built)
    assert link.get_text() == "Download as CSV"
    paragraph = link.parent
    assert paragraph is not None
    previous = paragraph.find_previous_sibling()
    assert previous is not None
    assert previous.name == "table" or previous.select("table")
    assert linked(built).read_bytes() == b"n,s\n1,x\n2,y\n3,z\n"
    assert not build(page(THREE)).html().select(".df-table-download")


def test_rows_that_the_page_leaves_out_are_in_the_file(build: Build) -> None:
    code = "pd.DataFrame({'n': range(1000)})"
    built = build(download(code, ":max-rows: 20"))
    [link] = links(built)
    assert link.get_text() == "Download all 1,000 rows as CSV"
    assert pd.read_csv(linked(built))["n"].tolist() == list(range(1000))
    assert built.html().select("p.df-table-rows + p.df-table-download")
    built = build(download(code), df_table_max_rows=7, warns=1)
    assert links(built)[0].get_text() == "Download all 1,000 rows as CSV"


def test_rows_that_become_headings_are_in_the_file(build: Build) -> None:
    built = build(download(THREE, ":header-rows: 2", ":max-rows: 1"))
    assert links(built)[0].get_text() == "Download all 3 rows as CSV"
    assert read(linked(built)) == [["n", "s"], ["1", "x"], ["2", "y"], ["3", "z"]]


@pytest.mark.parametrize("shown", ["header-rows: 0", "header: A, B", "widths: 1 2"])
def test_the_labels_are_the_frame_s_own(shown: str, build: Build) -> None:
    assert read(linked(build(download(THREE, f":{shown}"))))[0] == ["n", "s"]


def test_values_have_no_format(build: Build) -> None:
    code = "pd.DataFrame({'x': [1 / 3, None], 'd': pd.to_datetime(['2024-01-02'] * 2)})"
    formats = (":format: d: {:%d %b}", ":precision: 2", ":na-rep: none")
    built = build(download(code, *formats))
    assert cell_texts(built.tables()[0])[1:] == [["0.33", "02 Jan"], ["none", "02 Jan"]]
    assert read(linked(built))[1:] == [[str(1 / 3), "2024-01-02"], ["", "2024-01-02"]]


def test_columns_are_those_of_the_table_in_its_order() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 3], "c": ["x", "y"]})
    options = TableOptions(columns=("c", "integer"), hoist_constants=True)
    assert rows_of(frame, options) == [("c", "a", "b"), ("x", "1", "3"), ("y", "2", "3")]


def test_columns_are_chosen_by_the_rows_shown() -> None:
    frame = pd.DataFrame({"a": pd.Series([1, "x"], dtype=object), "b": ["x", "y"]})
    options = TableOptions(columns=("integer",), max_rows=1)
    assert rows_of(frame, options) == [("a",), ("1",), ("x",)]


@pytest.mark.parametrize(
    ("index", "expected"),
    [("auto", [("k", "a"), ("x", "1")]), ("hide", [("a",), ("1",)])],
)
def test_the_index_is_in_the_file_where_it_is_shown(index: Any, expected: list[Any]) -> None:
    frame = pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="k"))
    assert rows_of(frame, TableOptions(index=index)) == expected


def test_each_level_of_labels_is_a_line() -> None:
    columns = pd.MultiIndex.from_tuples([("A", "a"), ("A", "b")])
    index = pd.MultiIndex.from_tuples([("x", 1)], names=["k", "l"])
    frame = pd.DataFrame([[1, 2]], columns=columns, index=index)
    assert rows_of(frame) == [("", "", "A", "A"), ("k", "l", "a", "b"), ("x", "1", "1", "2")]


def test_columns_of_one_name_stay_apart() -> None:
    assert rows_of(pd.DataFrame([[1, "x"]], columns=["a", "a"])) == [("a", "a"), ("1", "x")]


def test_a_styler_s_hidden_parts_are_left_out_and_its_texts_too() -> None:
    frame = pd.DataFrame({"a": [1.5, 2, 3], "b": [1, 2, 3], "c": [7, 8, 9]}, index=[*"xyz"])
    mean = frame.mean().to_frame("mean").T
    styler = frame.style.hide(["y"]).hide(["b"], axis="columns").format("{:.0f} EUR")
    styler = styler.format_index(lambda label: str(label).upper(), axis="columns").concat(
        mean.style
    )
    options = TableOptions(max_rows=1)
    assert rows_of(styler, options) == [("", "a", "c"), ("x", "1.5", "7"), ("z", "3.0", "9")]
    assert rows_of(styler.hide(), options) == [("a", "c"), ("1.5", "7"), ("3.0", "9")]


def test_a_styler_that_cannot_be_read_gives_its_data() -> None:
    def fail(_: object) -> str:
        raise ValueError

    assert rows_of(pd.DataFrame({"a": [1]}).style.map(fail)) == [("a",), ("1",)]


@given(any_frame(), st.integers(0, 3))
def test_the_texts_are_those_of_the_values(frame: pd.DataFrame, shown: int) -> None:
    options = TableOptions(index="hide", max_rows=shown, na_rep="-", precision=1)
    expected = [value_texts(frame.iloc[:, place]) for place in range(frame.shape[1])]
    labels = value_texts(frame.columns.to_series())
    rows = rows_of(frame, options)
    assert rows == [tuple(labels), *zip(*expected, strict=True)]
    content = format_csv(rows).decode("utf-8")
    assert list(map(tuple, csv.reader(io.StringIO(content, newline="")))) == rows


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_lines_end_in_one_way_and_hold_any_text(rows: list[list[str]]) -> None:
    content = format_csv(rows)
    assert content.endswith(b"\n") or not rows
    assert list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""))) == rows


def test_what_is_no_character_is_an_escape() -> None:
    assert format_csv([["\ud800é", "a"]]) == "\\ud800é,a\n".encode()


def test_pandas_reads_the_frame_back(build: Build) -> None:
    make = (
        "pd.DataFrame({'x': [0.1, float('nan'), 1e300], 'i': [2**62 + 1, -1, 0],"
        " 's': ['a,\"b\"', 'line\\nbreak', 'é'], 't': pd.to_datetime(['2024-02-29 13:05'] * 3)})"
    )
    built = build(download(make))
    found = pd.read_csv(linked(built), parse_dates=["t"])
    expected = eval(make, {"pd": pd})
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


# Frames of other libraries.


@pytest.mark.parametrize("name", ["DataFrame", "pyarrow"])
def test_a_frame_in_memory_of_any_library_gives_all_rows(name: str, build: Build) -> None:
    code = "import polars\ndf = polars.DataFrame({'n': range(1000)})"
    code += "\ndf.to_arrow()" if name == "pyarrow" else ""
    built = build(download(code, ":max-rows: 2"))
    assert links(built)[0].get_text() == "Download all 1,000 rows as CSV"
    assert len(read(linked(built))) == 1001


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("2", "Download the first 2 rows as CSV"),
        ("1", "Download the first row as CSV"),
        ("3", "Download as CSV"),
        ("0", "Download as CSV"),
    ],
)
def test_of_a_lazy_frame_the_file_holds_the_rows_shown(rows: str, words: str, build: Build) -> None:
    code = "import polars\npolars.LazyFrame({'n': [1, 2, 3]})"
    built = build(download(code, f":max-rows: {rows}"))
    assert links(built)[0].get_text() == words
    assert read(linked(built))[1:] == [["1"], ["2"], ["3"]][: int(rows) or None]


def test_no_more_of_a_lazy_frame_is_computed_for_the_file() -> None:
    seen: list[int] = []

    def note(part: pd.DataFrame) -> pd.DataFrame:
        seen.append(len(part))
        return part

    from_pandas: Any = dd.from_pandas
    frame = from_pandas(pd.DataFrame({"n": range(1000)}), npartitions=100)
    frame = frame.map_partitions(note, meta={"n": "int64"})
    assert len(rows_of(frame, TableOptions(max_rows=3))) == 4
    assert seen == [10]


def test_a_frame_in_memory_is_not_copied_in_full_without_need() -> None:
    frame = pl.DataFrame({"n": range(1000)})
    options = TableOptions(max_rows=3)
    lengths = [len(lay_out(frame, options, in_full=whole).frame) for whole in (False, True)]
    assert lengths == [3, 1000]


# Where it is.


def test_names_stay_from_build_to_build(build: Build) -> None:
    text = download(THREE) + "\n" + page(THREE) + "\n" + download(THREE)
    text += "\n" + download(THREE, ":name: My Table/é")
    files = {"index.rst": "Text.\n", "sub/one.rst": ":orphan:\n\n" + text}
    built = build(files)
    names = ["sub/one/My-Table-é.csv", "sub/one/one-1.csv", "sub/one/one-2.csv"]
    assert kept(built) == sorted(names)
    addresses = [link["href"] for link in links(built, "sub/one")]
    built = build({"sub/one.rst": files["sub/one.rst"] + "\nMore.\n"})
    assert built.read == {"sub/one"}
    assert [link["href"] for link in links(built, "sub/one")] == addresses
    assert [linked(built, "sub/one", number=n).name for n in range(3)] == [
        "one-1.csv",
        "one-2.csv",
        "My-Table-é.csv",
    ]


def test_each_tab_has_its_own_file(build: Build) -> None:
    code = "{k: pd.DataFrame({'n': [k]}) for k in ('a b', 'a/b', 'c')}"
    built = build(download(code) + "\n" + download("pd.Series([1])", ":name: index-1-C"))
    assert [linked(built, number=n).name for n in range(4)] == [
        "index-1-a-b.csv",
        "index-1-a-b-2.csv",
        "index-1-c.csv",
        "index-1-C-2.csv",
    ]
    contents = [read(linked(built, number=n))[1] for n in range(3)]
    assert contents == [["a b"], ["a/b"], ["c"]]
    tabs = built.html().select(".sd-tab-content")
    assert [len(tab.select("a.download")) for tab in tabs] == [1, 1, 1]


@pytest.mark.parametrize(
    ("parts", "taken", "name"),
    [
        (["a"], [], "a.csv"),
        (["a"], ["A.csv", "a-2.csv"], "a-3.csv"),
        (["../x\\y: *", "\0"], [], "x-y-table.csv"),
        ([".hidden"], [], "hidden.csv"),
        (["数" * 99], [], "数" * 30 + ".csv"),
    ],
)
def test_a_name_can_be_that_of_a_file(parts: list[str], taken: list[str], name: str) -> None:
    assert make_file_name(parts, taken=taken) == name


def test_nothing_is_written_into_the_source_folder(build: Build) -> None:
    built = build(download(THREE))
    assert [path.name for path in built.source.rglob("*")] == ["index.rst"]
    assert [path.name for path in (built.folder / "doctrees").rglob(".*")] == []


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_builders_of_html_offer_the_file(builder: str, build: Build) -> None:
    files = {
        "index.rst": "Title\n=====\n\n.. toctree::\n\n   sub/one\n",
        "sub/one.rst": "One\n===\n\n" + download(THREE),
    }
    built = build(files, builder=builder)
    name = {"html": "sub/one", "dirhtml": "sub/one/index", "singlehtml": "index"}[builder]
    assert linked(built, name).read_bytes().startswith(b"n,s\n1,x\n")


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "xml", "gettext", "man"])
def test_other_builders_say_nothing_of_it(builder: str, build: Build) -> None:
    epub = {"project": "p", "version": "1", "copyright": "x", "epub_identifier": "x"}
    built = build(download(THREE, ":max-rows: 1"), builder=builder, warns=None, **epub)
    found = "".join(
        path.read_text("utf-8", errors="replace")
        for path in built.output.rglob("*")
        if path.is_file() and path.suffix != ".css"
    )
    assert "Download" not in found.replace("DownloadAction", "")
    assert "df-table-download" not in found
    assert not list(built.output.rglob("index-1.csv"))


@pytest.mark.filterwarnings("ignore:.*JSONHTMLBuilder.app")
def test_json_has_the_link(build: Build) -> None:
    built = build(download(THREE), builder="json")
    body = json.loads((built.output / "index.fjson").read_text("utf-8"))["body"]
    [link] = BeautifulSoup(body, "html.parser").select("p.df-table-download > a.download")
    assert (built.output / unquote(str(link["href"]))).read_bytes().startswith(b"n,s\n1,x\n")


def test_the_node_is_as_whole_as_one_of_the_role(build: Build) -> None:
    files = {"index.rst": download(THREE) + "\n:download:`Text <a.csv>`\n", "a.csv": "n\n"}
    [ours, theirs] = build(files).doctrees["index"].findall(addnodes.download_reference)
    assert ours.attributes.keys() == theirs.attributes.keys()
    for name in ("refdoc", "refdomain", "reftype", "refexplicit", "refwarn", "classes"):
        assert ours[name] == theirs[name]
    [ours_within], [theirs_within] = (ours.children, theirs.children)
    assert isinstance(ours_within, nodes.Element)
    assert isinstance(theirs_within, nodes.Element)
    assert ours_within["classes"] == theirs_within["classes"]
    assert (ours.source, ours.line) != (None, None)


def test_typography_and_translators_leave_the_line_alone(build: Build) -> None:
    [paragraph] = [
        node
        for node in build(download(THREE)).doctrees["index"].findall(nodes.paragraph)
        if "df-table-download" in node["classes"]
    ]
    assert paragraph["translatable"] is False
    assert paragraph["support_smartquotes"] is False
    [reference] = paragraph.findall(addnodes.download_reference)
    assert isinstance(reference[0], nodes.inline)


@pytest.mark.parametrize("inside", [True, False])
def test_the_doctrees_may_be_anywhere(inside: bool, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    # The builds' folders lie in that of the pages, or beside it.
    place, source = ("source/_build", "..") if inside else ("deep/er", "../../source")
    folder = tmp_path / "link" / place
    folder.mkdir(parents=True)
    built = build_in(folder, {"index.rst": download(THREE)}, source=source)
    assert linked(built).read_bytes().startswith(b"n,s\n")
    assert build_in(folder, source=source).read == set()


def test_a_parallel_build_offers_all_files(build: Build) -> None:
    pages = {
        f"p{n}.rst": ":orphan:\n\n" + download(f"pd.Series([{n}])", ":name: same") for n in range(8)
    }
    built = build(pages, jobs=2)
    for number in range(8):
        assert read(linked(built, f"p{number}"))[1] == [str(number)]
    assert build(jobs=2).read == set()


# From build to build.


def csv_state(built: Built) -> tuple[int, int]:
    state = (built.folder / "doctrees/df-table/index/index-1.csv").stat()
    return state.st_mtime_ns, state.st_ino


def test_a_page_is_not_read_again_for_its_own_file(build: Build) -> None:
    files = {"index.rst": download("pd.read_csv('data.csv')"), "data.csv": "a\n1\n"}
    build(files)
    for builder in ("html", "dirhtml"):
        built = build(builder=builder)
        assert built.read == set()
        assert read(linked(built)) == [["a"], ["1"]]


def test_changed_data_is_a_changed_file(build: Build) -> None:
    before = build({"index.rst": download("pd.read_csv('data.csv')"), "data.csv": "a\n1\n"})
    built = build({"data.csv": "a\n22\n"})
    assert built.read == {"index"}
    assert read(linked(built)) == [["a"], ["22"]]
    assert linked(built) == linked(before)
    assert build().read == set()


def test_a_file_is_touched_only_when_it_changes(build: Build) -> None:
    built = build(download(THREE))
    os.utime(built.folder / "doctrees/df-table/index/index-1.csv", (1, 1))
    state = csv_state(built)
    assert csv_state(build(download(THREE, ":align: left"))) == state
    assert csv_state(build(download(THREE.replace("3", "4")))) != state


def test_a_file_that_is_gone_is_made_again(build: Build) -> None:
    built = build(download(THREE))
    (built.folder / "doctrees/df-table/index/index-1.csv").unlink()
    built = build()
    assert built.read == {"index"}
    assert kept(built) == ["index/index-1.csv"]
    assert build().read == set()


def test_a_page_looks_at_no_file_of_its_own(build: Build) -> None:
    built = build(download(THREE))
    os.utime(built.folder / "doctrees/df-table/index/index-1.csv", (1, 1))
    assert build().read == set()


def test_a_page_that_gives_up_its_link_has_none(build: Build) -> None:
    build(download(THREE))
    assert not links(build(page(THREE)))


# What goes wrong.


def test_where_nothing_is_run_there_is_no_link(build: Build) -> None:
    built = build(download(THREE), df_table_execute=False)
    assert not built.html().select(".df-table-download")
    assert kept(built) == []


def test_a_table_that_fails_has_no_link(build: Build) -> None:
    built = build(download("1 / 0") + "\n" + download(THREE), warns=1)
    assert [path.rpartition("/")[2] for path in kept(built)] == ["index-2.csv"]
    assert linked(built).name == "index-2.csv"
    code = "{'a': pd.DataFrame(index=[1]), 'b': pd.DataFrame({'n': [1]})}"
    built = build(download(code), warns=1)
    assert linked(built).name == "index-1-b.csv"


def test_a_file_that_cannot_be_written_is_one_warning(build: Build, tmp_path: Path) -> None:
    (tmp_path / "doctrees/df-table").mkdir(parents=True)
    (tmp_path / "doctrees/df-table/index").write_text("in the way")
    built = build("Text.\n\n" + download(THREE), warns=1)
    assert re.search(
        r"index\.rst:3: WARNING: The file for :download: cannot be written \(\w*Error: .*\), so "
        r"there is no link to it\. .* \[df_table\.data\]$",
        built.warnings[0],
    )
    assert len(built.tables()) == 1
    assert not built.html().select(".df-table-download")


def test_a_value_without_a_text_costs_the_link_only(build: Build) -> None:
    code = (
        "class Odd:\n    def __str__(self): raise SystemExit(3)\n"
        "pd.DataFrame({'a': pd.Series([1, Odd()], dtype=object)})"
    )
    built = build(download(code, ":max-rows: 1"), warns=1)
    assert "cannot be written (SystemExit: 3)" in built.warnings[0]
    assert cell_texts(built.tables()[0]) == [["a"], ["1"]]
    assert not links(built)
