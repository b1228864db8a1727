"""Filters of ``:filters:`` in the pages that a browser gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sphinx_builds import page

if TYPE_CHECKING:
    from sphinx_builds import Build

CODE = """\
df = pd.DataFrame({
    'Day': pd.to_datetime(['2024-01-02', '2023-01-01', None, '2024-01-02']),
    'Size': ['10 GB', '9 GB', 'n/a', ''],
    'City': ['Bern', 'Chur', 'Bern', 'Ulm'],
    'Same': [1, 1, 1, 1],
})
"""


def filters(build: Build, code: str, options: str, **conf: Any) -> list[Any]:
    built = build(page(code, options=options), **conf)
    [box] = built.html().select(".df-table-box")
    return list(json.loads(str(box.get("data-df-table-filters", "[]"))))


def test_values_are_in_the_order_of_the_column_and_blank_ones_are_none(build: Build) -> None:
    found = filters(build, CODE + "df", ":filters: Size, Day\n   City")
    assert found == [
        [1, "Size", [[1], [0]]],
        [0, "Day", [[1], [0]]],
        [2, "City", [[0, 1, 3]]],
    ]


def test_a_filter_that_would_leave_each_row_is_left_out(build: Build) -> None:
    assert filters(build, CODE + "df", ":filters: Same") == []
    code = CODE + "df['Same'] = ['yes', None, 'yes', '']\ndf"
    assert filters(build, code, ":filters: Same", fresh=True) == [[3, "Same", [[0]]]]


def test_a_constant_outside_the_table_is_no_filter(build: Build) -> None:
    found = filters(build, CODE + "df", ":filters: Same, City\n:hoist-constants:")
    assert [label for _, label, _ in found] == ["City"]


@pytest.mark.parametrize(
    ("code", "options", "expected"),
    [
        (
            "pd.DataFrame({('A', 'x'): [1, 2], ('A', 'y'): [3, 4]}, index=['p', 'q'])",
            ":filters: A / y",
            [[2, "A / y", [[0], [1]]]],
        ),
        (
            "pd.DataFrame({'x': [1, 2]}, index=pd.Index(['p', 'q'], name='k'))",
            ":filters: k",
            [[0, "k", [[0, 1]]]],
        ),
        (
            "pd.DataFrame({'x': [3, 2]})",
            ":filters: x\n:header-rows: 0",
            [[0, "column 1", [[1], [0]]]],
        ),
        (
            "pd.DataFrame({'x': [3, 2, 1]})",
            ":filters: x\n:header-rows: 2",
            [[0, "x / 3", [[1], [0]]]],
        ),
        ("pd.DataFrame({'x': [3, 2, 1]})", ":filters: x\n:max-rows: 2", [[0, "x", [[1], [0]]]]),
        ("pd.DataFrame({'x': []})", ":filters: x\n:empty: none", []),
        (
            "f = pd.DataFrame({'x': [3, 1]})\nf.style.concat(f.agg(['sum']).style)",
            ":filters: x",
            [[1, "x", [[1], [0]]]],
        ),
        (
            "pd.DataFrame({'x': [1.04, 1.01, 0.5]})",
            ":filters: x\n:precision: 1",
            [[0, "x", [[2], [0]]]],
        ),
    ],
)
def test_filters_fit_any_table(code: str, options: str, expected: list[Any], build: Build) -> None:
    assert filters(build, code, options) == expected


def test_a_column_with_too_many_values_is_one_warning_and_no_filter(build: Build) -> None:
    code = "pd.DataFrame({'n': range(51), 'm': [1, 2, 3] * 17})"
    built = build(page(code, options=":filters: n, m"), warns=1)
    assert "names 'n', which has 51 values, but a list can have 50." in built.warnings[0]
    [box] = built.html().select(".df-table-box")
    assert [label for _, label, _ in json.loads(str(box["data-df-table-filters"]))] == ["m"]


def test_a_pattern_without_a_column_is_one_warning_and_the_table_is_shown(build: Build) -> None:
    built = build(page(CODE + "df", options=":filters: Cities"), warns=1)
    assert ":filters: names 'Cities', but there is no such column" in built.warnings[0]
    assert built.html().select("table.df-table")


@pytest.mark.parametrize("builder", ["epub", "latex", "text", "man"])
def test_filters_change_no_other_format(builder: str, build: Build) -> None:
    texts = []
    for options in ("", ":filters: City"):
        built = build(
            page(CODE + "df", options=options),
            builder=builder, fresh=True, version="1", copyright="me",
        )  # fmt: skip
        suffix = {"epub": "xhtml", "latex": "tex", "text": "txt", "man": "1"}[builder]
        texts.append(
            "".join(p.read_text("utf-8") for p in sorted(built.output.glob(f"*.{suffix}")))
        )
    assert texts[0] == texts[1] != ""
