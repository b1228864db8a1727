"""The values of one column → the texts that a reader sees, in the format that the author chose."""

from __future__ import annotations

import dataclasses
import operator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sphinx_df_table.frames.values import are_missing, are_strings, to_objects, value_texts
from sphinx_df_table.layout.column_patterns import match_options
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import LONGEST_QUOTE, describe_exception, to_one_line, type_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sphinx_df_table.layout.column_patterns import ColumnName
    from sphinx_df_table.model.options import TableOptions


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ValueFormat:
    """How the values of one column are to be written.

    :param template: a Python format string with one field, or nothing.
    :param precision: the digits behind the point of floats, where there is no template.
    :param na_rep: what stands for a missing value.
    """

    template: str = ""
    precision: int | None = None
    na_rep: str = ""


PLAIN: Final = ValueFormat()


def formatted_texts(
    values: pd.Series[Any], wanted: ValueFormat, /
) -> tuple[list[str], dict[int, Any]]:
    """Return the text of each value, and the values that the template does not fit.

    Those have the text that they would have without a format.

    :param values: one column or index level, of any dtype; it is not changed.
    :returns: as many texts as values, and the misfits by their places.
    """
    texts = value_texts(values)
    misfits: dict[int, Any] = {}
    if wanted == PLAIN:
        return texts, misfits
    missing = are_missing(values)
    if wanted.template or wanted.precision is not None:
        for place, (value, gone) in enumerate(zip(to_objects(values), missing, strict=True)):
            if not gone:
                try:
                    texts[place] = _formatted(value, wanted, texts[place])
                except Exception:
                    misfits[place] = value
    if wanted.na_rep:
        texts = [wanted.na_rep if gone else text for text, gone in zip(texts, missing, strict=True)]
    return texts, misfits


def _formatted(value: Any, wanted: ValueFormat, text: str) -> str:
    if wanted.template:
        return wanted.template.format(value)
    if isinstance(value, (float, complex, np.inexact)):
        return f"{value:.{wanted.precision}f}"
    return text


class ColumnFormats:
    """The formats that an author wants for columns, and how well they fit."""

    def __init__(self, names: Sequence[ColumnName], options: TableOptions, /) -> None:
        self._names = names
        self._options = options
        #: Patterns that fit no column, with a sentence on each.
        self.unmatched: list[tuple[str, str]]
        self._templates, self.unmatched = match_options(options.formats, names, option="format")
        self._misfits: list[str] = []

    def has_template(self, place: int) -> bool:
        """Tell whether there is a format for just the column at ``place`` and its like."""
        return place in self._templates

    def cells(
        self, place: int, values: pd.Series[Any], /, *, first_row: int = 1
    ) -> list[tuple[str, bool]]:
        """Return for each value its text and whether that is literal.

        :param place: the column's place among ``names``.
        :param values: values of that column.
        :param first_row: the number of the first of them in the table.
        :raises FrameError: if the text of a value cannot be formed.
        """
        wanted = ValueFormat(
            template=self._templates.get(place, ""),
            precision=self._options.precision,
            na_rep=self._options.na_rep,
        )
        try:
            texts, misfits = formatted_texts(values, wanted)
        except Exception as error:
            raise without_text(f"A value in {self._in_words(place)}", error) from error
        self._misfits += [
            f"{wanted.template!r} does not fit {to_one_line(texts[row], LONGEST_QUOTE)!r} "
            f"({type_name(value)}) in {self._in_words(place)}, row {first_row + row}"
            for row, value in misfits.items()
        ]
        literal = map(operator.not_, are_strings(values))
        return list(zip(texts, literal, strict=True))

    def _in_words(self, place: int) -> str:
        return f"column {to_one_line(self._names[place].path, LONGEST_QUOTE)!r}"

    def misfits(self) -> list[str]:
        """Return a sentence on the first value that its format does not fit, if there is one."""
        if not self._misfits:
            return []
        count = len(self._misfits)
        more = f" ({count} such values)" if count > 1 else ""
        return [f":format: {self._misfits[0]}{more}; what does not fit is shown without a format."]


def without_text(what: str, error: Exception, /) -> FrameError:
    """Return what is raised where ``what`` cannot be shown, because of ``error``."""
    return FrameError(
        f"{what} has no text: {describe_exception(error)} was raised when it was turned into one."
    )
