"""Answer requests in the process that runs the code of a page."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import os
import sys
import tempfile
import traceback
import warnings
from typing import IO, TYPE_CHECKING, Any, Final, Self

from sphinx_df_table.model import codec, protocol
from sphinx_df_table.model.dependencies import NO_DEPENDENCIES
from sphinx_df_table.model.errors import SnippetError, TableError
from sphinx_df_table.model.protocol import Reply, Request, Started
from sphinx_df_table.worker.execute import (
    SnippetResult,
    run_preamble,
    run_setup,
    run_snippet,
)
from sphinx_df_table.worker.file_watch import FileWatch, forget_modules
from sphinx_df_table.worker.isolation import (
    ProcessState,
    limit_memory,
    memory_limit_hint,
    memory_ran_out,
    release_memory_reserve,
    restored_process_state,
)
from sphinx_df_table.worker.namespace import EMPTY_NAMESPACE
from sphinx_df_table.worker.path_literals import find_path_literals
from sphinx_df_table.worker.results import TabResult, build_tab_results, write_downloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.protocol import PageContext, Setup, Source

    #: Says that code begins to run: its time is counted from here.
    Begin = Callable[[Started], None]

#: How many bytes of a snippet's output are handed on.
_LONGEST_OUTPUT: Final = 20_000


class _Lossy(io.FileIO):
    """A standard stream for code whose table matters more than what it prints."""

    def write(self, data: Any, /) -> int:
        """Write what is of use, and what there is room for; the rest is dropped."""
        with contextlib.suppress(OSError):
            if self.tell() < _LONGEST_OUTPUT:
                return super().write(data)
        return memoryview(data).nbytes


class Output:
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


class PageCode:
    """What the code of one page has come to: the names of earlier code, and the files it saw."""

    def __init__(self, place: PageContext, watch: FileWatch) -> None:
        self.place = place
        self.is_new = True
        self._watch = watch
        self._names = EMPTY_NAMESPACE
        self._setups = 0
        self._error: TableError | None = None
        self._dependencies = NO_DEPENDENCIES
        self._paths: Mapping[str, str] = {}

    def answer(self, request: Request, begin: Begin) -> Reply:
        """Do what ``request`` asks for; nothing that its code does is raised.

        :param begin: called before code of any kind runs.
        """
        if self.is_new:
            self._prepare(request, begin)
        if self._error:
            return Reply(error=self._error, dependencies=self._dependencies)
        self._start_watch()
        if failed := self._run_missing(request.setups[self._setups :], begin):
            return self._reply(failed)
        begin(Started(kind="snippet", limit=request.timeout))
        paths = self._note_mentions(request.source.text)
        self._watch.note_patterns(request.depends, directory=self.place.directory)
        if request.options is None:
            self._paths = paths
            return self._reply(self._set_up(request.source))
        return self._shown(request, request.options)

    def _prepare(self, request: Request, begin: Begin) -> None:
        """Run the preamble, and leave the process as each snippet is to find it."""
        self.is_new = False
        warnings.resetwarnings()
        for category in (ResourceWarning, ImportWarning):
            warnings.simplefilter("ignore", category)
        sys.argv[:] = [self.place.filename]
        sys.path[:0] = [self.place.directory, self.place.configuration_directory]
        os.chdir(self.place.configuration_directory)
        self._start_watch()
        if preamble := request.preamble:
            begin(Started(kind="preamble", limit=request.preamble_timeout))
            self._paths = self._note_mentions(preamble)
            # Functions that it defines run in the page's folder.
            self._note_mentions(preamble, directory=self.place.configuration_directory)
            try:
                self._names = run_preamble(preamble, filename=self.place.filename)
            except TableError as error:
                self._error = error
        self._dependencies = self._watch.stop()
        os.chdir(self.place.directory)

    def _run_missing(self, setups: Sequence[Setup], begin: Begin) -> SnippetResult | None:
        """Run set-up that an earlier process of this page has run; return what fails now."""
        for setup in setups:
            begin(Started(kind="setup", limit=setup.timeout))
            self._paths = self._note_mentions(setup.source.text)
            result = self._set_up(setup.source)
            if result.error:
                return result
        return None

    def _set_up(self, source: Source) -> SnippetResult:
        """Run set-up; if it does not fail, what it defines is there from now on."""
        with restored_process_state():
            self._names, result = run_setup(source, names=self._names, filename=self.place.filename)
        if not result.error:
            self._setups += 1
        return result

    def _shown(self, request: Request, options: TableOptions) -> Reply:
        """Run a snippet, and lay out what it leaves behind."""
        destination = request.destination
        outcomes: list[TabResult] = []
        state = ProcessState()
        with restored_process_state():
            ran = run_snippet(
                request.source,
                names=self._names,
                filename=self.place.filename,
                variable=options.variable,
            )
            if not ran.error:
                outcomes = build_tab_results(ran.value, options, in_full=destination is not None)
        reply = self._reply(ran)
        is_last = not state.is_unchanged()
        # The watch is over: what is made for the page is none of the files that its code looks at.
        results = write_downloads(outcomes, destination)
        return dataclasses.replace(reply, results=results, is_last=is_last)

    def _start_watch(self) -> None:
        self._watch.start(roots=self.place.roots, excluding=self.place.build_directories)

    def _note_mentions(self, code: str, *, directory: str = "") -> Mapping[str, str]:
        """Note the files that ``code`` names; return the paths that it gives names to."""
        mentions = find_path_literals(code, variables=self._paths, filename=self.place.filename)
        self._watch.note_mentions(mentions, directory=directory or self.place.directory)
        return mentions.variables

    def _reply(self, ran: SnippetResult) -> Reply:
        """End the watch, and return what is to be said of code that ran, but for its results."""
        dependencies = self._dependencies.merged(self._watch.stop())
        return Reply(error=ran.error, dependencies=dependencies, warnings=ran.warnings)


def serve(requests: IO[bytes], replies: IO[bytes], *, is_shared: bool) -> None:
    """Answer requests until there are no more. Snippets see neither stream, nor a terminal.

    :param is_shared: whether requests of several pages come here, one page after the other.
    """
    sys.dont_write_bytecode = True
    own_process = os.getpid()
    watch = FileWatch()
    page: PageCode | None = None
    with Output() as output, contextlib.ExitStack() as surroundings:
        while line := requests.readline():
            token, _, line = line.partition(b" ")
            request = codec.decode(Request, line)
            assert request is not None
            send = functools.partial(_send, replies, token)
            if page is None or page.place != request.place:
                surroundings.close()
                if is_shared:
                    surroundings.enter_context(restored_process_state())
                    surroundings.callback(forget_modules, request.place.roots)
                page = PageCode(request.place, watch)
            try:
                with output.captured():
                    if page.is_new and not is_shared:
                        limit_memory(request.memory)
                    reply = page.answer(request, functools.partial(_send_note, send))
                is_last = reply.is_last or memory_ran_out()
                reply = dataclasses.replace(reply, output=output.text(), is_last=is_last)
                line = codec.encode(reply)
            except Exception as error:
                reply = _unusable(error)
                line = codec.encode(reply)
            if os.getpid() != own_process:
                # A snippet forked, and this is its child, come back from it.
                os._exit(0)
            send(line)
            if reply.is_last:
                return


def _unusable(error: Exception) -> protocol.Reply:
    """Return what is to be said where code broke what every snippet needs, or we did."""
    release_memory_reserve(error)
    what = SnippetError(
        "The code broke the Python process it runs in; sphinx-build -v shows the traceback."
        f"{memory_limit_hint()}"
    )
    return protocol.Reply(error=what, output=traceback.format_exc(), is_last=True)


def _send(replies: IO[bytes], token: bytes, line: bytes) -> None:
    # A snippet that wrote here may have left half a line.
    replies.write(b"\n" + token + b" " + line)
    replies.flush()


def _send_note(send: Callable[[bytes], None], code: protocol.Started) -> None:
    send(codec.encode(code))
