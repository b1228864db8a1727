"""Keep snippets apart: restore the process state, detect lasting changes, limit memory."""

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
import mmap
import operator
import os
import pickle
import re
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

from sphinx_df_table.model.text import describe_exception
from sphinx_df_table.worker.supervisor import list_children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

if sys.platform != "win32":
    import resource

    _RESOURCE_LIMITS: Final = tuple(
        number for name, number in vars(resource).items() if name.startswith("RLIMIT_")
    )

_MEGABYTE: Final = 1_000_000

#: Bytes that are set aside where memory is limited: reporting an error needs some.
_RESERVE_SIZE: Final = 32 * _MEGABYTE

_memory_reserve: Final[list[mmap.mmap]] = []

_memory_ran_out: Final = threading.Event()

#: Signals that code handles; looking at all 64 takes longer.
_SIGNALS: Final = tuple(
    getattr(signal, f"SIG{name}")
    for name in ("INT", "TERM", "HUP", "PIPE", "CHLD", "ALRM", "PROF", "USR1")
    if hasattr(signal, f"SIG{name}")
)


@contextlib.contextmanager
def restored_process_state() -> Iterator[None]:
    """Restore the state of the process that code often changes.

    That is the working directory, ``sys.path``, ``sys.argv``, the environment, the
    standard streams, warning filters and pandas' options.
    """
    directory = os.getcwd()
    lists = [(sys.path, sys.path[:]), (sys.argv, sys.argv[:])]
    environment = dict(os.environ)
    zone = time.tzname
    streams = sys.stdin, sys.stdout, sys.stderr
    options = pandas_options()
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
                # The C library caches the time zone that the environment had named.
                time.tzset()
            # A filter of the snippet that raises warnings must not stop this.
            warnings.simplefilter("ignore")
            now = pandas_options()
            for name, value in options.items():
                if now.get(name) != value:
                    pd.set_option(name, value)


def pandas_options() -> dict[str, Any]:
    """Return pandas' options by their full names."""

    def flatten(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
        for name, value in options.items():
            if isinstance(value, dict):
                yield from flatten(value, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", value

    return dict(flatten(getattr(pd.options, "d")))  # noqa: B009 - the stubs lack it.


@contextlib.contextmanager
def restored_trace_functions() -> Iterator[None]:
    """Restore the trace and profile functions, and cancel faulthandler's timer."""
    trace, profile = sys.gettrace(), sys.getprofile()
    try:
        yield
    finally:
        sys.settrace(trace)
        sys.setprofile(profile)
        faulthandler.cancel_dump_traceback_later()


class ProcessState:
    """Detect process-wide changes (threads, signal handlers, patched modules) of a snippet.

    Such a process is not reused: it may fail the next snippet for what an earlier one did.
    Only changes that :func:`restored_process_state` does not undo are of interest. New names
    in modules and newly imported modules do no harm.
    """

    def __init__(self) -> None:
        self._settings = tuple(_process_settings())
        self._namespaces = [(namespace, dict(namespace)) for namespace in _module_namespaces()]
        for _, before in self._namespaces:
            before.pop("__main__", None)

    def is_unchanged(self) -> bool:
        """Return whether the process is in the same state as when this object was made."""
        try:
            return tuple(_process_settings()) == self._settings and all(
                all(map(operator.is_, map(now.get, before), before.values()))
                for now, before in self._namespaces
            )
        except BaseException:
            # A function that is used here was patched.
            return False


def _process_settings() -> Iterator[object]:
    """Yield threads, children, timers, signal handlers, limits and hooks; objects by their id."""
    # The module threading does not count all threads.
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
    yield from map(resource.getrlimit, _RESOURCE_LIMITS)


def _module_namespaces() -> Iterator[Mapping[str, Any]]:
    """Yield the namespaces that every snippet, or the code that runs it, uses."""
    yield sys.modules
    yield from map(vars, (builtins, io, json, os, signal, sys, tempfile, threading, time))
    yield from map(vars, (ast, copy, pickle, re, types, warnings, np, pd))
    yield from map(vars, (pd.DataFrame, pd.Series, pd.Index))


def limit_memory(megabytes: int, /) -> str:
    """Limit the memory that this process, and each that it starts, may allocate from now on.

    Python raises :class:`MemoryError` beyond; native libraries may abort instead. The limit
    is ``RLIMIT_DATA`` (``man 2 setrlimit``).

    :param megabytes: 0 means without limit.
    :returns: why there is no limit although one is asked for; an empty string if there is.
    """
    if megabytes and sys.platform == "linux":
        try:
            reserve = mmap.mmap(-1, _RESERVE_SIZE, flags=mmap.MAP_PRIVATE)
            with open("/proc/self/status", encoding="ascii") as status:
                [kilobytes] = [line.split()[1] for line in status if line.startswith("VmData:")]
            limit = int(kilobytes) * 1024 + megabytes * _MEGABYTE
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            if hard != resource.RLIM_INFINITY and limit > hard:
                return f"RLIMIT_DATA is {hard // _MEGABYTE} megabytes already"
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
            _memory_reserve.append(reserve)
        except (OSError, ValueError) as error:
            # Without /proc, or with limits that may not be set.
            return describe_exception(error)
    return ""


def release_memory_reserve(error: BaseException, /) -> None:
    """Free the memory that is set aside if ``error`` is a :class:`MemoryError`.

    Call it before anything else: after many small objects there is none for the smallest call.
    """
    # Not isinstance, which looks up attributes of the object.
    if _memory_reserve and issubclass(type(error), MemoryError):
        _memory_reserve[0].close()
        _memory_ran_out.set()


def has_reached_memory_limit() -> bool:
    """Return whether code reached the limit: too little is left for more code."""
    return _memory_ran_out.is_set()


def memory_limit_hint() -> str:
    """Return a sentence on the limit if code reached it, else an empty string."""
    if not has_reached_memory_limit():
        return ""
    return " The code of a page is limited by df_table_memory: use less memory, or raise the limit."


def maximize_oom_score() -> None:
    """Make this process the first that Linux kills if the machine runs out of memory.

    It might choose Sphinx otherwise (``man 5 proc_pid_oom_score_adj``).
    """
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb") as score:
        score.write(b"1000")
