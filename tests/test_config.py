"""What conf.py decides for all tables."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import docutils_namespace
from sphinx_builds import Build, cell_texts, page, write_files

if TYPE_CHECKING:
    from pathlib import Path

CODE = "open('ran', 'w').close()\npd.DataFrame({'a': [1]})"


def test_the_names_of_the_preamble_are_in_every_snippet(build: Build) -> None:
    preamble = "import math\nrates = pd.DataFrame({'a': [1]})\ndef double(x): return 2 * x"
    text = page("rates['b'] = double(math.floor(2.5))\ndf = rates") + "\n" + page("rates")
    built = build(text, builder="dummy", df_table_preamble=preamble)
    first, second = (cell_texts(table) for table in built.tables())
    assert first == [["a", "b"], ["1", "4"]]
    assert second == [["a"], ["1"]], "each snippet has its own copy of a frame"


def test_the_preamble_runs_once_a_page_in_the_folder_of_the_configuration(
    build: Build, tmp_path: Path
) -> None:
    preamble = (
        "import os\nstart = os.getcwd()\nwith open(os.environ['LOG'], 'a') as log: log.write('x')\n"
    )
    code = "import os\npd.DataFrame({'a': [start, os.getcwd()]})"
    files = {"conf.py": "", "sub/page.rst": ":orphan:\n\n" + page(code) + "\n" + page(code)}
    log = tmp_path / "log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOG", str(log))
        built = build(files, builder="dummy", df_table_preamble=preamble)
    assert cell_texts(built.tables("sub/page")[1])[1:] == [
        [str(built.source)],
        [str(built.source / "sub")],
    ]
    assert log.read_text() == "x"


def test_the_preamble_s_options_hold_for_every_snippet(build: Build) -> None:
    preamble = (
        "import warnings\npd.set_option('display.precision', 2)\nwarnings.simplefilter('ignore')"
    )
    code = "warnings.warn('x')\npd.Series([pd.get_option('display.precision')])"
    text = page("import warnings\n" + code.replace("pd.get", "1 or pd.get")) + "\n"
    text += page("import warnings\npd.set_option('display.precision', 9)\n" + code) + "\n"
    text += page("import warnings\n" + code)
    built = build(text, builder="dummy", df_table_preamble=preamble)
    assert [cell_texts(table)[1] for table in built.tables()] == [["1"], ["9"], ["2"]]
    assert "UserWarning" not in built.status


@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize(
    ("preamble", "message"),
    [
        (
            "x = 1\ny = x / 0",
            "failed at line 2 with ZeroDivisionError: division by zero, at: y",
        ),
        ("x = = 1", "failed at line 1 with SyntaxError: invalid syntax, at: x = = 1"),
        ("import sys\nsys.exit(0)", "failed at line 2 with SystemExit: 0"),
        ("raise KeyboardInterrupt", "failed at line 1 with KeyboardInterrupt"),
    ],
)
def test_a_failing_preamble_is_one_warning_a_build(
    preamble: str, message: str, jobs: int, build: Build
) -> None:
    pages = {f"p{n}.rst": ":orphan:\n\n" + page(CODE) + "\n" + page(CODE) for n in range(8)}
    configuration = {"df_table_preamble": preamble, "jobs": jobs, "builder": "dummy"}
    built = build(pages, warns=1, **configuration)
    assert f"df_table_preamble {message}" in built.warnings[0]
    assert "[df_table.preamble]" in built.warnings[0]
    assert len(list(built.doctrees["p3"].findall(nodes.error))) == 2
    assert build(warns=1, **configuration).read == {f"p{n}" for n in range(8)}
    build(warns=0, suppress_warnings=["df_table.preamble"], **configuration)
    good = build(jobs=jobs, builder="dummy", df_table_preamble="x = 1")
    assert len(good.tables("p3")) == 2


@pytest.mark.parametrize(
    ("preamble", "message"),
    [
        ("while True: pass", "df_table_preamble timed out after 0.7 seconds"),
        ("import os\nos._exit(3)", "The process of df_table_preamble exited with status 3"),
    ],
)
def test_a_preamble_without_an_end_is_run_once(
    preamble: str, message: str, build: Build, tmp_path: Path
) -> None:
    pages = {f"p{n}.rst": ":orphan:\n\n" + (page(CODE) + "\n") * 2 for n in range(4)}
    log = tmp_path / "log"
    preamble = f"with open({str(log)!r}, 'a') as log: log.write('x')\n{preamble}"
    built = build(pages, builder="dummy", df_table_preamble=preamble, df_table_timeout=0.7, warns=1)
    assert log.read_text() == "x"
    assert message in built.warnings[0]
    assert "[df_table.preamble]" in built.warnings[0]


def test_the_limit_of_a_table_is_not_the_preamble_s(build: Build) -> None:
    preamble = "import time\ntime.sleep(1)"
    text = page("pd.Series([1])", options=":timeout: 0.5") + "\n" + page("pd.Series([2])")
    built = build(text, builder="dummy", df_table_preamble=preamble)
    assert [cell_texts(table)[1] for table in built.tables()] == [["1"], ["2"]]


def test_functions_of_the_preamble_see_the_names_of_the_snippet(build: Build) -> None:
    preamble = (
        "seen = {}\ncount = 0\n"
        "def note(name, *, twice=True):\n"
        "    global count\n    count += 1\n    seen[name] = count * (2 if twice else 1)\n"
    )
    code = "pd.DataFrame({'a': [str(seen), count]})"
    text = page(f"note('x')\n{code}") + "\n" + page(f"note('y', twice=False)\n{code}")
    built = build(text, builder="dummy", df_table_preamble=preamble)
    assert [cell_texts(table)[1:] for table in built.tables()] == [
        [["{'x': 2}"], ["1"]],
        [["{'y': 1}"], ["1"]],
    ]


FRAME = "pd.DataFrame({'a': [0.25, None, 2]})"


def test_formats_of_all_tables_are_configured_and_those_of_one_go_first(build: Build) -> None:
    text = page(FRAME) + "\n" + page(FRAME, options=":precision: 2\n:na-rep: none") + "\n"
    text += page(FRAME, options=":na-rep:")
    built = build(text, builder="dummy", df_table_precision=1, df_table_na_rep="-")
    assert [[row[0] for row in cell_texts(table)[1:]] for table in built.tables()] == [
        ["0.2", "-", "2.0"],
        ["0.25", "none", "2.00"],
        ["0.2", "", "2.0"],
    ]


def test_more_rows_than_configured_are_cut_with_a_warning(build: Build) -> None:
    text = page(FRAME) + "\n" + page(FRAME, options=":max-rows: 0")
    built = build(text, builder="dummy", df_table_max_rows=2, warns=1)
    assert "The frame has 3 rows, but df_table_max_rows limits the table to 2." in built.warnings[0]
    assert [len(cell_texts(table)) for table in built.tables()] == [3, 4]
    assert "showing 2 of 3 rows" in built.doctrees["index"].astext()
    build(builder="dummy", df_table_max_rows=0, fresh=True)


#: For each configuration value some that it cannot have.
REFUSED: Final[dict[str, tuple[object, ...]]] = {
    "df_table_css": ("maybe", 2, []),
    "df_table_execute": ("flase", "nein", 0.0),
    "df_table_markup": ("html", None, True, ["inline"]),
    "df_table_max_rows": (-1, True, 1.5, None, "ten", "-1"),
    "df_table_memory": (-1, False, 0.5, "1 GB"),
    "df_table_na_rep": (None, 0, ["-"]),
    "df_table_preamble": (None, ["x = 1"], b"x = 1"),
    "df_table_precision": (-1, 1.5, True, "two", "1.5", 101, "300000000"),
    "df_table_print": ("paper", None, 1),
    "df_table_python_warnings": ("error", False),
    "df_table_sortable": ("sometimes", -1),
    "df_table_text_width": (-5, True, 80.0, "wide"),
    "df_table_timeout": (-1, True, None, "soon", float("nan"), float("inf"), "nan", "-0.5"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_a_value_that_is_not_allowed_is_refused(name: str, value: object, build: Build) -> None:
    message = f"^{name} is {re.escape(repr(value))}, not "
    with pytest.raises(ConfigError, match=message):
        build(page(CODE), builder="dummy", warns=None, **{name: value})


def test_an_error_names_what_is_allowed(build: Build) -> None:
    for name, value, allowed in (
        ("df_table_text_width", -5, "a whole number, 0 or more, or None."),
        ("df_table_precision", 101, "a whole number from 0 to 100, or None."),
        ("df_table_print", "paper", "'auto', 'panels', 'landscape' or 'plain'."),
        ("df_table_css", "maybe", "True or False (1 or 0 on the command line)."),
    ):
        with pytest.raises(ConfigError, match=rf"not {re.escape(allowed)}$"):
            build(page(CODE), builder="dummy", **{name: value})


#: Values as the command line gives them, and what they are.
OVERRIDES: Final = [
    ("df_table_css", "0", False),
    ("df_table_css", "1", True),
    ("df_table_markup", "none", "none"),
    ("df_table_max_rows", "10_000", 10_000),
    ("df_table_memory", "512", 512),
    ("df_table_na_rep", "0", "0"),
    ("df_table_preamble", "x = 1", "x = 1"),
    ("df_table_precision", "2", 2),
    ("df_table_precision", "None", None),
    ("df_table_print", "panels", "panels"),
    ("df_table_python_warnings", "warn", "warn"),
    ("df_table_sortable", "1", True),
    ("df_table_sortable", "false", False),
    ("df_table_text_width", "100", 100),
    ("df_table_text_width", "None", None),
    ("df_table_timeout", "0.5", 0.5),
    ("df_table_timeout", "5", 5),
]


@pytest.mark.parametrize(("name", "text", "value"), OVERRIDES)
def test_every_value_can_be_set_on_the_command_line(
    name: str, text: str, value: object, tmp_path: Path
) -> None:
    conf = {"extensions": ["sphinx_df_table"], name: text}
    warning = io.StringIO()
    with docutils_namespace():
        app = Sphinx(tmp_path, None, tmp_path / "out", tmp_path, "dummy", conf, None, warning)
    found = app.config[name]
    assert (found, type(found) is bool) == (value, type(value) is bool)
    assert not warning.getvalue()


def test_the_command_line_limits_the_time_and_rounds(tmp_path: Path) -> None:
    text = page("while True: pass") + "\n" + page("pd.Series([0.123, 1, 2])")
    write_files(tmp_path, {"conf.py": "extensions = ['sphinx_df_table']\n", "index.rst": text})
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "text", "."]
    for value in ("timeout=0.5", "precision=1", "max_rows=2"):
        command += ["-D", f"df_table_{value}"]
    run = subprocess.run(
        [*command, "out"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "0.5 seconds" in run.stderr
    assert "ignoring" not in run.stderr
    assert re.search(r"0\.1\b", (tmp_path / "out" / "index.txt").read_text("utf-8"))
    assert "showing 2 of 3 rows" in (tmp_path / "out" / "index.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "change",
    [
        {"df_table_preamble": "x = 1"},
        {"df_table_markup": "none"},
        {"df_table_max_rows": 1},
        {"df_table_na_rep": "-"},
        {"df_table_precision": 1},
        {"df_table_python_warnings": "warn"},
    ],
)
def test_a_changed_switch_reads_the_pages_again(change: dict[str, object], build: Build) -> None:
    build(page("pd.DataFrame({'a': [1]})"), builder="dummy")
    assert build(builder="dummy").read == set()
    assert build(builder="dummy", **change).read == {"index"}
