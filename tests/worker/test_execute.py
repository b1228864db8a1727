"""Where and how snippets run: what they find, what they leave, and what they cannot reach."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asking import LOOP, ask, show, shown, values
from sphinx_builds import Build, cell_texts, page, write_files

if TYPE_CHECKING:
    from sphinx_df_table.client.runner import Runner

pytestmark = pytest.mark.own_worker


def test_a_snippet_has_pandas_and_numpy(build: Build) -> None:
    assert values(build(show("int(np.sum(pd.Series([1, 2])))"), builder="dummy")) == ["3"]


def test_a_snippet_runs_in_the_folder_of_its_page(build: Build) -> None:
    code = "import os, sys\npd.DataFrame({'value': [os.getcwd(), __file__, sys.path[0], __name__]})"
    built = build({"a/b/page.rst": ":orphan:\n\n" + page(code)}, builder="dummy")
    folder = built.source / "a" / "b"
    rows = [row[0] for row in cell_texts(built.tables("a/b/page")[0])[1:]]
    assert rows == [str(folder), str(folder / "page.rst"), str(folder), "__main__"]


def test_a_snippet_has_the_environment_of_the_build(build: Build) -> None:
    code = "import os\npd.Series(sorted(os.environ))"
    shown = [row[0] for row in cell_texts(build(page(code), builder="dummy").tables()[0])[1:]]
    # The variable is the test's own: it is set while Sphinx builds.
    assert set(shown) - {"DOCUTILSCONFIG"} == os.environ.keys() - {"DOCUTILSCONFIG"}


def test_modules_beside_page_and_configuration_can_be_imported(build: Build) -> None:
    built = build(
        {
            "conf.py": "",
            "central.py": "x = 1",
            "sub/local.py": "y = 2",
            "sub/page.rst": ":orphan:\n\n"
            + show("x + y", "from central import x\nfrom local import y"),
        },
        builder="dummy",
    )
    assert values(built, "sub/page") == ["3"]
    assert not list(built.source.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("code", "options", "shown"),
    [
        ("df = pd.DataFrame({'a': [1]})", "", "1"),
        ("df = pd.DataFrame({'a': [1]})\ndf * 2", "", "2"),
        ("df = pd.DataFrame({'a': [1]})\ndf.rename(columns={'a': 'b'}, inplace=True)", "", "1"),
        ("df = pd.DataFrame({'a': [1]})\ndf.shape", "", "1"),
        ("df = pd.DataFrame({'a': [1]})\nother = df * 3\ndf * 2", ":df-var: other", "3"),
        ("df = pd.DataFrame({'a': [1]})\nother = df * 3", ":df-var: other", "3"),
        ("pd.Series([4])", "", "4"),
        ("df = pd.DataFrame({'a': [1]})['a']", "", "1"),
    ],
)
def test_what_is_shown(code: str, options: str, shown: str, build: Build) -> None:
    assert values(build(page(code, options=options), builder="dummy")) == [shown]


def test_each_snippet_has_names_of_its_own(build: Build) -> None:
    text = page("x = 1\ndf = pd.DataFrame({'value': [x]})") + "\n" + page("x")
    built = build(text, builder="dummy", warns=1)
    assert "NameError: name 'x' is not defined" in built.warnings[0]
    assert values(built) == ["1"]


def test_output_goes_to_the_verbose_log_only(build: Build) -> None:
    code = (
        "import os, sys\nprint('printed')\nsys.stderr.write('complained')\n"
        "os.system('echo shouted')\npd.DataFrame({'a': [1]})"
    )
    quiet = build(page(code), builder="dummy")
    assert "printed" not in quiet.status
    loud = build(page(code), builder="dummy", fresh=True, verbose=1)
    for word in ("printed", "complained", "shouted"):
        assert word in loud.status
    assert f"{loud.source / 'index.rst'}:1: output of df-table" in loud.status


def test_a_lot_of_output_does_no_harm(build: Build) -> None:
    code = "for n in range(10**6): print('x' * 20)\npd.DataFrame({'a': [1]})"
    built = build(page(code), builder="dummy", verbose=1)
    assert values(built) == ["1"]
    assert len(built.status) < 100_000


WARNING = "import warnings\n\nwarnings.warn('soon gone', FutureWarning)\n" * 2


def test_python_warnings_are_information(build: Build) -> None:
    code = WARNING + "for _ in 'ab': warnings.warn('again')\npd.DataFrame({'a': [1]})"
    built = build(page(code), builder="dummy")
    said = [line for line in built.status.splitlines() if "Warning: " in line]
    place = built.source / "index.rst"
    assert said == [
        f"{place}:5: FutureWarning: soon gone",
        f"{place}:8: FutureWarning: soon gone",
        f"{place}:9: UserWarning: again",
    ]


def test_python_warnings_can_count(build: Build) -> None:
    code = WARNING + "pd.DataFrame({'a': [1]})"
    built = build(page(code), builder="dummy", warns=2, df_table_python_warnings="warn")
    assert built.warnings[0] == (
        f"{built.source / 'index.rst'}:5: WARNING: FutureWarning: soon gone [df_table.python]"
    )


def test_a_warning_of_another_thread_has_the_first_line(build: Build) -> None:
    code = (
        "import threading, warnings\nthread = threading.Thread(target=warnings.warn, args=['on'])\n"
        "thread.start()\nthread.join()\npd.Series([1])"
    )
    built = build(page(code), builder="dummy", warns=1, df_table_python_warnings="warn")
    assert "index.rst:3: WARNING: UserWarning: on" in built.warnings[0]


def test_a_warning_from_within_pandas_has_the_line_of_the_page(build: Build) -> None:
    code = "x = 1\n\npd.DataFrame({'a': [1]}).pipe(lambda frame: np.log(frame - 1))"
    built = build(page(code), builder="dummy")
    assert f"{built.source / 'index.rst'}:5: RuntimeWarning: divide by zero" in built.status


def test_an_invalid_escape_is_warned_of_at_its_line(build: Build) -> None:
    built = build(page("x = 1\ny = '\\d'\npd.DataFrame({'a': [1]})"), builder="dummy")
    # Python 3.11 calls it a DeprecationWarning.
    place = re.escape(f"{built.source / 'index.rst'}:4: ")
    assert re.search(rf"{place}(Syntax|Deprecation)Warning: .*escape", built.status)


def test_code_that_takes_too_long_is_stopped(build: Build) -> None:
    text = "\n".join(
        [
            show("1"),
            page(LOOP, options=":timeout: 0.5"),
            show("2"),
        ]
    )
    built = build(text, builder="dummy", warns=1)
    assert "Timed out after 0.5 seconds. Speed up the code" in built.warnings[0]
    assert values(built) == ["1", "2"]


def test_the_time_limit_is_configured(build: Build) -> None:
    built = build(page(LOOP), builder="dummy", warns=1, df_table_timeout=0.5)
    assert "Timed out after 0.5 seconds. Speed up the code" in built.warnings[0]


@pytest.mark.parametrize("options", [":timeout: 0", ":timeout: 30"])
def test_an_option_lifts_the_time_limit(options: str, build: Build) -> None:
    code = "import time\ntime.sleep(1)\npd.DataFrame({'a': [1]})"
    built = build(page(code, options=options), builder="dummy", df_table_timeout=0.3)
    assert values(built) == ["1"]


def test_modules_in_the_folder_where_the_build_starts_do_not_matter(tmp_path: Path) -> None:
    conf = "extensions = ['sphinx_df_table']"
    write_files(tmp_path, {"conf.py": conf, "index.rst": show("1"), "json.py": "raise ValueError"})
    command = [str(Path(sys.executable).with_name("sphinx-build")), "-qW", "-b", "text", ".", "out"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_build_without_tables_starts_no_worker(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    build(show("1"), builder="dummy")
    monkeypatch.setattr(subprocess, "Popen", refuse)
    built = build({"other.rst": ":orphan:\n\nText.\n"}, builder="dummy")
    assert built.read == {"other"}


PAGES = {
    f"page{number}.rst": ":orphan:\n\n" + show(f"{number}") + "\n" + show(f"{number} + 100")
    for number in range(12)
}


@pytest.mark.forks("each reader has a process of its own")
def test_readers_of_a_parallel_build_share_one_worker(build: Build) -> None:
    files = {
        name: text.replace("[", "[__import__('os').getppid(), ") for name, text in PAGES.items()
    }
    built = build(files, builder="dummy", jobs=2)
    parents = {cell_texts(t)[1][0] for name in range(12) for t in built.tables(f"page{name}")}
    assert len(parents) == 1


def test_snippets_run_one_after_the_other(runner: Runner, tmp_path: Path) -> None:
    for number in range(3):
        assert shown(ask(runner, f"pd.Series([{number}])", tmp_path)) == str(number)


def test_pages_have_surroundings_of_their_own(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    look = "import os, sys\npd.Series([os.getcwd() + sys.path[0]])"
    for folder in (tmp_path, tmp_path / "sub", tmp_path):
        assert shown(ask(runner, look, folder, page=folder.name)) == f"{folder}{folder}"


def test_output_is_captured(runner: Runner, tmp_path: Path) -> None:
    code = "import os\nprint('a')\nos.write(1, b'b')\npd.Series([1])"
    assert sorted(ask(runner, code, tmp_path).output) == ["\n", "a", "b"]


@pytest.mark.parametrize("limit", [1e8, 1e300, float("inf")])
def test_any_limit_that_is_a_number_will_do(limit: float, runner: Runner, tmp_path: Path) -> None:
    assert shown(ask(runner, "pd.Series([1])", tmp_path, timeout=limit)) == "1"


def test_an_option_that_code_adds_to_pandas_does_no_harm(runner: Runner, tmp_path: Path) -> None:
    code = "import pandas._config.config as c\nc.register_option('mylib.x', 1)\npd.Series([1])"
    assert shown(ask(runner, code, tmp_path)) == "1"
    assert shown(ask(runner, "pd.Series([2])", tmp_path)) == "2"


def test_a_page_waits_for_its_next_table_whatever_sockets_do_by_default(build: Build) -> None:
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(5.0)
    try:
        built = build("\n".join(page(f"pd.Series([{n}])") for n in range(5)), builder="dummy")
    finally:
        socket.setdefaulttimeout(timeout)
    assert len(built.tables()) == 5
