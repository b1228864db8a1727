"""Keep snippets apart: fresh process state, detection of lasting changes, memory limits."""

from __future__ import annotations

import _thread
import ast
import builtins
import contextlib
import copy
import faulthandler
import gc
import io
import json
import operator
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
import types
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sphinx_df_table.worker.supervisor import list_children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def restored_process_state() -> Iterator[None]:
    """Undo, on leaving, what a snippet did to the process and the next one must not find.

    That is the working directory, ``sys.path``, ``sys.argv``, the environment, the
    standard streams, warning filters and pandas' options.
    """
    directory = os.getcwd()
    lists = [(sys.path, sys.path[:]), (sys.argv, sys.argv[:])]
    environment = dict(os.environ)
    zone = time.tzname
    streams = sys.stdin, sys.stdout, sys.stderr
    options = _pandas_options()
    with warnings.catch_warnings():
        try:
            yield
        finally:
            os.chdir(directory)
            (sys.path, path), (sys.argv, argv) = lists
            sys.path[:], sys.argv[:] = path, argv
            sys.stdin, sys.stdout, sys.stderr = streams
            if dict(os.environ) != environment:
                os.environ.clear()
                os.environ.update(environment)
            if time.tzname is not zone:
                # The C library keeps the time zone that the environment named when it looked.
                time.tzset()
            # What the snippet makes an error of must not keep pandas' options from coming back.
            warnings.simplefilter("ignore")
            now = _pandas_options()
            for name, value in options.items():
                if now.get(name) != value:
                    pd.set_option(name, value)


@contextlib.contextmanager
def own_hooks() -> Iterator[None]:
    """Have functions that trace or profile the code leave it at that."""
    trace, profile = sys.gettrace(), sys.getprofile()
    try:
        yield
    finally:
        sys.settrace(trace)
        sys.setprofile(profile)
        faulthandler.cancel_dump_traceback_later()


def _pandas_options() -> dict[str, Any]:
    """Return pandas' options by their full names."""
    return dict(_flat(getattr(pd.options, "d")))  # noqa: B009 - the stubs know options only.


def _flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in options.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


if sys.platform != "win32":
    import resource

    _LIMITS: Final = tuple(
        number for name, number in vars(resource).items() if name.startswith("RLIMIT_")
    )

#: Signals that code deals with; there are 64, and asking for each would take its time.
_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in (
        "SIGINT",
        "SIGTERM",
        "SIGHUP",
        "SIGPIPE",
        "SIGCHLD",
        "SIGALRM",
        "SIGPROF",
        "SIGUSR1",
    )
    if hasattr(signal, name)
)


class ProcessState:
    """The state of the process as it is now, as far as nothing else brings it back.

    That is live threads and children, timers, the ways of signals, limits, the mask of new
    files, hooks of the interpreter, and the functions that everything rests on. A process where
    any of that has changed may fail the next snippet for what an earlier one has done. Names
    that are new do no harm, nor do modules that are loaded.
    """

    def __init__(self) -> None:
        self._numbers = tuple(_numbers())
        self._names = [(names, dict(names)) for names in _names()]
        for _, before in self._names:
            before.pop("__main__", None)

    def is_unchanged(self) -> bool:
        """Tell whether the process is as it was."""
        try:
            return tuple(_numbers()) == self._numbers and all(
                all(map(operator.is_, map(now.get, before), before.values()))
                for now, before in self._names
            )
        except BaseException:
            # Even what it takes to look is not what it was.
            return False


def _numbers() -> Iterator[object]:
    """Give numbers that stand for what is in force; of an object, where it is."""
    # Threads that Python's own module knows nothing of count, too.
    yield _thread._count()  # noqa: SLF001
    yield len(list_children())
    yield sys.getrecursionlimit()
    yield gc.isenabled()
    yield from map(id, (sys.gettrace(), sys.getprofile(), sys.modules, sys.path))
    mask = os.umask(0o077)
    os.umask(mask)
    yield mask
    yield from (id(signal.getsignal(number)) for number in _SIGNALS)
    if sys.platform == "win32":
        return
    yield frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    yield os.getpriority(os.PRIO_PROCESS, 0)
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        yield any(signal.getitimer(timer))
    yield from map(resource.getrlimit, _LIMITS)


def _names() -> Iterator[Mapping[str, Any]]:
    """Give names that every snippet, or what runs it, relies on."""
    yield sys.modules
    yield from map(vars, (builtins, io, json, os, signal, sys, tempfile, threading, time))
    yield from map(vars, (ast, copy, pickle, types, warnings, np, pd))
    yield from map(vars, (pd.DataFrame, pd.Series, pd.Index))


if sys.platform == "linux":
    import resource

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


def release_memory_reserve(error: BaseException, /) -> None:
    """Release the reserve if ``error`` says that the limit was met."""
    # Not isinstance, which asks the object what it is.
    if issubclass(type(error), MemoryError) and sys.platform == "linux":
        limit, most = resource.getrlimit(resource.RLIMIT_DATA)
        if limit != most:
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
            _ran_out.set()


def memory_ran_out() -> bool:
    """Tell whether the limit was met: what is left is too little for more code."""
    return _ran_out.is_set()


def memory_limit_hint() -> str:
    """Return a sentence on what to do if the limit was met."""
    if not memory_ran_out():
        return ""
    return " The code of a page is limited by df_table_memory: use less memory, or raise the limit."


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
