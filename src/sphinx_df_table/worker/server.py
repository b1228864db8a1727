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

from sphinx_df_table.frames.row_numbers import RowNumbers
from sphinx_df_table.model import codec
from sphinx_df_table.model.errors import FrameError, SnippetError, TableError
from sphinx_df_table.model.protocol import Reply, Request, Started
from sphinx_df_table.worker.execute import SnippetResult, run_preamble, run_snippet
from sphinx_df_table.worker.file_watch import FileWatch, unload_modules
from sphinx_df_table.worker.isolation import (
    ProcessState,
    has_reached_memory_limit,
    limit_memory,
    memory_limit_hint,
    release_memory_reserve,
    restored_process_state,
)
from sphinx_df_table.worker.namespace import SharedNamespace
from sphinx_df_table.worker.path_literals import find_path_literals
from sphinx_df_table.worker.results import TabResult, build_tab_results, write_downloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.protocol import PageContext, Source

#: How many bytes of a snippet's output are kept.
_LONGEST_OUTPUT: Final = 20_000


class _TruncatedFile(io.FileIO):
    """A file that drops all beyond its longest length, and what cannot be written."""

    def write(self, data: Any, /) -> int:
        """Write ``data`` if there is room, and return its length in either case."""
        with contextlib.suppress(OSError):
            if self.tell() < _LONGEST_OUTPUT:
                return super().write(data)
        return memoryview(data).nbytes


class OutputCapture:
    """A temporary file to which code writes its standard output and errors."""

    def __enter__(self) -> Self:
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(buffering=0)
        except OSError:
            # No folder for temporary files: lose the output, but no table.
            self._file = open(os.devnull, "r+b", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @contextlib.contextmanager
    def redirected(self) -> Iterator[None]:
        """Empty the file and redirect the standard streams to it; standard input is empty.

        Earlier code may have closed or replaced any of them.
        """
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
        empty = _open_empty_file()
        os.dup2(empty, 0)
        os.close(empty)
        for descriptor in (1, 2):
            os.dup2(self._file.fileno(), descriptor)
        sys.stdin = open(0, encoding="utf-8", closefd=False)
        sys.stdout, sys.stderr = streams = tuple(
            io.TextIOWrapper(
                io.BufferedWriter(_TruncatedFile(descriptor, "w", closefd=False)),
                encoding="utf-8",
                errors="backslashreplace",
                line_buffering=True,
            )
            for descriptor in (1, 2)
        )
        yield
        for stream in streams:
            with contextlib.suppress(ValueError, OSError):
                stream.flush()

    def read(self) -> str:
        """Return the start of the output."""
        self._file.seek(0)
        output = self._file.read(_LONGEST_OUTPUT).decode("utf-8", errors="replace")
        return output.replace("\r\n", "\n")


def _open_empty_file() -> int:
    """Return a new descriptor of an empty file, or of an empty pipe without ``/dev/null``."""
    try:
        return os.open(os.devnull, os.O_RDONLY)
    except FileNotFoundError:
        reader, writer = os.pipe()
        os.close(writer)
        return reader


class PageSession:
    """The code of one page so far: the names it defined, and the files it depends on."""

    def __init__(self, context: PageContext, watch: FileWatch) -> None:
        self.context = context
        self.is_new = True
        self._watch = watch
        self._preamble = Reply()
        self._names = SharedNamespace.of({}, sources=())
        self._setup_count = 0
        #: Of the frames of preamble and set-up code, which later code may filter.
        self._row_numbers = RowNumbers()
        self._path_variables: Mapping[str, str] = {}

    def answer(self, request: Request, send: Callable[[bytes], None]) -> Reply:
        """Run the code of ``request``; an error of it is part of the reply.

        :param send: sends the note that code of some kind starts to run.
        """
        if self.is_new:
            self._run_preamble(request, send)
        if self._preamble.error:
            return self._preamble
        self._start_watch()
        # Those that only an earlier process of the page has run.
        for setup in request.setups[self._setup_count :]:
            send(codec.encode(Started(kind="setup", limit=setup.timeout)))
            self._path_variables = self._watch_path_literals(setup.source.text)
            result = self._run_setup(setup.source)
            if result.error:
                return self._finish(result)
        send(codec.encode(Started(kind="snippet", limit=request.timeout)))
        path_variables = self._watch_path_literals(request.source.text)
        self._watch.add_patterns(request.depends, directory=self.context.directory)
        if request.options is None:
            self._path_variables = path_variables
            return self._finish(self._run_setup(request.source))
        return self._run_snippet(request, request.options)

    def _run_preamble(self, request: Request, send: Callable[[bytes], None]) -> None:
        """Run the preamble, if any, and set the process up for the snippets of the page."""
        self.is_new = False
        warnings.resetwarnings()
        for category in (ResourceWarning, ImportWarning):
            warnings.simplefilter("ignore", category)
        context = self.context
        sys.argv[:] = [context.filename]
        sys.path[:0] = [context.directory, context.configuration_directory]
        os.chdir(context.configuration_directory)
        self._start_watch()
        failure: TableError | None = None
        if preamble := request.preamble:
            send(codec.encode(Started(kind="preamble", limit=request.preamble_timeout)))
            # It runs in the folder of conf.py, but its functions in that of the page.
            self._watch_path_literals(preamble, directory=context.configuration_directory)
            self._path_variables = self._watch_path_literals(preamble)
            try:
                with self._row_numbers.recorded():
                    self._names = run_preamble(
                        preamble,
                        filename=context.filename,
                        source_directory=context.source_directory,
                    )
            except TableError as error:
                failure = error
        self._preamble = Reply(error=failure, dependencies=self._watch.stop())
        os.chdir(context.directory)

    def _run_setup(self, source: Source) -> SnippetResult:
        with restored_process_state(), self._row_numbers.recorded():
            result = self._run(source, variable=None)
            if not result.error:
                sources = (*self._names.sources, source)
                self._names = SharedNamespace.of(result.value, sources=sources)
                self._setup_count += 1
        return result

    def _run_snippet(self, request: Request, options: TableOptions) -> Reply:
        """Run a snippet, and lay out its value as tables."""
        destination = request.destination
        tabs: list[TabResult] = []
        state = ProcessState()
        row_numbers = RowNumbers(self._row_numbers.longest)
        with restored_process_state():
            with row_numbers.recorded():
                result = self._run(request.source, variable=options.variable)
            if not result.error:
                tabs = build_tab_results(
                    result.value,
                    options,
                    row_numbers=row_numbers,
                    in_full=destination is not None,
                )
        reply = self._finish(result)
        is_last = not state.is_unchanged()
        # After the watch has ended: the page does not depend on files that the build writes.
        results = write_downloads(tabs, destination)
        return dataclasses.replace(reply, results=results, is_last=is_last)

    def _run(self, source: Source, *, variable: str | None) -> SnippetResult:
        return run_snippet(
            source,
            names=self._names,
            filename=self.context.filename,
            source_directory=self.context.source_directory,
            variable=variable,
        )

    def _start_watch(self) -> None:
        self._watch.start(roots=self.context.roots, excluding=self.context.build_directories)

    def _watch_path_literals(self, code: str, *, directory: str = "") -> Mapping[str, str]:
        """Watch the files that ``code`` names, and return the variables that hold paths."""
        literals = find_path_literals(
            code, variables=self._path_variables, filename=self.context.filename
        )
        self._watch.add_path_literals(literals, directory=directory or self.context.directory)
        return literals.variables

    def _finish(self, result: SnippetResult) -> Reply:
        """Stop the watch, and return a reply without tables."""
        dependencies = self._preamble.dependencies.merged(self._watch.stop())
        return Reply(
            error=result.error,
            dependencies=dependencies,
            warnings=result.warnings,
            notes=result.notes,
        )


def serve(requests: IO[bytes], replies: IO[bytes], *, is_shared: bool) -> None:
    """Answer requests until there are no more. Snippets see neither stream, nor a terminal.

    :param is_shared: whether this process answers requests of several pages, one page after
        the other. An empty line ends a page.
    """
    sys.dont_write_bytecode = True
    own_process = os.getpid()
    watch = FileWatch()
    page: PageSession | None = None
    with OutputCapture() as output, contextlib.ExitStack() as cleanup:
        while line := requests.readline():
            if not line.strip():
                cleanup.close()
                page = None
                continue
            token, _, line = line.partition(b" ")
            request = codec.decode(Request, line)
            assert request is not None
            send = functools.partial(_send, replies, token)
            if page is None:
                if is_shared:
                    cleanup.enter_context(restored_process_state())
                    cleanup.callback(unload_modules, request.context.roots)
                page = PageSession(request.context, watch)
            no_limit_reason = ""
            try:
                with output.redirected():
                    if page.is_new and not is_shared:
                        no_limit_reason = limit_memory(request.memory)
                    reply = page.answer(request, send)
                is_last = reply.is_last or has_reached_memory_limit()
                reply = dataclasses.replace(
                    reply, output=output.read(), is_last=is_last, no_limit_reason=no_limit_reason
                )
                line = _encode(reply)
            except Exception as error:
                # The snippet broke something that every snippet needs, or this is a bug of ours.
                release_memory_reserve(error)
                reply = _create_broken_reply()
                line = codec.encode(reply)
            if os.getpid() != own_process:
                # The snippet forked, and this is the child, which must not answer.
                os._exit(0)
            send(line)
            if reply.is_last:
                return


def _create_broken_reply() -> Reply:
    """Return the reply where the exception at hand is none of the snippet's own."""
    message = "The code broke the Python process it runs in; sphinx-build -v shows the traceback."
    if has_reached_memory_limit():
        message = f"The code failed with MemoryError.{memory_limit_hint()}"
    return Reply(error=SnippetError(message), output=traceback.format_exc(), is_last=True)


def _encode(reply: Reply) -> bytes:
    """Return ``reply`` as a line, or an error instead if the build would not read all of it."""
    line = codec.encode(reply)
    if len(line) <= codec.LONGEST_LINE:
        return line
    error = FrameError(
        f"The result takes {len(line):,} bytes, but one directive may take "
        f"{codec.LONGEST_LINE:,}. Show fewer rows or columns, or shorten the texts."
    )
    return codec.encode(Reply(error=error, is_last=reply.is_last))


def _send(replies: IO[bytes], token: bytes, line: bytes) -> None:
    # A snippet that wrote here may have left half a line.
    replies.write(b"\n" + token + b" " + line)
    replies.flush()
