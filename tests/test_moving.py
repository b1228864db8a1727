"""What the pages for those who come from elsewhere say: each pair of sources shows the same cells."""

from __future__ import annotations

import csv
import functools
import http.server
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Build, Built, build_in, cell_texts
from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable, ListTable

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "examples" / "moving"
PAIRS = sorted(path.name.replace("-before", "") for path in EXAMPLES.glob("*-before.rst"))
DATA = {f"data/{path.name}": path.read_bytes() for path in (DOCS / "data").iterdir()}


def looks(table: nodes.table) -> dict[str, Any]:
    """What two tables have in common if a reader sees the same in both."""
    title = table.next_node(nodes.title)
    return {
        "title": title.astext() if title else None,
        "cells": cell_texts(table),
        "heading rows": [len(head) for head in table.findall(nodes.thead)],
        "row headings": [bool(column.get("stub")) for column in table.findall(nodes.colspec)],
        "lists": len(list(table.findall(nodes.bullet_list))),
        "names": table["names"],
        "classes": [name for name in table["classes"] if name == "wide"],
        "width": table.get("width"),
        "align": table.get("align"),
    }


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Each pair of examples on a page, the older one first."""
    files: dict[str, str | bytes] = dict(DATA)
    for name in PAIRS:
        before, after = EXAMPLES / name.replace(".rst", "-before.rst"), EXAMPLES / name
        text = f":orphan:\n\n{before.read_text('utf-8')}\n\n{after.read_text('utf-8')}"
        files[f"moving/{name}"] = text
    return build_in(tmp_path_factory.mktemp("pairs"), files, builder="dummy")


@pytest.mark.parametrize("name", PAIRS)
def test_both_of_a_pair_show_the_same(name: str, pairs: Built) -> None:
    before, after = pairs.tables(f"moving/{name.removesuffix('.rst')}")
    assert "df-table" not in before["classes"]
    assert "df-table" in after["classes"]
    assert looks(before) == looks(after)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: str(path.name))
def test_each_example_is_on_a_page(path: Path) -> None:
    pages = "".join(page.read_text("utf-8") for page in (DOCS / "moving").iterdir())
    assert f"literalinclude:: ../examples/moving/{path.name}\n" in pages
    if path.suffix == ".rst" and not path.stem.endswith("-before"):
        assert f".. include:: ../examples/moving/{path.name}\n" in pages


def options() -> list[dict[str, str]]:
    with (DOCS / "data" / "table-options.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_options_of_docutils_tables_are_listed() -> None:
    listed = [row["Option"] for row in options()]
    assert sorted(listed) == sorted(CSVTable.option_spec)
    both = [row["Option"] for row in options() if row["Of"] == "both"]
    assert sorted(both) == sorted(ListTable.option_spec)


#: A value for each option that means the same, and the rows it is used with.
SAME = {
    "align": "center",
    "class": "wide",
    "name": "planets",
    "width": "80%",
    "widths": "2, 1",
    "stub-columns": "1",
    "header-rows": "2",
    "header": "Planet, Day",
}


@pytest.mark.parametrize("option", [row["Option"] for row in options() if row["Of"] == "both"])
def test_an_option_of_both_means_the_same(option: str, build: Build) -> None:
    tables = {
        "csv-table": "Planet, Day\n   h, h\n   Earth, 24.0",
        "list-table": "* - Planet\n     - Day\n   * - h\n     - h\n   * - Earth\n     - 24.0",
        "df-table": "{'Planet': ['h', 'Earth'], 'Day': ['h', '24.0']}",
    }
    wanted = f"   :{option}: {SAME[option]}\n"
    rows = "" if option == "header-rows" else "   :header-rows: 1\n"
    seen = []
    for directive, body in tables.items():
        built = build(f".. {directive}::\n{wanted}{rows}\n   {body}\n", builder="dummy")
        [table] = built.tables()
        widths = [column["colwidth"] for column in table.findall(nodes.colspec)]
        seen.append((looks(table), widths if option == "widths" else []))
    assert seen[0] == seen[1] == seen[2]


#: What each option of csv-table's own is tried with: the file, and the option's value.
OWN = {
    "header": (b"Earth,24.0", "Planet, Day\n   :file: planets.csv"),
    "file": (b"Planet,Day\nEarth,24.0", "planets.csv"),
    "url": (b"Planet,Day\nEarth,24.0", "https://example.org/planets.csv"),
    "delim": (b"Planet;Day\nEarth;24,0", ";"),
    "quote": (b"Planet,Day\n'Earth, Mars',24.0", "'"),
    "escape": (b'Planet,Day\n"Ear\\"th\\, Mars",24.0', "\\"),
    "encoding": ("Planète,Jour\nTerre,24.0".encode("latin-1"), "latin-1"),
    "keepspace": (b'Planet, "Day"\nEarth, "24.0"', None),
}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the files of the project can be read over HTTP."""
    handler = functools.partial(QuietHandler, directory=tmp_path / "source")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("option", OWN)
def test_what_is_written_instead_of_an_option_shows_the_same(
    option: str, build: Build, address: str
) -> None:
    [row] = [row for row in options() if row["Option"] == option]
    [code, *others] = re.findall(r"``(pd\.read_csv.*?\))``", row["What to write"])
    assert not others
    content, value = OWN[option]
    rows = "" if option == "header" else "   :header-rows: 1\n"
    given = "" if value is None else f"   :{option}: {value}\n"
    file = "" if "planets.csv" in given else "   :file: planets.csv\n"
    header = "   :header: Planet, Day\n" if option == "header" else ""
    text = f".. csv-table::\n{given}{file}{rows}\n.. df-table::\n{header}\n   {code}\n"
    files = {"index.rst": text.replace("https://example.org", address), "planets.csv": content}
    before, after = build(files, builder="dummy", smartquotes=False).tables()
    assert looks(before) == looks(after)
    assert len(cell_texts(before)) == 2
