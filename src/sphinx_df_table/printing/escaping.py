"""Escape the texts of tables where the writer of a format does not.

Captions, labels of tabs, headings, cells and notes are data. Writers, and the programs that show
what they write, leave out or change some characters, or read them as commands. What a format
cannot show is U+FFFD, the replacement character, in each of them.
"""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar
from urllib.parse import quote

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import texescape

from sphinx_df_table.doctree.structure import get_ancestors

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The classes of elements with texts from data: a table, its notes, the label of a tab, and
#: references, which repeat captions.
_DATA_CLASSES: Final = frozenset(
    {
        *("df-table", "df-table-caption", "df-table-constants", "df-table-continued"),
        *("df-table-message", "df-table-rows", "sd-tab-label", "std-numref", "std-ref"),
    }
)

_REPLACEMENT: Final = "\ufffd"

#: Line ends to Unicode, but not to XML: they are blanks in print.
_LINE_END: Final = re.compile("[\x85\u2028\u2029]")

#: Control characters and noncharacters (https://www.unicode.org/faq/private_use.html). Programs
#: leave them out, or stop at them.
_CONTROLS: Final = "\x7f-\x9f\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)

_UNPRINTABLE: Final = re.compile(f"[{_CONTROLS}]")

#: Characters without a width, which would move the frame of a table in a terminal; those of
#: bidirectional texts would even reorder its columns. Variation selectors are not among them: an
#: emoji with one is as wide as two characters.
_WIDTHLESS: Final = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

#: Elements with code of another language, and those that writers write as one text.
_CODE: Final = (nodes.raw, nodes.math, nodes.math_block)
VERBATIM: Final = (*_CODE, nodes.FixedTextElement)

_NodeT = TypeVar("_NodeT", bound=nodes.Node)


def find_data(document: nodes.document, kind: type[_NodeT], /) -> Iterable[_NodeT]:
    """Return all nodes of a class in elements with data, each once."""
    elements = (
        element
        for element in document.findall(nodes.Element)
        if not _DATA_CLASSES.isdisjoint(element.get("classes", ()))
    )
    # Texts with the same characters are equal.
    return {id(node): node for element in elements for node in element.findall(kind)}.values()


def _clean(text: str, unprintable: re.Pattern[str] = _UNPRINTABLE) -> str:
    if text.isascii() and text.isprintable():
        return str(text)
    return unprintable.sub(_REPLACEMENT, _LINE_END.sub(" ", text))


class EscapeTexts(SphinxPostTransform):
    """Escape each text from data. Runs after tables are split by the widths of their texts."""

    default_priority = 950

    #: What the writer does not escape, if anything.
    special: re.Pattern[str] | None = None

    #: Elements that can have no raw text in them.
    verbatim: ClassVar[tuple[type[nodes.Element], ...]] = VERBATIM

    def run(self, **_: Any) -> None:
        """Visit all texts from data, and addresses and explanations, which writers print too."""
        for element in find_data(self.document, nodes.TextElement):
            if "refuri" in element:
                element["refuri"] = _UNPRINTABLE.sub(lambda c: quote(c[0]), element["refuri"])
            if "explanation" in element:
                element["explanation"] = _clean(element["explanation"])
        for node in find_data(self.document, nodes.Text):
            if not isinstance(node.parent, _CODE):
                parts = self.split(node, self.clean(node))
                if parts != [node]:
                    node.parent.replace(node, parts)

    def clean(self, node: nodes.Text) -> str:
        """Return the text of ``node`` with U+FFFD for each character that cannot be shown."""
        return _clean(node)

    def split(self, node: nodes.Text, text: str) -> list[nodes.Node]:
        """Return ``text`` in the nodes that replace ``node``."""
        if not self.special or not self.special.search(text) or self._is_verbatim(node):
            return [nodes.Text(text)]
        return self.escape(text)

    def _is_verbatim(self, node: nodes.Text) -> bool:
        return any(isinstance(outer, self.verbatim) for outer in get_ancestors(node))

    def escape(self, text: str) -> list[nodes.Node]:
        """Return a text with something special as the format's code, in as few nodes as can be.

        A node takes hundreds of times the memory of a character.
        """
        raise NotImplementedError


class EscapeForText(EscapeTexts):
    """Replace the characters that would move the frames of tables."""

    formats = ("text",)

    def clean(self, node: nodes.Text) -> str:
        """Return the text of ``node`` with U+FFFD for each character that cannot be shown."""
        text = super().clean(node)
        is_in_cell = not text.isascii() and any(
            isinstance(outer, nodes.entry) for outer in get_ancestors(node)
        )
        return _WIDTHLESS.sub(_REPLACEMENT, text) if is_in_cell else text


class EscapeForMan(EscapeForText):
    r"""Escape a line ``T}``, which ends a cell to tbl.

    groff knows some characters only by those that they are equal to in Unicode's form NFC.
    """

    formats = ("man",)
    special = re.compile(r"^(?=T\})", re.MULTILINE)
    verbatim = _CODE

    def clean(self, node: nodes.Text) -> str:
        """Return the text of ``node`` with U+FFFD for each character that cannot be shown."""
        return unicodedata.normalize("NFC", super().clean(node))

    def escape(self, text: str) -> list[nodes.Node]:
        """Return the text with a character without a width at the start of these lines."""
        first, *others = self.special.split(text)
        parts: list[nodes.Node] = [nodes.Text(first)]
        for other in others:
            parts += [nodes.raw("", r"\&", format="manpage"), nodes.Text(other)]
        return parts


class EscapeForTexinfo(EscapeForText):
    """Escape hyphens and quotes, which become dashes and curly, and the lines of a preprocessor."""

    formats = ("texinfo",)
    special = re.compile(r"--+|['`]+|[@{}]|^#", re.MULTILINE)
    # The writer takes the texts of references as arguments, and changes nothing in literals.
    verbatim = (*VERBATIM, nodes.literal, nodes.reference, nodes.title_reference)

    def escape(self, text: str) -> list[nodes.Node]:
        """Return the text with commands, and with hyphens and quotes in typewriter type."""
        escaped = self.special.sub(lambda match: _to_texinfo(match[0]), text)
        return [nodes.raw("", escaped, format="texinfo")]


def _to_texinfo(special: str) -> str:
    if special in "@{}":
        return f"@{special}"
    return "@hashchar{}" if special == "#" else f"@t{{{special}}}"


#: What each engine joins, or might stop at. pdfLaTeX's encoding T1 has a ligature of two commas,
#: and the letters up to U+017E, except for these. LuaTeX takes U+FFFD for a fault in the file.
_TEX_SPECIAL: Final = {
    "pdflatex": re.compile(",(?=,)|[¹²³ĦħĸĿŀŉŦŧ\u017f-\U0010ffff]"),
    "xelatex": re.compile(_REPLACEMENT),
    "lualatex": re.compile(_REPLACEMENT),
}


#: The attribute of a document with tables for which pdfLaTeX may need more signs.
HAS_SIGNS: Final = "df-table-has-signs"

#: TeX does not obey the characters that reorder bidirectional texts, but readers of a PDF do.
_TEX_UNPRINTABLE: Final = re.compile(f"[{_CONTROLS}\u202a-\u202e\u2066-\u2069]")


def _clean_for_latex(text: str, engine: str) -> str:
    text = _clean(text, _TEX_UNPRINTABLE)
    # pdfLaTeX has letters with accents, but no accents to combine.
    return unicodedata.normalize("NFC", text) if engine == "pdflatex" else text


def escape_for_latex(text: str, /, *, engine: str) -> str:
    """Return a text as LaTeX: escaped as Sphinx does, and what TeX joins or stops at.

    Which characters pdfLaTeX can print depends on the packages that a project loads; ours,
    sphinxdftable, adds signs. So TeX looks whether each is defined, and otherwise prints a symbol
    and warns. The other engines print a sign of the font for a character that is not in it.
    """
    text = _clean_for_latex(text, engine)
    latex = io.StringIO()
    start = 0
    special = _TEX_SPECIAL.get(engine)
    for match in special.finditer(text) if special else ():
        latex.write(texescape.escape(text[start : match.start()], engine))
        latex.write(_to_latex(match[0], engine))
        start = match.end()
    latex.write(texescape.escape(text[start:], engine))
    return latex.getvalue()


def _to_latex(special: str, engine: str) -> str:
    if engine != "pdflatex":
        return rf"\symbol{{{ord(special)}}}"
    escaped = texescape.escape(special, engine)
    if special == "," or escaped == "{}":
        return f"{escaped}{{}}"
    utf16 = special.encode("utf-16-be").hex().upper()
    if escaped != special:
        # Copied from the PDF, it would be another character.
        return rf"\dftablesign{{{utf16}}}{{{escaped}}}"
    missing = rf"\dftablemissing{{U+{ord(special):04X}}}{{{utf16}}}"
    other = r"\ " if special.isspace() else missing
    return rf"\ifcsname u8:\detokenize{{{special}}}\endcsname {special}\else{other}\fi{{}}"


class EscapeForLatex(EscapeTexts):
    """Escape what TeX joins or stops at."""

    formats = ("latex",)

    def run(self, **_: Any) -> None:
        """Visit all texts from data."""
        self.special = _TEX_SPECIAL.get(self.config.latex_engine)
        super().run()
        if self.config.latex_engine == "pdflatex" and any(
            # Sphinx has commands of its own for some signs.
            r"\dftablesign" in text or not text.isascii()
            for text in find_data(self.document, nodes.Text)
        ):
            self.document[HAS_SIGNS] = True

    def clean(self, node: nodes.Text) -> str:
        """Return the text of ``node`` with U+FFFD for each character that cannot be shown."""
        return _clean_for_latex(node, self.config.latex_engine)

    def split(self, node: nodes.Text, text: str) -> list[nodes.Node]:
        """Return ``text`` in the nodes that replace ``node``."""
        parts = super().split(node, text)
        if isinstance(parts[0], nodes.raw):
            # Sphinx would highlight it as code.
            node.parent.attributes.pop("language", None)
        return parts

    def escape(self, text: str) -> list[nodes.Node]:
        """Return the text as LaTeX."""
        latex = escape_for_latex(text, engine=self.config.latex_engine)
        return [nodes.raw("", latex, format="latex")]
