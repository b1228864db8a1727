"""Numbers in texts: their signs, currencies and units; which stand for a missing value."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from sphinx_df_table.model.units import is_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_df_table.model.table import Alignment

#: Texts, in lower case, that stand for a missing value.
_MISSING: Final = frozenset(
    {"", "-", "\u2212", "\u2013", "\u2014", "nan", "none", "null", "na", "n/a", "<na>", "nat"}
)

#: Signs of currencies, for a class of characters.
_CURRENCY: Final = "$¢£¥\u20a0-\u20cf"

#: Signs of comparison, for a class of characters.
_COMPARISONS: Final = "<>~≈≤≥"

#: A missing number with a percent sign, a currency or a unit: ``$nan``, ``- ms``.
_MISSING_AMOUNT: Final = re.compile(
    rf"""
    [-+\u2212]?[{_CURRENCY}]\s?(?:nan|[-\u2212\u2013\u2014])
    | (?:nan|[-\u2212\u2013\u2014])(?:\s?[%{_CURRENCY}] | \s(?P<unit>\S{{1,8}}))
    """,
    re.VERBOSE | re.IGNORECASE,
)

#: The maximum number of characters of such a text.
_LONGEST_AMOUNT: Final = 12

#: A number, after a currency or a sign of comparison, and before a percent sign, a currency or a
#: unit. Its sign may be on either side of the currency.
_NUMBER: Final = re.compile(
    rf"""
    ([-+\u2212]?)
    ([{_CURRENCY}{_COMPARISONS}]?)\s?
    (?:
        (
            [-+\u2212]?
            (?:(?:[1-9]\d{{0,2}}(?:[,\u2009\u202f]\d{{3}})+|\d+)(?:\.\d*)?|\.\d+)
            (?:[eE][-+\u2212]?\d+)?
        )
        | [nN][aA][nN] | [-\u2212\u2013\u2014]
    )
    \s?((?:[%{_CURRENCY}]|(?:[^\W\d_]|[°µ/²³]){{1,8}})?)
    """,
    re.VERBOSE,
)

#: Removes group separators from numbers, and replaces the sign that Python does not parse.
_PLAIN_DIGITS: Final = str.maketrans({"\u2212": "-", ",": "", "\u2009": "", "\u202f": ""})

#: Groups of values that are not numbers, whatever their texts.
_NEVER_NUMBERS: Final = frozenset({"boolean", "datetime", "timedelta"})

#: The word in the name of a column of versions.
_VERSION_NAME: Final = re.compile("(?<![a-z])(?:version|release)s?(?![a-z])", re.IGNORECASE)

#: The minimum length, and the maximum step, of a run of versions: 3.9, 3.11, 3.12.
_SHORTEST_RUN: Final = 3
_LARGEST_STEP: Final = 2


def is_missing_text(text: str, /) -> bool:
    """Return whether ``text`` stands for a missing value, also one with a currency or a unit."""
    text = text.strip()
    if text.lower() in _MISSING:
        return True
    amount = _MISSING_AMOUNT.fullmatch(text) if len(text) <= _LONGEST_AMOUNT else None
    return amount is not None and (amount["unit"] is None or is_unit(amount["unit"]))


class Number(NamedTuple):
    """The parts of a number in a text.

    :param digits: ``None`` if the number itself is missing, as in ``$nan``.
    """

    sign: str
    prefix: str
    digits: str | None
    unit: str

    def to_decimal(self) -> Decimal | None:
        """Return the number with all its digits.

        :raises ArithmeticError: if its exponent is too large for a Decimal.
        """
        if self.digits is None:
            return None
        number = Decimal(self.digits.translate(_PLAIN_DIGITS))
        return number.copy_negate() if self.sign in {"-", "\u2212"} else number


def split_number(text: str, /) -> Number | None:
    """Return the parts of a text that is a number, which may itself be missing."""
    match = _NUMBER.fullmatch(text.strip())
    return Number._make(match.groups()) if match else None


def split_numbers(texts: Iterable[str], /) -> list[Number | None] | None:
    """Return the parts of each text of a column of numbers, ``None`` for a missing value.

    :returns: ``None`` if a text is no number or has another prefix than others, or if no text has
        digits.
    """
    numbers: list[Number | None] = []
    prefix = None
    for text in texts:
        number = split_number(text)
        # Most have digits, and asking whether they are missing takes longer.
        if (number is None or number.digits is None) and is_missing_text(text):
            number = None
        elif number is None or (prefix is not None and number.prefix != prefix):
            return None
        else:
            prefix = number.prefix
        numbers.append(number)
    return numbers if any(number and number.digits for number in numbers) else None


def find_units(numbers: Iterable[Number | None], /) -> frozenset[str]:
    """Return the different units in a column of numbers; an empty string is one of them."""
    return frozenset(number.unit for number in numbers if number)


def are_versions(numbers: Iterable[Number | None], name: str, /) -> bool:
    """Return whether texts that could be decimals are versions.

    They are if the name of their column has the word *version* or *release*. They also are if one
    digit follows some points, and two digits of which some end in 0 the others, as in ``3.9`` and
    ``3.10``, or if they run past 9, as in ``3.9``, ``3.11`` and ``3.12``.

    :param numbers: the parts of each text.
    """
    has_name = _VERSION_NAME.search(name) is not None
    minors: dict[str, set[str]] = {}
    for number in numbers:
        if number and number.digits:
            major, _, minor = number.digits.partition(".")
            if number.sign or number.unit or number.prefix not in _COMPARISONS:
                return False
            if not (major + minor).isdigit() or not (has_name or len(minor) <= 2):
                return False
            minors.setdefault(major, set()).update([minor] if minor else [])
    every = set().union(*minors.values())
    if has_name:
        return bool(every)
    if {*map(len, every)} != {1, 2} or any(len(minor) == 2 and minor[0] == "0" for minor in every):
        return False
    # Numbers with as many significant digits as each other are decimals: 12.0, 1.50.
    lengths = {len(major.lstrip("0") + minor) for major in minors for minor in minors[major]}
    has_zero = any(minor[1:] == "0" for minor in every)
    return (has_zero and len(lengths) > 1) or any(map(_run_past_nine, minors.values()))


def _run_past_nine(minors: Iterable[str]) -> bool:
    """Return whether at least three numbers, with gaps of one at most, run from 9 or less on."""
    run = sorted(map(int, minors))
    has_gap = any(b - a > _LARGEST_STEP for a, b in itertools.pairwise(run))
    return len(run) >= _SHORTEST_RUN and run[0] <= 9 < run[-1] and not has_gap


def detect_alignment(groups: frozenset[str], texts: Iterable[str], /, name: str = "") -> Alignment:
    """Return the alignment of a column with values of ``groups`` and these ``texts``.

    Numbers are aligned right. A column of texts counts as numbers if all that are not missing
    are numbers with the same prefix and the same unit, ``$0.041``, ``12.3 ms``, ``8B``, and not
    versions.

    :param name: the name of the column.
    """
    if "number" in groups:
        return "right"
    numbers = None if groups & _NEVER_NUMBERS else split_numbers(texts)
    if numbers is None or len(find_units(numbers)) > 1:
        return "left"
    return "left" if "string" in groups and are_versions(numbers, name) else "right"
