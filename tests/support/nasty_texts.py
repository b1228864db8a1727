"""Texts that are markup to some writer, or that its program cannot show; and how they are shown."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st
from strategies import xml_texts
from texts import texts_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: What means something to a format, or to the program that shows it.
FRAGMENTS: Final = (
    # roff and tbl
    "T}", "T{", ".TE", ".TS", ".so /etc/passwd", ".", "..", "'", "'br", ".ig", "\\", "\\\\",
    '\\"', "\\fBx", "\\n(.$", "\\*x", "\\(bu", "\\[u0041]", "\\&", "\\c", "\\e", "\\s-9x",
    "\\D'l 9'", "^", "~", "`", "``x''", '"q"', "\u00b4", "-", "--", "---", "it's", "_", "=",
    # Texinfo
    "@tab", "@item", "@end multitable", "@{", "{", "}", "@c x", "@bye", "@node x", "a, b", "@",
    '# 12 "x"', '#line 3 "y"', "* Menu:", "*note x: y.", "@comma{}", "\\input texinfo", "...",
    # TeX
    "%", "$", "&", "#", "x^2", "[x]", "[1em]", "*", "*[x]", "?`", "!`", ",,x", "<<x>>", "<", ">",
    "\\end{tabular}", "\\par", "^^41", "^^M", "~x~", "\\\\[9em]", '"a', "fi fl", "\\input{x}",
    # Markdown and HTML
    "a|b", "|", "\\|", "`a|b`", "``", "```", "<b>x</b>", "<script>x</script>", "<!-- x", "&amp;",
    "&lt;", "&#42;", "[x](javascript:alert(1))", "![x](y)", "[x]: y", "<https://example.org>",
    "# x", "> x", "- x", "+ x", "1. x", "1) x", "*x*", "**x**", "_x_", "__x__", "a_b_c", "~~x~~",
    "===", ":smile:", "$x$", "[^1]", "- [ ] x", "<br/>", "https://example.org", "\\*x\\*",
    # line ends, blanks, and characters without a width or a glyph
    "a\x85b", "a\u2028b", "a\u2029b", "a\tb", "a\u00a0b", "a\u3000b", " a", "a ", "a  b",
    "a\u200bb", "a\u200db", "a\u2060b", "a\ufeffb", "a\u00adb", "a\u200eb", "\u202eab",
    "\u2066ab", "\u2069a\u202c", "e\u0301", "\u0301", "a\u0308\u0323b", "\u4e16\u754c",
    "\uff21\uff22", "\U0001f600", "\u26a0\ufe0f", "\u0e01\u0e33\u0e31", "\u05d0\u05d1", "\x7f",
    "a\x7fb", "\x80\x9f", "\ufffd", "\ufffc", "\U000e0041", "\U0001ffff", "\ue000", "\u0138\u0166",
    "\u037e\u212a", "\u212f", "\u0110\u010c",
)  # fmt: skip

_SWEPT: Final = "".join(
    map(chr, [*range(0x20, 0x2700), *range(0xFB00, 0xFE00), *range(0xFE20, 0xFFFE), 0x1F600])
)

#: All characters of many blocks, twenty in each text.
SWEEP: Final = tuple(_SWEPT[start : start + 20] for start in range(0, len(_SWEPT), 20))

#: Lists of texts for one table.
nasty_lists: Final = st.lists(
    st.lists(xml_texts | st.sampled_from(FRAGMENTS), min_size=1, max_size=2).map("".join),
    min_size=20,
    max_size=40,
)

_CELLS: Final = """\
numbers = [f'Qa{n:04}Q' for n in range(len(texts))]
pd.DataFrame({'n': numbers, 'value': pd.Series(texts, dtype=object), 'end': 'zQb'})"""

_ROW: Final = re.compile("Qa([0-9]{4})Q(.*?)zQb", re.DOTALL)


def cells_page(texts: Sequence[str]) -> dict[str, str]:
    """A table with these cells, each between a number and a mark of the end."""
    return texts_page(texts, code=_CELLS, options=":markup: none")


#: Texts of one word, which are not broken over lines. A soft hyphen says where to do so.
WORDS: Final = tuple(text for text in FRAGMENTS if not re.search(r"[\s\u00ad]", text))

_PLACES: Final = """\
mark = lambda kind: [f'Q{kind}{n:04}Q{text}zQb' for n, text in enumerate(texts)]
tables = {}
for tab, head, constant, value, text in zip(*map(mark, 'tcdef')):
    wide = {f'column {n}': ['y' * 25, 'z' * 25] for n in range(9)}
    tables[tab] = pd.DataFrame({head: ['x', 'y'], 'k': constant} | wide | {'v': [value, text]})
tables"""


def places_page(texts: Sequence[str]) -> dict[str, str]:
    """Tables with these texts in tabs, captions, headings, notes and the cells of panels."""
    options = ":markup: none\n:hoist-constants:"
    files = texts_page(texts, code=_PLACES, options=options)
    return files | {"index.rst": files["index.rst"].replace("df-table::", "df-table:: Caption")}


def find_cells(text: str) -> dict[int, str]:
    """Return the cells of such a table in ``text``, by their numbers."""
    return {int(number): cell for number, cell in _ROW.findall(text)}


def find_places(text: str) -> list[tuple[str, int, str]]:
    """Return kind, number and text of each text on such a page."""
    found = re.findall("Q([tcdef])([0-9]{4})Q(.*?)zQb", text, re.DOTALL)
    return [(kind, int(number), cell) for kind, number, cell in found]


def squash(text: str) -> str:
    """Return ``text`` in its composed form and without blanks, at which programs break lines."""
    return "".join(unicodedata.normalize("NFC", text).split())


_WIDTHLESS_MARKS: Final = "[\u034f\u17b4\u17b5\u180b-\u180f\U000e0100-\U000e01ef]"


def pattern_of(character: str, *, has_columns: bool = True) -> str:
    """Return a pattern of how a character may be shown: as it is, or as U+FFFD.

    :param has_columns: whether the frame of a table depends on the widths of characters.
    """
    category = unicodedata.category(character)
    if category == "Cc" or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return "\ufffd"
    if has_columns and character in "\u00ad\u061c\u200b\u200d\u200e\u202e\u2060\u2066\ufeff":
        return "\ufffd"
    # What has no glyph may be replaced, but not left out.
    has_glyph = category[0] != "C" and not re.match(_WIDTHLESS_MARKS, character)
    return re.escape(character) if has_glyph else f"[{re.escape(character)}\ufffd]"


pattern_without_columns = functools.partial(pattern_of, has_columns=False)


def pattern_at(kind: str) -> Callable[[str], str]:
    """Return the patterns of characters at one of the places of :func:`places_page`."""
    return pattern_without_columns if kind in "td" else pattern_of


def mismatches(
    texts: Sequence[str],
    shown: Mapping[int, str],
    pattern: Callable[[str], str] = pattern_of,
) -> list[tuple[str, str | None]]:
    """Return the texts that are not shown as they should be, with what is shown."""
    return [
        (ascii(text), ascii(shown.get(number)))
        for number, text in enumerate(texts)
        if number not in shown or not matches(text, shown[number], pattern)
    ]


def matches(text: str, shown: str, pattern: Callable[[str], str] = pattern_of) -> bool:
    """Return whether ``text`` is shown as it should be."""
    found = re.fullmatch("".join(map(pattern, squash(text))), squash(shown), re.DOTALL)
    return found is not None
