"""Frames of engines for large data, and the examples of their guide."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pytest
from asking import descendants
from sphinx_builds import Build, cell_texts, page

if TYPE_CHECKING:
    from collections.abc import Iterator

#: As in a real build: engines start threads and processes, which must end with it.
pytestmark = pytest.mark.own_worker

GUIDE: Final = Path(__file__).parents[2] / "docs" / "howto" / "engines.rst"

CLUSTER: Final = """\
import dask.dataframe as dd
import dask.distributed
cluster = dask.distributed.LocalCluster(
    n_workers=2, threads_per_worker=1, processes=PROCESSES, dashboard_address=None
)
client = dask.distributed.Client(cluster)
"""

SPARK: Final = """\
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
"""

MODIN: Final = "import os\nos.environ['MODIN_ENGINE'] = 'python'\nimport modin.pandas\n"

#: For each engine: code whose last line is a frame of it, with the same rows.
FRAMES: Final = {
    "dask": "import dask.dataframe as dd\ndd.from_pandas(frame, npartitions=2)",
    "dask in processes": (
        CLUSTER.replace("PROCESSES", "True") + "dd.from_pandas(frame, npartitions=2)"
    ),
    "dask in threads": (
        CLUSTER.replace("PROCESSES", "False") + "dd.from_pandas(frame, npartitions=2)"
    ),
    "dask with a function of the page": (
        CLUSTER.replace("PROCESSES", "True")
        + "def twice(x): return x * 2\n"
        + "frame['size'] = client.gather(client.map(twice, [0.5, 1.0]))\n"
        + "dd.from_pandas(frame.astype({'size': int}), npartitions=1)"
    ),
    "ibis": "import ibis\nibis.memtable(frame).order_by('name')",
    "modin": MODIN + "modin.pandas.DataFrame(frame)",
    "pyspark": SPARK + "spark.createDataFrame(frame)",
    "pyspark pandas": SPARK + "import pyspark.pandas as ps\nps.from_pandas(frame).to_spark()",
}

FRAME: Final = "frame = pd.DataFrame({'name': ['a', 'b'], 'size': [1, 2]})\n"


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    before = descendants(os.getpid())
    yield
    assert descendants(os.getpid()) <= before


@pytest.mark.parametrize("engine", FRAMES)
def test_a_frame_is_shown_as_its_pandas_frame_is(engine: str, build: Build) -> None:
    built = build(page(FRAME + FRAMES[engine]), builder="dummy", df_table_timeout=300)
    [table] = built.tables()
    assert cell_texts(table) == [["name", "size"], ["a", "1"], ["b", "2"]]


def examples() -> dict[str, str]:
    """The examples of the guide by the imports that they start with."""
    blocks = re.findall(r"code-block:: rst\n\n((?:   .*\n|\n)+)", GUIDE.read_text("utf-8"))
    return {
        re.findall(r"(?:import|from) (\w+)", block)[0] + str(n): textwrap.dedent(block)
        for n, block in enumerate(blocks)
    }


@pytest.mark.parametrize("name", examples())
def test_the_examples_of_the_guide_show_their_tables(
    name: str, build: Build, tmp_path: Path
) -> None:
    folder = tmp_path / "source" / "sales"
    folder.mkdir(parents=True)
    for number in (1, 2):
        sales = pd.DataFrame({"region": ["North", "South"], "amount": [number, 10]})
        sales.to_parquet(folder / f"{number}.parquet")
    text = examples()[name].replace(":timeout: 120", ":timeout: 300")
    [table] = build(text, builder="dummy", df_table_timeout=300).tables()
    expected = [["1"], ["4"], ["9"]] if "Squares" in text else [["North", "3"], ["South", "20"]]
    assert sorted(cell_texts(table)[1:]) == expected
