"""Write rows of texts as CSV, name the files, and detect texts that spreadsheets run."""

from __future__ import annotations

import contextlib
import csv
import errno
import itertools
import os
import re
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_df_table.model.text import join_first

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

#: The names of devices on Windows, with any extension.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?:\..*)?", re.IGNORECASE)

#: The maximum number of bytes in each part of a name; most systems allow 255 in all.
_LONGEST_PART: Final = 90


def make_file_name(parts: Iterable[str], /, *, taken: Collection[str]) -> str:
    """Return a name for a CSV file, made of ``parts`` and different from all that are ``taken``."""
    stem = "-".join(map(_to_file_name, parts))
    known = set(map(_file_key, taken))
    stems = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(f"{one}.csv" for one in stems if _file_key(f"{one}.csv") not in known)


def _file_key(name: str) -> str:
    """Return what is equal for names that Windows or macOS take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _to_file_name(text: str) -> str:
    """Return ``text`` as a part of a file's name: letters of any script, digits, dots."""
    kept = "".join(
        # Mn, Mc and Me are the categories of marks, such as accents, which belong to letters.
        c if c.isalnum() or c in "_." or unicodedata.category(c)[0] == "M" else " "
        for c in text
    )
    safe = "-".join(kept.split()).strip("-.")
    shortened = safe.encode("utf-8")[:_LONGEST_PART].decode("utf-8", errors="ignore").strip("-.")
    return "table" if not shortened or _DEVICE.fullmatch(shortened) else shortened


#: The beginning of a formula in spreadsheets, and a call of a function or a link to another
#: program or sheet in it (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_START: Final = re.compile(
    # But not an item of a list. Some spreadsheets accept full-width signs, too.
    r"[\s\ufeff\u200b]*(?![-+] \w+ )[=+@\-\uff1d\uff0b\uff0d\uff20]"
)
_FORMULA_CALL: Final = re.compile(r"(?<![\w.])[^\W\d][\w.]*+\s*+\(|\|[^|!]*+!|[\w'\")\]]!\$?\w")


class _Lines(list[str]):
    r"""A file object that collects lines, with ``\n`` instead of ``\r\n`` at their ends."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def format_csv(rows: Iterable[Sequence[str]], /) -> bytes:
    """Return ``rows`` as CSV in UTF-8, with lone surrogates as escapes."""
    # With another line terminator, Python before 3.13 does not quote a lone carriage return.
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(lines).encode("utf-8", errors="backslashreplace")


def describe_formulas(rows: Iterable[Sequence[str]], /, *, labels: int) -> str:
    """Return a warning on texts that a spreadsheet would run as formulas.

    The file contains them unchanged, because other programs need the data as it is.

    :param labels: the number of rows of labels, at the beginning.
    :returns: an empty string if there is no such text.
    """
    places = [
        f"row {number}, column {column}" if number > 0 else f"heading, column {column}"
        for number, row in enumerate(rows, 1 - labels)
        for column, text in enumerate(row, 1)
        if _FORMULA_START.match(text) and _FORMULA_CALL.search(text)
    ]
    if not places:
        return ""
    return (
        "The file for :download: contains texts that a spreadsheet would run as formulas: "
        f"{join_first(places)}. Check where the data is from; change it, or suppress this warning."
    )


#: Seconds after which a temporary file is deleted: the build that wrote it was killed.
_ABANDONED_AFTER: Final = 3600.0

#: How often a file is replaced until that succeeds, and seconds between.
_REPLACE_ATTEMPTS: Final = 5
_REPLACE_INTERVAL: Final = 0.1


def write_atomically(path: Path, content: bytes, /, *, folder: Path) -> None:
    """Write a file through a temporary one, so that no reader ever sees a part of it.

    A file that already has this content keeps its time. A link is replaced, not followed.

    :param folder: the build's own folder. A link below it that points out of it is refused.
    :raises OSError: if the file cannot be written.
    """
    inside = os.path.relpath(path.parent, folder)
    if path.parent.resolve() != Path(folder.resolve(), inside):
        message = "A link points out of the folder of the build"
        raise OSError(errno.ELOOP, message, str(path.parent))
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob(".*.part"):
        # Another build may be writing, or deleting, at the same time.
        with contextlib.suppress(OSError):
            if time.time() - other.stat().st_mtime > _ABANDONED_AFTER:
                other.unlink()
    if not path.is_symlink():
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == content:
                return
    part = path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        part.write_bytes(content)
        for remaining in reversed(range(_REPLACE_ATTEMPTS)):
            try:
                part.replace(path)
                break
            except PermissionError:
                # Windows replaces no file that another program has open at the moment.
                if not remaining:
                    raise
                time.sleep(_REPLACE_INTERVAL)
    finally:
        part.unlink(missing_ok=True)
