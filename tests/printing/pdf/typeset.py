"""Typeset what the LaTeX builder wrote, as its own Makefile does, and look at log and pages."""

from __future__ import annotations

import dataclasses
import functools
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

from pypdf import PdfReader
from pypdf.generic import ArrayObject, Destination, DictionaryObject, PdfObject

#: How Sphinx's Makefile calls latexmk for each engine.
ENGINES: Final = {"pdflatex": "-pdf", "xelatex": "-pdfxe", "lualatex": "-pdflua"}

#: Sphinx's margins on all sides, in PostScript points.
MARGIN: Final = 72.0

#: What a line may hang below or beside the text: descenders, punctuation, rounding.
_SLACK: Final = 4.0

_RESOLUTION: Final = 100

_OVERFULL: Final = re.compile(
    r"^Overfull \\([hv])box \(([\d.]+)pt too (?:wide|high)\)(?:.*?\bat lines? (\d+)(?:--(\d+))?)?",
    re.MULTILINE,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Overfull:
    """A box that is ``points`` too large; its lines in the ``.tex``, 0 where TeX does not say."""

    kind: str
    points: float
    first: int
    last: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word on a page; its box in points from the top left corner of the upright page."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def overlaps(self, other: Word) -> bool:
        """Return whether one is printed over the other; lines may come close to each other."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return self.page == other.page and across > 0.5 and down > 0.4 * (self.bottom - self.top)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to click: where it is, and the address or the page that it leads to."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    address: str = ""
    name: str = ""
    to_page: int = -1
    to_top: float = 0

    def covers(self, word: Word) -> bool:
        across = self.left - 1 < (word.left + word.right) / 2 < self.right + 1
        return word.page == self.page and across and self.top - 1 < word.middle < self.bottom + 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it is read: turned, if it says so."""

    width: float
    height: float
    turned: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Printed:
    """A typeset document. ``words`` are in the order in which TeX put them on the pages."""

    tex: str
    pdf: Path
    returned: int
    said: str
    log: str
    pages: tuple[Page, ...]
    words: tuple[Word, ...]

    @functools.cached_property
    def errors(self) -> list[str]:
        return [line for line in self.log.splitlines() if line.startswith("!")]

    @functools.cached_property
    def text(self) -> str:
        """All text as readers copy it, character by character, without white space."""
        command = ["pdftotext", "-raw", str(self.pdf), "-"]
        copied = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
        return "".join(copied.decode("utf-8", "replace").split())

    @functools.cached_property
    def missing_characters(self) -> list[str]:
        return [line for line in self.log.splitlines() if line.startswith("Missing character")]

    @functools.cached_property
    def doubled(self) -> list[str]:
        """All warnings about duplicate anchors, by which links may lead to the wrong place."""
        complaint = re.compile(r"has been already used|already defined|multiply defined")
        lines = [*self.log.splitlines(), *self.said.splitlines()]
        return [line for line in lines if complaint.search(line)]

    @functools.cached_property
    def overfull(self) -> list[Overfull]:
        """All boxes that are more than 1 pt too large."""
        found = []
        for kind, points, first, last in _OVERFULL.findall(self.log):
            if float(points) > 1:
                lines = {"first": int(first or 0), "last": int(last or first or 0)}
                found.append(Overfull(kind=kind, points=float(points), **lines))
        return found

    def overfull_between(self, start: str, end: str) -> list[Overfull]:
        """Return the boxes too large that are set between the lines that say so in the source."""
        lines = self.tex.splitlines()
        first, last = lines.index(start) + 1, lines.index(end) + 1
        return [box for box in self.overfull if first <= box.first and box.last <= last]

    def words_between(self, start: str, end: str) -> list[Word]:
        """Return the words between two words that are unique, also those outside the text."""
        texts = [word.text for word in self.words]
        assert (texts.count(start), texts.count(end)) == (1, 1), (start, end)
        return list(self.words[texts.index(start) + 1 : texts.index(end)])

    def is_in_text_area(self, word: Word) -> bool:
        """Return whether a word is where a page's text belongs."""
        page = self.pages[word.page]
        least, slack = MARGIN - _SLACK, _SLACK
        return (
            least <= word.left
            and word.right <= page.width - MARGIN + slack
            and least <= word.top + slack
            and word.bottom <= page.height - MARGIN + slack
        )

    @functools.cached_property
    def links(self) -> tuple[Link, ...]:
        return tuple(_links(PdfReader(self.pdf)))

    def links_of(self, words: list[Word] | tuple[Word, ...]) -> list[Link]:
        return [link for link in self.links if any(link.covers(word) for word in words)]

    @functools.cached_property
    def destinations(self) -> dict[str, tuple[int, float]]:
        """Page and distance from its top of each named place."""
        reader = PdfReader(self.pdf)
        return {name: _place(reader, found) for name, found in reader.named_destinations.items()}

    @functools.cached_property
    def styled(self) -> dict[str, str]:
        """All text set in bold (``b``) and italic (``i``), without white space."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "p.xml"
            command = ["pdftohtml", "-xml", "-i", "-q", "-hidden", str(self.pdf), str(target)]
            subprocess.run(command, check=True, timeout=60)
            text = target.read_text("utf-8", "replace")
        found = {}
        for kind in "bi":
            parts = re.findall(rf"<{kind}>(.*?)</{kind}>", text)
            found[kind] = "|".join("".join(re.sub("<.*?>", "", p).split()) for p in parts)
        return found

    @functools.cached_property
    def _images(self) -> list[tuple[int, int, bytes]]:
        """Width, height and grey pixels of each page."""
        with tempfile.TemporaryDirectory() as folder:
            command = ["pdftoppm", "-gray", "-r", str(_RESOLUTION), str(self.pdf), f"{folder}/p"]
            subprocess.run(command, check=True, timeout=120)
            return [_pixels(path.read_bytes()) for path in sorted(Path(folder).glob("p*"))]

    def is_seen(self, word: Word) -> bool:
        """Return whether each third of a word shows ink, and not the ground of a neighbour."""
        width, _, pixels = self._images[word.page]
        scale = _RESOLUTION / 72
        height = word.bottom - word.top
        top, bottom = word.top + 0.15 * height, word.bottom - 0.1 * height
        length = len(word.text)
        parts = min(3, max(1, length // 2))
        for part in range(parts):
            letters = word.text[part * length // parts : (part + 1) * length // parts]
            if not any(map(str.isalnum, letters)):
                continue
            step = (word.right - word.left) / parts
            start = int((word.left + part * step) * scale)
            stop = int((word.left + (part + 1) * step) * scale) + 1
            lines = range(int(top * scale), int(bottom * scale) + 1)
            box = b"".join(pixels[y * width + start : y * width + stop] for y in lines)
            if not box or max(box) - min(box) < 60:
                return False
        return True


def typeset(folder: Path, engine: str = "pdflatex", /, *, limit: float = 240) -> Printed:
    """Make a PDF of the LaTeX in ``folder`` and read it."""
    for tool in ("latexmk", engine, "pdftotext", "pdftoppm", "pdftohtml"):
        assert shutil.which(tool), f"These tests need TeX and poppler-utils; {tool} is missing."
    [tex] = [
        path for path in folder.glob("*.tex") if "\\begin{document}" in path.read_text("utf-8")
    ]
    # Lines of a log are cut at 79 characters unless the environment says otherwise.
    environment = {**os.environ, "max_print_line": "10000", "LATEXOPTS": ""}
    command = ["latexmk", ENGINES[engine], "-dvi-", "-ps-", "-interaction=nonstopmode", tex.name]
    with (folder / "said").open("wb") as said:
        process = subprocess.run(
            command,
            cwd=folder,
            stdout=said,
            stderr=said,
            env=environment,
            timeout=limit,
            check=False,
        )
    pdf = tex.with_suffix(".pdf")
    assert pdf.exists(), (folder / "said").read_text("utf-8", "replace")[-3000:]
    pages, words = _words(pdf)
    return Printed(
        tex=tex.read_text("utf-8"),
        pdf=pdf,
        returned=process.returncode,
        said=(folder / "said").read_text("utf-8", "replace"),
        log=tex.with_suffix(".log").read_text("utf-8", "replace"),
        pages=pages,
        words=words,
    )


def plain(text: str) -> str:
    """Return text without white space, ligatures and marks that only say where to break."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(char for char in text if not char.isspace() and char not in "\u00ad\u200b\ufeff")


def _words(pdf: Path) -> tuple[tuple[Page, ...], tuple[Word, ...]]:
    # In raw order, a cell's words follow each other, whatever its neighbours look like.
    command = ["pdftotext", "-raw", "-bbox", str(pdf), "-"]
    xml = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", xml.decode("utf-8", "replace"))
    turned = [page.get("/Rotate", 0) % 180 != 0 for page in PdfReader(pdf).pages]
    pages, words = [], []
    root = ET.fromstring(re.sub(r"<!DOCTYPE.*?>|no word list\n", "", text, flags=re.DOTALL))
    for number, page in enumerate(root.iterfind(".//{*}page")):
        # The size is that of the sheet, words are where they are seen on the turned page.
        sides = [float(page.attrib[name]) for name in ("width", "height")]
        width, height = reversed(sides) if turned[number] else sides
        pages.append(Page(width=width, height=height, turned=turned[number]))
        for word in page.iterfind("{*}word"):
            box = [float(word.attrib[name]) for name in ("xMin", "yMin", "xMax", "yMax")]
            edges = dict(zip(("left", "top", "right", "bottom"), box, strict=True))
            if written := plain(word.text or ""):
                words.append(Word(text=written, page=number, **edges))
    return tuple(pages), tuple(words)


def _pixels(image: bytes) -> tuple[int, int, bytes]:
    kind, size, _depth, pixels = image.split(b"\n", 3)
    assert kind == b"P5"
    width, height = map(int, size.split())
    return width, height, pixels


def _place(reader: PdfReader, found: Destination | PdfObject) -> tuple[int, float]:
    """Return page and distance from its top."""
    if not isinstance(found, Destination):
        return -1, 0
    number = reader.get_destination_page_number(found)
    top = found.top
    if number is None or top is None:
        return -1 if number is None else number, 0
    return number, float(reader.pages[number].mediabox.height) - float(top)


def _links(reader: PdfReader) -> list[Link]:
    named = reader.named_destinations
    found = []
    for number, page in enumerate(reader.pages):
        for reference in page.get("/Annots") or ArrayObject():
            annotation = reference.get_object()
            if annotation.get("/Subtype") != "/Link":
                continue
            box = [float(side) for side in annotation["/Rect"]]
            sides = _upright(box, page.mediabox.width, page.mediabox.height, page.get("/Rotate", 0))
            action = annotation.get("/A") or DictionaryObject()
            target = annotation.get("/Dest") or action.get("/D")
            name = "" if target is None or isinstance(target, ArrayObject) else str(target)
            place = _place(reader, named[name]) if name in named else (-1, 0.0)
            found.append(
                Link(
                    page=number,
                    **dict(zip(("left", "top", "right", "bottom"), sides, strict=True)),
                    address=str(action.get("/URI", "")),
                    name=name,
                    to_page=place[0],
                    to_top=place[1],
                )
            )
    return found


def _upright(box: list[float], width: float, height: float, turn: int) -> tuple[float, ...]:
    """Return left, top, right and bottom of a box on the page as it is read."""
    corners = [(box[0], box[1]), (box[2], box[3])]
    if turn % 360 == 90:
        corners = [(y, x) for x, y in corners]
    elif turn % 360 == 270:
        corners = [(float(height) - y, float(width) - x) for x, y in corners]
    else:
        corners = [(x, float(height) - y) for x, y in corners]
    across, down = (sorted(pair) for pair in zip(*corners, strict=True))
    return across[0], down[0], across[1], down[1]
