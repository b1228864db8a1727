"""Anything that can be shown as one table → a frame of pandas → that table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.errors import FrameError
from sphinx_df_table.extent import rows_needed
from sphinx_df_table.foreign import exact_frame, is_foreign, to_pandas
from sphinx_df_table.frame import lay_out_frame
from sphinx_df_table.messages import described, type_name
from sphinx_df_table.showable import is_styler

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from sphinx_df_table.frame import LaidOut
    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.table import Table


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """What a table is made of, as pandas has it.

    :param total: how many rows there are in all, where ``frame`` may be only the beginning
        of them, or :data:`sphinx_df_table.extent.UNKNOWN`; ``None`` where it has all.
    """

    frame: pd.DataFrame | pd.Series[Any] | Styler
    total: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether no row is missing."""
        return self.total is None or self.total == len(self.frame)  # type: ignore[arg-type]


def to_table(value: Any, options: TableOptions, /) -> Table:
    """Lay out a frame of any kind, or what pandas makes a frame of.

    :param value: something :func:`~sphinx_df_table.showable.is_showable` and not parted.
    :raises FrameError: if it cannot be shown, or not as asked.
    """
    return lay_out(to_frame(value, options), options).table


def to_frame(value: Any, options: TableOptions, /, *, in_full: bool = False) -> Framed:
    """Return what pandas has of ``value``; of a frame of another library, the rows needed.

    :param in_full: whether those that need no computing are to be there, too.
    :raises FrameError: if no frame can be made of it.
    """
    if is_styler(value) or isinstance(value, (pd.DataFrame, pd.Series)):
        return Framed(frame=value)
    if is_foreign(value):
        frame, total = to_pandas(value, rows=rows_needed(1, options), in_full=in_full)
        return Framed(frame=frame, total=total)
    try:
        return Framed(frame=_made_frame(value))
    except Exception as error:
        raise FrameError(
            f"No frame can be made of the result, of type {type_name(value)}: {described(error)}."
        ) from error


def lay_out(framed: Framed, options: TableOptions, /) -> LaidOut:
    """Return the table that shows ``framed``, and what of it that is made from.

    :raises FrameError: if it cannot be shown as asked.
    """
    if isinstance(framed.frame, (pd.DataFrame, pd.Series)):
        return lay_out_frame(framed.frame, options, total=framed.total)
    # Its module needs Jinja, which only those need who style a table.
    from sphinx_df_table.styler import lay_out_styler  # noqa: PLC0415

    return lay_out_styler(framed.frame, options)


def _made_frame(value: Any) -> pd.DataFrame:
    """Return the frame that pandas makes of ``value``, but with all digits of its integers."""
    if isinstance(value, (list, tuple)):
        names = dict.fromkeys(name for record in value for name in record)
        return exact_frame({name: [record.get(name) for record in value] for name in names})
    return exact_frame(value) if isinstance(value, dict) else pd.DataFrame(value)
