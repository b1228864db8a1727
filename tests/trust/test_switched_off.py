"""Where a switch is off, nothing of a page is run, imported or read, whatever the page says."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from docutils import nodes
from sphinx.errors import ConfigError
from sphinx_builds import Build, page, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Code that leaves a trace wherever it runs.
TRACE: Final = (
    "import helper\nopen('ran', 'w').close()\ndf = pd.concat(map(pd.read_csv, ['data.csv']))"
)

HOSTILE_OPTIONS: Final = """\
:depends: **/* ../**/* data.csv /etc/passwd
:download:
:show-source: above
:name: ../../x
:format: a: {0.__class__.__mro__}
:columns: /(a+)+$/
:header: {0}, `open('ran', 'w')`
:na-rep: |ran|
:timeout: 0"""

#: Pages that would run something: the name of the file, and its text.
PAGES: Final[dict[str, tuple[str, str]]] = {
    "table": ("p.rst", page(TRACE)),
    "set-up": ("p.rst", page(TRACE).replace("df-table", "df-setup") + "\n" + page("df")),
    "options": ("p.rst", page(TRACE, options=HOSTILE_OPTIONS, title="A |ran| `title`")),
    "included": ("p.rst", ".. include:: part.txt\n"),
    "from an option": ("p.rst", page("df", options=":file: run.py")),
    "nested": (
        "p.rst",
        (
            ".. tab-set::\n\n   .. tab-item:: A\n\n      - .. df-table::\n\n"
            "             open('ran', 'w').close()\n"
        ),
    ),
    "docstring": ("p.rst", ".. automodule:: documented\n"),
    "Markdown": ("p.md", f"# Title\n\n```{{df-table}}\n{TRACE}\n```\n"),
    "Markdown set-up": ("p.md", f"# Title\n\n```{{df-setup}}\n{TRACE}\n```\n"),
    "reStructuredText in Markdown": (
        "p.md",
        "# Title\n\n```{eval-rst}\n" + page("open('ran', 'w').close()") + "```\n",
    ),
    # Attempts to switch it on.
    "an option": ("p.rst", page(TRACE, options=":execute: True")),
    "the value as an option": ("p.rst", page(TRACE, options=":df_table_execute: True")),
    "fields": (
        "p.rst",
        ":df_table_execute: True\n:raw_enabled: 1\n:file_insertion_enabled: yes\n\n" + page(TRACE),
    ),
    "front matter": (
        "p.md",
        (
            "---\ndf_table_execute: true\nraw_enabled: true\nmyst:\n  df_table_execute: true\n"
            "---\n\n"
            f"# Title\n\n```{{df-table}}\n{TRACE}\n```\n"
        ),
    ),
    "settings in a comment": ("p.rst", ".. -*- raw_enabled: 1 -*-\n\n" + page(TRACE)),
}

#: Values of conf.py, and lines of docutils.conf, that switch code off.
SWITCHES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "df_table_execute": ({"df_table_execute": False}, ""),
    "file_insertion_enabled": ({}, "file_insertion_enabled: off"),
    "raw_enabled": ({}, "raw_enabled: no"),
    "all": ({"df_table_execute": False}, "raw_enabled: 0\nfile_insertion_enabled: 0"),
}

#: What lies beside the page, and must be left alone.
BESIDE: Final = {
    "data.csv": "a\n1\n",
    "helper.py": "open('ran', 'w').close()",
    "run.py": "open('ran', 'w').close()",
    "part.txt": page(TRACE),
    "documented.py": '"""Words.\n\n' + page("open('ran', 'w').close()") + '"""\n',
}


ORPHANS: Final = {".rst": ":orphan:\n\n", ".md": "---\norphan: true\n---\n\n"}


def project(name: str, settings: str = "") -> dict[str, str]:
    """The files of a project with one of the pages, and docutils' settings."""
    file, text = PAGES[name]
    front = "" if name in {"fields", "front matter"} else ORPHANS[Path(file).suffix]
    conf = {"docutils.conf": f"[general]\n{settings}\n"} if settings else {}
    return BESIDE | conf | {file: front + text, "conf.py": ""}


@contextlib.contextmanager
def noted_events() -> Iterator[list[tuple[str, str]]]:
    """Note which files Python opens meanwhile, and what it imports, looks for and starts.

    An audit hook stays for the life of its process, so there is one for all tests.
    """
    if not _HOOKED:
        _HOOKED.append(True)
        sys.addaudithook(_note)
    events: list[tuple[str, str]] = []
    _SINKS.append(events)
    yield events
    _SINKS.remove(events)


_HOOKED: Final[list[bool]] = []
_SINKS: Final[list[list[tuple[str, str]]]] = []
_KINDS: Final = ("open", "import", "glob.glob", "pathlib.Path.glob", "subprocess.Popen", "os.fork")


def _note(event: str, args: tuple[Any, ...]) -> None:
    if _SINKS and event.startswith(_KINDS):
        for sink in _SINKS:
            sink.append((event, str(args[0]) if args else ""))


@pytest.mark.own_worker
@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_run_imported_or_read(
    name: str, switch: str, build: Build, tmp_path: Path
) -> None:
    values, settings = SWITCHES[switch]
    files = project(name, settings)
    write_files(tmp_path / "source", files)
    preamble = "open('ran', 'w').close()"
    extensions = ("myst_parser", "sphinx.ext.autodoc", "sphinx_design")
    with noted_events() as events:
        # Such pages may be wrong in other ways, of which docutils may warn.
        built = build(
            extensions=extensions,
            builder="dummy",
            warns=None,
            df_table_preamble=preamble,
            **values,
        )
    kinds = {kind for kind, _ in events}
    assert {"open"} <= kinds, "the hook sees what Sphinx does"
    assert not kinds & {"subprocess.Popen", "os.fork", "os.forkpty", "glob.glob"}
    touched = {what.rpartition("/")[2] for _, what in events}
    assert not touched & {"data.csv", "helper", "helper.py", "run.py", "passwd", "ran"}
    assert not built.tables("p")
    assert {path.name for path in built.source.rglob("*")} - {"__pycache__"} <= {
        *files,
        "index.rst",
    }
    assert not list(built.folder.rglob("ran"))
    assert not (built.folder / "doctrees" / "df-table").exists()


def test_what_is_tried_does_run_where_nothing_is_off(build: Build) -> None:
    for name in ("table", "set-up", "included", "Markdown", "Markdown set-up"):
        file, _ = PAGES[name]
        files = project(name)
        built = build(files, builder="dummy", extensions=("myst_parser",), fresh=True)
        ran = built.source / "ran"
        assert ran.exists(), name
        ran.unlink()
        (built.source / file).unlink()


@pytest.mark.parametrize("switch", SWITCHES)
def test_sphinx_s_process_holds_no_pandas(switch: str, tmp_path: Path) -> None:
    values, settings = SWITCHES[switch]
    conf = (
        "import sys\nextensions = ['sphinx_df_table', 'myst_parser']\n"
        "show_warning_types = True\n"
        "def look(app, error):\n"
        "    ours = {'pandas', 'numpy', 'helper', 'sphinx_df_table.worker.forkserver'}\n"
        "    loaded = ours & sys.modules.keys()\n"
        "    (app.outdir / 'loaded').write_text(str(sorted(loaded)))\n"
        "def setup(app): app.connect('build-finished', look)\n"
    )
    conf += "".join(f"{name} = {value!r}\n" for name, value in values.items())
    write_files(tmp_path, project("table", settings) | {"conf.py": conf})
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "dummy", str(tmp_path), "out"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (tmp_path / "out" / "loaded").read_text() == "[]"
    assert run.stderr.count("WARNING") == (0 if values else 1), run.stderr


def notes(built: Any, name: str = "p") -> list[str]:
    return [note.astext() for note in built.doctrees[name].findall(nodes.note)]


@pytest.mark.parametrize("switch", SWITCHES)
def test_the_page_says_so_in_place_of_each_table(switch: str, build: Build) -> None:
    values, settings = SWITCHES[switch]
    text = ":orphan:\n\n" + page(TRACE) + "\n" + page("1 / 0") + "\n" + page("")
    conf = {"docutils.conf": f"[general]\n{settings}\n"} if settings else {}
    warns = 0 if values else 1
    for jobs in (1, 4):
        more = {f"q{n}.rst": text for n in range(7)}
        built = build({**conf, "p.rst": text, **more}, jobs=jobs, fresh=True, warns=warns, **values)
        assert ["This table is not shown" in note for note in notes(built, "q3")] == [True] * 3
        assert all("[df_table.execute]" in line for line in built.warnings)
        assert "This table is not shown" in built.html("p").get_text()
    build(fresh=True, suppress_warnings=["df_table.execute"], **values)


#: What a value may be, in conf.py or on the command line, and whether it lets code run.
VALUES: Final[Mapping[str, tuple[object, bool | None]]] = {
    "0": ("0", False),
    "false": ("false", False),
    "False": ("False", False),
    "FALSE with blanks": (" FALSE ", False),
    "no": ("no", False),
    "off": ("off", False),
    "nothing": ("", False),
    "None as a word": ("None", False),
    "1": ("1", True),
    "true": ("true", True),
    "yes": ("yes", True),
    "misspelt": ("flase", None),
    "another language": ("nein", None),
    "a number": ("2", None),
    "negative": ("-1", None),
    "the wrong way round": ("df_table_execute", None),
    "False itself": (False, False),
    "True itself": (True, True),
    "None": (None, False),
    "zero": (0, False),
    "one": (1, True),
    "a list": ([], None),
    "a float": (0.0, None),
}


@pytest.mark.parametrize("place", ["command line", "conf.py"])
@pytest.mark.parametrize("name", VALUES)
def test_only_a_clear_yes_runs_code(name: str, place: str, build: Build) -> None:
    value, runs = VALUES[name]
    files = {"index.rst": page("open('ran', 'w').close()\ndf = pd.Series([1])")}
    values: dict[str, Any] = {"df_table_execute": value}
    if place == "conf.py":
        files["conf.py"] = f"df_table_execute = {value!r}\n"
        values = {}
    if runs is None:
        with pytest.raises(ConfigError, match=r"df_table_execute is .*, not True or False"):
            build(files, builder="dummy", **values)
        return
    built = build(files, builder="dummy", **values)
    assert (built.source / "ran").exists() is runs
    assert bool(built.tables()) is runs


@pytest.mark.parametrize(("word", "status"), [("0", 0), ("no", 0), ("False", 0), ("flase", 2)])
def test_the_command_line_has_the_last_word(word: str, status: int, tmp_path: Path) -> None:
    conf = "extensions = ['sphinx_df_table']\ndf_table_execute = True\n"
    write_files(tmp_path, {"conf.py": conf, "index.rst": page("open('ran', 'w').close()")})
    command = [sys.executable, "-m", "sphinx", "-qW", "-b", "dummy"]
    command += ["-D", f"df_table_execute={word}", str(tmp_path), str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == status, run.stderr
    assert not (tmp_path / "ran").exists()
    assert ("not True or False" in run.stderr) is (status != 0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_flipped_switch_reaches_pages_that_are_known(jobs: int, build: Build) -> None:
    text = ":orphan:\n\n" + page("pd.read_csv('data.csv')", options=":download:")
    files = {"data.csv": "a\n1\n", **{f"p{n}.rst": text for n in range(7)}}
    for runs in (True, False, True, False):
        built = build(files, jobs=jobs, df_table_execute=runs)
        assert built.read == {"index", *(f"p{n}" for n in range(7))}
        for number in range(7):
            name = f"p{number}"
            assert bool(built.tables(name)) is runs
            assert bool(notes(built, name)) is not runs
            assert bool(built.html(name).select("a.download")) is runs
        # What the build does not look at does not call for a page.
        again = build({"data.csv": f"a\n{runs}\n"}, jobs=jobs, df_table_execute=runs)
        assert bool(again.read) is runs


def test_docutils_settings_reach_pages_that_are_known(build: Build) -> None:
    files = {"conf.py": "", "index.rst": page("pd.Series([1])")}
    off = {"docutils.conf": "[general]\nraw_enabled: off\n"}
    assert notes(build(files | off, builder="dummy", warns=1), "index")
    built = build({"docutils.conf": "[general]\nraw_enabled: on\n"}, builder="dummy")
    assert built.tables()
    assert notes(build(off, builder="dummy", warns=1), "index")
