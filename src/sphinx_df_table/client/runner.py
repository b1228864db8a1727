"""Ask the worker to run a snippet, within limits; say what became of it if it does not answer."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from typing import TYPE_CHECKING, Final

from sphinx_df_table.client.transport import CAN_FORK, ForkingWorker, PipeWorker
from sphinx_df_table.model.codec import END, decode, encode
from sphinx_df_table.model.errors import PreambleError, SnippetError, TableError
from sphinx_df_table.model.protocol import ProcessEnd, Reply, Request, Started

if TYPE_CHECKING:
    from sphinx_df_table.client.transport import Connection

#: Seconds within which the worker must have begun with a request: it imports pandas first.
_LONGEST_START: Final = 300.0

#: Seconds that are as good as no limit, and more than a system call may take.
_FOREVER: Final = 1e7


class Runner:
    """Runs snippets out of Sphinx's process; one a build.

    The readers of a parallel build are forks of the process that started the worker, and
    share it. Where a worker is needed and there is none, any of them starts its own.
    """

    def __init__(self, *, forking: bool = CAN_FORK) -> None:
        self._forking = forking
        self._owner = os.getpid()
        self._worker: ForkingWorker | PipeWorker | None = None
        self._connection: Connection | None = None
        self._page: tuple[int, str] | None = None
        #: A preamble that came to no end, with what was said of it: it is not run again.
        self._endless: tuple[str, str] | None = None

    @property
    def is_started(self) -> bool:
        """Whether there is a worker, or was one that may have died."""
        return self._worker is not None

    def start(self) -> None:
        """Start the worker, if it is not there; it imports pandas while Sphinx goes on."""
        if self._worker and not self._worker.is_usable():
            self._worker.stop()
            self._worker = None
        if not self._worker:
            self._worker = ForkingWorker() if self._forking else PipeWorker()

    def run(self, request: Request, /) -> Reply:
        """Return what running ``request`` came to.

        :raises TableError: if the process that ran it ended or had to be stopped.
        """
        if self._endless and self._endless[0] == request.preamble:
            raise PreambleError(self._endless[1])
        try:
            return self._ask(request)
        except _AskAgainError:
            # Its process is no longer fit for use, or is gone, through no fault of this code.
            return self._ask(request)

    def _ask(self, request: Request) -> Reply:
        if self._owner not in {os.getpid(), os.getppid()}:
            # The build is dead, and no one will take what this reader of it reads.
            sys.exit(1)
        connection = self._connection_for(request.place.page)
        assert self._worker is not None
        is_shared = self._worker.is_shared()
        # What else is written to the connection is not the answer, whoever wrote it.
        token = secrets.token_hex(8).encode("ascii") + b" "
        connection.send(token + encode(request))
        try:
            reply = _answer(connection, token, is_shared=is_shared)
        except TableError as error:
            self._stop_page(connection)
            if isinstance(error, PreambleError):
                self._endless = request.preamble, error.message
            raise
        if reply.is_last:
            self._stop_page(connection)
        return reply

    def open_page(self, page: str) -> None:
        """Start the process that will run the snippets of ``page``, before the first is there."""
        self._connection_for(page)

    def _stop_page(self, connection: Connection) -> None:
        connection.stop()
        self.end_page()

    def end_page(self) -> None:
        """Let the process of the page that was read last end."""
        if self._connection and self._page and self._page[0] == os.getpid():
            self._connection.close()
        self._connection = self._page = None

    def stop(self) -> None:
        """End the worker, and with it everything that it runs."""
        self.end_page()
        if self._worker:
            self._worker.stop()
        self._worker = None

    def _connection_for(self, page: str) -> Connection:
        """Return the connection to the process of ``page``, which is new or goes on."""
        here = os.getpid(), page
        if self._connection is None or self._page != here:
            self.end_page()
            self.start()
            assert self._worker is not None
            self._connection = self._worker.connect()
            self._page = here
        return self._connection


#: For each kind of code, what it is called, and what is raised where it comes to no end.
_KINDS: Final[dict[str, tuple[str, type[TableError]]]] = {
    "preamble": ("df_table_preamble", PreambleError),
    "setup": ("The page's df-setup", SnippetError),
    "snippet": ("The code", SnippetError),
}

_TOO_LONG: Final = (
    "{what} was stopped: it ran for more than {limit:g} seconds. Make it faster, or allow more "
    "with :timeout: or df_table_timeout."
)


class _AskAgainError(SnippetError):
    """There is no answer, for which the code that was to run is not to blame."""


def _answer(connection: Connection, token: bytes, *, is_shared: bool) -> Reply:
    """Return the answer to the request just sent, whose lines begin with ``token``.

    :param is_shared: whether other processes' code may have ended the worker.
    :raises TableError: if code runs for too long, or its process ends without an answer.
    """
    has_begun = False
    running = Started(kind="snippet", limit=_LONGEST_START)
    end: ProcessEnd | None = None
    deadline = _deadline(running.limit)
    try:
        while end is None and (line := connection.receive(deadline, (token, END))):
            if not line.startswith(token):
                end = decode(ProcessEnd, line)
                continue
            line = line.removeprefix(token)
            if started := decode(Started, line):
                has_begun, running, deadline = True, started, _deadline(started.limit)
            elif reply := decode(Reply, line):
                if reply.error and reply.is_last and not has_begun:
                    raise _AskAgainError(reply.error.message)
                return reply
    except TimeoutError:
        what, error = _KINDS[running.kind]
        raise error(_TOO_LONG.format(what=what, limit=running.limit)) from None
    what, error = _KINDS[running.kind]
    if not has_begun or (end is None and is_shared):
        error = _AskAgainError
    raise error(_obituary(end, what))


def _deadline(limit: float) -> float | None:
    """Return when ``limit`` seconds are over; ``None`` if that is never."""
    return time.monotonic() + limit if 0 < limit < _FOREVER else None


#: What ends a process that takes too much: the system, or a library that can get no more.
_SIGNALS_OF_WANT: Final = {"SIGKILL", "SIGABRT"}


def _obituary(end: ProcessEnd | None, what: str) -> str:
    """Return what is to be said of a process that ended without an answer."""
    if end is None:
        how = "its process is gone"
    elif end.by_signal:
        name = {number.value: number.name for number in signal.Signals}.get(end.status, "")
        how = f"signal {end.status}{name and f' ({name})'} stopped its process"
        if name in _SIGNALS_OF_WANT:
            how += ", which also happens where memory runs out"
    else:
        how = f"it ended its own process with exit status {end.status}"
    return f"{what} did not come to its end: {how}."
