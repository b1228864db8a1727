"""Write the rows of a body as HTML: the bytes that its real nodes would give, in less time."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from typing import TYPE_CHECKING, Final

from docutils import nodes

from sphinx_df_table.body import SEPARATOR, df_table_body, expanded
from sphinx_df_table.cells import is_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx.writers.html5 import HTML5Translator

#: Rows that a pattern is taken from. Themes tell odd from even rows: the third and the
#: fourth show whether that is all there is to tell.
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
        translator.body.append(_html(translator, expanded(body), parent=body.parent))
    raise nodes.SkipNode


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
    """The HTML around the contents of cells, with ``%s`` for each of these.

    ``rows`` are an odd and an even row, from the start tag of its first cell to the end
    tag of its last; ``joints`` is what parts each of them from the next.
    """

    start: str
    rows: tuple[str, str]
    joints: tuple[str, str]
    end: str

    def filled(self, rows: Sequence[Sequence[int]], contents: Sequence[str]) -> Iterator[str]:
        """Give the parts of a body, with ``contents`` by the numbers in ``rows``."""
        content = contents.__getitem__
        *others, last = zip(itertools.cycle(zip(self.rows, self.joints, strict=True)), rows)
        yield self.start
        for (row, joint), numbers in others:
            yield row % tuple(map(content, numbers))
            yield joint
        (row, _), numbers = last
        yield row % tuple(map(content, numbers))
        yield self.end


def _pattern(translator: HTML5Translator, body: df_table_body) -> _Pattern | None:
    """Return what rows have in common; ``None`` if the translator treats each in its own way."""
    width = body.width
    some_rows = nodes.tbody(
        "",
        *(
            nodes.row(
                "",
                *(nodes.entry("", nodes.raw("", SEPARATOR, format="html")) for _ in range(width)),
            )
            for _ in range(_PATTERN_ROWS)
        ),
    )
    pieces = _html(_on_trial(translator), some_rows, parent=body.parent).split(SEPARATOR)
    if len(pieces) != _PATTERN_ROWS * width + 1:
        return None
    escaped = [piece.replace("%", "%%") for piece in pieces]
    odd, even, *again = (
        "%s" + "".join(f"{piece}%s" for piece in escaped[start + 1 : start + width])
        for start in range(0, _PATTERN_ROWS * width, width)
    )
    start, first_joint, second_joint, third_joint, end = pieces[::width]
    if [odd, even, first_joint] != [*again, third_joint]:
        return None
    return _Pattern(start=start, rows=(odd, even), joints=(first_joint, second_joint), end=end)


def _on_trial(translator: HTML5Translator) -> HTML5Translator:
    """Return a copy whose counters and lists are its own."""
    trial = copy.copy(translator)
    own = {
        name: copy.copy(value)
        for name, value in vars(translator).items()
        if isinstance(value, (list, dict))
    }
    vars(trial).update(own)
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
    start, *written, end = _content(translator, entry).split(SEPARATOR)
    if len(written) != len(texts):
        return ()
    return [f"{start}{text}{end}" for text in written]
