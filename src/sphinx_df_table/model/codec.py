"""Encode the messages between the processes as lines of JSON, and decode them by their types."""

from __future__ import annotations

import dataclasses
import itertools
import json
import types
import typing
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from sphinx_df_table.model.errors import FrameError, PreambleError, SnippetError, TableError
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.protocol import ProcessEnd, Reply, Request, Started
from sphinx_df_table.model.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable

_Message = TypeVar("_Message", Request, Started, Reply, ProcessEnd)

#: The names in annotations that the module :mod:`~sphinx_df_table.model.protocol` imports for
#: type checkers only.
_NAMES: Final = {"TableError": TableError, "TableOptions": TableOptions, "Table": Table}

_ERROR_FIELDS: Final = ("subtype", "message", "kind", "filename", "line")

_ERRORS: Final[dict[str, type[TableError]]] = {
    error.subtype: error for error in (SnippetError, FrameError, PreambleError)
}


def _to_json(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass or an error, for the JSON encoder."""
    if isinstance(value, TableError):
        return {name: getattr(value, name) for name in _ERROR_FIELDS}
    fields = {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, Table):
        # There may be very many cells, most of which are no more than a text.
        fields["cells"] = [cell[:2] if cell.is_plain else cell for cell in value.cells]
    return fields


def _decoder(hint: Any) -> Callable[[Any], Any]:
    """Return the function that turns JSON data into a value of the type ``hint``.

    It raises ValueError, TypeError, KeyError or AttributeError if the data does not fit; only
    numbers and strings in tuples, of which there may be very many, are not checked one by one.
    """
    if hint is TableError:
        return lambda data: _ERRORS[data.pop("subtype")](data.pop("message"), **data)
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint, localns=_NAMES)
        decoders = {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(hint)}
        make: Any = hint
        return lambda data: make(**{name: decoders[name](data[name]) for name in data})
    if hint is Cell:
        return lambda data: Cell(*data)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if origin in {Union, types.UnionType}:
        [decode_other] = [_decoder(other) for other in arguments if other is not types.NoneType]
        return lambda data: None if data is None else decode_other(data)

    def decode_scalar(data: Any) -> Any:
        fits = data in arguments if origin is Literal else isinstance(data, hint)
        if fits or (hint is float and isinstance(data, int)):
            return data
        raise TypeError(f"{data!r} is not of type {hint}")

    return decode_scalar


def _tuple_decoder(arguments: tuple[Any, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return the decoder of ``tuple[*arguments]``, which is a list in JSON."""
    item, *others = arguments
    if others != [...]:
        decoders = [_decoder(argument) for argument in arguments]
        return lambda data: tuple(decode(one) for decode, one in zip(decoders, data, strict=True))
    if item is Cell:
        return lambda data: tuple(itertools.starmap(Cell, data))
    if item in {int, str, int | None}:
        return tuple
    decode_item = _decoder(item)
    return lambda data: tuple(map(decode_item, data))


# All this is made at import time, so that a snippet that replaces parts of the module ``json``
# changes nothing here. Text that is not valid Unicode (a lone surrogate) survives as an escape.
_encode: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_to_json).encode
_decode: Final = json.JSONDecoder().decode
_MESSAGES: Final = (Request, Started, Reply, ProcessEnd)
_DECODERS: Final = {kind: _decoder(kind) for kind in _MESSAGES}

#: The beginning of the line of each message: the name of its first field.
_PREFIXES: Final = {kind: f'{{"{dataclasses.fields(kind)[0].name}":'.encode() for kind in _MESSAGES}
END: Final = _PREFIXES[ProcessEnd]

#: The maximum number of bytes of a line that the build reads: code may write to the connection.
LONGEST_LINE: Final = 200_000_000


def encode(message: Request | Started | Reply | ProcessEnd, /) -> bytes:
    """Return ``message`` as one line of ASCII."""
    return _encode(message).encode("ascii") + b"\n"


def decode(kind: type[_Message], line: bytes, /) -> _Message | None:
    """Return the message of type ``kind`` that :func:`encode` wrote as ``line``.

    :returns: ``None`` for any other line, which another thread of a snippet may have written.
    """
    if not line.startswith(_PREFIXES[kind]):
        return None
    try:
        message: _Message = _DECODERS[kind](_decode(line.decode("ascii")))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return message
