"""Rows of texts → CSV, names for its files, and what in it a spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from sphinx_df_table.model.text import join_first

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

#: The names of devices on Windows, whatever follows the point.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)\d)(?:\..*)?", re.IGNORECASE)

#: The bytes of each part of a name; most systems allow 255 in all.
_LONGEST_PART: Final = 90


def make_file_name(parts: Iterable[str], /, *, taken: Collection[str]) -> str:
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


#: What a spreadsheet takes for a formula, and what in it is a function, or leads to another
#: program or sheet (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_START: Final = re.compile(
    # Not an item of a list. Some spreadsheets take the wide signs of East Asia, too.
    r"[\s\ufeff\u200b]*(?![-+] \w+ )[=+@\-\uff1d\uff0b\uff0d\uff20]"
)
_FORMULA_CALL: Final = re.compile(r"(?<![\w.])[^\W\d][\w.]*+\s*+\(|\|[^|!]*+!|[\w'\")\]]!\$?\w")


class _Lines(list[str]):
    """A file to write whole lines to, which end as those of Python do."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def format_csv(rows: Iterable[Sequence[str]], /) -> bytes:
    """Return ``rows`` as CSV in UTF-8; what is no character comes out as its escape."""
    # With other ends of lines, Python before 3.13 leaves a lone carriage return unquoted.
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(lines).encode("utf-8", errors="backslashreplace")


def describe_formulas(rows: Iterable[Sequence[str]], /, *, labels: int) -> str:
    """Return a sentence on texts that a spreadsheet would not show, but carry out.

    The file has them as they are: it is data, and whoever reads it is to find just that.

    :param labels: how many of the first rows are labels.
    :returns: nothing if there is no such text.
    """
    places = [
        f"row {number}, column {column}" if number > 0 else f"heading, column {column}"
        for number, row in enumerate(rows, 1 - labels)
        for column, text in enumerate(row, 1)
        if _is_formula(text)
    ]
    if not places:
        return ""
    return (
        "The file for :download: holds texts that a spreadsheet takes for formulas, "
        f"{join_first(places)}. Mend the data if you do not know where it is "
        "from, or suppress this warning."
    )


def _is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would do more with ``text`` than show or calculate it."""
    return bool(_FORMULA_START.match(text) and _FORMULA_CALL.search(text))
