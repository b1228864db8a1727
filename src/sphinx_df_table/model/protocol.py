"""What Sphinx's side asks of the worker, and what it hears: plain values that both know."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Final, Literal

from sphinx_df_table.model.dependencies import NO_DEPENDENCIES, Dependencies

if TYPE_CHECKING:
    from sphinx_df_table.model.errors import TableError
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Table

#: Whether there is a limit that counts what a process takes, not what it merely reserves.
CAN_LIMIT: Final = sys.platform == "linux"

#: The kinds of code that a page runs.
CodeKind = Literal["preamble", "setup", "snippet"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Python code and its place: the file, and the line of its first line, counted from 1."""

    text: str
    filename: str
    first_line: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """The page that is being read: its name, its file, and the folders around it.

    :param page: what tells this page from others; snippets of one page share a process.
    :param filename: the page's file, which is ``__file__`` in a snippet.
    :param directory: the page's folder, in which its snippets run.
    :param source_directory: the folder of all pages.
    :param configuration_directory: the folder of ``conf.py``, in which the preamble runs.
    :param build_directories: the folders into which the build writes.
    """

    page: str
    filename: str
    directory: str
    source_directory: str
    configuration_directory: str
    build_directories: tuple[str, ...] = ()

    @property
    def roots(self) -> tuple[str, str]:
        """The folders of what belongs to the project."""
        return self.source_directory, self.configuration_directory


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Code of a page that shows nothing, and the seconds that it may run; 0 is no limit."""

    source: Source
    timeout: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the rows of tables are to be written for readers to download.

    :param root: the build's own folder, out of which no link is followed.
    :param folder: the folder in it for the files of one page; it need not be there.
    :param stem: what the names of the files begin with, in so far as it can be in one.
    :param taken: the names of files that other tables of the page have in ``folder``.
    """

    root: str
    folder: str
    stem: str
    taken: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Run ``source`` at ``place`` after ``preamble``, and lay out what it leaves behind.

    :param timeout: the seconds that ``source`` may run; 0 is no limit.
    :param preamble_timeout: those of the preamble.
    :param memory: the megabytes that the code of the page may take; 0 means without limit.
    :param setups: the code of the page's set-up so far, each of which is run once before
        ``source``.
    :param missing: names that set-up was to define, and the place of that which failed.
    :param options: what the table is to be like; ``None`` if ``source`` is set-up itself,
        whose names all later requests of the page find.
    :param destination: ``None`` if nothing is to be downloaded.
    """

    source: Source
    timeout: float
    place: PageContext
    preamble: str
    preamble_timeout: float
    memory: int = 0
    setups: tuple[Setup, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    depends: tuple[str, ...]
    options: TableOptions | None
    destination: Destination | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Code of one kind begins to run, for so many seconds at most; 0 is no limit."""

    kind: CodeKind
    limit: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file with the rows of a table.

    :param rows: how many there are, labels not counted.
    :param is_whole: whether that is all that there are.
    :param formula_warning: a sentence on what spreadsheets take for formulas; nothing if none is.
    """

    path: str
    rows: int
    is_whole: bool
    formula_warning: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A table, or the error that takes its place; ``label`` is there if it is one of several."""

    label: str | None = None
    table: Table | None = None
    error: TableError | None = None
    download: Download | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a request, or the error that stopped it, and what was seen on the way.

    ``results`` are one without a label, or any number with one; set-up has none.
    ``warnings`` are the Python warnings as (line, text); ``output`` is what was printed.
    ``is_last`` says that the process that answered must not be asked again.
    """

    results: tuple[Result, ...] = ()
    error: TableError | None = None
    dependencies: Dependencies = NO_DEPENDENCIES
    output: str = ""
    warnings: tuple[tuple[int, str], ...] = ()
    is_last: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEnd:
    """The process that was to answer is gone: the signal that ended it, or its exit status."""

    by_signal: bool
    status: int
