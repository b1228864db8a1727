"""The parent of the worker process, which ends the worker and its descendants with the build.

The worker is the parent of the pages' processes, so a snippet that stops or kills its parent
hits the worker, and this process survives. It imports no pandas.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from typing import Final

from sphinx_df_table.model.protocol import NO_PROCESS
from sphinx_df_table.worker.shared_memory import SharedMemoryLog

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36

#: Seconds between looks at whether the parent is alive, where the system does not tell.
_PARENT_INTERVAL: Final = 0.5


def supervise_worker() -> SharedMemoryLog:
    """Fork: return in the child, which becomes the worker, and supervise it in the parent.

    The parent continues a stopped worker, passes ``SIGTERM`` on, and exits after the worker,
    when it has killed all processes that are left and removed their files in ``/dev/shm``. If
    there is no process to be had, it exits with the status :data:`NO_PROCESS`.

    :returns: the log of these files.
    """
    # The process that started the build may have blocked or ignored signals, which is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    become_subreaper()
    set_parent_death_signal(signal.SIGTERM)
    log = SharedMemoryLog.open()
    try:
        worker = os.fork()
    except OSError:
        os._exit(NO_PROCESS)
    if not worker:
        os.setsid()
        set_parent_death_signal(signal.SIGTERM)
        return log
    # Clients see that the worker has ended only if no other process has its sockets open.
    log.close_others(3)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(worker, signal.SIGTERM))
    while os.WIFSTOPPED(os.waitpid(worker, os.WUNTRACED)[1]):
        os.kill(worker, signal.SIGCONT)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    kill_children()
    log.remove_files()
    os._exit(0)


def become_subreaper() -> None:
    """Become the parent of descendants that are orphaned (``man 2 prctl``)."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def set_parent_death_signal(number: signal.Signals, /) -> None:
    """Receive the signal ``number`` when the parent ends, however it ends (``man 2 prctl``)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def end_with_parent() -> None:
    """End this process and those that it started when its parent ends, even while code runs.

    On Windows, and where there is no thread to be had, this process ends when it asks for more
    requests.
    """
    if sys.platform != "win32":
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=_end_after, args=[os.getppid()], daemon=True).start()


def _end_after(parent: int) -> None:
    """Wait until this process is an orphan, and kill it and its process group."""
    while os.getppid() == parent:
        time.sleep(_PARENT_INTERVAL)
    os.killpg(0, signal.SIGKILL)


def kill_children() -> None:
    """Kill all children, and those that this process inherits from them."""
    while pids := list_children():
        for pid in pids:
            kill(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def kill(pid: int, /) -> None:
    """Kill the process ``pid`` and, if it leads a process group, the group."""
    for send in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(pid, signal.SIGKILL)


def list_children() -> set[int]:
    """Return the child processes; an empty set on systems other than Linux."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listing:
            return set(map(int, listing.read().split()))
    except OSError:
        return set()
