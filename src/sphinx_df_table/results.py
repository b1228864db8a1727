"""Anything that can be shown as one table → that table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sphinx_df_table.errors import FrameError
from sphinx_df_table.extent import rows_needed
from sphinx_df_table.foreign import exact_frame, is_foreign, to_pandas
from sphinx_df_table.frame import frame_to_table
from sphinx_df_table.messages import described, type_name
from sphinx_df_table.showable import is_styler

if TYPE_CHECKING:
    from sphinx_df_table.options import TableOptions
    from sphinx_df_table.table import Table


def to_table(value: Any, options: TableOptions, /) -> Table:
    """Lay out a frame of any kind, or what pandas makes a frame of.

    :param value: something :func:`~sphinx_df_table.showable.is_showable` and not parted.
    :raises FrameError: if it cannot be shown, or not as asked.
    """
    if is_styler(value):
        # Its module needs Jinja, which only those need who style a table.
        from sphinx_df_table.styler import styler_to_table  # noqa: PLC0415

        return styler_to_table(value, options)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return frame_to_table(value, options)
    if is_foreign(value):
        frame, total = to_pandas(value, rows=rows_needed(1, options))
        return frame_to_table(frame, options, total=total)
    try:
        frame = _made_frame(value)
    except Exception as error:
        raise FrameError(
            f"No frame can be made of the result, of type {type_name(value)}: {described(error)}."
        ) from error
    return frame_to_table(frame, options)


def _made_frame(value: Any) -> pd.DataFrame:
    """Return the frame that pandas makes of ``value``, but with all digits of its integers."""
    if isinstance(value, (list, tuple)):
        names = dict.fromkeys(name for record in value for name in record)
        return exact_frame({name: [record.get(name) for record in value] for name in names})
    return exact_frame(value) if isinstance(value, dict) else pd.DataFrame(value)
