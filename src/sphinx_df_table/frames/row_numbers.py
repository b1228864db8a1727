"""Record the longest row numbers that pandas makes while code runs.

Filtering and sorting leave numbers of rows as labels, which readers need not see. A label that
is greater than any number that a row has had is a key, such as a year.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator


class RowNumbers:
    """The length of the longest row numbers so far; ``None`` if it cannot be known."""

    def __init__(self, longest: int | None = 0) -> None:
        self.longest = longest

    @contextlib.contextmanager
    def recorded(self) -> Iterator[None]:
        """Record the row numbers that pandas makes, each of which is a ``RangeIndex``.

        All of them are made by a private method. Without that, nothing can be known.
        """
        original: Any = vars(pd.RangeIndex).get("_simple_new")
        if not isinstance(original, classmethod):
            self.longest = None
        if self.longest is None:
            yield
            return

        def record(cls: Any, values: range, *arguments: Any, **named: Any) -> Any:
            self._note(values)
            return original.__func__(cls, values, *arguments, **named)

        index: Any = pd.RangeIndex
        index._simple_new = classmethod(record)  # noqa: SLF001
        try:
            yield
        finally:
            index._simple_new = original  # noqa: SLF001

    def _note(self, values: range) -> None:
        """Note the numbers of a frame's rows, or of the next rows of a file read in parts."""
        assert self.longest is not None
        is_next_part = values.start == self.longest > 1
        if values.step == 1 and (values.start == 0 or is_next_part):
            self.longest = max(self.longest, values.stop)

    def has_keys(self, index: pd.Index[Any], /) -> bool:
        """Return whether labels, all of them integers, cannot be the numbers of rows."""
        if self.longest is None or not len(index):
            return False
        return bool(index.min() < 0 or index.max() >= max(self.longest, len(index)))


#: Row numbers of which nothing is known, so that no labels are keys.
UNKNOWN: Final = RowNumbers(None)
