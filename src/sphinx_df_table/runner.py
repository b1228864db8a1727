"""Ask the worker to run a snippet, within limits; start it when needed, and end it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from sphinx_df_table.errors import PreambleError, SnippetError, TableError
from sphinx_df_table.protocol import (
    END,
    Ended,
    Reply,
    Request,
    Started,
    decode_end,
    decode_reply,
    decode_start,
    encode_note,
    encode_request,
)

if TYPE_CHECKING:
    from collections.abc import Callable

#: Forking needs no copy of pandas, but is safe on Linux only: on macOS, system libraries
#: that a process has used may abort in its forked child.
CAN_FORK: Final = sys.platform == "linux"

#: Seconds within which the worker must have begun with a request: it imports pandas first.
_LONGEST_START: Final = 300.0

#: Seconds that are as good as no limit, and more than a system call may take.
_FOREVER: Final = 1e7

#: Seconds that a worker or page process has to go once it was told to.
_LONGEST_END: Final = 5.0

#: Characters of a line by which it is known whether it matters.
_LONGEST_BEGINNING: Final = 64

#: What keeps thread pools from starting in the worker before it forks: it is in force while
#: pandas is imported, and gone before the first snippet looks.
_NO_THREADS: Final = {"OPENBLAS_NUM_THREADS": "1"}

#: Has sets come in the same order in every build, also in one that has a seed of its own.
_SAME_ORDER: Final = {"PYTHONHASHSEED": "0"}

#: Runs the worker with the module path of this process, which conf.py may have extended. Modules
#: of the project come last until then: one may be called as one that pandas imports.
#: What pandas makes while it is imported stays, so looking for garbage in it is in vain.
_BOOT: Final = """\
import gc, json, os, sys
gc.disable()
path, unset, changed = json.loads(sys.argv.pop())
sys.path += [folder for folder in path if folder not in sys.path]
if sys.argv[1] == "fork":
    from sphinx_df_table.keeper import keep_worker
    keep_worker()
from sphinx_df_table.worker import main
sys.path[:] = path
for name in unset:
    del os.environ[name]
os.environ.update(changed)
gc.enable()
main()
"""


class Connection(Protocol):
    """A way to the process that runs one page's snippets."""

    def send(self, line: bytes) -> None:
        """Hand on a line; nothing is raised if no one is there to take it."""

    def receive(self, timeout: float | None, beginnings: tuple[bytes, ...] = ()) -> bytes:
        """Return the next line, or nothing once there will be none.

        :param beginnings: what lines that matter begin with; of others, a part will do.
        :raises TimeoutError: if none comes within ``timeout`` seconds.
        """

    def stop(self) -> None:
        """Kill the process, whatever it is doing."""

    def close(self) -> None:
        """Let the process end."""


class Runner:
    """Runs snippets out of Sphinx's process; one a build.

    The readers of a parallel build are forks of the process that started the worker, and
    share it. Where a worker is needed and there is none, any of them starts its own.
    """

    def __init__(self, *, forking: bool = CAN_FORK) -> None:
        self._forking = forking
        self._owner = os.getpid()
        self._worker: _ForkingWorker | _PipeWorker | None = None
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
            self._worker = _ForkingWorker() if self._forking else _PipeWorker()

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
        connection.send(token + encode_request(request))
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
    end: Ended | None = None
    deadline = _deadline(running.limit)
    try:
        while end is None and (line := connection.receive(_time_left(deadline), (token, END))):
            if not line.startswith(token):
                end = decode_end(line)
                continue
            line = line.removeprefix(token)
            if started := decode_start(line):
                has_begun, running, deadline = True, started, _deadline(started.limit)
            elif reply := decode_reply(line):
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


def _time_left(deadline: float | None) -> float | None:
    """Return the seconds until ``deadline``.

    :raises TimeoutError: if it is over, also if there is more to be read.
    """
    left = deadline and deadline - time.monotonic()
    if left is not None and left < 0:
        raise TimeoutError
    return left


#: What ends a process that takes too much: the system, or a library that can get no more.
_SIGNALS_OF_WANT: Final = {"SIGKILL", "SIGABRT"}


def _obituary(end: Ended | None, what: str) -> str:
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


class _ForkingWorker:
    """A worker that forks a child for each page, which any process of this build may ask for."""

    def __init__(self) -> None:
        # Messages keep their bounds, also where several readers send, and its closing is seen.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                _command("fork", str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=_environment(),
            )
        self._owner = os.getpid()
        self._numbers = itertools.count()

    def is_usable(self) -> bool:
        """Tell whether someone is at the other end."""
        try:
            self._control.send(b"hello")
        except OSError:
            return False
        return True

    def is_shared(self) -> bool:
        """Tell whether other processes may use it, too."""
        return self._owner != os.getpid()

    def connect(self) -> Connection:
        """Return the connection to a new child."""
        session = f"{os.getpid()}-{next(self._numbers)}"
        ours, theirs = socket.socketpair()
        # With a default timeout, such as Sphinx' linkcheck sets, it would not wait to be asked.
        theirs.setblocking(True)
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._control, [f"open {session}".encode()], [theirs.fileno()])
        return _SocketConnection(ours, stop=lambda: self._tell_to_stop(session))

    def _tell_to_stop(self, session: str) -> None:
        with contextlib.suppress(OSError):
            self._control.send(f"stop {session}".encode())

    def stop(self) -> None:
        """Take leave; the worker ends with the last process that is connected to it."""
        self._control.close()
        if self._owner == os.getpid():
            _wait_for(self._process)


class _SocketConnection:
    """A connection to a child of a forking worker."""

    def __init__(self, connection: socket.socket, *, stop: Callable[[], None]) -> None:
        self._socket = connection
        self._stop = stop
        self._received = b""

    def send(self, line: bytes) -> None:
        self._socket.settimeout(_LONGEST_START)
        with contextlib.suppress(OSError):
            self._socket.sendall(line)

    def receive(self, timeout: float | None, beginnings: tuple[bytes, ...] = ()) -> bytes:
        deadline = None if timeout is None else time.monotonic() + timeout
        chunks = [self._received]
        while b"\n" not in chunks[-1]:
            if len(chunks[0]) < _LONGEST_BEGINNING:
                chunks = [b"".join(chunks)]
            elif beginnings and not chunks[0].startswith(beginnings):
                # Whoever writes without end must not fill this process.
                chunks = [chunks[0][:_LONGEST_BEGINNING]]
            try:
                self._socket.settimeout(max(_time_left(deadline) or 0, 0.001) if deadline else None)
                chunk = self._socket.recv(1 << 18)
            except TimeoutError:
                self._received = b"".join(chunks)
                raise
            except OSError:
                chunk = b""
            if not chunk:
                return b""
            chunks.append(chunk)
        line, newline, self._received = b"".join(chunks).partition(b"\n")
        return line + newline

    def stop(self) -> None:
        self._stop()
        with contextlib.suppress(TimeoutError):
            while self.receive(_LONGEST_END):
                pass

    def close(self) -> None:
        self._socket.close()


class _PipeWorker:
    """A worker that runs all snippets itself: for systems that cannot fork safely."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            _command("pipes"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        self._owner = os.getpid()
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def is_usable(self) -> bool:
        """Tell whether the process is alive and this process's own."""
        return self._owner == os.getpid() and self._process.poll() is None

    def is_shared(self) -> bool:
        """Tell whether other processes may use it, too: none can."""
        return False

    def connect(self) -> Connection:
        """Return the connection to this one process."""
        return self

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as replies:
            for line in replies:
                self._lines.put(line)
        self._lines.put(b"")

    def send(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def receive(self, timeout: float | None, beginnings: tuple[bytes, ...] = ()) -> bytes:
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError from None
        if line:
            return line
        status = self._process.wait()
        self._lines.put(b"")
        return encode_note(Ended(by_signal=status < 0, status=abs(status)))

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        _wait_for(self._process)

    def close(self) -> None:
        """Do nothing: the next page is answered by the same process."""


def _command(*arguments: str) -> list[str]:
    """Return the worker's command line; ``-P`` keeps modules of the current folder out."""
    names = _NO_THREADS | _SAME_ORDER
    unset = [name for name in names if name not in os.environ]
    changed = {name: os.environ[name] for name in names if name in os.environ}
    # What is no text there, a Path, say, Python takes no notice of.
    entries: list[object] = [*sys.path]
    path = [entry for entry in entries if isinstance(entry, str)]
    described = json.dumps([path, unset, changed])
    return [sys.executable, "-P", "-c", _BOOT, *arguments, described]


def _environment() -> dict[str, str]:
    """Return the variables with which the worker starts."""
    return _NO_THREADS | os.environ | _SAME_ORDER


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_LONGEST_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
