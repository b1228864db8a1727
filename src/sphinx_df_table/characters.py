"""Characters that a text cannot have on a page, and what is shown in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sphinx_df_table.table import Cell

#: What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: In a caption, an empty line stops TeX, and a new one may begin with a command to roff.
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")


def legal_cell(cell: Cell, /) -> Cell:
    """Return ``cell`` with a text that XML can hold."""
    return cell._replace(text=legal_text(cell.text))


def legal_text(text: str, /) -> str:
    """Return ``text`` with U+FFFD, the replacement character, for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def label_text(text: str, /) -> str:
    """Return ``text`` as a caption or a tab can have it in any format: legal, and in one line."""
    return " ".join(_LINE_BREAKS.split(legal_text(text)))


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
