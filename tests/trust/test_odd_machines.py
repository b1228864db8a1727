"""What a machine lacks costs tables, not the build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sphinx_builds import page, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable

SUPPORT: Final = Path(__file__).parents[1] / "support"

CONF: Final = """\
extensions = ['sphinx_df_table']
html_theme = 'basic'
df_table_memory = 3000
show_warning_types = True
"""
TABLES: Final = "Title\n=====\n\nText.\n\n" + page("pd.DataFrame({'a': [1]})") * 2
FILES: Final = {
    "conf.py": CONF,
    "index.rst": TABLES + "\n.. toctree::\n\n   other\n",
    "other.rst": TABLES,
}


def sphinx(
    folder: Path, files: dict[str, str], *options: str, **environment: str
) -> tuple[list[str], str]:
    """Build a project; return its warnings and the first page."""
    write_files(folder, files)
    command = [sys.executable, "-m", "sphinx", "-q", *options, str(folder), str(folder / "out")]
    variables = os.environ | environment
    done = subprocess.run(
        command, env=variables, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    lines = re.sub(r"\x1b\[[\d;]*m", "", done.stderr).splitlines()
    return [line for line in lines if line], (folder / "out" / "index.html").read_text("utf-8")


#: Makes a build run all code in one process, as on systems that cannot fork safely.
ONE_PROCESS: Final = """
from sphinx_df_table.client import runner
runner.Runner.__init__.__kwdefaults__['forking'] = False
"""

NO_PROCESS: Final = "Resource temporarily unavailable"
NO_FILE: Final = "No such file or directory: "
NO_PERMISSION: Final = "Permission denied: ''"

LACKING: Final = {
    "forks": {
        "processes": NO_PROCESS,
        "a process for the worker": NO_PROCESS,
        "a process for a page": NO_PROCESS,
        "/dev/null": f"{NO_FILE}'/dev/missing'",
        "a Python": NO_PERMISSION,
        "a known Python": NO_PERMISSION,
    },
    "runs all itself": {
        "processes": NO_PROCESS,
        "threads": "can't start new thread",
        "a Python": NO_PERMISSION,
        "a known Python": NO_PERMISSION,
    },
}


def lacking(mode: str, things: Iterable[str]) -> list[Any]:
    marks = [pytest.mark.forks("there is another case")] if mode == "forks" else []
    conf = CONF + (ONE_PROCESS if mode == "runs all itself" else "")
    return [pytest.param(thing, conf, marks=marks, id=f"{mode}-{thing}") for thing in things]


@pytest.mark.parametrize(
    ("lacks", "conf"), [p for mode in LACKING for p in lacking(mode, LACKING[mode])]
)
def test_each_table_says_why_it_has_no_process(lacks: str, conf: str, tmp_path: Path) -> None:
    mode = "runs all itself" if ONE_PROCESS in conf else "forks"
    broken = str(SUPPORT / "broken_machine")
    warnings, html = sphinx(tmp_path, FILES | {"conf.py": conf}, PYTHONPATH=broken, LACKS=lacks)
    assert len(warnings) == 4, warnings
    for warning in warnings:
        assert re.search(r"(index|other)\.rst:(6|9|10): WARNING: The code's process could", warning)
        assert f"{LACKING[mode][lacks]}. End other programs" in warning
        assert warning.endswith("[df_table.snippet]")
    assert html.count("df-table-message") == 2
    assert "Text." in html


@pytest.mark.forks("memory is not limited")
@pytest.mark.parametrize(
    ("lacks", "reason"),
    [
        ("/proc", "FileNotFoundError"),
        ("limits", "ValueError: not allowed to raise maximum limit"),
        ("memory", "RLIMIT_DATA is 900 megabytes already"),
    ],
)
def test_a_limit_that_cannot_be_set_is_one_warning(lacks: str, reason: str, tmp_path: Path) -> None:
    broken = str(SUPPORT / "broken_machine")
    warnings, html = sphinx(tmp_path, FILES, PYTHONPATH=broken, LACKS=lacks)
    [warning] = warnings
    assert f"the memory cannot be limited here: {reason}" in warning
    assert warning.endswith("[df_table.memory]")
    assert html.count("<td") == 2


@pytest.mark.forks("memory is not limited")
@pytest.mark.parametrize("lacks", ["/proc", "limits", "memory"])
def test_where_no_limit_could_be_set_none_is_blamed(lacks: str, tmp_path: Path) -> None:
    broken = str(SUPPORT / "broken_machine")
    files = {"conf.py": CONF, "index.rst": page("np.ones(10**15)")}
    warnings, _ = sphinx(tmp_path, files, PYTHONPATH=broken, LACKS=lacks)
    [failure] = [warning for warning in warnings if "[df_table.snippet]" in warning]
    assert "MemoryError" in failure
    assert "limited by df_table_memory" not in failure


@pytest.mark.parametrize(("lacks", "conf"), lacking("runs all itself", ["/dev/null", "/proc"]))
def test_no_table_is_lost_in_one_process(lacks: str, conf: str, tmp_path: Path) -> None:
    broken = str(SUPPORT / "broken_machine")
    warnings, html = sphinx(tmp_path, FILES | {"conf.py": conf}, PYTHONPATH=broken, LACKS=lacks)
    assert [warning for warning in warnings if "[df_table.memory]" not in warning] == []
    assert html.count("<td") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no program of that name.")
def test_no_process_outlives_the_build_without_proc(tmp_path: Path) -> None:
    """Without /proc a process has no list of its children."""
    code = (
        "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n"
        "open('pid', 'w').write(str(child.pid))\npd.DataFrame({'a': [1]})"
    )
    broken = str(SUPPORT / "broken_machine")
    files = {"conf.py": CONF, "index.rst": page(code)}
    sphinx(tmp_path, files, PYTHONPATH=broken, LACKS="/proc")
    program = Path("/proc", (tmp_path / "pid").read_text("ascii"), "cmdline")
    for _ in range(100):
        # A process that was killed and not waited for has an empty one.
        if not program.exists() or not program.read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("The program still runs.")


#: Names that projects give to files, of modules that Sphinx itself does not need.
SHADOWS: Final = ("secrets", "glob", "resource", "symtable")


def test_files_with_names_that_are_common_change_nothing(tmp_path: Path) -> None:
    lead = "import os, sys\nsys.path.insert(0, os.path.abspath('.'))\n"
    files = {f"{name}.py": "raise RuntimeError('imported')\n" for name in SHADOWS}
    own = files | FILES | {"conf.py": lead + CONF}
    options = page("pd.DataFrame({'a': ['*x*', None]}).style.bar()", options=":sortable:")
    own["index.rst"] += options + page("{'t': pd.DataFrame({'a': [1]})}", options=":download:")
    warnings, html = sphinx(tmp_path, own)
    assert warnings == []
    assert html.count("<td") == 5
