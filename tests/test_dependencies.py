"""The next build shows what the files hold, and reads only the pages concerned."""

from __future__ import annotations

import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from conftest import Build, Built, cell_texts, page

if TYPE_CHECKING:
    from pathlib import Path

OTHER = ":orphan:\n\n" + page("pd.DataFrame({'a': [1]})")


def start(build: Build, code: str, options: str = "", **files: str) -> Built:
    """Build a page whose code reads files, beside one whose does not."""
    named = {name.replace("__", "/").replace("_csv", ".csv"): text for name, text in files.items()}
    return build(
        {"index.rst": page(code, options=options), "other.rst": OTHER, **named}, builder="dummy"
    )


def again(build: Build, warns: int = 0, **keywords: object) -> frozenset[str]:
    return build(builder="dummy", warns=warns, **keywords).read


def write_older(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1, 1))


READ = "pd.read_csv('data.csv')"


def test_nothing_is_read_again_when_nothing_changed(build: Build) -> None:
    start(build, READ, data_csv="a\n1\n")
    assert again(build) == set()


def test_a_changed_file_is_read_again_also_when_it_is_older(build: Build) -> None:
    built = start(build, READ, data_csv="a\n1\n")
    write_older(built.source / "data.csv", "a\n2\n")
    assert again(build) == {"index"}
    assert again(build) == set()
    (built.source / "data.csv").write_text("a\n3\n")
    assert again(build) == {"index"}


def test_a_changed_file_is_read_again_by_a_parallel_build(build: Build) -> None:
    pages = {f"p{n}.rst": ":orphan:\n\n" + page(f"pd.read_csv('d{n}.csv')") for n in range(8)}
    data = {f"d{n}.csv": "a\n1\n" for n in range(8)}
    built = build(pages | data, builder="dummy", jobs=2)
    for number in (2, 5):
        write_older(built.source / f"d{number}.csv", "a\n9\n")
    built = build(builder="dummy", jobs=2)
    assert built.read == {"p2", "p5"}
    assert cell_texts(built.tables("p5")[0])[1] == ["9"]


def test_a_missing_file_is_read_once_it_comes(build: Build) -> None:
    code = (
        "try:\n    df = pd.read_csv('late.csv')\nexcept FileNotFoundError:\n    df = pd.Series([0])"
    )
    built = start(build, code)
    assert again(build) == set()
    write_older(built.source / "late.csv", "a\n1\n")
    assert again(build) == {"index"}
    (built.source / "late.csv").unlink()
    assert again(build) == {"index"}
    assert again(build) == set()


def test_a_file_that_is_only_looked_for_counts_too(build: Build) -> None:
    code = "import os\npd.Series([os.path.exists('late.csv')])"
    built = start(build, code)
    (built.source / "late.csv").write_text("a\n1\n")
    assert again(build) == {"index"}


def test_a_missing_file_outside_the_project_does_not_count(build: Build, tmp_path: Path) -> None:
    code = "import os\npd.Series([os.path.exists('../late.csv')])"
    start(build, code)
    (tmp_path / "late.csv").write_text("a\n1\n")
    assert again(build) == set()


def test_a_file_outside_the_project_counts(build: Build, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a\n1\n")
    start(build, "pd.read_csv('../data.csv')")
    write_older(tmp_path / "data.csv", "a\n2\n")
    assert again(build) == {"index"}


def test_a_link_counts_as_what_it_leads_to(build: Build, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write_older(source / "one.csv", "a\n1\n")
    (source / "two.csv").write_text("a\n22\n")
    (source / "data.csv").symlink_to("one.csv")
    start(build, READ)
    (source / "data.csv").unlink()
    (source / "data.csv").symlink_to("two.csv")
    assert again(build) == {"index"}


@pytest.mark.parametrize(
    "code",
    [
        "import glob\npd.concat(map(pd.read_csv, sorted(glob.glob('parts/*.csv'))))",
        "from glob import glob\npd.Series(sorted(glob('*.csv', root_dir='parts')))",
        "from pathlib import Path\npd.concat(map(pd.read_csv, Path('parts').glob('*.csv')))",
        "from pathlib import Path\npd.concat(map(pd.read_csv, Path().rglob('*.csv')))",
    ],
)
def test_a_new_match_of_a_pattern_is_read(code: str, build: Build) -> None:
    built = start(build, code, parts__one_csv="a\n1\n")
    assert again(build) == set()
    write_older(built.source / "parts" / "two.csv", "a\n2\n")
    assert again(build) == {"index"}
    (built.source / "parts" / "one.csv").unlink()
    assert again(build) == {"index"}
    (built.source / "parts" / "unrelated.txt").write_text("")
    assert again(build) == set()


def test_what_depends_names_counts(build: Build) -> None:
    options = ":depends: parts/*.csv\n          ../outside.txt"
    built = start(build, "pd.Series([1])", options, parts__one_csv="a\n1\n")
    outside = built.source.parent / "outside.txt"
    outside.write_text("1")
    assert again(build) == {"index"}
    write_older(built.source / "parts" / "one.csv", "a\n2\n")
    assert again(build) == {"index"}
    write_older(built.source / "parts" / "two.csv", "a\n2\n")
    assert again(build) == {"index"}
    assert again(build) == set()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("data.parquet", "pd.read_parquet('data.parquet')"),
        ("data.feather", "pd.read_feather('data.feather')"),
        ("data.json", "pd.read_json('data.json')"),
        ("data.csv.gz", "pd.read_csv('data.csv.gz', index_col=0)"),
        ("data.pkl", "pd.read_pickle('data.pkl')"),
        ("data.db", "import sqlite3\npd.read_sql('select a from t', sqlite3.connect('data.db'))"),
        ("data.csv", "pd.read_csv('data.csv', engine='python', index_col=0)"),
        ("data.csv", "pd.read_csv('data.csv', engine='pyarrow', index_col=0)"),
        ("data.csv", "name = 'da' + 'ta.csv'\npd.read_csv(name, index_col=0)"),
        ("data.csv", "from pathlib import Path\npd.Series([Path('data' '.csv').read_text()])"),
    ],
)
def test_files_of_every_kind_count(name: str, code: str, build: Build, tmp_path: Path) -> None:
    path = tmp_path / "source" / name
    path.parent.mkdir()

    def write(frame: pd.DataFrame, time: int) -> None:
        if name.endswith(".db"):
            with sqlite3.connect(path) as database:
                frame.to_sql("t", database, if_exists="replace")
            database.close()
        else:
            kind = {"pkl": "pickle", "gz": "csv"}.get(path.suffix[1:], path.suffix[1:])
            getattr(frame, f"to_{kind}")(path)
        os.utime(path, (time, time))

    write(pd.DataFrame({"a": [1]}), 2)
    start(build, code)
    assert again(build) == set()
    write(pd.DataFrame({"a": [1, 2, 3]}), 1)
    assert again(build) == {"index"}


def test_an_imported_module_counts(build: Build) -> None:
    code = "import helper\npd.Series([helper.x])"
    built = build(
        {"index.rst": page(code), "helper.py": "x = 1", "other.rst": OTHER}, builder="dummy"
    )
    assert again(build) == set()
    write_older(built.source / "helper.py", "x = 2")
    built = build(builder="dummy")
    assert built.read == {"index"}
    assert cell_texts(built.tables()[0])[1] == ["2"]


def test_a_file_that_the_preamble_reads_counts(build: Build) -> None:
    preamble = "rates = pd.read_csv('rates.csv')"
    files = {"conf.py": "", "sub/page.rst": ":orphan:\n\n" + page("rates"), "rates.csv": "a\n1\n"}
    built = build(files, builder="dummy", df_table_preamble=preamble)
    write_older(built.source / "rates.csv", "a\n2\n")
    built = build(builder="dummy", df_table_preamble=preamble)
    assert built.read == {"sub/page"}
    assert cell_texts(built.tables("sub/page")[0])[1] == ["2"]


def test_what_a_snippet_writes_does_not_count(build: Build, tmp_path: Path) -> None:
    code = f"pd.Series([1]).to_csv({str(tmp_path / 'copy')!r} + '.csv')\npd.Series([1])"
    start(build, code)
    (tmp_path / "copy.csv").write_text("changed")
    assert again(build) == set()


@pytest.mark.parametrize(
    "code",
    [
        "pd.DataFrame({'a': [1]}).to_csv('out.csv')\npd.read_csv('out.csv')",
        (
            "import sqlite3\nwith sqlite3.connect('t.db') as db:\n"
            "    pd.DataFrame({'a': [1]}).to_sql('t', db, if_exists='replace')\n"
            "    df = pd.read_sql('select a from t', db)"
        ),
    ],
)
def test_a_file_that_a_snippet_writes_and_reads_is_no_reason_to_read_again(
    code: str, build: Build
) -> None:
    start(build, code)
    assert again(build) == set()


def test_the_name_of_the_folder_is_no_pattern(build: Build) -> None:
    code = "from pathlib import Path\npd.concat(map(pd.read_csv, Path('data').glob('*.csv')))"
    files = {"index.rst": page(code, options=":depends: more/*"), "data/a.csv": "a\n1\n"}
    built = build(files, builder="dummy", source="s [v1] *")
    for name in ("data/b.csv", "more/c.txt"):
        (built.source / name).parent.mkdir(exist_ok=True)
        write_older(built.source / name, "a\n2\n")
        assert build(builder="dummy", source="s [v1] *").read == {"index"}


def test_the_looks_of_a_page_are_forgotten_with_it(build: Build) -> None:
    built = start(build, READ, data_csv="a\n1\n")
    (built.source / "index.rst").write_text(OTHER)
    assert again(build) == {"index"}
    write_older(built.source / "data.csv", "a\n2\n")
    assert again(build) == set()
    (built.source / "other.rst").unlink()
    assert again(build) == set()


def test_a_project_that_was_moved_is_read_anew(build: Build, tmp_path: Path) -> None:
    built = start(build, READ, data_csv="a\n1\n")
    shutil.move(built.source, tmp_path / "moved")
    moved = build(builder="dummy", source="moved")
    assert cell_texts(moved.tables()[0])[1] == ["1"]
