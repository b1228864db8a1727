"""Texts of values and messages: make them legal in XML and short, suggest names, detect words."""

from __future__ import annotations

import contextlib
import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from sphinx_df_table.model.numbers import is_missing_text, split_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx_df_table.model.table import Cell

#: The maximum number of characters of an exception's message, and of a quotation from data.
LONGEST_MESSAGE: Final = 400
LONGEST_QUOTE: Final = 120

#: The maximum number of characters of a cell; of a text that a format makes, of however short a
#: value; of a caption or the label of a tab, which appears in many places; and of all cells of one
#: directive. Sphinx needs several times the memory of a text.
LONGEST_TEXT: Final = 5_000_000
LONGEST_FORMATTED: Final = 1_000_000
LONGEST_TITLE: Final = 10_000
LONGEST_RESULT: Final = 20_000_000

#: The characters that a line break counts as, because Sphinx makes a node for each line.
LINE_BREAK_LENGTH: Final = 100

#: The maximum number of cells, or of exceptions in a group, that a message names.
_LONGEST_LIST: Final = 3

#: The address in the default ``repr`` of an object, ``<C object at 0x7f…>``.
_OBJECT_ADDRESS: Final = re.compile(" at 0x[0-9A-Fa-f]+(?=>)")


def to_one_line(text: str, longest: int, /) -> str:
    """Return at most ``longest`` characters of ``text``, in one line of printable characters.

    Addresses of objects are removed, because they differ in each build.
    """
    words = " ".join(_OBJECT_ADDRESS.sub("", text[: 4 * longest]).split())
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
    return shown if len(shown) <= longest else shown[:longest] + "…"


def type_name(value: object, /, *, with_module: bool = False) -> str:
    """Return the name of the type of ``value``, even if its metaclass overrides the name.

    :param with_module: whether to put the module in front, unless that is Python's own or
        the snippet's.
    """
    kind = type(value)
    name = str(type.__dict__["__name__"].__get__(kind))
    module = str(type.__dict__["__module__"].__get__(kind)) if with_module else ""
    if module not in {"", "builtins", "__main__"}:
        name = f"{module}.{name}"
    return to_one_line(name, LONGEST_QUOTE)


def describe_exception(error: BaseException, /) -> str:
    """Return type and message of ``error``, with its cause and, for a group, its exceptions."""
    text = _describe_one(error)
    # Exceptions are objects of the author: any access may raise.
    with contextlib.suppress(BaseException):
        if issubclass(type(error), BaseExceptionGroup):
            text += _describe_group(error)
    with contextlib.suppress(BaseException):
        cause = error.__cause__
        # Of an error in another process, the cause is the text of a traceback.
        if type(cause).__name__.endswith("RemoteTraceback"):
            return text
        if cause is not None and (origin := _describe_one(cause)) not in text:
            text += f" (caused by {origin})"
    return text


def _describe_one(error: BaseException) -> str:
    try:
        is_syntax = issubclass(type(error), SyntaxError)
        message = str.__str__(str(getattr(error, "msg", None) or "" if is_syntax else error))
    except BaseException:
        message = "(its message cannot be formed)"
    message = to_one_line(message, LONGEST_MESSAGE)
    return f"{type_name(error)}: {message}" if message else type_name(error)


def _describe_group(group: BaseException) -> str:
    """Return, in brackets, the first exceptions in ``group``, at any depth."""
    found: list[BaseException] = []
    waiting = [group]
    while waiting and len(found) <= _LONGEST_LIST:
        first = waiting.pop(0)
        if isinstance(first, BaseExceptionGroup):
            waiting[:0] = first.exceptions
        else:
            found.append(first)
    named = [to_one_line(_describe_one(one), LONGEST_QUOTE) for one in found[:_LONGEST_LIST]]
    return f" ({'; '.join(named)}{'; …' if len(found) > _LONGEST_LIST else ''})"


def join_first(texts: Sequence[str], /, *, noun: str = "cell") -> str:
    """Return the first of ``texts`` on cells, or another ``noun``, and the total if it is more."""
    more = f" ({len(texts)} {noun}s in all)" if len(texts) > _LONGEST_LIST else ""
    return f"{'; '.join(texts[:_LONGEST_LIST])}{more}"


def pluralize(number: int, noun: str, /) -> str:
    """Return a number with its noun in an English message: ``1 row``, ``10,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


#: The maximum number of characters of a name that are compared.
_LONGEST_NAME: Final = 200

#: The maximum number of names that are compared with a wanted one: each takes some 50 µs.
_MOST_NAMES: Final = 10_000


def suggest_names(
    wanted: Iterable[str], names: Iterable[str], /, *, kind: str = "column names"
) -> str:
    """Return a hint with the ``names`` most similar to those ``wanted``.

    Names that differ in blanks, invisible characters or case only are the nearest of all. They
    are shown with their blanks.

    :returns: an empty string if no name is similar, or all that are wanted exist.
    """
    known: dict[str, dict[str, None]] = {}
    for name in names:
        known.setdefault(_normalize_name(name), {})[name] = None
    similar = known if len(known) <= _MOST_NAMES else ()
    nearest: dict[str, None] = {}
    for name in sorted(wanted):
        key = _normalize_name(name)
        if name in known.get(key, ()):
            continue
        keys = [key] if key in known else difflib.get_close_matches(key, similar, n=3)
        nearest |= {quote_name(match): None for found in keys for match in known[found]}
    return f"the nearest {kind}: {', '.join(nearest)}" if nearest else ""


def _normalize_name(name: str) -> str:
    """Return the beginning of ``name`` in lower case, without blanks and invisible characters."""
    beginning = "".join(name[:_LONGEST_NAME].casefold().split())
    if beginning.isascii():
        return beginning
    return "".join(c for c in beginning if unicodedata.category(c) != "Cf")


def quote_name(name: str, /) -> str:
    """Return ``name`` in quotes with its blanks, in printable characters; shorten a long one."""
    name = _OBJECT_ADDRESS.sub("", name)
    return repr(name if len(name) <= LONGEST_QUOTE else name[:LONGEST_QUOTE] + "\u2026")


#: Characters that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_cell(cell: Cell, /) -> Cell:
    """Return ``cell`` with U+FFFD, the replacement character, for characters not legal in XML."""
    return cell._replace(text=_NOT_XML.sub("\ufffd", cell.text))


def shorten_title(text: str, /) -> str:
    """Return a caption, or the label of a tab, with at most :data:`LONGEST_TITLE` characters."""
    return text if len(text) <= LONGEST_TITLE else text[:LONGEST_TITLE] + "…"


#: The ends of lines for ``str.splitlines`` that XML allows.
_LINE_ENDS: Final = re.compile("[\n\r\x85\u2028\u2029]+")


def clean_label(text: str, /) -> str:
    """Return a caption, or the label of a tab, in one line and with legal characters only.

    An empty line in a caption stops TeX. In roff, inventories and catalogs of messages, a new
    line may begin with a command, or be an entry of its own.
    """
    return _LINE_ENDS.sub(" ", _NOT_XML.sub("\ufffd", text))


def find_illegal_character(text: str, /) -> str:
    """Return the first character of ``text`` that XML does not allow, or an empty string."""
    match = _NOT_XML.search(text)
    return match.group() if match else ""


def describe_replacement(where: str, character: str, count: int = 1, /) -> str:
    """Return the message that ``character``, the first of ``count`` such, was replaced."""
    more = f" ({count} such cells)" if count > 1 else ""
    return (
        f"In {where} the character U+{ord(character):04X} cannot be shown and is replaced "
        f"by U+FFFD{more}. Remove it from the data."
    )


def describe_shortening(where: str, length: int, longest: int, count: int = 1, /) -> str:
    """Return the message that a text of ``length``, the first of ``count`` such, is shortened."""
    more = f" ({count} such cells)" if count > 1 else ""
    return (
        f"The text in {where} has {length:,} characters, of which the first {longest:,} are "
        f"shown{more}. Shorten it in the code."
    )


#: Units that need no translation in most languages.
_UNIT: Final = re.compile(r"[a-zA-Zµ°Ω²³%]{0,3}|.*/.*")

#: A link without a text of its own.
_URL: Final = re.compile(r"[a-z]+://\S+")


def has_words(text: str, /) -> bool:
    """Return whether ``text`` contains anything to translate.

    Numbers with units, URLs, texts for a missing value, and texts without letters (dates,
    versions, punctuation) do not.
    """
    if is_missing_text(text) or not any(map(str.isalpha, text)) or _URL.fullmatch(text):
        return False
    number = split_number(text)
    return number is None or not number.digits or not _UNIT.fullmatch(number.unit)
