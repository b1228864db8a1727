"""What code leaves in the machine's shared memory is removed, and no file of another program."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sphinx_builds import page, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_builds import Build

FOLDER: Final = Path("/dev/shm")

pytestmark = [
    pytest.mark.skipif(not os.access(FOLDER, os.W_OK), reason="Some machines lack /dev/shm."),
    pytest.mark.forks("files in /dev/shm, which Linux has, are not recorded"),
]

IMPORTS: Final = (
    "import multiprocessing, os, tempfile, time\nimport numpy as np\n"
    "from multiprocessing.shared_memory import SharedMemory\n"
)
SEGMENT: Final = "memory = SharedMemory(create=True, size=10, name='NAME')\n"
FRAME: Final = "pd.DataFrame({'a': [1]})"

#: Code that leaves a file, whose name starts with NAME.
LEAVING: Final = {
    "a segment": SEGMENT,
    "a segment of a killed process": SEGMENT + "os.kill(os.getpid(), 9)",
    "a segment of a process that exits": SEGMENT + "os._exit(1)",
    "a segment of code that times out": SEGMENT + "time.sleep(99)",
    "a segment of code that fails": SEGMENT + "1 / 0",
    "a segment of a killed worker": SEGMENT + "os.kill(os.getppid(), 9)\ntime.sleep(9)",
    "an untracked segment": (
        "import _posixshmem\n_posixshmem.shm_open('/NAME', os.O_CREAT | os.O_RDWR, mode=0o600)"
    ),
    "a segment of a child": (
        f"if not os.fork():\n    {SEGMENT}    time.sleep(99)\n"
        "while not os.path.exists('/dev/shm/NAME'): time.sleep(.01)"
    ),
    "a segment of a daemon": (
        f"if not os.fork():\n    os.setsid()\n    {SEGMENT}    time.sleep(99)\n"
        "while not os.path.exists('/dev/shm/NAME'): time.sleep(.01)"
    ),
    "a file": "open('/dev/shm/NAME', 'w').write('x')",
    "a mapped file": "array = np.memmap('/dev/shm/NAME', mode='w+', shape=(9,))",
    "a temporary file": "tempfile.mkstemp(dir='/dev/shm', prefix='NAME')",
    "a renamed file": "open('/dev/shm/NAME', 'w')\nos.rename('/dev/shm/NAME', '/dev/shm/NAME2')",
    "a relative name": "os.chdir('/dev/shm')\nopen('NAME', 'w')",
    "a folder": (
        "os.makedirs('/dev/shm/NAME/inner')\nopen('/dev/shm/NAME/inner/file', 'w').close()"
    ),
    "a semaphore": (
        "lock = multiprocessing.get_context('spawn').Lock()\n"
        "os.rename('/dev/shm/sem.' + lock._semlock.name[1:], '/dev/shm/NAME')"
    ),
}


@pytest.fixture
def prefix() -> Iterator[str]:
    """The start of all names of a test."""
    prefix = f"df-table-test-{os.getpid()}-{time.monotonic_ns()}"
    yield prefix
    for name in found(prefix):
        path = FOLDER / f"{prefix}{name}"
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def found(prefix: str) -> list[str]:
    return sorted(path.name.removeprefix(prefix) for path in FOLDER.glob(f"{prefix}*"))


def leaving(code: str, name: str) -> str:
    text = f"{IMPORTS}{code.replace('NAME', name)}\n{FRAME}"
    return ":orphan:\n\n" + page(text, options=":timeout: 1")


@pytest.mark.own_worker
def test_no_file_outlives_the_build(build: Build, prefix: str) -> None:
    pages = {
        f"p{number}.rst": leaving(code, f"{prefix}-{number}-")
        for number, code in enumerate(LEAVING.values())
    }
    built = build(pages, builder="dummy", warns=None)
    assert len(built.warnings) == 5, built.warnings
    assert found(prefix) == []


@pytest.mark.own_worker
def test_files_of_a_page_are_removed_before_the_build_ends(build: Build, prefix: str) -> None:
    """A later page can use the name again, as can one whose code runs once more."""
    code = SEGMENT + "os.kill(os.getpid(), 9)"
    pages = {f"p{number}.rst": leaving(code, prefix) for number in range(2)}
    built = build(pages, builder="dummy", warns=2)
    assert all("SIGKILL" in warning for warning in built.warnings)


@pytest.mark.own_worker
def test_files_of_other_programs_stay(build: Build, prefix: str) -> None:
    (FOLDER / f"{prefix}opened").write_bytes(b"12345678")
    (FOLDER / f"{prefix}attached").write_bytes(b"12345678")
    code = (
        "open('/dev/shm/NAMEopened', 'r+').write('x')\nopen('/dev/shm/NAMEopened', 'a').close()\n"
        "memory = SharedMemory('NAMEattached')\nos.path.exists('/dev/shm/NAMEnever')\n"
        # The code removes what it has created, and another program creates it again.
        "open('/dev/shm/NAMEremoved', 'w')\nos.remove('/dev/shm/NAMEremoved')\n"
        "other = SharedMemory(create=True, size=9, name='NAMEunlinked')\nother.unlink()\n"
        "os.mkdir('/dev/shm/NAMEfolder')\nos.rmdir('/dev/shm/NAMEfolder')\n"
        "os.system('cd /dev/shm; touch NAMEremoved NAMEunlinked NAMEfolder NAMEstarted')\n"
        "os.kill(os.getpid(), 9)"
    )
    build({"index.rst": leaving(code, prefix)}, builder="dummy", warns=1)
    others = ["attached", "folder", "opened", "removed", "started", "unlinked"]
    assert found(prefix) == others
    # A page that ended is not asked for its files again when the build ends.
    assert (FOLDER / f"{prefix}opened").read_bytes() == b"x2345678"


@pytest.mark.own_worker
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_file_outlives_a_build_that_is_ended(
    number: signal.Signals, tmp_path: Path, prefix: str
) -> None:
    conf = "extensions = ['sphinx_df_table']\n"
    text = leaving(SEGMENT + "open('running', 'w').close()\ntime.sleep(99)", prefix)
    write_files(tmp_path, {"conf.py": conf, "index.rst": text.replace(":timeout: 1", "")})
    command = [sys.executable, "-m", "sphinx", "-q", str(tmp_path), str(tmp_path / "out")]
    build = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not (tmp_path / "running").exists():
        assert build.poll() is None
        time.sleep(0.05)
    assert found(prefix) == [""]
    build.send_signal(number)
    build.wait(timeout=30)
    for _ in range(100):
        if not found(prefix):
            return
        time.sleep(0.05)
    pytest.fail("There is a file of the code.")


@pytest.mark.own_worker
def test_code_that_closes_the_record_writes_to_no_other_file(
    build: Build, tmp_path: Path, prefix: str
) -> None:
    """A daemon closes all files that it inherits; the next that it opens has their number."""
    code = (
        "if not os.fork():\n    os.closerange(3, 99)\n"
        f"    files = [open({str(tmp_path)!r} + f'/{{n}}', 'w') for n in range(9)]\n"
        "    open('/dev/shm/NAME', 'w').close()\n    os.remove('/dev/shm/NAME')\n"
        f"    open({str(tmp_path)!r} + '/end', 'w')\n    os._exit(0)\n"
        f"while not os.path.exists({str(tmp_path)!r} + '/end'): time.sleep(.01)"
    )
    build({"index.rst": leaving(code, prefix)}, builder="dummy")
    assert [(tmp_path / str(n)).read_text() for n in range(9)] == [""] * 9
