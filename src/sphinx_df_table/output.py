"""What running code prints, on any way to the standard streams, kept from them as text."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from typing import IO, TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

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
