"""Requests, replies and notes as they go from process to process: one line of JSON each."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from sphinx_df_table.model.dependencies import Dependencies
from sphinx_df_table.model.errors import FrameError, PreambleError, SnippetError, TableError
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.protocol import (
    CodeKind,
    Destination,
    Download,
    PageContext,
    ProcessEnd,
    Reply,
    Request,
    Result,
    Setup,
    Source,
    Started,
)
from sphinx_df_table.model.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable

_Made = TypeVar("_Made")

#: Kept here, where no snippet that puts something else into the module ``json`` finds it.
_encode: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_decode: Final = json.JSONDecoder().decode


def encode_request(request: Request, /) -> bytes:
    """Return ``request`` as one line."""
    return _line(dataclasses.asdict(request))


def decode_request(line: bytes, /) -> Request:
    """Return the request that :func:`encode_request` wrote."""
    data = _decode(line.decode("ascii"))
    made = {
        "source": Source(**data["source"]),
        "place": _made(PageContext, data["place"]),
        "setups": [
            _made(Setup, one | {"source": Source(**one["source"])}) for one in data["setups"]
        ],
        "options": data["options"] and _made(TableOptions, data["options"]),
        "destination": data["destination"] and _made(Destination, data["destination"]),
    }
    return _made(Request, data | made)


def _made(kind: Callable[..., _Made], fields: dict[str, Any]) -> _Made:
    """Return an object of ``fields`` in which every list is a tuple, which JSON does not know."""
    return kind(**{name: _tuples(value) for name, value in fields.items()})


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
            "dependencies": dataclasses.asdict(reply.dependencies),
            "output": reply.output,
            "warnings": reply.warnings,
            "is_last": reply.is_last,
        }
    )


def encode_note(note: Started | ProcessEnd, /) -> bytes:
    """Return ``note`` as one line."""
    return _line(dataclasses.asdict(note))


#: What the lines of notes begin with; others may be very long, and are not read for this.
_START: Final = b'{"kind":'
END: Final = b'{"by_signal":'


def decode_start(line: bytes, /) -> Started | None:
    """Return the note that code begins to run; ``None`` for anything else."""
    note = _note(Started, line) if line.startswith(_START) else None
    is_whole = note and note.kind in get_args(CodeKind) and isinstance(note.limit, (int, float))
    return note if is_whole else None


def decode_end(line: bytes, /) -> ProcessEnd | None:
    """Return the note that a process has ended; ``None`` for anything else."""
    return _note(ProcessEnd, line) if line.startswith(END) else None


def _note(kind: type[_Made], line: bytes) -> _Made | None:
    try:
        return kind(**_decode(line.decode("ascii")))
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
    made = {
        "results": [_result(result) for result in data["results"]],
        "error": data["error"] and _error(data["error"]),
        "dependencies": _made(Dependencies, data["dependencies"]),
    }
    return _made(Reply, data | made)


def _result(data: dict[str, Any]) -> Result:
    return Result(
        label=data["label"],
        table=data["table"] and _table(data["table"]),
        error=data["error"] and _error(data["error"]),
        download=data["download"] and Download(**data["download"]),
    )


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
    # Not dataclasses.asdict, which dependencies into every cell.
    fields = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
    return fields | {"cells": [cell[:2] if cell.is_plain else cell for cell in table.cells]}


_ERROR_FIELDS: Final = ("subtype", "message", "kind", "filename", "line")

_ERRORS: Final[dict[str, type[TableError]]] = {
    error.subtype: error for error in (SnippetError, FrameError, PreambleError)
}


def _error_data(error: TableError) -> dict[str, Any]:
    return {name: getattr(error, name) for name in _ERROR_FIELDS}


def _error(data: dict[str, Any]) -> TableError:
    return _ERRORS[data.pop("subtype")](data.pop("message"), **data)
