"""Parse the text of a cell as inline markup, within limits, and without effects on the page."""

from __future__ import annotations

import contextlib
import re
from logging import WARNING
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from docutils.parsers.rst import roles
from sphinx import addnodes
from sphinx.util import logging

from sphinx_df_table.doctree.allowlist import (
    count_nested_brackets,
    describe_forbidden_address,
    rebuild,
)
from sphinx_df_table.doctree.cells import CellMarkupError, Parse
from sphinx_df_table.model.text import LONGEST_MESSAGE, describe_exception, to_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docutils.parsers.rst.states import RSTState

#: Start-strings of inline markup in reStructuredText or Markdown. A text without any of them
#: needs no parser. An underscore within a word is none.
_START_STRING: Final = re.compile(r"[*`|@$<\[{~!]|(?<![^\W_])_|_(?![^\W_])|://|mailto:|www\.")

#: The limit of start-strings times length for a line to be parsed: parsers search from each
#: start-string to the end of the line, and docutils recurses for each address.
_MAX_PARSE_COST: Final = 1_000_000

#: The limit of nested nodes: copying and pickling a page recurse as deep.
_MAX_DEPTH: Final = 20

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

#: docutils' message on a lone star, backtick or bar, which is text and no broken markup.
_LONE_START_STRING: Final = re.compile("Inline .* start-string without end-string")

#: The methods by which a parser registers ids, targets and references in a document.
_NOTE_METHODS: Final[tuple[str, ...]] = (
    "note_anonymous_target",
    "note_autofootnote",
    "note_autofootnote_ref",
    "note_citation_ref",
    "note_explicit_target",
    "note_footnote_ref",
    "note_implicit_target",
    "note_indirect_target",
    "note_parse_message",
    "note_pending",
    "note_refid",
    "note_refname",
    "note_symbol_footnote_ref",
    "set_id",
)


@contextlib.contextmanager
def inline_parser(
    parse: Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]],
    state: RSTState,
) -> Iterator[Parse]:
    """Return a context with a parser of the lines of one table that does nothing to the page.

    It neither registers ids or references nor logs messages. References are registered later, see
    :mod:`sphinx_df_table.doctree.references`.

    :param parse: the page's own parser of inline text; returns nodes and messages.
    :param state: that parser's state in the page, docutils' own or MyST-Parser's mock of it.
    """
    document = state.document
    renderer: Any = getattr(state, "_renderer", None)  # MyST-Parser's
    budget = _Budget()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_disable_methods(document, _NOTE_METHODS))
        # Index entries would change the numbers of later ones on the page.
        stack.enter_context(_disable_methods(document.settings.env, ("new_serialno",)))
        stack.enter_context(_guard_roles(budget))
        if renderer is not None:
            stack.enter_context(_restrict_myst(renderer))
            parse = _restoring_current_node(parse, renderer)
        log = stack.enter_context(logging.suppress_logging())
        #: What the parser made of each line, of which every cell gets nodes of its own.
        parsed: dict[str, list[nodes.Node]] = {}

        def parse_line(text: str) -> list[nodes.Node]:
            cost = len(_START_STRING.findall(text)) * len(text)
            if not 0 < cost < _MAX_PARSE_COST:
                return []
            if text in parsed:
                return list(map(rebuild, parsed[text]))
            budget.spend(_LINE_COST + _SEARCH_COST * cost)
            log.clear()
            try:
                found, messages = parse(text)
            except RecursionError:
                return []
            problems = [message[0].astext() for message in messages if message["level"] > 1]
            problems += [r.getMessage() for r in log.buffer if r.levelno >= WARNING]
            found = _check_markup(found, problems, text)
            rebuilt = list(map(rebuild, found))
            budget.spend(sum(map(_resolution_cost, rebuilt)))
            parsed[text] = found
            return rebuilt

        yield parse_line


def _restoring_current_node(
    parse: Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]], renderer: Any
) -> Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]]:
    """Return ``parse`` with MyST-Parser's state restored, which it does not do if a role fails."""

    def parse_and_restore(text: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        current_node = renderer.current_node
        try:
            return parse(text)
        finally:
            renderer.current_node = current_node

    return parse_and_restore


class _Budget:
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


def _parse_cost(name: str) -> int:
    """Return the cost of parsing ``name`` as C++."""
    depth = count_nested_brackets(name)
    return _NAME_COST * len(name) * 3**depth if depth else 0


def _resolution_cost(node: nodes.Node) -> int:
    """Return the cost of resolving the cross-references in ``node`` that C++ may parse."""
    return sum(
        _parse_cost(reference["reftarget"])
        for reference in node.findall(addnodes.pending_xref)
        if reference.get("refdomain") in {"c", "cpp"} or reference["reftype"] in {"any", "myst"}
    )


@contextlib.contextmanager
def _guard_roles(budget: _Budget) -> Iterator[None]:
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
            except Exception as error:
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
def _disable_methods(target: object, names: tuple[str, ...]) -> Iterator[None]:
    """Replace the methods ``names`` of ``target`` by ones that do nothing.

    Otherwise the ids, targets and footnotes of text that turns out to be no markup would stay
    in the document, and a link named in a cell could take the name of a target of the page.
    """
    saved = {name: vars(target)[name] for name in names if name in vars(target)}
    for name in names:
        setattr(target, name, lambda *_, **__: "")
    try:
        yield
    finally:
        for name in names:
            delattr(target, name)
        vars(target).update(saved)


@contextlib.contextmanager
def _restrict_myst(renderer: Any) -> Iterator[None]:
    """Disable what MyST-Parser takes from data beyond markup.

    That is: typographic replacements; classes, ids and other attributes in braces; expressions
    of Jinja, which can do all that Python can, except for plain names.
    """
    rule = "render_substitution_inline"
    substitute = renderer.rules[rule]

    def substitute_name(token: Any) -> None:
        if token.content.strip() not in renderer.md_config.substitutions:
            raise CellMarkupError("a cell may have only the name of a substitution in {{ }}")
        substitute(token)

    def copy_title(token: Any, node: nodes.Element, keys: Sequence[str] = (), **_: Any) -> None:
        if "reftitle" in keys and "title" in token.attrs:
            node["reftitle"] = token.attrs["title"]
        if "target" in keys and renderer.md_config.links_external_new_tab:
            node["target"], node["rel"] = "_blank", "noreferrer noopener"

    renderer.rules[rule] = substitute_name
    renderer.copy_attributes = copy_title
    try:
        with renderer.md.reset_rules():
            renderer.md.disable(["replacements", "smartquotes"], ignoreInvalid=True)
            yield
    finally:
        renderer.rules[rule] = substitute
        del renderer.copy_attributes


def _check_markup(found: list[nodes.Node], problems: list[str], text: str) -> list[nodes.Node]:
    """Return ``found`` without targets and index entries of links, or nothing if it is text.

    :param problems: the messages of the parser.
    :raises CellMarkupError: if it was clearly meant as markup, but is broken.
    """
    for problem in problems:
        if not _LONE_START_STRING.search(problem):
            raise CellMarkupError(to_one_line(problem, LONGEST_MESSAGE).rstrip("."))
    is_text = problems or all(isinstance(node, nodes.Text) for node in found)
    if is_text or _depth(found) > _MAX_DEPTH:
        return []
    if any(isinstance(node, (nodes.reference, addnodes.pending_xref)) for node in found):
        # Links come with targets and index entries. Without a link, these are not allowed.
        found = [
            node
            for node in found
            if not isinstance(node, (nodes.target, addnodes.index)) or node.children
        ]
    is_text = any(_is_text(node) for top in found for node in top.findall())
    return [] if is_text or drops_backslashes(found, text) else found


def _is_text(node: nodes.Node) -> bool:
    """Return whether ``node`` is an address or a reference that its line was not meant to have."""
    if is_bare_url(node):
        return bool(describe_forbidden_address(node.astext()))
    # References without a name are numbered, so that data would change others on the page.
    return (isinstance(node, nodes.footnote_reference) and "refname" not in node) or (
        isinstance(node, nodes.reference) and bool(node.get("anonymous"))
    )


def _depth(siblings: Iterable[nodes.Node]) -> int:
    return max((1 + _depth(node.children) for node in siblings), default=0)


def is_bare_url(node: nodes.Node, /) -> bool:
    """Return whether ``node`` is a link whose text is its address."""
    return isinstance(node, nodes.reference) and node.get("refuri") == node.astext()


def drops_backslashes(found: Sequence[nodes.Node], text: str, /) -> bool:
    """Return whether ``found`` is text and addresses only, and lacks backslashes of ``text``."""
    are_plain = all(
        isinstance(node, nodes.Text)
        or is_bare_url(node)
        or (isinstance(node, nodes.reference) and node.get("refuri") == f"mailto:{node.astext()}")
        for node in found
    )
    return are_plain and "\\" in text and "".join(node.astext() for node in found) != text
