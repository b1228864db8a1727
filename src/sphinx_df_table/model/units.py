"""Units in texts, in families whose sizes can be compared."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: The exponents of ten of the prefixes of units, large and small.
_LARGE: Final = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SMALL: Final = {"c": -2, "m": -3, "µ": -6, "μ": -6, "u": -6, "n": -9, "p": -12}

#: The exponents of 1024 of the prefixes of units of memory.
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def _with_prefixes(unit: str, *, is_memory: bool = False) -> dict[str, Decimal]:
    """Return the size of ``unit``, which is 1, and of its multiples and parts."""
    tens = _LARGE if is_memory or not unit else _LARGE | _SMALL
    sizes = {prefix + unit: Decimal(10) ** exponent for prefix, exponent in tens.items()}
    if is_memory:
        sizes |= {prefix + unit: Decimal(1024) ** power for prefix, power in _BINARY.items()}
    return sizes


#: The words for units of time, and their seconds.
_TIMES: Final = {
    ("ns",): Decimal("1e-9"),
    ("us", "µs", "μs"): Decimal("1e-6"),
    ("ms",): Decimal("1e-3"),
    ("s", "sec", "secs", "second", "seconds"): Decimal(1),
    ("m", "min", "mins", "minute", "minutes"): Decimal(60),
    ("h", "hr", "hrs", "hour", "hours"): Decimal(3600),
    ("d", "day", "days"): Decimal(86400),
    ("w", "week", "weeks"): Decimal(604800),
}

#: The sizes of units, family by family. No two families disagree on the sizes of two units.
FAMILIES: Final[tuple[Mapping[str, Decimal], ...]] = (
    _with_prefixes(""),
    {"M": Decimal(10) ** 6, "B": Decimal(10) ** 9, "T": Decimal(10) ** 12},
    {"byte": Decimal(1), "bytes": Decimal(1)} | _with_prefixes("B", is_memory=True),
    {"b": Decimal(1), "kb": Decimal("1e3"), "mb": Decimal("1e6"), "gb": Decimal("1e9")},
    *(_with_prefixes(unit, is_memory=True) for unit in ("b", "bit", "bps")),
    {word: seconds for words, seconds in _TIMES.items() for word in words},
    *map(_with_prefixes, ("Hz", "m", "g", "W", "Wh", "V", "A", "J", "eV", "Pa", "L", "l", "mol")),
)

_EVERY: Final = frozenset().union(*FAMILIES)


def is_unit(text: str, /) -> bool:
    """Return whether ``text`` is a unit of a family, or a rate such as ``GB/s``."""
    return text.partition("/")[0] in _EVERY


def find_sizes(units: Collection[str], /) -> Mapping[str, Decimal] | None:
    """Return the size of each unit; ``None`` if they are not of one family.

    Rates are of one family if all have the same denominator.
    """
    parts = [unit.partition("/") for unit in units]
    if len({denominator for _, _, denominator in parts}) > 1:
        return None
    for family in FAMILIES:
        if all(numerator in family for numerator, _, _ in parts):
            return {
                unit: family[numerator]
                for unit, (numerator, _, _) in zip(units, parts, strict=True)
            }
    return None
