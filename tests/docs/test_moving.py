"""The pages for those who come from elsewhere: each pair of sources shows the same cells."""

from __future__ import annotations

import csv
import dataclasses
import functools
import http.server
import re
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pytest
from documentation import DATA, DOCS, EXAMPLES, commands, python, run
from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable, ListTable
from sphinx_builds import Build, Built, build_in, cell_texts, page, write_files

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

BEFORE = sorted(path.name.replace("-before", "") for path in EXAMPLES.glob("*-before.rst"))
PAIRS = [name for name in BEFORE if not name.startswith(("script-", "notebook-"))]
OF_SCRIPTS = [name for name in BEFORE if name.startswith("script-")]


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


@pytest.mark.xdist_group("pairs")
@pytest.mark.parametrize("name", PAIRS)
def test_both_of_a_pair_show_the_same(name: str, pairs: Built) -> None:
    before, after = pairs.tables(f"moving/{name.removesuffix('.rst')}")
    assert "df-table" not in before["classes"]
    assert "df-table" in after["classes"]
    assert looks(before) == looks(after)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: str(path.name))
def test_each_example_is_on_a_page(path: Path) -> None:
    pages = "".join(page.read_text("utf-8") for page in (DOCS / "moving").iterdir())
    assert re.search(rf"literalinclude(::|}}) \.\./examples/moving/{path.name}\n", pages)
    if path.suffix in {".rst", ".md"} and not path.stem.endswith("-before"):
        assert re.search(rf" ?[{{ ]include(::|}}) \.\./examples/moving/{path.name}\n", pages)


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


CONF = """\
import sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here / "_ext"))
extensions = ["df_tables"]
release = "1.0"
show_warning_types = True
"""


@dataclasses.dataclass(frozen=True)
class Run:
    """A build from the command line, and the cells of its tables."""

    status: int
    output: str
    cells: str


def project_of(folder: Path, files: dict[str, str], *, extension: str) -> None:
    script = (EXAMPLES / "df_tables.py").read_text("utf-8")
    conf = CONF.replace("df_tables", extension)
    parts = {"conf.py": conf, "_ext/df_tables.py": script, "_ext/ours.py": "rate = 2\n"}
    contents: dict[str, str | bytes] = {**DATA, **parts, **files}
    wanted = {name: as_bytes(content) for name, content in contents.items()}
    there = {name for name in wanted if (folder / "source" / name).is_file()}
    same = {name for name in there if (folder / "source" / name).read_bytes() == wanted[name]}
    write_files(folder / "source", {name: wanted[name] for name in wanted.keys() - same})
    (folder / "source" / "moving").mkdir(exist_ok=True)


def as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8")


def built_by_the_script(folder: Path, files: dict[str, str]) -> Run:
    """Build from the command line, in the folder of the pages, where paths begin."""
    project_of(folder, files, extension="df_tables")
    start = folder / "source" / "moving"
    run = python(
        "-m", "sphinx", "-b", "xml", "-d", "../../old-doctrees", "..", "../../old", cwd=start
    )
    return Run(run.returncode, run.stdout + run.stderr, cells_of(folder / "old"))


@pytest.fixture
def built(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """The same with the package."""

    def built_by_the_package(files: dict[str, str]) -> Run:
        monkeypatch.setattr(sys, "path", [*sys.path])  # which conf.py changes
        project_of(tmp_path, files, extension="sphinx_df_table")
        built = build(builder="xml", warns=None)
        output = "\n".join([built.status, *built.warnings])
        return Run(built.returned, output, cells_of(built.output))

    return built_by_the_package


def cells_of(output: Path) -> str:
    return python("-I", EXAMPLES / "table_cells.py", output, cwd=output.parent).stdout


def test_the_cells_are_those_that_the_script_has_shown(
    tmp_path: Path, built: Callable[..., Run]
) -> None:
    same = {"moving/script-same.rst": (EXAMPLES / "script-same.rst").read_text("utf-8")}
    older, newer = dict(same), dict(same)
    for name in OF_SCRIPTS:
        before = EXAMPLES / name.replace(".rst", "-before.rst")
        older[f"moving/{name}"] = before.read_text("utf-8")
        newer[f"moving/{name}"] = (EXAMPLES / name).read_text("utf-8")
    old = built_by_the_script(tmp_path, older)
    new = built(newer)
    assert old.status == new.status == 0
    assert old.cells == new.cells
    assert old.cells.count(".xml ") == len(OF_SCRIPTS) + 2
    assert "WARNING: The code" not in new.output


HABITS = {
    "arg": "   :header-rows: 1\n   :df-arg: x\n\n   x = pd.DataFrame({'a': ['arg']})",
    "values": (
        "   :header-rows: 1\n\n   df = pd.DataFrame({'a': [1.50, None], 'b': [True, False],"
        " 'c': pd.to_datetime(['2024-01-05', None])})"
    ),
    "no headings": "\n   df = pd.DataFrame({'a': [0]})",
    "header": "   :header: p\n\n   df = pd.DataFrame({'a': ['h']})",
    "list": "   :header-rows: 1\n\n   df = pd.DataFrame({'a': ['1. Ceres']})",
    "delim": "   :header-rows: 1\n   :delim: ,\n\n   df = pd.DataFrame({'a': ['d']})",
    "print": "   :header-rows: 1\n\n   print('said')\n   df = pd.DataFrame({'a': [1]})",
    "leftover": "   :header-rows: 1\n\n   other = 1",
    "chdir": (
        "   :header-rows: 1\n\n   import os\n   df = pd.DataFrame({'a': [os.path.basename("
        "os.getcwd()), pd.get_option('display.precision')]})\n   os.chdir('..')\n"
        "   pd.set_option('display.precision', 3)"
    ),
    "module": "   :header-rows: 1\n\n   import ours\n   df = pd.DataFrame({'a': [ours.rate]})",
}


def shown(cells: str) -> dict[str, str]:
    """The rows of each table, by the table's title."""
    blocks = re.split(r"^\S+\.xml ", cells, flags=re.MULTILINE)[1:]
    titles, rows = zip(*(block.split("\n", 1) for block in blocks), strict=True)
    return dict(zip(titles, ("; ".join(row.split("\n")) for row in rows), strict=True))


def test_habits_change_as_the_page_says(tmp_path: Path, built: Callable[..., Run]) -> None:
    tables = [f".. df-table:: {title}\n{body}\n" for title, body in HABITS.items()]
    again = HABITS["chdir"]
    text = "\n".join([*tables, f".. df-table:: chdir again\n{again}\n"])
    old = built_by_the_script(tmp_path, {"moving/index.rst": text, "index.rst": "Title\n====="})
    new = built({"moving/index.rst": text})
    before, now = shown(old.cells), shown(new.cells)
    for name in ("values", "module"):
        assert before[name] == now[name]
    assert "1.5 | True | 2024-01-05" in now["values"]
    assert ";      |  False" not in now["values"]
    assert (before["no headings"], now["no headings"]) == (now["no headings"],) * 2
    assert now["header"].split() == ["p;", "h;"]
    assert before["header"].split() == ["p;", "a;", "h;"]
    assert (before["list"].split(), now["list"].split()) == (
        ["a;", "Ceres;"],
        ["a;", "1.", "Ceres;"],
    )
    for name, option in {"arg": "df-arg", "delim": "delim"}.items():
        assert name in before
        assert name not in now
        assert f'unknown option: "{option}"' in new.output
    assert "said" in old.output
    assert "said" not in new.output
    assert before["leftover"] == before["print"]
    assert "leftover" not in now
    assert "defined: other" in new.output
    assert now["chdir"] == now["chdir again"]
    assert before["chdir"] != before["chdir again"]


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [("1/0", 2, 'File "<string>", line 1'), ("import sys; sys.exit()", 0, "")],
)
def test_what_ended_the_build_ends_it_no_longer(
    code: str, status: int, message: str, tmp_path: Path, built: Callable[..., Run]
) -> None:
    text = "Title\n=====\n\n" + page(f"{code}\ndf = pd.DataFrame({{'a': [1]}})")
    old = built_by_the_script(tmp_path, {"index.rst": text})
    assert old.status == status
    assert message in old.output
    assert "build succeeded" not in old.output
    new = built({"index.rst": text})
    assert new.status == 0
    assert "index.rst:6: WARNING: The code failed with" in new.output


def test_names_of_the_configuration_can_be_imported(built: Callable[..., Run]) -> None:
    text = page("from conf import release\npd.DataFrame({'a': [release]})")
    assert shown(built({"index.rst": text}).cells) == {"None": "    a;     1.0; "}


def test_data_that_changes_is_noticed_now(tmp_path: Path, built: Callable[..., Run]) -> None:
    text = page("df = pd.read_csv('../data/new.csv')", options=":header-rows: 1")
    files = {"moving/index.rst": text, "index.rst": "Title\n====="}
    first, second = ({**files, "data/new.csv": f"a\n{word}\n"} for word in ("first", "second"))
    built_by_the_script(tmp_path, first)
    assert "first" in built_by_the_script(tmp_path, second).cells
    built(first)
    assert "second" in built(second).cells


def test_paths_may_begin_at_the_folder_of_the_preamble(built: Callable[..., Run]) -> None:
    source = (DOCS / "moving" / "private-directive.rst").read_text("utf-8")
    [conf] = re.findall(r"   (df_table_preamble = .*?\"\"\"\n.*?\"\"\")", source, re.DOTALL)
    [code] = re.findall(r"^      (pd\.read_csv\(DATA.*)$", source, re.MULTILINE)
    conf = CONF + re.sub("^   ", "", conf, flags=re.MULTILINE)
    new = built({"conf.py": conf, "moving/index.rst": page(code)})
    assert "Neptune" in new.cells


@pytest.mark.parametrize("last", ["df_tables", "sphinx_df_table"])
def test_of_two_extensions_the_last_counts(last: str, tmp_path: Path) -> None:
    first = "sphinx_df_table" if last == "df_tables" else "df_tables"
    conf = CONF.replace('"df_tables"', f'"{first}", "{last}"')
    text = page("print('said')\ndf = pd.DataFrame({'a': [1]})")
    run = built_by_the_script(tmp_path, {"conf.py": conf, "index.rst": text})
    assert "directive 'df-table' is already registered" in run.output
    assert ("said" in run.output) is (last == "df_tables")


def test_the_steps_of_a_move_lead_to_the_same_cells(tmp_path: Path) -> None:
    source = (DOCS / "moving" / "private-directive.rst").read_text("utf-8")
    [keep, compare] = re.findall(r"console\n\n((?:   \$ .*\n)+)", source)
    [[old, new]] = re.findall(r"   -(extensions.*)\n   \+(extensions.*)\n", source)
    conf = CONF.replace('extensions = ["df_tables"]', old)
    text = page("df = pd.DataFrame({'Moon': ['Io']})", options=":header-rows: 1")
    folder = tmp_path / "docs"
    write_files(tmp_path, {"table_cells.py": (EXAMPLES / "table_cells.py").read_bytes()})
    write_files(folder, {"conf.py": conf + 'exclude_patterns = ["_build"]\n', "index.rst": text})
    write_files(folder / "_ext", {"df_tables.py": (EXAMPLES / "df_tables.py").read_bytes()})
    (folder / "_ext" / "index.rst").unlink()
    assert in_shell(keep, tmp_path).returncode == 0
    assert "Io" in (tmp_path / "old.txt").read_text("utf-8")
    (folder / "conf.py").write_text(conf.replace(old, new), "utf-8")
    done = in_shell(compare, tmp_path)
    assert (done.returncode, done.stdout.count("Io")) == (0, 0), done.stderr


def in_shell(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run what a block has you type, with this Python."""
    return run(commands(textwrap.dedent(block)).replace("sphinx-build", "sphinx-build -q"), folder)
