"""The process that holds pandas: on Linux it forks a child per page, and runs no snippet itself.

Started by :mod:`sphinx_df_table.client.transport`; it and its children never see Sphinx. A child
answers one :class:`~sphinx_df_table.model.protocol.Request` after the other with one
:class:`~sphinx_df_table.model.protocol.Reply` each, a line of JSON either way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import selectors
import signal
import socket
import sys
import tempfile
import warnings

import pandas as pd

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model import codec, protocol
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.worker.isolation import offer_to_the_system
from sphinx_df_table.worker.server import serve
from sphinx_df_table.worker.supervisor import (
    adopt_orphans,
    kill,
    kill_children,
    set_parent_death_signal,
)


def serve_forking(descriptor: int) -> None:
    """Fork a child for each connection that comes in, until no one is left to send any.

    :param descriptor: the socket on which the runner sends ``open`` with a connected
        socket, or ``stop``, each with the name of the page's session.
    """
    wakeup = _signals_to_pipe()
    adopt_orphans()
    children = _Children()
    with socket.socket(fileno=descriptor) as control, selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ, lambda: _obey(control, children))
        selector.register(wakeup, selectors.EVENT_READ, lambda: _heed(wakeup, children))
        goes_on = True
        while goes_on:
            goes_on = all(key.data() for key, _ in selector.select())
            children.warm_up()
    # Whoever needs a worker from now on is to see that this one is none any more.
    children.end()
    # Python would take all of pandas down first, while the build waits.
    os._exit(0)


def _signals_to_pipe() -> int:
    """Have signals written to a pipe, each as its number; return the end to read."""
    wakeup, end = os.pipe()
    os.set_blocking(wakeup, False)
    os.set_blocking(end, False)
    signal.set_wakeup_fd(end)
    for number in _heeded():
        signal.signal(number, lambda *_: None)
    return wakeup


def _heeded() -> tuple[signal.Signals, ...]:
    """Return the signals that the worker does not die of; to some it has an answer."""
    no_answer = signal.SIGINT, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2
    return signal.SIGCHLD, signal.SIGTERM, *no_answer


def _heed(wakeup: int, children: _Children) -> bool:
    """Act on the signals that came; return whether the worker is to go on."""
    numbers = os.read(wakeup, 4096)
    children.reap()
    return signal.SIGTERM not in numbers


def _obey(control: socket.socket, children: _Children) -> bool:
    """Carry out one message; return whether there may be more."""
    message, descriptors, _, _ = socket.recv_fds(control, 256, 1)
    if not message:
        return False
    verb, _, session = message.decode("ascii").partition(" ")
    if verb == "open" and descriptors:
        children.fork(session, socket.socket(fileno=descriptors[0]))
    elif verb == "stop":
        children.stop(session)
    return True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Child:
    session: str
    connection: socket.socket


class _Children:
    """The pages' processes, each the leader of a session of its own."""

    def __init__(self) -> None:
        self._running: dict[int, _Child] = {}
        self._is_warm = False

    def fork(self, session: str, connection: socket.socket) -> None:
        """Start a child that answers on ``connection``."""
        with warnings.catch_warnings(action="ignore"):
            # Python warns of threads, whatever they do; numerical libraries may own some.
            try:
                pid = os.fork()
            except OSError:
                # There are too many processes, which its page is told of by the closed socket.
                connection.close()
                return
        if pid:
            self._running[pid] = _Child(session=session, connection=connection)
            return
        try:
            _become_page()
            os.dup2(connection.fileno(), 3, inheritable=False)
            os.closerange(4, os.sysconf("SC_OPEN_MAX"))
            serve(open(3, "rb", closefd=False), open(3, "wb", closefd=False), is_shared=False)
            os._exit(0)
        finally:
            os._exit(1)

    def warm_up(self) -> None:
        """Do once what most snippets do, so that children find what pandas loads for it.

        Not before there is a first child, which would have to wait.
        """
        if self._running and not self._is_warm:
            self._is_warm = True
            with contextlib.suppress(OSError):
                tempfile.gettempdir()
            frame = pd.read_csv(io.StringIO("name,value\na,1.5\nb,2\n"))
            frame = frame.merge(frame, on="name").sort_values("name")
            table = lay_out_frame(frame, TableOptions()).table
            codec.encode(protocol.Reply(results=(protocol.Result(table=table),)))

    def stop(self, session: str) -> None:
        """Kill the child of ``session`` and whatever it started."""
        for pid, child in self._running.items():
            if child.session == session:
                kill(pid)

    def reap(self) -> None:
        """Take note of the children that ended, and tell those who wait for an answer."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            # Until it is waited for, its number is no one else's.
            kill(ended.si_pid)
            os.waitpid(ended.si_pid, 0)
            if child := self._running.pop(ended.si_pid, None):
                is_by_signal = ended.si_code != os.CLD_EXITED
                end = protocol.ProcessEnd(by_signal=is_by_signal, status=ended.si_status)
                with contextlib.suppress(OSError):
                    # The process may have died within a line.
                    child.connection.send(b"\n" + codec.encode(end), socket.MSG_DONTWAIT)
                child.connection.close()

    def end(self) -> None:
        """Kill everything that is still there."""
        for child in self._running.values():
            child.connection.close()
        kill_children()


def _become_page() -> None:
    """Cut the ties between the forked child and the worker, whose end is the child's too."""
    signal.set_wakeup_fd(-1)
    for number in _heeded():
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    set_parent_death_signal(signal.SIGKILL)
    offer_to_the_system()


def serve_pipes() -> None:
    """Answer on the standard streams, all pages in this one process, until they close."""
    requests, replies = os.dup(0), os.dup(1)
    serve(open(requests, "rb"), open(replies, "wb"), is_shared=True)


def main() -> None:
    """Serve in the way that the command line says."""
    if sys.argv[1] == "fork":
        serve_forking(int(sys.argv[2]))
    else:
        serve_pipes()
