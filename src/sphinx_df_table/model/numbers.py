"""Numbers in texts: their signs, currencies and units; which stand for a missing value."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

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

#: A number, after a currency or a sign of comparison, and before a percent sign, a currency or a
#: unit. Its sign may be on either side of the currency.
_NUMBER: Final = re.compile(
    rf"""
    (?P<sign>[-+\u2212]?)
    (?P<prefix>[{_CURRENCY}{_COMPARISONS}]?)\s?
    (?:
        (?P<number>
            [-+\u2212]?
            (?:(?:\d{{1,3}}(?:[,\u2009\u202f]\d{{3}})+|\d+)(?:\.\d*)?|\.\d+)
            (?:[eE][-+\u2212]?\d+)?
        )
        | [nN][aA][nN] | [-\u2212\u2013\u2014]
    )
    \s?(?P<unit>(?:[%{_CURRENCY}]|(?:[^\W\d_]|[°µ/²³]){{1,8}})?)
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
    amount = _MISSING_AMOUNT.fullmatch(text)
    return amount is not None and (amount["unit"] is None or is_unit(amount["unit"]))


def match_number(text: str, /) -> re.Match[str] | None:
    """Return the groups sign, prefix, number and unit of a text that is a number."""
    match = _NUMBER.fullmatch(text.strip())
    return match if match and match["number"] else None


def match_numbers(texts: Iterable[str], /) -> list[re.Match[str] | None] | None:
    """Return the groups of each text of a column of numbers, see :func:`match_number`.

    :returns: ``None`` in the list for a missing value, which may have a group unit; ``None`` for
        the list if a text is no number, has another prefix than others, or all are missing.
    """
    matches: list[re.Match[str] | None] = []
    prefixes = set()
    for text in texts:
        match = None
        if not is_missing_text(text):
            match = _NUMBER.fullmatch(text.strip())
            if match is None:
                return None
            prefixes.add(match["prefix"])
            if len(prefixes) > 1:
                return None
        matches.append(match)
    return matches if any(match and match["number"] for match in matches) else None


def find_units(matches: Iterable[re.Match[str] | None], /) -> frozenset[str]:
    """Return the different units in a column of numbers; an empty string is one of them."""
    return frozenset(match["unit"] for match in matches if match)


def to_decimal(match: re.Match[str], /) -> Decimal:
    """Return the number in ``match``, with all its digits.

    :raises ArithmeticError: if its exponent is too large for a Decimal.
    """
    number = Decimal(match["number"].translate(_PLAIN_DIGITS))
    return number.copy_negate() if match["sign"] in {"-", "\u2212"} else number


def are_versions(matches: Iterable[re.Match[str] | None], name: str, /) -> bool:
    """Return whether texts that could be decimals are versions.

    They are if the name of their column has the word *version* or *release*. They also are if one
    digit follows some points, and two digits of which some end in 0 the others, as in ``3.9`` and
    ``3.10``, or if they run past 9, as in ``3.9``, ``3.11`` and ``3.12``.

    :param matches: the groups of each text, see :func:`match_numbers`.
    """
    minors: dict[str, set[str]] = {}
    for match in matches:
        if match and match["number"]:
            major, _, minor = match["number"].partition(".")
            if match["sign"] or match["unit"] or match["prefix"] not in _COMPARISONS:
                return False
            if not (major + minor).isdigit():
                return False
            minors.setdefault(major, set()).update([minor] if minor else [])
    every = set().union(*minors.values())
    if _VERSION_NAME.search(name):
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
    matches = None if groups & _NEVER_NUMBERS else match_numbers(texts)
    if matches is None or len(find_units(matches)) > 1:
        return "left"
    return "left" if "string" in groups and are_versions(matches, name) else "right"
