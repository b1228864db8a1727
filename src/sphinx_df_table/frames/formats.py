"""Format values as ``:format:``, ``:precision:`` and ``:na-rep:`` say."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from sphinx_df_table.frames.values import are_missing, are_strings, to_objects, value_texts
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.text import LONGEST_QUOTE, describe_exception, to_one_line, type_name

if TYPE_CHECKING:
    import pandas as pd

    from sphinx_df_table.layout.columns import Column
    from sphinx_df_table.model.options import TableOptions


class CellFormatter:
    """Formats values, and collects those that a format string does not fit."""

    def __init__(self, options: TableOptions, /) -> None:
        self._precision = options.precision
        self._na_rep = options.na_rep
        self._misfits: list[str] = []

    def format_cells(
        self, values: pd.Series[Any], column: Column, /, *, first_row: int = 1
    ) -> list[tuple[str, bool]]:
        """Return for each value its text, and whether that is literal.

        A value that the format string does not fit has the text that it has without one.

        :param values: values of ``column``, of any dtype; they are not changed.
        :param first_row: the number of the first of them in the table.
        :raises FrameError: if a value cannot be converted to text.
        """
        template = column.template
        place = f"column {to_one_line(column.name.path, LONGEST_QUOTE)!r}"
        try:
            texts = value_texts(values)
            missing = are_missing(values)
            if template or self._precision is not None:
                for row, (value, is_missing) in enumerate(
                    zip(to_objects(values), missing, strict=True)
                ):
                    if is_missing:
                        continue
                    try:
                        if template:
                            texts[row] = template.format(value)
                        elif isinstance(value, (float, complex, np.inexact)):
                            texts[row] = f"{value:.{self._precision}f}"
                    except Exception:
                        self._misfits.append(
                            f"{template!r} does not fit {to_one_line(texts[row], LONGEST_QUOTE)!r} "
                            f"({type_name(value)}) in {place}, row {first_row + row}"
                        )
        except Exception as error:
            raise no_text_error(f"A value in {place}", error) from error
        if self._na_rep:
            texts = [
                self._na_rep if is_missing else text
                for text, is_missing in zip(texts, missing, strict=True)
            ]
        return list(zip(texts, map(operator.not_, are_strings(values)), strict=True))

    def warnings(self) -> list[str]:
        """Return a message on the first value that its format string does not fit, if any."""
        if not self._misfits:
            return []
        count = len(self._misfits)
        more = f" ({count} such values)" if count > 1 else ""
        return [f":format: {self._misfits[0]}{more}; what does not fit is shown without a format."]


def no_text_error(what: str, error: Exception, /) -> FrameError:
    """Return the error for a value or label whose conversion to text raised ``error``."""
    return FrameError(f"{what} cannot be converted to text: {describe_exception(error)}.")
