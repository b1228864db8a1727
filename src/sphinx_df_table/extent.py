"""How many rows of a frame a table shows, and whether the author is told of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sphinx_df_table.errors import FrameError

if TYPE_CHECKING:
    from sphinx_df_table.options import TableOptions

#: A number of rows that nobody has counted: more than there are here.
UNKNOWN: Final = -1


def leading_rows(levels: int, options: TableOptions, /) -> int:
    """Return how many rows of data become heading rows.

    :param levels: the levels of the frame's own labels, which ``:header:`` may replace.
    """
    return max((options.header_rows or 0) - (len(options.header) or levels), 0)


def rows_needed(levels: int, options: TableOptions, /) -> int | None:
    """Return how many rows of a frame a table shows at most; ``None`` for all."""
    most = options.most_rows
    return None if most is None else most + leading_rows(levels, options)


def checked_lead(levels: int, rows: int, options: TableOptions, /) -> int:
    """Return what :func:`leading_rows` does.

    :param rows: how many rows of data there are.
    :raises FrameError: if there are not so many.
    """
    lead = leading_rows(levels, options)
    if lead > rows:
        raise FrameError(
            f":header-rows: asks for {options.header_rows}, but there are {levels} rows of "
            f"labels and {rows} of data; give a smaller number."
        )
    return lead


def excerpt_of(shown: int, total: int, /) -> tuple[int, int | None] | None:
    """Return how many rows are shown and there are, ``None`` if nobody has counted.

    :param shown: how many rows are shown that are neither headings nor footers.
    :param total: how many of them there are, or :data:`UNKNOWN`.
    :returns: ``None`` if no row is left out.
    """
    if total == UNKNOWN:
        return shown, None
    return (shown, total) if total > shown else None


def warnings_on_excerpt(
    excerpt: tuple[int, int | None] | None, options: TableOptions, /
) -> list[str]:
    """Return what the author is told of rows that are left out, if not at their wish."""
    if excerpt is None or options.max_rows is not None:
        return []
    shown, total = excerpt
    size = f"more than {shown:,}" if total is None else f"{total:,}"
    sentence = (
        f"The frame has {size} rows, of which the first {shown:,} are shown, as "
        "df_table_max_rows says. Ask for fewer or more with :max-rows:; 0 means all."
    )
    return [sentence]
