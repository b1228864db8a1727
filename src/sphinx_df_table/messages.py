"""Words for the build log: one printable line each, whatever the author's objects do."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_MESSAGE: Final = 400
LONGEST_QUOTE: Final = 120

#: As it stands in the text of an object that has no better one, ``<C object at 0x7f…>``.
_ADDRESS: Final = re.compile(" at 0x[0-9A-Fa-f]+(?=>)")


def one_line(text: str, longest: int, /) -> str:
    """Return the beginning of ``text`` with each run of blanks as one, and no odd characters.

    The addresses of objects are left out, which are others in each build.
    """
    words = " ".join(_ADDRESS.sub("", text[: 4 * longest]).split())
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
    return shown if len(shown) <= longest else shown[:longest] + "…"


def type_name(value: object, /) -> str:
    """Return the name of the type of ``value``, whatever its metaclass makes of it."""
    name = type.__dict__["__name__"].__get__(type(value))
    return one_line(str(name), LONGEST_QUOTE)


def described(error: BaseException, /) -> str:
    """Return type and message of ``error``."""
    try:
        message = str(error.msg or "" if isinstance(error, SyntaxError) else error)
    except BaseException:
        message = "(its message cannot be formed)"
    message = one_line(message, LONGEST_MESSAGE)
    return f"{type_name(error)}: {message}" if message else type_name(error)


def nearest_names(wanted: Iterable[str], names: Iterable[str], /) -> str:
    """Return a hint, in brackets, at the ``names`` that are most like those ``wanted``.

    :returns: nothing where no name is like them, or where they are there as they are.
    """
    known = {name.casefold(): name for name in names}
    nearest = [
        repr(one_line(known[match], LONGEST_QUOTE))
        for name in sorted(wanted)
        if known.get(name.casefold()) != name
        for match in difflib.get_close_matches(name.casefold(), known, n=3)
    ]
    return f" (the nearest column names: {', '.join(dict.fromkeys(nearest))})" if nearest else ""
