"""Text of options → values, or what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sphinx_df_table.directives import option_spec

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("convert", "text", "value"),
    [
        (option_spec.parse_variable_name, " frame ", "frame"),
        (option_spec.parse_bool, "", True),
        (option_spec.parse_bool, "Yes", True),
        (option_spec.parse_bool, "no", False),
        (option_spec.parse_seconds, "2.5", 2.5),
        (option_spec.parse_seconds, "0", 0),
        (option_spec.parse_paths, "a.csv\n\n b c/*.parquet", ("a.csv", "b c/*.parquet")),
        (option_spec.parse_header, 'Model, "P50, ms"', (("Model", "P50, ms"),)),
        (option_spec.parse_header, "a,b\nc,d", (("a", "b"), ("c", "d"))),
        (
            option_spec.parse_column_patterns,
            'Model, "P50, ms"\nCost*',
            ("Model", "P50, ms", "Cost*"),
        ),
        (option_spec.parse_formats, "Cost: ${:,.3f}", (("Cost", "${:,.3f}"),)),
        (
            option_spec.parse_formats,
            "a: {}\n\n b c :{:%H:%M} Uhr",
            (("a", "{}"), ("b c", "{:%H:%M} Uhr")),
        ),
        (
            option_spec.parse_formats,
            "P50: ms: {0:.1f} ({0.real})",
            (("P50: ms", "{0:.1f} ({0.real})"),),
        ),
        (option_spec.parse_formats, '"P50: ms": {{{:d}}}', (("P50: ms", "{{{:d}}}"),)),
        (option_spec.parse_formats, "'c{d}: x': {:.2f}", (("c{d}: x", "{:.2f}"),)),
        (
            option_spec.parse_alignments,
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
        (option_spec.parse_variable_name, "df.head()"),
        (option_spec.parse_variable_name, None),
        (option_spec.parse_bool, "perhaps"),
        (option_spec.parse_seconds, "soon"),
        (option_spec.parse_seconds, "-1"),
        (option_spec.parse_seconds, "nan"),
        (option_spec.parse_seconds, "inf"),
        (option_spec.parse_paths, "  "),
        (option_spec.parse_header, ""),
        (option_spec.parse_header, "a,b\nc"),
        (option_spec.parse_header, 'a,"b'),
        (option_spec.parse_column_patterns, " , "),
        (option_spec.parse_column_patterns, 'a,"b'),
        (option_spec.parse_formats, None),
        (option_spec.parse_formats, "{:.2f}"),
        (option_spec.parse_formats, "Cost"),
        (option_spec.parse_formats, ": {:.2f}"),
        (option_spec.parse_formats, "Cost: two digits"),
        (option_spec.parse_formats, "Cost: {:.2f"),
        (option_spec.parse_formats, "Cost: {value}"),
        (option_spec.parse_formats, "Cost: {1}"),
        (option_spec.parse_formats, "Cost: {} {}"),
        (option_spec.parse_formats, "Cost: {0} {}"),
        (option_spec.parse_formats, "Cost: {:{}}"),
        (option_spec.parse_formats, "Cost: {{}}"),
        (option_spec.parse_alignments, "Cost: middle"),
        (option_spec.parse_alignments, "right"),
        (option_spec.parse_alignments, ""),
    ],
)
def test_text_that_makes_no_sense_is_refused(
    convert: Callable[[str | None], object], text: str | None
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        convert(text)
