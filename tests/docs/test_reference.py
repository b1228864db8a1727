"""The reference lists what there is: no more, no less."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

import sphinx_df_table
from sphinx_df_table.config import VALUES
from sphinx_df_table.directives.df_table import DfTable
from sphinx_df_table.doctree.allowlist import ALLOWED
from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.model import errors
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.units import is_unit

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.rst").read_text("utf-8")


def listed(pattern: str) -> list[Any]:
    return re.findall(pattern, REFERENCE, re.MULTILINE)


def test_every_option_is_listed() -> None:
    assert sorted(listed(r"^\s*\.\. rst:directive:option:: ([\w-]+)")) == sorted(
        DfTable.option_spec
    )


def test_every_configuration_value_is_listed() -> None:
    assert sorted(listed(r"^\.\. confval:: (\w+)")) == sorted(VALUES)


def test_every_default_is_the_one_that_is_listed(tmp_path: Path) -> None:
    pattern = r"^\.\. confval:: (\w+)\n   :type: .*\n   :default: ``(.*)``$"
    written = {name: ast.literal_eval(default) for name, default in listed(pattern)}
    conf = {"extensions": ["sphinx_df_table"]}
    with docutils_namespace():
        app = Sphinx(tmp_path, None, tmp_path / "out", tmp_path, "dummy", conf, status=None)
    assert written == {name: app.config[name] for name in written}
    assert len(written) == len(listed(r"^\.\. confval:: (\w+)"))


def sources() -> str:
    folder = Path(sphinx_df_table.__file__).parent
    return "".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.py")))


def test_every_type_of_warning_is_listed() -> None:
    subtypes = {cls.subtype for cls in errors.TableError.__subclasses__()}
    written = re.findall(r'(?:subtype=|_warn\([^"]*, |docname,\s*)"(\w+)"', sources())
    assert set(listed(r"^``df_table\.(\w+)``")) == subtypes | set(written)


def test_every_stable_class_and_property_of_css_is_in_the_code() -> None:
    section = REFERENCE.partition("\nClasses and properties of CSS\n")[2].partition("\n.. _")[0]
    headings = "".join(re.findall(r"^``.*$", section, re.MULTILINE))
    names = set(re.findall(r"``([\w-]+)``", headings))
    properties = {name for name in names if name.startswith("--")}
    stylesheet = Path(sphinx_df_table.__file__).parent / "html" / "static" / "df-table.css"
    css = stylesheet.read_text("utf-8")
    assert 0 < len(properties) <= 5
    assert [name for name in properties if f"var({name}, " not in css] == []
    assert 0 < len(names - properties) <= 6
    assert [name for name in names - properties if f'"{name}"' not in sources()] == []


def test_every_promise_has_its_test() -> None:
    folder = ROOT / "tests"
    tests = "".join(path.read_text("utf-8") for path in sorted(folder.rglob("test_*.py")))
    with (ROOT / "docs" / "data" / "promises.csv").open(encoding="utf-8", newline="") as file:
        promises = list(csv.DictReader(file))
    assert len(promises) > 50
    missing = [row for row in promises if f"\ndef {row['Test']}(" not in tests]
    assert not missing
    page = (ROOT / "docs" / "trust.rst").read_text("utf-8")
    shown = re.findall(r'^   promises\("(\w+)"', page, re.MULTILINE)
    assert list(dict.fromkeys(row["Subject"] for row in promises)) == shown
    # What holds with fork only, or otherwise without, says so in the tests.
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text("utf-8")
        marked = re.search(r"^pytestmark = [^#]*?mark\.forks", text, re.MULTILINE)
        for row in promises:
            if test := re.search(rf"\n\n\n((?!\n\n\n).)*def {row['Test']}\(", text, re.DOTALL):
                differs = marked or re.search(r"FORKS|mark\.forks", test[0])
                assert row["Elsewhere"] or not differs, row


@pytest.mark.parametrize("name", ["README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"])
def test_links_to_files_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert links
    assert [link for link in links if not (page.parent / link).is_file()] == []


def test_the_tree_in_contributing_is_that_of_the_package() -> None:
    page = (ROOT / "docs" / "contributing.rst").read_text("utf-8")
    shown = []
    folders: list[str] = []
    for indent, name in re.findall(r"^   ((?:│   |    )*)[├└]── ([\w./]+)", page, re.MULTILINE):
        folders[len(indent) // 4 :] = [name.removesuffix("/")]
        shown.append("/".join(folders))
    folder = Path(sphinx_df_table.__file__).parent
    setup_only = {folder / part / "__init__.py" for part in SETUP_ONLY}
    modules = [path for path in folder.rglob("*.py") if path not in setup_only]
    modules += folder.rglob("*.sty")
    expected = {path.relative_to(folder).as_posix() for path in modules}
    parts = {name.partition("/")[0] for name in expected if "/" in name}
    assert set(shown) == expected | parts | {"locale", "html/static"}
    assert len(shown) == len(set(shown))


#: Parts whose ``__init__.py`` holds no more than their docstring or ``setup``.
SETUP_ONLY = ("directives", "doctree", "frames", "layout", "model", "printing", "worker")


def test_every_node_that_a_cell_may_hold_is_listed() -> None:
    with (ROOT / "docs" / "data" / "markup.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["Node"]: row["Attributes kept"] for row in csv.DictReader(file)}
    allowed = {kind.__name__: ", ".join(sorted(names)) for kind, names in ALLOWED.items()}
    # A class of sphinx-design since 0.8, and one that keeps what its role gave.
    allowed |= {"sd_badge": "tooltip", "inline": "", "pending_xref": "all that the role gave"}
    assert listed == allowed


def test_columns_of_texts_are_ordered_and_aligned_as_listed() -> None:
    with (ROOT / "docs" / "data" / "orders.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10
    for row in rows:
        texts = re.findall("``(.*?)``", row["Such as"])
        table = lay_out_frame(pd.DataFrame({"x": texts[::-1]}), TableOptions(sortable=True)).table
        assert table.ranks == (tuple(reversed(range(len(texts)))),), texts
        assert table.alignments == (row["Side"].lower(),), texts


def test_every_unit_that_is_listed_is_of_a_family() -> None:
    section = REFERENCE.partition("\nUnits are of one family")[2].partition("\nA rate")[0]
    listed = re.findall("``(.*?)``", section)
    assert len(listed) > 30
    prefixes = {"K", "M", "G", "T", "P", "E", "p", "k"}
    assert [unit for unit in listed if not is_unit(unit) and unit not in prefixes] == []
