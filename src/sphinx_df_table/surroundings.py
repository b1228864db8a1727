"""What code changes of its process for itself, put back before other code runs."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def fresh_surroundings() -> Iterator[None]:
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
