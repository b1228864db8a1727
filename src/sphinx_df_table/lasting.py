"""What code can do to its process that outlasts it, and would reach the code that runs next."""

from __future__ import annotations

import _thread
import ast
import builtins
import copy
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

from sphinx_df_table.keeper import own_children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


class LastingState:
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
    yield len(own_children())
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
