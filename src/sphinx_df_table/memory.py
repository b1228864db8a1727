"""How much memory the code of a page may take, where the system can be told."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Final

if sys.platform == "linux":
    import resource

#: Whether there is a limit that counts what a process takes, not what it merely reserves.
CAN_LIMIT: Final = sys.platform == "linux"

_MEGABYTE: Final = 1_000_000

#: What is kept back of the limit, in bytes: with none left, not even a report can be made.
_RESERVE: Final = 32 * _MEGABYTE

_ran_out: Final = threading.Event()


def limit_memory(megabytes: int, /) -> None:
    """Let this process, and each that it starts, take so much more than it has; 0 lifts nothing.

    Python raises :class:`MemoryError` beyond; native libraries may abort instead. It is
    ``RLIMIT_DATA`` that is set (``man 2 setrlimit``).
    """
    if megabytes and sys.platform == "linux":
        limit = _data_size() + megabytes * _MEGABYTE
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        if most == resource.RLIM_INFINITY or limit + _RESERVE < most:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit + _RESERVE))


def make_room_for_report(error: BaseException, /) -> None:
    """Release the reserve if ``error`` says that the limit was met."""
    # Not isinstance, which asks the object what it is.
    if issubclass(type(error), MemoryError) and sys.platform == "linux":
        limit, most = resource.getrlimit(resource.RLIMIT_DATA)
        if limit != most:
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
            _ran_out.set()


def ran_out() -> bool:
    """Tell whether the limit was met: what is left is too little for more code."""
    return _ran_out.is_set()


def hint_at_limit() -> str:
    """Return a sentence on what to do if the limit was met."""
    if not ran_out():
        return ""
    return (
        " df_table_memory limits what the code of a page may take: take less, or allow more there."
    )


def offer_to_the_system() -> None:
    """Have the system end this process before any other if its memory runs out.

    It might choose Sphinx otherwise (``man 5 proc_pid_oom_score_adj``).
    """
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")


def _data_size() -> int:
    """Return the bytes that ``RLIMIT_DATA`` counts of this process."""
    with open("/proc/self/status", encoding="ascii") as status:
        [kilobytes] = [line.split()[1] for line in status if line.startswith("VmData:")]
    return int(kilobytes) * 1024
