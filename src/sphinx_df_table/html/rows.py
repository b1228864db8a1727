"""Write the rows of a body as HTML: the bytes that its real nodes would give, in less time."""

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

#: Rows that a pattern is taken from. Themes tell odd from even rows: the third and what
#: follows it show whether that is all there is to tell.
_PATTERN_ROWS: Final = 4


def write_body(translator: HTML5Translator, body: df_table_body) -> None:
    """Write ``body`` as ``translator`` writes rows and cells, a theme's own ways included.

    :raises SkipNode: always, because nothing below is left to visit.
    """
    rows = list(body.rows)
    pattern = _pattern(translator, body) if len(rows) > _PATTERN_ROWS else None
    if pattern:
        translator.body += pattern.filled(rows, _contents(translator, body))
    else:
        translator.body.append(_written(translator, expand_body(body), body))
    raise nodes.SkipNode


def _written(translator: HTML5Translator, rows: nodes.tbody, body: df_table_body) -> str:
    """Return the HTML of ``rows`` in the place of ``body``."""
    assert body.parent is not None
    add_row_scopes(rows, stubs=count_stubs(body.parent))
    return _html(translator, rows, parent=body.parent)


def _html(translator: HTML5Translator, node: nodes.Node, *, parent: nodes.Element) -> str:
    """Return what ``translator`` writes for ``node`` as a child of ``parent``."""
    node.parent = parent
    start = len(translator.body)
    node.walkabout(translator)
    html = "".join(translator.body[start:])
    del translator.body[start:]
    return html


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    """The HTML around the contents of cells.

    ``row`` reaches from within a row's first cell to within its last, with ``%s`` for each
    content; ``joints`` is what parts an odd row from the next, and an even one.
    """

    start: str
    row: str
    joints: tuple[str, str]
    end: str

    def filled(self, rows: Iterable[Sequence[int]], contents: Sequence[str]) -> Iterator[str]:
        """Give the parts of a body, with ``contents`` by the numbers in ``rows``."""
        before = itertools.chain([self.start], itertools.cycle(self.joints))
        for numbers in rows:
            yield next(before)
            yield self.row % tuple(map(contents.__getitem__, numbers))
        yield self.end


def _pattern(translator: HTML5Translator, body: df_table_body) -> _Pattern | None:
    """Return what rows have in common; ``None`` if the translator treats each in its own way.

    The first row is tried out in full, of the others the beginning.
    """
    trial = [min(body.width, 2)] * _PATTERN_ROWS
    trial[0] = body.width
    rows = nodes.tbody("", *(_row_of_separators(body.column_classes[:width]) for width in trial))
    pieces = iter(_written(_on_trial(translator), rows, body).split(SEPARATOR))
    try:
        start = next(pieces)
        first, *others = [[next(pieces) for _ in range(width)] for width in trial]
    except StopIteration:
        return None
    inner = first[:-1]
    joints = [row[-1] for row in (first, *others)]
    is_regular = all(row[:-1] == inner[: len(row) - 1] for row in others)
    if next(pieces, None) is not None or not is_regular or joints[0] != joints[2]:
        return None
    row = "%s" + "".join(piece.replace("%", "%%") + "%s" for piece in inner)
    return _Pattern(start=start, row=row, joints=(joints[0], joints[1]), end=joints[3])


def _row_of_separators(column_classes: Iterable[str]) -> nodes.row:
    entries = (
        nodes.entry("", nodes.raw("", SEPARATOR, format="html"), classes=[class_name])
        for class_name in column_classes
    )
    return nodes.row("", *entries)


def _on_trial(translator: HTML5Translator) -> HTML5Translator:
    """Return a copy whose counters, lists and methods that were added are its own."""
    trial = copy.copy(translator)
    for name, value in vars(translator).items():
        if isinstance(value, (list, dict)):
            setattr(trial, name, copy.copy(value))
        elif isinstance(value, MethodType) and value.__self__ is translator:
            setattr(trial, name, MethodType(value.__func__, trial))
    return trial


def _contents(translator: HTML5Translator, body: df_table_body) -> list[str]:
    """Return the HTML in the cells of each number of ``body``."""
    contents: dict[int, str] = {}
    for numbers in (range(body.strings), range(body.strings, len(body.texts))):
        lines = [number for number in numbers if is_one_line(body.texts[number])]
        contents |= zip(lines, _lines(translator, body, lines), strict=False)
    for number, text in enumerate(body.texts):
        if number not in contents:
            contents[number] = _content(translator, body.plain_entry(number)) if text else ""
    plain = [contents[number] for number in range(len(body.texts))]
    return plain + [_content(translator, entry) for entry in body.entries]


def _content(translator: HTML5Translator, entry: nodes.entry) -> str:
    return "".join(_html(translator, child, parent=entry) for child in entry.children)


def _lines(
    translator: HTML5Translator, body: df_table_body, numbers: Sequence[int]
) -> Sequence[str]:
    """Return the HTML of texts of one line each; nothing if they cannot be written together.

    What a translator does to text, it does character by character, whatever surrounds them.
    """
    if not numbers:
        return ()
    texts = [body.texts[number] for number in numbers]
    entry = body.plain_entry(numbers[0])
    [paragraph] = entry.children
    assert isinstance(paragraph, nodes.paragraph)
    paragraph[:] = [nodes.Text(SEPARATOR.join(["", *texts, ""]))]
    pieces = _content(translator, entry).split(SEPARATOR)
    if len(pieces) != len(texts) + 2:
        return ()
    start, *written, end = pieces
    return [f"{start}{text}{end}" for text in written]
