"""The classes and declarations that a Styler has for a cell → the looks of that cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sphinx_df_table.messages import LONGEST_QUOTE, one_line
from sphinx_df_table.table import Cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx_df_table.rendering import Context

_PROPERTY: Final = re.compile(r"-{0,2}[A-Za-z][A-Za-z0-9-]*")
#: What could end a declaration, or fetch something from elsewhere.
_UNSAFE: Final = re.compile(
    r"[;{}<>\\@]|(?:url|image|image-set|src|expression)\(|script:", re.IGNORECASE
)
_BOLD: Final = re.compile(r"(?:bold|bolder|[6-9]\d\d)(?: *!important)?", re.IGNORECASE)
_ITALIC: Final = re.compile(r"(?:italic|oblique).*", re.IGNORECASE)


class Styles:
    """Gives cells the classes and the declarations that the Styler has for them."""

    def __init__(self, styles: Mapping[str, Mapping[str, str]], /) -> None:
        self._styles = styles
        self._unsafe: dict[str, None] = {}

    def cell(self, text: tuple[str, bool], context: Context) -> tuple[str, bool] | Cell:
        """Return the cell with ``text``; just that if it has no looks of its own."""
        # The first three are pandas' own: what the cell is, its row and its column.
        names = context["class"].split()[3:] if context["type"] == "td" else []
        classes = [name for name in names if re.fullmatch(r"[\w-]+", name)]
        declared = self._safe(self._styles.get(context.get("id", ""), {}))
        is_strong = bool(_BOLD.fullmatch(declared.get("font-weight", "")))
        is_emphasized = bool(_ITALIC.fullmatch(declared.get("font-style", "")))
        if is_strong:
            del declared["font-weight"]
        if is_emphasized:
            del declared["font-style"]
        _keep_readable(declared)
        if not (classes or declared or is_strong or is_emphasized):
            return text
        return Cell(
            *text,
            classes=" ".join(classes),
            style="; ".join(f"{name}: {value}" for name, value in declared.items()),
            is_strong=is_strong,
            is_emphasized=is_emphasized,
        )

    def _safe(self, declarations: Mapping[str, str]) -> dict[str, str]:
        safe = {}
        for name, value in declarations.items():
            text = str(value).strip()
            if not _PROPERTY.fullmatch(name) or _UNSAFE.search(text):
                self._unsafe[f"{name}: {text}"] = None
            elif text:
                safe[name.lower()] = text
        return safe

    def warnings(self) -> list[str]:
        """Return a sentence on the first declaration that was left out, if one was."""
        if not self._unsafe:
            return []
        first = one_line(next(iter(self._unsafe)), LONGEST_QUOTE)
        sentence = (
            f"The style {first!r} of a cell is left out: a declaration may not hold braces, "
            "escapes or addresses. Give it as plain CSS."
        )
        return [sentence]


def _keep_readable(declared: dict[str, str]) -> None:
    """Give a background without a colour of text what it was chosen for: a notebook's black.

    A bar is a gradient that ends in nothing, so it gets a notebook's white behind it, too.
    """
    backgrounds = [name for name in declared if name.startswith("background")]
    if not backgrounds or "color" in declared:
        return
    declared["color"] = "#000"
    if "gradient(" in declared[backgrounds[-1]]:
        # What the shorthand follows, it takes back.
        declared.pop("background-color", None)
        declared["background-color"] = "#fff"
