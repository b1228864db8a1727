"""Turn a pandas ``Styler`` into a plain table, with its formats, looks, footers and caption."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from sphinx_df_table.celllist import CellList
from sphinx_df_table.columns import column_sources, shows_index
from sphinx_df_table.errors import FrameError
from sphinx_df_table.extent import rows_needed
from sphinx_df_table.formats import ColumnFormats
from sphinx_df_table.frame import LaidOut, lay_out_frame
from sphinx_df_table.layout import columns_to_table
from sphinx_df_table.messages import described
from sphinx_df_table.rendering import number_of, rendering_of
from sphinx_df_table.styles import Styles
from sphinx_df_table.table import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandas.io.formats.style import Styler

    from sphinx_df_table.columns import ColumnSource
    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.rendering import Context, Rendered

#: The digits behind the point that a Styler gives to floats if nobody says otherwise.
_DEFAULT_PRECISION: Final = 6

#: How pandas escapes texts for HTML.
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}
)


def lay_out_styler(styler: Styler, options: TableOptions, /) -> LaidOut:
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
        return _laid_out(rendering_of(styler, levels=frame.index.nlevels), frame, options)
    except FrameError:
        raise
    except Exception as error:
        sentence = (
            f"The Styler cannot be read ({described(error)}), so its data is shown without "
            "styles. Call its to_html() in the code to see what fails."
        )
        return lay_out_frame(frame, options, warnings=[sentence])


def _laid_out(rendered: Rendered, frame: pd.DataFrame, options: TableOptions) -> LaidOut:
    total = len(rendered.rows)
    if not rendered.labels and not options.header:
        options = dataclasses.replace(options, header_rows=0)
    rows = rendered.rows[: rows_needed(max(len(rendered.labels), 1), options)]
    whole = frame.iloc[[number_of("row", row[-1]) for row in rendered.rows], rendered.columns]
    frame = whole.iloc[: len(rows)]
    sources = [
        source
        for source in column_sources(
            frame, options, shows_index=_shows_index(rendered, frame, options)
        )
        if not source.is_index or source.position in rendered.levels
    ]
    formats = ColumnFormats([source.name for source in sources], options)
    styles = Styles(rendered.styles)
    cells = CellList()
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
    return LaidOut(table=table, sources=sources, frame=whole)


def _texts(
    place: int,
    source: ColumnSource,
    rows: Sequence[Sequence[Context]],
    rendered: Rendered,
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


def _shows_index(rendered: Rendered, frame: pd.DataFrame, options: TableOptions) -> bool:
    """Tell whether the index says something: also in footers, or by a format of its own."""
    if options.index != "auto" or shows_index(frame, options):
        return options.index != "hide"
    rows = [*rendered.rows, *rendered.footers]
    headings = [row[level] for row in rows for level in rendered.levels]
    return any(_has_own_text(cell) or not isinstance(cell["value"], int) for cell in headings)


def _labels(source: ColumnSource, rendered: Rendered, styles: Styles) -> tuple[Cell, ...]:
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


def _label(label: Cell, context: Context, styles: Styles) -> Cell:
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
