"""What a Styler would show, as it tells the template that it is given.

Templates are documented with its public attribute ``template_html``
(https://pandas.pydata.org/docs/reference/api/pandas.io.formats.style.Styler.html).
"""

from __future__ import annotations

import copy
import dataclasses
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas.io.formats.style import Styler

#: A cell as the template is given it.
Context = Mapping[str, Any]


class _Capture:
    """Stands in for a template, and keeps what it is given."""

    def render(self, **context: Any) -> str:
        self.context = context
        return ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a Styler would show.

    :param nlevels: the levels of the index, those that are hidden included.
    :param labels: for each level of labels that is shown, the cells over the columns.
    :param names: the cells with the names of the index levels; none if they are hidden.
    :param rows: for each row that is not hidden, the cells of index levels and columns.
    :param footers: the same for what is put below.
    :param columns: the places of the columns that are not hidden.
    :param levels: the places of the index levels that are not hidden.
    :param styles: declarations by the ids of cells.
    """

    nlevels: int
    labels: list[Sequence[Context]]
    names: Sequence[Context]
    rows: list[Sequence[Context]]
    footers: list[Sequence[Context]]
    columns: list[int]
    levels: list[int]
    styles: Mapping[str, Mapping[str, str]]
    caption: str


def rendering_of(styler: Styler, /, *, levels: int) -> Rendered:
    """Have ``styler`` compute what it would show.

    :param levels: the levels of its frame's index.
    """
    reading: Any = copy.copy(styler)
    reading.template_html = capture = _Capture()
    # Cells are told apart by pandas' own classes, and tooltips would be part of their texts.
    plain: Any = pd.DataFrame().style
    reading.css = dict(plain.css)
    reading.tooltips = None
    # Within these limits, rows and columns would be cut without a word.
    limits = {"max_elements": sys.maxsize, "max_rows": None, "max_columns": None}
    pairs = [part for name, limit in limits.items() for part in (f"styler.render.{name}", limit)]
    with pd.option_context(*pairs):  # type: ignore[arg-type]
        reading.to_html(sparse_index=False, sparse_columns=False)
    context = capture.context
    head, body = context["head"], context["body"]
    labels = [row for row in head if "col_heading" in row[-1]["class"]]
    names = [row[:levels] for row in head if "col_heading" not in row[-1]["class"]]
    labels = [row[len(row) - len(reading.data.columns) :] for row in labels]
    # Without a row, the head says what is hidden: before its labels stand blanks, and the last
    # of them is there as long as one level of the index is.
    blanks = [row[len(row) - len(reading.data.columns) - 1] for row in head]
    lead = names[0] if names else blanks[:1] * levels
    first = body[0] if body else [*lead, *(labels or [[]])[0]]
    visible = [place for place, cell in enumerate(first) if cell["is_visible"]]
    return Rendered(
        nlevels=levels,
        labels=labels,
        names=names[0] if names else (),
        rows=[row for row in body if _is_of_the_frame(row)],
        footers=[row for row in body if not _is_of_the_frame(row)],
        levels=[place for place in visible if place < levels],
        columns=[place - levels for place in visible if place >= levels],
        styles=_styles(context),
        caption=_caption(context["caption"]),
    )


def _is_of_the_frame(row: Sequence[Context]) -> bool:
    """Tell a row of the Styler's own frame from one of another that was put below."""
    kind, *_ = row[-1]["class"].split()
    return bool(kind == "data")


def _styles(context: Context) -> dict[str, dict[str, str]]:
    """Return the declarations for each cell, by its id."""
    found: dict[str, dict[str, str]] = {}
    for part in ("cellstyle_columns", "cellstyle_index", "cellstyle"):
        for style in context[part]:
            for selector in style["selectors"]:
                found.setdefault(selector, {}).update(style["props"])
    return found


def _caption(caption: Any) -> str:
    """Return the caption; of a pair, the full one."""
    return str((caption[0] if isinstance(caption, tuple) else caption) or "")


def number_of(what: str, cell: Context, /) -> int:
    """Return the number in pandas' class ``row3``, ``col3`` or ``level3`` of ``cell``."""
    [number, *_] = re.findall(rf"(?<!\S){what}(\d+)(?!\S)", cell["class"])
    return int(number)
