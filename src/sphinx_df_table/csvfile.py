"""Rows of texts → CSV, and what in it a spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from sphinx_df_table.messages import first_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def csv_bytes(rows: Iterable[Sequence[str]], /) -> bytes:
    """Return ``rows`` as CSV in UTF-8; what is no character comes out as its escape."""
    # With other ends of lines, Python before 3.13 leaves a lone carriage return unquoted.
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(lines).encode("utf-8", errors="backslashreplace")


def on_formulas(rows: Iterable[Sequence[str]], /, *, labels: int) -> str:
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
        f"{first_of(places)}. Mend the data if you do not know where it is "
        "from, or suppress this warning."
    )


def _is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would do more with ``text`` than show or calculate it."""
    return bool(_FORMULA_START.match(text) and _FORMULA_CALL.search(text))
