"""The process that holds pandas: on Linux it forks a child per page, and runs no snippet itself.

Started by :mod:`sphinx_df_table.runner`; it and its children never see Sphinx. A child
answers one :class:`~sphinx_df_table.protocol.Request` after the other with one
:class:`~sphinx_df_table.protocol.Reply` each, a line of JSON either way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import os
import selectors
import signal
import socket
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self

import pandas as pd

from sphinx_df_table import protocol
from sphinx_df_table.csvfile import csv_bytes, file_name, on_formulas
from sphinx_df_table.errors import FrameError, SnippetError, TableError
from sphinx_df_table.files import NO_LOOKS
from sphinx_df_table.frame import raw_rows
from sphinx_df_table.keeper import adopt_orphans, end_children, kill, tie_to_parent
from sphinx_df_table.lasting import LastingState
from sphinx_df_table.memory import (
    hint_at_limit,
    limit_memory,
    make_room_for_report,
    offer_to_the_system,
    ran_out,
)
from sphinx_df_table.mentions import mentions_in
from sphinx_df_table.messages import described, type_name
from sphinx_df_table.options import TableOptions
from sphinx_df_table.results import lay_out, to_frame, to_table
from sphinx_df_table.sharing import NO_NAMES
from sphinx_df_table.showable import parted
from sphinx_df_table.snippet import (
    SnippetResult,
    fresh_surroundings,
    run_preamble,
    run_setup,
    run_snippet,
)
from sphinx_df_table.watch import FileWatch, forget_modules
from sphinx_df_table.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sphinx_df_table.frame import LaidOut
    from sphinx_df_table.source import Source

    #: Says that code begins to run: its time is counted from here.
    Begin = Callable[[protocol.Started], None]

#: How many characters of a snippet's output are handed on.
_LONGEST_OUTPUT: Final = 20_000


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
            _serve(open(3, "rb", closefd=False), open(3, "wb", closefd=False), is_shared=False)
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
            table = to_table(frame, TableOptions())
            protocol.encode_reply(protocol.Reply(results=(protocol.Result(table=table),)))

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
                end = protocol.Ended(by_signal=is_by_signal, status=ended.si_status)
                with contextlib.suppress(OSError):
                    # The process may have died within a line.
                    child.connection.send(b"\n" + protocol.encode_note(end), socket.MSG_DONTWAIT)
                child.connection.close()

    def end(self) -> None:
        """Kill everything that is still there."""
        for child in self._running.values():
            child.connection.close()
        end_children()


def _become_page() -> None:
    """Cut the ties between the forked child and the worker, whose end is the child's too."""
    signal.set_wakeup_fd(-1)
    for number in _heeded():
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    tie_to_parent(signal.SIGKILL)
    offer_to_the_system()


def serve_pipes() -> None:
    """Answer on the standard streams, all pages in this one process, until they close."""
    requests, replies = os.dup(0), os.dup(1)
    _serve(open(requests, "rb"), open(replies, "wb"), is_shared=True)


def _serve(requests: IO[bytes], replies: IO[bytes], *, is_shared: bool) -> None:
    """Answer requests until there are no more. Snippets see neither stream, nor a terminal.

    :param is_shared: whether requests of several pages come here, one page after the other.
    """
    sys.dont_write_bytecode = True
    own_process = os.getpid()
    watch = FileWatch()
    page: _Page | None = None
    with _Output() as output, contextlib.ExitStack() as surroundings:
        while line := requests.readline():
            token, _, line = line.partition(b" ")
            request = protocol.decode_request(line)
            send = functools.partial(_send, replies, token)
            begin = functools.partial(_send_note, send)
            if page is None or page.place != request.place:
                surroundings.close()
                if is_shared:
                    surroundings.enter_context(fresh_surroundings())
                    surroundings.callback(forget_modules, request.place.roots)
                page = _Page(request.place)
            try:
                with output.captured():
                    if page.is_new:
                        if not is_shared:
                            limit_memory(request.memory)
                        page.prepare(request, watch, begin)
                    reply = page.answer(request, watch, begin)
                is_last = reply.is_last or ran_out()
                reply = dataclasses.replace(reply, output=output.text(), is_last=is_last)
                line = protocol.encode_reply(reply)
            except Exception as error:
                reply = _unusable(error)
                line = protocol.encode_reply(reply)
            if os.getpid() != own_process:
                # A snippet forked, and this is its child, come back from it.
                os._exit(0)
            send(line)
            if reply.is_last:
                return


def _unusable(error: Exception) -> protocol.Reply:
    """Return what is to be said where code broke what every snippet needs, or we did."""
    make_room_for_report(error)
    what = SnippetError(
        "The code left its process in a state that nothing more can run in; sphinx-build -v "
        f"shows what failed.{hint_at_limit()}"
    )
    return protocol.Reply(error=what, output=traceback.format_exc(), is_last=True)


def _send(replies: IO[bytes], token: bytes, line: bytes) -> None:
    # A snippet that wrote here may have left half a line.
    replies.write(b"\n" + token + b" " + line)
    replies.flush()


def _send_note(send: Callable[[bytes], None], code: protocol.Started) -> None:
    send(protocol.encode_note(code))


class _Page:
    """What the snippets of one page share: the preamble's names, and what they start from."""

    def __init__(self, place: protocol.Place) -> None:
        self.place = place
        self.is_new = True
        self._names = NO_NAMES
        self._setups = 0
        self._error: TableError | None = None
        self._looks = NO_LOOKS
        self._paths: Mapping[str, str] = {}

    def prepare(self, request: protocol.Request, watch: FileWatch, begin: Begin) -> None:
        """Run the preamble, and leave the process as each snippet is to find it."""
        self.is_new = False
        warnings.resetwarnings()
        for category in (ResourceWarning, ImportWarning):
            warnings.simplefilter("ignore", category)
        sys.argv[:] = [self.place.filename]
        sys.path[:0] = [self.place.directory, self.place.configuration_directory]
        os.chdir(self.place.configuration_directory)
        watch.start(roots=self.place.roots, without=self.place.own_directories)
        if preamble := request.preamble:
            begin(protocol.Started(kind="preamble", limit=request.preamble_timeout))
            self._paths = self._note_mentions(preamble, watch)
            # Functions that it defines run in the page's folder.
            self._note_mentions(preamble, watch, directory=self.place.configuration_directory)
            try:
                self._names = run_preamble(preamble, filename=self.place.filename)
            except TableError as error:
                self._error = error
        self._looks = watch.stop()
        os.chdir(self.place.directory)

    def answer(self, request: protocol.Request, watch: FileWatch, begin: Begin) -> protocol.Reply:
        """Do what ``request`` asks for; nothing that its code does is raised.

        :param begin: called before code of any kind runs.
        """
        if self._error:
            return protocol.Reply(error=self._error, looks=self._looks)
        watch.start(roots=self.place.roots, without=self.place.own_directories)
        if failed := self._run_missing(request.setups[self._setups :], watch, begin):
            return self._reply(failed, watch)
        begin(protocol.Started(kind="snippet", limit=request.timeout))
        paths = self._note_mentions(request.source.text, watch)
        watch.note_patterns(request.depends, directory=self.place.directory)
        if request.options is None:
            self._paths = paths
            return self._reply(self._set_up(request.source, request.missing), watch)
        state = LastingState()
        with fresh_surroundings():
            result = run_snippet(
                request.source,
                names=self._names,
                missing=dict(request.missing),
                filename=self.place.filename,
                variable=request.options.variable,
            )
            shown: list[_Shown] = []
            if not result.error:
                in_full = request.destination is not None
                shown = _laid_out(result.value, request.options, in_full=in_full)
        reply = self._reply(result, watch, results=tuple(one.result for one in shown))
        reply = dataclasses.replace(reply, is_last=not state.is_unchanged())
        if request.destination is None:
            return reply
        # The watch is over: what is made for the page is none of the files that its code looks at.
        return dataclasses.replace(reply, results=_with_files(shown, request.destination))

    def _note_mentions(
        self, code: str, watch: FileWatch, *, directory: str = ""
    ) -> Mapping[str, str]:
        """Note the files that ``code`` names; return the paths that it gives names to."""
        mentions = mentions_in(code, variables=self._paths, filename=self.place.filename)
        watch.note_mentions(mentions, directory=directory or self.place.directory)
        return mentions.variables

    def _run_missing(
        self, setups: Sequence[protocol.Setup], watch: FileWatch, begin: Begin
    ) -> SnippetResult | None:
        """Run set-up that an earlier process of this page has run; return what fails now."""
        for setup in setups:
            begin(protocol.Started(kind="setup", limit=setup.timeout))
            self._paths = self._note_mentions(setup.source.text, watch)
            result = self._set_up(setup.source, ())
            if result.error:
                return result
        return None

    def _set_up(self, source: Source, missing: Sequence[tuple[str, str]]) -> SnippetResult:
        """Run set-up; if it does not fail, what it defines is there from now on."""
        with fresh_surroundings():
            self._names, result = run_setup(
                source, names=self._names, missing=dict(missing), filename=self.place.filename
            )
        if not result.error:
            self._setups += 1
        return result

    def _reply(
        self, ran: SnippetResult, watch: FileWatch, *, results: tuple[protocol.Result, ...] = ()
    ) -> protocol.Reply:
        return protocol.Reply(
            results=results,
            error=ran.error,
            looks=self._looks.merged(watch.stop()),
            warnings=ran.warnings,
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A result; where it is a table, what that is made from, and whether no row is missing."""

    result: protocol.Result
    laid_out: LaidOut | None = None
    is_whole: bool = False


def _laid_out(value: Any, options: TableOptions, *, in_full: bool) -> list[_Shown]:
    """Return the table, or one for each tab, or what is wrong with each."""
    try:
        entries = parted(value)
    except BaseException as error:
        return [_Shown(result=protocol.Result(error=_problem(error)))]
    if entries is None:
        return [_result(value, options, label=None, in_full=in_full)]
    return [_result(entry, options, label=label, in_full=in_full) for label, entry in entries]


def _result(value: Any, options: TableOptions, *, label: str | None, in_full: bool) -> _Shown:
    try:
        framed = to_frame(value, options, in_full=in_full)
        laid_out = lay_out(framed, options)
        result = protocol.Result(label=label, table=laid_out.table)
        return _Shown(result=result, laid_out=laid_out, is_whole=framed.is_whole)
    except BaseException as error:
        return _Shown(result=protocol.Result(label=label, error=_problem(error)))


def _with_files(
    shown: Sequence[_Shown], destination: protocol.Destination
) -> tuple[protocol.Result, ...]:
    """Write a file for each table, and return the results with those."""
    taken = list(destination.taken)
    return tuple(_with_file(one, destination, taken) for one in shown)


def _with_file(one: _Shown, destination: protocol.Destination, taken: list[str]) -> protocol.Result:
    """Return the result with its file, or with a warning that there is none."""
    result = one.result
    if one.laid_out is None or result.table is None:
        return result
    parts = [destination.stem] if result.label is None else [destination.stem, result.label]
    path = Path(destination.root, destination.folder, file_name(parts, taken=taken))
    taken.append(path.name)
    try:
        rows = list(raw_rows(one.laid_out))
        write_whole(path, csv_bytes(rows), folder=Path(destination.root))
    except BaseException as error:
        make_room_for_report(error)
        sentence = (
            f"The file for :download: cannot be written ({described(error)}), so there is no "
            "link to it. Mend what stands in the way, or drop the option."
        )
        table = dataclasses.replace(result.table, warnings=(*result.table.warnings, sentence))
        return dataclasses.replace(result, table=table)
    download = protocol.Download(
        path=str(path),
        rows=len(one.laid_out.frame),
        is_whole=one.is_whole,
        on_formulas=on_formulas(rows, labels=len(one.laid_out.sources[0].labels)),
    )
    return dataclasses.replace(result, download=download)


def _problem(error: BaseException) -> TableError:
    """Return what is to be said of ``error``.

    A frame is the author's object and may raise anything when it is looked at.
    """
    make_room_for_report(error)
    if issubclass(type(error), TableError):
        assert isinstance(error, TableError)
        return error
    with contextlib.suppress(BaseException):
        traceback.print_exception(error)
    return FrameError(
        f"The result cannot be laid out as a table: {described(error)} was raised; "
        f"sphinx-build -v shows where.{hint_at_limit()}",
        kind=type_name(error),
    )


class _Lossy(io.FileIO):
    """A standard stream for code whose table matters more than what it prints."""

    def write(self, data: Any, /) -> int:
        """Write what is of use, and what there is room for; the rest is dropped."""
        with contextlib.suppress(OSError):
            if self.tell() < _LONGEST_OUTPUT:
                return super().write(data)
        return memoryview(data).nbytes


class _Output:
    """A file that takes what the running code writes to the standard streams."""

    def __enter__(self) -> Self:
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(buffering=0)
        except OSError:
            # There is no place for such files; then what is written is lost, and no table.
            self._file = open(os.devnull, "r+b", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @contextlib.contextmanager
    def captured(self) -> Iterator[None]:
        """Lead the standard streams here, whatever earlier code has done to them."""
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        for descriptor in (1, 2):
            os.dup2(self._file.fileno(), descriptor)
        sys.stdin = open(0, encoding="utf-8", closefd=False)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(
                io.BufferedWriter(_Lossy(end, "w", closefd=False)),
                encoding="utf-8",
                errors="backslashreplace",
                line_buffering=True,
            )
            for end in (1, 2)
        )
        streams = sys.stdout, sys.stderr
        yield
        for stream in streams:
            with contextlib.suppress(ValueError, OSError):
                stream.flush()

    def text(self) -> str:
        """Return the beginning of what was written."""
        self._file.seek(0)
        return self._file.read(_LONGEST_OUTPUT).decode("utf-8", errors="replace")


def main() -> None:
    """Serve in the way that the command line says."""
    if sys.argv[1] == "fork":
        serve_forking(int(sys.argv[2]))
    else:
        serve_pipes()
