"""Turn a Styler into a plain table, by what it tells the template that it is given.

Templates are documented with its public attribute ``template_html``
(https://pandas.pydata.org/docs/reference/api/pandas.io.formats.style.Styler.html).
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sphinx_df_table.frames.formats import ColumnFormats
from sphinx_df_table.frames.frame import (
    FrameLayout,
    column_sources,
    lay_out_frame,
    should_show_index,
)
from sphinx_df_table.layout.columns import CellIndex, columns_to_table, rows_needed
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.table import Cell
from sphinx_df_table.model.text import LONGEST_QUOTE, describe_exception, to_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandas.io.formats.style import Styler

    from sphinx_df_table.frames.frame import ColumnSource
    from sphinx_df_table.model.options import TableOptions

#: A cell as the template is given it.
Context = Mapping[str, Any]


class _Capture:
    """Stands in for a template, and keeps what it is given."""

    def render(self, **context: Any) -> str:
        self.context = context
        return ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StylerOutput:
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


def render_styler(styler: Styler, /, *, levels: int) -> StylerOutput:
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
    return StylerOutput(
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


_PROPERTY: Final = re.compile(r"-{0,2}[A-Za-z][A-Za-z0-9-]*")
#: What could end a declaration, or fetch something from elsewhere.
_UNSAFE: Final = re.compile(
    r"[;{}<>\\@]|(?:url|image|image-set|src|expression)\(|script:", re.IGNORECASE
)
_BOLD: Final = re.compile(r"(?:bold|bolder|[6-9]\d\d)(?: *!important)?", re.IGNORECASE)
_ITALIC: Final = re.compile(r"(?:italic|oblique).*", re.IGNORECASE)


class StylerStyles:
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
        first = to_one_line(next(iter(self._unsafe)), LONGEST_QUOTE)
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


#: The digits behind the point that a Styler gives to floats if nobody says otherwise.
_DEFAULT_PRECISION: Final = 6

#: How pandas escapes texts for HTML.
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}
)


def lay_out_styler(styler: Styler, options: TableOptions, /) -> FrameLayout:
    """Lay out what ``styler`` would show.

    Its hidden rows, columns and index stay hidden. A value that it would show in its
    default format has the text that it has in any other frame; a format of its own
    stands, unless ``:format:`` names the column.

    :param styler: the snippet's result; it is not changed.
    :param options: the author's choices for this one table.
    :returns: a table, with what of the data it is made from; that of the data alone, with a
        warning, if the Styler cannot be read.
    :raises FrameError: if there is no column to show, or an option asks for rows or
        columns that there are not.
    """
    frame: pd.DataFrame = styler.data  # type: ignore[attr-defined]
    try:
        return _laid_out(render_styler(styler, levels=frame.index.nlevels), frame, options)
    except FrameError:
        raise
    except Exception as error:
        sentence = (
            f"The Styler cannot be read ({describe_exception(error)}), so its data is shown "
            "without styles. Call its to_html() in the code to see what fails."
        )
        return lay_out_frame(frame, options, warnings=[sentence])


def _laid_out(rendered: StylerOutput, frame: pd.DataFrame, options: TableOptions) -> FrameLayout:
    total = len(rendered.rows)
    if not rendered.labels and not options.header:
        options = dataclasses.replace(options, header_rows=0)
    rows = rendered.rows[: rows_needed(max(len(rendered.labels), 1), options)]
    whole = frame.iloc[[number_of("row", row[-1]) for row in rendered.rows], rendered.columns]
    frame = whole.iloc[: len(rows)]
    sources = [
        source
        for source in column_sources(
            frame, options, should_show_index=_shows_index(rendered, frame, options)
        )
        if not source.is_index or source.position in rendered.levels
    ]
    formats = ColumnFormats([source.name for source in sources], options)
    styles = StylerStyles(rendered.styles)
    cells = CellIndex()
    columns = [
        source.column(
            _labels(source, rendered, styles),
            cells.numbers_of(
                styles.cell(text, context)
                for text, context in _texts(place, source, rows, rendered, formats)
            ),
            options,
        )
        for place, source in enumerate(sources)
    ]
    table = columns_to_table(
        columns,
        cells,
        options,
        total=total,
        footers=len(rendered.footers),
        caption=rendered.caption,
        unmatched=formats.unmatched,
        warnings=[*formats.misfits(), *styles.warnings()],
    )
    return FrameLayout(table=table, sources=sources, frame=whole)


def _texts(
    place: int,
    source: ColumnSource,
    rows: Sequence[Sequence[Context]],
    rendered: StylerOutput,
    formats: ColumnFormats,
) -> Iterator[tuple[tuple[str, bool], Context]]:
    """Give the text of each cell of a column, and the cell itself; footers come last."""
    at = (
        source.position if source.is_index else rendered.nlevels + rendered.columns[source.position]
    )
    contexts = [row[at] for row in (*rows, *rendered.footers)]
    texts = formats.cells(place, source.values)
    for row, context in enumerate(contexts[len(rows) :], len(rows) + 1):
        # Each alone: a frame below may hold other kinds of numbers than this one.
        value = pd.Series([context["value"]], dtype=object).infer_objects()
        texts += formats.cells(place, value, first_row=row)
    if not formats.has_template(place):
        texts = [_shown(text, cell) for text, cell in zip(texts, contexts, strict=True)]
    return zip(texts, contexts, strict=True)


def _shows_index(rendered: StylerOutput, frame: pd.DataFrame, options: TableOptions) -> bool:
    """Tell whether the index says something: also in footers, or by a format of its own."""
    if options.index != "auto" or should_show_index(frame, options):
        return options.index != "hide"
    rows = [*rendered.rows, *rendered.footers]
    headings = [row[level] for row in rows for level in rendered.levels]
    return any(_has_own_text(cell) or not isinstance(cell["value"], int) for cell in headings)


def _labels(source: ColumnSource, rendered: StylerOutput, styles: StylerStyles) -> tuple[Cell, ...]:
    """Return the labels of a column from the top down, without levels that are hidden."""
    if not source.is_index:
        place = rendered.columns[source.position]
        heads = [row[place] for row in rendered.labels]
        own = [(source.labels[number_of("level", head)], head) for head in heads]
        return tuple(_label(label, head, styles) for label, head in own) or (Cell(""),)
    blanks = [Cell("")] * (len(rendered.labels) - 1)
    if not rendered.names:
        return (*blanks, Cell(""))
    return (*blanks, _label(source.labels[-1], rendered.names[source.position], styles))


def _label(label: Cell, context: Context, styles: StylerStyles) -> Cell:
    text = label.text, label.is_literal
    # A missing label is shown as a blank, which is no text of its own.
    return Cell(*styles.cell(_shown(text, context) if label.text else text, context))


def _shown(text: tuple[str, bool], context: Context) -> tuple[str, bool]:
    """Return what is shown: ``text`` of our own, unless the Styler has a format for it."""
    if not _has_own_text(context):
        return text
    return _without_html(str(context["display_value"]), context["value"]), text[1]


def _has_own_text(context: Context) -> bool:
    """Tell whether the Styler has another text for a value than it has for any such value."""
    value, shown = context["value"], str(context["display_value"])
    defaults = [str(value)]
    if isinstance(value, (float, complex)) or hasattr(value, "dtype"):
        with contextlib.suppress(TypeError, ValueError):
            defaults.append(f"{value:.{_DEFAULT_PRECISION}f}")
    return shown not in defaults


def _without_html(shown: str, value: object) -> str:
    """Return the text that was escaped for HTML, or made a link of it, by the Styler."""
    text = re.sub(r'<a href="([^"]*)" target="_blank">\1</a>', r"\1", shown)
    escaped = value.translate(_ESCAPES) if isinstance(value, str) else ""
    return text.replace(escaped, str(value)) if escaped else text
