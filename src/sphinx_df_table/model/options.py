"""The options of one table that the worker needs, and the choices of options."""

from __future__ import annotations

import dataclasses
from typing import Final, Literal, get_args

IndexChoice = Literal["auto", "show", "hide"]

INDEX_CHOICES: Final = get_args(IndexChoice)
MARKUP_CHOICES: Final = ("inline", "none", "block", "rst")
PRINT_CHOICES: Final = ("auto", "panels", "landscape", "plain")
SOURCE_CHOICES: Final = ("above", "below", "collapsed")

#: Pairs of a pattern of column names and the option's value for these columns.
PatternOptions = tuple[tuple[str, str], ...]

#: The default of ``df_table_max_rows``.
ROW_LIMIT: Final = 10_000

#: The maximum of ``:precision:``. A float has at most 17 digits that count, and ``:format:`` can
#: write those of very small numbers with an exponent.
HIGHEST_PRECISION: Final = 100


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """The options of one table by which its frame is laid out.

    :param header_rows: ``None`` for as many rows as the frame has column levels.
    :param header: rows of labels that replace those of the frame; empty to keep those.
    :param columns: patterns of the columns to show; empty for all.
    :param formats: pairs of a pattern and a Python format string.
    :param align_columns: pairs of a pattern and an alignment.
    :param filters: patterns of the columns by which readers can filter rows.
    :param row_ids: the pattern of the column by which rows are targets; empty for none.
    :param max_rows: the value of ``:max-rows:``, if given; 0 for all rows.
    :param row_limit: the number of rows to show if ``max_rows`` is ``None``; 0 for all.
    """

    variable: str = ""
    index: IndexChoice = "auto"
    header_rows: int | None = None
    stub_columns: int = 0
    header: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    formats: PatternOptions = ()
    precision: int | None = None
    na_rep: str = ""
    align_columns: PatternOptions = ()
    filters: tuple[str, ...] = ()
    row_ids: str = ""
    max_rows: int | None = None
    row_limit: int = ROW_LIMIT
    hoist_constants: bool = False
    sortable: bool = False

    @property
    def most_rows(self) -> int | None:
        """The largest number of data rows to show; ``None`` for all."""
        return (self.row_limit if self.max_rows is None else self.max_rows) or None
