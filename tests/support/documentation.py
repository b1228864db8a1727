"""The documentation's own files, and its commands, run as readers type them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples" / "moving"
DATA = {f"data/{path.name}": path.read_bytes() for path in (DOCS / "data").iterdir()}


def commands(block: str) -> str:
    """What a console block has you type."""
    return re.sub(r"^\$ ", "", block, flags=re.MULTILINE)


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script in ``folder``, where this Python's own programs are found first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def python(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Colours would stand between the words that tests look for.
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
