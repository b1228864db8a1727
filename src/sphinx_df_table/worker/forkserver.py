"""The worker process: on Linux it forks a child for each page, and runs no snippet itself.

:mod:`sphinx_df_table.client.transport` starts it. It imports pandas, but never Sphinx. A child
answers each :class:`~sphinx_df_table.model.protocol.Request` with one
:class:`~sphinx_df_table.model.protocol.Reply`, each a line of JSON.
"""

from __future__ import annotations

import contextlib
import io
import os
import selectors
import signal
import socket
import sys
import tempfile
import warnings
from typing import Final

import pandas as pd

from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model import codec, protocol
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.worker.isolation import maximize_oom_score
from sphinx_df_table.worker.server import serve
from sphinx_df_table.worker.shared_memory import SharedMemoryLog
from sphinx_df_table.worker.supervisor import (
    become_subreaper,
    end_with_parent,
    kill,
    kill_children,
    set_parent_death_signal,
)

#: SIGCHLD and SIGTERM are handled, the others ignored.
_HANDLED_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in ("SIGCHLD", "SIGTERM", "SIGINT", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)


def serve_forking(descriptor: int, log: SharedMemoryLog) -> None:
    """Fork a child for each connection that is requested, until the control socket closes.

    :param descriptor: the control socket. Its messages are ``open`` with a socket for the
        child, or ``stop``, each with the name of a session.
    :param log: records what children leave in ``/dev/shm``.
    """
    wakeup = _redirect_signals_to_pipe()
    become_subreaper()
    children = _Children(log)
    with socket.socket(fileno=descriptor) as control, selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ, lambda: _handle_command(control, children))
        selector.register(wakeup, selectors.EVENT_READ, lambda: _handle_signals(wakeup, children))
        is_serving = True
        while is_serving:
            is_serving = all(key.data() for key, _ in selector.select())
            children.warm_up()
    # The control socket is closed first: clients see that this worker is gone.
    children.end()
    # Python's own exit would take the time to free all of pandas.
    os._exit(0)


def _redirect_signals_to_pipe() -> int:
    """Write the number of each signal to a pipe, and return the end to read."""
    wakeup, end = os.pipe()
    os.set_blocking(wakeup, False)
    os.set_blocking(end, False)
    signal.set_wakeup_fd(end)
    for number in _HANDLED_SIGNALS:
        signal.signal(number, lambda *_: None)
    return wakeup


def _handle_signals(wakeup: int, children: _Children) -> bool:
    """Handle the signals that came; return ``False`` if one asks the worker to exit."""
    numbers = os.read(wakeup, 4096)
    children.reap()
    return signal.SIGTERM not in numbers


def _handle_command(control: socket.socket, children: _Children) -> bool:
    """Handle one message; return ``False`` if the socket was closed instead."""
    message, descriptors, _, _ = socket.recv_fds(control, 256, 1)
    if not message:
        return False
    verb, _, session = message.decode("ascii").partition(" ")
    if verb == "open" and descriptors:
        children.fork(session, socket.socket(fileno=descriptors[0]))
    elif verb == "stop":
        children.stop(session)
    return True


class _Children:
    """The child processes, one for each page, each the leader of its own session."""

    def __init__(self, log: SharedMemoryLog) -> None:
        self._log = log
        #: By process: the name of its session, and its connection.
        self._running: dict[int, tuple[str, socket.socket]] = {}
        self._is_warm = False

    def fork(self, session: str, connection: socket.socket) -> None:
        """Start a child that answers on ``connection``."""
        with warnings.catch_warnings(action="ignore"):
            # Python warns of forking with threads; numerical libraries may have some.
            try:
                pid = os.fork()
            except OSError as error:
                _send_end(connection, protocol.ProcessEnd(by_signal=False, reason=str(error)))
                return
        if pid:
            self._running[pid] = session, connection
            return
        try:
            _init_child()
            os.dup2(connection.fileno(), 3, inheritable=False)
            self._log.close_others(4)
            self._log.record_page()
            serve(open(3, "rb", closefd=False), open(3, "wb", closefd=False), is_shared=False)
            os._exit(0)
        finally:
            os._exit(1)

    def warm_up(self) -> None:
        """Run typical code once, so that later children inherit what pandas imports for it.

        The first child need not wait for this.
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
        """Kill the child of ``session`` and all processes in its group."""
        for pid, (name, _) in self._running.items():
            if name == session:
                kill(pid)

    def reap(self) -> None:
        """Wait for children that exited, and send their clients a note on how they ended."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            # Before it is waited for, its number cannot be that of another process.
            kill(ended.si_pid)
            os.waitpid(ended.si_pid, 0)
            self._log.remove_files(ended.si_pid)
            if ended.si_pid in self._running:
                _, connection = self._running.pop(ended.si_pid)
                is_by_signal = ended.si_code != os.CLD_EXITED
                end = protocol.ProcessEnd(by_signal=is_by_signal, status=ended.si_status)
                _send_end(connection, end)

    def end(self) -> None:
        """Close all connections and kill all children."""
        for pid, (_, connection) in self._running.items():
            connection.close()
            # Without /proc, the children cannot be listed.
            kill(pid)
        kill_children()


def _send_end(connection: socket.socket, end: protocol.ProcessEnd) -> None:
    """Send ``end`` on ``connection``, and close it."""
    with contextlib.suppress(OSError):
        # The process may have died within a line.
        connection.send(b"\n" + codec.encode(end), socket.MSG_DONTWAIT)
    connection.close()


def _init_child() -> None:
    """Restore default signal handlers, and start a session that dies with the worker."""
    signal.set_wakeup_fd(-1)
    for number in _HANDLED_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    set_parent_death_signal(signal.SIGKILL)
    maximize_oom_score()


def main() -> None:
    """Serve as the command line says: ``fork`` with two descriptors, or ``pipes``."""
    if sys.argv[1] == "fork":
        serve_forking(int(sys.argv[2]), SharedMemoryLog(int(sys.argv[3])))
    else:
        # One process for all pages, which answers on its standard streams.
        end_with_parent()
        requests, replies = os.dup(0), os.dup(1)
        serve(open(requests, "rb"), open(replies, "wb"), is_shared=True)
