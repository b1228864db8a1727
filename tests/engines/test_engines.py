"""Frames of libraries for data that outgrows one process or one machine."""

from __future__ import annotations

import os
from typing import Final

import pytest
from asking import descendants
from sphinx_builds import Build, cell_texts, page

#: As in a real build: these libraries start threads and processes, which must end with it.
pytestmark = pytest.mark.own_worker

CLUSTER: Final = """\
import dask.distributed
cluster = dask.distributed.LocalCluster(
    n_workers=2, threads_per_worker=1, processes=PROCESSES, dashboard_address=None
)
client = dask.distributed.Client(cluster)
"""

SPARK: Final = """\
from pyspark.sql import SparkSession
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", 1)
    .getOrCreate()
)
"""

#: For each engine: code whose last line is a frame of it, with the same rows.
FRAMES: Final = {
    "dask": "import dask.dataframe as dd\ndd.from_pandas(frame, npartitions=2)",
    "dask in processes": (
        CLUSTER.replace("PROCESSES", "True")
        + "import dask.dataframe as dd\ndd.from_pandas(frame, npartitions=2)"
    ),
    "dask in threads": (
        CLUSTER.replace("PROCESSES", "False")
        + "import dask.dataframe as dd\ndd.from_pandas(frame, npartitions=2)"
    ),
    "ibis": "import ibis\nibis.memtable(frame).order_by('name')",
    "ibis with its own connection": (
        "import ibis\nconnection = ibis.duckdb.connect()\n"
        "connection.create_table('numbers', frame).order_by('name')"
    ),
    "modin": (
        "import modin.config\nmodin.config.Engine.put('python')\n"
        "import modin.pandas\nmodin.pandas.DataFrame(frame)"
    ),
    "pyspark": SPARK + "spark.createDataFrame(frame)",
    "pyspark pandas": SPARK + "import pyspark.pandas as ps\nps.from_pandas(frame)",
}

FRAME: Final = "frame = pd.DataFrame({'name': ['a', 'b'], 'size': [1, 2]})\n"


@pytest.mark.parametrize("engine", FRAMES)
def test_a_frame_is_shown_as_its_pandas_frame_is(engine: str, build: Build) -> None:
    before = descendants(os.getpid())
    built = build(page(FRAME + FRAMES[engine]), builder="dummy")
    [table] = built.tables()
    assert cell_texts(table) == [["name", "size"], ["a", "1"], ["b", "2"]]
    assert descendants(os.getpid()) <= before
