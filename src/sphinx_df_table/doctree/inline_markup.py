"""Parse the text of a cell as inline markup, and register or unlink the references in it."""

from __future__ import annotations

import contextlib
import re
from logging import WARNING
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from sphinx_df_table.doctree.allowlist import (
    describe_forbidden,
    drops_backslashes,
    has_allowed_scheme,
    is_bare_url,
)
from sphinx_df_table.doctree.cells import CellMarkupError, Parse, find_text_elements
from sphinx_df_table.model.text import LONGEST_MESSAGE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from docutils.parsers.rst.states import RSTState

#: Start-strings of inline markup in reStructuredText or Markdown. A text without any of them
#: needs no parser.
_START_STRING: Final = re.compile(r"[*`|_@$<\[{~!]|://|mailto:|www\.")

#: The limit of start-strings times length for a line to be parsed: parsers search from each
#: start-string to the end of the line, and docutils recurses for each address.
_MAX_PARSE_COST: Final = 1_000_000

#: The limit of nested nodes, because copying and pickling a page recurse as deep.
_MAX_DEPTH: Final = 20

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

#: Attribute of an element with references that :class:`ResolveCellReferences` has not visited.
_UNRESOLVED: Final = "has_unresolved_references"

#: Substitutions that Sphinx defines for all pages; the second pair may be empty in ``conf.py``.
_SPHINX_SUBSTITUTIONS: Final = frozenset({"today", "translation progress"})
_CONFIG_SUBSTITUTIONS: Final = frozenset({"release", "version"})


@contextlib.contextmanager
def inline_parser(
    parse: Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]],
    state: RSTState,
) -> Iterator[Parse]:
    """Return a context with a parser of single lines that has no side effects on the page.

    It neither registers ids or references nor logs messages. After :func:`mark_unresolved`,
    :class:`ResolveCellReferences` registers the references that have a target.

    :param parse: the page's own parser of inline text; returns nodes and messages.
    :param state: that parser's state in the page, docutils' own or MyST-Parser's mock of it.
    """
    document = state.document
    renderer: Any = getattr(state, "_renderer", None)  # MyST-Parser's
    with contextlib.ExitStack() as stack:
        stack.enter_context(_disable_methods(document, _NOTE_METHODS))
        # Index entries would change the numbers of later ones on the page.
        stack.enter_context(_disable_methods(document.settings.env, ("new_serialno",)))
        if renderer is not None:
            stack.enter_context(_restrict_myst(renderer))
        log = stack.enter_context(logging.suppress_logging())

        def parse_line(text: str) -> list[nodes.Node]:
            if not 0 < len(_START_STRING.findall(text)) * len(text) < _MAX_PARSE_COST:
                return []
            log.clear()
            current_node = getattr(renderer, "current_node", None)
            try:
                found, messages = parse(text)
            except RecursionError:
                return []
            finally:
                # MyST-Parser does not restore it if a role fails.
                if renderer is not None:
                    renderer.current_node = current_node
            if any(isinstance(node, (nodes.reference, addnodes.pending_xref)) for node in found):
                # Links come with targets and index entries. Without a link, these are refused.
                found = [
                    node
                    for node in found
                    if not isinstance(node, (nodes.target, addnodes.index)) or node.children
                ]
            problems = [message[0].astext() for message in messages if message["level"] > 1]
            problems += [r.getMessage() for r in log.buffer if r.levelno >= WARNING]
            markup = _check_markup(found, problems)
            return [] if drops_backslashes(markup, text) else markup

        yield parse_line


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
    """Disable MyST-Parser's typographic replacements, and Jinja expressions except plain names.

    MyST-Parser evaluates the text in two braces as an expression of Jinja, which can do all
    that Python can.
    """
    rule = "render_substitution_inline"
    substitute = renderer.rules[rule]

    def substitute_name(token: Any) -> None:
        if token.content.strip() not in renderer.md_config.substitutions:
            raise CellMarkupError("a cell may have only the name of a substitution in {{ }}")
        substitute(token)

    renderer.rules[rule] = substitute_name
    try:
        with renderer.md.reset_rules():
            renderer.md.disable(["replacements", "smartquotes"], ignoreInvalid=True)
            yield
    finally:
        renderer.rules[rule] = substitute


def _check_markup(found: list[nodes.Node], problems: list[str]) -> list[nodes.Node]:
    """Return ``found`` if it is markup that is allowed in a cell; an empty list if it is text.

    :param problems: the messages of the parser.
    :raises CellMarkupError: if it was clearly meant as markup, but is broken or not allowed.
    """
    for problem in problems:
        if not _LONE_START_STRING.search(problem):
            raise CellMarkupError(to_one_line(problem, LONGEST_MESSAGE).rstrip("."))
    all_nodes = [node for top in found for node in top.findall()]
    if problems or all(isinstance(node, nodes.Text) for node in all_nodes):
        return []
    if _depth(found) > _MAX_DEPTH:
        return []
    for node in all_nodes:
        if forbidden := describe_forbidden(node):
            raise CellMarkupError(f"{forbidden} is not allowed in a cell")
        if is_bare_url(node) and not has_allowed_scheme(node.astext()):
            return []
        # References without a name are numbered, so that data would change others on the page.
        if isinstance(node, nodes.footnote_reference) and "refname" not in node:
            return []
        if isinstance(node, nodes.reference) and node.get("anonymous"):
            return []
    return found


def _depth(siblings: Iterable[nodes.Node]) -> int:
    return max((1 + _depth(node.children) for node in siblings), default=0)


def mark_unresolved(element: nodes.Element, /) -> None:
    """Mark ``element`` for :class:`ResolveCellReferences`."""
    element[_UNRESOLVED] = True


class ResolveCellReferences(SphinxTransform):
    """Register the references in cells that have a target; replace the others by their text.

    Runs when all targets, footnotes and substitutions of the page are known, and before Sphinx
    checks footnotes (priority 200) and docutils applies substitutions (220).
    """

    default_priority = 195

    def apply(self, **_: Any) -> None:
        """Visit the elements that :func:`mark_unresolved` has marked."""
        for element in list(self.document.findall(nodes.Element)):
            if element.attributes.pop(_UNRESOLVED, False):
                for text in find_text_elements(element):
                    self._resolve(text)

    def _resolve(self, text: nodes.TextElement) -> None:
        references = [node for node in text.findall(nodes.Element) if _is_named_reference(node)]
        unknown = [node for node in references if not self._has_target(node)]
        for node in references:
            if node not in unknown:
                self._register(node)
            elif node.parent is not None:
                node.parent.replace(node, nodes.Text(node.rawsource))
        # A translated text has the rawsource of the original.
        if unknown and not text.get("translated"):
            are_texts = all(isinstance(child, nodes.Text) for child in text.children)
            if are_texts or drops_backslashes(text.children, text.rawsource):
                text[:] = [nodes.Text(text.rawsource)]

    def _has_target(self, node: nodes.Element, outer: AbstractSet[str] = frozenset()) -> bool:
        """Return whether ``node`` refers to something on the page that is allowed in a cell.

        :param outer: the names of the substitutions that contain ``node``.
        """
        name = node["refname"]
        document = self.document
        if isinstance(node, nodes.substitution_reference):
            return self._is_allowed_substitution(name, outer)
        if isinstance(node, nodes.footnote_reference):
            footnotes = document.footnotes + document.autofootnotes
            return any(name in footnote["names"] for footnote in footnotes)
        if isinstance(node, nodes.citation_reference):
            return any(name in citation["names"] for citation in document.citations)
        return self._is_allowed_target(name)

    def _is_allowed_substitution(self, name: str, outer: AbstractSet[str]) -> bool:
        name = self.document.substitution_names.get(name.lower(), name)
        definition = self.document.substitution_defs.get(name)
        if definition is None:
            return name in _SPHINX_SUBSTITUTIONS or (
                name in _CONFIG_SUBSTITUTIONS and bool(self.config[name])
            )
        # It may contain an image or raw HTML, itself or by a substitution that it refers to.
        return name not in outer and all(
            not describe_forbidden(node)
            and (not _is_named_reference(node) or self._has_target(node, {*outer, name}))
            for node in definition.findall()
            if node is not definition
        )

    def _is_allowed_target(self, name: str) -> bool:
        address = ""
        seen = set()
        while name not in seen:
            seen.add(name)
            target = self.document.ids.get(self.document.nameids.get(name) or "")
            if target is None:
                return False
            address = target.get("refuri", "") if isinstance(target, nodes.target) else ""
            # An indirect target refers to the next one.
            name = target.get("refname", name)
        return has_allowed_scheme(address)

    def _register(self, node: nodes.Element) -> None:
        """Register ``node`` in the document as docutils' parser does.

        References in a translated text are registered already, but may lack their ids.
        """
        name = node["refname"]
        known = self.document.refnames.get(name, []) + self.document.footnote_refs.get(name, [])
        if any(reference is node for reference in known):
            self.document.set_id(node)
        elif isinstance(node, nodes.footnote_reference):
            if node.get("auto"):
                self.document.note_autofootnote_ref(node)
            self.document.note_footnote_ref(node)
        elif isinstance(node, nodes.citation_reference):
            self.document.note_citation_ref(node)
        elif isinstance(node, nodes.reference):
            self.document.note_refname(node)


def _is_named_reference(node: nodes.Node) -> TypeGuard[nodes.Element]:
    kinds = (
        nodes.reference,
        nodes.footnote_reference,
        nodes.citation_reference,
        nodes.substitution_reference,
    )
    return isinstance(node, kinds) and "refname" in node
