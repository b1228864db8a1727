"""The author's choices for one table, and the values that options may have."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

IndexChoice = Literal["auto", "show", "hide"]

INDEX_CHOICES: Final = get_args(IndexChoice)
MARKUP_CHOICES: Final = ("inline", "none", "block")
PRINT_CHOICES: Final = ("auto", "panels", "landscape", "plain")
SOURCE_CHOICES: Final = ("above", "below", "collapsed")

#: Pairs of a pattern of column names and what is wished for those columns.
PatternOptions = tuple[tuple[str, str], ...]

#: The rows that a table shows at most, where neither a page nor conf.py says otherwise.
ROW_LIMIT: Final = 10_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """The author's choices for one table that decide what the frame looks like.

    ``header_rows`` and ``stub_columns`` are ``None`` where the frame itself decides.
    ``header`` holds the rows of labels that replace the frame's own; none where it is empty.
    ``columns`` are patterns, and all columns are meant where there are none. ``formats`` are
    pairs of a pattern and a Python format string, ``align_columns`` of a pattern and an
    alignment. ``max_rows`` is what the author asks for, ``row_limit`` what the project
    allows where nothing is asked for; both count rows of data, and 0 means all.
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
    max_rows: int | None = None
    row_limit: int = ROW_LIMIT
    hoist_constants: bool = False
    sortable: bool = False

    @classmethod
    def from_directive(
        cls,
        options: Mapping[str, Any],
        /,
        *,
        precision: int | None,
        na_rep: str,
        row_limit: int,
        sortable: bool,
    ) -> TableOptions:
        """Collect the converted options of a ``df-table`` directive.

        :param precision: what ``conf.py`` says where the directive has no ``:precision:``.
        :param na_rep: the same for ``:na-rep:``.
        :param row_limit: what ``conf.py`` allows where the directive has no ``:max-rows:``.
        :param sortable: what ``conf.py`` says where the directive has no ``:sortable:``.
        """
        return cls(
            variable=options.get("df-var", options.get("df-arg", "")),
            index=options.get("index", "auto"),
            header_rows=options.get("header-rows"),
            stub_columns=options.get("stub-columns", 0),
            header=options.get("header", ()),
            columns=options.get("columns", ()),
            formats=options.get("format", ()),
            precision=options.get("precision", precision),
            na_rep=options.get("na-rep", na_rep),
            align_columns=options.get("align-columns", ()),
            max_rows=options.get("max-rows"),
            row_limit=row_limit,
            hoist_constants="hoist-constants" in options,
            sortable=options.get("sortable", sortable),
        )

    @property
    def most_rows(self) -> int | None:
        """How many rows of data are shown at most; ``None`` for all."""
        return (self.row_limit if self.max_rows is None else self.max_rows) or None
