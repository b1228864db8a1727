"""Patterns match columns by name, wildcard or group."""

from __future__ import annotations

import pytest

from sphinx_df_table.layout.column_patterns import (
    ColumnName,
    describe_no_match,
    match_columns,
    match_options,
)

FLAT = [
    ColumnName(labels=("Model",), groups=frozenset({"string"})),
    ColumnName(labels=("P50 [ms]",), groups=frozenset({"number", "float"})),
    ColumnName(labels=("P99 [ms]",), groups=frozenset({"number", "float"})),
    ColumnName(labels=("Batch",), groups=frozenset({"number", "integer"})),
    ColumnName(labels=("integer",), groups=frozenset({"string"})),
]

LEVELS = [
    ColumnName(labels=("", "Model")),
    ColumnName(labels=("Latency", "P50")),
    ColumnName(labels=("Latency", "P99")),
    ColumnName(labels=("Cost", "P50")),
]


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("Model", [0]),
        ("model", []),
        ("P50 [ms]", [1]),
        ("P*", [1, 2]),
        ("P?9*", [2]),
        ("[PB]*", [1, 2, 3]),
        ("*", [0, 1, 2, 3, 4]),
        ("number", [1, 2, 3]),
        ("float", [1, 2]),
        ("datetime", []),
        ("integer", [4]),
    ],
)
def test_a_name_goes_before_a_group_and_a_group_before_a_glob(
    pattern: str, places: list[int]
) -> None:
    assert match_columns(pattern, FLAT) == places


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("Latency", [1, 2]),
        ("P50", [1, 3]),
        ("Latency / P50", [1]),
        ("Model", [0]),
        ("* / P*", [1, 2, 3]),
    ],
)
def test_every_level_names_a_column(pattern: str, places: list[int]) -> None:
    assert match_columns(pattern, LEVELS) == places


def test_the_last_value_for_a_column_counts() -> None:
    pairs = [("number", "a"), ("P50 [ms]", "b"), ("Batch", "c"), ("B*", "d")]
    assert match_options(pairs, FLAT, option="format") == ({1: "b", 2: "a", 3: "d"}, [])


def test_a_pattern_without_a_column_is_a_message_with_the_nearest_names() -> None:
    _, [(_, sentence)] = match_options([("batsch", "x"), ("datetime", "x")], FLAT, option="format")
    assert sentence.startswith(":format: names 'batsch', but there is no such column")
    assert "(the nearest column names: 'Batch')" in sentence


def test_nothing_is_near_where_nothing_is_like_it() -> None:
    assert describe_no_match("xyz", FLAT, option="columns") == (
        ":columns: names 'xyz', but there is no such column."
    )
