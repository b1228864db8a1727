"""The messages between Sphinx's process and the worker, as plain data classes."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Final, Literal

from sphinx_df_table.model.dependencies import NO_DEPENDENCIES, Dependencies

if TYPE_CHECKING:
    from sphinx_df_table.model.errors import TableError
    from sphinx_df_table.model.options import TableOptions
    from sphinx_df_table.model.table import Table

#: Whether the system can limit the memory that a process uses, not only what it reserves.
CAN_LIMIT: Final = sys.platform == "linux"

#: The exit status of the supervisor if it cannot fork the worker (``sysexits.h``).
NO_PROCESS: Final = 71

#: The kinds of code that a page runs.
CodeKind = Literal["preamble", "setup", "snippet"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Python code with its file, and the number of its first line there, counted from 1."""

    text: str
    filename: str
    first_line: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """The page that is being read, its file and the project's folders.

    :param page: the name of the page; snippets of one page share a process.
    :param filename: the page's file, which is ``__file__`` in a snippet.
    :param directory: the page's folder, in which its snippets run.
    :param source_directory: the folder of all pages.
    :param configuration_directory: the folder of ``conf.py``, in which the preamble runs.
    :param build_directories: the folders that the build writes to.
    """

    page: str
    filename: str
    directory: str
    source_directory: str
    configuration_directory: str
    build_directories: tuple[str, ...] = ()

    @property
    def roots(self) -> tuple[str, str]:
        """The folders with the files of the project."""
        return self.source_directory, self.configuration_directory


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Code of a ``df-setup``, and its time limit in seconds; 0 is no limit."""

    source: Source
    timeout: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to write the rows of tables for readers to download.

    :param root: the build's own folder; links that lead out of it are not followed.
    :param folder: the folder in it for the files of one page; it need not exist.
    :param stem: the beginning of the files' names, from which illegal characters are removed.
    :param taken: the names of files of other tables of the page in ``folder``.
    """

    root: str
    folder: str
    stem: str
    taken: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Run ``source`` in ``context`` after ``preamble``, and turn its result into tables.

    :param timeout: the time limit of ``source`` in seconds; 0 is no limit.
    :param preamble_timeout: the same for the preamble.
    :param memory: the memory limit for the code of the page in megabytes; 0 is no limit.
    :param setups: the set-up code of the page so far, which is run once before ``source``.
    :param options: the options of the table; ``None`` if ``source`` is set-up code itself,
        whose names all later requests of the page share.
    :param destination: ``None`` if there is no file to download.
    """

    source: Source
    timeout: float
    context: PageContext
    preamble: str
    preamble_timeout: float
    memory: int = 0
    setups: tuple[Setup, ...] = ()
    depends: tuple[str, ...]
    options: TableOptions | None
    destination: Destination | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Code of one kind starts to run, with a time limit in seconds; 0 is no limit."""

    kind: CodeKind
    limit: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file with the rows of a table.

    :param rows: the number of rows, without labels.
    :param is_whole: whether these are all rows of the result.
    :param formula_warning: a message on texts that spreadsheets run as formulas, if there are any.
    """

    path: str
    rows: int
    is_whole: bool
    formula_warning: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A table, or the error that replaces it; with a ``label`` if it is one of several tabs."""

    label: str | None = None
    table: Table | None = None
    error: TableError | None = None
    download: Download | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request.

    :param results: one without a label, or any number with labels; none for set-up code.
    :param error: the error that stopped the code.
    :param dependencies: the files that the code accessed.
    :param output: the text that the code printed.
    :param warnings: Python warnings as (line, text).
    :param notes: messages for the log that are no warnings.
    :param is_last: whether the process must not be used again.
    :param no_limit_reason: why the memory that was asked for could not be limited, if so.
    """

    results: tuple[Result, ...] = ()
    error: TableError | None = None
    dependencies: Dependencies = NO_DEPENDENCIES
    output: str = ""
    warnings: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    is_last: bool = False
    no_limit_reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEnd:
    """The process ended without an answer: with this signal number, or this exit status.

    :param reason: why it could not be started, if so.
    """

    by_signal: bool
    status: int = 0
    reason: str = ""
