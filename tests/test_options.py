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
        (options.yes_or_no, "", True),
        (options.yes_or_no, "Yes", True),
        (options.yes_or_no, "no", False),
        (options.seconds, "2.5", 2.5),
        (options.seconds, "0", 0),
        (options.paths, "a.csv\n\n b c/*.parquet", ("a.csv", "b c/*.parquet")),
        (options.header_rows, 'Model, "P50, ms"', (("Model", "P50, ms"),)),
        (options.header_rows, "a,b\nc,d", (("a", "b"), ("c", "d"))),
        (options.column_patterns, 'Model, "P50, ms"\nCost*', ("Model", "P50, ms", "Cost*")),
        (options.formats, "Cost: ${:,.3f}", (("Cost", "${:,.3f}"),)),
        (options.formats, "a: {}\n\n b c :{:%H:%M} Uhr", (("a", "{}"), ("b c", "{:%H:%M} Uhr"))),
        (options.formats, "P50: ms: {0:.1f} ({0.real})", (("P50: ms", "{0:.1f} ({0.real})"),)),
        (options.formats, '"P50: ms": {{{:d}}}', (("P50: ms", "{{{:d}}}"),)),
        (options.formats, "'c{d}: x': {:.2f}", (("c{d}: x", "{:.2f}"),)),
        (
            options.alignments,
            "a: b: left\nnumber: center",
            (("a: b", "left"), ("number", "center")),
        ),
    ],
)
def test_text_becomes_a_value(convert: Callable[[str], object], text: str, value: object) -> None:
    assert convert(text) == value


@pytest.mark.parametrize(
    ("convert", "text"),
    [
        (options.variable_name, "df.head()"),
        (options.variable_name, None),
        (options.yes_or_no, "perhaps"),
        (options.seconds, "soon"),
        (options.seconds, "-1"),
        (options.seconds, "nan"),
        (options.seconds, "inf"),
        (options.paths, "  "),
        (options.header_rows, ""),
        (options.header_rows, "a,b\nc"),
        (options.header_rows, 'a,"b'),
        (options.column_patterns, " , "),
        (options.column_patterns, 'a,"b'),
        (options.formats, None),
        (options.formats, "{:.2f}"),
        (options.formats, "Cost"),
        (options.formats, ": {:.2f}"),
        (options.formats, "Cost: two digits"),
        (options.formats, "Cost: {:.2f"),
        (options.formats, "Cost: {value}"),
        (options.formats, "Cost: {1}"),
        (options.formats, "Cost: {} {}"),
        (options.formats, "Cost: {0} {}"),
        (options.formats, "Cost: {:{}}"),
        (options.formats, "Cost: {{}}"),
        (options.alignments, "Cost: middle"),
        (options.alignments, "right"),
        (options.alignments, ""),
    ],
)
def test_text_that_makes_no_sense_is_refused(
    convert: Callable[[str | None], object], text: str | None
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        convert(text)
