"""Frames of other libraries, records and dictionaries of columns are shown."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from sphinx_builds import Build, cell_texts, page

from sphinx_df_table.frames.inputs import is_showable, lay_out
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.options import TableOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sphinx_df_table.model.table import Table

PANDAS = pd.DataFrame({"n": [1, 2, 3], "s": ["x", "y", "z"]})
from_pandas: Any = dd.from_pandas

POLARS = pl.DataFrame({"n": [1, 2, 3], "s": ["x", "y", "z"]})

#: The same frame in many libraries; whether they know how many rows it has.
FRAMES: dict[str, tuple[Callable[[], Any], bool]] = {
    "Polars": (lambda: POLARS, True),
    "Polars, lazy": (POLARS.lazy, False),
    "PyArrow": (POLARS.to_arrow, True),
    "DuckDB": (lambda: duckdb.from_arrow(POLARS.to_arrow()), False),
    "Dask": (lambda: from_pandas(PANDAS, npartitions=3), False),
    "records": (lambda: PANDAS.to_dict("records"), True),
    "a tuple of records": (lambda: tuple(PANDAS.to_dict("records")), True),
    "columns": (lambda: {"n": [1, 2, 3], "s": ["x", "y", "z"]}, True),
    "columns of Series": (lambda: dict(PANDAS.items()), True),
    "columns of Polars": (lambda: dict(zip("ns", POLARS, strict=True)), True),
}


def laid_out(value: Any, **options: Any) -> Table:
    assert is_showable(value)
    return lay_out(value, TableOptions(**options)).table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.head + table.body]


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_any_kind_is_shown(name: str) -> None:
    make, _ = FRAMES[name]
    table = laid_out(make())
    assert texts(table) == [["n", "s"], ["1", "x"], ["2", "y"], ["3", "z"]]
    assert (table.alignments, table.warnings, table.excerpt) == (("right", "left"), (), None)


@pytest.mark.parametrize("name", FRAMES)
def test_no_more_rows_than_asked_for_are_shown(name: str) -> None:
    make, are_counted = FRAMES[name]
    table = laid_out(make(), max_rows=2)
    assert texts(table) == [["n", "s"], ["1", "x"], ["2", "y"]]
    assert table.excerpt == ((2, 3) if are_counted else (2, None))
    assert laid_out(make(), max_rows=3).excerpt is None


@pytest.mark.parametrize("name", FRAMES)
def test_all_rows_are_shown_where_there_is_no_limit(name: str) -> None:
    make, _ = FRAMES[name]
    assert len(laid_out(make(), max_rows=0).body) == 3


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("n", lambda: pl.Series("n", [1, None])),
        ("", lambda: pa.chunked_array([[1], [None]])),
        ("n", lambda: from_pandas(pd.Series([1, None], name="n", dtype="Int64"), npartitions=2)),
    ],
)
def test_a_series_of_any_kind_is_one_column(name: str, make: Callable[[], Any]) -> None:
    assert texts(laid_out(make())) == [[name], ["1"], [""]]


def test_values_are_what_they_are_in_their_library() -> None:
    frame = pl.DataFrame(
        {
            "int": [2**62 + 1, None],
            "float": [0.1, float("nan")],
            "null": [0.5, None],
            "single": pl.Series([0.1, None], dtype=pl.Float32),
            "decimal": [decimal.Decimal("1.50"), None],
            "bool": [True, None],
            "date": [dt.date(2024, 2, 29), None],
            "time": [dt.datetime(2024, 2, 29, 13, 5), None],  # noqa: DTZ001
            "category": pl.Series(["a", None], dtype=pl.Categorical),
            "enum": pl.Series(["b", None], dtype=pl.Enum(["a", "b"])),
            "struct": [{"a": 1}, None],
        }
    )
    head, first, second = texts(laid_out(frame))
    assert dict(zip(head, first, strict=True)) == {
        "int": "4611686018427387905",
        "float": "0.1",
        "null": "0.5",
        "single": "0.1",
        "decimal": "1.50",
        "bool": "True",
        "date": "2024-02-29",
        "time": "2024-02-29 13:05:00",
        "category": "a",
        "enum": "b",
        "struct": "{'a': 1}",
    }
    assert set(second) == {""}


def test_formats_are_for_frames_of_any_kind() -> None:
    frame = pl.DataFrame({"n": [1.5], "d": [dt.date(2024, 2, 29)]})
    formats = (("number", "{:.2f}"), ("datetime", "{:%d %b}"))
    assert texts(laid_out(frame, formats=formats))[1] == ["1.50", "29 Feb"]


def test_the_index_of_dask_is_shown_as_that_of_pandas() -> None:
    frame = from_pandas(PANDAS.set_index("s"), npartitions=2)
    assert texts(laid_out(frame, max_rows=1)) == [["s", "n"], ["x", "1"]]


def test_of_a_lazy_frame_only_the_rows_shown_are_computed() -> None:
    seen: list[int] = []

    def note(part: pd.DataFrame) -> pd.DataFrame:
        seen.append(len(part))
        return part

    frame = from_pandas(pd.DataFrame({"n": range(1000)}), npartitions=100)
    frame = frame.map_partitions(note, meta={"n": "int64"})
    assert texts(laid_out(frame, max_rows=3))[1:] == [["0"], ["1"], ["2"]]
    assert seen == [10]


def test_parts_without_rows_are_passed_over() -> None:
    frame = from_pandas(pd.DataFrame({"n": range(1000)}), npartitions=100)
    table = laid_out(frame[frame["n"] > 700], max_rows=2)
    assert texts(table)[1:] == [["701"], ["702"]]
    assert laid_out(frame[frame["n"] > 2000], max_rows=2).body == ()


@pytest.mark.parametrize("value", [pl.col("a"), pa.scalar(1), POLARS.schema["n"]])
def test_an_object_that_is_not_a_frame_is_an_error_with_its_type(value: Any) -> None:
    kind = f"of type {type(value).__module__}.{type(value).__name__}, which"
    with pytest.raises(FrameError, match=re.escape(kind)):
        lay_out(value, TableOptions())


def test_a_frame_that_cannot_be_computed_is_an_error_with_the_reason() -> None:
    with pytest.raises(
        FrameError, match=r"polars\.\S*LazyFrame could not be computed: \w*Error: .*gone"
    ):
        lay_out(pl.scan_csv("gone.csv"), TableOptions())


def test_an_array_is_not_showable() -> None:
    assert not is_showable(PANDAS.to_records(index=False))
    assert not is_showable(PANDAS.to_numpy())


def test_data_that_cannot_become_a_frame_is_an_error_with_the_reason() -> None:
    with pytest.raises(
        FrameError, match=r"of type dict, cannot .*: ValueError: If using all scalar values"
    ):
        lay_out({"a": 1}, TableOptions())


def test_records_that_cannot_become_a_frame_are_named_as_what_they_are() -> None:
    class Record(dict[str, int]):
        def get(self, *_: object) -> int:
            raise KeyError("secret")

    with pytest.raises(FrameError, match=r"of type list, cannot .*: KeyError: 'secret'"):
        lay_out([Record(a=1)], TableOptions())


def test_without_the_extra_a_warning_names_it(build: Build) -> None:
    code = "import sys\nsys.modules['narwhals'] = None\nimport polars\npolars.DataFrame({'a': [1]})"
    built = build(page(code) + "\n" + page("pd.Series([2])"), builder="dummy", warns=1)
    assert "install sphinx-df-table[frames]" in built.warnings[0]
    assert "[df_table.data]" in built.warnings[0]


def test_polars_without_pyarrow_needs_the_extra(build: Build) -> None:
    code = "import sys\nsys.modules['pyarrow'] = None\nimport polars\npolars.DataFrame({'a': [1]})"
    [warning] = build(page(code), builder="dummy", warns=1).warnings
    assert "of type polars.dataframe.frame.DataFrame" in warning
    assert "install sphinx-df-table[frames]" in warning
    assert "pyarrow" in warning


CODE = {
    "polars": "import polars\ndf = polars.read_csv('data.csv')",
    "polars, lazy": "import polars\npolars.scan_csv('data.csv').filter(polars.col('n') > 1)",
    "duckdb": "import duckdb\nduckdb.sql(\"select * from 'data.csv'\")",
    "dask": "import dask.dataframe as dd\ndd.read_csv('data.csv')",
    "pyarrow": "import pyarrow.csv\npyarrow.csv.read_csv('data.csv')",
}


@pytest.mark.parametrize("name", CODE)
def test_a_page_shows_it(name: str, build: Build) -> None:
    files = {"index.rst": page(CODE[name]), "data.csv": "n,s\n1,*x*\n2,y\n"}
    [table] = build(files, builder="dummy").tables()
    rows = [["n", "s"], ["1", "x"], ["2", "y"]]
    assert cell_texts(table) == (rows[:1] + rows[2:] if "lazy" in name else rows)
    assert build({"data.csv": "n,s\n7,x\n"}, builder="dummy").read == {"index"}


_MEASURE = """\
import json, resource, sys
from sphinx_df_table.frames.inputs import lay_out
from sphinx_df_table.model.options import TableOptions

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

PARTS = {'split_row_groups': True}
exec(sys.argv[1])
before = peak()
table = lay_out(frame, TableOptions(max_rows=int(sys.argv[2]))).table
print(json.dumps([len(table.body), table.excerpt, peak() - before]))
"""

_TEN_MILLION = 10_000_000


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of ten million rows, in parts as such files are."""
    path = tmp_path_factory.mktemp("large") / "rows.parquet"
    with pq.ParquetWriter(path, pa.schema({"n": pa.int64(), "x": pa.float64()})) as writer:
        for start in range(0, _TEN_MILLION, 250_000):
            n = np.arange(start, start + 250_000)
            writer.write_table(pa.table({"n": n, "x": np.sqrt(n)}))
    return path


@pytest.mark.parametrize(
    "code",
    [
        "import polars; frame = polars.scan_parquet({path!r})",
        "from dask import dataframe; frame = dataframe.read_parquet({path!r}, **PARTS)",
    ],
    ids=["polars", "dask"],
)
def test_memory_stays_flat_whatever_is_left_out(code: str, large_file: Path) -> None:
    def run(code: str, rows: int) -> list[Any]:
        command = [sys.executable, "-W", "ignore", "-c", _MEASURE, code, str(rows)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found: list[Any] = json.loads(answer.splitlines()[-1])
        return found

    shown, excerpt, grown = run(code.format(path=str(large_file)), 20)
    assert (shown, excerpt) == (20, [20, None])
    # The frame takes 160 MB in memory, whoever holds it.
    assert grown < 80


@pytest.mark.parametrize(
    "value",
    [
        {"n": [1, None, 2**60 + 1]},
        {"n": pl.Series([1, None, 2**60 + 1])},
        {"n": pa.chunked_array([[1, None, 2**60 + 1]])},
        {"n": [1, None, 2**60 + 1], "b": range(3)},
        {"n": [1, None, 2**60 + 1], "b": pd.Series([1, 2, 3])},
        {"n": pa.array([1, None, 2**60 + 1]), "b": np.array([1, 2, 3])},
        [{"n": 1}, {}, {"n": 2**60 + 1}],
    ],
)
def test_integers_stay_whole_beside_missing_values(value: Any) -> None:
    table = laid_out(value)
    assert [row[0] for row in texts(table)] == ["n", "1", "", "1152921504606846977"]
    assert table.alignments[0] == "right"


def test_integers_stay_whole_beside_floats() -> None:
    table = laid_out([{"n": 2**60 + 1}, {"n": 0.5}])
    assert texts(table) == [["n"], ["1152921504606846977"], ["0.5"]]


def test_columns_of_values_stand_beside_those_with_labels() -> None:
    value = {"a": [1, 2], "b": pd.Series([3, 4], index=["x", "y"])}
    assert texts(laid_out(value)) == [["", "a", "b"], ["x", "1", "3"], ["y", "2", "4"]]


def test_columns_of_different_lengths_are_an_error() -> None:
    with pytest.raises(FrameError, match="same length"):
        laid_out({"a": [1, 2], "b": [3]})


def test_objects_in_polars_are_objects() -> None:
    frame = pl.DataFrame({"o": pl.Series([{1, 2}, None], dtype=pl.Object), "n": [1, 2]})
    assert texts(laid_out(frame)) == [["o", "n"], ["{1, 2}", "1"], ["", "2"]]


def test_lists_in_polars_show_all_their_numbers() -> None:
    frame = pl.DataFrame({"l": [[0.1234567891234, 2.0], None], "n": [[2**60 + 1, None], []]})
    assert texts(laid_out(frame)) == [
        ["l", "n"],
        ["[0.1234567891234, 2.0]", "[1152921504606846977, None]"],
        ["", "[]"],
    ]
