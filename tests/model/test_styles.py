"""Of CSS and classes, a cell gets only what colours, weighs or aligns its content."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_df_table.model.styles import is_allowed_class, is_allowed_style

#: What pandas' methods and its user guide give to cells, and what Styler.to_excel knows.
ALLOWED = [
    "color: red", "color: #f1f1f1", "color: RED !important", "color: rgba(255, 0, 0, 0.5)",
    "color: hsl(120deg 100% 50% / .3)", "color: light-dark(#000, rgb(1 2 3))",
    "color: color-mix(in srgb, red 30%, transparent)", "color: transparent", "color: CanvasText",
    "background-color: #ffffb3", "background-color: rgba(255,0,0,1e-05)", "background: lightgreen",
    "background: linear-gradient(90deg, transparent 33.3%, #d65f5f 33.3%) no-repeat center",
    "background-image: linear-gradient(to right, rgb(1, 2, 3), light-dark(red, hsl(1, 2%, 3%)))",
    "background-size: 100% 50.0%", "opacity: 20%", "opacity: 0.30000000000000004",
    "font-weight: bold", "font-weight: 650", "font-style: oblique 10deg", "font-size: 1.3em",
    "font-size: 12pt", "font-size: 1pt", "font-size: smaller", "font-size: 120%",
    "font-variant: small-caps", "font-family: 'Courier New', monospace", "font-family: Arial",
    "text-decoration: underline dotted red", "text-decoration-line: line-through",
    "text-align: center", "text-transform: uppercase", "vertical-align: top",
    "white-space: nowrap", "border: 2px dashed #f00", "border-right: 1px solid black",
    "border-top-color: rgb(0 0 0)", "border-radius: 4px", "border-inline: thin dotted",
    "padding: 5px 0.5em", "padding-left: 1em", "width: 10em", "width: 120px", "max-width: 80px",
]  # fmt: skip

NOT_ALLOWED = [
    # Properties that position, size, overlay, animate, hide, reorder or load.
    "position: fixed", "float: left", "z-index: 9", "top: 0", "inset: 0", "transform: scale(9)",
    "height: 100%", "line-height: 9em", "margin: -9em", "display: none", "visibility: hidden",
    "content: 'x'", "animation: x 1s", "transition: all 1s", "filter: blur(9px)",
    "box-shadow: 0 0 0 99em red", "text-shadow: 9em 9em red", "outline: 9em solid red",
    "text-indent: -99em", "letter-spacing: 9em", "clip-path: none", "mask: none", "zoom: 9",
    "cursor: none", "pointer-events: none", "list-style: none", "border-image: none",
    "border-image-outset: 99em", "background-attachment: fixed", "mix-blend-mode: difference",
    "direction: rtl", "unicode-bidi: bidi-override", "all: unset", "behavior: none",
    "-moz-binding: none", "-webkit-mask: none", "--x: red", "number-format: 0.00", ": red",
    "font: 99em serif", "grid-area: a", "col\u00f6r: red", "colo\u212a: red",
    # Lengths that reach beyond the cell.
    "width: 99em", "width: 100%", "width: 100vw", "max-width: 1e9px", "min-width: 9000px",
    "font-size: 99em", "font-size: 500%", "font-size: 1e3px", "padding: 50em", "padding: 100%",
    "border: 900px solid red", "border-radius: 9in", "border-width: 99em",
    "text-decoration: underline 99em", "text-decoration-thickness: 500px",
    # Values that load, refer to elsewhere, compute, escape or end their declaration.
    "background: url(x)", "background: URL(//e)", "background: image-set('x')",
    "background: image('x')", "background: src('x')", "background: cross-fade(red, red)",
    "background: element(#x)", "background: paint(x)", "background: -webkit-image-set('x')",
    "background: linear-gradient(red, url(x))", "color: var(--x)", "color: attr(x)",
    "color: env(x)", "color: if(style(--x): red)", "color: expression(1)", "width: calc(9em * 9)",
    "color: red; position: fixed", "color: red} body {x: y", "color: r\\65 d", "color: re/**/d",
    "color: /* x */ red", "color: <b>", "color: @import", "color: red\nx", "color: 'a\\62'",
    "font-family: 'a\nb'", 'color: red" onclick="x', "color: 'x", "color: rgb(1, 2", "color: )(",
    "color: rgb(1)(2)", "color: javascript:x", "color: --x", "color: #12", "color: #ggg",
    "color: red !important x", "color: r\u212aed", "font-family: " + "a" * 2000, "color: ",
    "background: " + "light-dark(" * 20 + "red" + ")" * 20,
]  # fmt: skip


def declaration(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name, value.strip(" ")


@pytest.mark.parametrize("text", ALLOWED)
def test_a_style_that_colours_weighs_or_aligns_is_allowed(text: str) -> None:
    assert is_allowed_style(*declaration(text))


@pytest.mark.parametrize("text", NOT_ALLOWED, ids=lambda text: ascii(text[:40]))
def test_any_other_style_is_not(text: str) -> None:
    assert not is_allowed_style(*declaration(text))


#: Pieces that CSS is made of.
PIECES = st.sampled_from(
    [
        *("red", "none", "to", "url", "1", "-2.5", "1e9", "#fff", "px", "em", "vw", "%", "deg"),
        *("rgb", "linear-gradient", "var", "attr", "image-set", "expression", "important"),
        *"()[]{};:,/*\\'\"<>@!# \n\t\x00\u00e9\u212a-_",
    ]
)
#: What the tokens of an allowed value may be.
TOKENS = re.compile(
    r"""
      (?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark)\(
    | (?:repeating-)?(?:linear|radial|conic)-gradient\(
    | [a-z][a-z-]*(?!\() | \#[0-9a-f]+ | [-+]?[0-9.]+(?:e[-+]?\d+)?[a-z%]* | [\s,/)] | !
    | "[A-Za-z0-9_ -]*" | '[A-Za-z0-9_ -]*'
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


@given(
    st.sampled_from(["color", "background", "border", "font-family", "width"]),
    st.lists(PIECES, max_size=12).map("".join) | st.text(),
)
def test_an_allowed_value_has_only_known_tokens(name: str, value: str) -> None:
    if is_allowed_style(name, value):
        assert not TOKENS.sub("", value)
        assert value.count("(") == value.count(")")


@given(
    st.from_regex(r"(?a)\A-{0,2}[a-zA-Z-]{1,20}\Z")
    | st.sampled_from([text.partition(":")[0] for text in NOT_ALLOWED])
)
def test_an_allowed_property_is_of_a_known_family(name: str) -> None:
    if is_allowed_style(name, "none"):
        assert re.match(
            r"(?:background|border|color|font|max-width|min-width|opacity|padding|text|"
            r"vertical-align|white-space|width)(?:-|\Z)",
            name,
            re.IGNORECASE,
        )


@pytest.mark.parametrize(
    "name",
    ["hot", "very-hot", "data", "row5", "text-right", "over_limit", "caf\u00e9", "mathematics",
     "p95", "cellar", "fabric", "only-light", "status-ok"],
)  # fmt: skip
def test_a_class_of_a_stylesheet_is_allowed(name: str) -> None:
    assert is_allowed_class(name)


@pytest.mark.parametrize(
    "name",
    [
        # MathJax and KaTeX, with MyST-Parser's configuration.
        "mathjax_process", "mathjax_ignore", "tex2jax_process", "tex2jax_ignore", "MathJax_Preview",
        "asciimath2jax_process", "math", "MATH", "output_area", "katex-display", "mjx-container",
        # sphinx-design, Bootstrap and Tailwind.
        "sd-stretched-link", "sd-d-none", "stretched-link", "fixed-top", "position-fixed",
        "sticky-top", "fixed", "absolute", "sticky", "modal", "modal-backdrop", "offcanvas",
        # Scripts that change an element with the class, or run what it contains.
        "mermaid", "thebe", "cell", "cell_input", "toggle", "toggle-hidden", "dropdown", "fa",
        "fas", "fa-solid", "fa-spin", "hoverxref", "sphinx-tabs-tab", "tab-label",
        # Our own.
        "df-table", "df-table-region", "df-table-sort", "df-table-stub-1",
        # No names.
        "", "<b>", "a b", 'x"', "a.b", "x" * 500, "a\n",
    ],
)  # fmt: skip
def test_a_class_that_other_programs_act_on_is_not(name: str) -> None:
    assert not is_allowed_class(name)
