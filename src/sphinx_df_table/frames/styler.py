"""Turn a Styler into a plain table, by giving it a template that records its arguments.

Templates are a public attribute, ``template_html``
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

from sphinx_df_table.frames.formats import CellFormatter
from sphinx_df_table.frames.frame import (
    FrameLayout,
    axis_names,
    column_values,
    describe_columns,
    describe_hidden_labels,
    fill_column,
    lay_out_frame,
    should_show_index,
)
from sphinx_df_table.frames.row_numbers import UNKNOWN
from sphinx_df_table.layout.columns import CellIndex, columns_to_table, rows_needed
from sphinx_df_table.layout.headings import add_axis_names
from sphinx_df_table.model.errors import FrameError
from sphinx_df_table.model.styles import is_allowed_class, is_allowed_style
from sphinx_df_table.model.table import Cell
from sphinx_df_table.model.text import (
    LONGEST_FORMATTED,
    LONGEST_QUOTE,
    describe_exception,
    to_one_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas.io.formats.style import Styler

    from sphinx_df_table.frames.row_numbers import RowNumbers
    from sphinx_df_table.layout.columns import Column
    from sphinx_df_table.model.options import TableOptions

#: A cell as the template receives it.
Context = Mapping[str, Any]


class _RecordingTemplate:
    """Replaces a template, and records its arguments."""

    def render(self, **context: Any) -> str:
        self.context = context
        return ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StylerOutput:
    """The cells that a Styler would show.

    :param nlevels: the number of index levels, including hidden ones.
    :param labels: for each level of labels that is shown, the cells over the columns.
    :param axis_names: for each of these levels, the cell with its name.
    :param names: the cells with the names of the index levels; empty if they are hidden.
    :param rows: for each row that is not hidden, the cells of index levels and columns.
    :param footers: the same for rows that ``Styler.concat`` appended.
    :param columns: the positions of the columns that are not hidden.
    :param levels: the positions of the index levels that are not hidden.
    :param styles: CSS declarations by the ids of cells.
    """

    nlevels: int
    labels: list[Sequence[Context]]
    axis_names: list[Context]
    names: Sequence[Context]
    rows: list[Sequence[Context]]
    footers: list[Sequence[Context]]
    columns: list[int]
    levels: list[int]
    styles: Mapping[str, Mapping[str, str]]
    caption: str


def render_styler(styler: Styler, /, *, levels: int) -> StylerOutput:
    """Let ``styler`` compute the cells that it would show.

    :param levels: the number of levels of its frame's index.
    """
    reading: Any = copy.copy(styler)
    reading.template_html = template = _RecordingTemplate()
    # Cells are recognized by pandas' own classes; tooltips would become part of their texts.
    plain: Any = pd.DataFrame().style
    reading.css = dict(plain.css)
    reading.tooltips = None
    # Beyond these limits, rows and columns would be dropped silently.
    limits = {"max_elements": sys.maxsize, "max_rows": None, "max_columns": None}
    pairs = [part for name, limit in limits.items() for part in (f"styler.render.{name}", limit)]
    with pd.option_context(*pairs):  # type: ignore[arg-type]
        reading.to_html(sparse_index=False, sparse_columns=False)
    context = template.context
    head, body = context["head"], context["body"]
    labels = [row for row in head if "col_heading" in row[-1]["class"]]
    names = [row[:levels] for row in head if "col_heading" not in row[-1]["class"]]
    axis_names = [row[len(row) - len(reading.data.columns) - 1] for row in labels]
    labels = [row[len(row) - len(reading.data.columns) :] for row in labels]
    # Without a row, the head shows what is hidden: before its labels are blanks, the last of
    # which is visible as long as one level of the index is.
    blanks = [row[len(row) - len(reading.data.columns) - 1] for row in head]
    index_cells = names[0] if names else blanks[:1] * levels
    first = body[0] if body else [*index_cells, *(labels or [[]])[0]]
    visible = [position for position, cell in enumerate(first) if cell["is_visible"]]
    styles: dict[str, dict[str, str]] = {}
    for part in ("cellstyle_columns", "cellstyle_index", "cellstyle"):
        for style in context[part]:
            for selector in style["selectors"]:
                styles.setdefault(selector, {}).update(style["props"])
    caption = context["caption"]
    return StylerOutput(
        nlevels=levels,
        labels=labels,
        axis_names=axis_names,
        names=names[0] if names else (),
        # Rows of frames that were appended have another class than "data".
        rows=[row for row in body if row[-1]["class"].split()[0] == "data"],
        footers=[row for row in body if row[-1]["class"].split()[0] != "data"],
        levels=[position for position in visible if position < levels],
        columns=[position - levels for position in visible if position >= levels],
        styles=styles,
        # Of a pair, the full caption.
        caption=str((caption[0] if isinstance(caption, tuple) else caption) or ""),
    )


def number_of(what: str, cell: Context, /) -> int:
    """Return the number in pandas' class ``row3``, ``col3`` or ``level3`` of ``cell``."""
    [number, *_] = re.findall(rf"(?<!\S){what}(\d+)(?!\S)", cell["class"])
    return int(number)


_BOLD: Final = re.compile(r"(?:bold|bolder|[6-9]\d\d)(?: *!important)?", re.IGNORECASE)
_ITALIC: Final = re.compile(r"(?:italic|oblique).*", re.IGNORECASE)
_BACKGROUNDS: Final = frozenset({"background", "background-color", "background-image"})


class CellStyles:
    """Adds the Styler's classes and CSS declarations to cells, and collects what is not allowed."""

    def __init__(self, styles: Mapping[str, Mapping[str, str]], /) -> None:
        self._styles = styles
        self._left_out: dict[tuple[str, str], None] = {}

    def apply(self, text: tuple[str, bool], context: Context) -> tuple[str, bool] | Cell:
        """Return ``text`` as a cell with its style; ``text`` itself if it has no style."""
        # The first three are pandas' own: the kind of the cell, its row and its column.
        names = context["class"].split()[3:] if context["type"] == "td" else []
        classes = self._select_classes(names)
        declared = self._select_styles(self._styles.get(context.get("id", ""), {}))
        is_strong = bool(_BOLD.fullmatch(declared.get("font-weight", "")))
        is_emphasized = bool(_ITALIC.fullmatch(declared.get("font-style", "")))
        if is_strong:
            del declared["font-weight"]
        if is_emphasized:
            del declared["font-style"]
        backgrounds = [name for name in declared if name in _BACKGROUNDS]
        if backgrounds and "color" not in declared:
            # A background is chosen for a notebook's black text. A bar is a gradient that ends
            # in transparency, so it gets a notebook's white background, too.
            declared["color"] = "#000"
            if "gradient(" in declared[backgrounds[-1]]:
                # The shorthand resets declarations before it, so this one must come last.
                declared.pop("background-color", None)
                declared["background-color"] = "#fff"
        if not (classes or declared or is_strong or is_emphasized):
            return text
        return Cell(
            *text,
            classes=" ".join(classes),
            style="; ".join(f"{name}: {value}" for name, value in declared.items()),
            is_strong=is_strong,
            is_emphasized=is_emphasized,
        )

    def _select_classes(self, names: Sequence[str]) -> list[str]:
        """Return the classes that are allowed."""
        allowed = [name for name in names if is_allowed_class(name)]
        self._left_out |= {("class", name): None for name in names if name not in allowed}
        return allowed

    def _select_styles(self, declarations: Mapping[str, str]) -> dict[str, str]:
        """Return the declarations that are allowed, by property."""
        allowed = {}
        for name, value in declarations.items():
            text = " ".join(str(value).split())
            if is_allowed_style(name, text):
                allowed[name.lower()] = text
            elif text:
                self._left_out["style", f"{name}: {text}"] = None
        return allowed

    def warnings(self) -> list[str]:
        """Return a message on the first class or declaration that was left out, if any."""
        if not self._left_out:
            return []
        kind, first = next(iter(self._left_out))
        quoted = repr(to_one_line(first, LONGEST_QUOTE))
        count = len(self._left_out)
        more = f" ({count} styles and classes in all)" if count > 1 else ""
        return [f"The {kind} {quoted} of a cell is left out{more}, {_REASONS[kind]}."]


#: Why a class or a style is left out, and what to do.
_REASONS: Final = {
    "class": "because other programs act on it, or it is no plain name. Choose another name",
    "style": (
        "because a cell takes only colours, fonts, borders, alignment and widths up to 20em, in "
        "plain CSS. For more, use a class and your own stylesheet"
    ),
}

#: The decimal places of floats in a Styler's default format.
_DEFAULT_PRECISION: Final = 6

#: The HTML escapes of pandas.
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}
)


def lay_out_styler(
    styler: Styler, options: TableOptions, /, *, row_numbers: RowNumbers = UNKNOWN
) -> FrameLayout:
    """Turn ``styler`` into the table that the reader will see.

    Its hidden rows, columns and index stay hidden. A value that it would show in its
    default format has the same text as in a frame without a Styler; its other formats are
    used, unless ``:format:`` names the column.

    :param styler: the snippet's result; it is not changed.
    :param options: the author's choices for this one table.
    :returns: a table; without styles, with a warning, if the Styler cannot be read.
    :raises FrameError: if there is no column to show, or an option asks for rows or
        columns that do not exist.
    """
    frame: pd.DataFrame = styler.data  # type: ignore[attr-defined]
    if not any(frame.shape):
        return lay_out_frame(frame, options, row_numbers=row_numbers)
    try:
        output = render_styler(styler, levels=frame.index.nlevels)
        return _lay_out(output, frame, options, row_numbers)
    except FrameError:
        raise
    except Exception as error:
        message = (
            f"The Styler cannot be read ({describe_exception(error)}), so its data is shown "
            "without styles. Call its to_html() in the code to see what fails."
        )
        return lay_out_frame(frame, options, row_numbers=row_numbers, warnings=[message])


def _lay_out(
    output: StylerOutput, frame: pd.DataFrame, options: TableOptions, row_numbers: RowNumbers
) -> FrameLayout:
    if not output.labels and not options.header:
        options = dataclasses.replace(options, header_rows=0)
    rows = output.rows[: rows_needed(max(len(output.labels), 1), options)]
    whole = frame.iloc[[number_of("row", row[-1]) for row in output.rows], output.columns]
    frame = whole.iloc[: len(rows)]
    levels = output.levels if _should_show_index(output, whole, options, row_numbers) else ()
    columns, unmatched = describe_columns(frame, options, levels=levels)
    formatter = CellFormatter(options)
    styles = CellStyles(output.styles)
    labelled = add_axis_names(
        [dataclasses.replace(column, labels=_labels(column, output, styles)) for column in columns],
        _axis_names(frame, output, styles),
    )
    if labelled:
        rows = rows[: rows_needed(len(labelled[0].labels), options)]
        frame = frame.iloc[: len(rows)]
    cells = CellIndex()
    filled = []
    for column in labelled:
        number = column.position
        if not column.is_index:
            number = output.nlevels + output.columns[number]
        contexts = [row[number] for row in (*rows, *output.footers)]
        values = column_values(frame, column)
        texts = formatter.format_cells(values, column)
        for row, context in enumerate(contexts[len(rows) :], len(rows) + 1):
            # Each alone: footers may hold other kinds of numbers than the column.
            footer = pd.Series([context["value"]], dtype=object).infer_objects()
            texts += formatter.format_cells(footer, column, first_row=row)
        for row, context in enumerate(contexts if not column.template else ()):
            shown = _shown(texts[row], context)
            if len(shown[0]) > LONGEST_FORMATTED >= len(texts[row][0]):
                value = texts[row][0], context["value"]
                formatter.add_misfit("The format of the Styler", value, column, row + 1)
            else:
                texts[row] = shown
        numbers = cells.add(map(styles.apply, texts, contexts))
        filled.append(fill_column(column, numbers, values, options))
    table = columns_to_table(
        filled,
        cells,
        options,
        total=len(output.rows),
        footers=len(output.footers),
        caption=output.caption,
        unmatched=unmatched,
        warnings=[*formatter.warnings(), *styles.warnings()],
        notes=describe_hidden_labels(frame, options) if output.levels and not levels else (),
    )
    return FrameLayout(table=table, columns=columns, frame=whole)


def _should_show_index(
    output: StylerOutput, frame: pd.DataFrame, options: TableOptions, row_numbers: RowNumbers
) -> bool:
    """Return whether to show the index, which footers and the Styler's formats decide, too."""
    if options.index != "auto" or should_show_index(frame.index, options, row_numbers):
        return options.index != "hide"
    rows = [*output.rows, *output.footers]
    headings = [row[level] for row in rows for level in output.levels]
    return any(_has_own_text(cell) or not isinstance(cell["value"], int) for cell in headings)


def _labels(column: Column, output: StylerOutput, styles: CellStyles) -> tuple[Cell, ...]:
    """Return the labels of a column from the top down, without levels that are hidden."""
    blanks = (Cell(""),) * (len(output.labels) - 1)
    pairs: list[tuple[Cell, Context]] = []
    if not column.is_index:
        blanks = ()
        headings = [row[output.columns[column.position]] for row in output.labels]
        pairs = [(column.labels[number_of("level", one)], one) for one in headings]
    elif output.names:
        pairs = [(column.labels[-1], output.names[column.position])]
    labels = []
    for label, context in pairs:
        text = label.text, label.is_literal
        # The Styler shows a missing label as a blank.
        shown = _shown(text, context) if label.text else text
        labels.append(Cell(*styles.apply(shown, context)))
    return *blanks, *(labels or [Cell("")])


def _axis_names(frame: pd.DataFrame, output: StylerOutput, styles: CellStyles) -> list[Cell]:
    """Return the names of the levels of labels that are shown, without names that are hidden."""
    names = axis_names(frame)
    cells = []
    for context in output.axis_names:
        level = number_of("level", context)
        name = names[level]
        is_shown = name.text and context["value"] is frame.columns.names[level]
        text = _shown((name.text, name.is_literal), context) if is_shown else ("", True)
        cells.append(Cell(*styles.apply(text, context)))
    return cells


def _shown(text: tuple[str, bool], context: Context) -> tuple[str, bool]:
    """Return the text to show: ``text``, unless the Styler has a format of its own."""
    if not _has_own_text(context):
        return text
    value = context["value"]
    # The Styler turns addresses into links, and escapes text for HTML.
    link = r'<a href="([^"]*)" target="_blank">\1</a>'
    shown = re.sub(link, r"\1", str(context["display_value"]))
    escaped = value.translate(_ESCAPES) if isinstance(value, str) else ""
    return (shown.replace(escaped, str(value)) if escaped else shown), text[1]


def _has_own_text(context: Context) -> bool:
    """Return whether the Styler shows a value in another format than its default one."""
    value, shown = context["value"], str(context["display_value"])
    defaults = [str(value)]
    if isinstance(value, (float, complex)) or hasattr(value, "dtype"):
        with contextlib.suppress(TypeError, ValueError):
            defaults.append(f"{value:.{_DEFAULT_PRECISION}f}")
    return shown not in defaults
