"""The set-up code of the page that is being read: what has run, and what the rest was to make."""

from __future__ import annotations

import ast
import dataclasses
import re
import symtable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sphinx_df_table.model.protocol import Setup


@dataclasses.dataclass(slots=True)
class PageSetups:
    """The set-up of one page, in the order in which it stands there.

    ``ran`` is what every later snippet of the page starts from. ``failed`` has each name that
    is not what it should be, with the place of the set-up that failed.
    """

    ran: tuple[Setup, ...] = ()
    failed: dict[str, str] = dataclasses.field(default_factory=dict)
    _defined: set[str] = dataclasses.field(default_factory=set)

    def note_success(self, setup: Setup) -> None:
        """Have later snippets start from ``setup`` too."""
        self.ran += (setup,)
        names = _names_in(setup.source.text)
        self._defined |= names.defined
        for name in names.defined:
            self.failed.pop(name, None)

    def note_failure(self, code: str, *, place: str) -> None:
        """Remember the names that ``code`` was to define, or could have changed.

        What failed half way must not be shown, nor what it was before. Of names that no
        set-up has defined, only those count that ``code`` plainly changes.
        """
        names = _names_in(code)
        touched = names.defined | names.changed | (names.used & self._defined)
        self.failed |= dict.fromkeys(touched, place)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _CodeNames:
    """The names at the top of a piece of code.

    :param defined: those that it assigns, imports or otherwise binds.
    :param changed: those to whose items or attributes it assigns.
    :param used: those that it uses, also in functions.
    """

    defined: frozenset[str]
    changed: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()


#: In text that is not Python: what stands before an assignment, or behind a defining word.
_LOOKS_DEFINED: Final = re.compile(
    r"^(?P<targets>[^=#'\"\n]*?)=(?!=)|\b(?:def|class|import|as|for)\s+(?P<name>\w+)",
    re.MULTILINE,
)


_WORD: Final = re.compile(r"[^\W\d]\w*")


def _names_in(code: str) -> _CodeNames:
    """Read ``code``; of text that is not Python, what looks like a definition counts."""
    try:
        tree = ast.parse(code)
        table = symtable.symtable(code, "<df-setup>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = _LOOKS_DEFINED.finditer(code)
        parts = " ".join(match["targets"] or match["name"] for match in found)
        return _CodeNames(
            defined=frozenset(_WORD.findall(parts)), used=frozenset(_WORD.findall(code))
        )
    symbols = table.get_symbols()
    stored = (ast.Subscript, ast.Attribute)
    return _CodeNames(
        defined=frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported()),
        changed=frozenset(
            node.value.id
            for node in ast.walk(tree)
            if isinstance(node, stored)
            and not isinstance(node.ctx, ast.Load)
            and isinstance(node.value, ast.Name)
        ),
        used=frozenset(_used_in(table)),
    )


def _used_in(table: symtable.SymbolTable) -> set[str]:
    """Return the names of the top that are used there, or in functions below it."""
    is_top = table.get_type() == "module"
    names = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    own = set() if is_top else {s.get_name() for s in table.get_symbols() if not s.is_global()}
    return (names - own).union(*map(_used_in, table.get_children()))
