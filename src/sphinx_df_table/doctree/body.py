"""Store the body of a table as one node instead of several for each cell.

Sphinx visits every node of a page a dozen times, and pickles it; a table of 10,000 rows by 17
columns is half a million of them. So the doctree stores the distinct texts of a body once, and
for each cell the number of its text. :mod:`sphinx_df_table.html.rows` writes HTML directly from
that; for every other format the body is expanded to a ``tbody`` of rows and entries.
"""

from __future__ import annotations

import array
import gc
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages

from sphinx_df_table.doctree.cells import (
    alignment_class,
    create_plain_entry,
    is_shareable,
    unwrap_segments,
)
from sphinx_df_table.doctree.structure import BROWSER_ATTRIBUTES, HTML_ATTRIBUTES, PRINT
from sphinx_df_table.i18n import load_project_catalog
from sphinx_df_table.model.text import has_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx_df_table.doctree.cells import MarkupCells
    from sphinx_df_table.model.table import Table

#: Separates texts that are joined into one. No text contains it, because XML cannot.
SEPARATOR: Final = "\x1e"

#: The formats in which ``:print:`` has a meaning.
_PRINT_FORMATS: Final = ("latex", "text", "man", "texinfo", "pdf")


class df_table_body(addnodes.translatable, nodes.Part, nodes.Element):  # noqa: N801 - docutils' way
    """A ``tbody`` whose rows are data.

    Its first child is a ``Text`` with all words of the cells without markup, for the search
    index. An ``entry`` for each text with markup follows, so that Sphinx resolves the references
    in it. An entry is shared by all cells with its text, unless they need ids of their own.

    ``texts`` are the distinct texts of cells without markup. The first ``string_count`` of them
    are strings with words, which are translatable. ``numbers`` has one number for each cell, row
    by row: the index of its text, or of its entry plus the number of texts. ``column_classes``
    are the classes of each row's cells. ``row_ids`` and ``row_names`` have the id and the name of
    each row, an empty text if it is no target, and are empty if none is.
    """

    texts: tuple[str, ...] = ()
    string_count: int = 0
    numbers: array.array[int] = array.array("B")
    column_classes: tuple[str, ...] = ("",)
    row_ids: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.column_classes)

    @property
    def words(self) -> nodes.Text:
        """A new node of all texts."""
        return nodes.Text("\n".join(self.texts))

    @property
    def entries(self) -> list[nodes.entry]:
        """The entries with markup."""
        return [child for child in self.children if isinstance(child, nodes.entry)]

    @property
    def rows(self) -> Iterator[array.array[int]]:
        """The numbers of each row."""
        return (
            self.numbers[start : start + self.width]
            for start in range(0, len(self.numbers), self.width)
        )

    def create_plain_entry(self, number: int) -> nodes.entry:
        """Return a new ``entry`` of the text with this number."""
        assert self.source is not None
        assert self.line is not None
        is_literal = number >= self.string_count
        location = self.source, self.line
        return create_plain_entry(self.texts[number], is_literal=is_literal, location=location)

    def copy(self) -> Self:
        """Return a copy without children, as docutils expects it, that shares the data."""
        copied = super().copy()
        copied.texts, copied.string_count = self.texts, self.string_count
        copied.numbers, copied.column_classes = self.numbers, self.column_classes
        copied.row_ids, copied.row_names = self.row_ids, self.row_names
        return copied

    def __getstate__(self) -> dict[str, Any]:
        # One text pickles to fewer bytes than many, and the words are made from it.
        return self.__dict__ | {
            "texts": "".join(text + SEPARATOR for text in self.texts),
            "children": list(self.entries),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        *texts, _ = state["texts"].split(SEPARATOR)
        self.__dict__.update(state, texts=tuple(texts))
        # The parent may not be complete yet, so no method that asks for the document.
        words = self.words
        words.parent = self
        self.children.insert(0, words)

    def preserve_original_messages(self) -> None:
        """Do nothing: the texts are the author's data and never change."""

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Do nothing: a body with translations is expanded before."""

    def extract_original_messages(self) -> list[str]:
        """Return the translatable messages of the cells without markup, each once."""
        return list(
            dict.fromkeys(
                message
                for number in range(self.string_count)
                for _, message in extract_messages(self.create_plain_entry(number))
            )
        )


def create_body(table: Table, marked_up: MarkupCells, /) -> df_table_body:
    """Return the node for the body of ``table``, whose cells have no spans or styles.

    :param marked_up: the parsed cells of ``table``.
    """
    used = sorted(set(itertools.chain.from_iterable(table.numbers)))
    plain = [number for number in used if table.cells[number] not in marked_up]
    strings = {
        number
        for number in plain
        if not table.cells[number].is_literal and has_words(table.cells[number].text)
    }
    plain.sort(key=lambda number: number not in strings)
    renumbered = {number: index for index, number in enumerate(plain)}
    entries: list[nodes.entry] = []
    numbers = []
    for number in itertools.chain.from_iterable(table.numbers):
        index = renumbered.get(number)
        if index is None:
            index = len(plain) + len(entries)
            entry = marked_up.create_entry(table.cells[number])
            if is_shareable(entry):
                renumbered[number] = index
            entries.append(entry)
        numbers.append(index)
    body = df_table_body()
    body.texts = tuple(table.cells[number].text for number in plain)
    body.string_count = len(strings)
    body.column_classes = tuple(map(alignment_class, table.alignments))
    # The smallest type of integer for so many texts and entries.
    count = len(plain) + len(entries)
    typecode = next(code for code in "BHIQ" if count <= 256 ** array.array(code).itemsize)
    body.numbers = array.array(typecode, numbers)
    body.extend([body.words, *entries])
    body.source, body.line = marked_up.location
    return body


def expand_body(body: df_table_body, /) -> nodes.tbody:
    """Return a new ``tbody`` with the rows of ``body``; entries with markup are copies."""
    entries = body.entries
    first = len(body.texts)

    def create_entry(number: int, class_name: str) -> nodes.entry:
        is_plain = number < first
        entry = body.create_plain_entry(number) if is_plain else entries[number - first].deepcopy()
        entry["classes"].append(class_name)
        return entry

    rows = [nodes.row("", *map(create_entry, row, body.column_classes)) for row in body.rows]
    for new, row_id, name in zip(rows, body.row_ids, body.row_names, strict=False):
        if row_id:
            new["ids"], new["names"] = [row_id], [name]
    return nodes.tbody("", *rows)


def expand_bodies(document: nodes.Element, /) -> None:
    """Replace each body in ``document`` by a ``tbody``."""
    _expand(list(document.findall(df_table_body)))


def _expand(bodies: Iterable[df_table_body]) -> None:
    # Otherwise Python's garbage collection visits the many new nodes again and again.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for body in bodies:
            body.parent.replace(body, expand_body(body))
    finally:
        if was_enabled:
            gc.enable()


class ExpandForTranslation(SphinxTransform):
    """Expand the bodies in which a cell is translated.

    Runs before Sphinx preserves the original messages (priority 10) and applies the translated
    ones (20), which may contain any markup. With ``translation_progress_classes``, all bodies
    of a page with a catalog are expanded, because Sphinx marks each of their texts.
    """

    default_priority = 9

    def apply(self, **_: Any) -> None:
        """Visit all bodies of the page, if it has a catalog."""
        bodies = list(self.document.findall(df_table_body))
        if not bodies:
            return
        domain = docname_to_domain(self.env.docname, self.config.gettext_compact)
        folders = [Path(self.env.srcdir, folder) for folder in self.config.locale_dirs]
        found = (load_project_catalog(domain, folder, self.config.language) for folder in folders)
        catalogs = [catalog for catalog in found if catalog is not None]
        marks_all = bool(catalogs and self.config.translation_progress_classes)
        _expand(
            body
            for body in bodies
            if marks_all
            or any(
                catalog.gettext(message) != message
                for catalog in catalogs
                for _, message in extract_messages(body)
            )
        )


class ExpandBodies(SphinxPostTransform):
    """Expand all bodies for a builder that does not write them itself.

    Attributes that the builder cannot use are removed. Runs after Sphinx has resolved the
    references in shared cells (priority 10).
    """

    default_priority = 11

    def run(self, **_: Any) -> None:
        """Visit the bodies of the page, except for gettext, which extracts their messages."""
        if self._builder_is(builders=("gettext",)):
            return
        unwrap_segments(self.document)
        if self._builder_is(builders=("epub", "simplepdf")):
            unused: tuple[str, ...] = BROWSER_ATTRIBUTES
        elif self._builder_is(formats=("html",)):
            return
        elif self._builder_is(formats=_PRINT_FORMATS):
            unused = HTML_ATTRIBUTES
        else:
            unused = (*HTML_ATTRIBUTES, PRINT)
        # Before there are rows and entries of bodies to visit, which have none of these.
        for element in self.document.findall(nodes.Element):
            for name in unused:
                element.attributes.pop(name, None)
        expand_bodies(self.document)

    def _builder_is(self, *, builders: tuple[str, ...] = (), formats: tuple[str, ...] = ()) -> bool:
        """Return whether the builder has one of these names or formats.

        No other way to ask for it works without a warning in all versions of Sphinx.
        """
        self.builders, self.formats = builders, formats
        return self.is_supported()
