"""What stops one table: the rest of its page, and of the build, goes on."""

from __future__ import annotations

from typing import ClassVar


class TableError(Exception):
    """One table cannot be shown.

    :param message: what happened, then what to do; one line for the build log.
    :param kind: the name of the exception type that the author's code raised, if it did.
    :param filename: the file of the failing line, where it is known.
    :param line: the failing line in that file, counted from 1; else the directive's is meant.
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
    """The snippet raised, was stopped, or left nothing to show."""

    subtype = "snippet"


class FrameError(TableError):
    """The snippet's result cannot be shown as a table, or not as asked."""

    subtype = "data"


class PreambleError(TableError):
    """The code of ``df_table_preamble`` raised; said once a build, not once a table."""

    subtype = "preamble"
