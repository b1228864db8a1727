"""Which side a column's texts belong to: numbers stand on the right, all else on the left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_df_table.table import Alignment

#: What people write where a value is missing.
_MISSING: Final = frozenset({"", "-", "\u2013", "\u2014", "nan", "None", "N/A", "<NA>", "NaT"})

#: A number with what may stand around it: a currency or a word of comparison in front, a
#: percent sign or a unit behind. A sign may stand on either side of the currency.
_NUMBER: Final = re.compile(
    r"""
    [-+\u2212]?
    (?P<prefix>[$€£¥₹<>~≈≤≥]?)\s?
    [-+\u2212]?
    (?:(?:\d{1,3}(?:[,\u2009\u202f]\d{3})+|\d+)(?:\.\d*)?|\.\d+)
    (?:[eE][-+\u2212]?\d+)?
    (?P<suffix>\s?(?:%|(?:[^\W\d_]|[°µ/²³]){1,8})?)
    """,
    re.VERBOSE,
)

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
    around = None
    for text in texts:
        if text.strip() in _MISSING:
            continue
        found = _NUMBER.fullmatch(text.strip())
        if found is None:
            return False
        if around not in {None, (found["prefix"], found["suffix"])}:
            return False
        around = found["prefix"], found["suffix"]
    return around is not None
