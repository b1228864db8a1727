"""Names for files that every system and program takes, each unlike the others of its folder."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

#: The names of devices on Windows, whatever follows the point.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)\d)(?:\..*)?", re.IGNORECASE)

#: The bytes of each part of a name; most systems allow 255 in all.
_LONGEST_PART: Final = 90


def file_name(parts: Iterable[str], /, *, taken: Collection[str]) -> str:
    """Return the name of a CSV file, made of ``parts`` and unlike any of those ``taken``."""
    stem = "-".join(map(_safe, parts))
    known = {name.casefold() for name in taken}
    stems = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(f"{one}.csv" for one in stems if f"{one}.csv".casefold() not in known)


def _safe(text: str) -> str:
    """Return ``text`` as a part of a file's name: letters of any script, digits, points."""
    kept = "".join(character if _is_safe(character) else " " for character in text)
    safe = "-".join(kept.split()).strip("-.")
    shortened = safe.encode("utf-8")[:_LONGEST_PART].decode("utf-8", errors="ignore").strip("-.")
    return "table" if not shortened or _DEVICE.fullmatch(shortened) else shortened


def _is_safe(character: str) -> bool:
    """Tell whether no system or program has trouble with ``character`` in the name of a file."""
    return character.isalnum() or character in "_." or unicodedata.category(character)[0] == "M"
