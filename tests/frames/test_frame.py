"""Frames become tables: rows, columns, index, headings."""

from __future__ import annotations

from typing import Any

import awkward_frames
import numpy as np
import pandas as pd
import pytest

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.table import Cell, Table


def laid_out(frame: pd.DataFrame | pd.Series[Any], **options: Any) -> Table:
    return lay_out_frame(frame, TableOptions(**options)).table


def texts(rows: tuple[tuple[Cell, ...], ...]) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


def spans(rows: tuple[tuple[Cell, ...], ...]) -> list[list[tuple[str, int, int]]]:
    """Each cell as (text, columns, rows)."""
    return [[(cell.text, 1 + cell.morecols, 1 + cell.morerows) for cell in row] for row in rows]


@pytest.mark.parametrize("name", awkward_frames.EVERY)
def test_every_frame_keeps_its_shape_and_is_unchanged(name: str) -> None:
    frame = awkward_frames.EVERY[name]()
    before = frame.copy(deep=True)
    table = laid_out(frame, index="hide")
    assert len(table.body) == len(frame)
    assert table.width == frame.shape[1]
    pd.testing.assert_frame_equal(frame, before)


def test_a_series_is_a_table_of_one_column() -> None:
    table = laid_out(pd.Series([1.5, 2.5], name="Latency"))
    assert texts(table.head + table.body) == [["Latency"], ["1.5"], ["2.5"]]


def test_a_frame_without_columns_is_an_error_that_says_so() -> None:
    with pytest.raises(FrameError, match="has no columns"):
        laid_out(pd.DataFrame(index=[1, 2]))


@pytest.mark.parametrize(("index", "heading"), [("auto", ["a", "b"]), ("show", ["", "a", "b"])])
def test_a_frame_without_rows_is_its_heading_alone(index: str, heading: list[str]) -> None:
    table = laid_out(pd.DataFrame({"a": [], "b": []}), index=index)
    assert texts(table.head) == [heading]
    assert (table.body, table.stubs) == ((), 0)


def test_only_strings_may_hold_markup() -> None:
    frame = pd.DataFrame({"a": ["x", 1, None, b"x"], "b": [1.5, 2, 3, 4]})
    table = laid_out(frame)
    assert [cell.is_literal for cell in table.body[0]] == [False, True]
    assert [row[0].is_literal for row in table.body] == [False, True, True, True]


FRAME = pd.DataFrame({"a": [1, 2, 2], "b": [3, 4, 5]})


@pytest.mark.parametrize(
    ("frame", "stubs"),
    [
        pytest.param(FRAME, 0, id="plain"),
        pytest.param(FRAME[FRAME.a > 1], 0, id="left by a filter"),
        pytest.param(FRAME.sort_values("b", ascending=False), 0, id="left by sorting"),
        pytest.param(pd.DataFrame({"a": [1]}, index=pd.Index([7], dtype=object)), 0, id="objects"),
        pytest.param(FRAME.groupby("a").sum(), 1, id="grouped"),
        pytest.param(FRAME.set_index(["a", "b"]).assign(c=1), 2, id="two levels"),
        pytest.param(FRAME.describe(), 1, id="described"),
        pytest.param(FRAME.T, 1, id="transposed"),
        pytest.param(FRAME.set_axis(["x", "y", "z"]), 1, id="words"),
        pytest.param(FRAME.set_axis([True, False, True]), 1, id="truth values"),
        pytest.param(FRAME.rename_axis("n"), 1, id="named numbers"),
    ],
)
def test_an_index_with_names_or_words_is_shown(frame: pd.DataFrame, stubs: int) -> None:
    assert [laid_out(frame).width, laid_out(frame).stubs] == [stubs + frame.shape[1], stubs]
    assert laid_out(frame, index="hide").stubs == 0
    assert laid_out(frame, index="show").stubs == frame.index.nlevels


def test_index_levels_are_row_headings_under_their_names() -> None:
    index = pd.MultiIndex.from_tuples([("x", 1), ("x", 2)], names=["letter", None])
    table = laid_out(pd.DataFrame({"a": [5, 6]}, index=index))
    assert texts(table.head + table.body) == [["letter", "", "a"], ["x", "1", "5"], ["x", "2", "6"]]


def columns(*labels: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame([range(len(labels))], columns=pd.MultiIndex.from_tuples(labels))


@pytest.mark.parametrize(
    ("frame", "head"),
    [
        pytest.param(
            columns(("L", "50"), ("L", "99"), ("C", "50")),
            [[("L", 2, 1), ("C", 1, 1)], [("50", 1, 1), ("99", 1, 1), ("50", 1, 1)]],
            id="equal neighbours are one",
        ),
        pytest.param(
            columns(("L", "50"), ("C", "50"), ("L", "99")),
            [[("L", 1, 1), ("C", 1, 1), ("L", 1, 1)], [("50", 1, 1), ("50", 1, 1), ("99", 1, 1)]],
            id="only neighbours",
        ),
        pytest.param(
            columns(("L", "x"), ("L", "x")),
            [[("L", 2, 1)], [("x", 1, 1), ("x", 1, 1)]],
            id="leaves never join",
        ),
        pytest.param(
            columns(("", "Model"), ("L", "50"), ("L", "99")),
            [[("Model", 1, 2), ("L", 2, 1)], [("50", 1, 1), ("99", 1, 1)]],
            id="blank above",
        ),
        pytest.param(
            columns(("Model", ""), ("L", "50"), ("L", "99")),
            [[("Model", 1, 2), ("L", 2, 1)], [("50", 1, 1), ("99", 1, 1)]],
            id="blank below, as reset_index leaves it",
        ),
        pytest.param(
            columns(("A", "G", "a"), ("A", "G", "b"), ("B", "G", "a")),
            [
                [("A", 2, 1), ("B", 1, 1)],
                [("G", 2, 1), ("G", 1, 1)],
                [("a", 1, 1), ("b", 1, 1), ("a", 1, 1)],
            ],
            id="joined only below what is joined",
        ),
        pytest.param(
            columns(("", "G", "a"), ("", "G", "b"), ("", "", "c")),
            [[("G", 2, 2), ("c", 1, 3)], [], [("a", 1, 1), ("b", 1, 1)]],
            id="blank above a group",
        ),
        pytest.param(
            columns(("A", "", "b"), ("A", "X", "c")),
            [[("A", 2, 1)], [("b", 1, 2), ("X", 1, 1)], [("c", 1, 1)]],
            id="blank between",
        ),
        pytest.param(
            columns(("", ""), ("A", "b")),
            [[("", 1, 2), ("A", 1, 1)], [("b", 1, 1)]],
            id="no label at all",
        ),
        pytest.param(
            columns((np.nan, "a"), ("A", "b")),
            [[("a", 1, 2), ("A", 1, 1)], [("b", 1, 1)]],
            id="missing label",
        ),
    ],
)
def test_levels_of_columns_are_merged_headings(
    frame: pd.DataFrame, head: list[list[tuple[str, int, int]]]
) -> None:
    assert spans(laid_out(frame).head) == head


def test_the_heading_of_an_index_spans_all_levels_of_columns() -> None:
    frame = columns(("L", "50"), ("L", "99")).rename_axis("Model")
    assert spans(laid_out(frame).head)[0] == [("Model", 1, 2), ("L", 2, 1)]


@pytest.mark.parametrize(
    ("rows", "head", "body"),
    [(None, 1, 3), (0, 0, 3), (1, 1, 3), (2, 2, 2), (4, 4, 0)],
)
def test_header_rows_count_the_labels_first(rows: int | None, head: int, body: int) -> None:
    table = laid_out(FRAME, header_rows=rows)
    assert (len(table.head), len(table.body)) == (head, body)


def test_all_levels_of_columns_are_headings_however_few_header_rows() -> None:
    frame = columns(("L", "50"), ("L", "99"))
    assert len(laid_out(frame, header_rows=1).head) == 2
    assert len(laid_out(frame, header_rows=0).head) == 0


def test_more_header_rows_than_rows_are_an_error() -> None:
    with pytest.raises(FrameError, match="table has 1 row of labels and 3 rows of data"):
        laid_out(FRAME, header_rows=5)


def test_stub_columns_count_the_index_first() -> None:
    frame = FRAME.assign(c=0).set_index("a")
    assert laid_out(frame, stub_columns=1).stubs == 1
    assert laid_out(frame, stub_columns=2).stubs == 2


def test_one_column_is_counted_in_the_singular() -> None:
    with pytest.raises(FrameError, match="the table has 1 column in all"):
        laid_out(FRAME[["a"]], stub_columns=1)


@pytest.mark.parametrize("stubs", [2, 3])
def test_stub_columns_must_leave_a_column(stubs: int) -> None:
    with pytest.raises(FrameError, match=f":stub-columns: asks for {stubs}, but the table has 2"):
        laid_out(FRAME, stub_columns=stubs)


def test_header_replaces_the_labels() -> None:
    table = laid_out(FRAME, header=(("A", "*B*"),))
    assert table.head == ((Cell(text="A", is_literal=False), Cell(text="*B*", is_literal=False)),)


def test_header_of_several_rows_is_merged_as_labels_are() -> None:
    table = laid_out(FRAME, header=(("G", "G"), ("a", "b")))
    assert spans(table.head) == [[("G", 2, 1)], [("a", 1, 1), ("b", 1, 1)]]


def test_header_names_each_column_that_is_shown() -> None:
    grouped = FRAME.groupby("a").sum()
    assert texts(laid_out(grouped, header=(("A", "B"),)).head) == [["A", "B"]]
    with pytest.raises(FrameError, match=":header: gives 1 label, but the table has 2 columns"):
        laid_out(grouped, header=(("B",),))


@pytest.mark.parametrize("character", ["\0", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe"])
def test_a_character_illegal_in_xml_is_replaced_with_a_warning(character: str) -> None:
    table = laid_out(pd.DataFrame({"a": ["x", f"b{character}c"]}, dtype=object))
    assert table.body[1][0].text == "b\ufffdc"
    [sentence] = table.warnings
    assert f"row 2, column 1 the character U+{ord(character):04X}" in sentence


def test_a_character_illegal_in_xml_is_replaced_in_labels_too() -> None:
    table = laid_out(pd.DataFrame({"a\0": [1]}))
    assert table.head[0][0].text == "a\ufffd"
    assert "the heading of column 1 " in table.warnings[0]


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_a_value_without_a_text_is_an_error_that_names_its_column() -> None:
    with pytest.raises(FrameError, match="column 'a' cannot be converted to text: RuntimeError"):
        laid_out(pd.DataFrame({"a": [Unspeakable()]}))
