"""A build gives the same bytes whoever runs it, wherever, whenever, and in what order."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from sphinx_builds import Build, page, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: Tables of all kinds; more pages than Sphinx reads in one process with ``-j 2``.
TABLES: Final = {
    "plain": page("pd.read_csv('data.csv')", title="Numbers"),
    "download": page("pd.read_csv('data.csv')", options=":download:\n:max-rows: 2")
    + "\n"
    + page("pd.read_csv('data.csv')", options=":download:\n:name: chosen"),
    "tabs": page(
        "{k: f for k, f in pd.read_csv('data.csv').groupby('name')}",
        options=":download:\n:sync-group: g\n:searchable:",
        title="In tabs",
    ),
    "styler": page("pd.read_csv('data.csv').style.highlight_max().set_caption('Styled')"),
    "sets": page("pd.DataFrame({'word': list({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'})})")
    + "\n"
    + page("pd.Series([hash('a'), hash(('b', b'c'))])"),
    "markup": page(
        "pd.DataFrame({'t': ['*a*', '**b** `c`', ':ref:`plain`', 'A. B', '--', 'x [1]_']})",
        options=":show-source: collapsed\n:sortable:",
    )
    + "\n.. [1] A note.\n",
    "wide": page("pd.DataFrame({f'column {n}': [n * 1.5] for n in range(30)})"),
    "levels": page(
        "pd.read_csv('data.csv').pivot_table(index='name', columns='kind', values='n')",
        options=":hoist-constants:",
    ),
    "setup": page("x = set('hash')").replace("df-table", "df-setup")
    + "\n"
    + page("pd.DataFrame({'x': list(x), 'p': [str(prepared)] * len(x)})"),
    "fails": page("1 / 0") + "\n" + page("raise ValueError(object())") + "\n" + page("import gone"),
}

FILES: Final = {
    "conf.py": (
        "extensions = ['sphinx_df_table']\nhtml_theme = 'basic'\nshow_warning_types = True\n"
        "df_table_preamble = 'prepared = frozenset(\"abc\")'\nlocale_dirs = []\n"
        "html_last_updated_fmt = None\nhtml_show_copyright = False\ntoday = 'Today'\n"
        "numfig = True\nlatex_elements = {'releasename': ''}\n"
    ),
    "index.rst": "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n",
    "data.csv": "name,kind,n\nx,p,1\ny,q,2\nx,q,3.5\n",
    **{
        f"{name}.rst": f".. _{name}:\n\n{name}\n========\n\n{text}" for name, text in TABLES.items()
    },
}

#: The same for a build whose values are given from without.
IN_PROCESS: Final = {name: text for name, text in FILES.items() if name != "conf.py"}
CONFIGURATION: Final = {"df_table_preamble": "prepared = 1"}

#: The variables of a build with which others are compared.
USUAL: Final = {"PYTHONHASHSEED": "1", "TZ": "UTC"}

#: What Sphinx itself writes anew each time, or for itself.
_OWN: Final = (".buildinfo", ".doctrees", "environment.pickle")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Output:
    """The files of a build, and what it warned of, both without the folder's own name."""

    files: Mapping[str, bytes]
    warnings: tuple[str, ...]


def run_sphinx(
    folder: Path,
    *arguments: str,
    files: Mapping[str, str] = FILES,
    environment: Mapping[str, str] = {},
) -> Output:
    """Build HTML in a process of its own, as a user does."""
    write_files(folder / "source", files)
    command = ["-m", "sphinx", "-q", *arguments, str(folder / "source"), str(folder / "out")]
    lines = run_python(folder, *command, environment=environment)
    return Output(files=files_in(folder / "out"), warnings=lines)


def run_python(folder: Path, *arguments: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Run Python and return the lines of its standard error, without the folder's own name."""
    run = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(run.stderr.replace(str(folder), "").splitlines()))


BUILDERS: Final = (
    "html", "text", "latex", "xml", "pseudoxml", "dirhtml", "singlehtml", "man", "texinfo",
    "gettext",
)  # fmt: skip

#: Build with each builder in one process. Sphinx refuses to share doctrees with gettext.
SERIES: Final = """\
import sys
from sphinx.cmd.build import main

folder, builders, *arguments = sys.argv[1:]
for builder in builders.split():
    doctrees = f"{folder}/doctrees-{builder == 'gettext'}"
    arguments_of_builder = ["-q", "-b", builder, "-d", doctrees, *arguments]
    if main([*arguments_of_builder, f"{folder}/source", f"{folder}/{builder}"]):
        sys.exit(1)
"""


def run_series(
    folder: Path, *arguments: str, environment: Mapping[str, str]
) -> Callable[[str], Output]:
    """Build with all builders from one reading, and return the output of each by its name."""
    write_files(folder / "source", FILES)
    command = ["-c", SERIES, str(folder), " ".join(BUILDERS), *arguments]
    lines = run_python(folder, *command, environment=environment)

    def output(builder: str) -> Output:
        found = files_in(folder / builder)
        if builder in {"xml", "pseudoxml"}:
            # docutils has the page's own file at the top of its tree.
            own = str(folder).encode()
            found = {name: text.replace(own, b"", 1) for name, text in found.items()}
        return Output(files=found, warnings=lines)

    return output


def files_in(folder: Path) -> dict[str, bytes]:
    """The bytes of all that a build has written for readers."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: _undated(path.read_bytes())
        for name, path in sorted(names.items())
        if not name.startswith(_OWN)
    }


def _undated(content: bytes) -> bytes:
    """Return ``content`` without the moment that gettext's files have at their top."""
    return re.sub(rb'"POT-Creation-Date: [^"]*"', b"", content)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Output:
    """A serial, fresh build of HTML."""
    return run_sphinx(tmp_path_factory.mktemp("usual"), environment=USUAL)


@pytest.fixture(scope="module")
def usual_series(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Output]:
    """The output of each builder in a serial, fresh build."""
    return run_series(tmp_path_factory.mktemp("usual-series"), environment=USUAL)


@pytest.fixture(scope="module")
def other_series(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Output]:
    """The output of each builder in a parallel, fresh build with another hash seed."""
    variables = USUAL | {"PYTHONHASHSEED": "7"}
    return run_series(tmp_path_factory.mktemp("other-series"), "-j", "2", environment=variables)


#: A date for Python code, in Sphinx' process and in those of snippets.
ANOTHER_DAY: Final = """\
import time
_offset = 400 * 86400.0
_time, _localtime, _gmtime = time.time, time.localtime, time.gmtime
time.time = lambda: _time() + _offset
time.time_ns = lambda: int(time.time() * 1e9)
time.localtime = lambda at=None: _localtime(time.time() if at is None else at)
time.gmtime = lambda at=None: _gmtime(time.time() if at is None else at)
"""

#: Circumstances that must not show, several in one build: arguments of Sphinx, and variables.
CIRCUMSTANCES: Final[dict[str, tuple[tuple[str, ...], dict[str, str]]]] = {
    "another hash seed, day, time zone and home": (
        (),
        {
            "PYTHONHASHSEED": "2",
            "PYTHONPATH": "another day",
            "TZ": "Pacific/Kiritimati",
            "HOME": "/nowhere",
            "USER": "someone",
        },
    ),
    "any hash seed, optimised, another locale": (
        (),
        {
            "PYTHONHASHSEED": "random",
            "PYTHONOPTIMIZE": "2",
            "LC_ALL": "POSIX",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
        },
    ),
    "parallel, another hash seed, doctrees elsewhere": (
        ("-j", "2", "-d", "doctrees"),
        {"PYTHONHASHSEED": "3"},
    ),
}


@pytest.mark.xdist_group("same bytes")
@pytest.mark.parametrize("name", CIRCUMSTANCES)
def test_circumstances_do_not_show(name: str, usual: Output, tmp_path: Path) -> None:
    arguments, environment = CIRCUMSTANCES[name]
    if "PYTHONPATH" in environment:
        write_files(tmp_path, {"day/sitecustomize.py": ANOTHER_DAY})
        path = os.pathsep.join([str(tmp_path / "day"), *sys.path])
        environment = environment | {"PYTHONPATH": path}
    if "-d" in arguments:
        arguments = (*arguments[:-1], str(tmp_path / "else/where"))
    variables = USUAL | environment
    output = run_sphinx(tmp_path / "deep/er", *arguments, environment=variables)
    same(output, usual)


def same(output: Output, expected: Output) -> None:
    """Fail with the names of the files, not with their bytes."""
    assert output.files.keys() == expected.files.keys()
    assert [n for n, content in output.files.items() if content != expected.files[n]] == []
    assert output.warnings == expected.warnings


@pytest.mark.xdist_group("same bytes")
@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_gives_the_same_bytes(
    builder: str, usual_series: Callable[[str], Output], other_series: Callable[[str], Output]
) -> None:
    same(other_series(builder), usual_series(builder))


@pytest.mark.xdist_group("same bytes")
def test_a_build_that_goes_on_gives_what_a_fresh_one_does(usual: Output, tmp_path: Path) -> None:
    run_sphinx(tmp_path, "-j", "2")
    changed = {
        "data.csv": "name,kind,n\nx,p,7\n",
        "tabs.rst": "tabs\n====\n\nNothing.\n",
        "more.rst": "more\n====\n\n" + TABLES["download"].replace("chosen", "other"),
    }
    between = run_sphinx(tmp_path, files=changed)
    assert between.files["plain.html"] != usual.files["plain.html"]
    (tmp_path / "source" / "more.rst").unlink()
    output = run_sphinx(tmp_path, "-j", "2")
    # Sphinx does not take away the page that is gone, nor what it copied for it.
    gone = {name for name in output.files if "more" in name}
    left = {name: content for name, content in output.files.items() if name not in gone}
    # Sphinx' index for searches has the pages of earlier builds first.
    left["searchindex.js"] = usual.files["searchindex.js"]
    assert {name for name in gone if not name.startswith("_")} == {"more.html"}
    same(dataclasses.replace(output, files=left), usual)


@pytest.mark.xdist_group("same bytes")
def test_the_order_of_pages_does_not_show(usual: Output, tmp_path: Path) -> None:
    backwards = (
        "\ndef setup(app):\n"
        "    app.connect('env-before-read-docs', lambda app, env, names: names.reverse())\n"
    )
    files = FILES | {"conf.py": FILES["conf.py"] + backwards}
    same(run_sphinx(tmp_path, files=files), usual)


def test_a_parallel_build_gives_the_same_doctrees(build: Build) -> None:
    files = {**FILES, "conf.py": ""}
    builds = [
        build(
            files, builder="dummy", jobs=jobs, fresh=True, warns=3, df_table_preamble="prepared=1"
        )
        for jobs in (1, 2)
    ]
    serial, parallel = [
        {name: tree.pformat() for name, tree in built.doctrees.items()} for built in builds
    ]
    assert serial == parallel
    assert builds[0].read == builds[1].read
    assert sorted(builds[0].warnings) == sorted(builds[1].warnings)


#: Code whose objects have no text of their own but type and address, which a message may quote.
NAMELESS: Final = {
    "raised": "raise ValueError(object())",
    "a key": "{}[object()]",
    "a label": "pd.DataFrame({'a': [1]})[object()]",
    "a call": "len(lambda: 1) + object()",
    "several": "raise ExceptionGroup(str(object()), [ValueError(object(), print, len)])",
    "a method": "class C:\n    def f(self): pass\nraise TypeError(C().f, C.f, C())",
    "warned": "import warnings\nwarnings.warn(f'{object()} {(lambda: 1)}')\npd.Series([1])",
    "warned often": (
        "import warnings\nkept = [object() for _ in range(9)]\n"
        "for one in kept: warnings.warn(str(one))\npd.Series([1])"
    ),
    "printed as a result": "df = object()",
    "a generator": "raise ValueError(n for n in 'ab')",
}


@pytest.mark.parametrize("name", NAMELESS)
def test_messages_name_no_addresses(name: str, build: Build) -> None:
    options = {"builder": "dummy", "warns": 1, "df_table_python_warnings": "warn"}
    [warning] = build(page(NAMELESS[name]), **options).warnings
    assert "0x" not in warning
    assert build(fresh=True, **options).warnings == [warning]


def test_pages_and_doctrees_hold_no_path_of_the_machine(build: Build) -> None:
    built = build(IN_PROCESS, warns=3, **CONFIGURATION)
    for path in built.output.rglob("*.html"):
        assert str(built.folder) not in path.read_text("utf-8"), path.name
    for name, tree in built.doctrees.items():
        # docutils has the page's own file at the top of its tree, and nowhere else.
        assert tree.pformat().count(str(built.folder)) == 1, name
