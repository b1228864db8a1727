"""The process around the worker, which sees to it that nothing of it outlives the build.

The worker is the parent of all pages, and so what a snippet hits that stops or kills its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36


def supervise_worker() -> None:
    """Return in a new process, which is to be the worker; end, and what it left, with it.

    This one lets the worker go on when it is stopped, and hands on to it that it is to end.
    """
    # Who has started the build may have blocked or ignored signals, which is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    adopt_orphans()
    set_parent_death_signal(signal.SIGTERM)
    worker = os.fork()
    if not worker:
        os.setsid()
        set_parent_death_signal(signal.SIGTERM)
        return
    # Whoever has the other end of a socket is to see the worker go.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(worker, signal.SIGTERM))
    while os.WIFSTOPPED(os.waitpid(worker, os.WUNTRACED)[1]):
        os.kill(worker, signal.SIGCONT)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    kill_children()
    os._exit(0)


def adopt_orphans() -> None:
    """Become the parent of descendants that lose theirs (``man 2 prctl``)."""
    _c_library().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def set_parent_death_signal(number: signal.Signals, /) -> None:
    """Be sent the signal ``number`` when the parent ends, however it ends (``man 2 prctl``)."""
    _c_library().prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def kill_children() -> None:
    """Kill all children, also what a killed process leaves to this one."""
    while pids := list_children():
        for pid in pids:
            kill(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def kill(pid: int, /) -> None:
    """Kill the process ``pid`` and, if it leads a group, the group."""
    for send in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(pid, signal.SIGKILL)


def list_children() -> set[int]:
    """Return the processes whose parent is this one; on systems other than Linux, none."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listing:
            return set(map(int, listing.read().split()))
    except OSError:
        return set()


@functools.cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
