"""Read the text of a cell as inline markup, so that nothing but inline markup can come of it."""

from __future__ import annotations

import contextlib
import re
from logging import WARNING
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from sphinx_df_table.cells import CellMarkupError, Parse, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docutils.parsers.rst.states import RSTState

#: Marks an element with texts that hold references which are not yet registered.
_UNRESOLVED: Final = "has_unresolved_references"

#: What inline markup of reStructuredText or Markdown begins with; a text without needs no parser.
_MAY_BE_MARKUP: Final = re.compile(r"[*`|_@$<\[{~!]|://|mailto:|www\.")

#: What a cell may consist of, beside kinds of ``inline`` that other extensions define.
#: Exactly these classes: ``download_reference``, for one, is a subclass of ``reference`` and
#: would publish a file that the data names.
_ALLOWED: Final = (
    nodes.Text,
    nodes.abbreviation,
    nodes.acronym,
    nodes.citation_reference,
    nodes.emphasis,
    nodes.footnote_reference,
    nodes.inline,
    nodes.literal,
    nodes.math,
    nodes.reference,
    nodes.strong,
    nodes.subscript,
    nodes.substitution_reference,
    nodes.superscript,
    nodes.title_reference,
    addnodes.literal_emphasis,
    addnodes.literal_strong,
    addnodes.manpage,
    addnodes.pending_xref,
)

_ALLOWED_SCHEMES: Final = ("http", "https", "mailto", "ftp")

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

    References are registered later, by :class:`ResolveCellReferences`, if they lead anywhere.

    :param parse: the page's own parser of inline text; returns nodes and messages.
    :param state: that parser's state in the page, docutils' own or MyST-Parser's stand-in.
    """
    document = state.document
    with contextlib.ExitStack() as stack:
        stack.enter_context(_ignoring(document, _NOTES))
        # Roles that make index entries would count on for the rest of the page.
        stack.enter_context(_ignoring(document.settings.env, ("new_serialno",)))
        stack.enter_context(_without_typography(state))
        log = stack.enter_context(logging.suppress_logging())

        def parse_line(text: str) -> list[nodes.Node]:
            if not _MAY_BE_MARKUP.search(text):
                return []
            log.clear()
            found, messages = parse(text)
            reasons = [message[0].astext() for message in messages if message["level"] > 1]
            reasons += [r.getMessage() for r in log.buffer if r.levelno >= WARNING]
            return _checked(_without_targets(found), reasons)

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
def _without_typography(state: RSTState) -> Iterator[None]:
    """Switch off the rules by which MyST-Parser makes quotes and dashes typographic."""
    markdown = getattr(getattr(state, "_renderer", None), "md", None)
    if markdown is None:
        yield
    else:
        with markdown.reset_rules():
            markdown.disable(["replacements", "smartquotes"], ignoreInvalid=True)
            yield


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
            raise CellMarkupError(" ".join(reason.split()).rstrip("."))
    everything = [node for top in found for node in top.findall()]
    if reasons or all(isinstance(node, nodes.Text) for node in everything):
        return []
    for node in everything:
        if not _is_allowed(node):
            raise CellMarkupError(f"{type(node).__name__} is not allowed in a cell")
        if isinstance(node, nodes.reference):
            if not _is_plain_address(node):
                _check_scheme(node)
            elif not _has_allowed_scheme(node["refuri"]):
                return []
        if _depends_on_its_place(node):
            return []
    return found


def _is_allowed(node: nodes.Node) -> bool:
    return type(node) in _ALLOWED or isinstance(node, nodes.inline)


def _is_plain_address(node: nodes.reference) -> bool:
    return bool(node.get("refuri") == node.astext())


def _has_allowed_scheme(address: str) -> bool:
    # Browsers skip blanks and control characters before and within a scheme.
    compact = re.sub(r"[\0-\x20\x7f-\xa0\u2028\u2029\ufeff]", "", address)
    scheme = re.match(r"[^/?#]*?:", compact)
    return scheme is None or scheme.group()[:-1].lower() in _ALLOWED_SCHEMES


def _check_scheme(node: nodes.reference) -> None:
    address = node.get("refuri", "")
    if not _has_allowed_scheme(address):
        raise CellMarkupError(f"a link to {address.partition(':')[0]}: is not allowed in a cell")


def _depends_on_its_place(node: nodes.Node) -> bool:
    """Tell whether a reference counts others on the page, so that data would shift them."""
    if isinstance(node, nodes.footnote_reference):
        return "refname" not in node
    return isinstance(node, nodes.reference) and bool(node.get("anonymous"))


def mark_unresolved(element: nodes.Element) -> None:
    """Have :class:`ResolveCellReferences` visit the texts in ``element``."""
    element[_UNRESOLVED] = True


class ResolveCellReferences(SphinxTransform):
    """Register the references in cells that lead somewhere; make text of those that do not.

    The page's targets, footnotes and substitutions are all known only now. Must come after
    Sphinx' own substitutions (priority 210) and before docutils' (220), which would complain.
    """

    default_priority = 215

    def apply(self, **_: Any) -> None:
        """Visit all that was built with :func:`inline_parser`."""
        for element in list(self.document.findall(nodes.Element)):
            if element.attributes.pop(_UNRESOLVED, False):
                for text in texts_in(element):
                    self._resolve(text)

    def _resolve(self, text: nodes.TextElement) -> None:
        references = [node for node in text.findall(nodes.Element) if _awaits_target(node)]
        unknown = [node for node in references if not self._is_known(node)]
        for node in references:
            if node not in unknown:
                self._register(node)
            elif node.parent is not None:
                node.parent.replace(node, nodes.Text(node.rawsource))
        are_texts = all(isinstance(child, nodes.Text) for child in text.children)
        # What was translated has the source of the original.
        if unknown and are_texts and not text.get("translated"):
            text[:] = [nodes.Text(text.rawsource)]

    def _is_known(self, node: nodes.Element) -> bool:
        name = node["refname"]
        document = self.document
        if isinstance(node, nodes.substitution_reference):
            name = document.substitution_names.get(name.lower(), name)
            definition = document.substitution_defs.get(name)
            # What the page has defined may hold an image or raw HTML.
            return definition is not None and all(map(_is_allowed, definition.findall(_is_inside)))
        if isinstance(node, nodes.footnote_reference):
            footnotes = document.footnotes + document.autofootnotes
            return any(name in footnote["names"] for footnote in footnotes)
        if isinstance(node, nodes.citation_reference):
            return any(name in citation["names"] for citation in document.citations)
        return bool(document.nameids.get(name))

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


class RegisterCellFootnotes(ResolveCellReferences):
    """Register the references in cells that lead to footnotes.

    Sphinx 7 looks for footnotes without any (priority 200) before it has substitutions, which
    the others must wait for.
    """

    default_priority = 195

    def apply(self, **_: Any) -> None:
        """Visit all that was built with :func:`inline_parser`, and leave it marked."""
        for element in list(self.document.findall(nodes.Element)):
            if _UNRESOLVED in element:
                for node in element.findall(nodes.footnote_reference):
                    if _awaits_target(node) and self._is_known(node):
                        self._register(node)


def _is_inside(node: nodes.Node) -> bool:
    return not isinstance(node, nodes.substitution_definition)


def _awaits_target(node: nodes.Element) -> bool:
    kinds = (
        nodes.reference,
        nodes.footnote_reference,
        nodes.citation_reference,
        nodes.substitution_reference,
    )
    return isinstance(node, kinds) and "refname" in node
