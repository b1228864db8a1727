"""Lets a machine lack what the environment variable ``LACKS`` says, in each Python that starts."""

from __future__ import annotations

import builtins
import errno
import os
import resource
import subprocess
import sys
import threading
from typing import Any

LACKS = os.environ.get("LACKS", "")


def _refuse(*_: Any, **__: Any) -> Any:
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def _open(path: Any, *args: Any, **options: Any) -> Any:
    if str(path).startswith("/proc/"):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return _true_open(path, *args, **options)


def _open_no_null(path: Any, *args: Any, **options: Any) -> Any:
    return _open_descriptor("/dev/missing" if path == os.devnull else path, *args, **options)


def _refuse_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def _refuse_limit(*_: Any) -> None:
    raise ValueError("not allowed to raise maximum limit")


_open_descriptor = os.open
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
elif LACKS == "threads":
    threading.Thread.start = _refuse_thread  # type: ignore[method-assign, assignment]
elif LACKS == "a Python":
    sys.executable = ""
elif LACKS == "a known Python":
    vars(sys)["executable"] = None
elif LACKS == "limits":
    resource.setrlimit = _refuse_limit
elif LACKS == "memory":
    resource.setrlimit(resource.RLIMIT_DATA, (900_000_000, 900_000_000))
elif LACKS == "/dev/null":
    vars(subprocess)["os"] = type("os", (), vars(os) | {"devnull": "/dev/missing"})
    vars(os)["open"] = _open_no_null
elif LACKS == "/proc":
    vars(builtins)["open"] = _open
