"""Mistakes in writing the directive: unknown options, code that is indented otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx_builds import cell_texts, page

from sphinx_df_table.directives.source import recover_source

if TYPE_CHECKING:
    from sphinx_builds import Build

TABLE = "pd.DataFrame({'a': [1]})"

#: Options that are none, and what the message says of them.
UNKNOWN = {
    "column: a": "(the nearest options: 'columns'",
    "df-arg: a": "(the nearest options: 'df-var'",
    "max-row: 3": "(the nearest options: 'max-rows'",
    "align_columns: a": "(the nearest options: 'align-columns'",
    "file: a.csv": 'read the file in the code: pd.read_csv("a.csv")',
    "url: https://example.org/a.csv": 'in the code: pd.read_csv("https://example.org/a.csv")',
    "file:": "read the file in the code: pd.read_csv(...)",
    "delim: ;": "use sep= of pd.read_csv",
    "encoding: utf-8": "use encoding= of pd.read_csv",
    "quote: x": "use quotechar= of pd.read_csv",
    "caption: Costs": "write the caption after df-table::",
    "zzz: 1": 'unknown option: "zzz"',
}


@pytest.mark.parametrize("option", UNKNOWN)
def test_an_unknown_option_names_the_nearest_or_the_way(option: str, build: Build) -> None:
    built = build(page(TABLE, options=f":{option}"), builder="dummy", warns=None)
    message = " ".join(built.warnings)
    name = option.partition(":")[0].lower()
    assert built.warnings[0].startswith(f"{built.source / 'index.rst'}:1: ERROR: ")
    assert f'unknown option: "{name}"' in message
    assert UNKNOWN[option] in message
    if "zzz" in option:
        assert "nearest" not in message


@pytest.mark.parametrize("option", UNKNOWN)
def test_so_it_does_in_markdown_where_the_table_is_shown(option: str, build: Build) -> None:
    text = f"```{{df-table}}\n:{option}\n\n{TABLE}\n```\n"
    built = build({"index.md": text}, builder="dummy", extensions=("myst_parser",), warns=1)
    assert UNKNOWN[option] in built.warnings[0]
    assert len(built.tables()) == 1


def test_an_unknown_option_of_a_set_up_names_its_own(build: Build) -> None:
    text = ".. df-setup::\n   :time-out: 3\n\n   x = 1\n"
    assert "the nearest options: 'timeout'" in " ".join(build(text, warns=None).warnings)


def directive(*lines: str, options: str = "") -> str:
    """A df-table with lines that are indented as they are."""
    return "\n".join([".. df-table::", *([f"   {options}"] if options else []), "", *lines, ""])


DEEP = ("x = {'a': [1]}", "", "if x:", "    df = pd.DataFrame(x)", "df")


@pytest.mark.parametrize("indent", ["    ", "       ", "\t", "     \t", "            "])
@pytest.mark.parametrize("options", ["", ":max-rows: 5"])
def test_code_may_be_indented_deeper_than_the_options(
    indent: str, options: str, build: Build
) -> None:
    text = directive(*(indent + line if line else "" for line in DEEP), options=options)
    assert cell_texts(build(text, builder="dummy").tables()[0]) == [["a"], ["1"]]


def test_so_may_code_in_markdown(build: Build) -> None:
    code = "\n".join(f"      {line}" for line in DEEP)
    text = f"```{{df-table}}\n:max-rows: 5\n\n{code}\n```\n"
    built = build({"index.md": text}, builder="dummy", extensions=("myst_parser",))
    assert cell_texts(built.tables()[0]) == [["a"], ["1"]]


def test_such_code_is_shown_without_its_indent_and_fails_at_its_line(build: Build) -> None:
    lines = ["       x = 1", "       if x:", "           1/0"]
    built = build(directive(*lines, options=":show-source: above"), builder="text", warns=1)
    assert "index.rst:6: WARNING: The code failed with ZeroDivisionError" in built.warnings[0]
    assert "   x = 1\n   if x:\n       1/0\n" in (built.output / "index.txt").read_text("utf-8")


@given(st.lists(st.sampled_from(["", "x = 1", "  y = 2", "\tz", "    "])), st.integers(0, 9))
def test_a_common_indent_is_removed_and_no_other(lines: list[str], depth: int) -> None:
    code = ["first", *lines]
    deep = [" " * depth + line if line.strip() else line for line in code]
    source = recover_source(deep, filename="none.rst", first_line=1, max_distance=0)
    kept = [line if line.strip() else "" for line in source.text.split("\n")]
    assert kept == [line if line.strip() else "" for line in code]


#: Lines of code of which one is indented otherwise, its number, and what is said.
CULPRITS = [
    (["   x = 1", "      y = 2", "      y"], 3, "with fewer blanks than all other lines"),
    (["      x = 1", "      y = 2", "   y"], 5, "with fewer blanks than all other lines"),
    (["      x = 1", "     y = 2", "      y"], 4, "with fewer blanks than all other lines"),
    (["      x = 1", "   # y", "      x"], 4, "with fewer blanks than all other lines"),
]


@pytest.mark.parametrize(("lines", "number", "message"), CULPRITS)
def test_the_one_line_that_begins_otherwise_is_named(
    lines: list[str], number: int, message: str, build: Build
) -> None:
    built = build(directive(*lines), builder="dummy", warns=1)
    assert "IndentationError" in built.warnings[0]
    assert f"(line {number} begins {message})." in built.warnings[0]


def test_a_line_that_python_names_itself_is_not_named_twice(build: Build) -> None:
    built = build(directive("   x = 1", "    y = 2", "   y"), builder="dummy", warns=1)
    assert "index.rst:4: WARNING: The code failed with IndentationError" in built.warnings[0]
    assert "begins" not in built.warnings[0]


#: What follows an empty directive at its own indent.
FLAT = [
    "df = pd.read_csv('a.csv')\ndf.head()",
    "pd.read_csv('a.csv')",
    "import json",
    "from a import b\n\nb",
    "for name in names:\n    print(name)",
    "df",
    "x = 1\nx",
    "# first the prices\nprices = load()",
]


@pytest.mark.parametrize("code", FLAT)
@pytest.mark.parametrize("options", ["", ":max-rows: 5"])
def test_code_that_is_not_indented_is_recognised(code: str, options: str, build: Build) -> None:
    text = f"Text.\n\n{directive(options=options)}\n{code}\n"
    built = build(text, builder="dummy", warns=None)
    [warning] = [warning for warning in built.warnings if "df_table" in warning]
    line = text.split("\n").index(code.splitlines()[0]) + 1
    assert "index.rst:3: WARNING: There is no code. " in warning
    assert f"The code from line {line} on is not indented, so it is a paragraph of" in warning
    assert "Indent it by 3 blanks. [df_table.snippet]" in warning


@pytest.mark.parametrize(
    "text",
    [
        "Costs of all models.",
        "Costs",
        "Costs, and what they mean:",
        "Costs: low",
        "Costs\n=====",
        ".. note:: x",
        "* ``a = b()``",
        "import duties",
        "global warming",
        "",
    ],
)
def test_a_paragraph_of_words_is_not_taken_for_code(text: str, build: Build) -> None:
    built = build(f"Text.\n\n{directive()}\n{text}\n", builder="dummy", warns=1)
    assert "There is no code. Leave an empty line between" in built.warnings[0]


def test_code_that_is_not_indented_is_recognised_in_a_list(build: Build) -> None:
    text = "* .. df-table::\n\n  df = pd.read_csv('a.csv')\n\nText.\n"
    built = build(text, builder="dummy", warns=1)
    assert "The code from line 3 on is not indented" in built.warnings[0]


#: Settings under which each table of a build fails for the same reason.
ONCE: dict[str, tuple[dict[str, object], str]] = {
    "preamble": ({"df_table_preamble": "1/0"}, "df_table_preamble failed at line 1"),
    "timeout": ({"df_table_preamble": "while True: pass", "df_table_timeout": 0.1}, "timed out"),
}


@pytest.mark.parametrize("name", ONCE)
def test_a_warning_given_once_has_the_place_of_the_first_table(name: str, build: Build) -> None:
    configuration, message = ONCE[name]
    text = f"A\n=\n\n{page(TABLE)}"
    contents = "Title\n=====\n\n.. toctree::\n\n   a\n   b\n"
    files = {"index.rst": contents, "a.rst": text, "b.rst": text}
    built = build(files, builder="dummy", warns=1, **configuration)
    assert built.warnings[0].startswith(f"{built.source / 'a.rst'}:4: WARNING: ")
    assert message in built.warnings[0]


def test_so_has_the_warning_that_docutils_forbids_code(build: Build) -> None:
    files = {
        "index.rst": f"Text.\n\n{page(TABLE)}\n{page(TABLE)}",
        "docutils.conf": "[general]\nraw_enabled: false\n",
    }
    built = build(files, builder="dummy", warns=None)
    found = [warning for warning in built.warnings if "df_table" in warning]
    assert all("index.rst:3: WARNING: No df-table is shown" in warning for warning in found)
