"""Neither files called as Python's modules nor its encoding warnings show in a build."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sphinx_builds import cell_texts, page, write_files

import sphinx_df_table

if TYPE_CHECKING:
    from sphinx_builds import Build

#: Puts its folder first on ``sys.path``, as sphinx-quickstart suggests. What Sphinx imports by
#: itself, in parallel builds too, would be looked up there: it is imported before.
CONF: Final = """\
import importlib, sys
from pathlib import Path
import multiprocessing.connection
import sphinx.application
for name in sphinx.application.builtin_extensions:
    importlib.import_module(name)
sys.path.insert(0, str(Path(__file__).parent))
extensions = ["sphinx_df_table"]
html_theme = "basic"
df_table_preamble = "base = pd.DataFrame({'a': [2, 1], 'b': ['x', None]})"
"""

#: What makes this package, or pandas at its request, do something of each kind.
CODES: Final = [
    ("base", ":download:\n:sortable:\n:name: one\n:show-source: above"),
    ("pd.DataFrame({'v': ['*a*', ':math:`x^2`', ':any:`one`']})", ":markup: inline"),
    ("pd.DataFrame({'v': ['* a\\n* b', '.. note:: c']})", ":markup: block"),
    ("{'x': base, 'y': base, 'z': 1}", ":download:"),
    ("pd.DataFrame({'t': pd.to_datetime(['2020-01-01', None]), 'c': [1j, (1, {2})]})", ""),
    ("pd.read_csv('data.csv').groupby('a').sum().merge(base, on='a').sort_values('b_x')", ""),
    ("pd.DataFrame({'v': [1234.5]})", ":format: v: {:,.2f}\n:depends: *.csv"),
    ("base", ":columns: a, none"),
    ("raise ValueError('wrong')", ""),
    ("import base64x", ""),
    ("base[", ""),
    ("base['none']", ""),
    ("pd.nothing", ""),
    ("class Bad(pd.DataFrame):\n    columns = property(lambda self: nothing)\nBad()", ""),
    ("while True: pass", ":timeout: 0.1"),
    ("import os\nos._exit(3)", ""),
    ("import os, warnings\nwarnings.warn('x')\nprint('y')\nos.system('echo z')\nbase", ""),
    ("import time\ntime.sleep = None\nbase", ""),
    ("import builtins\nbuiltins.len = None\nbase", ""),
]


def write_project(folder: Path) -> None:
    """Write a page with all codes, and one more."""
    tables = [page(code, options=options) for code, options in CODES]
    setup = ".. df-setup::\n\n   shared = base.assign(d=1)\n"
    files = {
        "index.rst": "\n".join(["Title\n=====\n", setup, *tables]),
        "other.rst": ":orphan:\n\n" + page("base"),
        "conf.py": CONF,
        "data.csv": "a,b\n1,2\n",
    }
    write_files(folder, files)


def built(folder: Path, name: str, *options: str, **environment: str) -> tuple[str, str]:
    """Build the project into a folder; return the warnings and the page, as HTML."""
    command = [sys.executable, "-m", "sphinx", "-E", "-v", *options, folder, folder / name]
    run = subprocess.run(
        list(map(str, command)),
        # Python looks for modules in the folder in which it is started, too.
        cwd=folder.parent,
        env=os.environ | environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    assert "Timed out" in run.stderr
    return run.stderr, (folder / name / "index.html").read_text("utf-8")


@pytest.mark.own_worker
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_files_called_as_modules_of_python_change_nothing(jobs: str, tmp_path: Path) -> None:
    write_project(tmp_path)
    before = built(tmp_path, "before", "-j", jobs)
    # Python itself imports a module of another system, such as winreg, if there is one.
    names = {name for name in sys.stdlib_module_names if importlib.util.find_spec(name)}
    shadows = {f"{name}.py": f"raise SystemExit('{name}.py was imported')\n" for name in names}
    write_files(tmp_path, shadows)
    assert built(tmp_path, "after", "-j", jobs) == before


@pytest.mark.own_worker
def test_no_file_is_opened_with_the_encoding_of_the_machine(tmp_path: Path) -> None:
    write_project(tmp_path)
    variables = {
        "PYTHONWARNDEFAULTENCODING": "1",
        "PYTHONWARNINGS": "always::EncodingWarning",
    }
    warnings, _ = built(tmp_path, "out", **variables)
    package = re.escape(str(Path(sphinx_df_table.__file__).parent))
    assert not re.findall(rf"{package}.*EncodingWarning.*", warnings)


def test_code_of_a_page_imports_the_file_of_its_project(build: Build) -> None:
    """Of those that pandas does not import itself: these are Python's in each process."""
    code = "import colorsys\npd.DataFrame({'value': [colorsys.VALUE]})"
    result = build({"index.rst": page(code), "colorsys.py": "VALUE = 'own'\n"})
    assert cell_texts(result.tables()[0])[-1][-1] == "own"
