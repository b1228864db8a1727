"""What a machine lacks costs tables, not the build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from sphinx_builds import page, write_files

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


LACKING: Final = {
    "processes": "Resource temporarily unavailable",
    "a process for the worker": "Resource temporarily unavailable",
    "a process for a page": "Resource temporarily unavailable",
    "/dev/null": "No such file or directory: '/dev/missing'",
}


@pytest.mark.skipif(sys.platform != "linux", reason="The worker forks on Linux only.")
@pytest.mark.parametrize("lacks", LACKING)
def test_each_table_says_why_it_has_no_process(lacks: str, tmp_path: Path) -> None:
    broken = str(SUPPORT / "broken_machine")
    warnings, html = sphinx(tmp_path, FILES, PYTHONPATH=broken, LACKS=lacks)
    assert len(warnings) == 4, warnings
    for warning in warnings:
        assert re.search(r"(index|other)\.rst:(6|9|10): WARNING: The code's process could", warning)
        assert f"{LACKING[lacks]}. End other programs" in warning
        assert warning.endswith("[df_table.snippet]")
    assert html.count("df-table-message") == 2
    assert "Text." in html


@pytest.mark.skipif(sys.platform != "linux", reason="Memory is limited on Linux only.")
def test_a_limit_that_cannot_be_set_is_one_warning(tmp_path: Path) -> None:
    broken = str(SUPPORT / "broken_machine")
    warnings, html = sphinx(tmp_path, FILES, PYTHONPATH=broken, LACKS="/proc")
    [warning] = warnings
    assert "the memory cannot be limited here: FileNotFoundError" in warning
    assert warning.endswith("[df_table.memory]")
    assert html.count("<td") == 2


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


def test_no_file_is_opened_without_an_encoding(tmp_path: Path) -> None:
    environment = {"PYTHONWARNDEFAULTENCODING": "1"}
    warnings, _ = sphinx(tmp_path, FILES, **environment)
    assert not [warning for warning in warnings if "sphinx_df_table" in warning]
