"""Much of everything: no table is lost, nothing hangs, and memory stays flat."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from asking import ask, request, shown
from sphinx_builds import Build, Built, cell_texts, page, write_files

from sphinx_df_table.client.runner import Runner
from sphinx_df_table.client.transport import ForkingWorker
from sphinx_df_table.model import codec
from sphinx_df_table.model.errors import SnippetError
from sphinx_df_table.model.protocol import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def forker() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.stop()


def test_many_pages_lose_no_table(build: Build) -> None:
    pages = {f"p{n}.rst": f":orphan:\n\n{page(f'pd.Series([{n}])')}" for n in range(60)}
    for jobs in (1, 2):
        built = build(pages, builder="dummy", jobs=jobs, fresh=True)
        assert [cell_texts(built.tables(f"p{n}")[0])[1] for n in range(60)] == [
            [str(n)] for n in range(60)
        ]


#: Pages with much of one thing: the code, the options, and how often it stands there.
MANY: Final = {
    "tables": ("pd.Series([{n}])", "", 100),
    "tables to download": ("pd.Series([{n}])", ":download:", 100),
    "tables to download by one name": ("pd.Series([{n}])", ":download:\n:class: a", 60),
}


@pytest.mark.parametrize("name", MANY)
def test_a_page_of_many_tables_loses_none(name: str, build: Build) -> None:
    code, options, count = MANY[name]
    text = "\n".join(page(code.format(n=n), options=options) for n in range(count))
    built = build(text)
    assert [cell_texts(table)[1] for table in built.tables()] == [[str(n)] for n in range(count)]
    links = [link["href"] for link in built.html().select("a.download")]
    assert len(set(links)) == (count if "download" in options else 0)


def test_many_tabs_lose_none(build: Build) -> None:
    code = "{str(n): pd.DataFrame({'n': [n]}) for n in range(300)}"
    built = build(page(code, options=":download:"))
    assert [cell_texts(table)[1] for table in built.tables()] == [[str(n)] for n in range(300)]
    assert len({link["href"] for link in built.html().select("a.download")}) == 300


def test_many_set_ups_are_all_there_also_in_a_new_process(build: Build) -> None:
    text = "\n".join(f".. df-setup::\n\n   x{n} = {n}\n" for n in range(40))
    total = "pd.Series([sum(globals()[f'x{n}'] for n in range(40))])"
    text += "\n".join([page(total), page("import os\nos._exit(1)"), page(total)])
    built = build(text, builder="dummy", warns=1)
    assert [cell_texts(table)[1] for table in built.tables()] == [["780"], ["780"]]


def test_many_failures_are_as_many_warnings(build: Build) -> None:
    text = "\n".join(page(f"raise ValueError({n})") for n in range(100))
    built = build(text, builder="dummy", warns=100)
    assert [int(re.findall(r"ValueError: (\d+)", line)[0]) for line in built.warnings] == list(
        range(100)
    )


def test_many_python_warnings_are_all_said(build: Build) -> None:
    code = "import warnings\nfor n in range(1000): warnings.warn(f'number {n}')\npd.Series([1])"
    built = build(page(code), builder="dummy", warns=1000, df_table_python_warnings="warn")
    assert "number 999" in built.warnings[-1]


def test_a_long_table_is_cut_at_the_limit_and_says_so(build: Build) -> None:
    code = "pd.DataFrame({c: range(100_000) for c in 'abc'})"
    built = build(page(code, options=":download:"), warns=1)
    assert "limits the table to 10,000" in built.warnings[0]
    html = (built.output / "index.html").read_text("utf-8")
    assert html.count("<tr") == 10_001
    assert "100,000" in html
    [offered] = built.output.rglob("index-1.csv")
    assert len(offered.read_bytes().splitlines()) == 100_001


def test_a_long_table_is_whole_where_it_may_be(build: Build) -> None:
    code = "pd.DataFrame({c: range(30_000) for c in 'ab'})"
    built = build(page(code), df_table_max_rows=0)
    html = (built.output / "index.html").read_text("utf-8")
    assert html.count("<tr") == 30_001
    assert ">29999<" in html


def test_a_wide_table_has_all_columns(build: Build) -> None:
    code = "pd.DataFrame({f'c{n}': [n] for n in range(2000)})"
    built = build(page(code))
    heads = [cell.get_text() for cell in built.html().select("thead th")]
    assert [head.strip() for head in heads] == [f"c{n}" for n in range(2000)]
    assert len(built.html().select("tbody tr > *")) == 2000


def test_large_cells_arrive_whole(build: Build) -> None:
    code = "pd.Series(['x' * 3_000_000, 'y' * 3_000_000])"
    built = build(page(code), builder="dummy")
    assert [len(row[0]) for row in cell_texts(built.tables()[0])[1:]] == [3_000_000] * 2


# One worker.

FORKS: Final = pytest.mark.forks("one process runs all pages, one after the other")


@FORKS
def test_one_worker_answers_many_pages_at_once(tmp_path: Path, forker: Runner) -> None:
    forker.start()
    assert forker._worker is not None
    connections = [forker._worker.connect() for _ in range(200)]
    for number, connection in enumerate(connections):
        code = f"pd.Series([{number}])"
        connection.send(b"t " + codec.encode(request(code, tmp_path, str(number))))
    for number, connection in enumerate(connections):
        answer = None
        while not answer:
            line = connection.receive(time.monotonic() + 120)
            assert line
            answer = codec.decode(Reply, line.removeprefix(b"t "))
        assert shown(answer) == str(number)
        connection.close()


def memory_of(pid: int) -> int:
    """The kilobytes that a process has written to, also those that a child still shares."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    [found] = re.findall(r"^Anonymous: +(\d+)", text, re.MULTILINE)
    return int(found)


@FORKS
def test_a_worker_grows_by_no_page_and_keeps_no_descriptor(tmp_path: Path, forker: Runner) -> None:
    def look() -> tuple[int, int]:
        assert isinstance(forker._worker, ForkingWorker)
        supervisor = forker._worker._process.pid
        [pid] = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
        return memory_of(int(pid)), len(os.listdir(f"/proc/{pid}/fd"))

    figures = []
    for number in range(150):
        assert shown(ask(forker, "pd.Series([1])", tmp_path, str(number)))
        if number % 50 == 49:
            forker.end_page()
            figures.append(look())
    (_, first), (memory, _), (later_memory, last) = figures
    assert abs(last - first) <= 2
    # A page kept would be some hundred kilobytes.
    assert later_memory - memory < 50 * 20


def test_a_page_that_dies_each_time_costs_no_more_than_its_tables(
    tmp_path: Path, forker: Runner
) -> None:
    for number in range(50):
        with pytest.raises(SnippetError):
            ask(forker, "import os; os._exit(1)", tmp_path, str(number))
    assert shown(ask(forker, "pd.Series([5])", tmp_path, "last")) == "5"


# What runs out.


def built_with(
    files: dict[str, str], folder: Path, limits: str
) -> subprocess.CompletedProcess[str]:
    """Build in a process of its own that runs ``limits`` first."""
    conf = f"{limits}\nextensions = ['sphinx_df_table']\nhtml_theme = 'basic'\n"
    write_files(folder / "source", {"conf.py": conf, **files})
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-j", "2", "-b", "text", "source", "out"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_sixty_descriptors_are_enough(tmp_path: Path) -> None:
    limits = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))"
    pages = {f"p{n}.rst": f":orphan:\n\n{page(f'pd.Series([1000 + {n}])')}" for n in range(12)}
    run = built_with({**pages, "index.rst": "T\n=\n"}, tmp_path, limits)
    assert (run.returncode, run.stderr) == (0, "")
    for number in range(12):
        assert str(1000 + number) in (tmp_path / f"out/p{number}.txt").read_text("utf-8")


FULL: Final = (
    "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
)


def offered(built: Built) -> list[str]:
    return [str(link["href"]) for link in built.html().select("a.download")]


def test_a_full_disk_costs_the_file_but_not_the_table_and_the_next_build_tries_again(
    build: Build,
) -> None:
    # The limit is the child's own: a file of more than 1000 bytes meets a full disk.
    code = "import os\nif not os.path.exists('../room'):\n"
    code += "".join(f"    {line}\n" for line in FULL.splitlines())
    code += "pd.DataFrame({'n': range(1000)})"
    built = build(page(code, options=":download:"), warns=1)
    assert re.search(r"cannot be written \(OSError: .*File too large", built.warnings[0])
    assert len(built.tables()) == 1
    assert not offered(built)
    kept = built.folder / "doctrees" / "df-table"
    assert [path for path in kept.rglob("*") if path.is_file()] == []
    assert build(warns=1).read == {"index"}
    (built.folder / "room").write_text("")
    built = build()
    assert len(offered(built)) == 1
    assert build().read == set()


@pytest.mark.parametrize("write", ["print('x' * 500)", "sys.stderr.write('x' * 500)"])
def test_what_is_printed_onto_a_full_disk_costs_no_table(write: str, build: Build) -> None:
    text = page(f"{FULL}import sys\nfor n in range(100):\n    {write}\npd.Series([1])")
    built = build(text + "\n" + page("print('y')\npd.Series([2])"), builder="dummy")
    assert [cell_texts(table)[1] for table in built.tables()] == [["1"], ["2"]]


def test_a_disk_without_room_for_temporary_files_costs_no_table(
    tmp_path: Path, forker: Runner
) -> None:
    code = (
        "import tempfile\ndef full(*_, **__):\n"
        f"    raise OSError({errno.ENOSPC}, 'No space left on device')\n"
        "tempfile.TemporaryFile = full\nprint('x')\npd.Series([1])"
    )
    assert shown(ask(forker, code, tmp_path, "one")) == "1"
    assert shown(ask(forker, "pd.Series([2])", tmp_path, "two")) == "2"
