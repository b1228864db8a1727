"""What goes wrong in one table: one located warning, a box in its place, all else intact."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import Build, cell_texts, page
from docutils import nodes

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "\n\n.. df-table::\n\n   pd.DataFrame({'good': [1]})\n"

#: Code, the number of its failing line, what is said, and the subtype of the warning.
FAULTS = {
    "raised": ("x = 1\nraise ValueError('no data')", 2, "ValueError: no data", "snippet"),
    "quoted": ("1 / 0  # see", 1, "ZeroDivisionError: division by zero, at: 1 / 0", "snippet"),
    "empty message": ("raise OSError", 1, "failed with OSError, at:", "snippet"),
    "message of lines": (r"raise ValueError('a\n\nb')", 1, "ValueError: a b, at:", "snippet"),
    "huge message": ("raise ValueError('x' * 10**6)", 1, "ValueError: x{400}…, at:", "snippet"),
    "unprintable": (r"raise ValueError('\x1b[31m\u202e')", 1, r"\\x1b\[31m\\u202e", "snippet"),
    "unspeakable": (
        "class E(Exception):\n    def __str__(self): return 1\nraise E",
        3,
        r"E: \(its message cannot be formed\)",
        "snippet",
    ),
    "syntax": ("x = 1\nif x:\npass", 3, "IndentationError: expected an indented", "snippet"),
    "syntax at run time": ("x = 1\neval('1 +')", 2, "SyntaxError: invalid syntax", "snippet"),
    "return": ("x = 1\nreturn x", 2, "SyntaxError: 'return' outside function", "snippet"),
    "await": ("await x", 1, "SyntaxError: 'await' outside function", "snippet"),
    "null": ("x = '''\0'''", 1, "(null|SyntaxError)", "snippet"),
    "helper": (
        "def rate(x):\n    y = x + 1\n    return y / 0\n\nz = rate(1)",
        3,
        "ZeroDivisionError: .*, at: return y / 0",
        "snippet",
    ),
    "deep inside pandas": (
        "df = pd.DataFrame({'a': [1]})\ndf = (\n    df\n    .merge(df, on='b')\n)",
        4,
        "KeyError: 'b', at: .merge",
        "snippet",
    ),
    "missing file": ("df = pd.read_csv('gone.csv')", 1, "FileNotFoundError: .*gone.csv", "snippet"),
    "exit": ("import sys\nsys.exit(0)", 2, "SystemExit: 0", "snippet"),
    "exit()": ("exit()", 1, "(SystemExit|NameError)", "snippet"),
    "interrupt": ("raise KeyboardInterrupt", 1, "KeyboardInterrupt, at:", "snippet"),
    "base": ("raise BaseException('x')", 1, "BaseException: x", "snippet"),
    "group": ("raise ExceptionGroup('g', [ValueError(1)])", 1, "ExceptionGroup: g", "snippet"),
    "recursion": ("def f(): f()\nf()", 1, "RecursionError", "snippet"),
    "assertion": ("assert False", 1, "AssertionError, at: assert False", "snippet"),
    "os._exit": (
        "import os\nos._exit(0)",
        0,
        "ended its own process with exit status 0",
        "snippet",
    ),
    "killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        0,
        r"signal 9 \(SIGKILL\)",
        "snippet",
    ),
    "nothing to show": (
        "import math\nx = 1\ndef f(): pass",
        0,
        "no variable df; it defines math, x, f. Name a frame",
        "snippet",
    ),
    "nothing at all": ("pass", 0, "no variable df; it defines nothing", "snippet"),
    "no frame": ("df = [1, 2]", 0, "variable df is of type list, not a DataFrame", "data"),
    "no frame at the end": ("42", 0, "last expression is of type int", "data"),
    "no columns": ("pd.DataFrame(index=[1])", 0, "has no columns", "data"),
    "no text": (
        "class O:\n    def __str__(self): raise RuntimeError\npd.DataFrame({'a': [O()]})",
        0,
        "column 'a' has no text",
        "data",
    ),
    "odd type": (
        (
            "class M(type):\n    @property\n    def __name__(cls): raise RuntimeError\n"
            "class E(Exception, metaclass=M): pass\nraise E"
        ),
        5,
        "failed with E, at: raise E",
        "snippet",
    ),
    "no message of a syntax error": ("raise SyntaxError", 1, "SyntaxError, at:", "snippet"),
    "wild frame": (
        "class F(pd.DataFrame):\n    @property\n    def iloc(self): exit(1)\nF({'a': [1]})",
        0,
        "cannot be laid out as a table: SystemExit",
        "data",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_snippet_is_one_located_warning(name: str, build: Build) -> None:
    code, line, message, subtype = FAULTS[name]
    lead = "Title\n=====\n\nText.\n\n"
    built = build(lead + page(code) + GOOD, builder="dummy", warns=1)
    # The directive stands in line 6, its code begins in line 8.
    number = 7 + line if line else 6
    [warning] = built.warnings
    assert warning.startswith(f"{built.source / 'index.rst'}:{number}: WARNING: ")
    assert warning.endswith(f"[df_table.{subtype}]")
    assert re.search(message, warning)
    [box] = built.doctrees["index"].findall(nodes.error)
    assert "could not be built" in box.astext()
    assert str(built.folder) not in box.astext()
    assert "Traceback" not in box.astext()
    assert [cell_texts(table) for table in built.tables()] == [[["good"], ["1"]]]


def test_a_failing_snippet_can_be_silenced(build: Build) -> None:
    built = build(page("1/0"), builder="dummy", suppress_warnings=["df_table.snippet"])
    assert list(built.doctrees["index"].findall(nodes.error))
    assert built.returned == 0


def test_a_failing_snippet_fails_a_build_that_takes_warnings_as_errors(tmp_path: Path) -> None:
    source = tmp_path / "page"
    source.mkdir()
    (source / "conf.py").write_text("extensions = ['sphinx_df_table']")
    (source / "index.rst").write_text(page("1/0") + GOOD)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "text", str(source), str(tmp_path / "o")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert "good" in (tmp_path / "o" / "index.txt").read_text()
    fatal = subprocess.run([*command, "-E", "-W", "--keep-going"], check=False, capture_output=True)
    assert fatal.returncode == 1
    assert "good" in (tmp_path / "o" / "index.txt").read_text()


OPTION_FAULTS = {
    "unknown": (":file: a.csv", 'unknown option: "file"'),
    "encoding": (":encoding: utf-8", 'unknown option: "encoding"'),
    "index": (":index: perhaps", '"perhaps" unknown; choose from "auto", "show", or "hide"'),
    "markup": (":markup: html", 'choose from "inline", "none", or "block"'),
    "header-rows": (":header-rows: -1", "negative"),
    "stub-columns": (":stub-columns: x", "invalid literal"),
    "df-var": (":df-var: df.T", "'df.T' is not the name of a variable"),
    "timeout": (":timeout: soon", "'soon' is not a number of seconds"),
    "widths": (":widths: 0 1", "zero"),
    "format": (":format: Cost", "'Cost' is not 'column: format'"),
    "no format": (":format:", "give a line 'column: format'"),
    "broken format": (":format: a: {:.2f", "is not a format string"),
    "precision": (":precision: -1", "negative"),
    "align-columns": (":align-columns: a: middle", "is not 'column: left'"),
    "columns": (":columns:", "name at least one column"),
    "max-rows": (":max-rows: all", "invalid literal"),
    "hoist-constants": (":hoist-constants: yes", "no argument is allowed"),
    "sync-group": (":sync-group:", "argument required"),
    "align": (":align: middle", '"middle" unknown'),
    "header": (':header: a,"b', "cannot be read as CSV"),
    "depends": (":depends:", "name at least one file"),
    "header and no header": (":header: a\n:header-rows: 0", "drop one of the two"),
    "two names": (":df-var: a\n:df-arg: b", "give only one of the two"),
}


@pytest.mark.parametrize("name", OPTION_FAULTS)
def test_a_bad_option_is_an_error_at_the_directive(name: str, build: Build) -> None:
    options, message = OPTION_FAULTS[name]
    text = "Title\n=====\n\n" + page("pd.DataFrame({'a': [1]})", options=options) + GOOD
    source = build(text, builder="dummy", warns=None)
    [first, *_] = source.warnings
    assert first.startswith(f"{source.source / 'index.rst'}:4: ERROR: ")
    assert message in " ".join(source.warnings)
    assert [cell_texts(table) for table in source.tables()] == [[["good"], ["1"]]]


RESULT_FAULTS = {
    "header-rows": (":header-rows: 9", ":header-rows: asks for 9"),
    "stub-columns": (":stub-columns: 2", ":stub-columns: asks for 2"),
    "header": (":header: a", ":header: gives 1 labels"),
    "widths": (":widths: 1 2 3", ":widths: gives 3 widths, but the table has 2 columns"),
    "columns": (":columns: A", ":columns: names 'A', but there is no such column (the nearest"),
    "df-var": (":df-var: other", "no variable other; it defines x"),
}


@pytest.mark.parametrize("name", RESULT_FAULTS)
def test_an_option_that_does_not_fit_is_one_warning(name: str, build: Build) -> None:
    options, message = RESULT_FAULTS[name]
    code = "x = pd.DataFrame({'a': [1], 'b': [2]})\nx"
    built = build(page(code, options=options) + GOOD, builder="dummy", warns=1)
    assert message in built.warnings[0]
    assert [cell_texts(table) for table in built.tables()] == [[["good"], ["1"]]]


#: Options that do not fit as they are: the table is shown, and this is said.
MISFITS = {
    "format": (":format: a: {:%Y}", "'{:%Y}' does not fit '1' (int) in column 'a', row 1;"),
    "format of no column": (":format: A: {}", ":format: names 'A'"),
    "align-columns": (":align-columns: c: left", ":align-columns: names 'c'"),
    "sync-group": (":sync-group: x", ":sync-group: is for tabs"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_wish_that_cannot_be_met_is_one_warning_beside_the_table(name: str, build: Build) -> None:
    options, message = MISFITS[name]
    code = "pd.DataFrame({'a': [1], 'b': [2]})"
    built = build("Text.\n\n" + page(code, options=options), builder="dummy", warns=1)
    assert "index.rst:3: WARNING: " in built.warnings[0]
    assert message in built.warnings[0]
    assert built.warnings[0].endswith("[df_table.data]")
    assert [cell_texts(table) for table in built.tables()] == [[["a", "b"], ["1", "2"]]]
    build(builder="dummy", fresh=True, suppress_warnings=["df_table.data"])


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("df['Throughputs']", "'Throughput (ms)'"),
        ("df[['model', 'Cost']]", "'Model'"),
        ("df.sort_values('Modell')", "'Model'"),
        ("pd.merge(df, df.copy(), on='Prize')", "'Price'"),
        ("df.groupby('prices').sum()", "'Price'"),
        ("df[2023]", "'2024'"),
        ("df.set_index('Model').xs(1, level='Mod')", None),
    ],
)
def test_a_missing_column_suggests_the_nearest(code: str, names: str | None, build: Build) -> None:
    frame = (
        "df = pd.DataFrame({'Model': ['a'], 'Throughput (ms)': [1], 'Price': [1], '2024': [0]})\n"
    )
    built = build(page(frame + code), builder="dummy", warns=1)
    if names:
        assert f"nearest column names: {names}" in built.warnings[0]
    else:
        assert "nearest" not in built.warnings[0]


@pytest.mark.parametrize(
    "text",
    [".. df-table::\n", ".. df-table::\n   df = pd.DataFrame()\n", ".. df-table:: title\n\n"],
)
def test_missing_code_is_one_warning(text: str, build: Build) -> None:
    built = build(f"Title\n=====\n\n{text}", builder="dummy", warns=1)
    assert "index.rst:4: WARNING: There is no code. Leave an empty line" in built.warnings[0]


def test_a_page_with_a_failed_table_is_read_again(build: Build) -> None:
    assert build(page("1/0"), builder="dummy", warns=1).read == {"index"}
    assert build(builder="dummy", warns=1).read == {"index"}
    assert build(page("pd.DataFrame({'a': [1]})"), builder="dummy").read == {"index"}
    assert build(builder="dummy").read == set()
