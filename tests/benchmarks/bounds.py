"""What the figures are held to, as ratios of one another; printed, never asserted."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

#: Works that are one work in growing sizes.
_SCALE: Final = "table", "long table", "longest table"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of all works; what was not measured is NaN."""

    frame: pd.DataFrame

    def get(self, column: str, work: str, way: str) -> float:
        found = self.frame.query("Work == @work and Way == @way")[column]
        return float(found.iloc[0]) if len(found) else float("nan")

    def ratio(self, column: str, work: str, way: str) -> float:
        """Return the figure of ``df-table`` as a part of that of another way."""
        return self.get(column, work, "df-table") / self.get(column, work, way)

    def fall(self, way: str) -> float:
        """Return how much shorter a build with two processes is."""
        serial = self.get("Wall (s)", "pages", way)
        return serial / self.get("Wall (s)", "pages in parallel", way)

    def growth(self, *works: str) -> float:
        """Return the power of the number of rows with which net CPU grows, by least squares."""
        sizes = [self.get("Rows or pages", work, "df-table") for work in works]
        seconds = [self.get("Net CPU (s)", work, "df-table") for work in works]
        if not np.all(np.array(seconds) > 0):
            return float("nan")
        return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def print_bounds(frame: pd.DataFrame) -> None:
    """Print each value that was measured, beside its bound."""
    print("\nBounds")
    for name, value, bound in _bounds(Figures(frame=frame)):
        if not np.isnan(value):
            print(f"{name + ':':<60}{value:8.3f}  {f'(bound {bound})' if bound else ''}".rstrip())


def _bounds(figures: Figures) -> Iterator[tuple[str, float, str]]:
    long = "long table"
    net = "Net CPU (s)"
    least = figures.get(net, long, "raw HTML") + figures.get(net, long, "import pandas")
    csv = figures.get("CSV (MB)", long, "df-table")
    yield "long table, net CPU / csv-table", figures.ratio(net, long, "csv-table"), "<= 1/30"
    yield (
        "long table, net CPU / (raw HTML + import of pandas)",
        figures.get(net, long, "df-table") / least,
        "<= 2",
    )
    memory = figures.ratio("Memory (MB)", long, "csv-table")
    yield "long table, peak memory / csv-table", memory, "<= 1/3"
    doctree = figures.get("Doctree (MB)", long, "df-table")
    yield "long table, doctree / CSV, in bytes", doctree / csv, "<= 2"
    yield "table, net CPU / csv-table", figures.ratio(net, "table", "csv-table"), "<= 1/5"
    yield "table, net CPU / myst-nb", figures.ratio(net, "table", "myst-nb"), "< 1/2"
    yield "long table, net CPU / myst-nb", figures.ratio(net, long, "myst-nb"), "< 1/2"
    yield "pages, CPU / csv-table", figures.ratio("CPU (s)", "pages", "csv-table"), "<= 0.9"
    yield "pages, wall / csv-table", figures.ratio("Wall (s)", "pages", "csv-table"), "<= 0.8"
    fall = figures.fall("csv-table")
    yield "pages, wall in serial / -j 2, csv-table", fall, ""
    bound = f">= {fall:.3f}"
    yield "pages, wall in serial / -j 2, df-table", figures.fall("df-table"), bound
    yield "page, wall / exec", figures.ratio("Wall (s)", "page", "exec"), "<= 1"
    yield "net CPU grows with the rows to the power of", figures.growth(*_SCALE), "<= 1.05"
    for pair in itertools.pairwise(_SCALE):
        yield f"  from {pair[0]} to {pair[1]}", figures.growth(*pair), ""
