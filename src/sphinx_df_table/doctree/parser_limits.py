"""Limit what the parsing of cells takes and changes: its time, its roles and the page."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any, Final

from docutils.parsers.rst import roles
from sphinx import addnodes

from sphinx_df_table.doctree.allowlist import count_nested_brackets
from sphinx_df_table.doctree.cells import CellMarkupError
from sphinx_df_table.model.text import describe_exception

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.environment import BuildEnvironment

#: The limit of the characters of a role's text, except for formulas, which have their own:
#: roles take it apart by patterns whose time is quadratic for blanks.
_LONGEST_ROLE_TEXT: Final = 1000

#: The work on the markup of one table that is at most a second, in estimated nanoseconds: for
#: each line, for each of its start-strings times its length, for each square of the length of a
#: role's text, and for each character of a name that C++ parses, times 3 for each open bracket.
#: An estimate is the same in every build, unlike time.
_BUDGET: Final = 1_000_000_000
_LINE_COST: Final = 100_000
_SEARCH_COST: Final = 50
_ROLE_COST: Final = 10
_NAME_COST: Final = 30_000

#: The methods by which a parser registers targets and references in a document. Not among them are
#: those of footnotes, which only roles make, as ``:footcite:`` of sphinxcontrib-bibtex does.
_NOTE_METHODS: Final[tuple[str, ...]] = (
    "note_anonymous_target",
    "note_autofootnote_ref",
    "note_citation_ref",
    "note_footnote_ref",
    "note_implicit_target",
    "note_indirect_target",
    "note_parse_message",
    "note_pending",
    "note_refid",
    "note_refname",
    "note_symbol_footnote_ref",
)

#: The key of the page's counter of ids; Sphinx deletes it after reading the page.
_IDS: Final = "df_table_reference_ids"


class Budget:
    """The work that is left for the markup of one table."""

    def __init__(self) -> None:
        self._left = _BUDGET

    def spend(self, cost: int) -> None:
        """Take ``cost`` from what is left.

        :raises CellMarkupError: if that is less.
        """
        if cost > self._left:
            raise CellMarkupError("the table has more markup than can be parsed in a second")
        self._left -= cost

    def spend_on_line(self, cost: int) -> None:
        """Take the work of parsing a line, whose start-strings times length are ``cost``."""
        self.spend(_LINE_COST + _SEARCH_COST * cost)

    def spend_on_references(self, node: nodes.Node) -> None:
        """Take the work of resolving the cross-references in ``node`` that C++ may parse."""
        self.spend(
            sum(
                _parse_cost(reference["reftarget"])
                for reference in node.findall(addnodes.pending_xref)
                if reference.get("refdomain") in {"c", "cpp"}
                or reference["reftype"] in {"any", "myst"}
            )
        )


def _parse_cost(name: str) -> int:
    """Return the cost of parsing ``name`` as C++."""
    depth = count_nested_brackets(name)
    return _NAME_COST * len(name) * 3**depth if depth else 0


@contextlib.contextmanager
def guard_roles(budget: Budget, /) -> Iterator[None]:
    """Limit the text of each role, and turn whatever it raises into a problem of its cell."""
    find_role: Any = roles.role

    def find_guarded_role(name: str, *args: Any) -> tuple[Any, list[nodes.system_message]]:
        role, messages = find_role(name, *args)

        def run_role(name: str, source: str, text: str, *args: Any) -> Any:
            if len(text) > _LONGEST_ROLE_TEXT and name != "math":
                raise CellMarkupError(
                    f"a role with more than {_LONGEST_ROLE_TEXT:,} characters is not allowed in a "
                    "cell"
                )
            # A default role may be any.
            is_parsed = name.rpartition(":")[2] in {"", "expr", "texpr"}
            budget.spend(_ROLE_COST * len(text) ** 2 + (_parse_cost(text) if is_parsed else 0))
            try:
                return role(name, source, text, *args)
            except CellMarkupError:
                raise
            except (Exception, SystemExit) as error:
                raise CellMarkupError(
                    f"the role {name} failed with {describe_exception(error)}"
                ) from error

        return role and run_role, messages

    roles.role = find_guarded_role  # type: ignore[assignment]
    try:
        yield
    finally:
        roles.role = find_role


@contextlib.contextmanager
def guard_page(document: nodes.document, env: BuildEnvironment, /) -> Iterator[None]:
    """Keep the parser from registering targets, references and index entries in the page.

    Otherwise those of text that turns out to be no markup would stay in the document, and a link
    named in a cell could take the name of a target of the page. Nodes for which a role needs an
    id get one that no other node has.
    """
    ids: Any = env.temp_data.setdefault(_IDS, itertools.count(1))

    def set_id(node: nodes.Element, *_: Any, **__: Any) -> str:
        if not node["ids"]:
            node["ids"].append(f"df-table-reference-{next(ids)}")
        return str(node["ids"][0])

    methods = dict.fromkeys(_NOTE_METHODS, _do_nothing)
    methods |= {"note_explicit_target": set_id, "set_id": set_id}
    # Index entries would change the numbers of later ones on the page.
    with (
        _replace_methods(document, methods),
        _replace_methods(env, {"new_serialno": _do_nothing}),
    ):
        yield


def _do_nothing(*_: Any, **__: Any) -> str:
    return ""


@contextlib.contextmanager
def _replace_methods(target: object, methods: dict[str, Any]) -> Iterator[None]:
    """Replace ``methods`` of ``target`` for a while."""
    saved = {name: vars(target)[name] for name in methods if name in vars(target)}
    vars(target).update(methods)
    try:
        yield
    finally:
        for name in methods:
            delattr(target, name)
        vars(target).update(saved)
