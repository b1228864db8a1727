"""The body of a table as data: one node instead of several for each cell.

Sphinx visits every node of a page a dozen times, and pickles it; a table of 10,000 rows
by 17 columns is half a million of them. So the doctree holds the distinct texts of a body
once, with the number of its text for each cell. HTML is written from that directly
(:mod:`sphinx_df_table.html.rows`); for every other format the body becomes real rows first
(:mod:`sphinx_df_table.doctree.body`).
"""

from __future__ import annotations

import array
import contextlib
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
    is_shareable,
    plain_entry,
    unwrap_parts,
)
from sphinx_df_table.doctree.structure import FOR_BROWSER, FOR_HTML, PRINT
from sphinx_df_table.i18n import load_project_catalog
from sphinx_df_table.model.text import has_words

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx_df_table.doctree.cells import Location, MarkupCells
    from sphinx_df_table.model.table import Cell, Table

#: Between texts that are kept as one: no text holds it, because XML cannot.
SEPARATOR: Final = "\x1e"


class df_table_body(addnodes.translatable, nodes.Part, nodes.Element):  # noqa: N801 - docutils' way
    """What a ``tbody`` is, with the rows as data.

    Its children are one ``Text`` with all words of the cells without markup, for those who
    look for words (the search index), and behind it an ``entry`` for each text with markup,
    so that references in it are resolved. Where nothing refers to such an entry, it stands
    for all cells with its text.

    ``texts`` are the distinct texts of cells without markup, the first ``strings`` of them
    strings with words, which translators are offered. ``numbers`` has one number for each
    cell, row by row: that of its text or, counted on from there, of its entry.
    """

    texts: tuple[str, ...] = ()
    strings: int = 0
    numbers: array.array[int] = array.array("B")
    column_classes: tuple[str, ...] = ("",)

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        entries: Sequence[nodes.entry],
        /,
        *,
        strings: int,
        numbers: Sequence[int],
        column_classes: Sequence[str],
        location: Location,
    ) -> Self:
        """Return the node of rows of as many cells as there are ``column_classes``."""
        node = cls()
        node.texts, node.strings = tuple(texts), strings
        node.column_classes = tuple(column_classes)
        node.numbers = array.array(_typecode(len(texts) + len(entries)), numbers)
        node.extend([node.words, *entries])
        node.source, node.line = location
        return node

    @property
    def width(self) -> int:
        """The cells of each row."""
        return len(self.column_classes)

    @property
    def words(self) -> nodes.Text:
        """All texts, as one."""
        return nodes.Text("\n".join(self.texts))

    @property
    def entries(self) -> list[nodes.entry]:
        """The entries with markup, by their numbers less that of texts."""
        return [child for child in self.children if isinstance(child, nodes.entry)]

    @property
    def rows(self) -> Iterator[array.array[int]]:
        """The numbers of each row."""
        return (
            self.numbers[start : start + self.width]
            for start in range(0, len(self.numbers), self.width)
        )

    def plain_entry(self, number: int) -> nodes.entry:
        """Return a new ``entry`` of the text with this number."""
        assert self.source is not None
        assert self.line is not None
        is_literal = number >= self.strings
        location = self.source, self.line
        return plain_entry(self.texts[number], is_literal=is_literal, location=location)

    def copy(self) -> Self:
        """Return a copy without children, as docutils wants it; the data is shared."""
        copied = super().copy()
        copied.texts, copied.strings = self.texts, self.strings
        copied.numbers, copied.column_classes = self.numbers, self.column_classes
        return copied

    def __getstate__(self) -> dict[str, Any]:
        # One text pickles to less than many, and the words are in it.
        return self.__dict__ | {
            "texts": "".join(text + SEPARATOR for text in self.texts),
            "children": list(self.entries),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        *texts, _ = state["texts"].split(SEPARATOR)
        self.__dict__.update(state, texts=tuple(texts))
        # The parent may not be whole yet, so no method that asks for the document.
        words = self.words
        words.parent = self
        self.children.insert(0, words)

    def preserve_original_messages(self) -> None:
        """Do nothing: the texts are what the author's data holds, and stay it."""

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Do nothing: where there are translations, real rows have taken their place."""

    def extract_original_messages(self) -> list[str]:
        """Return what translators are offered of the cells without markup, each once."""
        return list(
            dict.fromkeys(
                message
                for number in range(self.strings)
                for _, message in extract_messages(self.plain_entry(number))
            )
        )


def _typecode(count: int) -> str:
    """Return the smallest type of array that holds ``count`` different numbers."""
    return next(code for code in "BHIQ" if count <= 256 ** array.array(code).itemsize)


def create_body(table: Table, marked_up: MarkupCells, /, *, location: Location) -> df_table_body:
    """Return the node of the body of ``table``, whose cells are no more than their texts.

    :param marked_up: the cells that hold markup.
    """
    used = sorted(set(itertools.chain.from_iterable(table.numbers)))
    plain = [number for number in used if table.cells[number] not in marked_up]
    worded = {number for number in plain if _is_worded(table.cells[number])}
    plain.sort(key=lambda number: number not in worded)
    renumbered = {number: place for place, number in enumerate(plain)}
    entries: list[nodes.entry] = []

    def place_of(number: int) -> int:
        """Return the number in the node; entries come in the order of their cells."""
        place = renumbered.get(number)
        if place is None:
            place = len(plain) + len(entries)
            entry = marked_up.entry(table.cells[number])
            if is_shareable(entry):
                renumbered[number] = place
            entries.append(entry)
        return place

    places = list(map(place_of, itertools.chain.from_iterable(table.numbers)))
    return df_table_body.of(
        [table.cells[number].text for number in plain],
        entries,
        strings=len(worded),
        numbers=places,
        column_classes=[alignment_class(alignment) for alignment in table.alignments],
        location=location,
    )


def _is_worded(cell: Cell) -> bool:
    """Tell whether translators are to see ``cell``."""
    return not cell.is_literal and has_words(cell.text)


def expand_body(body: df_table_body, /) -> nodes.tbody:
    """Return ``body`` as docutils knows it, without a parent.

    :returns: a ``tbody`` of rows of entries; those with markup are copies.
    """
    entries = body.entries
    first = len(body.texts)

    def entry(number: int, class_name: str) -> nodes.entry:
        found = body.plain_entry(number) if number < first else entries[number - first].deepcopy()
        found["classes"].append(class_name)
        return found

    rows = (nodes.row("", *map(entry, row, body.column_classes)) for row in body.rows)
    return nodes.tbody("", *rows)


#: The formats in which ``:print:`` has a meaning.
_PRINT_FORMATS: Final = ("latex", "text", "man", "texinfo")


def expand_bodies(document: nodes.Element, /) -> None:
    """Make real rows of each body in ``document``."""
    _expand(list(document.findall(df_table_body)))


def _expand(bodies: Iterable[df_table_body]) -> None:
    """Make real rows of ``bodies`` in their places."""
    with _no_garbage_collection():
        for body in bodies:
            body.parent.replace(body, expand_body(body))


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from looking through all nodes again and again while many are made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class ExpandForTranslation(SphinxTransform):
    """Make real rows of bodies in which a cell is translated.

    Must come before Sphinx keeps the original messages (priority 10) and applies the
    translated ones (20), which may hold any markup. All bodies of a page with a catalogue are
    expanded where Sphinx is to mark what is translated, and what is not.
    """

    default_priority = 9

    def apply(self, **_: Any) -> None:
        """Visit all bodies of the page, if it has a catalogue."""
        bodies = list(self.document.findall(df_table_body))
        catalogues = self._catalogues() if bodies else []
        are_marked = bool(catalogues and self.config.translation_progress_classes)
        _expand(body for body in bodies if are_marked or _is_translated(body, catalogues))

    def _catalogues(self) -> list[gettext.NullTranslations]:
        """Return the catalogues that Sphinx has for the page."""
        domain = docname_to_domain(self.env.docname, self.config.gettext_compact)
        folders = [Path(self.env.srcdir, folder) for folder in self.config.locale_dirs]
        found = (load_project_catalog(domain, folder, self.config.language) for folder in folders)
        return [catalogue for catalogue in found if catalogue is not None]


def _is_translated(body: df_table_body, catalogues: Sequence[gettext.NullTranslations]) -> bool:
    return any(
        catalogue.gettext(message) != message
        for catalogue in catalogues
        for _, message in extract_messages(body)
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
        unwrap_parts(self.document)
        if self._builder_is(builders=("epub",)):
            unused: tuple[str, ...] = FOR_BROWSER
        elif self._builder_is(formats=("html",)):
            return
        elif self._builder_is(formats=_PRINT_FORMATS):
            unused = FOR_HTML
        else:
            unused = (*FOR_HTML, PRINT)
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
