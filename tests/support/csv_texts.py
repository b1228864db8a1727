"""The texts of a frame as ``to_csv`` writes them, which its cells must show."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def csv_rows(frame: pd.DataFrame) -> list[list[str]]:
    """The rows of ``to_csv``; a column added at the end prevents blank lines for empty cells."""
    guarded = frame.copy()
    guarded.insert(len(frame.columns), "end", "x", allow_duplicates=True)
    text = guarded.to_csv(index=False)
    return [row[:-1] for row in csv.reader(io.StringIO(text, newline=""))]
