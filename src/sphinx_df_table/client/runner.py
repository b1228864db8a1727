"""Send code to the worker, and return its reply or raise an error that says why there is none."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Final

from sphinx_df_table.client.transport import ForkingWorker, PipeWorker, can_fork
from sphinx_df_table.model.codec import END, decode, encode
from sphinx_df_table.model.errors import PreambleError, SnippetError, TableError
from sphinx_df_table.model.protocol import ProcessEnd, Reply, Started

if TYPE_CHECKING:
    from sphinx_df_table.client.transport import Connection
    from sphinx_df_table.model.protocol import Request

#: Seconds in which code must start to run. The worker imports pandas first.
_START_TIMEOUT: Final = 300.0

#: Seconds from which on a limit counts as none; a system call may not take as many.
_UNLIMITED: Final = 1e7

#: For each kind of code: the start of messages on its time limit and on its process.
_SUBJECTS: Final = {
    "preamble": ("df_table_preamble timed out", "The process of df_table_preamble"),
    "setup": ("A df-setup of this page timed out", "The process of a df-setup of this page"),
    "snippet": ("Timed out", "The code's process"),
}

#: What to do if no process can be started.
_NO_PROCESS_REMEDY: Final = (
    "End other programs, or raise the machine's limits of processes, files and memory, and build "
    "again."
)

_START_MESSAGE: Final = f"The worker process did not start within {_START_TIMEOUT:g} seconds."

#: The kernel kills a process if memory runs out; a library aborts if it gets none.
_OUT_OF_MEMORY_SIGNALS: Final = {"SIGKILL", "SIGABRT"}


class Runner:
    """Runs snippets out of Sphinx's process; a build has one.

    The readers of a parallel build are forks of the process that started the worker, and
    share it. A reader that finds no worker starts its own.

    :param forking: whether the worker forks; ``None`` if that depends on the system.
    """

    def __init__(self, *, forking: bool | None = None) -> None:
        self._forking = can_fork() if forking is None else forking
        self._owner = os.getpid()
        self._worker: ForkingWorker | PipeWorker | None = None
        self._connection: Connection | None = None
        self._page: tuple[int, str] | None = None
        #: The code and error of a preamble that timed out or ended its process: run only once.
        self._failed_preamble: tuple[str, PreambleError] | None = None

    @property
    def is_started(self) -> bool:
        """Whether the worker was started; it may have died since."""
        return self._worker is not None

    def start(self) -> None:
        """Start the worker, unless one is running; it imports pandas while Sphinx goes on."""
        if self._worker and not self._worker.is_usable():
            self._worker.stop()
            self._worker = None
        if not self._worker:
            main_process = None if self._owner == os.getpid() else self._owner
            self._worker = (
                ForkingWorker() if self._forking else PipeWorker(main_process=main_process)
            )

    def open_page(self, page: str) -> Connection:
        """Return the connection to the process that runs the code of ``page``.

        Start this process if the page is new.
        """
        key = os.getpid(), page
        if self._connection is None or self._page != key:
            self.end_page()
            self.start()
            assert self._worker is not None
            self._connection = self._worker.connect()
            self._page = key
        return self._connection

    def run(self, request: Request, /) -> Reply:
        """Run the code of ``request`` and return the reply.

        :raises TableError: if the code timed out or its process ended.
        """
        if self._failed_preamble and self._failed_preamble[0] == request.preamble:
            raise PreambleError(self._failed_preamble[1].message)
        try:
            try:
                return self._send(request)
            except _RetryError:
                return self._send(request)
        except OSError as error:
            # No processes, files or memory are left, or there is no /dev/null.
            raise SnippetError(_describe_no_process(str(error))) from error

    def _send(self, request: Request) -> Reply:
        if self._owner not in {os.getpid(), os.getppid()}:
            # Sphinx's main process is dead, and this reader of a parallel build an orphan.
            sys.exit(1)
        connection = self.open_page(request.context.page)
        assert self._worker is not None
        is_shared = self._worker.owner != os.getpid()
        # Code may write to the connection, but does not know the token of the reply.
        token = os.urandom(8).hex().encode("ascii") + b" "
        connection.send(token + encode(request))
        try:
            reply = _receive_reply(connection, token, is_shared=is_shared)
        except TableError as error:
            if isinstance(error, PreambleError):
                self._failed_preamble = request.preamble, error
            self._kill_page(connection)
            if isinstance(error, _RetryError):
                self._worker.check_start()
            raise
        if reply.is_last:
            self._kill_page(connection)
        return reply

    def _kill_page(self, connection: Connection) -> None:
        connection.stop()
        self.end_page()

    def end_page(self) -> None:
        """Close the connection to the process of the current page, which then exits."""
        if self._connection and self._page and self._page[0] == os.getpid():
            self._connection.close()
        self._connection = self._page = None

    def stop(self) -> None:
        """Stop the worker and all processes that it started."""
        self.end_page()
        if self._worker:
            self._worker.stop()
        self._worker = None


class _RetryError(SnippetError):
    """The request got no reply, but its code is not the cause: it can be sent again."""


def _receive_reply(connection: Connection, token: bytes, *, is_shared: bool) -> Reply:
    """Return the reply to the request just sent, whose lines start with ``token``.

    :param is_shared: whether code of other processes may have ended the worker.
    :raises TableError: if code times out, or its process ends without a reply.
    """
    started: Started | None = None
    end: ProcessEnd | None = None
    deadline: float | None = time.monotonic() + _START_TIMEOUT
    try:
        while end is None and (line := connection.receive(deadline, (token, END))):
            if not line.startswith(token):
                end = decode(ProcessEnd, line)
                continue
            line = line.removeprefix(token)
            if note := decode(Started, line):
                started = note
                is_limited = 0 < note.limit < _UNLIMITED
                deadline = time.monotonic() + note.limit if is_limited else None
            elif reply := decode(Reply, line):
                if reply.error and reply.is_last and not started:
                    raise _RetryError(reply.error.message)
                return reply
    except TimeoutError:
        message = _describe_timeout(started) if started else _START_MESSAGE
    else:
        message = _describe_exit(end, started.kind if started else "snippet")
        if not started or (end is None and is_shared):
            raise _RetryError(message)
    if started and started.kind == "preamble":
        raise PreambleError(f"{message} No table is shown until you fix it in conf.py.")
    raise SnippetError(message)


def _describe_timeout(started: Started) -> str:
    timed_out, _ = _SUBJECTS[started.kind]
    option = "" if started.kind == "preamble" else ":timeout: or "
    return (
        f"{timed_out} after {started.limit:g} seconds. Speed up the code, or raise "
        f"{option}df_table_timeout."
    )


def _describe_no_process(reason: str) -> str:
    return f"The code's process could not be started: {reason}. {_NO_PROCESS_REMEDY}"


def _describe_exit(end: ProcessEnd | None, kind: str) -> str:
    """Return a sentence on how the process that ran code of this kind ended without a reply."""
    _, process = _SUBJECTS[kind]
    if end and end.reason:
        return _describe_no_process(end.reason)
    if end is None:
        return f"{process} ended without a reply."
    if not end.by_signal:
        return f"{process} exited with status {end.status}."
    name = {number.value: number.name for number in signal.Signals}.get(end.status, "")
    hint = ", possibly because it ran out of memory" if name in _OUT_OF_MEMORY_SIGNALS else ""
    return f"{process} was killed by signal {end.status}{name and f' ({name})'}{hint}."
