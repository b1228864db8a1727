"""Format values as ``:format:``, ``:precision:`` and ``:na-rep:`` say."""

from __future__ import annotations

import operator
import re
import string
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sphinx_df_table.frames.values import are_missing, are_strings, to_objects, value_texts
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import (
    LONGEST_FORMATTED,
    LONGEST_QUOTE,
    describe_exception,
    to_one_line,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from sphinx_df_table.layout.columns import Column
    from sphinx_df_table.model.options import TableOptions


#: A width or a precision of five digits or more.
_LONG_NUMBER: Final = re.compile(r"\d{5,}")

#: What makes a name in an option a pattern, as in :mod:`fnmatch`.
_WILDCARD: Final = re.compile(r"[*?\[]")

#: The maximum number of zeros that a format adds to a Decimal. A float has at most 323 of them.
_MOST_ZEROS: Final = 1000


class _BoundedFormatter(string.Formatter):
    """Formats one value as ``str.format`` does, unless that makes a long text of a short value.

    Such a text is not even tried, because it fills the memory.
    """

    def get_value(self, key: object, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Return the value; before Python 3.14, a field such as ``{.real}`` has no other key."""
        return args[0]

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return ``format(value, format_spec)``.

        :raises ValueError: if the width, the precision, or the exponent of a Decimal that is
            written without one, is too large.
        """
        if _LONG_NUMBER.search(format_spec):
            raise ValueError(f"{format_spec!r} has a number of more than four digits")
        if issubclass(type(value), Decimal) and value.is_finite() and format_spec[-1:] in {*"fF%"}:
            _, _, exponent = value.as_tuple()
            if max(exponent, -value.adjusted()) > _MOST_ZEROS:
                raise ValueError(f"{format_spec!r} writes too many zeros")
        return format(value, format_spec)


def _compile_format(template: str) -> Callable[[Any], str]:
    """Return a function that formats a value, and raises an error if ``template`` does not fit."""
    bounded = _BoundedFormatter()
    is_simple = template.count("{") == 1 and not _LONG_NUMBER.search(template)

    def format_value(value: Any) -> str:
        # These are most of the values, and str.format is much faster.
        is_bounded = is_simple and type(value) in {float, int}
        text = template.format(value) if is_bounded else bounded.format(template, value)
        if len(text) > LONGEST_FORMATTED:
            raise ValueError(f"the text has {len(text)} characters")
        return text

    return format_value


class CellFormatter:
    """Formats values, and collects those that a format does not fit."""

    def __init__(self, options: TableOptions, /) -> None:
        self._precision = options.precision
        self._na_rep = options.na_rep
        #: Formats that a pattern may have given to more columns than were meant.
        self._broad = {form for pattern, form in options.formats if _WILDCARD.search(pattern)}
        self._misfits: list[str] = []
        self._advice = ""

    def format_cells(
        self, values: pd.Series[Any], column: Column, /, *, first_row: int = 1
    ) -> list[tuple[str, bool]]:
        """Return for each value its text, and whether that is literal.

        A value that its format does not fit has the text that it has without one.

        :param values: values of ``column``, of any dtype; they are not changed.
        :param first_row: the number of the first of them in the table.
        :raises FrameError: if a value cannot be converted to text.
        """
        template, what = column.template, f":format: {column.template!r}"
        if not template and self._precision is not None:
            template, what = f"{{:.{self._precision}f}}", f":precision: {self._precision}"
        try:
            texts = value_texts(values)
            missing = are_missing(values)
            format_value = _compile_format(template)
            objects = zip(to_objects(values), missing, strict=True) if template else ()
            for row, (value, is_missing) in enumerate(objects):
                if is_missing:
                    continue
                try:
                    if column.template or isinstance(value, (float, complex, np.inexact)):
                        texts[row] = format_value(value)
                except Exception:
                    self.add_misfit(what, (texts[row], value), column, first_row + row)
        except Exception as error:
            raise no_text_error(f"A value in {_describe(column)}", error) from error
        if self._na_rep:
            texts = [
                self._na_rep if is_missing else text
                for text, is_missing in zip(texts, missing, strict=True)
            ]
        return list(zip(texts, map(operator.not_, are_strings(values)), strict=True))

    def add_misfit(self, what: str, value: tuple[str, object], column: Column, row: int, /) -> None:
        """Add a value that a format does not fit.

        :param what: the format.
        :param value: the value, after the text that it has without the format.
        """
        text, kind = to_one_line(value[0], LONGEST_QUOTE), type_name(value[1])
        place = f"{_describe(column)}, row {row}"
        if not self._misfits and column.template in self._broad and isinstance(value[1], str):
            self._advice = f" To format numbers only, write number: {column.template}."
        self._misfits.append(f"{what} does not fit {text!r} ({kind}) in {place}")

    def warnings(self) -> list[str]:
        """Return a message on the first value that its format does not fit, if any."""
        if not self._misfits:
            return []
        count = len(self._misfits)
        more = f" ({count} such values)" if count > 1 else ""
        return [
            f"{self._misfits[0]}{more}; what does not fit is shown without a format.{self._advice}"
        ]


def _describe(column: Column) -> str:
    name = to_one_line(column.name.path, LONGEST_QUOTE)
    if column.is_index:
        unnamed = f"level {column.position + 1} of the index" if column.position else "the index"
        return f"the index {name!r}" if name else unnamed
    return f"column {name!r}" if name else "the column without a name"


def no_text_error(what: str, error: Exception, /) -> FrameError:
    """Return the error for a value or label whose conversion to text raised ``error``."""
    return FrameError(f"{what} cannot be converted to text: {describe_exception(error)}.")
