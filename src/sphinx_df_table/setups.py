"""The set-up code of the page that is being read: what has run, and what needs what failed."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import keyword
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sphinx_df_table.source import Source


@dataclasses.dataclass(slots=True)
class PageSetups:
    """The set-up of one page, in the order in which it stands there.

    ``ran`` is what every later snippet of the page starts from. What failed defines nothing;
    each name in it is kept with the line of its first failure.
    """

    ran: tuple[Source, ...] = ()
    failed: dict[str, int] = dataclasses.field(default_factory=dict)

    def note_success(self, source: Source) -> None:
        """Have later snippets start from ``source`` too."""
        self.ran += (source,)

    def note_failure(self, code: str, *, line: int) -> None:
        """Remember that the names in ``code``, set up in ``line``, are not what they should be."""
        for name in names_in(code):
            self.failed.setdefault(name, line)

    def needed_by(self, source: Source, *, variable: str = "") -> tuple[str, int] | None:
        """Return a name in ``source`` that failed set-up has too, and the line of that.

        :param variable: the variable that is to be shown, where the author names it.
        """
        if not self.failed:
            return None
        needed = names_in(source.text) | {variable or _shown_in_silence(source.text)}
        return min(
            ((name, self.failed[name]) for name in needed & self.failed.keys()), default=None
        )


def _shown_in_silence(code: str) -> str:
    """Return the variable that is shown though ``code`` may not mention it; nothing if none is."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return "" if body and isinstance(body[-1], ast.Expr) else "df"


#: Names that mean the same in every snippet.
_COMMON: Final = frozenset({"pd", "np", *dir(builtins), *keyword.kwlist})


def names_in(code: str, /) -> set[str]:
    """Return the names that ``code`` uses or defines, but for those that all code has.

    Of text that is not Python, all words are taken.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"[^\W\d]\w*", code)) - _COMMON
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
    return found - _COMMON
