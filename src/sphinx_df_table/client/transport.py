"""Start the worker process, connect to it, and stop it."""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from sphinx_df_table.model.codec import LONGEST_LINE, encode
from sphinx_df_table.model.protocol import NO_PROCESS, ProcessEnd

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds in which a request must be sent. A new worker imports pandas before it reads.
_SEND_TIMEOUT: Final = 300.0

#: Seconds in which a process must exit when asked to.
_EXIT_TIMEOUT: Final = 5.0

#: Seconds in which a worker that has closed its connection must exit.
_WAIT_FOR_EXIT: Final = 0.5

#: Seconds between looks at whether a reader is an orphan.
_ORPHAN_INTERVAL: Final = 0.5

#: Seconds between two looks whether a process that closed its files has exited.
_EXIT_INTERVAL: Final = 0.01

#: The timeout of a socket if no time is left; 0 would make it non-blocking.
_SHORTEST_TIMEOUT: Final = 0.001

#: How many characters of a line decide whether it is read to its end.
_LONGEST_PREFIX: Final = 64

#: Thread pools must not start in the worker before it forks. Only the import of pandas sees it.
_NO_THREADS: Final = {"OPENBLAS_NUM_THREADS": "1"}

#: Gives sets the same order in every build, even one with its own hash seed.
_HASH_SEED: Final = {"PYTHONHASHSEED": "0"}

#: Runs the worker with the ``sys.path`` of this process, which conf.py may have extended. At
#: first, folders of the project come last: a module in them may have the name of one that pandas
#: imports. Collecting garbage while pandas is imported would only take time.
_BOOT: Final = """\
import gc, json, os, sys
gc.disable()
path, unset, changed = json.loads(sys.argv.pop())
sys.path += [folder for folder in path if folder not in sys.path]
if sys.argv[1] == "fork":
    from sphinx_df_table.worker.supervisor import supervise_worker
    sys.argv.append(str(supervise_worker().descriptor))
from sphinx_df_table.worker.forkserver import main
sys.path[:] = path
for name in unset:
    del os.environ[name]
os.environ.update(changed)
gc.enable()
main()
"""


def can_fork() -> bool:
    """Return whether the worker may fork.

    That needs no copy of pandas, but is safe on Linux only: on macOS, system libraries that a
    process has used may abort in its forked child. The environment can forbid it, for tests.
    """
    return sys.platform == "linux" and not os.environ.get("DF_TABLE_NO_FORK")


class ForkingWorker:
    """A worker that forks a child for each page, for any process of the build.

    ``owner`` is the process that started it.
    """

    def __init__(self) -> None:
        # Packets keep messages of several readers apart, and closing either end is noticed.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = _start_process(
                    *("fork", str(theirs.fileno())),
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError:
                self._control.close()
                raise
        self.owner = os.getpid()
        self._numbers = itertools.count()

    def is_usable(self) -> bool:
        """Return whether the worker is alive."""
        try:
            self._control.send(b"hello")
        except OSError:
            return False
        return True

    def connect(self) -> SocketConnection:
        """Return a connection to a new child."""
        session = f"{os.getpid()}-{next(self._numbers)}"
        ours, theirs = socket.socketpair()
        # Code may have set a default timeout, as Sphinx' linkcheck does.
        theirs.setblocking(True)
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._control, [f"open {session}".encode()], [theirs.fileno()])

        def stop() -> None:
            with contextlib.suppress(OSError):
                self._control.send(f"stop {session}".encode())

        return SocketConnection(ours, stop=stop)

    def check_start(self) -> None:
        """Raise :class:`BlockingIOError` if there was no process to be had for the worker."""
        if self.owner == os.getpid() and not self.is_usable():
            with contextlib.suppress(subprocess.TimeoutExpired):
                if self._process.wait(_WAIT_FOR_EXIT) == NO_PROCESS:
                    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def stop(self) -> None:
        """Close the control socket; the worker exits when no process has it open."""
        self._control.close()
        if self.owner == os.getpid():
            try:
                self._process.wait(_EXIT_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class SocketConnection:
    """A connection to a child of a forking worker."""

    def __init__(self, connection: socket.socket, *, stop: Callable[[], None]) -> None:
        self._socket = connection
        self._stop = stop
        self._received = b""

    def send(self, line: bytes) -> None:
        """Send a line; raise nothing if the process is gone."""
        self._socket.settimeout(_SEND_TIMEOUT)
        with contextlib.suppress(OSError):
            self._socket.sendall(line)

    def receive(self, deadline: float | None, prefixes: tuple[bytes, ...] = ()) -> bytes:
        """Return the next line; an empty one if the connection is closed.

        :param deadline: the latest time, by :func:`time.monotonic`; ``None`` is without limit.
        :param prefixes: lines that start with none of these may be cut short, and so may all
            that are longer than :data:`LONGEST_LINE`.
        :raises TimeoutError: if the deadline passes.
        """
        chunks = [self._received]
        length = len(self._received)
        while b"\n" not in chunks[-1]:
            if len(chunks[0]) < _LONGEST_PREFIX:
                chunks = [b"".join(chunks)]
            elif length > LONGEST_LINE or (prefixes and not chunks[0].startswith(prefixes)):
                # Code that writes an endless line must not fill the memory of this process.
                chunks = [chunks[0][:_LONGEST_PREFIX]]
            try:
                self._socket.settimeout(_time_left(deadline))
                chunk = self._socket.recv(1 << 18)
            except TimeoutError:
                self._received = b"".join(chunks)
                raise
            except OSError:
                chunk = b""
            if not chunk:
                return b""
            chunks.append(chunk)
            length += len(chunk)
        line, newline, self._received = b"".join(chunks).partition(b"\n")
        return line + newline

    def stop(self) -> None:
        """Kill the process, and wait until it is gone."""
        self._stop()
        deadline = time.monotonic() + _EXIT_TIMEOUT
        with contextlib.suppress(TimeoutError):
            while self.receive(deadline):
                pass

    def close(self) -> None:
        """Close the connection: the process exits."""
        self._socket.close()


class PipeWorker:
    """A worker that runs all snippets in one process, for systems that cannot fork safely.

    It is its own connection.

    :param main_process: Sphinx's main process, if this one is a reader of a parallel build.
    """

    def __init__(self, *, main_process: int | None = None) -> None:
        self._process = _start_process(
            "pipes", stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self.owner = os.getpid()
        # Code that writes lines without end must not fill the memory of this process.
        self._lines: queue.Queue[bytes] = queue.Queue(maxsize=1)
        try:
            threading.Thread(target=self._read_lines, daemon=True).start()
            if main_process:
                end = threading.Thread(target=self._end_after, args=[main_process], daemon=True)
                end.start()
        except RuntimeError as error:
            # A thread counts as a process for the machine's limits.
            self._lines.put(b"")
            self.stop()
            raise OSError(str(error)) from error

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as replies:
            while line := replies.readline(LONGEST_LINE):
                self._lines.put(line)
        self._lines.put(b"")

    def _end_after(self, main_process: int) -> None:
        """Wait until Sphinx's main process is gone, and end the worker and this process."""
        while os.getppid() == main_process:
            time.sleep(_ORPHAN_INTERVAL)
        self._kill_session()
        os._exit(1)

    def is_usable(self) -> bool:
        """Return whether the worker is alive, and this process started it."""
        return self.owner == os.getpid() and self._process.poll() is None

    def connect(self) -> PipeWorker:
        """Return the connection to this one process."""
        return self

    def send(self, line: bytes) -> None:
        """Send a line; raise nothing if the process is gone."""
        assert self._process.stdin is not None
        # The file is closed if this process has ended the other.
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def receive(self, deadline: float | None, prefixes: tuple[bytes, ...] = ()) -> bytes:
        """Return the next line; after the last, a note on how the process ended."""
        try:
            line = self._lines.get(timeout=_time_left(deadline))
        except queue.Empty:
            raise TimeoutError from None
        if line:
            return line
        self._lines.put(b"")
        self._wait_for_exit(deadline)
        self._kill_session()
        status = self._process.wait()
        return encode(ProcessEnd(by_signal=status < 0, status=abs(status)))

    def _wait_for_exit(self, deadline: float | None) -> None:
        """Wait until the process has exited by itself, which one that closed its files may not.

        :raises TimeoutError: if the deadline passes.
        """
        while True:
            # Its number must not be free yet. Missing on Windows, and on macOS before Python 3.13.
            if hasattr(os, "waitid"):
                try:
                    if os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                        return
                except ChildProcessError:
                    return
            elif self._process.poll() is not None:
                return
            _time_left(deadline)
            time.sleep(_EXIT_INTERVAL)

    def check_start(self) -> None:
        """Do nothing: the process is the worker itself."""

    def stop(self) -> None:
        """Kill the process, and those that it started."""
        assert self._process.stdin is not None
        self._kill_session()
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        # The thread that reads the lines must end, too.
        with contextlib.suppress(queue.Empty):
            while self._lines.get(timeout=_EXIT_TIMEOUT):
                pass
        self._lines.put(b"")

    def _kill_session(self) -> None:
        """Kill all processes of the worker's session, where the system has sessions."""
        # Before it is waited for, its number cannot be that of another session.
        if sys.platform != "win32" and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the page; the next one uses the same process."""
        self.send(b"\n")


Connection = SocketConnection | PipeWorker


def _start_process(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the worker; ``-P`` keeps modules of the current folder out."""
    names = _NO_THREADS | _HASH_SEED
    unset = [name for name in names if name not in os.environ]
    changed = {name: os.environ[name] for name in names if name in os.environ}
    # Python ignores entries that are not strings, such as a Path.
    entries: list[object] = [*sys.path]
    path = [entry for entry in entries if isinstance(entry, str)]
    # Where Python does not know its own file, this is None or empty: there is no such file.
    python = sys.executable or ""
    command = [python, "-P", "-c", _BOOT, *arguments, json.dumps([path, unset, changed])]
    return subprocess.Popen(command, env=_NO_THREADS | os.environ | _HASH_SEED, **options)


def _time_left(deadline: float | None) -> float | None:
    """Return the seconds until ``deadline``; ``None`` is without limit.

    :raises TimeoutError: if it has passed, even if there is more to read.
    """
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left < 0:
        raise TimeoutError
    return max(left, _SHORTEST_TIMEOUT)
