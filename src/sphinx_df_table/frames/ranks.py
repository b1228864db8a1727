"""Rank the values of a column by what they are: numbers, versions, sizes, dates."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import operator
import re
from decimal import Context, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.frames.values import are_missing, are_strings, to_objects, value_texts
from sphinx_df_table.model.numbers import (
    are_versions,
    find_units,
    is_missing_text,
    match_numbers,
    to_decimal,
)
from sphinx_df_table.model.units import find_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: A rank for each value, ``None`` for each that is missing.
Ranks = tuple[int | None, ...]

#: A value for each text by which to sort it, ``None`` for each that is missing; or ``None`` if not
#: all texts are of the kind.
Keys = list[Any] | None


def rank_values(values: pd.Series[Any], /, name: str = "") -> Ranks:
    """Return for each value how many distinct ones are less; ``None`` if it is missing.

    Categories have their own order, unless it is just that of their values. Texts are sorted as
    numbers, sizes with units, dates or versions, if all texts of the column are that; those that
    stand for a missing value have no rank. All other texts, and values without an order, have the
    rank 0: the reader's browser sorts them by the rules of its language.

    :param values: one column or index level, of any dtype.
    :param name: its name, which may say that it has versions.
    """
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype) and (
        dtype.ordered or not dtype.categories.is_monotonic_increasing
    ):
        return _rank_keys([None if code < 0 else code for code in values.cat.codes.tolist()])
    missing = are_missing(values)
    if not all(map(operator.or_, missing, are_strings(values))):
        objects = zip(to_objects(values), missing, strict=True)
        return _rank_keys([None if is_missing else value for value, is_missing in objects])
    texts = value_texts(values)
    distinct = list(dict.fromkeys(texts))
    ranks = dict(zip(distinct, _rank_keys(_text_keys(distinct, name)), strict=True))
    return tuple(ranks[text] for text in texts)


def _rank_keys(keys: Sequence[Any]) -> Ranks:
    """Return the rank of each key; 0 for all if they cannot be compared."""
    try:
        order = sorted({key for key in keys if key is not None})
        # Sets, for example, can be compared, but have no total order.
        is_ordered = all(a < b for a, b in itertools.pairwise(order))
        ranks = {key: rank for rank, key in enumerate(order)} if is_ordered else {}
        return tuple(None if key is None else ranks.get(key, 0) for key in keys)
    except BaseException:
        # Comparing objects of the author may raise anything.
        return tuple(None if key is None else 0 for key in keys)


def _text_keys(texts: Sequence[str], name: str) -> list[Any]:
    """Return the keys of the first kind that all ``texts`` are of; 0 for each if there is none."""
    keys = _number_keys(texts, name) or _date_keys(texts) or _version_keys(texts)
    return keys or [None if is_missing_text(text) else 0 for text in texts]


#: Multiplies numbers of up to 1000 digits, and raises an error rather than rounds others.
_EXACT: Final = Context(prec=1000, traps=[DivisionByZero, Inexact, InvalidOperation, Overflow])


def _number_keys(texts: Iterable[str], name: str) -> Keys:
    """Return the numbers in ``texts``, times the sizes of their units if these differ."""
    matches = match_numbers(texts)
    if matches is None:
        return None
    units = find_units(matches)
    sizes = find_sizes(units) if len(units) > 1 else None
    if sizes is None and (len(units) > 1 or are_versions(matches, name)):
        return None
    keys: list[Any] = []
    try:
        for match in matches:
            key = to_decimal(match) if match and match["number"] else None
            if match and key is not None and sizes:
                key = _EXACT.multiply(key, sizes[match["unit"]])
            keys.append(key)
    except ArithmeticError:
        # Decimal's exponents have at most 18 digits, those of a context fewer.
        return None
    return keys


#: The phases before (below 0) and after a release, by the words in versions.
_PHASES: Final = {
    word: phase
    for phase, words in (
        (-6, ("dev",)),
        (-5, ("alpha", "a")),
        (-4, ("beta", "b")),
        (-3, ("m",)),
        (-2, ("pre", "preview", "rc", "c")),
        (-1, ("snapshot",)),
        (1, ("post", "rev")),
    )
    for word in words
}

#: A version with as many numbers as it likes; single letters must have a number.
_VERSION: Final = re.compile(
    r"""
    v?(?P<release>\d+(?:\.\d+)*)
    (?P<phases>(?:
        [-_.]?(?:dev|alpha|beta|preview|pre|rc|snapshot|post|rev|[abc](?=[-_.]?\d))
        (?:[-_.]?\d+(?:[-_.]\d+)*)?
        |[-_.]m\d+
    ){0,3})
    (?:\+[a-z0-9.]+)?
    """,
    re.VERBOSE | re.IGNORECASE,
)

#: The maximum number of characters of a version.
_LONGEST_VERSION: Final = 60


def _version_keys(texts: Iterable[str]) -> Keys:
    """Return for each version its numbers without zeros at the end, and then its phases.

    One of them must have a point or begin with ``v``.
    """
    keys: list[Any] = []
    has_mark = False
    for text in map(str.strip, texts):
        if is_missing_text(text):
            keys.append(None)
            continue
        match = _VERSION.fullmatch(text) if len(text) <= _LONGEST_VERSION else None
        if match is None:
            return None
        release = [int(number) for number in match["release"].split(".")]
        while release and not release[-1]:
            release.pop()
        phases = [
            (_PHASES[word], tuple(map(int, re.findall(r"\d+", numbers))))
            for word, numbers in re.findall(r"([a-z]+)([^a-z]*)", match["phases"].lower())
        ]
        keys.append((tuple(release), (*phases, (0, ()))))
        has_mark = has_mark or "." in match["release"] or text[0] in "vV"
    return keys if has_mark else None


#: The parts of dates in texts.
_MONTH: Final = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_TIME: Final = r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
_CLOCK: Final = r"(?:,? (?P<clock>\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?))?"

#: Dates in texts, form by form: ISO 8601, the mark between numbers, the order with a month's name.
_DATES: Final = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"(?P<iso>\d{{4}}-\d\d(?P<rest>-\d\d(?:[T ]{_TIME}(?:Z|[-+]\d\d:?\d\d)?)?)?)",
        rf"(?P<first>\d\d?)(?P<mark>[-./])(?P<second>\d\d?)(?P=mark)(?P<year>\d{{4}}){_CLOCK}",
        rf"(?P<first>\d\d?)(?:st|nd|rd|th|\.)?[- ]{_MONTH}\.?,?[- ](?P<year>\d{{4}}){_CLOCK}",
        rf"{_MONTH}\.? (?P<first>\d\d?)(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_CLOCK}",
        rf"{_MONTH}\.?,?[- ](?P<year>\d{{4}}){_CLOCK}",
    )
)

#: The starts of the English names of months, of three letters each.
_MONTHS: Final = "janfebmaraprmayjunjulaugsepoctnovdec"


def _date_keys(texts: Sequence[str]) -> Keys:
    """Return the moments of dates that all have one form; 0 for each if they are ambiguous."""
    given = {text: text.strip() for text in texts if not is_missing_text(text)}
    form = next((one for one in _DATES if all(map(one.fullmatch, given.values()))), None)
    if form is None or not given:
        return None
    matches = {text: match for text in given if (match := form.fullmatch(given[text]))}
    moments: dict[str, Any] = dict.fromkeys(given, 0)
    with contextlib.suppress(ValueError):
        is_day_first = "mark" not in form.groupindex or _is_day_first(list(matches.values()))
        moments |= {text: _to_moment(matches[text].groupdict(), is_day_first) for text in given}
    return [moments.get(text) for text in texts]


def _is_day_first(matches: Sequence[re.Match[str]]) -> bool:
    """Return whether dates such as ``31/12/2024`` begin with the day.

    :raises ValueError: unless exactly one of day and month is above 12 in some of them, and all
        have the same mark, which is no point if the month comes first.
    """
    marks = {match["mark"] for match in matches}
    is_day_first, is_month_first = (
        any(int(match[name]) > 12 for match in matches) for name in ("first", "second")
    )
    if len(marks) > 1 or is_day_first == is_month_first or (is_month_first and marks == {"."}):
        raise ValueError(marks)
    return is_day_first


def _to_moment(parts: Mapping[str, str | None], is_day_first: bool) -> dt.datetime:
    """Return the moment of a date with the groups of one of :data:`_DATES`.

    :raises ValueError: if there is no such day or time.
    """
    if iso := parts.get("iso"):
        return dt.datetime.fromisoformat(iso if parts["rest"] else f"{iso}-01")
    numbers = [int(parts.get("first") or 1), int(parts.get("second") or 0)]
    if month := parts.get("month"):
        numbers[1] = _MONTHS.index(month[:3].lower()) // 3 + 1
    day, month_number = numbers if is_day_first else reversed(numbers)
    hour, _, rest = (parts["clock"] or "00:00").partition(":")
    return dt.datetime.fromisoformat(
        f"{parts['year']}-{month_number:02}-{day:02} {hour:0>2}:{rest}"
    )
