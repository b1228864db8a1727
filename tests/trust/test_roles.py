"""No role of Sphinx or sphinx-design ends a build, whatever a cell gives to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
from docutils import nodes
from sphinx_builds import entry_text

if TYPE_CHECKING:
    from sphinx_builds import Build, Built

#: What roles, domains and writers take apart, and a bit too much of it.
TARGETS: Final = [
    "AT&", "<>", "a <>", "a <b", "{number.x} <tab>", "%(x)s <tab>", "A<" * 5, "A<A(" * 90, " ",
    "!" * 400 + "x", "*" * 300, "~", "!", "operator<", "a(b(c", 'check;1em;x" onclick="y',
    "check;NaNem", "a --> ", "{a", "a#b?c=d", "//e <javascript:x>", "9" * 30, "(", "x ((y)", "@",
    "f(int x", "a, b", "../../..", "%s %s <tab>", "a" * 900 + " b", "\u202e\u2028\ufffe", "x^{",
    "\\", "-->", "T <index>", "tab",
]  # fmt: skip

#: The number of tables: one with all roles would have too much markup.
TABLES: Final = 8

CODE: Final = """\
import json
names, targets = json.load(open('roles.json')), json.load(open('targets.json'))
pairs = [(name, target) for name in names[{part}::{tables}] for target in targets]
df = pd.DataFrame({{'a': [{form!r} % pair for pair in pairs]}})
"""
FORMS: Final = {".rst": ":%s:`%s`", ".md": "{%s}`%s`"}


def roles_page(suffix: str, targets: list[str]) -> dict[str, str]:
    """A project with a page of tables, in which each role has each of ``targets``."""
    text = "Title\n=====\n\n" if suffix == ".rst" else "# Title\n\n"
    for part in range(TABLES):
        code = CODE.format(form=FORMS[suffix], part=part, tables=TABLES)
        name = f"tab{part or ''}"
        if suffix == ".md":
            text += f"```{{df-table}} Caption\n:name: {name}\n\n{code}\n```\n\n"
        else:
            lines = "".join(f"   {line}\n" for line in code.splitlines())
            text += f".. df-table:: Caption\n   :name: {name}\n\n{lines}\n"
    other = ":orphan:\n\nOther\n=====\n\nAnother page.\n"
    return {f"index{suffix}": text, "targets.json": json.dumps(targets), "other.rst": other}


def build_roles(build: Build, suffix: str, targets: list[str], builder: str) -> Built:
    extensions = ("listed_roles", "sphinx.ext.mathjax", "myst_parser")
    files = roles_page(suffix, targets)
    return build(files, builder=builder, extensions=extensions, warns=None, numfig=True)


@pytest.mark.parametrize("suffix", FORMS)
def test_every_role_with_every_target_is_markup_or_text(suffix: str, build: Build) -> None:
    targets = TARGETS[list(FORMS).index(suffix) :: 2]
    built = build_roles(build, suffix, targets, "html")
    names = json.loads((built.source / "roles.json").read_text("utf-8"))
    assert {"abbr", "any", "std:numref", "cpp:any", "bdg-ref-info", "octicon", "py:func"} <= {
        *names
    }
    assert len(names) > 100
    for part, table in enumerate(built.tables()):
        expected = [FORMS[suffix] % (n, target) for n in names[part::TABLES] for target in targets]
        [body] = table.findall(nodes.tbody)
        for text, entry in zip(expected, body.findall(nodes.entry), strict=True):
            is_markup = len(list(entry.findall(nodes.Element))) > 2
            assert is_markup or entry_text(entry) == text.replace("\ufffe", "\ufffd")
    assert not [warning for warning in built.warnings if "Traceback" in warning]
    assert built.html("other").select("h1")


@pytest.mark.parametrize("builder", ["latex", "text", "man", "texinfo", "epub", "xml", "gettext"])
def test_no_writer_trips_over_a_role(builder: str, build: Build) -> None:
    built = build_roles(build, ".rst", TARGETS[::4], builder)
    assert [path for path in built.output.rglob("*") if path.is_file()]
