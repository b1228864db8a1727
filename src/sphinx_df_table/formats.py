"""The values of one column → the texts that a reader sees, in the format that the author chose."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sphinx_df_table.values import are_missing, objects, value_texts

if TYPE_CHECKING:
    import pandas as pd


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
        for place, (value, gone) in enumerate(zip(objects(values), missing, strict=True)):
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
