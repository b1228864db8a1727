"""The worker processes as Sphinx' side has them: they are started, spoken to and ended here."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from sphinx_df_table.model.codec import encode
from sphinx_df_table.model.protocol import ProcessEnd

if TYPE_CHECKING:
    from collections.abc import Callable

#: Forking needs no copy of pandas, but is safe on Linux only: on macOS, system libraries
#: that a process has used may abort in its forked child.
CAN_FORK: Final = sys.platform == "linux"

#: Seconds within which a request must have been taken: a worker imports pandas first.
_LONGEST_SENDING: Final = 300.0

#: Seconds that a worker or page process has to go once it was told to.
_LONGEST_END: Final = 5.0

#: Seconds that are waited for a line if no time is left; sockets take 0 for something else.
_SHORTEST_WAIT: Final = 0.001

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
    from sphinx_df_table.worker.supervisor import supervise_worker
    supervise_worker()
from sphinx_df_table.worker.forkserver import main
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

    def receive(self, deadline: float | None, beginnings: tuple[bytes, ...] = ()) -> bytes:
        """Return the next line, or nothing once there will be none.

        :param deadline: when it must have come, by :func:`time.monotonic`; ``None`` is never.
        :param beginnings: what lines that matter begin with; of others, a part will do.
        :raises TimeoutError: if it has not.
        """

    def stop(self) -> None:
        """Kill the process, whatever it is doing."""

    def close(self) -> None:
        """Let the process end."""


class ForkingWorker:
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
        self._socket.settimeout(_LONGEST_SENDING)
        with contextlib.suppress(OSError):
            self._socket.sendall(line)

    def receive(self, deadline: float | None, beginnings: tuple[bytes, ...] = ()) -> bytes:
        chunks = [self._received]
        while b"\n" not in chunks[-1]:
            if len(chunks[0]) < _LONGEST_BEGINNING:
                chunks = [b"".join(chunks)]
            elif beginnings and not chunks[0].startswith(beginnings):
                # Whoever writes without end must not fill this process.
                chunks = [chunks[0][:_LONGEST_BEGINNING]]
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
        line, newline, self._received = b"".join(chunks).partition(b"\n")
        return line + newline

    def stop(self) -> None:
        self._stop()
        deadline = time.monotonic() + _LONGEST_END
        with contextlib.suppress(TimeoutError):
            while self.receive(deadline):
                pass

    def close(self) -> None:
        self._socket.close()


class PipeWorker:
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
        """Hand on a line; nothing is raised if no one is there to take it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def receive(self, deadline: float | None, beginnings: tuple[bytes, ...] = ()) -> bytes:
        """Return the next line; once there will be none, how the process ended."""
        try:
            line = self._lines.get(timeout=_time_left(deadline))
        except queue.Empty:
            raise TimeoutError from None
        if line:
            return line
        status = self._process.wait()
        self._lines.put(b"")
        return encode(ProcessEnd(by_signal=status < 0, status=abs(status)))

    def stop(self) -> None:
        """Kill the process, whatever it is doing."""
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


def _time_left(deadline: float | None) -> float | None:
    """Return the seconds until ``deadline``; ``None`` if that is never.

    :raises TimeoutError: if it is over, also if there is more to be read.
    """
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left < 0:
        raise TimeoutError
    return max(left, _SHORTEST_WAIT)
