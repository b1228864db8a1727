"""Words for the build log: one printable line each, whatever the author's objects do."""

from __future__ import annotations

import contextlib
import difflib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_MESSAGE: Final = 400
LONGEST_QUOTE: Final = 120

#: How many cells a warning names.
_NAMED_CELLS: Final = 3

#: How many of the exceptions in a group are named.
_NAMED_PARTS: Final = 3
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
    """Return type and message of ``error``; of a group, also its parts, and what it came from."""
    text = _described(error)
    with contextlib.suppress(BaseException):
        if issubclass(type(error), BaseExceptionGroup):
            text += _on_parts(error)
    with contextlib.suppress(BaseException):
        cause = error.__cause__
        if cause is not None and (origin := _described(cause)) not in text:
            text += f" (which came from {origin})"
    return text


def _described(error: BaseException) -> str:
    try:
        is_syntax = issubclass(type(error), SyntaxError)
        message = str.__str__(str(getattr(error, "msg", None) or "" if is_syntax else error))
    except BaseException:
        message = "(its message cannot be formed)"
    message = one_line(message, LONGEST_MESSAGE)
    return f"{type_name(error)}: {message}" if message else type_name(error)


def _on_parts(group: BaseException) -> str:
    """Return, in brackets, the first of the exceptions that are in ``group``, at any depth."""
    parts: list[BaseException] = []
    waiting = [group]
    while waiting and len(parts) <= _NAMED_PARTS:
        first = waiting.pop(0)
        if isinstance(first, BaseExceptionGroup):
            waiting[:0] = first.exceptions
        else:
            parts.append(first)
    named = [one_line(_described(part), LONGEST_QUOTE) for part in parts[:_NAMED_PARTS]]
    return f" ({'; '.join(named)}{'; …' if len(parts) > _NAMED_PARTS else ''})"


def first_of(cells: Sequence[str], /) -> str:
    """Return the first few of what is said of ``cells``, and the count if there are more."""
    more = f" ({len(cells)} cells in all)" if len(cells) > _NAMED_CELLS else ""
    return f"{'; '.join(cells[:_NAMED_CELLS])}{more}"


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
