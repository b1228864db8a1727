"""Wherever a page can hold a table: it is there, whole, and its lines are the page's lines."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from sphinx_builds import Build, cell_texts, html_rows, page

if TYPE_CHECKING:
    from pathlib import Path


TABLE = page("df = pd.read_csv('prices.csv')\ndf['Cost'] = df['Rate'] * 2\ndf")
CSV = "Model,Rate\nt5,1.5\n"
ROWS = [["Model", "Rate", "Cost"], ["t5", "1.5", "3.0"]]


def inside(*lines: str, indent: int = 3) -> str:
    """The table inside a directive that ends with ``lines``."""
    return "\n".join(lines) + "\n\n" + textwrap.indent(TABLE, " " * indent)


#: A page with one table, and a selector of what must hold it.
PLACES = {
    "top level": (TABLE, "div.body"),
    "section": ("Title\n=====\n\nPart\n----\n\n" + TABLE, "section section"),
    "tab": (
        ".. tab-set::\n\n" + textwrap.indent(inside(".. tab-item:: One"), "   "),
        ".sd-tab-content",
    ),
    "synced tab": (
        ".. tab-set::\n   :sync-group: g\n\n"
        + textwrap.indent(inside(".. tab-item:: One", "   :sync: one"), "   "),
        ".sd-tab-content",
    ),
    "tab in a tab": (
        ".. tab-set::\n\n   .. tab-item:: Outer\n\n      .. tab-set::\n\n"
        + textwrap.indent(inside(".. tab-item:: Inner"), " " * 9),
        ".sd-tab-content .sd-tab-content",
    ),
    "dropdown": (inside(".. dropdown:: More"), "details"),
    "card": (inside(".. card:: Prices"), ".sd-card-body"),
    "card of a grid": (
        ".. grid:: 2\n\n" + textwrap.indent(inside(".. grid-item-card:: Prices"), "   "),
        ".sd-card-body",
    ),
    "admonition": (inside(".. note::"), ".note"),
    "list": ("- " + textwrap.indent(TABLE, "  ").lstrip(), "li"),
    "numbered list": ("1. Text.\n\n" + textwrap.indent(TABLE, "   "), "li"),
    "definition": ("Term\n" + textwrap.indent(TABLE, "   "), "dd"),
    "block quote": ("Text.\n\n" + textwrap.indent(TABLE, "   "), "blockquote"),
    "list-table": (
        ".. list-table::\n\n   * - " + textwrap.indent(TABLE, " " * 7).lstrip(),
        "td",
    ),
    "only": (inside(".. only:: html"), "div.body"),
    "container": (inside(".. container:: wide"), ".wide"),
    "figure legend": (inside(".. figure:: dot.png", "", "   Caption"), ".legend"),
    "footnote": ("Text [#n]_.\n\n.. [#n] Note.\n\n" + textwrap.indent(TABLE, "   "), ".footnote"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_table_is_at_home_in(name: str, build: Build) -> None:
    text, selector = PLACES[name]
    built = build({"index.rst": text, "prices.csv": CSV, "dot.png": b""})
    holders = [found for found in built.html().select(selector) if found.find("table")]
    assert html_rows(holders[-1].select("table")[-1]) == ROWS


@pytest.mark.parametrize("name", PLACES)
def test_the_failing_line_is_the_page_s_line(name: str, build: Build) -> None:
    text, _ = PLACES[name]
    broken = text.replace("df['Rate'] * 2", "df['Rate'] / nothing")
    number = next(n for n, line in enumerate(broken.splitlines(), 1) if "nothing" in line)
    files = {"index.rst": broken, "prices.csv": CSV, "dot.png": b""}
    built = build(files, builder="dummy", warns=1)
    assert built.warnings[0].startswith(f"{built.source / 'index.rst'}:{number}: WARNING: ")
    assert "NameError: name 'nothing' is not defined, at: df['Cost']" in built.warnings[0]


MYST = """\
# Title

```{df-table} Prices *today*
:name: prices
:align: left

df = pd.read_csv('prices.csv')
df['Cost'] = df['Rate'] * 2
df
```
"""

NESTED_MYST = """\
# Title

::::{tab-set}
:::{tab-item} One
```{df-table}
df = pd.read_csv('prices.csv')
df['Cost'] = df['Rate'] * 2
```
:::
::::
"""

YAML_MYST = """\
# Title

```{df-table}
---
name: prices
---

df = pd.read_csv('prices.csv')
df['Cost'] = df['Rate'] * 2
```
"""

LIST_MYST = """\
# Title

- One

  ```{df-table}

  df = pd.read_csv('prices.csv')
  df['Cost'] = df['Rate'] * 2
  ```
"""

MYST_PAGES = {"fence": MYST, "tab": NESTED_MYST, "yaml": YAML_MYST, "list": LIST_MYST}


@pytest.mark.parametrize("name", MYST_PAGES)
def test_a_table_is_at_home_in_markdown(name: str, build: Build) -> None:
    files = {"index.md": MYST_PAGES[name], "prices.csv": CSV}
    configuration = {"myst_enable_extensions": ["colon_fence"]}
    built = build(files, extensions=("myst_parser",), **configuration)
    assert html_rows(built.html_table()) == ROWS


@pytest.mark.parametrize("name", MYST_PAGES)
def test_the_failing_line_is_the_markdown_page_s_line(name: str, build: Build) -> None:
    broken = MYST_PAGES[name].replace("df['Rate'] * 2", "df['Rate'] / nothing")
    number = next(n for n, line in enumerate(broken.splitlines(), 1) if "nothing" in line)
    built = build(
        {"index.md": broken, "prices.csv": CSV},
        builder="dummy",
        extensions=("myst_parser",),
        myst_enable_extensions=["colon_fence"],
        warns=1,
    )
    assert built.warnings[0].startswith(f"{built.source / 'index.md'}:{number}: WARNING: ")


def test_a_bad_option_in_markdown_is_its_own_warning(build: Build) -> None:
    text = "# Title\n\n```{df-table}\n:index: perhaps\n\npd.Series([1])\n```\n"
    built = build({"index.md": text}, builder="dummy", extensions=("myst_parser",), warns=1)
    assert "Invalid option value for 'index'" in built.warnings[0]
    assert "[myst.directive_option]" in built.warnings[0]
    assert cell_texts(built.tables()[0])[1] == ["1"]


def test_an_included_table_has_the_lines_of_its_own_file(build: Build) -> None:
    files = {
        "sub/page.rst": ":orphan:\n\nTitle\n=====\n\n.. include:: ../parts/table.txt\n",
        "parts/table.txt": "Text.\n\n" + TABLE,
        "sub/prices.csv": CSV,
    }
    built = build(files)
    assert html_rows(built.html_table("sub/page")) == ROWS
    broken = TABLE.replace("df['Rate'] * 2", "df['Rate'] / nothing")
    built = build({"parts/table.txt": "Text.\n\n" + broken}, builder="dummy", warns=1)
    assert built.warnings[0].startswith(f"{built.source / 'parts' / 'table.txt'}:6: WARNING: ")


def test_a_prolog_does_not_shift_the_lines(build: Build) -> None:
    built = build(
        "Title\n=====\n\n" + page("x = 1\nx / 0"),
        builder="dummy",
        rst_prolog=".. |a| replace:: b\n\n.. |c| replace:: d",
        warns=1,
    )
    assert built.warnings[0].startswith(f"{built.source / 'index.rst'}:7: WARNING: ")


def test_the_same_code_elsewhere_on_the_page_does_not_shift_the_lines(build: Build) -> None:
    code = ".. code-block:: python\n\n   x = 1\n   x / 0\n\n"
    cell = ["+---------------+"] + [f"| {line:13} |" for line in page("x = 1\nx / 0").splitlines()]
    text = "\n".join([code, *cell, cell[0], ""])
    number = max(n for n, line in enumerate(text.splitlines(), 1) if "x / 0" in line)
    built = build(text, builder="dummy", warns=1)
    assert built.warnings[0].startswith(f"{built.source / 'index.rst'}:{number}: WARNING: ")


def test_text_from_the_configuration_is_called_what_sphinx_calls_it(build: Build) -> None:
    built = build("Text.\n", builder="dummy", rst_epilog="\n" + page("x = 1\nx / 0"), warns=1)
    assert re.match(r"<rst_epilog(ue)?>:\d+: WARNING: ", built.warnings[0])


def test_a_table_in_a_docstring_is_shown_and_located(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "source")
    module = 'def price():\n    """Return it.\n\n' + textwrap.indent(TABLE, "    ") + '    """\n'
    files = {
        "index.rst": ".. autofunction:: prices.price\n",
        "prices.py": module,
        "prices.csv": CSV,
    }
    extensions = ("sphinx.ext.autodoc",)
    built = build(files, extensions=extensions)
    assert html_rows(built.html_table()) == ROWS
    broken = module.replace("df['Rate'] * 2", "df['Rate'] / nothing")
    monkeypatch.delitem(sys.modules, "prices")
    again = build({"prices.py": broken}, extensions=extensions, warns=1)
    monkeypatch.delitem(sys.modules, "prices")
    assert "prices.py:docstring of prices.price:6: WARNING: The code failed" in again.warnings[0]


@pytest.mark.parametrize("folder", ["with blank", "Größe und 表", "a'b\"c"])
def test_the_name_of_the_folder_does_not_matter(folder: str, build: Build) -> None:
    built = build({"index.rst": TABLE, "prices.csv": CSV}, source=folder)
    assert html_rows(built.html_table()) == ROWS


def test_a_page_behind_a_link_reads_what_lies_beside_the_link(build: Build, tmp_path: Path) -> None:
    build(
        {"real/page.txt": ":orphan:\n\n" + TABLE, "prices.csv": CSV, "index.rst": "Title\n=====\n"}
    )
    source = tmp_path / "source"
    (source / "linked.rst").symlink_to(source / "real" / "page.txt")
    built = build(exclude_patterns=["real"])
    assert html_rows(built.html_table("linked")) == ROWS


def test_a_source_folder_that_cannot_be_written_is_no_hindrance(build: Build) -> None:
    built = build({"index.rst": TABLE, "prices.csv": CSV, "helper.py": "x = 1"}, builder="dummy")
    before = sorted(path for path in built.source.rglob("*"))
    built = build(page("import helper\npd.read_csv('prices.csv')"), builder="dummy")
    assert sorted(path for path in built.source.rglob("*")) == before


def test_literal_tabs_and_blanks_reach_the_code(build: Build) -> None:
    code = "a = 'x\ty'\nb = '''1  \n2'''\n\npd.Series([len(a), len(b)])"
    built = build(page(code), builder="dummy")
    assert cell_texts(built.tables()[0])[1:] == [["3"], ["5"]]


def test_a_table_has_the_html_of_docutils(build: Build) -> None:
    table = build({"index.rst": TABLE, "prices.csv": CSV}).html_table()
    assert {"docutils", "df-table"} <= set(table["class"])
    assert len(table.select("thead tr th")) == 3
    assert not table.select("colgroup, [style]")


def test_options_of_several_lines_are_there_in_markdown(build: Build) -> None:
    text = """\
# Title

```{df-table}
---
format: |
  a: {:.1f}
  "b: c": <{:d}>
columns: '"b: c", a'
align-columns: "number: left"
hoist-constants:
---
pd.DataFrame({"a": [1.25, 2.5], "b: c": [3, 4], "d": [5, 5]})
```

```{df-table}
:format: "number: {:.3f}"

pd.DataFrame({"a": [1.25]})
```
"""
    built = build({"index.md": text}, builder="dummy", extensions=("myst_parser",))
    assert [cell_texts(table) for table in built.tables()] == [
        [["b: c", "a"], ["<3>", "1.2"], ["<4>", "2.5"]],
        [["a"], ["1.250"]],
    ]
