"""The next build shows what the files hold, and reads only the pages concerned."""

from __future__ import annotations

import dataclasses
import functools
import gzip
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pytest
from killed_builds import killed_and_run_again
from sphinx_builds import Build, Built, build_in, cell_texts, page, write_files

from sphinx_df_table.client.transport import can_fork

# Without fork, a worker that went on to the next build would have what modules cache of files.
pytestmark = [] if can_fork() else [pytest.mark.own_worker]

Change = Callable[[Path], None]
Files = Mapping[str, str | bytes]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One page in a folder of its own, what happens there, and what the page shows then.

    :param makes: makes what is there at first and is no plain file.
    :param shows: the cells below the headings, joined; ``None`` where the table fails.
    :param is_read: whether there is any reason to read the page again.
    """

    code: str
    change: Change
    shows: str | None
    files: Files = dataclasses.field(default_factory=dict)
    makes: Change = lambda _: None
    options: str = ""
    is_read: bool = True


def write(name: str, text: str | bytes, *, at: int | None = None) -> Change:
    """Write a file; ``at`` is the time that it is to have, in nanoseconds."""

    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        if at is not None:
            os.utime(path, ns=(at, at))

    return change


def remove(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def rename(old: str, new: str) -> Change:
    return lambda folder: os.replace(folder / old, folder / new)


def link(name: str, target: str) -> Change:
    def change(folder: Path) -> None:
        part = folder / f"{name}.new"
        part.symlink_to(target)
        part.replace(folder / name)

    return change


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def touch(name: str, at: int) -> Change:
    return lambda folder: os.utime(folder / name, ns=(at, at))


def same_time(name: str, text: str) -> Change:
    """Write other text of the same length, and set the time back to what it was."""

    def change(folder: Path) -> None:
        path = folder / name
        before = path.stat()
        assert len(text) == before.st_size
        path.write_text(text)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


def into_folder(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def frame_file(name: str, *values: int, how: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        getattr(pd.DataFrame({"a": list(values)}), f"to_{how}")(folder / name)

    return change


def compile_all(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "compileall", "-q", folder], check=True)


def database(*statements: str, log: bool = False) -> Change:
    """Run statements on an SQLite database; ``log`` leaves what they change in its log."""

    def change(folder: Path) -> None:
        path = folder / "data.db"
        connection = sqlite3.connect(path)
        connection.execute(f"pragma journal_mode={'wal' if log else 'delete'}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        # What the log holds goes into the database when the last connection closes.
        copies = {name: (folder / name).read_bytes() for name in os.listdir(folder) if log}
        state = path.stat()
        connection.close()
        if log:
            for name in ("data.db", "data.db-wal"):
                (folder / name).write_bytes(copies[name])
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))

    return change


CREATE: Final = ("create table t (a)", "insert into t values (1)")
UPDATE: Final = "update t set a = 2"
SELECT: Final = "import sqlite3\npd.read_sql('select a from t', sqlite3.connect({}))"

CSV: Final = {"data.csv": "a\n1\n"}
READ: Final = "pd.read_csv('data.csv')"
NEW: Final = write("data.csv", "a\n2\n")
TWO: Final = {"parts/one.csv": "a\n1\n", "parts/two.csv": "a\n2\n"}
HOUR: Final = 3600 * 10**9
ALL_PARTS: Final = "pd.concat(pd.read_csv(f) for f in sorted({}))"
NAMES: Final = "pd.Series(sorted({}), dtype=object)"
OR_NONE: Final = (
    "try:\n    df = pd.read_csv('data.csv')\nexcept OSError:\n    df = pd.Series(['none'])"
)
PATH: Final = "from pathlib import Path\n"
PARQUET: Final = frame_file("parts/one.parquet", 1, how="parquet")
PARQUET_NEW: Final = frame_file("parts/one.parquet", 1, 3, how="parquet")
PARQUET_MORE: Final = frame_file("parts/two.parquet", 2, how="parquet")


def asks(question: str) -> str:
    return f"import os\n{PATH}pd.Series([{question}])"


#: What may happen to a file that Python opens.
HAPPENINGS: Final = {
    "edited": Case(files=CSV, code=READ, change=NEW, shows="2"),
    "edited, an older file": Case(
        files=CSV, code=READ, change=write("data.csv", "a\n2\n", at=1), shows="2"
    ),
    "edited, longer and older": Case(
        files=CSV, code=READ, change=write("data.csv", "a\n22\n", at=HOUR), shows="22"
    ),
    "edited, same size and time": Case(
        files=CSV, code=READ, change=same_time("data.csv", "a\n7\n"), shows="7"
    ),
    "edited, from the future": Case(
        files=CSV,
        code=READ,
        change=write("data.csv", "a\n2\n", at=time.time_ns() + 24 * HOUR),
        shows="2",
    ),
    "replaced": Case(
        files=CSV | {"new.csv": "a\n2\n"},
        code=READ,
        change=rename("new.csv", "data.csv"),
        shows="2",
    ),
    "deleted": Case(files=CSV, code=READ, change=remove("data.csv"), shows=None),
    "deleted, with another way": Case(
        files=CSV, code=OR_NONE, change=remove("data.csv"), shows="none"
    ),
    "created": Case(code=OR_NONE, change=write("data.csv", "a\n2\n", at=1), shows="2"),
    "renamed away": Case(
        files=CSV, code=OR_NONE, change=rename("data.csv", "other.csv"), shows="none"
    ),
    "renamed to": Case(
        files={"other.csv": "a\n1\n"},
        code=OR_NONE,
        change=rename("other.csv", "data.csv"),
        shows="1",
    ),
    "touched": Case(files=CSV, code=READ, change=touch("data.csv", 1), shows="1"),
    "made a folder": Case(files=CSV, code=READ, change=into_folder("data.csv"), shows=None),
    "made a folder, with another way": Case(
        files=CSV, code=OR_NONE, change=into_folder("data.csv"), shows="none"
    ),
    "a folder made a file": Case(
        makes=lambda folder: (folder / "data.csv").mkdir(),
        code=OR_NONE,
        change=both(lambda folder: (folder / "data.csv").rmdir(), NEW),
        shows="2",
    ),
    "permissions changed": Case(
        files=CSV,
        code="import os\npd.read_csv('data.csv')\npd.Series([os.stat('data.csv').st_mode & 4])",
        change=lambda folder: (folder / "data.csv").chmod(0o600),
        shows="0",
    ),
    "link retargeted": Case(
        files={"one.csv": "a\n1\n", "two.csv": "a\n2\n"},
        makes=link("data.csv", "one.csv"),
        code=READ,
        change=link("data.csv", "two.csv"),
        shows="2",
    ),
    "link broken": Case(
        files={"one.csv": "a\n1\n"},
        makes=link("data.csv", "one.csv"),
        code=OR_NONE,
        change=remove("one.csv"),
        shows="none",
    ),
    "target of a link edited": Case(
        files={"one.csv": "a\n1\n"},
        makes=link("data.csv", "one.csv"),
        code=READ,
        change=write("one.csv", "a\n2\n"),
        shows="2",
    ),
    "link to a folder retargeted": Case(
        files={"v1/data.csv": "a\n1\n", "v2/data.csv": "a\n2\n"},
        makes=both(link("now", "v1"), touch("v1/data.csv", HOUR), touch("v2/data.csv", HOUR)),
        code="pd.read_csv('now/data.csv')",
        change=link("now", "v2"),
        shows="2",
    ),
    "nothing": Case(files=CSV, code=READ, change=lambda _: None, shows="1", is_read=False),
    "a file beside it": Case(
        files=CSV, code=READ, change=write("other.csv", "a\n2\n"), shows="1", is_read=False
    ),
    "a file read by a file of Python": Case(
        files={"deep.csv": "a\n1\n", "helper.py": "def get():\n    return open('deep.csv').read()"},
        code="import helper\npd.Series([helper.get()])",
        change=write("deep.csv", "b\n2\n"),
        shows="b\n2\n",
    ),
}

#: Ways to read a file, of which the next build sees that it has changed.
WAYS: Final = {
    name: Case(files=CSV, code=code, change=write("data.csv", "a\n2\n", at=1), shows="2")
    for name, code in {
        "c": "pd.read_csv('data.csv', engine='c')",
        "python": "pd.read_csv('data.csv', engine='python')",
        "pyarrow": "pd.read_csv('data.csv', engine='pyarrow')",
        "computed name": "pd.read_csv('da' 'ta' + '.c' + 'sv')",
        "computed name, in pieces": "pd.read_csv('.'.join(['data', 'csv']))",
        "bytes": "pd.read_csv(open(b'data.csv'))",
        "Path": PATH + "pd.read_csv(Path('data.csv').open())",
        "absolute": PATH + "pd.read_csv(Path(__file__).parent / 'data.csv')",
        "os.open": "import os\npd.read_csv(os.fdopen(os.open('data.csv', os.O_RDONLY)))",
        "io.open": "import io\npd.read_csv(io.open('data.csv'))",
        "io.FileIO": "import io\npd.read_csv(io.FileIO('data.csv'))",
        "mmap": "pd.read_csv('data.csv', memory_map=True)",
        "csv": "import csv\npd.DataFrame(list(csv.reader(open('data.csv')))[1:])",
        "linecache": "import linecache\npd.Series([int(linecache.getline('data.csv', 2))])",
        "fileinput": "import fileinput\npd.Series([int(list(fileinput.input('data.csv'))[1])])",
        "loadtxt": "pd.DataFrame(np.loadtxt('data.csv', skiprows=1, ndmin=1, dtype=int))",
        "genfromtxt": "pd.Series([int(np.genfromtxt('data.csv')[1])])",
        "fromfile": "pd.Series([int(np.fromfile('data.csv', 'u1')[2]) - 48])",
        "thread": (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "with ThreadPoolExecutor() as pool:\n    [df] = pool.map(pd.read_csv, ['data.csv'])"
        ),
        "polars": "import polars as pl\npl.read_csv('data.csv')",
        "polars, lazy": "import polars as pl\npl.scan_csv('data.csv')",
        "polars, Path": PATH + "import polars as pl\npl.scan_csv(Path('.') / 'data.csv')",
        "polars, pattern": "import polars as pl\npl.scan_csv('*.csv')",
        "polars, f-string": (
            "import polars\nfor n in 'd', 'data':\n    x = f'{n}.csv'\npolars.read_csv(x)"
        ),
        "arrow": "from pyarrow import csv\ncsv.read_csv('data.csv')",
        "arrow, sum of texts": "from pyarrow import csv\nn = 'data'\ncsv.read_csv(n + '.csv')",
        "duckdb": "import duckdb\nduckdb.sql(\"FROM 'data.csv'\").df()",
        "duckdb, function": "import duckdb\nduckdb.sql(\"from read_csv('data.csv')\").df()",
        "duckdb, pattern": "import duckdb\nduckdb.sql(\"from read_csv('*.csv')\").df()",
        "duckdb, f-string": (
            "import duckdb\nname = 'data'\nduckdb.sql(f\"from '{name}.csv'\").df()"
        ),
    }.items()
}

#: Data of other kinds.
KINDS: Final = {
    "gzip": Case(
        makes=write("data.csv.gz", gzip.compress(b"a\n1\n")),
        code="pd.read_csv('data.csv.gz')",
        change=write("data.csv.gz", gzip.compress(b"a\n2\n"), at=1),
        shows="2",
    ),
    "zip": Case(
        makes=lambda folder: zipfile.ZipFile(folder / "d.zip", "w").writestr("d.csv", "a\n1\n"),
        code="import zipfile\npd.read_csv(zipfile.ZipFile('d.zip').open('d.csv'))",
        change=lambda folder: zipfile.ZipFile(folder / "d.zip", "w").writestr("d.csv", "a\n2\n"),
        shows="2",
    ),
    "json": Case(
        files={"data.json": '{"a": [1]}'},
        code="import json\npd.DataFrame(json.load(open('data.json')))",
        change=write("data.json", '{"a": [2]}'),
        shows="2",
    ),
    "pickle": Case(
        makes=write("data.pkl", pickle.dumps([1])),
        code="pd.Series(pd.read_pickle('data.pkl'))",
        change=write("data.pkl", pickle.dumps([2])),
        shows="2",
    ),
    "npy": Case(
        makes=lambda folder: np.save(folder / "data.npy", [1]),
        code="pd.Series(np.load('data.npy', mmap_mode='r'))",
        change=lambda folder: np.save(folder / "data.npy", [2]),
        shows="2",
    ),
    "toml": Case(
        files={"data.toml": "a = 1"},
        code=PATH
        + "import tomllib\npd.Series([tomllib.loads(Path('data.toml').read_text())['a']])",
        change=write("data.toml", "a = 2"),
        shows="2",
    ),
    "parquet": Case(
        makes=PARQUET,
        code="pd.read_parquet('parts/one.parquet')",
        change=PARQUET_NEW,
        shows="1 3",
    ),
    "parquet, folder": Case(
        makes=PARQUET, code="pd.read_parquet('parts')", change=PARQUET_MORE, shows="1 2"
    ),
    "parquet, folder of a variable": Case(
        makes=PARQUET,
        code=PATH + "where = Path('parts')\npd.read_parquet(where)",
        change=PARQUET_NEW,
        shows="1 3",
    ),
    "parquet, Path": Case(
        makes=PARQUET,
        code=PATH + "import polars as pl\nd = Path('parts')\npl.read_parquet(d / 'one.parquet')",
        change=PARQUET_NEW,
        shows="1 3",
    ),
    "parquet, join": Case(
        makes=PARQUET,
        code="import os, polars\npolars.read_parquet(os.path.join('parts', 'one.parquet'))",
        change=PARQUET_NEW,
        shows="1 3",
    ),
    "parquet, beside __file__": Case(
        makes=PARQUET,
        code=(
            PATH + "import polars\n"
            "here = Path(__file__).resolve().parent\n"
            "polars.scan_parquet(str(here / 'parts/*.parquet'))"
        ),
        change=PARQUET_MORE,
        shows="1 2",
    ),
    "parquet, another file of the folder": Case(
        makes=PARQUET,
        code=PATH + "import polars\npolars.read_parquet(Path('parts') / 'one.parquet')",
        change=PARQUET_MORE,
        shows="1",
        is_read=False,
    ),
    "parquet, each year": Case(
        makes=PARQUET,
        code=(
            "import polars\nfolder = 'parts'\n"
            "polars.concat(polars.read_parquet(f'{folder}/{n}.parquet') for n in ['one'])"
        ),
        change=PARQUET_NEW,
        shows="1 3",
    ),
    "parquet, pattern": Case(
        makes=PARQUET,
        code="import polars as pl\npl.scan_parquet('parts/*.parquet')",
        change=PARQUET_MORE,
        shows="1 2",
    ),
    "parquet, deep pattern": Case(
        makes=PARQUET,
        code="import polars as pl\npl.scan_parquet('**/*.parquet')",
        change=PARQUET_MORE,
        shows="1 2",
    ),
    "arrow dataset": Case(
        makes=PARQUET,
        code="import pyarrow.dataset as ds\nds.dataset('parts').to_table()",
        change=PARQUET_MORE,
        shows="1 2",
    ),
    "duckdb, folder in a pattern": Case(
        makes=PARQUET,
        code="import duckdb\nduckdb.sql(\"from 'parts/*.parquet' order by a\").df()",
        change=PARQUET_MORE,
        shows="1 2",
    ),
    "feather": Case(
        makes=frame_file("d.feather", 1, how="feather"),
        code="pd.read_feather('d.feather')",
        change=frame_file("d.feather", 1, 2, how="feather"),
        shows="1 2",
    ),
    "orc": Case(
        makes=frame_file("d.orc", 1, how="orc"),
        code="pd.read_orc('d.orc')",
        change=frame_file("d.orc", 1, 2, how="orc"),
        shows="1 2",
    ),
    "sqlite": Case(
        makes=database(*CREATE), code=SELECT.format("'data.db'"), change=database(UPDATE), shows="2"
    ),
    "sqlite, URI": Case(
        makes=database(*CREATE),
        code=SELECT.format("'file:data.db?mode=ro', uri=True"),
        change=database(UPDATE),
        shows="2",
    ),
    "sqlite, log": Case(
        makes=database(*CREATE, log=True),
        code=SELECT.format("'data.db'"),
        change=database(UPDATE, log=True),
        shows="2",
    ),
    "depends": Case(
        files={"x.txt": "1"},
        code="import subprocess as s\npd.Series([s.check_output(['cat', 'x' '.txt'], text=True)])",
        options=":depends: *.txt",
        change=write("x.txt", "2"),
        shows="2",
    ),
}

LISTINGS: Final = {
    "glob": "import glob\n" + ALL_PARTS.format("glob.glob('parts/*.csv')"),
    "glob, deep": "import glob\n" + ALL_PARTS.format("glob.glob('**/*.csv', recursive=True)"),
    "glob, root": "import glob\n" + NAMES.format("glob.glob('*.csv', root_dir='parts')"),
    "iglob": "import glob\n" + ALL_PARTS.format("glob.iglob('parts/*.csv')"),
    "Path.glob": PATH + ALL_PARTS.format("Path('parts').glob('*.csv')"),
    "Path.rglob": PATH + ALL_PARTS.format("Path().rglob('*.csv')"),
    "Path.iterdir": PATH + ALL_PARTS.format("Path('parts').iterdir()"),
    "listdir": "import os\n" + ALL_PARTS.format("'parts/' + n for n in os.listdir('parts')"),
    "listdir, names": "import os\n" + NAMES.format("os.listdir('parts')"),
    "listdir, here": "import os\nos.chdir('parts')\n" + NAMES.format("os.listdir()"),
    "scandir": "import os\n" + ALL_PARTS.format("e.path for e in os.scandir('parts')"),
    "walk": (
        "import os\n" + ALL_PARTS.format("r + '/' + n for r, _, f in os.walk('parts') for n in f")
    ),
    "fnmatch": (
        "import os, fnmatch\n" + NAMES.format("fnmatch.filter(os.listdir('parts'), '*.csv')")
    ),
    "polars, listed": (
        "import os, polars\npolars.concat(polars.read_csv('parts/' + n) "
        "for n in sorted(os.listdir('parts')))"
    ),
}


def _listed(code: str, *names: str) -> str:
    values = {"one.csv": "1", "three.csv": "3", "two.csv": "2"}
    is_names = "pd.Series" in code
    return " ".join(name if is_names else values[name] for name in names)


#: A file comes to a folder that is listed, or goes.
FOLDERS: Final = {
    f"{name}, {what}": Case(files=TWO, code=code, change=change, shows=_listed(code, *names))
    for name, code in LISTINGS.items()
    for what, change, names in (
        ("new", write("parts/three.csv", "a\n3\n", at=1), ("one.csv", "three.csv", "two.csv")),
        ("lost", remove("parts/one.csv"), ("two.csv",)),
    )
} | {
    "walk, deep": Case(
        files=TWO,
        code="import os\n" + NAMES.format("n for _, _, f in os.walk('parts') for n in f"),
        change=write("parts/deep/three.csv", "3"),
        shows="one.csv three.csv two.csv",
    ),
    "count": Case(
        files=TWO,
        code="import os\npd.Series([len(os.listdir('parts'))])",
        change=write("parts/three", ""),
        shows="3",
    ),
    "a file of another kind": Case(
        files=TWO,
        code=PATH + ALL_PARTS.format("Path('parts').glob('*.csv')"),
        change=write("parts/notes.txt", ""),
        shows="1 2",
        is_read=False,
    ),
    "an empty folder": Case(
        makes=lambda folder: (folder / "parts").mkdir(),
        code="import os\n" + NAMES.format("os.listdir('parts')"),
        options=":empty: No file.",
        change=write("parts/one.csv", ""),
        shows="one.csv",
    ),
}

#: A file is asked after, which Python does not report: its name stands in the code.
QUESTIONS: Final = {
    name: Case(code=asks(question), change=write(path, ""), shows="True")
    for name, path, question in (
        ("exists", "late.csv", "os.path.exists('late.csv')"),
        ("isfile", "late.csv", "os.path.isfile('late.csv')"),
        ("no suffix", "LATE", "os.path.exists('LATE')"),
        ("Path", "late.csv", "Path('late.csv').exists()"),
        ("Path, no suffix", "LATE", "Path('LATE').is_file()"),
        ("parts", "sub/late.csv", "(Path('sub') / 'late.csv').exists()"),
        ("join", "sub/late.csv", "os.path.exists(os.path.join('sub', 'late.csv'))"),
        ("access", "late.csv", "os.access('late.csv', os.R_OK)"),
        ("f-string", "sub/late.csv", "[d := 'sub', os.path.exists(f'sub/late.csv')][1]"),
    )
} | {
    "gone": Case(
        files={"DATA": "1"},
        code=asks("os.path.exists('DATA')"),
        change=remove("DATA"),
        shows="False",
    ),
    "size": Case(
        files={"DATA": "1"},
        code=asks("os.path.getsize('DATA')"),
        change=write("DATA", "12"),
        shows="2",
    ),
}

IMPORT: Final = "import {0}\npd.Series([{0}.x])"

#: Modules of the project. Each is named for its case: the worker of a page imports afresh.
MODULES: Final = {
    "changed": Case(
        files={"helper.py": "x = 1"},
        code=IMPORT.format("helper"),
        change=write("helper.py", "x = 2", at=1),
        shows="2",
    ),
    "deleted": Case(
        files={"helper.py": "x = 1"},
        code=IMPORT.format("helper"),
        change=remove("helper.py"),
        shows=None,
    ),
    "package": Case(
        files={"tools/__init__.py": "x = 1"},
        code=IMPORT.format("tools"),
        change=write("tools/__init__.py", "x = 2"),
        shows="2",
    ),
    "submodule": Case(
        files={"tools/__init__.py": "", "tools/sub.py": "x = 1"},
        code=IMPORT.format("tools.sub"),
        change=write("tools/sub.py", "x = 2"),
        shows="2",
    ),
    "of a module": Case(
        files={"helper.py": "from deeper import x", "deeper.py": "x = 1"},
        code=IMPORT.format("helper"),
        change=write("deeper.py", "x = 2"),
        shows="2",
    ),
    "shadowed by a package": Case(
        files={"helper.py": "x = 1"},
        code=IMPORT.format("helper"),
        change=write("helper/__init__.py", "x = 2"),
        shows="2",
    ),
    "shadowed by a new file": Case(
        code=IMPORT.format("shared"), change=write("shared.py", "x = 2"), shows="2"
    ),
    "missing at first": Case(
        code="try:\n    from late import x\nexcept ImportError:\n    x = 1\npd.Series([x])",
        change=write("late.py", "x = 2"),
        shows="2",
    ),
    "import_module": Case(
        code=(
            "import importlib\ntry:\n    x = importlib.import_module('late').x\n"
            "except ImportError:\n    x = 1\npd.Series([x])"
        ),
        change=write("late.py", "x = 2"),
        shows="2",
    ),
    "run": Case(
        files={"script.py": "x = 1"},
        code="import runpy\npd.Series([runpy.run_path('script.py')['x']])",
        change=write("script.py", "x = 2"),
        shows="2",
    ),
    "reads natively": Case(
        files=CSV
        | {"helper.py": "import polars\ndef get():\n    return polars.read_csv('data.csv')"},
        code="import helper\nhelper.get()",
        change=NEW,
        shows="2",
    ),
    "reads natively, beside itself": Case(
        files={
            "lib/data.csv": "a\n1\n",
            "lib/helper.py": (
                "import polars, pathlib\nHERE = pathlib.Path(__file__).parent\n"
                "def get():\n    return polars.read_csv(HERE / 'data.csv')"
            ),
        },
        code="import sys\nsys.path.append('lib')\nimport helper\nhelper.get()",
        change=write("lib/data.csv", "a\n2\n"),
        shows="2",
    ),
    "with byte-code": Case(
        files={"helper.py": "x = 1"},
        makes=compile_all,
        code=IMPORT.format("helper"),
        change=write("helper.py", "x = 22"),
        shows="22",
    ),
}

#: What a snippet writes itself is no reason to read its page again.
OWN_FILES: Final = {
    name: Case(code=code, change=lambda _: None, shows=shows, is_read=False)
    for name, code, shows in (
        ("written, then read", "pd.Series([1]).to_csv('out.csv')\npd.read_csv('out.csv')", "1"),
        (
            "listed, then written",
            "import os\nn = len(os.listdir('.'))\nopen('out.txt', 'w').close()\npd.Series([0])",
            "0",
        ),
        (
            "written, listed, removed",
            "import os\nopen('t', 'w').close()\nos.listdir('.')\nos.remove('t')\npd.Series([0])",
            "0",
        ),
        (
            "sqlite",
            (
                "import sqlite3\nwith sqlite3.connect('t.db') as db:\n"
                "    pd.DataFrame({'a': [1]}).to_sql('t', db, if_exists='replace')\n"
                "    df = pd.read_sql('select a from t', db)"
            ),
            "1",
        ),
        (
            "appended to",
            (
                "with open('log.txt', 'a+') as f:\n    f.write('x')\n    f.seek(0)\n    f.read()\n"
                "pd.Series([0])"
            ),
            "0",
        ),
    )
}

SUITES: Final = {
    "file": HAPPENINGS,
    "way": WAYS,
    "kind": KINDS,
    "folder": FOLDERS,
    "question": QUESTIONS,
    "module": MODULES,
    "own": OWN_FILES,
}


def slug(name: str) -> str:
    return "-".join(re.findall(r"\w+", name))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """The build after something happened to a page, and the pages that it was to read."""

    built: Built
    expected: frozenset[str]


def outcomes_of(suite: str, folder: Path) -> dict[str, Outcome]:
    """Build the cases of a suite, each a page in a folder of its own; have things happen; build on.

    They happen to every other page first, then to the rest, so that there are always pages
    that are not concerned.
    """
    sources = folder / "source"
    write_files(sources, {"conf.py": "", "shared.py": "x = 1"})
    for name, case in SUITES[suite].items():
        text = ":orphan:\n\n" + page(case.code, options=case.options)
        write_files(sources / slug(name), {"index.rst": text, **case.files})
        case.makes(sources / slug(name))
    assert not build_all(folder).warnings
    assert build_all(folder).read == set()
    found: dict[str, Outcome] = {}
    failing: set[str] = set()
    for part in (0, 1):
        happening = dict(list(SUITES[suite].items())[part::2])
        for name, case in happening.items():
            case.change(sources / slug(name))
        built = build_all(folder)
        expected = {docname(name) for name, case in happening.items() if case.is_read}
        outcome = Outcome(built=built, expected=frozenset(expected | failing))
        failing |= {docname(name) for name, case in happening.items() if case.shows is None}
        found |= dict.fromkeys(happening, outcome)
    assert build_all(folder).read == failing
    return found


def build_all(folder: Path) -> Built:
    return build_in(folder, builder="dummy", warns=None)


def docname(name: str) -> str:
    return f"{slug(name)}/index"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Outcome]]:
    return functools.cache(lambda suite: outcomes_of(suite, tmp_path_factory.mktemp(suite)))


@pytest.mark.parametrize(
    ("suite", "name"),
    [
        pytest.param(suite, name, marks=pytest.mark.xdist_group(suite), id=f"{suite}: {name}")
        for suite, cases in SUITES.items()
        for name in cases
    ],
)
def test_the_next_build_reads_the_page_concerned_and_shows_the_truth(
    suite: str, name: str, outcomes: Callable[[str], dict[str, Outcome]]
) -> None:
    case = SUITES[suite][name]
    outcome = outcomes(suite)[name]
    assert (docname(name) in outcome.built.read) is case.is_read
    tables = outcome.built.tables(docname(name))
    warnings = [line for line in outcome.built.warnings if f"/{docname(name)}." in line]
    assert len(warnings) == (case.shows is None)
    shown = [" ".join(row[-1] for row in cell_texts(table)[1:]) for table in tables]
    assert shown == ([] if case.shows is None else [case.shows])


@pytest.mark.parametrize(
    "suite", [pytest.param(suite, marks=pytest.mark.xdist_group(suite)) for suite in SUITES]
)
def test_no_other_page_is_read(suite: str, outcomes: Callable[[str], dict[str, Outcome]]) -> None:
    for outcome in outcomes(suite).values():
        assert outcome.built.read == outcome.expected


OTHER: Final = ":orphan:\n\n" + page("pd.DataFrame({'a': [1]})")


def last(built: Built, name: str = "index") -> str:
    """The last cell of a page's only table."""
    [table] = built.tables(name)
    return cell_texts(table)[-1][-1]


def older(name: str, text: str) -> Change:
    return write(name, text, at=1)


# Pages and what is around them.


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_page_that_fails_says_so_in_every_build_until_it_is_mended(
    jobs: int, build: Build
) -> None:
    pages = {f"p{n}.rst": ":orphan:\n\n" + page(f"pd.read_csv('d{n}.csv')") for n in range(8)}
    data = {f"d{n}.csv": "a\n1\n" for n in range(8) if n != 3}
    slow = {"slow.rst": ":orphan:\n\n" + page("while True: pass", options=":timeout: 0.2")}
    build(pages | data | slow, builder="dummy", jobs=jobs, warns=2)
    built = build(builder="dummy", jobs=jobs, warns=2)
    assert built.read == {"p3", "slow"}
    built = build({"d5.csv": "a\n22\n"}, builder="dummy", jobs=jobs, warns=2)
    assert built.read == {"p3", "p5", "slow"}
    assert last(built, "p5") == "22"
    built = build({"d3.csv": "a\n4\n", "slow.rst": OTHER}, builder="dummy", jobs=jobs)
    assert built.read == {"p3", "slow"}
    assert last(built, "p3") == "4"
    assert build(builder="dummy", jobs=jobs).read == set()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fresh_build_reads_all_and_forgets_nothing(jobs: int, build: Build) -> None:
    pages = {f"p{n}.rst": ":orphan:\n\n" + page(f"pd.read_csv('d{n}.csv')") for n in range(8)}
    built = build(pages | {f"d{n}.csv": "a\n1\n" for n in range(8)}, builder="dummy", jobs=jobs)
    assert len(build(builder="dummy", jobs=jobs, fresh=True).read) == 9
    for number in (2, 5):
        older(f"d{number}.csv", "a\n9\n")(built.source)
    built = build(builder="dummy", jobs=jobs)
    assert built.read == {"p2", "p5"}
    assert last(built, "p5") == "9"


def test_pages_that_share_a_file_are_all_read(build: Build) -> None:
    pages = {
        f"{place}.rst": ":orphan:\n\n" + page(code)
        for place, code in (
            ("one", READ),
            ("sub/two", "pd.read_csv('../data.csv')"),
            ("three", "pd.Series([1])"),
        )
    }
    built = build(pages | CSV, builder="dummy")
    older("data.csv", "a\n5\n")(built.source)
    built = build(builder="dummy")
    assert built.read == {"one", "sub/two"}
    assert [last(built, "one"), last(built, "sub/two")] == ["5", "5"]


def test_a_file_outside_the_project_counts_but_not_while_it_is_missing(
    build: Build, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text("a\n1\n")
    code = "import os\nos.path.exists('../late.csv')\npd.read_csv('../data.csv')"
    build(page(code), builder="dummy")
    (tmp_path / "late.csv").write_text("")
    assert build(builder="dummy").read == set()
    older("data.csv", "a\n2\n")(tmp_path)
    assert last(build(builder="dummy")) == "2"


def test_a_module_outside_the_project_counts_also_with_byte_code(
    build: Build, tmp_path: Path
) -> None:
    write_files(tmp_path / "lib", {"outer_helper.py": "x = 1"})
    compile_all(tmp_path / "lib")
    code = "import sys\nsys.path.append('../lib')\nimport outer_helper\npd.Series([outer_helper.x])"
    build(page(code), builder="dummy")
    older("outer_helper.py", "x = 22")(tmp_path / "lib")
    assert last(build(builder="dummy")) == "22"


@pytest.mark.parametrize(
    ("preamble", "name", "code"),
    [
        ("rates = pd.read_csv('rates.csv')", "rates.csv", "rates"),
        ("import polars\nrates = polars.read_csv('rates.csv')", "rates.csv", "rates"),
        (
            "from pathlib import Path\nHERE = Path('.')",
            "sub/rates.csv",
            "import polars\npolars.read_csv(HERE / 'rates.csv')",
        ),
        (
            "import polars\ndef load():\n    return polars.read_csv('rates.csv')",
            "sub/rates.csv",
            "load()",
        ),
        ("from tools import rates", "rates.csv", "rates"),
    ],
)
def test_what_the_preamble_reads_or_names_counts(
    preamble: str, name: str, code: str, build: Build
) -> None:
    files = {
        "conf.py": "",
        "tools.py": "import pandas as pd\nrates = pd.read_csv('rates.csv')",
        "rates.csv": "a\n0\n",
        "sub/page.rst": ":orphan:\n\n" + page(code),
        name: "a\n1\n",
    }
    built = build(files, builder="dummy", df_table_preamble=preamble)
    assert build(builder="dummy", df_table_preamble=preamble).read == set()
    older(name, "a\n2\n")(built.source)
    built = build(builder="dummy", df_table_preamble=preamble)
    assert built.read == {"sub/page"}
    assert last(built, "sub/page") == "2"


def test_what_set_up_reads_or_names_counts(build: Build) -> None:
    text = ".. df-setup::\n\n   import polars\n   where = 'parts'\n\n"
    text += page("polars.read_csv(f'{where}/one.csv')")
    built = build({"index.rst": text, **TWO}, builder="dummy")
    older("parts/two.csv", "a\n9\n")(built.source)
    assert build(builder="dummy").read == set()
    older("parts/one.csv", "a\n9\n")(built.source)
    assert last(build(builder="dummy")) == "9"


@pytest.mark.parametrize(
    ("name", "value", "shows"),
    [("preamble", "x = 2", "2"), ("precision", 3, "1.000"), ("na_rep", "none", "1.0")],
)
def test_a_changed_value_of_the_configuration_reads_all(
    name: str, value: object, shows: str, build: Build
) -> None:
    code = "try: x\nexcept NameError: x = 1.0\npd.Series([x])"
    build(page(code), builder="dummy")
    built = build(builder="dummy", **{f"df_table_{name}": value})
    assert built.read == {"index"}
    assert last(built) == shows


@pytest.mark.parametrize("time", [1, None])
def test_an_included_table_and_the_page_itself_may_be_replaced_by_older_ones(
    time: int | None, build: Build
) -> None:
    files = {
        "index.rst": ".. include:: part.txt\n",
        "part.txt": page("pd.Series([1])"),
        "other.rst": OTHER,
    }
    built = build(files, builder="dummy")
    write("part.txt", page("pd.Series([2])"), at=time)(built.source)
    built = build(builder="dummy")
    assert built.read == {"index"}
    assert last(built) == "2"
    write("other.rst", ":orphan:\n\n" + page("pd.Series([3])"), at=time)(built.source)
    built = build(builder="dummy")
    assert built.read == {"other"}
    assert last(built, "other") == "3"


def test_a_page_that_is_renamed_or_deleted_takes_its_looks_along(build: Build) -> None:
    files = {"one.rst": ":orphan:\n\n" + page(READ), "two.rst": OTHER, **CSV}
    built = build(files, builder="dummy")
    rename("one.rst", "new.rst")(built.source)
    assert build(builder="dummy").read == {"new"}
    older("data.csv", "a\n2\n")(built.source)
    assert last(build(builder="dummy"), "new") == "2"
    remove("new.rst")(built.source)
    older("data.csv", "a\n3\n")(built.source)
    assert build(builder="dummy").read == set()


def test_a_page_without_its_table_forgets_what_that_looked_at(build: Build) -> None:
    built = build({"index.rst": page(READ), **CSV}, builder="dummy")
    (built.source / "index.rst").write_text("Text.\n")
    assert build(builder="dummy").read == {"index"}
    older("data.csv", "a\n2\n")(built.source)
    assert build(builder="dummy").read == set()


def test_the_name_of_the_folder_is_no_pattern(build: Build) -> None:
    code = "from pathlib import Path\npd.concat(map(pd.read_csv, Path('data').glob('*.csv')))"
    files = {"index.rst": page(code, options=":depends: more/*"), "data/a.csv": "a\n1\n"}
    built = build(files, builder="dummy", source="s [v1] *")
    for name in ("data/b.csv", "more/c.txt"):
        older(name, "a\n2\n")(built.source)
        assert build(builder="dummy", source="s [v1] *").read == {"index"}


def test_a_project_that_was_moved_is_read_anew(build: Build, tmp_path: Path) -> None:
    built = build({"index.rst": page(READ), **CSV}, builder="dummy")
    shutil.move(built.source, tmp_path / "moved")
    assert last(build(builder="dummy", source="moved")) == "1"


# What happens while a build runs.


@pytest.mark.parametrize(
    ("read", "shows"),
    [
        (f"df = {READ}", "2"),
        ("import polars\ndf = polars.read_csv('data.csv')", "2"),
        ("import os\ndf = pd.Series([len(os.listdir('.'))])", "3"),
    ],
)
def test_a_change_during_the_build_is_seen_by_the_next(
    read: str, shows: str, build: Build, tmp_path: Path
) -> None:
    # Another program writes, the first time only, and Python does not know of it.
    change = f"echo a > data.csv; echo 2 >> data.csv; touch extra {tmp_path}/done"
    code = f"{read}\nimport os, subprocess\nif not os.path.exists({str(tmp_path / 'done')!r}):\n"
    code += f"    subprocess.run(['sh', '-c', {change!r}])"
    build({"index.rst": page(code), **CSV}, builder="dummy")
    built = build(builder="dummy")
    assert built.read == {"index"}
    assert last(built) == shows
    assert build(builder="dummy").read == set()


def test_builders_that_share_doctrees_each_show_the_truth(build: Build) -> None:
    files = {"index.rst": page(READ), "other.rst": OTHER, **CSV}
    for builder in ("html", "text"):
        build(files, builder=builder)
    older("data.csv", "a\n77\n")(build(builder="html").source)
    assert build(builder="html").html_table().select("tbody td")[0].get_text() == "77"
    built = build(builder="text")
    assert "77" in (built.output / "index.txt").read_text()
    state = (built.output / "index.txt").stat().st_mtime_ns
    assert build(builder="text").status.count("no targets are out of date") == 1
    assert (built.output / "index.txt").stat().st_mtime_ns == state


@pytest.mark.parametrize(
    ("builder", "name"), [("dirhtml", "other/index.html"), ("xml", "other.xml")]
)
def test_a_page_that_another_builder_has_read_is_written(
    builder: str, name: str, build: Build
) -> None:
    files = {"index.rst": OTHER, "other.rst": ":orphan:\n\n" + page(READ), **CSV}
    built = build(files, builder=builder)
    older("data.csv", "a\n77\n")(built.source)
    assert build(builder="text").read == {"other"}
    built = build(builder=builder)
    assert built.read == set()
    assert "77" in (built.output / name).read_text("utf-8")


@pytest.mark.parametrize("builder", ["latex", "singlehtml", "man", "epub", "gettext", "xml"])
def test_a_builder_with_nothing_new_ends_up_with_nothing_to_note(
    builder: str, build: Build
) -> None:
    epub = {"project": "p", "version": "1", "copyright": "x", "epub_identifier": "x"}
    table = page("pd.Series([1])")
    files = {
        "index.rst": f"T\n=\n\n{table}\n.. toctree::\n\n   other\n",
        "other.rst": f"O\n=\n\n{table}",
    }
    for _ in range(3):
        built = build(files, builder=builder, warns=None, **epub)
        files = {}
    assert "pickling environment" not in built.status


def test_pages_that_a_stopped_build_has_read_but_not_written_are_written(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build({"index.rst": page(READ), "other.rst": OTHER, **CSV})
    older("data.csv", "a\n77\n")(built.source)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("sphinx.builders.html.StandaloneHTMLBuilder.write_doc", stop)
        with pytest.raises(KeyboardInterrupt):
            build()
    built = build()
    assert built.read == set()
    assert built.html_table().select("tbody td")[0].get_text() == "77"


def test_a_build_of_one_page_leaves_the_others_to_be_written(tmp_path: Path) -> None:
    conf = "extensions = ['sphinx_df_table']\nhtml_theme = 'basic'\n"
    write_files(tmp_path, {"conf.py": conf, "index.rst": page(READ), "other.rst": OTHER, **CSV})

    def run(*pages: str) -> None:
        command = [sys.executable, "-m", "sphinx", "-q", ".", "_build/html", *pages]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    run()
    older("data.csv", "a\n77\n")(tmp_path)
    run("other.rst")
    run()
    assert ">77<" in (tmp_path / "_build/html/index.html").read_text("utf-8")


#: Code that leaves files behind, or comes by those of others, and is to be run once all the same.
QUIET: Final = {
    "a file that is renamed": (
        "import os\npd.Series([1]).to_csv('c.tmp')\nos.replace('c.tmp', 'c.csv')\n"
        "pd.read_csv('c.csv')"
    ),
    "a folder of its own": (
        "import os, shutil\nos.makedirs('work')\nfound = os.listdir('.')\n"
        "shutil.rmtree('work')\npd.Series([1])"
    ),
    "the folders of the build": "import os\npd.Series([len(list(os.walk('.')))])",
    "version control": "from pathlib import Path\npd.Series([len(list(Path().rglob('*')))])",
}


@pytest.mark.parametrize("name", QUIET)
def test_what_is_no_data_calls_for_no_page(name: str, tmp_path: Path) -> None:
    text = f"{page(QUIET[name])}\n{page('pd.Series([1])', options=':download:')}"
    write_files(tmp_path, {"index.rst": text, ".git/index": "1", "_build/.gitignore": "*"})
    for number in range(3):
        # The output lies in the folder of the sources, as it often does.
        built = build_in(tmp_path / "_build", source="..", builder=["html", "text", "html"][number])
        write(".git/index", str(number))(tmp_path)
    assert built.read == set()


def test_a_folder_to_depend_on_stands_for_all_that_is_in_it(build: Build) -> None:
    text = page("pd.Series([1])", options=":depends: sub")
    build({"index.rst": text, "sub/a": "1"}, builder="dummy")
    assert build({"sub/deep/b": "1"}, builder="dummy").read == {"index"}
    assert build(builder="dummy").read == set()


def test_a_build_that_is_killed_and_run_again_shows_the_truth(tmp_path: Path) -> None:
    killed_and_run_again(tmp_path, rounds=3, seed=1)
