"""What tables and cells have beside texts: spans, classes, styles, and marks for HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_df_table.cells import texts_in

if TYPE_CHECKING:
    from sphinx_df_table.table import Alignment, Cell

#: The attribute of an ``entry`` that holds its inline style, for HTML only.
STYLE: Final = "df-table-style"

#: The attribute of a paragraph behind a table that belongs above it, or into its caption.
CONSTANTS: Final = "df-table-constants"

#: The attribute of a set of tabs that is ours.
TABS: Final = "df-table-tabs"

#: The attribute of a ``colspec`` that holds the order of its column: for each row the rank of
#: its value, nothing where it is missing, parted by commas; nothing at all if each is 0.
RANKS: Final = "df-table-ranks"

#: The attribute of a table with its name, for those who do not see what stands around it.
LABEL: Final = "df-table-label"

#: The attribute of a table whose rows can be searched.
SEARCHABLE: Final = "df-table-searchable"

#: The attribute of a table that says how it is to be printed, if its author does.
PRINT: Final = "df-table-print"

#: The classes of what MathJax is to leave alone, and of formulas in it that it is to set.
MATHJAX_IGNORES: Final = ("tex2jax_ignore", "mathjax_ignore")
MATHJAX_PROCESSES: Final = ("tex2jax_process", "mathjax_process")

#: The formats, besides EPUB, that make something of it.
CUTTING: Final = frozenset({"latex", "text", "man", "texinfo"})

#: The attribute of a block of code that is shown to those who ask for it.
COLLAPSED: Final = "df-table-collapsed"

#: What only a browser has a use for, and EPUB has not.
FOR_BROWSER: Final = (RANKS, SEARCHABLE, COLLAPSED)

#: What only HTML has a use for.
FOR_HTML: Final = (STYLE, CONSTANTS, TABS, *FOR_BROWSER)

#: The attributes of an ``entry`` whose texts are to be of these kinds.
_KINDS: Final = {"df-table-emphasis": nodes.emphasis, "df-table-strong": nodes.strong}


def tables_in(document: nodes.Node, /) -> list[nodes.table]:
    """Return the tables in ``document`` that are ours."""
    return [table for table in document.findall(nodes.table) if "df-table" in table["classes"]]


def stubs_of(tgroup: nodes.Element, /) -> int:
    """Return how many columns of ``tgroup`` are row headings."""
    return sum(isinstance(part, nodes.colspec) and "stub" in part for part in tgroup.children)


def ancestors_of(node: nodes.Node, /) -> list[nodes.Element]:
    """Return what ``node`` stands in, from the inside out."""
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


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
