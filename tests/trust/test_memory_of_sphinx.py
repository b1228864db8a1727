"""Sphinx's process takes a limited multiple of the memory of what it is given, in each builder."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Final

import pytest
from sphinx_builds import page

if TYPE_CHECKING:
    from sphinx_builds import Build

#: The characters of a cell, and how many times as many bytes Sphinx may take for it. Its writers
#: hold several copies of the characters that they write for one, and its text builder and search
#: index hold lists of words.
LENGTH: Final = 40_000
FACTOR: Final = 60
BUILDERS: Final = ("html", "epub", "man", "texinfo", "latex", "text")

#: The parts of a cell, of which some writers might make nodes.
PARTS: Final = {
    "words": "ten or so ",
    "quotes": '"two" or \'',
    "addresses": "abc/def-h,",
    "one word": "abcdefghij",
}

#: Sphinx's text builder takes minutes to look for places to break such words.
SLOW: Final = {("text", "addresses"), ("text", "one word")}


def measure_peak(build: Build, builder: str, cell: str) -> int:
    """Return the peak of Python's memory in bytes while a table is built."""
    tracemalloc.start()
    try:
        code = f"pd.DataFrame({{'a': [{cell}]}})"
        build({"index.rst": page(code)}, builder=builder, version="1", copyright="us")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("builder", "kind"),
    [(builder, kind) for builder in BUILDERS for kind in PARTS if (builder, kind) not in SLOW],
)
def test_sphinx_takes_a_limited_multiple_of_the_memory_of_a_text(
    build: Build, builder: str, kind: str
) -> None:
    part = PARTS[kind]
    once, twice = (
        measure_peak(build, builder, f"{part!r} * {n * LENGTH // len(part)}") for n in (1, 2)
    )
    assert twice - once < FACTOR * LENGTH
