"""Which CSS declarations and class names data may give to a cell of HTML.

They can colour, weigh and align what the cell contains. They cannot position, overlay, animate or
load anything, reach out of the cell, or make another program act on it.
"""

from __future__ import annotations

import math
import re
from typing import Final

#: Patterns of properties, and the longest length in their values, in em. Lengths in colours and
#: backgrounds have no effect outside the cell; a long border or a big font has.
_PROPERTIES: Final = [
    (r"color|opacity|background(?:-(?:color|image|position|repeat|size))?", math.inf),
    (r"font-(?:family|style|variant(?:-[a-z]+)*|weight)|text-(?:align|transform)", math.inf),
    (r"vertical-align|white-space", math.inf),
    (r"text-decoration(?:-(?:color|line|style|thickness))?", 0.5),
    (r"border(?:-(?:top|right|bottom|left|block|inline))?(?:-(?:color|style|width))?", 1),
    (r"border-radius", 1),
    (r"padding(?:-(?:top|right|bottom|left))?|font-size", 3),
    # ``Styler.bar`` sets the width.
    (r"(?:max-|min-)?width", 20),
]

#: The units of lengths, in em of 16 px.
_UNITS: Final = {
    "em": 1, "rem": 1, "ex": 0.5, "ch": 0.5, "px": 1 / 16, "pt": 1 / 12, "pc": 1, "in": 6,
    "cm": 2.4, "mm": 0.24, "q": 0.06,
}  # fmt: skip

_NUMBER: Final = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,2})?"

#: Tokens with commas, slashes or spaces between them. A string can be the name of a font.
_TOKEN: Final = (
    rf"(?:[a-z][a-z\d]*(?:-[a-z\d]+)*|#[\da-f]{{3,8}}|"
    rf"{_NUMBER}(?:%|deg|grad|rad|turn|{'|'.join(_UNITS)})?|'[\w &.+-]*'|\"[\w &.+-]*\")"
)
_TOKENS: Final = rf"{_TOKEN}(?: ?[,/] ?{_TOKEN}| {_TOKEN})*"

_FLAGS: Final = re.ASCII | re.IGNORECASE
_FUNCTION: Final = re.compile(
    r"(?<![\w-])(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|"
    rf"(?:repeating-)?(?:linear|radial|conic)-gradient)\( ?{_TOKENS} ?\)",
    _FLAGS,
)
_VALUE: Final = re.compile(rf"{_TOKENS}(?: ?! ?important)?", _FLAGS)
_LENGTH: Final = re.compile(rf"(?<![\w#-])({_NUMBER})({'|'.join(_UNITS)}|%)(?!\w)", _FLAGS)

#: The maximum number of characters of a value, and of a class name. A gradient of ten colours
#: has some 300.
_LONGEST_VALUE: Final = 1000
_LONGEST_CLASS: Final = 100

#: The maximum depth of functions: a gradient of colours that are mixed.
_DEEPEST: Final = 4


def is_allowed_style(name: str, value: str, /) -> bool:
    """Return whether the declaration ``name: value`` has an effect inside its cell only.

    :param value: with single spaces for any white space.
    """
    limits = (limit for names, limit in _PROPERTIES if re.fullmatch(names, name, _FLAGS))
    longest = next(limits, None)
    if longest is None or len(value) > _LONGEST_VALUE:
        return False
    for number, unit in _LENGTH.findall(value):
        # A percentage of a font size is of that around the cell; any other is of the whole table.
        percent = 0.01 if name.lower() == "font-size" else math.inf
        if longest < math.inf and float(number) * _UNITS.get(unit.lower(), percent) > longest:
            return False
    for _ in range(_DEEPEST):
        # Each round replaces the innermost functions by a keyword.
        value = _FUNCTION.sub("none", value)
    return _VALUE.fullmatch(value) is not None


#: Classes at which programs look, wherever they are on the page.
_ACTIVE_CLASS: Final = re.compile(
    r"""
    # MathJax, as Sphinx and MyST-Parser configure it, and KaTeX set the text as a formula.
      mathjax.* | tex2jax.* | asciimath2jax.* | mjx.* | katex.* | math | output_area
    # sphinx-design, Bootstrap and Tailwind lay the element over others, or hide it.
    | sd-.* | stretched-link | (?:position|fixed|sticky)-.* | fixed | absolute | sticky
    | (?:modal|offcanvas).*
    # Scripts replace the element, run its text, or react to clicks on it: Mermaid, Thebe, Font
    # Awesome, sphinx-togglebutton, sphinx-hoverxref, sphinx-tabs, sphinx-inline-tabs.
    | mermaid.* | thebe.* | cell(?:_.*)? | fa[bklrs]? | fa-.* | (?:toggle|dropdown)(?:-.*)?
    | hoverxref | sphinx-tabs.* | tab-(?:label|set)
    # This package's own stylesheet and script.
    | df-table.*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_allowed_class(name: str, /) -> bool:
    """Return whether ``name`` is the name of a class at which no other program looks."""
    is_name = len(name) <= _LONGEST_CLASS and re.fullmatch(r"[\w-]+", name) is not None
    return is_name and not _ACTIVE_CLASS.fullmatch(name)
