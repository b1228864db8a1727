"""Rebuild the nodes of markup in a cell from a list of node classes and their attributes."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final, TypeGuard
from urllib.parse import unquote

from docutils import nodes
from sphinx import addnodes
from sphinx_design import badges_buttons

from sphinx_df_table.doctree.cells import CellMarkupError
from sphinx_df_table.doctree.formulas import describe_forbidden_tex
from sphinx_df_table.model.text import LONGEST_MESSAGE, LONGEST_QUOTE, to_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The node of badges since sphinx-design 0.8.
_BADGE: Final[type[nodes.inline]] = getattr(badges_buttons, "sd_badge", nodes.inline)

#: The classes of nodes that a cell may contain, and the attributes that they keep beside
#: ``classes``, which only roles of the page give. Subclasses are not allowed:
#: ``download_reference``, for one, is a ``reference`` that would publish a file named by data.
ALLOWED: Final[Mapping[type[nodes.Node], tuple[str, ...]]] = {
    nodes.Text: (),
    nodes.abbreviation: ("explanation",),
    nodes.citation_reference: ("refname",),
    nodes.emphasis: (),
    nodes.footnote_reference: ("auto", "refname"),
    nodes.inline: (),
    _BADGE: ("tooltip",),
    nodes.literal: ("language",),
    nodes.math: (),
    nodes.reference: (
        *("refuri", "refname", "reftitle", "internal"),
        # MyST-Parser's: a link to a name of the page, and the choice of a new tab in conf.py.
        *("id_link", "target", "rel"),
    ),
    nodes.strong: (),
    nodes.subscript: (),
    nodes.substitution_reference: ("refname",),
    nodes.superscript: (),
    nodes.title_reference: (),
    addnodes.literal_emphasis: (),
    addnodes.literal_strong: (),
    addnodes.manpage: (),
}

#: What authors call nodes that are not allowed, those of sphinx-design among them.
_NAMES: Final[Mapping[str, str]] = {
    "download_reference": "a download",
    "fontawesome": "an icon",
    "image": "an image",
    "index": "an index entry",
    "raw": "raw HTML or LaTeX",
    "sd_icon": "an icon",
    "target": "a target",
}

#: The nodes by which other extensions resolve references to their own objects, and which cannot
#: end a build: that of the role ``:need:`` of sphinx-needs.
_OTHER_CROSS_REFERENCES: Final = frozenset({"NeedRef"})

#: Inline nodes with text, whose subclasses are more than words.
_NO_WORDS: Final = (
    *(nodes.image, nodes.math, nodes.problematic, nodes.raw, nodes.reference, nodes.target),
    *(nodes.citation_reference, nodes.footnote_reference, nodes.substitution_reference),
    addnodes.pending_xref,
)

#: What a cross-reference does not keep of what its role gave, by which its domain resolves it.
_DROPPED: Final = frozenset({"names", "dupnames", "backrefs", "style"})

#: The limits of the name in a cross-reference: its length, and the brackets within brackets.
_LONGEST_NAME: Final = 1000
_MAX_BRACKETS: Final = 5

#: What Sphinx replaces in the title of a ``numref``, and what else would be replaced there.
_NUMREF_FIELD: Final = re.compile(r"%s|\{(?:name|number)\}")
_FORMAT_FIELD: Final = re.compile(r"[%{}]")

#: The limit of the characters of an address. Links that hold a program reach some thousands.
_LONGEST_ADDRESS: Final = 10_000

_ALLOWED_SCHEMES: Final = ("http", "https", "mailto", "ftp")

#: Blanks and control characters, which browsers skip before and within a scheme.
_SKIPPED_IN_URL: Final = re.compile(r"[\0-\x20\x7f-\xa0\u2028\u2029\ufeff]")


def rebuild(node: nodes.Node, /) -> nodes.Node:
    """Return a new node with the text, classes and attributes of ``node`` that are allowed.

    Inline nodes of other extensions become plain ones.

    :raises CellMarkupError: if ``node``, or a node in it, is not allowed.
    """
    if reason := describe_forbidden(node):
        works_with = "" if _is_allowed_kind(node) else "block"
        raise CellMarkupError(f"{reason} is not allowed in a cell", works_with=works_with)
    if isinstance(node, nodes.Text):
        return nodes.Text(node)
    assert isinstance(node, nodes.Element)
    kind = type(node)
    names: Iterable[str] = node.attributes.keys() - _DROPPED
    if not _is_cross_reference(node):
        kind = kind if kind in ALLOWED else nodes.inline
        names = ALLOWED[kind]
    rebuilt = kind()
    rebuilt.rawsource = node.rawsource
    rebuilt.attributes.update({name: node[name] for name in names if name in node})
    rebuilt["classes"] = node["classes"][:]
    rebuilt.extend(map(rebuild, node.children))
    return rebuilt


def describe_forbidden(node: nodes.Node, /) -> str:
    """Return a description of ``node``, itself or its formula or address, if it is not allowed.

    :returns: an empty string if it is allowed in a cell; its children may not be.
    """
    if not _is_allowed_kind(node):
        name = type(node).__name__
        return _NAMES.get(name) or f"the node {name}"
    if _is_cross_reference(node):
        return _describe_forbidden_title(node) or _describe_forbidden_name(node["reftarget"])
    if isinstance(node, nodes.math) and (reason := describe_forbidden_tex(node.astext())):
        return to_one_line(reason, LONGEST_MESSAGE)
    if isinstance(node, nodes.reference):
        address = node.get("refuri", "")
        is_name = "id_link" in node
        return (is_name and _describe_forbidden_name(address)) or describe_forbidden_address(
            address
        )
    return ""


def _is_allowed_kind(node: nodes.Node) -> bool:
    # Kinds of ``inline`` without children, such as an icon, consist of attributes.
    return type(node) in ALLOWED or _is_cross_reference(node) or _is_words(node)


def _is_cross_reference(node: nodes.Node) -> TypeGuard[nodes.Element]:
    """Return whether a role has left ``node`` to be resolved by its domain or extension."""
    return type(node) is addnodes.pending_xref or type(node).__name__ in _OTHER_CROSS_REFERENCES


def _is_words(node: nodes.Node) -> bool:
    """Return whether ``node`` is an extension's own kind of words, which may be plain ones."""
    return (
        isinstance(node, nodes.Inline)
        and isinstance(node, nodes.TextElement)
        and not isinstance(node, _NO_WORDS)
        and bool(node.children)
    )


def _describe_forbidden_title(reference: nodes.Element) -> str:
    """Return a description of a cross-reference whose title has other fields than ``numref``'s."""
    if not reference.children:
        return "a cross-reference without a title"
    is_format = reference["reftype"] == "numref" and reference.get("refexplicit")
    if is_format and _FORMAT_FIELD.search(_NUMREF_FIELD.sub("", reference.astext())):
        return "a numref whose title has a percent sign or braces"
    return ""


def _describe_forbidden_name(name: str) -> str:
    """Return a description of a ``name`` that takes too long to parse."""
    if len(name) > _LONGEST_NAME:
        return f"a reference to a name of more than {_LONGEST_NAME:,} characters"
    if count_nested_brackets(name) > _MAX_BRACKETS:
        return f"a reference to a name with brackets nested more than {_MAX_BRACKETS} times"
    return ""


def count_nested_brackets(name: str, /) -> int:
    """Return how deep brackets are nested in ``name``; those without an end count, too."""
    depth = deepest = 0
    for character in name:
        depth += (character in "<([{") - (character in ">)]}")
        depth = max(depth, 0)
        deepest = max(deepest, depth)
    return deepest


def describe_forbidden_address(address: str, /) -> str:
    """Return a description of a link to ``address`` if that may run code, or names only a host."""
    if len(address) > _LONGEST_ADDRESS:
        return f"a link to an address of more than {_LONGEST_ADDRESS:,} characters"
    # Even if entities or percent signs stand for characters, and are decoded twice.
    decoded = html.unescape(unquote(_SKIPPED_IN_URL.sub("", address)))
    scheme = re.match(r"[^/?#]*?:", decoded)
    if scheme and scheme.group()[:-1].lower() not in _ALLOWED_SCHEMES:
        return f"a link to {to_one_line(address.partition(':')[0], LONGEST_QUOTE)}:"
    # It has the scheme of the page, which may be ``file:``.
    return "a link without a scheme" if re.match(r"[/\\]{2}", decoded) else ""
