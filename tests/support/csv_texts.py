"""The texts of a frame as ``to_csv`` writes them: what its cells must show."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def csv_rows(frame: pd.DataFrame) -> list[list[str]]:
    """What ``to_csv`` writes; a column at the end keeps rows of empty cells from being blank."""
    guarded = frame.copy()
    guarded.insert(len(frame.columns), "end", "x", allow_duplicates=True)
    text = guarded.to_csv(index=False)
    return [row[:-1] for row in csv.reader(io.StringIO(text, newline=""))]
