"""Integer labels of rows are shown where they are keys, not the numbers of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx_builds import cell_texts, page

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_builds import Build

SHEET = 'pd.DataFrame({"Country": ["N", "S"], 2020: [1, 2], 2021: [3, 4]}).set_index("Country")'
LONG = "frame = pd.DataFrame({'n': range(3000)})\n"

KEYS = {
    "columns of a transposed frame": (f"{SHEET}.T", ["2020", "2021"]),
    "a dictionary of dictionaries": ("{'is': {404: 'lost', 500: 'broken'}}", ["404", "500"]),
    "a Series of a dictionary": ("pd.Series({404: 'lost', 500: 'broken'})", ["404", "500"]),
    "a dictionary of Series": ("{'is': pd.Series({404: 'lost', 500: 'x'})}", ["404", "500"]),
    "set by hand": ("pd.DataFrame({'n': [1, 2]}, index=[10, 20])", ["10", "20"]),
    "a range by hand": ("pd.DataFrame({'n': [1, 2]}, index=range(2020, 2022))", ["2020", "2021"]),
    "counted from 1": ("df = pd.DataFrame({'n': [5, 6]})\ndf.index += 1", ["1", "2"]),
    "negative": ("pd.Series({-1: 'a', 0: 'b', 1: 'c'})", ["-1", "0", "1"]),
    "values that are counted": ("pd.Series([404, 404, 500]).value_counts()", ["404", "500"]),
    "parts with keys": (
        "a = pd.DataFrame({'v': [1, 2]})\npd.concat([a, a[:1]], keys=[2023, 2024])",
        ["2023", "2023", "2024"],
    ),
    "a Styler": (f"{SHEET}.T.style.highlight_max()", ["2020", "2021"]),
}


@pytest.mark.parametrize("name", KEYS)
def test_labels_that_are_keys_are_shown(build: Build, name: str) -> None:
    code, keys = KEYS[name]
    built = build(page(code), builder="dummy")
    [table] = built.tables()
    assert [row[0] for row in cell_texts(table)[-len(keys) :]] == keys
    assert ":index:" not in built.status


NUMBERS = {
    "read": "import io\npd.read_csv(io.StringIO('a\\n1\\n2\\n3')).query('a > 1')",
    "filtered": f"{LONG}frame[frame.n.isin([2020, 2021])]",
    "sorted": "pd.DataFrame({'n': range(3)}).sort_values('n', ascending=False)",
    "deduplicated": "pd.DataFrame({'n': [1, 1, 2]}).drop_duplicates()",
    "joined": "frame = pd.DataFrame({'n': [1, 2]})\npd.concat([frame, frame])",
    "in parts": (
        "import io\nparts = pd.read_csv(io.StringIO('a\\n1\\n2\\n3\\n4'), chunksize=2)\n"
        "pd.concat([part[part.a != 2] for part in parts])"
    ),
    "the largest of each group": (
        "frame = pd.DataFrame({'g': list('aabb'), 'n': range(4)})\nframe.groupby('g').tail(1)"
    ),
    "merged and filtered": (
        "frame = pd.DataFrame({'g': [1, 1, 1]})\nframe.merge(frame, on='g')[5:]"
    ),
    "computed by Dask": (
        "import dask.dataframe as dd\nimport pathlib\n"
        "pathlib.Path('numbers.csv').write_text('a\\n1\\n2\\n3\\n')\n"
        "frame = dd.read_csv('numbers.csv')\nframe[frame.a > 1]"
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_rows_stay_hidden_and_the_log_says_so(build: Build, name: str) -> None:
    built = build(page(NUMBERS[name]), builder="dummy")
    [table] = built.tables()
    assert not list(table.findall(lambda node: "stub" in getattr(node, "attributes", {})))
    [line] = [line for line in built.status.splitlines() if ":index:" in line]
    assert "index.rst:1: " in line
    quiet = build(page(NUMBERS[name], options=":index: hide"), builder="dummy")
    assert ":index:" not in quiet.status


@pytest.mark.parametrize(
    "code", ["pd.DataFrame({'n': [1, 2]})", "import polars as pl\npl.DataFrame({'n': [1, 2]})"]
)
def test_plain_numbers_of_rows_are_hidden_without_a_word(build: Build, code: str) -> None:
    built = build(page(code), builder="dummy")
    assert cell_texts(built.tables()[0]) == [["n"], ["1"], ["2"]]
    assert ":index:" not in built.status


def first_label(build: Build, *codes: str, **configuration: str) -> str:
    """The first text below the headings of the last of ``codes``; the others are set-up."""
    setups = [page(code).replace("df-table", "df-setup") for code in codes[:-1]]
    built = build("\n".join([*setups, page(codes[-1])]), builder="dummy", **configuration)
    return cell_texts(built.tables()[-1])[1][0]


def test_frames_of_setups_and_preamble_count(build: Build) -> None:
    code = f"{SHEET}.T"
    assert first_label(build, code) == "2020"
    assert first_label(build, LONG, code) == "1"
    assert first_label(build, "first = 1", code) == "2020"
    assert first_label(build, code, df_table_preamble=LONG) == "1"


def test_frames_of_other_tables_of_the_page_do_not_count(build: Build) -> None:
    text = page(f"{LONG}frame[:1]") + "\n" + page(f"{SHEET}.T")
    built = build(text, builder="dummy")
    assert cell_texts(built.tables()[1])[1][0] == "2020"


def test_tabs_have_a_note_each(build: Build) -> None:
    code = f"{LONG}{{'a': frame[5:7], 'b': frame[:2]}}"
    built = build(page(code), builder="dummy")
    [line] = [line for line in built.status.splitlines() if ":index:" in line]
    assert "In the tab 'a': " in line


def test_the_samples_of_the_reference_are_shown(build: Build, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    built = build(page("pd.DataFrame({'k': ['a'], 'x': [1]}).isna().sum()"))
    head = built.html_table().select("thead tr > *")
    assert [cell.get_text(strip=True) for cell in head] == ["", ""]
