"""What macOS and Windows do otherwise, where Linux can show it."""

from __future__ import annotations

import ntpath
import os
import subprocess
import sys
import types
import unicodedata
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

import pytest
from asking import ask, assert_nothing_runs

from sphinx_df_table.frames.csv_export import make_file_name, write_atomically
from sphinx_df_table.model import dependencies
from sphinx_df_table.worker import file_watch, path_literals
from sphinx_df_table.worker.file_watch import FileWatch
from sphinx_df_table.worker.path_literals import find_path_literals

if TYPE_CHECKING:
    from sphinx_df_table.client.runner import Runner

PROJECT: Final = "C:\\Users\\me\\project"


@pytest.fixture
def windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows' paths for the modules that handle names of files; every folder exists."""

    class System(types.SimpleNamespace):
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

    paths = types.SimpleNamespace(**vars(ntpath))
    paths.isdir = lambda path: not str(path).endswith(".csv")
    paths.abspath = lambda path: ntpath.normpath(ntpath.join(PROJECT, path))
    paths.isfile = lambda _: False
    for module in (dependencies, file_watch, path_literals):
        monkeypatch.setattr(module, "os", System(path=paths, sep="\\", getcwd=lambda: PROJECT))
    monkeypatch.setattr(file_watch, "Path", PureWindowsPath)


def watched(code: str = "", **events: Any) -> dependencies.Dependencies:
    """The dependencies of a page in the project's folder."""
    watch = FileWatch.__new__(FileWatch)
    watch._literals_by_module = {}
    watch._last_module = next(reversed(sys.modules))
    watch.start(roots=[PROJECT], excluding=[PROJECT + "\\_build"])
    literals = find_path_literals(code, variables={}, filename=PROJECT + "\\index.rst")
    watch.add_path_literals(literals, directory=PROJECT)
    for event, arguments in events.items():
        watch._handle_event(event.replace("_", "."), arguments)
    return watch.stop()


@pytest.mark.usefixtures("windows_paths")
@pytest.mark.parametrize("text", ["/", "\\", "C:\\", "C:/", "..", "../..", ".", "c:/users"])
def test_no_folder_around_the_page_is_a_data_set(text: str) -> None:
    """``sep='/'`` would name all files of the drive."""
    assert watched(f"pd.read_csv('a.csv', sep={text!r})").globs == ()


@pytest.mark.usefixtures("windows_paths")
@pytest.mark.parametrize("text", ["data", "data/", "data\\", "./data", "C:/Users/me/project/data"])
def test_a_folder_below_the_page_is_one(text: str) -> None:
    [(pattern, _)] = watched(f"pd.read_parquet({text!r})").globs
    assert pattern == PROJECT + "\\data\\**"


@pytest.mark.usefixtures("windows_paths")
@pytest.mark.parametrize("drive", ["C:", "c:"])
@pytest.mark.parametrize("separator", ["\\", "/"])
def test_missing_files_count_however_their_drive_is_written(drive: str, separator: str) -> None:
    path = f"{drive}\\Users\\me\\project\\data\\a.csv"
    found = watched(f"pd.read_csv({path.replace(chr(92), separator)!r})").files
    assert [ntpath.normcase(name) for name, _ in found] == [ntpath.normcase(path)]


@pytest.mark.usefixtures("windows_paths")
@pytest.mark.parametrize("build", ["_build\\a.csv", "_BUILD\\a.csv", ".git\\a.csv"])
def test_files_of_the_build_do_not_count(build: str) -> None:
    assert watched(open=(f"c:\\users\\me\\project\\{build}", "r", 0)).files == ()


@pytest.mark.usefixtures("windows_paths")
@pytest.mark.parametrize(
    "name",
    ["data.db", "file:data.db", f"file:///{PROJECT}\\data.db".replace("\\", "/"), "file:data.db?a"],
)
def test_a_database_is_found_by_any_of_its_names(name: str) -> None:
    found = watched(sqlite3_connect=(name,)).files
    assert PROJECT + "\\data.db" in [path for path, _ in found]


@pytest.mark.usefixtures("windows_paths")
def test_a_path_that_starts_anywhere_is_no_pattern() -> None:
    code = "pd.read_csv(os.path.join(f'{folder}', 'a.csv'))"
    assert find_path_literals(code, variables={}).patterns == ()


@pytest.mark.parametrize("times", [1, 3])
def test_a_file_that_is_open_elsewhere_is_replaced_a_little_later(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace a file as long as another program, such as a scanner, reads it."""
    replace = Path.replace
    refused: list[Path] = []

    def refuse(self: Path, target: Path) -> Path:
        if len(refused) < times:
            refused.append(target)
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    write_atomically(tmp_path / "a.csv", b"x", folder=tmp_path)
    assert len(refused) == times
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_that_stays_open_elsewhere_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Path) -> Path:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write_atomically(tmp_path / "a.csv", b"x", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["é", "Å", "ﬃ", "Ω", "ÉCOLE", "각"])
def test_names_that_a_file_system_takes_for_one_are_different(text: str) -> None:
    """On macOS, letters with an accent are the same in any of their forms."""
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    first = make_file_name([forms[0]], taken=())
    second = make_file_name([forms[1].swapcase()], taken=[first])
    one, other = (unicodedata.normalize("NFD", name).casefold() for name in (first, second))
    assert one != other


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "COM¹", "lpt³", "aux.csv", "com².txt"])
def test_no_file_has_the_name_of_a_device(name: str) -> None:
    assert make_file_name([name], taken=()) == "table.csv"


def test_output_has_no_carriage_returns(runner: Runner, tmp_path: Path) -> None:
    """Programs write them at the ends of lines on Windows."""
    code = "import os\nos.write(1, b'one\\r\\ntwo\\r\\n')\npd.DataFrame({'a': [1]})"
    assert ask(runner, code, tmp_path).output == "one\ntwo\n"


ENDLESS: Final = """\
import os, subprocess, sys
from sphinx_df_table.worker import supervisor
supervisor.sys = type("System", (), {"platform": "darwin"})
supervisor.end_with_parent()
child = subprocess.Popen(["sleep", "600"])
print(os.getpid(), child.pid, flush=True)
while True: pass
"""

PARENT: Final = """\
import subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
worker.wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups.")
def test_endless_code_ends_with_a_build_that_is_killed() -> None:
    """Also on systems that send no signal then."""
    command = [sys.executable, "-c", PARENT, ENDLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 2
    assert_nothing_runs(pids)
