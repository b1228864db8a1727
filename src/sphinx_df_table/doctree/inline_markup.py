"""Parse the text of a cell as inline markup, and resolve the references in it."""

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
    has_allowed_scheme,
    is_bare_url,
    loses_backslashes,
    reason_to_reject,
)
from sphinx_df_table.doctree.cells import CellMarkupError, Parse, text_elements
from sphinx_df_table.model.text import LONGEST_MESSAGE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from docutils.parsers.rst.states import RSTState

#: What inline markup of reStructuredText or Markdown begins with; a text without needs no parser.
_MAY_BE_MARKUP: Final = re.compile(r"[*`|_@$<\[{~!]|://|mailto:|www\.")

#: The most of such beginnings in a line that is read, multiplied by its length: parsers look from
#: each to the end of the line, and docutils calls itself for each address.
_MOST_TO_READ: Final = 1_000_000

#: How many nodes may be one in the other: copies and pickles of a page go as deep, too.
_DEEPEST: Final = 20

#: Docutils' word on a lone star, backtick or bar: no markup after all.
_HARMLESS: Final = re.compile("Inline .* start-string without end-string")

#: The methods by which parsing leaves traces in a document.
_NOTES: Final[tuple[str, ...]] = (
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
    """Give a parser of single lines that leaves no trace in the document or in the log.

    References are registered later, if they lead anywhere, in what
    :func:`~sphinx_df_table.doctree.inline_markup.mark_unresolved` marks.

    :param parse: the page's own parser of inline text; returns nodes and messages.
    :param state: that parser's state in the page, docutils' own or MyST-Parser's stand-in.
    """
    document = state.document
    with contextlib.ExitStack() as stack:
        stack.enter_context(_ignoring(document, _NOTES))
        # Roles that make index entries would count on for the rest of the page.
        stack.enter_context(_ignoring(document.settings.env, ("new_serialno",)))
        stack.enter_context(_for_data(state))
        log = stack.enter_context(logging.suppress_logging())

        def parse_line(text: str) -> list[nodes.Node]:
            if not 0 < len(_MAY_BE_MARKUP.findall(text)) * len(text) < _MOST_TO_READ:
                return []
            log.clear()
            try:
                with _staying_in_place(state):
                    found, messages = parse(text)
            except RecursionError:
                return []
            reasons = [message[0].astext() for message in messages if message["level"] > 1]
            reasons += [r.getMessage() for r in log.buffer if r.levelno >= WARNING]
            checked = _checked(_without_targets(found), reasons)
            return [] if loses_backslashes(checked, text) else checked

        yield parse_line


@contextlib.contextmanager
def _ignoring(target: object, names: tuple[str, ...]) -> Iterator[None]:
    """Let calls of the methods ``names`` of ``target`` do nothing meanwhile.

    Otherwise the ids, targets and footnotes of text that is no markup after all would stay
    with the document, and a link named in a cell could take the name of a target of the page.
    """
    saved = {name: vars(target)[name] for name in names if name in vars(target)}
    for name in names:
        setattr(target, name, _ignore)
    try:
        yield
    finally:
        for name in names:
            delattr(target, name)
        vars(target).update(saved)


def _ignore(*_: Any, **__: Any) -> str:
    return ""


@contextlib.contextmanager
def _for_data(state: RSTState) -> Iterator[None]:
    """Have MyST-Parser leave quotes and dashes as they are, and evaluate nothing.

    In two braces it takes expressions of Jinja, which can do all that Python can.
    """
    renderer = _markdown_renderer(state)
    if renderer is None:
        yield
        return
    rule = "render_substitution_inline"
    substitute = renderer.rules[rule]

    def substitute_if_named(token: Any) -> None:
        if token.content.strip() not in renderer.md_config.substitutions:
            raise CellMarkupError("braces with no name of a substitution are not allowed in a cell")
        substitute(token)

    renderer.rules[rule] = substitute_if_named
    try:
        with renderer.md.reset_rules():
            renderer.md.disable(["replacements", "smartquotes"], ignoreInvalid=True)
            yield
    finally:
        renderer.rules[rule] = substitute


@contextlib.contextmanager
def _staying_in_place(state: RSTState) -> Iterator[None]:
    """Have MyST-Parser go on where it was on the page, also if it fails meanwhile."""
    renderer = _markdown_renderer(state)
    place = getattr(renderer, "current_node", None)
    try:
        yield
    finally:
        if renderer is not None:
            renderer.current_node = place


def _markdown_renderer(state: RSTState) -> Any:
    """Return what MyST-Parser makes the page's nodes with; ``None`` in reStructuredText."""
    return getattr(state, "_renderer", None)


def _without_targets(found: list[nodes.Node]) -> list[nodes.Node]:
    """Return ``found`` without the targets and index entries that links bring along.

    Where there is no link beside them, they are what the text is about, and stay.
    """
    if not any(isinstance(node, (nodes.reference, addnodes.pending_xref)) for node in found):
        return found
    return [
        node
        for node in found
        if not (isinstance(node, (nodes.target, addnodes.index)) and not node.children)
    ]


def _checked(found: list[nodes.Node], reasons: list[str]) -> list[nodes.Node]:
    """Return ``found`` if it is markup and may stay; nothing if it is text.

    :raises CellMarkupError: if it was meant as markup but cannot or must not be.
    """
    for reason in reasons:
        if not _HARMLESS.search(reason):
            raise CellMarkupError(to_one_line(reason, LONGEST_MESSAGE).rstrip("."))
    everything = [node for top in found for node in top.findall()]
    if reasons or all(isinstance(node, nodes.Text) for node in everything):
        return []
    if _depth(found) > _DEEPEST:
        return []
    for node in everything:
        if objection := reason_to_reject(node):
            raise CellMarkupError(f"{objection} is not allowed in a cell")
        if is_bare_url(node) and not has_allowed_scheme(node.astext()):
            return []
        if _depends_on_its_place(node):
            return []
    return found


def _depth(siblings: Iterable[nodes.Node]) -> int:
    """Return how many nodes are one in the other at the deepest place."""
    return max((1 + _depth(node.children) for node in siblings), default=0)


def _depends_on_its_place(node: nodes.Node) -> bool:
    """Tell whether a reference counts others on the page, so that data would shift them."""
    if isinstance(node, nodes.footnote_reference):
        return "refname" not in node
    return isinstance(node, nodes.reference) and bool(node.get("anonymous"))


#: Marks an element with texts that hold references which are not yet registered.
_UNRESOLVED: Final = "has_unresolved_references"

#: The substitutions that Sphinx itself has for all pages; two more are as long as conf.py says.
_OF_SPHINX: Final = frozenset({"today", "translation progress"})
_OF_THE_PROJECT: Final = frozenset({"release", "version"})


def mark_unresolved(element: nodes.Element, /) -> None:
    """Have :class:`ResolveCellReferences` visit the texts in ``element``."""
    element[_UNRESOLVED] = True


class ResolveCellReferences(SphinxTransform):
    """Register the references in cells that lead somewhere; make text of those that do not.

    The page's targets, footnotes and substitutions are all known only now. Must come before
    Sphinx looks for footnotes without any (priority 200) and docutils for substitutions (220).
    """

    default_priority = 195

    def apply(self, **_: Any) -> None:
        """Visit all that :func:`mark_unresolved` has marked."""
        for element in list(self.document.findall(nodes.Element)):
            if element.attributes.pop(_UNRESOLVED, False):
                for text in text_elements(element):
                    self._resolve(text)

    def _resolve(self, text: nodes.TextElement) -> None:
        references = [node for node in text.findall(nodes.Element) if _awaits_target(node)]
        unknown = [node for node in references if not self._is_known(node)]
        for node in references:
            if node not in unknown:
                self._register(node)
            elif node.parent is not None:
                node.parent.replace(node, nodes.Text(node.rawsource))
        # What was translated has the source of the original.
        if unknown and not text.get("translated"):
            are_texts = all(isinstance(child, nodes.Text) for child in text.children)
            if are_texts or loses_backslashes(text.children, text.rawsource):
                text[:] = [nodes.Text(text.rawsource)]

    def _is_known(self, node: nodes.Element, seen: AbstractSet[str] = frozenset()) -> bool:
        """Tell whether ``node`` refers to something of the page that a cell may show.

        :param seen: the names of the substitutions that ``node`` is in.
        """
        name = node["refname"]
        document = self.document
        if isinstance(node, nodes.substitution_reference):
            return self._is_known_substitution(name, seen)
        if isinstance(node, nodes.footnote_reference):
            footnotes = document.footnotes + document.autofootnotes
            return any(name in footnote["names"] for footnote in footnotes)
        if isinstance(node, nodes.citation_reference):
            return any(name in citation["names"] for citation in document.citations)
        return self._is_known_target(name)

    def _is_known_substitution(self, name: str, seen: AbstractSet[str]) -> bool:
        name = self.document.substitution_names.get(name.lower(), name)
        definition = self.document.substitution_defs.get(name)
        if definition is None:
            return name in _OF_SPHINX or (name in _OF_THE_PROJECT and bool(self.config[name]))
        # What the page has defined may hold an image or raw HTML, and so may what that refers to.
        return name not in seen and all(
            not reason_to_reject(node)
            and (not _awaits_target(node) or self._is_known(node, {*seen, name}))
            for node in definition.findall(_is_inside)
        )

    def _is_known_target(self, name: str) -> bool:
        document = self.document
        address = ""
        seen = set()
        while name not in seen:
            seen.add(name)
            target = document.ids.get(document.nameids.get(name) or "")
            if target is None:
                return False
            address = target.get("refuri", "") if isinstance(target, nodes.target) else ""
            # A target may be another name of the next one.
            name = target.get("refname", name)
        return has_allowed_scheme(address)

    def _register(self, node: nodes.Element) -> None:
        """Do for ``node`` what docutils' parser does when it meets a reference.

        References in a translated text are known already, but may lack their ids.
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


def _is_inside(node: nodes.Node) -> bool:
    return not isinstance(node, nodes.substitution_definition)


def _awaits_target(node: nodes.Node) -> TypeGuard[nodes.Element]:
    kinds = (
        nodes.reference,
        nodes.footnote_reference,
        nodes.citation_reference,
        nodes.substitution_reference,
    )
    return isinstance(node, kinds) and "refname" in node
