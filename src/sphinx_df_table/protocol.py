"""What Sphinx's side asks of the worker and what it hears, each as one line of JSON."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any, Final

from sphinx_df_table.errors import FrameError, PreambleError, SnippetError, TableError
from sphinx_df_table.files import NO_LOOKS, Looks
from sphinx_df_table.options import TableOptions
from sphinx_df_table.source import Source
from sphinx_df_table.table import Cell, Table

#: Kept here, where no snippet that puts something else into the module ``json`` finds it.
_encode: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_decode: Final = json.JSONDecoder().decode


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The page that is being read: its name, its file, and the folders around it.

    :param page: what tells this page from others; snippets of one page share a process.
    :param filename: the page's file, which is ``__file__`` in a snippet.
    :param directory: the page's folder, in which its snippets run.
    :param source_directory: the folder of all pages.
    :param configuration_directory: the folder of ``conf.py``, in which the preamble runs.
    :param own_directories: the folders into which the build writes.
    """

    page: str
    filename: str
    directory: str
    source_directory: str
    configuration_directory: str
    own_directories: tuple[str, ...] = ()

    @property
    def roots(self) -> tuple[str, str]:
        """The folders of what belongs to the project."""
        return self.source_directory, self.configuration_directory


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Code of a page that shows nothing, and the seconds that it may run; 0 without limit."""

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

    :param memory: the megabytes that the code of the page may take; 0 means without limit.
    :param setups: the code of the page's set-up so far, each of which is run once before
        ``source``.
    :param missing: names that set-up was to define, and the place of that which failed.
    :param options: what the table is to be like; ``None`` if ``source`` is set-up itself,
        whose names all later requests of the page find.
    :param destination: ``None`` if nothing is to be downloaded.
    """

    source: Source
    place: Place
    preamble: str
    memory: int = 0
    setups: tuple[Setup, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    depends: tuple[str, ...]
    options: TableOptions | None
    destination: Destination | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The seconds that code may run; 0 means without limit."""

    preamble: float
    snippet: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file with the rows of a table.

    :param rows: how many there are, labels not counted.
    :param is_whole: whether that is all that there are.
    :param on_formulas: a sentence on what spreadsheets take for formulas; nothing if none is.
    """

    path: str
    rows: int
    is_whole: bool
    on_formulas: str = ""


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
    looks: Looks = NO_LOOKS
    output: str = ""
    warnings: tuple[tuple[int, str], ...] = ()
    is_last: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The process that was to answer is gone: the signal that ended it, or its exit status."""

    by_signal: bool
    status: int


def encode_request(request: Request, /) -> bytes:
    """Return ``request`` as one line."""
    return _line(dataclasses.asdict(request))


def decode_request(line: bytes, /) -> Request:
    """Return the request that :func:`encode_request` wrote."""
    data = _decode(line.decode("ascii"))
    return Request(
        source=Source(**data["source"]),
        place=Place(**{name: _tuples(value) for name, value in data["place"].items()}),
        preamble=data["preamble"],
        memory=data["memory"],
        setups=tuple(
            Setup(source=Source(**setup["source"]), timeout=setup["timeout"])
            for setup in data["setups"]
        ),
        missing=_tuples(data["missing"]),
        depends=tuple(data["depends"]),
        options=data["options"] and _options(data["options"]),
        destination=data["destination"] and _destination(data["destination"]),
    )


def _options(data: dict[str, Any]) -> TableOptions:
    """Return options in which every list is a tuple, which JSON does not know."""
    return TableOptions(**{name: _tuples(value) for name, value in data.items()})


def _destination(data: dict[str, Any]) -> Destination:
    return Destination(**{name: _tuples(value) for name, value in data.items()})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def encode_reply(reply: Reply, /) -> bytes:
    """Return ``reply`` as one line."""
    return _line(
        {
            "results": [
                {
                    "label": result.label,
                    "table": result.table and _fields(result.table),
                    "error": result.error and _error_data(result.error),
                    "download": result.download and dataclasses.asdict(result.download),
                }
                for result in reply.results
            ],
            "error": reply.error and _error_data(reply.error),
            "looks": dataclasses.asdict(reply.looks),
            "output": reply.output,
            "warnings": reply.warnings,
            "is_last": reply.is_last,
        }
    )


def encode_end(end: Ended, /) -> bytes:
    """Return ``end`` as one line."""
    return _line(dataclasses.asdict(end))


#: What a line begins with that says how a process ended; others may be very long.
END: Final = b'{"by_signal":'


def decode_end(line: bytes, /) -> Ended | None:
    """Return what :func:`encode_end` wrote as ``line``; ``None`` for anything else."""
    if not line.startswith(END):
        return None
    try:
        return Ended(**_decode(line.decode("ascii")))
    except (ValueError, TypeError):
        return None


def decode_reply(line: bytes, /) -> Reply | None:
    """Return the reply that was written as ``line``; ``None`` for anything else.

    Another thread of a snippet that writes there too may leave anything.
    """
    try:
        return _reply(_decode(line.decode("ascii")))
    except (ValueError, TypeError, KeyError):
        return None


def _reply(data: dict[str, Any]) -> Reply:
    looks = data["looks"]
    return Reply(
        results=tuple(
            Result(
                label=result["label"],
                table=result["table"] and _table(result["table"]),
                error=result["error"] and _error(result["error"]),
                download=result["download"] and Download(**result["download"]),
            )
            for result in data["results"]
        ),
        error=data["error"] and _error(data["error"]),
        looks=Looks(
            files=tuple((path, state and tuple(state)) for path, state in looks["files"]),
            globs=tuple((pattern, tuple(matches)) for pattern, matches in looks["globs"]),
        ),
        output=data["output"],
        warnings=tuple((line, text) for line, text in data["warnings"]),
        is_last=data["is_last"],
    )


#: Sent before code begins to run, to measure the time of each.
PREAMBLE_STARTED = b'{"started": "preamble"}\n'
STARTED = b'{"started": "snippet"}\n'
_SETUP_STARTED = b'{"started": "setup", "limit": '


def encode_setup_started(timeout: float, /) -> bytes:
    """Return the line that is sent before set-up begins to run once more."""
    return _SETUP_STARTED + _encode(timeout).encode("ascii") + b"}\n"


def decode_setup_started(line: bytes, /) -> float | None:
    """Return the seconds that set-up may run, if it is that which ``line`` says."""
    # Other lines may be very long, and are not to be read for this.
    if not line.startswith(_SETUP_STARTED):
        return None
    try:
        return float(line.removeprefix(_SETUP_STARTED).rstrip(b"}\n"))
    except ValueError:
        return None


def _line(data: dict[str, Any]) -> bytes:
    # Text that is no valid Unicode (a lone surrogate) survives as an escape.
    return _encode(data).encode("ascii") + b"\n"


def _table(data: dict[str, Any]) -> Table:
    read = {
        "head": tuple(tuple(itertools.starmap(Cell, row)) for row in data["head"]),
        "cells": tuple(itertools.starmap(Cell, data["cells"])),
        "numbers": tuple(map(tuple, data["numbers"])),
        "constants": tuple((Cell(*label), Cell(*value)) for label, value in data["constants"]),
        "alignments": tuple(data["alignments"]),
        "ranks": _tuples(data["ranks"]),
        "excerpt": _tuples(data["excerpt"]),
        "unmatched": _tuples(data["unmatched"]),
        "warnings": tuple(data["warnings"]),
    }
    return Table(**data | read)


def _fields(table: Table) -> dict[str, Any]:
    # Not dataclasses.asdict, which looks into every cell.
    fields = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
    return fields | {"cells": [cell[:2] if cell.is_plain else cell for cell in table.cells]}


_ERRORS: dict[str, type[TableError]] = {
    error.subtype: error for error in (SnippetError, FrameError, PreambleError)
}


def _error_data(error: TableError) -> dict[str, Any]:
    return {
        "subtype": error.subtype,
        "message": error.message,
        "kind": error.kind,
        "filename": error.filename,
        "line": error.line,
    }


def _error(data: dict[str, Any]) -> TableError:
    subtype = data.pop("subtype")
    message = data.pop("message")
    return _ERRORS[subtype](message, **data)
