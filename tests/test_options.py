"""Text of options → values, or what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sphinx_df_table import options

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("convert", "text", "value"),
    [
        (options.variable_name, " frame ", "frame"),
        (options.seconds, "2.5", 2.5),
        (options.seconds, "0", 0),
        (options.paths, "a.csv\n\n b c/*.parquet", ("a.csv", "b c/*.parquet")),
        (options.header_rows, 'Model, "P50, ms"', (("Model", "P50, ms"),)),
        (options.header_rows, "a,b\nc,d", (("a", "b"), ("c", "d"))),
    ],
)
def test_text_becomes_a_value(convert: Callable[[str], object], text: str, value: object) -> None:
    assert convert(text) == value


@pytest.mark.parametrize(
    ("convert", "text"),
    [
        (options.variable_name, "df.head()"),
        (options.variable_name, None),
        (options.seconds, "soon"),
        (options.seconds, "-1"),
        (options.seconds, "nan"),
        (options.seconds, "inf"),
        (options.paths, "  "),
        (options.header_rows, ""),
        (options.header_rows, "a,b\nc"),
        (options.header_rows, 'a,"b'),
    ],
)
def test_text_that_makes_no_sense_is_refused(
    convert: Callable[[str | None], object], text: str | None
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        convert(text)
