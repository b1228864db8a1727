"""Where references in cells lead, once all targets of the page are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeGuard

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_df_table.allowed import has_allowed_scheme, lose_backslashes, objection_to_node
from sphinx_df_table.cells import texts_in

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

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
        # What was translated has the source of the original.
        if unknown and not text.get("translated"):
            are_texts = all(isinstance(child, nodes.Text) for child in text.children)
            if are_texts or lose_backslashes(text.children, text.rawsource):
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
            not objection_to_node(node)
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
