"""Files of ours are whole, and in the build's own folders only."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import pytest
from sphinx_builds import Build, page, write_files

from sphinx_df_table.frames.csv_export import make_file_name, write_atomically

TABLE: Final = "pd.DataFrame({'n': [1, 2]})"
DOWNLOAD: Final = page(TABLE, options=":download:")
CONF: Final = "extensions = ['sphinx_df_table']\nhtml_theme = 'basic'\n"


def files_in(*folders: Path) -> set[str]:
    return {str(path) for folder in folders for path in folder.rglob("*")}


#: Pages of one project, none of which may leave anything but its output.
PAGES: Final = {
    "index": DOWNLOAD,
    "failure": DOWNLOAD + "\n" + page("1 / 0"),
    "time-limit": page("print('x' * 10**5)\nwhile True: pass", options=":timeout: 0.3"),
    "crash": page("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"),
    "exit": page("print('x')\nimport os\nos._exit(0)"),
    "helper-module": page("import helper, tools.sub\npd.Series([1])"),
    "output": page(
        "import os\nprint('x')\nos.system('echo y')\npd.Series([1])", options=":download:"
    ),
}
ENDLESS: Final = page("open('../running', 'w').close()\nwhile True: pass")

#: The pages of a build, and its exit status.
BUILDS: Final[dict[str, tuple[dict[str, str], int | None]]] = {
    "finished": (PAGES, 0),
    "killed": (dict.fromkeys(PAGES, ENDLESS), -signal.SIGKILL),
    "interrupted": (dict.fromkeys(PAGES, ENDLESS), None),
}


@pytest.mark.parametrize(
    ("name", "jobs"), [*((name, "1") for name in BUILDS), ("finished", "2"), ("killed", "2")]
)
def test_a_build_leaves_files_in_its_own_folders_only(name: str, jobs: str, tmp_path: Path) -> None:
    pages, status = BUILDS[name]
    places = {place: tmp_path / place for place in ("source", "temp", "home", "here")}
    for path in places.values():
        path.mkdir()
    texts = {f"{name}.rst": f":orphan:\n\n{text}" for name, text in pages.items()}
    helpers = {"helper.py": "", "tools/__init__.py": "", "tools/sub.py": ""}
    write_files(places["source"], {"conf.py": CONF, **texts, **helpers})
    before = files_in(*places.values())
    environment = os.environ | {"TMPDIR": str(places["temp"]), "HOME": str(places["home"])}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "sphinx", "-q", "-j", jobs, "../source", "../out"],
        cwd=places["here"],
        env=environment,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    if status != 0:
        while not (tmp_path / "running").exists():
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL if status else signal.SIGINT)
    process.wait(60)
    assert process.returncode == status or (status is None and process.returncode)
    assert files_in(*places.values()) == before
    assert not list((tmp_path / "out").rglob("*.part"))


#: What someone put where a file of ours is to be, and whether it can be there all the same.
OBSTACLES: Final = {
    "a link in place of the file": ("index/index-1.csv", "link", True),
    "a link in place of the page's folder": ("index", "link", False),
    "a link in place of our folder": (".", "link", False),
    "a folder in place of the file": ("index/index-1.csv", "folder", False),
    "a file in place of the page's folder": ("index", "file", False),
    "a file in place of our folder": (".", "file", False),
    "a broken link in place of the file": ("index/index-1.csv", "broken", True),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_nothing_is_written_through_what_stands_in_the_way(
    name: str, build: Build, tmp_path: Path
) -> None:
    place, kind, is_there = OBSTACLES[name]
    path = tmp_path / "doctrees" / "df-table" / place
    path.parent.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.csv").write_text("precious")
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_text("in the way")
    else:
        target = "precious.csv" if path.suffix else "."
        path.symlink_to(outside / ("nothing" if kind == "broken" else target))
    built = build(DOWNLOAD, warns=0 if is_there else 1)
    assert files_in(outside) == {str(outside / "precious.csv")}
    assert (outside / "precious.csv").read_text() == "precious"
    assert len(built.tables()) == 1
    assert len(built.html().select("a.download")) == is_there
    if not is_there:
        assert re.search(r"index\.rst:1: .* cannot be written .*\[df_table", built.warnings[0])
        # The next build tries again, and once nothing is in the way, there is the file.
        assert build(warns=1).read == {"index"}
        path.rmdir() if kind == "folder" else path.unlink()
        assert len(build().html().select("a.download")) == 1
        assert build().read == set()


@pytest.mark.parametrize(
    "label",
    [
        "../up",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/b/../../..",
        "\\\\server",
        "C:\\x",
        "a\0b",
        "~",
        "-",
        "con",
        "x" * 5000,
        "\u202etxt",
        "\n",
        "%2e%2e%2f",
        "$(id)",
        "a\u0301/../é",
    ],
)
def test_no_name_that_data_gives_leaves_the_folder(label: str, tmp_path: Path) -> None:
    for parts in ([label], ["index-1", label]):
        path = tmp_path / "a" / make_file_name(parts, taken=())
        write_atomically(path, b"x", folder=tmp_path)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in found} == {tmp_path / "a"}
    assert all(path.suffix == ".csv" and not path.name.startswith(".") for path in found)


def test_labels_of_tabs_stay_in_the_folder(build: Build) -> None:
    code = "{k: pd.DataFrame({'n': [1]}) for k in ('../../up', '/abs', '..', 'a\\0b')}"
    built = build(page(code, options=":download:"), warns=None)
    folder = built.folder / "doctrees/df-table/index"
    assert len([path for path in folder.iterdir() if path.suffix == ".csv"]) == 4
    written = {path.name for path in built.folder.rglob("*.csv")}
    assert written == {path.name for path in folder.iterdir()}


# A file is whole.


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "folder" / "a.csv"
    write_atomically(path, b"old", folder=tmp_path)

    def fail(*_: object) -> None:
        raise OSError("full")

    for function in ("replace", "write_bytes"):
        with monkeypatch.context() as patched:
            patched.setattr(Path, function, fail)
            with pytest.raises(OSError, match="full"):
                write_atomically(path, b"new", folder=tmp_path)
        found = [(item.name, item.read_bytes()) for item in path.parent.iterdir()]
        assert found == [("a.csv", b"old")]


def test_what_a_killed_build_left_is_cleared_away_but_not_what_another_writes(
    tmp_path: Path,
) -> None:
    (tmp_path / ".old.part").write_bytes(b"half")
    os.utime(tmp_path / ".old.part", (1, 1))
    (tmp_path / ".new.part").write_bytes(b"half")
    for content in (b"1", b"1"):
        write_atomically(tmp_path / "a.csv", content, folder=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".new.part", "a.csv"}


WRITER: Final = """\
import sys, pathlib
from sphinx_df_table.frames.csv_export import write_atomically

folder = pathlib.Path(sys.argv[1])
number = 0
while True:
    number += 1
    write_atomically(folder / "sub" / "a.csv", f"{number % 10}".encode() * 300_000, folder=folder)
"""


def test_a_reader_meets_whole_files_only_whoever_writes_and_whoever_is_killed(
    tmp_path: Path,
) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    path = tmp_path / "sub" / "a.csv"
    while not path.exists():
        assert all(writer.poll() is None for writer in writers)
    contents: list[bytes] = []
    # On a busy machine, the writers may pause for long.
    while len(contents) < 200 or len(set(contents)) < 2:
        assert all(writer.poll() is None for writer in writers)
        content = path.read_bytes()
        assert content == content[:1] * 300_000
        contents.append(content[:1])
    for writer in writers:
        writer.kill()
        writer.communicate()
    assert path.read_bytes() == path.read_bytes()[:1] * 300_000


def test_two_builds_at_once_into_one_folder_offer_whole_files(tmp_path: Path) -> None:
    code = "pd.DataFrame({'n': range(20_000)})"
    text = page(code, options=":download:\n:max-rows: 2")
    write_files(tmp_path / "source", {"conf.py": CONF, "index.rst": text})
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-b", "text", "source", "out"]
    builds = [
        subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in builds:
        said = process.communicate(timeout=120)[1]
        assert "df_table" not in said, said
    folder = tmp_path / "out/.doctrees/df-table/index"
    assert [path.name for path in folder.iterdir()] == ["index-1.csv"]
    expected = "n\n" + "".join(f"{n}\n" for n in range(20_000))
    assert (folder / "index-1.csv").read_text() == expected


@pytest.mark.own_worker
def test_temporary_folders_are_not_used_where_there_is_none(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in (str(tmp_path / "missing"), "/dev/null", "/proc"):
        monkeypatch.setenv("TMPDIR", value)
        monkeypatch.setattr(tempfile, "tempdir", None)
        built = build(page("print('x')\npd.Series([1])"), builder="dummy", fresh=True)
        assert len(built.tables()) == 1
