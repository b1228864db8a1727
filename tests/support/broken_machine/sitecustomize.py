"""Lets a machine lack what the environment variable ``LACKS`` says, in each Python that starts."""

from __future__ import annotations

import builtins
import errno
import os
import subprocess
from typing import Any

LACKS = os.environ.get("LACKS", "")


def _refuse(*_: Any, **__: Any) -> Any:
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def _open(path: Any, *args: Any, **options: Any) -> Any:
    if str(path).startswith("/proc/"):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return _true_open(path, *args, **options)


_true_open = builtins.open
_true_fork = os.fork


def _fork_once() -> int:
    vars(os)["fork"] = _refuse
    return _true_fork()


if LACKS == "processes":
    vars(subprocess)["_fork_exec"] = _refuse
    vars(subprocess)["_USE_POSIX_SPAWN"] = False
elif LACKS == "a process for the worker":
    vars(os)["fork"] = _refuse
elif LACKS == "a process for a page":
    vars(os)["fork"] = _fork_once
elif LACKS == "/dev/null":
    vars(subprocess)["os"] = type("os", (), vars(os) | {"devnull": "/dev/missing"})
elif LACKS == "/proc":
    vars(builtins)["open"] = _open
