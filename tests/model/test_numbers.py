"""Numbers are aligned right, also as texts; anything else is aligned left."""

from __future__ import annotations

import pytest

from sphinx_df_table.model.numbers import detect_alignment

NO_GROUPS: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "texts",
    [
        ["$0.041", "$1,200.5", "$3"],
        ["12.3 ms", "0.5 ms"],
        ["8B", "70B"],
        ["1", "-2", "+3.5", ".5", "7."],
        ["1e6", "2.5E-3"],
        ["12%", "100%"],
        ["< 1", "< 0.5"],
        ["~5", "~10"],
        ["-$5", "$-5", "$5"],
        ["5 °C", "-3 °C"],
        ["10 GB/s", "9.5 GB/s"],
        ["1", "", "-", "\u2013", "\u2014", "nan", "None", "N/A", "<NA>", "NaT"],
        ["\u22125", "3"],
        ["5 €", "-5 €", "nan €"],
        ["$nan", "$5", "$-"],
        ["12ms", "12 ms", "nan ms"],
    ],
)
def test_texts_that_look_like_numbers_are_aligned_right(texts: list[str]) -> None:
    assert detect_alignment(NO_GROUPS, texts) == "right"


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["", "-"],
        ["12 ms", "4 s"],
        ["$1", "€1"],
        ["2.18.1", "2.19.0"],
        ["U22", "U24"],
        ["1,23", "4"],
        ["1", "two"],
        ["e5", "e6"],
        ["5 kilometres", "6 kilometres"],
        ["2024-01-01"],
        ["1 2"],
        ["1", "1%"],
        ["5 €", "$5"],
        ["nan ms", "- ms"],
        ["-v", "-q"],
    ],
)
def test_other_texts_are_aligned_left(texts: list[str]) -> None:
    assert detect_alignment(NO_GROUPS, texts) == "left"


@pytest.mark.parametrize(
    ("group", "alignment"),
    [("number", "right"), ("boolean", "left"), ("datetime", "left"), ("timedelta", "left")],
)
def test_the_group_of_values_overrides_their_texts(group: str, alignment: str) -> None:
    assert detect_alignment(frozenset({group}), ["7"]) == alignment
    assert detect_alignment(frozenset({group}), ["soon"]) == alignment


@pytest.mark.parametrize("texts", [["3.9", "3.10"], ["3.9", "3.11", "3.12"], ["0.5", "0.10", ""]])
def test_versions_are_aligned_left_if_all_values_are_texts(texts: list[str]) -> None:
    assert detect_alignment(frozenset({"string"}), texts) == "left"
    assert detect_alignment(NO_GROUPS, texts) == "right"
    assert detect_alignment(frozenset({"string"}), ["3.8", "3.9"], "Version") == "left"
    assert detect_alignment(frozenset({"string"}), ["3", "10"], "Version") == "right"
