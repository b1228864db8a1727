"""Errors that replace one table by an error box; the rest of the build goes on."""

from __future__ import annotations

from typing import ClassVar


class TableError(Exception):
    """One table cannot be shown.

    :param message: one line for the build log: what happened, then what to do.
    :param kind: the name of the exception type that the author's code raised, if any.
    :param filename: the file of the failing line, if it is known.
    :param line: the failing line in that file, counted from 1; 0 for that of the directive.
    """

    subtype: ClassVar[str] = ""

    def __init__(
        self, message: str, /, *, kind: str = "", filename: str = "", line: int = 0
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.filename = filename
        self.line = line


class SnippetError(TableError):
    """The snippet raised an exception, was stopped, or has no result to show."""

    subtype = "snippet"


class FrameError(TableError):
    """The snippet's result cannot be shown as a table, or not as asked."""

    subtype = "data"


class PreambleError(TableError):
    """The code of ``df_table_preamble`` failed; reported once per build, not once per table."""

    subtype = "preamble"
