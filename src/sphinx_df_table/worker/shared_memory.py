"""Remove what the code of a page leaves in ``/dev/shm`` (``man 7 shm_overview``).

A file belongs to a page if Python code in its process, or in a fork of that, created it and did
not remove it. What native code and programs that the code starts create is not recorded: it
stays.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER: Final = "/dev/shm"

# Imported with this module, while no file of the project can take their place.
_modules: dict[str, Any] = {}
with contextlib.suppress(ImportError):
    _modules = {name: importlib.import_module(name) for name in ("_posixshmem", "_multiprocessing")}


class SharedMemoryLog:
    """A record of the files in ``/dev/shm`` that pages created, renamed and removed.

    It is a file in memory that a parent opens and all its descendants inherit, so it can be read
    when the process that wrote to it was killed. Where there is none, nothing is recorded.

    :param descriptor: the descriptor of the file.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def open(cls) -> SharedMemoryLog:
        """Open a new log."""
        try:
            # A copy: its number is above 3, that of a child's connection.
            return cls(os.dup(os.memfd_create("df-table")))
        except (AttributeError, OSError):
            return cls(-1)

    def close_others(self, first: int) -> None:
        """Close the descriptors from ``first`` on, except that of this log."""
        os.closerange(first, self.descriptor)
        os.closerange(max(first, self.descriptor + 1), os.sysconf("SC_OPEN_MAX"))

    def record_page(self) -> None:
        """Record from now on what this process, that of a page, and its forks create."""
        page = os.getpid()
        try:
            log = os.fstat(self.descriptor)
        except OSError:
            return

        def record(old: str | None, new: str | None) -> None:
            if (old or new) and os.path.samestat(os.fstat(self.descriptor), log):
                self._write(page, old, new)

        def handle_event(event: str, args: tuple[Any, ...]) -> None:
            # The code may have patched what this uses, or closed the log.
            with contextlib.suppress(Exception):
                match event, args:
                    case "open", (path, _, flags) if flags & os.O_CREAT:
                        record(None, _new_path(path))
                    case "os.mkdir", (path, *_):
                        record(None, _new_path(path))
                    case "os.rename", (old, new, *_):
                        record(_own_path(old), _own_path(new))
                    case (("os.remove" | "os.rmdir"), (path, *_)):
                        record(_own_path(path), None)

        sys.addaudithook(handle_event)
        if _modules:
            _audit_functions(handle_event, **_modules)

    def remove_files(self, page: int | None = None) -> None:
        """Remove what is left of the page with the process ``page``; of all without it."""
        # What is in a folder was created after it.
        for path, owner in reversed(self._read().items()):
            if page in {None, owner}:
                with contextlib.suppress(OSError):
                    try:
                        os.unlink(path)
                    except IsADirectoryError:
                        os.rmdir(path)
                self._write(owner, path, None)

    def _write(self, page: int, old: str | None, new: str | None) -> None:
        # All processes share one position in the file, so no record overwrites another.
        with contextlib.suppress(OSError):
            os.write(self.descriptor, json.dumps([page, old, new]).encode("ascii") + b"\n")

    def _read(self) -> dict[str, int]:
        """Return the paths that are there, each with its page, in the order of creation."""
        owners: dict[str, int] = {}
        try:
            lines = os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0).splitlines()
        except OSError:
            return owners
        for line in lines:
            # Code may have written to the descriptor by mistake.
            with contextlib.suppress(ValueError, TypeError):
                page, old, new = json.loads(line)
                owner = page if old is None else owners.pop(old, None)
                if new and owner is not None:
                    owners[new] = owner
        return owners


def _own_path(path: Any) -> str:
    """Return ``path`` as an absolute one if it is in ``/dev/shm``; else an empty string."""
    absolute = os.path.abspath(os.fsdecode(path))
    return absolute if absolute.startswith(f"{_FOLDER}/") else ""


def _new_path(path: Any) -> str:
    """Return what :func:`_own_path` does, but an empty string if the file exists already."""
    own = _own_path(path)
    return "" if os.path.lexists(own) else own


def _audit_functions(
    handle_event: Callable[[str, tuple[Any, ...]], None], *, _posixshmem: Any, _multiprocessing: Any
) -> None:
    """Call ``handle_event`` as an audit hook, for functions that raise no event themselves."""
    shm_open, shm_unlink, sem_lock = (
        *(_posixshmem.shm_open, _posixshmem.shm_unlink),
        _multiprocessing.SemLock,
    )

    def audited_shm_open(path: str, flags: int, mode: int = 0o777) -> Any:
        handle_event("open", (f"{_FOLDER}/{path}", None, flags))
        return shm_open(path, flags, mode)

    def audited_shm_unlink(path: str) -> None:
        shm_unlink(path)
        handle_event("os.remove", (f"{_FOLDER}/{path}",))

    def new_sem_lock(
        cls: type, kind: int, value: int, maxvalue: int, name: str, unlink: Any
    ) -> Any:
        if not unlink:
            handle_event("open", (f"{_FOLDER}/sem.{name.lstrip('/')}", None, os.O_CREAT))
        return sem_lock.__new__(cls, kind, value, maxvalue, name, unlink)

    _posixshmem.shm_open, _posixshmem.shm_unlink = audited_shm_open, audited_shm_unlink
    _multiprocessing.SemLock = type("SemLock", (sem_lock,), {"__new__": new_sem_lock})
