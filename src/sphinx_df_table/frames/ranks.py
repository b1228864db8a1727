"""Rank the values of a column by what they are: numbers, versions, sizes, dates."""

from __future__ import annotations

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
    split_numbers,
)
from sphinx_df_table.model.units import find_sizes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

#: A rank for each value, ``None`` for each that is missing.
Ranks = tuple[int | None, ...]

#: A value for each text by which to sort it, ``None`` for one that is missing; or ``None`` if not
#: all texts are of the kind.
Keys = dict[str, Any] | None


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
        return _rank_keys(
            [
                None if is_missing or (isinstance(value, str) and is_missing_text(value)) else value
                for value, is_missing in objects
            ]
        )
    texts = value_texts(values)
    given = [text for text in dict.fromkeys(texts) if not is_missing_text(text)]
    keys = (
        _number_keys(given, name)
        or _iso_keys(given)
        or _date_keys(given)
        or _version_keys(given)
        or dict.fromkeys(given, 0)
    )
    ranks = dict(zip(keys, _rank_keys(list(keys.values())), strict=True))
    return tuple(map(ranks.get, texts))


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


#: Multiplies numbers of up to 1000 digits, and raises an error rather than rounds others.
_EXACT: Final = Context(prec=1000, traps=[DivisionByZero, Inexact, InvalidOperation, Overflow])


def _number_keys(texts: Iterable[str], name: str) -> Keys:
    """Return the numbers in ``texts``, times the sizes of their units if these differ."""
    numbers = split_numbers(texts)
    if numbers is None:
        return None
    units = find_units(numbers)
    sizes = find_sizes(units) if len(units) > 1 else None
    if sizes is None and (len(units) > 1 or are_versions(numbers, name)):
        return None
    keys: dict[str, Any] = {}
    try:
        for text, number in zip(texts, numbers, strict=True):
            key = number and number.to_decimal()
            if number and key is not None and sizes:
                key = _EXACT.multiply(key, sizes[number.unit])
            keys[text] = key
    except ArithmeticError:
        # Decimal's exponents have at most 18 digits, those of a context fewer.
        return None
    return keys


def _match_all(pattern: re.Pattern[str], texts: Iterable[str]) -> dict[str, re.Match[str]] | None:
    """Return the match of each text with ``pattern``; ``None`` if one does not match."""
    matches = {}
    for text in texts:
        match = pattern.fullmatch(text.strip())
        if match is None:
            return None
        matches[text] = match
    return matches


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

#: A version of at most 60 characters; single letters in it must have a number.
_VERSION: Final = re.compile(
    r"""
    (?!.{61})
    (?P<v>v?)(?P<release>\d+(?:\.\d+)*)
    (?P<phases>(?:
        [-_.]?(?:dev|alpha|beta|preview|pre|rc|snapshot|post|rev|[abc](?=[-_.]?\d))
        (?:[-_.]?\d+(?:[-_.]\d+)*)?
        |[-_.]m\d+
    ){0,3})
    (?:\+[a-z0-9.]+)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

#: A phase of a version, and its numbers.
_PHASE: Final = re.compile("([a-z]+)([^a-z]*)")


def _version_keys(texts: Sequence[str]) -> Keys:
    """Return for each version its numbers without zeros at the end, and then its phases.

    One of them must have a point or begin with ``v``.
    """
    matches = _match_all(_VERSION, texts) or {}
    if not any(match["v"] or "." in match["release"] for match in matches.values()):
        return None
    keys = {}
    for text, match in matches.items():
        release = list(map(int, match["release"].split(".")))
        while release and not release[-1]:
            release.pop()
        phases = [
            (_PHASES[word], *map(int, re.findall(r"\d+", numbers)))
            for word, numbers in _PHASE.findall(match["phases"].lower())
        ]
        keys[text] = (tuple(release), (*phases, (0,)))
    return keys


#: Dates of ISO 8601, to the month, the day or the second.
_ISO: Final = re.compile(
    r"\d{4}-\d\d(?P<rest>-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)?)?)?",
    re.ASCII,
)


def _iso_keys(texts: Sequence[str]) -> Keys:
    """Return the moments of dates of ISO 8601; 0 for each if one of them does not exist."""
    matches = _match_all(_ISO, texts) or {}
    try:
        return {
            text: dt.datetime.fromisoformat(match[0] if match["rest"] else f"{match[0]}-01")
            for text, match in matches.items()
        }
    except ValueError:
        return dict.fromkeys(texts, 0)


#: The parts of dates in other forms.
_MONTH: Final = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CLOCK: Final = r"(?:,? (?P<hour>\d\d?)(?P<rest>:\d\d(?::\d\d(?:\.\d+)?)?))?"

#: Dates by the mark between their numbers, or by the places of day and month.
_DATES: Final = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?P<first>\d\d?)(?P<mark>[-./])(?P<second>\d\d?)(?P=mark)(?P<year>\d{4})",
        rf"(?P<first>\d\d?)(?:st|nd|rd|th|\.)?[- ]{_MONTH}\.?,?[- ](?P<year>\d{{4}})",
        rf"{_MONTH}\.? (?P<first>\d\d?)(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        rf"{_MONTH}\.?,?[- ](?P<year>\d{{4}})",
    )
)

#: The starts of the English names of months, of three letters each.
_MONTHS: Final = "janfebmaraprmayjunjulaugsepoctnovdec"


def _date_keys(texts: Sequence[str]) -> Keys:
    """Return the moments of dates that all have one form; 0 for each if they are ambiguous."""
    for form in _DATES:
        if matches := _match_all(form, texts):
            try:
                is_day_first = "mark" not in form.groupindex or _is_day_first(matches.values())
                return {
                    text: _to_moment(match.groupdict(), is_day_first=is_day_first)
                    for text, match in matches.items()
                }
            except ValueError:
                return dict.fromkeys(texts, 0)
    return None


def _is_day_first(matches: Collection[re.Match[str]]) -> bool:
    """Return whether dates such as ``31/12/2024`` begin with the day.

    :raises ValueError: unless exactly one of day and month is above 12 in some of them, and all
        have the same mark, which is no point if the month comes first.
    """
    marks = {match["mark"] for match in matches}
    is_day_first, is_month_first = (
        any(int(match[name]) > 12 for match in matches) for name in ("first", "second")
    )
    if marks == {"."} and not is_month_first:
        return True
    if len(marks) > 1 or is_day_first == is_month_first or marks == {"."}:
        raise ValueError(marks)
    return is_day_first


def _to_moment(parts: Mapping[str, str | None], *, is_day_first: bool) -> dt.datetime:
    """Return the moment of a date with the groups of one of :data:`_DATES`.

    :raises ValueError: if there is no such day or time.
    """
    numbers = [int(parts.get("first") or 1), int(parts.get("second") or 0)]
    if month := parts.get("month"):
        numbers[1] = _MONTHS.index(month[:3].lower()) // 3 + 1
    day, month_number = numbers if is_day_first else reversed(numbers)
    time = f"{parts['hour'] or 0:0>2}{parts['rest'] or ':00'}"
    return dt.datetime.fromisoformat(f"{parts['year']}-{month_number:02}-{day:02} {time}")
