"""The set-up code of the page that is being read: what has run, and what the rest was to make."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sphinx_df_table.source import Source


@dataclasses.dataclass(slots=True)
class PageSetups:
    """The set-up of one page, in the order in which it stands there.

    ``ran`` is what every later snippet of the page starts from, and ``timeout`` the seconds
    that the slowest of it may take, 0 without limit. ``failed`` has each name that is not
    what it should be, with the place of the set-up that failed.
    """

    ran: tuple[Source, ...] = ()
    timeout: float = 0.0
    failed: dict[str, str] = dataclasses.field(default_factory=dict)
    _defined: set[str] = dataclasses.field(default_factory=set)

    def note_success(self, source: Source, *, timeout: float) -> None:
        """Have later snippets start from ``source`` too."""
        limits = [limit or math.inf for limit in ([self.timeout] if self.ran else []) + [timeout]]
        self.timeout = 0.0 if math.inf in limits else max(limits)
        self.ran += (source,)
        defined, _ = _names_in(source.text)
        self._defined |= defined
        for name in defined:
            self.failed.pop(name, None)

    def note_failure(self, code: str, *, place: str) -> None:
        """Remember the names that ``code`` was to define, or could have changed.

        What failed half way must not be shown, nor what an earlier set-up made of it.
        """
        defined, used = _names_in(code)
        self.failed |= dict.fromkeys(defined | (used & self._defined), place)


#: In text that is not Python: what stands before an assignment, or behind a defining word.
_LOOKS_DEFINED: Final = re.compile(
    r"^(?P<targets>[^=#'\"\n]*?)=(?!=)|\b(?:def|class|import|as|for)\s+(?P<name>\w+)",
    re.MULTILINE,
)


def _names_in(code: str) -> tuple[set[str], set[str]]:
    """Return the names that ``code`` defines, and those that it uses."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = list(_LOOKS_DEFINED.finditer(code))
        parts = " ".join(match["targets"] or match["name"] for match in found)
        words = set(re.findall(r"[^\W\d]\w*", code))
        return set(re.findall(r"[^\W\d]\w*", parts)), words
    defined: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.alias):
            defined.add((node.asname or node.name).partition(".")[0])
        elif name := getattr(node, "name", None):
            # A function, a class, an exception that is caught, a pattern that is matched.
            defined.add(name)
    return defined - set(dir(builtins)), used
