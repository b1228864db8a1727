"""Cells with attributes that only HTML has, such as what a heading is for."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.marks import STYLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.writers.html5 import HTML5Translator

#: The attribute of an ``entry`` that holds those of its start tag.
_ATTRIBUTES: Final = "df-table-attributes"

#: The attribute of an ``entry`` in the place of a heading that there is not.
_NO_HEADING: Final = "df-table-no-heading"


class df_table_entry(nodes.entry):  # noqa: N801 - docutils' way
    """An ``entry`` with attributes of HTML, for HTML only."""


def visit_entry(translator: HTML5Translator, entry: df_table_entry) -> None:
    """Write what ``translator``, or a theme's own, writes for an ``entry``, with its attributes."""
    start = len(translator.body)
    translator.visit_entry(entry)
    written = "".join(
        f' {name}="{html.escape(value)}"' for name, value in entry[_ATTRIBUTES].items()
    )
    tag = _renamed(translator.body[start], entry)
    translator.body[start] = re.sub(r"^(\s*<t[dh]\b)", lambda found: found[0] + written, tag)


def depart_entry(translator: HTML5Translator, entry: df_table_entry) -> None:
    """Write the end."""
    start = len(translator.body)
    translator.depart_entry(entry)
    translator.body[start:] = [_renamed(part, entry) for part in translator.body[start:]]


def _renamed(tag: str, entry: df_table_entry) -> str:
    """Return ``tag`` as that of a cell if it is to be no heading."""
    return re.sub(r"^(\s*</?)th\b", r"\1td", tag) if entry.get(_NO_HEADING) else tag


def with_attributes(
    entry: nodes.entry, attributes: Mapping[str, str], /, *, is_no_heading: bool = False
) -> nodes.entry:
    """Return ``entry``, or one that takes its place, with ``attributes`` and its own style.

    :param is_no_heading: whether it is a plain cell, wherever it stands.
    """
    if STYLE in entry:
        attributes = {**attributes, "style": entry[STYLE]}
    if not attributes and not is_no_heading:
        return entry
    found = df_table_entry("", *entry.children, **entry.attributes)
    found[_ATTRIBUTES] = dict(attributes)
    found[_NO_HEADING] = is_no_heading
    return found


def mark_body(body: nodes.Element, /, *, stubs: int) -> None:
    """Say of the first ``stubs`` cells of each row in ``body`` that they are its headings."""
    for row in body.children:
        assert isinstance(row, nodes.row)
        row[:] = [
            with_attributes(entry, {"scope": "row"} if place < stubs else {})
            for place, entry in enumerate(row.children)
            if isinstance(entry, nodes.entry)
        ]
