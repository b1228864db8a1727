"""Captions and labels of tabs from data are one line of the same letters in every place."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

import pytest
import sphinx
from docutils import nodes
from sphinx_builds import page
from texts import texts_page

if TYPE_CHECKING:
    from sphinx_builds import Build

#: All ends of lines that ``str.splitlines`` knows and that XML allows.
LINE_ENDS: Final = ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029", "\n\n \r"]

#: A line of an inventory, and one of a catalog of messages.
LINES: Final = 'x{0}evil std:label -1 https://evil.example -{0}msgid "evil"'

PLACES: Final = {
    "caption": "pd.DataFrame({'a': [1]}).style.set_caption(texts[0])",
    "tab": "{texts[0]: pd.DataFrame({'a': [1]}), 'other': pd.DataFrame({'a': [2]})}",
    "tab with a caption": "{texts[0]: pd.DataFrame({'a': [1]})}",
}


def titled(place: str, text: str) -> dict[str, str]:
    files = texts_page([text], code=PLACES[place], options=":name: tab")
    if place == "tab with a caption":
        files["index.rst"] = files["index.rst"].replace("df-table::", "df-table:: Results")
    return files


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_no_line_gets_into_an_inventory_or_a_catalogue(end: str, place: str, build: Build) -> None:
    text = LINES.format(end)
    built = build(titled(place, text))
    inventory = (built.output / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = zlib.decompress(inventory).decode("utf-8").splitlines()
    assert any(line.startswith("tab std:label ") for line in lines)
    assert not [line for line in lines if re.match(r"\s*(evil|msgid)", line)]
    built = build(titled(place, text), builder="gettext", fresh=True)
    lines = (built.output / "index.pot").read_text("utf-8").splitlines()
    assert any("evil std:label" in line for line in lines)
    assert not [line for line in lines if re.match(r'\s*(evil|msgid "evil)', line)]


#: Texts that smart quotes would change.
QUOTED: Final = ["it's 5' -- x", '5" ...', "'a'", "\"--'", "1'2\"", "---"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", QUOTED)
def test_a_title_has_the_letters_of_the_data(text: str, place: str, build: Build) -> None:
    other = ":orphan:\n\n"
    if place != "tab":
        other += ":ref:`tab` and :numref:`{name} <tab>`\n"
    built = build(titled(place, text) | {"other.rst": other}, smartquotes=True, numfig=True)
    html = built.html()
    if "tab" in place:
        assert html.select_one(".sd-tab-label").get_text().strip() == text  # type: ignore[union-attr]
    if place != "tab":
        expected = text if place == "caption" else f"Results ({text})"
        assert html.select_one(".caption-text").get_text() == expected  # type: ignore[union-attr]
        shown = [reference.get_text() for reference in built.html("other").select("p a span")]
        assert shown == [expected, expected]


def test_an_author_s_caption_has_smart_quotes(build: Build) -> None:
    files = titled("tab with a caption", "it's")
    files["index.rst"] = files["index.rst"].replace("Results", "It's")
    assert build(files, smartquotes=True).html_text(".caption-text") == "It\u2019s (it's)"


HTML: Final = "<img src=x onerror=alert(1)> &lt;b&gt;"


@pytest.mark.parametrize("place", PLACES)
def test_the_search_page_shows_a_title_as_text(place: str, build: Build) -> None:
    """Before 9, it sets titles as HTML; from then on, as text."""
    other = "Other :ref:`tab`\n================\n\n"
    files = titled(place, HTML) | {"other.rst": ":orphan:\n\n" + other}
    if place == "tab":
        files["other.rst"] = ":orphan:\n\nOther\n=====\n\n"
    built = build(files)
    index = (built.output / "searchindex.js").read_text("utf-8")
    titles = re.search(r'"?alltitles"?: ?(\{.*?\]\]\})', index)
    assert titles
    if sphinx.version_info < (9,):
        assert "<" not in titles[1]
    if place != "tab":
        assert "onerror" in titles[1]
        assert HTML in built.html_text(".caption-text")
        assert HTML in built.html("other").h1.get_text()  # type: ignore[union-attr]


def test_references_to_a_caption_without_markup_stay_text(build: Build) -> None:
    table = page("pd.DataFrame({'a': [1]}).style.set_caption('a < b & c')", options=":name: tab")
    built = build({"index.rst": "T\n=\n\n" + table})
    assert built.html_text(".caption-text") == "a < b & c"
    [title] = built.tables()[0].findall(nodes.title)
    assert title.astext() == "a < b & c"
