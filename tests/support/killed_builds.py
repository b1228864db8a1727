"""Builds that are killed at some moment, and the builds after them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from sphinx_builds import page, write_files

if TYPE_CHECKING:
    from pathlib import Path


def killed_and_run_again(folder: Path, *, rounds: int, seed: int) -> None:
    """Change data, kill the build somewhere, build again: the pages show the data, every time."""
    moments = random.Random(seed)
    conf = "extensions = ['sphinx_df_table']\nhtml_theme = 'basic'\n"
    text = ":orphan:\n\n" + page("pd.read_csv('data/{0}.csv')", options=":download:")
    pages = {f"p{n}.rst": text.format(n) for n in range(6)}
    write_files(folder / "source", {"conf.py": conf, "index.rst": "T\n=\n", **pages})
    command = [sys.executable, "-m", "sphinx", "-q", "-d", "doctrees", "source", "html"]
    length = 0.0
    for number in range(1, rounds + 1):
        for n in range(6):
            (folder / "source" / "data").mkdir(exist_ok=True)
            (folder / "source" / "data" / f"{n}.csv").write_text(f"a\n{number}{n}\n", "utf-8")
        if length:
            build = subprocess.Popen(
                command, cwd=folder, stderr=subprocess.DEVNULL, process_group=0
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                build.wait(length * moments.uniform(0.3, 1))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(build.pid, signal.SIGKILL)
            build.wait()
        start = time.monotonic()
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        length = length or time.monotonic() - start
        assert (run.returncode, run.stderr) == (0, "")
        for n in range(6):
            assert f">{number}{n}<" in (folder / f"html/p{n}.html").read_text("utf-8")
            [offered] = (folder / "html/_downloads").rglob(f"p{n}-1.csv")
            assert offered.read_text() == f"a\n{number}{n}\n"
