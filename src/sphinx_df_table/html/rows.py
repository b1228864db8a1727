"""Write the rows of a ``df_table_body`` as the HTML of its expanded nodes, but faster."""

from __future__ import annotations

import copy
import dataclasses
import operator
from types import MethodType
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.doctree.body import SEPARATOR, df_table_body, expand_body
from sphinx_df_table.doctree.cells import is_one_line
from sphinx_df_table.doctree.structure import has_right_to_left
from sphinx_df_table.html.headings import add_permalink, add_row_scopes, find_signed_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.writers.html5 import HTML5Translator

#: Rows that the template is derived from. Themes may distinguish odd and even rows: the third
#: row and the separator after it show whether that is the only difference.
_TEMPLATE_ROWS: Final = 4

#: The id of a row, and a right-to-left text, in rows that a template is derived from.
_ID: Final = "df-table-template-row"
_HEBREW: Final = "\N{HEBREW LETTER ALEF}"


def write_body(translator: HTML5Translator, body: df_table_body) -> None:
    """Write ``body`` as ``translator``, which may be a theme's own, writes rows and entries.

    :raises SkipNode: always, because the children are written already.
    """
    rows = list(body.rows)
    written = _write_by_template(translator, body, rows) if len(rows) > _TEMPLATE_ROWS else None
    if written is None:
        written = [_write_rows(translator, expand_body(body), body)]
    translator.body += written
    raise nodes.SkipNode


def _write_by_template(
    translator: HTML5Translator, body: df_table_body, rows: Sequence[Sequence[int]]
) -> list[str] | None:
    """Return the HTML of ``rows``; ``None`` if the translator writes each in its own way.

    Rows with an id, and cells of right-to-left text, have templates of their own.
    """
    turned = _find_right_to_left(body)
    templates: dict[tuple[bool, bool], _Template] = {}
    for has_id in [False, True] if body.row_ids else [False]:
        for is_auto in [False, True] if turned else [False]:
            template = _derive_template(translator, body, has_id=has_id, is_auto=is_auto)
            if template is None:
                return None
            templates[has_id, is_auto] = template
    contents = _write_cells(translator, body)
    signed = find_signed_column(body.parent) if body.row_ids else None
    signs = _write_signed_cells(translator, body, signed, contents) if signed is not None else {}
    plain = templates[False, False]
    written = []
    for place, numbers in enumerate(rows):
        row_id = body.row_ids[place] if body.row_ids else ""
        cells = [contents[number] for number in numbers]
        if row_id and signed is not None:
            cells[signed] = signs[numbers[signed]].replace(SEPARATOR, row_id)
        first = templates[bool(row_id), numbers[0] in turned]
        opening = first.separators[place % 2 - 1] if place else first.start
        inner = plain.inner
        if turned and not turned.isdisjoint(numbers):
            following = enumerate(numbers[1:])
            inner = tuple(templates[False, number in turned].inner[n] for n, number in following)
        written.append(opening.replace(SEPARATOR, row_id) + cells[0])
        written += map(operator.add, inner, cells[1:])
    return [*written, plain.end]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """The HTML around the contents of cells.

    ``inner`` is the HTML between the contents of a row. ``separators`` are the HTML after an odd
    row and after an even row. They and ``start`` have a separator of texts for the id of a row.
    """

    start: str
    inner: tuple[str, ...]
    separators: tuple[str, str]
    end: str


def _derive_template(
    translator: HTML5Translator, body: df_table_body, *, has_id: bool, is_auto: bool
) -> _Template | None:
    """Return the template of all rows; ``None`` if the translator writes each in its own way.

    It is derived from all cells of the first row, and two of the others.

    :param has_id: whether the rows have ids.
    :param is_auto: whether the cells have right-to-left text.
    """
    widths = [min(body.width, 2)] * _TEMPLATE_ROWS
    widths[0] = body.width
    rows = nodes.tbody()
    for width in widths:
        row = nodes.row(ids=[_ID] if has_id else [])
        for class_name in body.column_classes[:width]:
            content = nodes.raw("", SEPARATOR + _HEBREW * is_auto, format="html")
            row += nodes.entry("", content, classes=[class_name])
        rows += row
    html = _write_rows(_copy_translator(translator), rows, body, has_signs=False)
    pieces = iter(html.replace(_HEBREW, "").split(SEPARATOR))
    try:
        start = next(pieces)
        first, *others = [[next(pieces) for _ in range(width)] for width in widths]
    except StopIteration:
        return None
    inner = tuple(first[:-1])
    after = [row[-1] for row in (first, *others)]
    is_regular = all(tuple(row[:-1]) == inner[: len(row) - 1] for row in others)
    if next(pieces, None) is not None or not is_regular or after[0] != after[2]:
        return None
    start, odd, even = (piece.replace(_ID, SEPARATOR) for piece in (start, *after[:2]))
    if {start.count(SEPARATOR), odd.count(SEPARATOR), even.count(SEPARATOR)} != {int(has_id)}:
        return None
    return _Template(start=start, inner=inner, separators=(odd, even), end=after[3])


def _find_right_to_left(body: df_table_body) -> frozenset[int]:
    """Return the numbers of the cells with right-to-left text."""
    shown = [*body.texts, *(entry.astext() for entry in body.entries)]
    if not has_right_to_left("".join(shown)):
        return frozenset()
    return frozenset(number for number, text in enumerate(shown) if has_right_to_left(text))


def _write_signed_cells(
    translator: HTML5Translator, body: df_table_body, column: int, contents: Sequence[str]
) -> dict[int, str]:
    """Return the HTML in the cells of ``column`` by number, with signs that link to rows.

    It has a separator of texts where the id of the row belongs.

    :param contents: the HTML in the cells of each number, to which texts of one line add the sign.
    """
    sample = nodes.entry("", nodes.paragraph("", "", nodes.Text(SEPARATOR)))
    bare = _write_children(translator, sample).split(SEPARATOR)
    add_permalink(sample, SEPARATOR)
    start, *ends = _write_children(translator, sample).split(SEPARATOR, 1)
    end = bare[-1]
    is_regular = len(bare) == 2 and bare[0] == start and bool(end)
    signed = {}
    first = len(body.texts)
    for number in set(body.numbers[column :: body.width]):
        is_plain = number < first
        is_line = is_plain and is_one_line(body.texts[number])
        if is_regular and is_line and contents[number].endswith(end):
            signed[number] = contents[number].removesuffix(end) + ends[0]
            continue
        entry = (
            body.create_plain_entry(number) if is_plain else body.entries[number - first].deepcopy()
        )
        add_permalink(entry, SEPARATOR)
        signed[number] = _write_children(translator, entry)
    return signed


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


def _write_rows(
    translator: HTML5Translator,
    rows: nodes.tbody,
    body: df_table_body,
    *,
    has_signs: bool = True,
) -> str:
    """Return the HTML of ``rows`` in the place of ``body``."""
    assert body.parent is not None
    add_row_scopes(rows, body.parent, has_signs=has_signs)
    return _write_node(translator, rows, parent=body.parent)


def _write_node(translator: HTML5Translator, node: nodes.Node, *, parent: nodes.Element) -> str:
    """Return the HTML that ``translator`` writes for ``node`` as a child of ``parent``."""
    node.parent = parent
    start = len(translator.body)
    node.walkabout(translator)
    html = "".join(translator.body[start:])
    del translator.body[start:]
    return html
