"""A table's nodes contain its texts, and are valid by docutils' document type definition."""

from __future__ import annotations

import pandas as pd
import pytest
from csv_texts import csv_rows
from docutils import nodes
from hypothesis import given
from sphinx_builds import cell_texts, table_of
from strategies import any_frame

from sphinx_df_table.doctree.body import expand_bodies
from sphinx_df_table.doctree.cells import CellParsers
from sphinx_df_table.doctree.table import table_to_node
from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.table import Cell, Table


def node_of(table: Table, widths: tuple[int, ...] = ()) -> nodes.table:
    node, problems = table_to_node(
        table, parsers=CellParsers(), widths=widths, location=("page.rst", 1)
    )
    assert problems == []
    expand_bodies(node)
    return node


@given(any_frame())
def test_what_is_read_back_is_what_to_csv_writes(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    table = lay_out_frame(frame, TableOptions(index="hide")).table
    expected = [
        [text.replace("\r\n", "\n").replace("\r", "\n") for text in row] for row in csv_rows(frame)
    ]
    assert cell_texts(node_of(table)) == expected
    pd.testing.assert_frame_equal(frame, before)


@given(any_frame())
def test_the_nodes_are_valid_docutils(frame: pd.DataFrame) -> None:
    node = node_of(lay_out_frame(frame, TableOptions()).table)
    [tgroup] = node.children
    assert isinstance(tgroup, nodes.tgroup)
    colspecs = [child for child in tgroup.children if isinstance(child, nodes.colspec)]
    assert tgroup["cols"] == len(colspecs)
    assert all(colspec["colwidth"] >= 1 for colspec in colspecs)
    assert isinstance(tgroup.children[-1], nodes.tbody)
    for entry in tgroup.findall(nodes.entry):
        kinds = [type(child) for child in entry.children]
        assert kinds in ([], [nodes.paragraph], [nodes.line_block])


def test_widths_must_be_as_many_as_columns() -> None:
    table = table_of((Cell("a"),))
    with pytest.raises(FrameError, match=":widths: gives 2 widths, but the table has 1 column;"):
        node_of(table, widths=(1, 2))


def test_what_is_no_string_is_not_translated() -> None:
    node = node_of(table_of((Cell("1"), Cell("a", is_literal=False))))
    assert [text.get("translatable", True) for text in node.findall(nodes.paragraph)] == [
        False,
        True,
    ]
