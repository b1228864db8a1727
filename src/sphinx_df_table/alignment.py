"""Which texts are numbers: they stand on the right, all else on the left, and are no words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx_df_table.table import Alignment

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
_ADDRESS: Final = re.compile(r"[a-z]+://\S+")

#: Kinds of values that are not numbers, however their texts look.
_NEVER_NUMBERS: Final = frozenset({"boolean", "datetime", "timedelta"})


def alignment_of(groups: frozenset[str], texts: Iterable[str], /) -> Alignment:
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


def numbers_in(texts: Iterable[str], /) -> list[Decimal | None] | None:
    """Return the numbers in the texts of a column, ``None`` for each that is missing.

    :returns: ``None`` if it does not count as a column of numbers, see :func:`alignment_of`.
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
    if is_missing_text(text) or not any(map(str.isalpha, text)) or _ADDRESS.fullmatch(text):
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
