"""Set-up runs once for a page; what it defines is there below it, and is each table's own."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from sphinx_builds import Build, cell_texts, page, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_builds import Built


def setup(code: str, *, options: str = "") -> str:
    return page(code, options=options).replace("df-table", "df-setup")


def last_cells(built: Built) -> list[str]:
    return [cell_texts(table)[-1][-1] for table in built.tables()]


def lines_of(built: Built) -> list[int]:
    return [int(warning.split(":")[1]) for warning in built.warnings]


def test_what_is_set_up_is_there_for_all_that_follows(build: Build) -> None:
    text = "\n".join(
        [
            setup("import math\nx = pd.DataFrame({'a': [1]})\ndef twice(n): return 2 * n"),
            page("x['a'] = twice(math.floor(1.5))\nx"),
            setup("y = x.assign(a=twice(21))"),
            page("y"),
            page("x"),
        ]
    )
    built = build(text, builder="dummy")
    assert last_cells(built) == ["2", "42", "1"]
    assert not list(built.doctrees["index"].findall(nodes.error))


def test_set_up_shows_nothing(build: Build) -> None:
    built = build("Text.\n\n" + setup("df = pd.DataFrame({'a': [1]})\ndf"), builder="dummy")
    assert built.doctrees["index"].astext() == "Text."


def test_the_variable_df_may_be_set_up(build: Build) -> None:
    text = (
        setup("df = pd.DataFrame({'a': [1]})") + "\n" + page("df['a'] += 1") + "\n" + page("pass")
    )
    assert last_cells(build(text, builder="dummy")) == ["2", "1"]


#: Set-up, and code that changes what it made, in place.
CHANGES = {
    "a frame": ("x = pd.DataFrame({'a': [1]})", "x.loc[0, 'a'] = 9", "x"),
    "its values": ("x = pd.DataFrame({'a': [1]})", "x['a'].to_numpy(copy=False)", "x"),
    "its columns": ("x = pd.DataFrame({'a': [1]})", "x.columns = ['b']", "x"),
    "a list in a cell": ("x = pd.DataFrame({'a': [[1]]})", "x.loc[0, 'a'].append(9)", "x"),
    "a Series": ("x = pd.Series([1])", "x[0] = 9", "x"),
    "an array": ("x = np.array([1])", "x[0] = 9", "pd.Series(x)"),
    "a frame in a dictionary": ("x = {'k': [pd.Series([1])]}", "x['k'][0][0] = 9", "x['k'][0]"),
    "a list": ("x = [1]", "x.append(9)", "pd.Series(x)"),
    "a tuple of lists": ("x = ([1],)", "x[0].append(9)", "pd.Series(x[0])"),
    "a set": ("x = {1}", "x.add(9)", "pd.Series(sorted(x))"),
    "a Styler": ("x = pd.DataFrame({'a': [1]}).style", "x.format('<{}>')", "x"),
    "a Polars frame": (
        "import polars\nx = polars.DataFrame({'a': [1]})",
        "x[0, 'a'] = 9",
        "x",
    ),
    "what cannot be pickled": ("x = [lambda: 1, [1]]", "x[1].append(9)", "pd.Series(x[1])"),
    "a tuple that cannot be pickled": (
        "x = (lambda: 1, [1])",
        "x[1].append(9)",
        "pd.Series(x[1])",
    ),
    "a set that cannot be pickled": ("x = {lambda: 1}", "x.add(9)", "pd.Series([len(x)])"),
    "beside what cannot be pickled": (
        "y = [lambda: 1]\nx = pd.DataFrame({'a': [[1]]})",
        "x.loc[0, 'a'].append(9)",
        "x",
    ),
    "a text that looks like code": (
        "x = pd.DataFrame({'t': [['x']], 's': ['__main__']})",
        "x.loc[0, 't'].append('LEAK')",
        "x",
    ),
    "a list beside an integer": (
        "y = lambda: 1\nx = pd.DataFrame({'n': [1, [2], y]}, dtype=object)",
        "x.loc[1, 'n'].append(9)",
        "x.head(2)",
    ),
    "an object of a class of the page": (
        "class C: pass\nc = C()\nc.n = [1]\nx = [c]",
        "x[0].n.append(9)",
        "pd.Series(x[0].n)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_no_table_changes_what_another_sees(name: str, build: Build) -> None:
    code, change, show = CHANGES[name]
    text = "\n".join([setup(code), page(show), page(f"{change}\n{show}"), page(show)])
    built = build(text, builder="dummy")
    first, changed, last = (cell_texts(table) for table in built.tables())
    assert first == last
    assert (changed != first) == (name != "its values")


def test_later_set_up_changes_what_is_seen_below_it(build: Build) -> None:
    show = page("x")
    text = "\n".join([setup("x = pd.Series([1])"), show, setup("x[0] = 9"), show])
    assert last_cells(build(text, builder="dummy")) == ["1", "9"]


def test_two_names_for_one_object_stay_that(build: Build) -> None:
    code = "x = pd.Series([1])\ny = x"
    for more in ("", "\nz = {'f': lambda: 1, 'x': x}"):
        text = setup(code + more) + "\n" + page("x[0] = 9\ny")
        assert last_cells(build(text, builder="dummy")) == ["9"]


def test_other_objects_are_shared(build: Build) -> None:
    code = "import types\nx = types.SimpleNamespace(n=1)"
    text = "\n".join([setup(code), page("x.n += 1\npd.Series([x.n])"), page("pd.Series([x.n])")])
    assert last_cells(build(text, builder="dummy")) == ["2", "2"]


def test_only_names_are_left_behind(build: Build) -> None:
    code = "import os\nos.chdir('/')\nos.environ['X'] = '1'\npd.set_option('display.precision', 2)"
    show = "pd.Series([os.getcwd() == '/', 'X' in os.environ, pd.get_option('display.precision')])"
    built = build(setup(code) + "\n" + page(show), builder="dummy")
    [table] = built.tables()
    assert cell_texts(table)[1:] == [["False"], ["False"], ["6"]]


def test_another_page_sees_nothing_of_it(build: Build) -> None:
    files = {
        "index.rst": setup("x = 1"),
        "other.rst": ":orphan:\n\n" + page("pd.Series([x])"),
    }
    built = build(files, builder="dummy", warns=1)
    assert "NameError: name 'x' is not defined" in built.warnings[0]


def test_it_runs_once_a_page_and_again_only_in_a_new_process(build: Build, tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = f"with open({str(log)!r}, 'a') as log: log.write('x')\nx = 7"
    good, bad = page("pd.Series([x])"), page("import os\nos._exit(3)")
    build("\n".join([setup(code), good, good]), builder="dummy")
    assert log.read_text() == "x"
    built = build("\n".join([setup(code), good, bad, good, good]), builder="dummy", warns=1)
    assert last_cells(built) == ["7", "7", "7"]
    assert log.read_text() == "xxx"


def test_the_preamble_s_names_are_there(build: Build) -> None:
    text = setup("y = x + 1") + "\n" + page("pd.Series([x, y])")
    assert last_cells(build(text, builder="dummy", df_table_preamble="x = 1")) == ["2"]


def test_files_that_it_reads_count_for_the_page(build: Build) -> None:
    text = setup("x = pd.read_csv('x.csv')") + "\n" + page("x")
    assert last_cells(build({"index.rst": text, "x.csv": "a\n1\n"}, builder="dummy")) == ["1"]
    built = build({"x.csv": "a\n2\n"}, builder="dummy")
    assert built.read == {"index"}
    assert last_cells(built) == ["2"]


def test_in_markdown_too(build: Build) -> None:
    text = "# Title\n\n```{df-setup}\nx = 7\n```\n\n```{df-table}\npd.Series([x])\n```\n"
    files = {"index.md": text}
    assert last_cells(build(files, builder="dummy", extensions=("myst_parser",))) == ["7"]


FAILS = """\
Title
=====

.. df-table::

   pd.Series(['above'])

.. df-setup::

   costs = pd.read_csv('gone.csv')

.. df-table::

   pd.Series(['below'])

.. df-setup::

   cheap = 1

.. df-table::

   pd.Series([cheap])
"""


def test_its_failure_fails_all_that_follows_on_its_page(build: Build) -> None:
    files = {"index.rst": FAILS, "other.rst": ":orphan:\n\n" + page("pd.Series(['other'])")}
    built = build(files, builder="dummy", warns=4)
    first, *others = built.warnings
    assert "FileNotFoundError: " in first
    assert "at: costs = pd.read_csv('gone.csv')" in first
    assert lines_of(built) == [10, 12, 16, 20]
    assert [warning.split(": WARNING: ")[1] for warning in others] == [
        "The df-setup at line 8 failed: fix that first. [df_table.snippet]"
    ] * 3
    assert last_cells(built) == ["above"]
    assert cell_texts(built.tables("other")[0])[1] == ["other"]
    boxes = [box.astext() for box in built.doctrees["index"].findall(nodes.error)]
    assert boxes[0].startswith("The set-up for the tables below could not be built (FileNotFound")
    assert len(boxes) == 4
    assert build(builder="dummy", warns=4).read == {"index"}


def test_nothing_below_a_failed_set_up_is_run(build: Build, tmp_path: Path) -> None:
    trace = page(f"open({str(tmp_path / 'trace')!r}, 'w')\npd.Series([1])")
    build(setup("1 / 0") + "\n" + trace, builder="dummy", warns=2)
    assert not (tmp_path / "trace").exists()


def test_a_page_whose_set_up_is_fixed_is_shown_again(build: Build) -> None:
    text = setup("x = pd.read_csv('x.csv')") + "\n" + page("x")
    build(text, builder="dummy", warns=2)
    assert last_cells(build({"x.csv": "a\n1\n"}, builder="dummy")) == ["1"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = = 1", "SyntaxError: invalid syntax, at: x = = 1"),
        ("x = 1\nimport os; os._exit(0)", "process exited with status 0"),
        ("x = 1\nwhile True: pass", "Timed out after 1 seconds"),
        ("x = 1\nraise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_whatever_way_it_fails(code: str, message: str, build: Build) -> None:
    text = "\n".join(
        [setup(code, options=":timeout: 1"), page("pd.Series([x])"), page("pd.Series([7])")]
    )
    built = build(text, builder="dummy", warns=3)
    assert message in built.warnings[0]
    assert all("The df-setup at line 1 failed" in warning for warning in built.warnings[1:])
    assert not built.tables()


def test_a_set_up_in_an_included_file_is_named_with_the_file(build: Build) -> None:
    files = {
        "index.rst": ".. include:: part.txt\n\n" + page("x"),
        "part.txt": setup("x = 1 / 0"),
    }
    built = build(files, builder="dummy", warns=2)
    assert "The df-setup at line 1 of part.txt failed: fix that first." in built.warnings[1]


def test_set_up_that_runs_again_keeps_its_own_limit(build: Build) -> None:
    text = "\n".join(
        [
            setup("import time\ntime.sleep(1.2)\nx = 7", options=":timeout: 30"),
            page("import os\nos._exit(3)"),
            page("pd.Series([x])", options=":timeout: 0.6"),
        ]
    )
    built = build(text, builder="dummy", warns=1)
    assert last_cells(built) == ["7"]


def test_set_up_that_fails_when_it_runs_again_is_one_warning_a_table(build: Build) -> None:
    code = (
        "import os\nif os.path.exists('ran'): raise ValueError('again')\nopen('ran', 'w').close()"
    )
    text = "\n".join([setup(code), page("os._exit(3)"), page("pd.Series([1])")])
    built = build(text, builder="dummy", warns=2)
    assert "exited with status 3" in built.warnings[0]
    assert "index.rst:4: WARNING: The code failed with ValueError: again" in built.warnings[1]


def test_of_a_container_only_what_cannot_be_copied_is_shared(build: Build) -> None:
    code = "import threading\nx = {'k': pd.DataFrame({'a': [1]}), 'lock': threading.Lock()}"
    show = "x['k']"
    text = "\n".join([setup(code), page(f"x['k']['b'] = 9\n{show}"), page(show)])
    assert last_cells(build(text, builder="dummy")) == ["9", "1"]


def test_functions_that_are_decorated_work(build: Build) -> None:
    code = (
        "import contextlib\n@contextlib.contextmanager\ndef frame(n):\n"
        "    yield pd.DataFrame({'a': [n]})\n"
    )
    text = setup(code) + "\n" + page("with frame(7) as df:\n    pass")
    assert last_cells(build(text, builder="dummy")) == ["7"]


def test_functions_see_the_names_of_the_code_that_calls_them(build: Build) -> None:
    text = "\n".join(
        [
            setup("rate = 1\ndef cost(n): return n * rate"),
            setup("rate = 2"),
            page("pd.Series([cost(10)])"),
            page("rate = 3\npd.Series([cost(10)])"),
        ]
    )
    assert last_cells(build(text, builder="dummy")) == ["20", "30"]


def test_an_error_in_a_function_of_set_up_is_at_the_line_of_that_function(build: Build) -> None:
    text = setup("def rate(x):\n    return x / 0") + "\n" + page("rate(1)")
    built = build(text, builder="dummy", warns=1)
    assert lines_of(built) == [4]
    assert (
        "ZeroDivisionError: division by zero, at: return x / 0 (called in line 8)."
        in built.warnings[0]
    )


def test_a_failing_preamble_is_still_one_warning(build: Build) -> None:
    text = setup("x = 1") + "\n" + page("pd.Series([x])")
    built = build(text, builder="dummy", df_table_preamble="1 / 0", warns=1)
    assert "[df_table.preamble]" in built.warnings[0]


def test_without_code_it_is_one_warning(build: Build) -> None:
    built = build("Title\n=====\n\n.. df-setup::\n", builder="dummy", warns=1)
    assert "index.rst:4: WARNING: There is no code" in built.warnings[0]


def test_it_takes_no_options_of_tables(build: Build) -> None:
    built = build(setup("x = 1", options=":header-rows: 1"), builder="dummy", warns=None)
    assert 'unknown option: "header-rows"' in " ".join(built.warnings)


def test_where_no_code_runs_it_leaves_no_trace(build: Build) -> None:
    built = build("Text.\n\n" + setup("x = 1"), builder="dummy", df_table_execute=False)
    assert built.doctrees["index"].astext() == "Text."


def test_python_s_warnings_have_its_lines(build: Build) -> None:
    text = setup("import warnings\nwarnings.warn('old')")
    built = build(text, builder="dummy", df_table_python_warnings="warn", warns=1)
    assert lines_of(built) == [4]


def test_an_invalid_escape_is_warned_of_once_at_its_line(tmp_path: Path) -> None:
    text = "\n".join(
        [
            setup("x = '\\d'", options=":timeout: 30"),
            page("import helpers\n'\\d'\npd.Series([x])", options=":timeout: 30"),
        ]
    )
    conf = "extensions = ['sphinx_df_table']"
    write_files(tmp_path, {"conf.py": conf, "index.rst": text, "helpers.py": "x = '\\d'"})
    command = [sys.executable, "-m", "sphinx", "-v", "-b", "dummy", str(tmp_path), "out"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    # Python 3.11 calls it a DeprecationWarning.
    found = re.findall(r"(\S+):(\d+): (?:Syntax|Deprecation)Warning: .*escape", run.stdout)
    assert found == [(str(tmp_path / "index.rst"), number) for number in ("4", "10", "9")]
    assert run.stderr == ""


def test_it_is_right_in_a_parallel_build(build: Build) -> None:
    pages = {
        f"p{n}.rst": ":orphan:\n\n" + setup(f"x = {n}") + "\n" + page("pd.Series([x])")
        for n in range(10)
    }
    built = build(pages, builder="dummy", jobs=2)
    assert [cell_texts(built.tables(f"p{n}")[0])[1] for n in range(10)] == [
        [f"{n}"] for n in range(10)
    ]


def test_where_one_process_serves_all_pages_it_is_for_its_own_page(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sphinx_df_table.client.runner.Runner.__init__.__kwdefaults__", {"forking": False}
    )
    files = {
        "index.rst": setup("x = 1") + "\n" + page("pd.Series([x])"),
        "other.rst": ":orphan:\n\n" + page("pd.Series([x])"),
    }
    built = build(files, builder="dummy", warns=1)
    assert "NameError: name 'x' is not defined" in built.warnings[0]
    assert last_cells(built) == ["1"]
