"""Resolve the references in cells: register those that have a target, unlink all others."""

from __future__ import annotations

import copy
import itertools
import re
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import ReferencesResolver, SphinxPostTransform
from sphinx.util import logging

from sphinx_df_table.doctree.allowlist import describe_forbidden, describe_forbidden_address
from sphinx_df_table.doctree.cells import find_text_elements
from sphinx_df_table.doctree.inline_markup import drops_backslashes
from sphinx_df_table.doctree.structure import CONSTANTS, find_tables
from sphinx_df_table.model.text import (
    LONGEST_QUOTE,
    describe_exception,
    join_first,
    to_one_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

_logger = logging.getLogger(__name__)

#: Attribute of an element with references that :class:`ResolveCellReferences` has not visited.
_UNRESOLVED: Final = "has_unresolved_references"

#: Attribute of a text with substitutions for :class:`RestoreSubstitutions`: the number of all
#: references in it.
_UNREPLACED: Final = "has_unreplaced_substitutions"

#: Warnings on references without a target, by the sources of those that are no data: footnotes,
#: citations and names in backticks; substitutions that the page defines.
_MESSAGES: Final = {
    re.compile(r"[\[`].*_\Z"): (
        "The page lacks what cells refer to, so these references are shown as text: %s. Add the "
        "footnotes, citations or targets to the page, or fix the data."
    ),
    re.compile(r"\|\Z"): (
        "The content of these substitutions is not allowed in a cell, so they are shown as text: "
        "%s. Write it outside of the table, or allow it with :markup: block if you trust the data "
        "as much as the page."
    ),
}

#: Substitutions that Sphinx defines for all pages; the second pair may be empty in ``conf.py``.
_SPHINX_SUBSTITUTIONS: Final = frozenset({"today", "translation progress"})
_CONFIG_SUBSTITUTIONS: Final = frozenset({"release", "version"})


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
        elements = list(self.document.findall(nodes.Element))
        marked = [node for node in elements if node.attributes.pop(_UNRESOLVED, False)]
        self._register_numbered(marked)
        for element in marked:
            unknown: list[str] = []
            for text in find_text_elements(element):
                unknown += self._resolve(text)
            for pattern, message in _MESSAGES.items():
                sources = [source for source in dict.fromkeys(unknown) if pattern.search(source)]
                if sources:
                    quoted = [to_one_line(source, LONGEST_QUOTE) for source in sources]
                    _logger.warning(
                        message,
                        join_first(quoted, noun="reference"),
                        location=element,
                        type="df_table",
                        subtype="markup",
                    )

    def _register_numbered(self, elements: Sequence[nodes.Element]) -> None:
        """Register the footnote references without a name in ``elements`` if there are enough.

        docutils gives the footnotes of a page to such references in their order. If it has fewer
        footnotes, none is given to cells: data must not change the marks of the page.
        """
        document = self.document
        order = {id(node): at for at, node in enumerate(document.findall(nodes.footnote_reference))}
        for auto, footnotes, references in (
            (1, document.autofootnotes, document.autofootnote_refs),
            ("*", document.symbol_footnotes, document.symbol_footnote_refs),
        ):
            found = [
                node
                for element in elements
                for node in element.findall(nodes.footnote_reference)
                if node.get("auto") == auto and "refname" not in node and not node["ids"]
            ]
            known = [node for node in references if "refname" not in node]
            free = [footnote for footnote in footnotes if not footnote["names"]]
            if len(known) + len(found) <= len(free):
                for node in found:
                    document.set_id(node)
                references.extend(found)
                references.sort(key=lambda node: order.get(id(node), -1))

    def _resolve(self, text: nodes.TextElement) -> list[str]:
        """Register the references in ``text``, and return the sources of those without target."""
        references = [node for node in text.findall(nodes.Element) if _is_reference_by_name(node)]
        unknown = [node for node in references if not self._has_target(node)]
        for node in references:
            if node not in unknown:
                self._register(node)
        if any(map(self._is_undefined, unknown)):
            text[_UNREPLACED] = len(references)
        unknown = [node for node in unknown if not self._is_undefined(node)]
        _restore_sources(text, unknown)
        return [
            node.rawsource
            for node in unknown
            # The version of the project may be empty.
            if node.get("refname") not in _CONFIG_SUBSTITUTIONS
        ]

    def _is_undefined(self, node: nodes.Element) -> bool:
        """Return whether ``node`` is a substitution that another extension may define."""
        if not isinstance(node, nodes.substitution_reference):
            return False
        name = node["refname"]
        return name not in _CONFIG_SUBSTITUTIONS and not _find_definition(self.document, name)

    def _has_target(self, node: nodes.Element, outer: AbstractSet[str] = frozenset()) -> bool:
        """Return whether ``node`` refers to something on the page that is allowed in a cell.

        :param outer: the names of the substitutions that contain ``node``.
        """
        document = self.document
        if isinstance(node, nodes.footnote_reference) and "refname" not in node:
            return bool(node["ids"])
        name = node["refname"]
        if isinstance(node, nodes.substitution_reference):
            return self._is_allowed_substitution(name, outer)
        if isinstance(node, nodes.footnote_reference):
            footnotes = document.footnotes + document.autofootnotes
            return any(name in footnote["names"] for footnote in footnotes)
        if isinstance(node, nodes.citation_reference):
            return any(name in citation["names"] for citation in document.citations)
        return self._is_allowed_target(name)

    def _is_allowed_substitution(self, name: str, outer: AbstractSet[str]) -> bool:
        definition = _find_definition(self.document, name)
        if definition is None:
            return name in _SPHINX_SUBSTITUTIONS or (
                name in _CONFIG_SUBSTITUTIONS and bool(self.config[name])
            )
        # It may contain an image or raw HTML, itself or by a substitution that it refers to.
        return name not in outer and all(
            not describe_forbidden(node)
            and (not _is_reference_by_name(node) or self._has_target(node, {*outer, name}))
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
        return not describe_forbidden_address(address)

    def _register(self, node: nodes.Element) -> None:
        """Register ``node`` in the document as docutils' parser does.

        References in a translated text are registered already, but may lack their ids.
        """
        name = node.get("refname")
        known = [*self.document.refnames.get(name, []), *self.document.footnote_refs.get(name, [])]
        if name is None or any(reference is node for reference in known):
            self.document.set_id(node)
        elif isinstance(node, nodes.footnote_reference):
            if node.get("auto"):
                self.document.note_autofootnote_ref(node)
            self.document.note_footnote_ref(node)
        elif isinstance(node, nodes.citation_reference):
            self.document.note_citation_ref(node)
        elif isinstance(node, nodes.reference):
            self.document.note_refname(node)


class RestoreSubstitutions(SphinxTransform):
    """Replace substitutions in cells that nothing defines by their text.

    Runs after the transforms of extensions with substitutions of their own, such as sphinxemoji
    (priority 211), and before docutils reports all others (220).
    """

    default_priority = 219

    def apply(self, **_: Any) -> None:
        """Visit the texts with substitutions that the page does not define."""
        for text in list(self.document.findall(nodes.TextElement)):
            if count := text.attributes.pop(_UNREPLACED, 0):
                unknown = [
                    node
                    for node in text.findall(nodes.substitution_reference)
                    if not _find_definition(self.document, node["refname"])
                ]
                _restore_sources(text, unknown, is_all=len(unknown) == count)


class ResolveCellCrossReferences(SphinxPostTransform):
    """Resolve the cross-references in each text of a table before Sphinx resolves all others.

    A text for which that raises an exception, which would end the build, is shown as it is. The
    domain of a reference may be of any extension, and what it does with a name is not known
    before. Runs before all of Sphinx' and MyST-Parser's own resolvers (priorities 10 and 9).
    """

    default_priority = 8

    def run(self, **_: Any) -> None:
        """Visit the texts of all tables, and of the lines of constants below them."""
        if not _has_cross_references(self.document):
            return
        # Those of extensions are subclasses, as MyST-Parser's and intersphinx' are.
        resolvers: list[type[SphinxPostTransform]] = [ReferencesResolver]
        resolvers += ReferencesResolver.__subclasses__()
        resolvers.sort(key=lambda resolver: resolver.default_priority or 0)
        elements: list[nodes.Element] = [*find_tables(self.document)]
        elements += [n for n in self.document.findall(nodes.paragraph) if n.get(CONSTANTS)]
        # A document that has one text only, and shares all else.
        trial = copy.copy(self.document)
        for text in itertools.chain.from_iterable(map(find_text_elements, elements)):
            if not _has_cross_references(text):
                continue
            trial.children = [text]
            try:
                for resolver in resolvers:
                    resolver(trial).apply()
            except Exception as error:
                text[:] = [nodes.Text(text.rawsource)]
                _logger.warning(
                    "The markup %r in a table cannot be resolved (%s), so it is shown as text. "
                    "Fix the data, or show all cells as text with :markup: none.",
                    to_one_line(text.rawsource, LONGEST_QUOTE),
                    describe_exception(error),
                    location=text,
                    type="df_table",
                    subtype="markup",
                )


def _has_cross_references(element: nodes.Element) -> bool:
    return next(iter(element.findall(addnodes.pending_xref)), None) is not None


def _find_definition(document: nodes.document, name: str) -> nodes.substitution_definition | None:
    """Return the definition of a substitution of the page, whose case may differ."""
    name = document.substitution_names.get(name.lower(), name)
    definition: nodes.substitution_definition | None = document.substitution_defs.get(name)
    return definition


def _restore_sources(
    text: nodes.TextElement, references: Sequence[nodes.Element], *, is_all: bool = True
) -> None:
    """Replace ``references`` in ``text`` by their sources, and escapes too if no markup is left.

    :param is_all: whether no other reference has become text.
    """
    for node in references:
        if node.parent is not None:
            node.parent.replace(node, nodes.Text(node.rawsource))
    # A translated text has the rawsource of the original.
    if references and is_all and not text.get("translated"):
        are_texts = all(isinstance(child, nodes.Text) for child in text.children)
        if are_texts or drops_backslashes(text.children, text.rawsource):
            text[:] = [nodes.Text(text.rawsource)]


def _is_reference_by_name(node: nodes.Node) -> TypeGuard[nodes.Element]:
    """Return whether ``node`` refers to a name, or to a footnote, of the page."""
    named = (nodes.reference, nodes.citation_reference, nodes.substitution_reference)
    is_footnote = isinstance(node, nodes.footnote_reference) and "refid" not in node
    return is_footnote or (isinstance(node, named) and "refname" in node)
