"""Files that are written whole, and nowhere but in a folder of the build."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from pathlib import Path
from typing import Final

#: Seconds after which a part of a file is no longer about to be finished: its writer was killed.
_LEFT_OVER: Final = 3600.0


def write_atomically(path: Path, content: bytes, /, *, folder: Path) -> None:
    """Have the file at ``path`` hold ``content``, at no time a part of it.

    A file that holds just that is not touched, and a link is replaced, not followed.

    :param folder: the build's own folder. A link below it that leads out of it is not followed.
    :raises OSError: if the file cannot be written.
    """
    inside = os.path.relpath(path.parent, folder)
    if path.parent.resolve() != Path(folder.resolve(), inside):
        raise OSError(errno.ELOOP, "A link leads out of the folder of the build", str(path.parent))
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(path.parent)
    if not path.is_symlink():
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == content:
                return
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _clear_away(folder: Path) -> None:
    """Remove from ``folder`` what a killed build has left; another may be writing right now."""
    for part in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _LEFT_OVER:
                part.unlink()
