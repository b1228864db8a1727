"""Write the rows of a ``df_table_body`` as the HTML of its expanded nodes, but faster."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from types import MethodType
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.body import SEPARATOR, df_table_body, expand_body
from sphinx_df_table.doctree.cells import is_one_line
from sphinx_df_table.doctree.structure import count_stubs
from sphinx_df_table.html.headings import add_row_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx.writers.html5 import HTML5Translator

#: Rows that the template is derived from. Themes may distinguish odd and even rows: the third
#: row and the separator after it show whether that is the only difference.
_TEMPLATE_ROWS: Final = 4


def write_body(translator: HTML5Translator, body: df_table_body) -> None:
    """Write ``body`` as ``translator``, which may be a theme's own, writes rows and entries.

    :raises SkipNode: always, because the children are written already.
    """
    rows = list(body.rows)
    template = _derive_template(translator, body) if len(rows) > _TEMPLATE_ROWS else None
    if template:
        translator.body += template.render(rows, _write_cells(translator, body))
    else:
        translator.body.append(_write_rows(translator, expand_body(body), body))
    raise nodes.SkipNode


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """The HTML around the contents of cells.

    ``row`` is the HTML from a row's first cell to its last, with ``%s`` for each content.
    ``separators`` are the HTML after an odd row and after an even row.
    """

    start: str
    row: str
    separators: tuple[str, str]
    end: str

    def render(self, rows: Iterable[Sequence[int]], contents: Sequence[str]) -> Iterator[str]:
        """Yield the HTML of ``rows``, whose numbers are indices of ``contents``."""
        before = itertools.chain([self.start], itertools.cycle(self.separators))
        for numbers in rows:
            yield next(before)
            yield self.row % tuple(map(contents.__getitem__, numbers))
        yield self.end


def _derive_template(translator: HTML5Translator, body: df_table_body) -> _Template | None:
    """Return the template of all rows; ``None`` if the translator writes each in its own way.

    It is derived from all cells of the first row, and two of the others.
    """
    widths = [min(body.width, 2)] * _TEMPLATE_ROWS
    widths[0] = body.width
    rows = nodes.tbody()
    for width in widths:
        row = nodes.row()
        for class_name in body.column_classes[:width]:
            content = nodes.raw("", SEPARATOR, format="html")
            row += nodes.entry("", content, classes=[class_name])
        rows += row
    pieces = iter(_write_rows(_copy_translator(translator), rows, body).split(SEPARATOR))
    try:
        start = next(pieces)
        first, *others = [[next(pieces) for _ in range(width)] for width in widths]
    except StopIteration:
        return None
    inner = first[:-1]
    after = [row[-1] for row in (first, *others)]
    is_regular = all(row[:-1] == inner[: len(row) - 1] for row in others)
    if next(pieces, None) is not None or not is_regular or after[0] != after[2]:
        return None
    row_template = "%s" + "".join(piece.replace("%", "%%") + "%s" for piece in inner)
    return _Template(start=start, row=row_template, separators=(after[0], after[1]), end=after[3])


def _copy_translator(translator: HTML5Translator) -> HTML5Translator:
    """Return a copy with lists, dictionaries and added methods of its own."""
    copied = copy.copy(translator)
    for name, value in vars(translator).items():
        if isinstance(value, (list, dict)):
            setattr(copied, name, copy.copy(value))
        elif isinstance(value, MethodType) and value.__self__ is translator:
            setattr(copied, name, MethodType(value.__func__, copied))
    return copied


def _write_cells(translator: HTML5Translator, body: df_table_body) -> list[str]:
    """Return the HTML in the cells of each number of ``body``."""
    contents: dict[int, str] = {}
    for numbers in (range(body.string_count), range(body.string_count, len(body.texts))):
        lines = [number for number in numbers if is_one_line(body.texts[number])]
        contents |= zip(lines, _write_lines(translator, body, lines), strict=False)
    for number, text in enumerate(body.texts):
        if number not in contents:
            entry = body.create_plain_entry(number)
            contents[number] = _write_children(translator, entry) if text else ""
    plain = [contents[number] for number in range(len(body.texts))]
    return plain + [_write_children(translator, entry) for entry in body.entries]


def _write_lines(
    translator: HTML5Translator, body: df_table_body, numbers: Sequence[int]
) -> Sequence[str]:
    """Return the HTML of texts of one line each; an empty tuple if the translator changes them.

    They are written as one text, since a translator escapes each character by itself.
    """
    if not numbers:
        return ()
    texts = [body.texts[number] for number in numbers]
    entry = body.create_plain_entry(numbers[0])
    [paragraph] = entry.children
    assert isinstance(paragraph, nodes.paragraph)
    paragraph[:] = [nodes.Text(SEPARATOR.join(["", *texts, ""]))]
    pieces = _write_children(translator, entry).split(SEPARATOR)
    if len(pieces) != len(texts) + 2:
        return ()
    start, *written, end = pieces
    return [f"{start}{text}{end}" for text in written]


def _write_children(translator: HTML5Translator, entry: nodes.entry) -> str:
    return "".join(_write_node(translator, child, parent=entry) for child in entry.children)


def _write_rows(translator: HTML5Translator, rows: nodes.tbody, body: df_table_body) -> str:
    """Return the HTML of ``rows`` in the place of ``body``."""
    assert body.parent is not None
    add_row_scopes(rows, stubs=count_stubs(body.parent))
    return _write_node(translator, rows, parent=body.parent)


def _write_node(translator: HTML5Translator, node: nodes.Node, *, parent: nodes.Element) -> str:
    """Return the HTML that ``translator`` writes for ``node`` as a child of ``parent``."""
    node.parent = parent
    start = len(translator.body)
    node.walkabout(translator)
    html = "".join(translator.body[start:])
    del translator.body[start:]
    return html
