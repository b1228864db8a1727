"""Text of values and messages: what XML allows, what fits a log line, and what is a number."""

from __future__ import annotations

import contextlib
import difflib
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx_df_table.model.table import Alignment, Cell

LONGEST_MESSAGE: Final = 400
LONGEST_QUOTE: Final = 120

#: How many cells a warning names.
_NAMED_CELLS: Final = 3

#: How many of the exceptions in a group are named.
_NAMED_PARTS: Final = 3
#: As it stands in the text of an object that has no better one, ``<C object at 0x7f…>``.
_OBJECT_ADDRESS: Final = re.compile(" at 0x[0-9A-Fa-f]+(?=>)")


def to_one_line(text: str, longest: int, /) -> str:
    """Return the beginning of ``text`` with each run of blanks as one, and no odd characters.

    The addresses of objects are left out, which are others in each build.
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
    message = to_one_line(message, LONGEST_MESSAGE)
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
    named = [to_one_line(_described(part), LONGEST_QUOTE) for part in parts[:_NAMED_PARTS]]
    return f" ({'; '.join(named)}{'; …' if len(parts) > _NAMED_PARTS else ''})"


def join_first(cells: Sequence[str], /) -> str:
    """Return the first few of what is said of ``cells``, and the count if there are more."""
    more = f" ({len(cells)} cells in all)" if len(cells) > _NAMED_CELLS else ""
    return f"{'; '.join(cells[:_NAMED_CELLS])}{more}"


def pluralize(number: int, noun: str, /) -> str:
    """Return a number with its noun in an English message: ``1 row``, ``10,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def suggest_names(wanted: Iterable[str], names: Iterable[str], /) -> str:
    """Return a hint, in brackets, at the ``names`` that are most like those ``wanted``.

    :returns: nothing where no name is like them, or where they are there as they are.
    """
    known = {name.casefold(): name for name in names}
    nearest = [
        repr(to_one_line(known[match], LONGEST_QUOTE))
        for name in sorted(wanted)
        if known.get(name.casefold()) != name
        for match in difflib.get_close_matches(name.casefold(), known, n=3)
    ]
    return f" (the nearest column names: {', '.join(dict.fromkeys(nearest))})" if nearest else ""


#: What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: In a caption, an empty line stops TeX, and a new one may begin with a command to roff.
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")


def clean_cell(cell: Cell, /) -> Cell:
    """Return ``cell`` with a text that XML can hold."""
    return cell._replace(text=clean_text(cell.text))


def clean_text(text: str, /) -> str:
    """Return ``text`` with U+FFFD, the replacement character, for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def clean_label(text: str, /) -> str:
    """Return ``text`` as a caption or a tab can have it in any format: legal, and in one line."""
    return " ".join(_LINE_BREAKS.split(clean_text(text)))


def find_illegal_character(text: str, /) -> str:
    """Return the first character of ``text`` that XML cannot hold; nothing if there is none."""
    found = _NOT_XML.search(text)
    return found.group() if found else ""


def describe_replacement(where: str, character: str, count: int = 1, /) -> str:
    """Return a sentence that says so of ``character``, the first of ``count`` cells' or labels'."""
    more = f" ({count} such cells)" if count > 1 else ""
    return (
        f"In {where} the character U+{ord(character):04X} cannot be shown and is replaced "
        f"by U+FFFD{more}; clean the data to be rid of it."
    )


#: What people write where a value is missing, in small letters.
_MISSING: Final = frozenset(
    {"", "-", "\u2013", "\u2014", "nan", "none", "null", "na", "n/a", "<na>", "nat"}
)

#: A number with what may stand around it: a currency or a word of comparison in front, a
#: percent sign or a unit behind. A sign may stand on either side of the currency.
_NUMBER: Final = re.compile(
    r"""
    (?P<sign>[-+\u2212]?)
    (?P<prefix>[$€£¥₹<>~≈≤≥]?)\s?
    (?P<number>
        [-+\u2212]?
        (?:(?:\d{1,3}(?:[,\u2009\u202f]\d{3})+|\d+)(?:\.\d*)?|\.\d+)
        (?:[eE][-+\u2212]?\d+)?
    )
    (?P<suffix>\s?(?:%|(?:[^\W\d_]|[°µ/²³]){1,8})?)
    """,
    re.VERBOSE,
)

#: Units that are the same in all languages, or as good as.
_UNIT: Final = re.compile(r"[a-zA-Zµ°Ω²³%]{0,3}|.*/.*")

#: A link without a text of its own.
_URL: Final = re.compile(r"[a-z]+://\S+")

#: Kinds of values that are not numbers, however their texts look.
_NEVER_NUMBERS: Final = frozenset({"boolean", "datetime", "timedelta"})


def detect_alignment(groups: frozenset[str], texts: Iterable[str], /) -> Alignment:
    """Return where a column stands that holds values of ``groups`` with these ``texts``.

    A column of texts counts as numbers if all that are not missing are numbers, with the
    same prefix and the same suffix: ``$0.041``, ``12.3 ms``, ``8B``.
    """
    if "number" in groups:
        return "right"
    if groups & _NEVER_NUMBERS:
        return "left"
    return "right" if _look_like_numbers(texts) else "left"


def _look_like_numbers(texts: Iterable[str]) -> bool:
    try:
        return any(list(_matches(texts)))
    except ValueError:
        return False


def parse_numbers(texts: Iterable[str], /) -> list[Decimal | None] | None:
    """Return the numbers in the texts of a column, ``None`` for each that is missing.

    :returns: ``None`` if it does not count as a column of numbers, see :func:`detect_alignment`.
    """
    try:
        found = [match and _number_in(match) for match in _matches(texts)]
    except (ValueError, ArithmeticError):
        # Decimal knows exponents of up to 18 digits.
        return None
    return found if any(number is not None for number in found) else None


def has_words(text: str, /) -> bool:
    """Tell whether there is anything to translate in ``text``.

    There is not in numbers with their units, in addresses, in what stands for a missing value,
    and where there are no letters: dates, times, versions, marks.
    """
    if is_missing_text(text) or not any(map(str.isalpha, text)) or _URL.fullmatch(text):
        return False
    number = _NUMBER.fullmatch(text.strip())
    return number is None or not _UNIT.fullmatch(number["suffix"].strip())


def is_missing_text(text: str, /) -> bool:
    """Tell whether ``text`` stands for a missing value."""
    return text.strip().lower() in _MISSING


def _matches(texts: Iterable[str]) -> Iterator[re.Match[str] | None]:
    """Give the number in each text, ``None`` where one is missing.

    :raises ValueError: at a text that is no number, or has other things around it.
    """
    around = None
    for text in texts:
        found = None
        if not is_missing_text(text):
            found = _NUMBER.fullmatch(text.strip())
            if found is None or around not in {None, (found["prefix"], found["suffix"])}:
                raise ValueError(text)
            around = found["prefix"], found["suffix"]
        yield found


#: What a number is written with that Python's numbers are not.
_PLAIN_DIGITS: Final = str.maketrans({"\u2212": "-", ",": "", "\u2009": "", "\u202f": ""})


def _number_in(found: re.Match[str]) -> Decimal:
    number = Decimal(found["number"].translate(_PLAIN_DIGITS))
    return -number if found["sign"] in {"-", "\u2212"} else number
