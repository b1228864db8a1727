"""Which inline markup may stand in a cell, and where its links may lead."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from docutils import nodes
from sphinx import addnodes

from sphinx_df_table.formulas import objection_to
from sphinx_df_table.messages import LONGEST_MESSAGE, LONGEST_QUOTE, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

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

#: Blanks and control characters, which browsers skip before and within a scheme.
_SKIPPED: Final = re.compile(r"[\0-\x20\x7f-\xa0\u2028\u2029\ufeff]")


def objection_to_node(node: nodes.Node, /) -> str:
    """Return what of ``node`` is not allowed; nothing if it may be in a cell."""
    if not _is_allowed(node):
        return type(node).__name__
    if isinstance(node, nodes.math) and (objection := objection_to(node.astext())):
        return one_line(objection, LONGEST_MESSAGE)
    if isinstance(node, nodes.reference) and not is_plain_address(node):
        address = node.get("refuri", "")
        if not has_allowed_scheme(address):
            return f"a link to {one_line(address.partition(':')[0], LONGEST_QUOTE)}:"
        if _names_a_host_alone(address):
            return "a link without a scheme"
    return ""


def _is_allowed(node: nodes.Node) -> bool:
    """Tell whether ``node`` is of a kind that may be in a cell.

    Other extensions have kinds of ``inline``. One without texts, such as an icon, is made of its
    attributes, which may be HTML.
    """
    return type(node) in _ALLOWED or (isinstance(node, nodes.inline) and bool(node.children))


def is_plain_address(node: nodes.Node, /) -> bool:
    """Tell whether ``node`` is the link of an address that stands alone."""
    return isinstance(node, nodes.reference) and node.get("refuri") == node.astext()


def _is_plain_mail_address(node: nodes.Node) -> bool:
    return isinstance(node, nodes.reference) and node.get("refuri") == f"mailto:{node.astext()}"


def lose_backslashes(found: Sequence[nodes.Node], text: str, /) -> bool:
    """Tell whether ``found`` lacks some of ``text``, though that has no markup but addresses."""
    are_plain = all(
        isinstance(node, nodes.Text) or is_plain_address(node) or _is_plain_mail_address(node)
        for node in found
    )
    return are_plain and "\\" in text and "".join(node.astext() for node in found) != text


def has_allowed_scheme(address: str, /) -> bool:
    """Tell whether ``address`` is relative, or of a scheme that leads to no code."""
    # Nor may one come of a colon that is written in another way, if someone reads it twice.
    scheme = re.match(r"[^/?#]*?:", html.unescape(unquote(_SKIPPED.sub("", address))))
    return scheme is None or scheme.group()[:-1].lower() in _ALLOWED_SCHEMES


def _names_a_host_alone(address: str) -> bool:
    """Tell whether ``address`` has the scheme of the page, which may be that of files."""
    return bool(re.match(r"[/\\]{2}", _SKIPPED.sub("", address)))
