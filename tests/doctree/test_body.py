"""A body that is stored as data gives the same output as rows of nodes."""

from __future__ import annotations

import dataclasses
import pickle
import re
import subprocess
import sys
import types
from types import MethodType
from typing import TYPE_CHECKING, Any

import other_extension
import pandas as pd
import pytest
from docutils import nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, new_document, patch_docutils
from sphinx.writers.html5 import HTML5Translator
from sphinx_builds import EXTENSIONS, Build, html_rows, page, table_of, write_files
from strategies import any_frame

from sphinx_df_table.doctree.body import df_table_body, expand_bodies
from sphinx_df_table.doctree.cells import CellParsers
from sphinx_df_table.doctree.row_targets import add_row_targets
from sphinx_df_table.doctree.table import table_to_node
from sphinx_df_table.frames.frame import lay_out_frame
from sphinx_df_table.html.headings import (
    add_cell_attributes,
    depart_entry,
    visit_entry,
    visit_permalink,
)
from sphinx_df_table.html.rows import write_body
from sphinx_df_table.model.options import TableOptions
from sphinx_df_table.model.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class NumberedRows(HTML5Translator):
    """A theme's translator that writes each row differently."""

    def visit_row(self, node: nodes.Element) -> None:
        self._table_row_indices[-1] += 1
        self.body.append(f'<tr data-row="{self._table_row_indices[-1]}">')
        node.column = 0  # type: ignore[attr-defined]


class NoRowIds(HTML5Translator):
    """A theme's translator that writes no ids of rows."""

    def visit_row(self, node: nodes.Element) -> None:
        super().visit_row(nodes.row())
        node.column = 0  # type: ignore[attr-defined]


class OwnCells(HTML5Translator):
    """A theme's translator with markup of its own around cells, percent signs included."""

    def visit_entry(self, node: nodes.entry) -> None:
        super().visit_entry(node)
        self.body.append('<div style="width: 100%s">')

    def depart_entry(self, node: nodes.entry) -> None:
        self.body.append("</div>")
        super().depart_entry(node)


class ShortRows(HTML5Translator):
    """A theme's translator that shows two columns at most."""

    def visit_row(self, node: nodes.Element) -> None:
        super().visit_row(node)
        node[:] = node.children[:2]


class CleanTexts(HTML5Translator):
    """A theme's translator that removes control characters."""

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 - docutils' way
        super().visit_Text(nodes.Text(re.sub("[\x00-\x1f]", " ", node.astext())))


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Write a table as Sphinx' HTML builder does."""
    folder = tmp_path / "project"
    write_files(folder, {})
    with patch_docutils(str(folder)), docutils_namespace():
        app = Sphinx(
            folder, None, folder / "out", folder / "doctrees", "html",
            {"extensions": EXTENSIONS, "html_theme": "basic"}, None, None,
        )  # fmt: skip
        app.build()
        builder: Any = app.builder
        handlers: dict[str, Callable[..., None]] = {
            "visit_df_table_body": write_body,
            "visit_df_table_entry": visit_entry,
            "depart_df_table_entry": depart_entry,
            "visit_df_table_permalink": visit_permalink,
        }

        def html_of(table: nodes.table, kind: type[HTML5Translator] = HTML5Translator) -> str:
            document = new_document("page.rst")
            document.settings = builder.docsettings
            document += table
            translator = kind(document, builder)
            for name, handler in handlers.items():
                setattr(translator, name, MethodType(handler, translator))
            document.walkabout(translator)
            return "".join(translator.body)

        yield html_of


def some_markup(text: str) -> list[nodes.Node]:
    """Return markup for a star, a backtick or a bar, and an empty list for other text."""
    if "*" in text:
        return [nodes.Text("a"), nodes.emphasis(text, text)]
    if "`" in text:
        return [nodes.reference(text, text, refuri="https://example.org/?a&b", internal=False)]
    if "|" in text:
        return [nodes.footnote_reference(text, "1", refname="1", refid="f")]
    return []


def node_of(table: Table) -> nodes.table:
    node, _ = table_to_node(
        table, parsers=CellParsers(inline=some_markup), widths=(), location=("page.rst", 1)
    )
    document = new_document("page.rst")
    document.settings.env = types.SimpleNamespace(temp_data={})
    add_row_targets(node, document, column=table.row_ids, name="rows")
    return node


def both_ways(table: Table, write: Callable[..., str], *kind: type[HTML5Translator]) -> list[str]:
    compact, real = node_of(table), node_of(table)
    assert list(compact.findall(df_table_body))
    expand_bodies(real)
    assert not list(real.findall(df_table_body))
    for node in (compact, real):
        # As the page's transform does.
        [tgroup] = node.findall(nodes.tgroup)
        add_cell_attributes(tgroup)
    return [write(compact, *kind), write(real, *kind)]


options = st.builds(
    TableOptions,
    index=st.sampled_from(["auto", "show", "hide"]),
    header_rows=st.sampled_from([None, 0, 1]),
    sortable=st.booleans(),
)


@settings(max_examples=150)
@given(
    any_frame(),
    options,
    st.integers(1, 4),
    st.booleans(),
    st.integers(0, 5),
    st.sampled_from([HTML5Translator, NumberedRows, OwnCells, ShortRows, CleanTexts]),
)
def test_html_is_the_same_byte_for_byte(
    write: Callable[..., str],
    frame: pd.DataFrame,
    chosen: TableOptions,
    times: int,
    has_groups: bool,
    row_ids: int,
    kind: type[HTML5Translator],
) -> None:
    frame = pd.concat([frame] * times)
    if has_groups:
        frame.columns = pd.MultiIndex.from_product([["G"], range(frame.shape[1])])
    table = lay_out_frame(frame, chosen).table
    if table.numbers and row_ids < table.width:
        table = dataclasses.replace(table, row_ids=row_ids)
    compact, real = both_ways(table, write, kind)
    assert compact == real


def test_html_is_the_same_with_stubs_and_markup(write: Callable[..., str]) -> None:
    frame = pd.DataFrame(
        {"a": ["*x*", "", "`l`", "a\nb", "|", "100 %", "<&>"] * 3, "b": range(21), "c": ["|"] * 21}
    )
    table = lay_out_frame(frame, TableOptions(stub_columns=2)).table
    compact, real = both_ways(table, write)
    assert compact == real
    assert compact.count("<tr") == 22
    assert compact.count("<em>") == 3


@pytest.mark.parametrize("stubs", [0, 1, 2])
@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize(
    "kind", [HTML5Translator, NumberedRows, OwnCells, ShortRows, CleanTexts, NoRowIds]
)
def test_html_is_the_same_with_ids_and_right_to_left_text(
    kind: type[HTML5Translator], column: int, stubs: int, write: Callable[..., str]
) -> None:
    texts = ["*x*", "", "`l`", "a\nb", "|", "100 %", "<&>", "שלום", "مرحبا\nx", "*א*"] * 2
    frame = pd.DataFrame({"a": texts, "b": range(20), "c": [*texts[3:], *texts[:3]]})
    table = lay_out_frame(frame, TableOptions(stub_columns=stubs)).table
    table = dataclasses.replace(table, row_ids=column)
    compact, real = both_ways(table, write, kind)
    assert compact == real
    if kind is HTML5Translator:
        assert compact.count("<tr") == 21
        assert compact.count('<tr id="') + compact.count('" id="rows') >= 9
        assert compact.count("headerlink") == compact.count('id="rows')
        assert compact.count(' dir="auto"') == 12


def test_a_body_with_spans_has_real_rows(write: Callable[..., str]) -> None:
    wide = Cell("*wide*", is_literal=False, morecols=1)
    node = node_of(table_of((Cell("1"), Cell("2")), (wide,), (Cell("3"), Cell("4"))))
    assert not list(node.findall(df_table_body))
    assert '<td class="text-center" colspan="2">' in write(node)


@given(any_frame())
def test_a_body_survives_pickling_and_copying(frame: pd.DataFrame) -> None:
    node = node_of(lay_out_frame(frame, TableOptions()).table)
    texts = []
    for other in (node, pickle.loads(pickle.dumps(node)), node.deepcopy()):
        texts.append(other.astext())
        expand_bodies(other)
        texts.append(other.pformat())
    assert len(set(texts)) == 2


PAGE = """\
Title
=====

Text [1]_.

.. [1] A footnote.

"""

CODE = """\
texts = ['**strong**', 'plain words', 'https://example.org', 'note [1]_', '', 'two\\nlines'] * 3
frame = pd.DataFrame({'text': texts, 'number': [n * 1.5 for n in range(18)]})
frame.columns = pd.MultiIndex.from_tuples([('G', 'text'), ('G', 'number')])
frame"""


@pytest.mark.parametrize("theme", ["basic", "alabaster", "classic"])
def test_pages_and_search_are_the_same_with_real_rows_and_handlers_of_others(
    theme: str, build: Build
) -> None:
    options = ":stub-columns: 1\n:class: wide\n:sortable:\n:searchable:"
    files = {"index.rst": PAGE + page(CODE, options=options, title="T")}
    outputs = []
    for extensions in ((), ("other_extension",)):
        built = build(files, builder="dirhtml", html_theme=theme, extensions=extensions, fresh=True)
        assert list(built.doctrees["index"].findall(df_table_body))
        names = ("index.html", "searchindex.js")
        outputs.append([(built.output / name).read_text("utf-8") for name in names])
    assert outputs[0] == outputs[1]
    assert outputs[0][0].count("<tr") == 20
    ids = re.findall(r' id="([^"]+)"', outputs[0][0])
    assert len(ids) == len(set(ids))
    assert all(word in outputs[0][1] for word in ('"strong"', '"plain"', '"word"'))


@pytest.mark.parametrize("markup", ["inline", "block"])
def test_each_footnote_reference_is_its_own(markup: str, build: Build) -> None:
    code = "pd.DataFrame({'a': ['note [1]_', 'x'] * 4})"
    built = build(PAGE + page(code, options=f":markup: {markup}"))
    links = [link["id"] for link in built.html().select("a.footnote-reference")]
    assert len(set(links)) == 5
    backlinks = [link["href"] for link in built.html().select("aside.footnote a, span.backrefs a")]
    assert {f"#{link}" for link in links} <= set(backlinks)


def test_other_formats_get_plain_nodes(build: Build) -> None:
    built = build(PAGE + page(CODE), builder="pseudoxml")
    text = (built.output / "index.pseudoxml").read_text("utf-8")
    assert "df_table_body" not in text
    assert len(re.findall("<row>", text)) == 20
    assert text.count("plain words") == 3


def test_a_table_in_a_doctree_has_its_heading_and_columns(build: Build) -> None:
    [table] = build(page(CODE), builder="dummy", warns=None).doctrees["index"].findall(nodes.table)
    [tgroup] = table.children
    kinds = [type(child) for child in tgroup.children]
    assert kinds == [nodes.colspec, nodes.colspec, nodes.thead, df_table_body]
    assert [colspec["colwidth"] for colspec in table.findall(nodes.colspec)] == [19, 6]


@pytest.mark.usefixtures("own_catalogues")
def test_translations_of_cells_may_hold_markup(build: Build) -> None:
    catalogue = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\n'
    catalogue += 'msgid "large"\nmsgstr "**groß**"\n\nmsgid "*small*"\nmsgstr "*klein*"\n'
    built = build(
        {
            "index.rst": page("pd.DataFrame({'Model': ['large', '*small*', 'large'], 'n': 1})"),
            "locale/de/LC_MESSAGES/index.po": catalogue,
        },
        language="de",
        locale_dirs=["locale"],
    )
    assert html_rows(built.html_table())[1:] == [["groß", "1"], ["klein", "1"], ["groß", "1"]]
    assert len(built.html().select("td strong")) == 2


def test_each_text_is_parsed_once(build: Build) -> None:
    other_extension.parsed.clear()
    code = "pd.DataFrame({'a': [':counted:`x`', ':counted:`y`', 'z'] * 50})"
    built = build(page(code), extensions=("other_extension",))
    assert other_extension.parsed == ["x", "y"]
    assert len(built.html().select("td strong")) == 100


def test_a_long_table_is_few_nodes_and_few_bytes(build: Build) -> None:
    code = (
        "rng = np.random.default_rng(1)\n"
        "df = pd.DataFrame(rng.random((1000, 12)).round(4)).add_prefix('c')\n"
        "df['link'] = [f'`Tutorial <https://example.org/{n % 30}>`__' for n in range(1000)]\n"
        "open('copy.csv', 'w').write(df.to_csv(index=False))"
    )
    built = build(page(code))
    doctree = built.doctrees["index"]
    # 13 headings of 3 nodes each and as many columns, 30 links of 4, and what is around them.
    assert len(list(doctree.findall())) < 13 * 4 + 30 * 4 + 20
    pickled = (built.folder / "doctrees" / "index.doctree").stat().st_size
    assert pickled < 2 * (built.source / "copy.csv").stat().st_size
    assert len(built.html().select("tbody tr")) == 1000


#: Builds a project, and prints whether it started a process or imported pandas.
WATCHED_BUILD = """\
import sys
from sphinx.cmd.build import main
events = set()
sys.addaudithook(lambda event, args: events.add(event))
assert main(sys.argv[1:]) == 0
found = events & {"subprocess.Popen", "os.fork", "os.posix_spawn"}
print(*sorted(found | sys.modules.keys() & {"pandas", "numpy"}))
"""


def test_a_rebuild_with_nothing_to_do_imports_no_pandas_and_starts_no_process(
    tmp_path: Path,
) -> None:
    conf = 'extensions = ["sphinx_design", "sphinx_df_table"]\nhtml_theme = "basic"\n'
    write_files(tmp_path, {"conf.py": conf, "index.rst": "T\n=\n\n" + page("pd.Series([1])")})

    def build_watched() -> str:
        command = [sys.executable, "-c", WATCHED_BUILD, "-q", str(tmp_path), str(tmp_path / "out")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert build_watched() == "subprocess.Popen"
    assert build_watched() == ""
