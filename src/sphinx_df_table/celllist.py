"""The distinct cells of a table by their numbers, and what of their texts XML cannot hold."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from sphinx_df_table.table import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: In a caption, an empty line stops TeX, and a new one may begin with a command to roff.
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")


class CellList:
    """The distinct cells of a table, known by their numbers in the order of their making."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool] | Cell, int] = {}

    def numbers_of(self, cells: Iterable[tuple[str, bool] | Cell]) -> list[int]:
        """Return the number of each cell; one without looks is given by text and literalness."""
        cells = list(cells)
        numbers = self._numbers
        for cell in dict.fromkeys(cells):
            numbers.setdefault(cell, len(numbers))
        return [numbers[cell] for cell in cells]

    def made(self) -> tuple[Cell, ...]:
        """Return the cells; what XML cannot hold in them is U+FFFD, the replacement character."""
        cells = itertools.starmap(Cell, self._numbers)
        return tuple(cells) if self._are_legal() else tuple(map(legal_cell, cells))

    def _are_legal(self) -> bool:
        return not _NOT_XML.search("".join(cell[0] for cell in self._numbers))

    def illegal(self) -> dict[int, str]:
        """Return, by the number of its cell, the first character that XML cannot hold."""
        if self._are_legal():
            return {}
        found = {number: _NOT_XML.search(cell[0]) for cell, number in self._numbers.items()}
        return {number: match.group() for number, match in found.items() if match}


def legal_cell(cell: Cell, /) -> Cell:
    """Return ``cell`` with a text that XML can hold."""
    return cell._replace(text=legal_text(cell.text))


def legal_text(text: str, /) -> str:
    """Return ``text`` with U+FFFD, the replacement character, for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def label_text(text: str, /) -> str:
    """Return ``text`` in one line, which is all that a caption or a tab has in any format."""
    return " ".join(_LINE_BREAKS.split(text))


def first_illegal(text: str, /) -> str:
    """Return the first character of ``text`` that XML cannot hold; nothing if there is none."""
    found = _NOT_XML.search(text)
    return found.group() if found else ""


def replaced(where: str, character: str, count: int = 1, /) -> str:
    """Return a sentence that says so of ``character``, the first of ``count`` cells' or labels'."""
    more = f" ({count} such cells)" if count > 1 else ""
    return (
        f"In {where} the character U+{ord(character):04X} cannot be shown and is replaced "
        f"by U+FFFD{more}; clean the data to be rid of it."
    )
