"""What cells have beside their texts: spans, classes, styles, bold and italic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_df_table.cells import texts_in
from sphinx_df_table.marks import STYLE

if TYPE_CHECKING:
    from sphinx_df_table.table import Alignment, Cell

#: The attributes of an ``entry`` whose texts are to be of these kinds.
_KINDS: Final = {"df-table-emphasis": nodes.emphasis, "df-table-strong": nodes.strong}


def alignment_class(alignment: Alignment, /) -> str:
    """Return the class by which themes align a cell, as they do for MyST-Parser's tables."""
    return f"text-{alignment}"


def dress(entry: nodes.entry, cell: Cell, /) -> None:
    """Give ``entry`` what ``cell`` has beside its text."""
    for span in ("morecols", "morerows"):
        if more := getattr(cell, span):
            entry[span] = more
    entry["classes"] += cell.classes.split()
    if cell.style:
        entry[STYLE] = cell.style
    for name, is_wanted in zip(_KINDS, (cell.is_emphasized, cell.is_strong), strict=True):
        if is_wanted:
            entry[name] = True


def emphasize(entry: nodes.Element, /) -> None:
    """Make the texts in ``entry`` bold and italic, where :func:`dress` says so."""
    for name, kind in _KINDS.items():
        if entry.attributes.pop(name, False):
            for text in texts_in(entry):
                if text.children and not all(isinstance(child, kind) for child in text.children):
                    text[:] = [kind("", "", *text.children)]


class EmphasizeEntries(SphinxTransform):
    """Make entries bold and italic once their texts are translated (Sphinx' priority 20)."""

    default_priority = 25

    def apply(self, **_: Any) -> None:
        """Visit all entries of the page."""
        for entry in self.document.findall(nodes.entry):
            emphasize(entry)
