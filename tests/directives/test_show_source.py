"""The code of a table stands beside it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from docutils import nodes
from sphinx_builds import Build, Built, page

from sphinx_df_table.directives.design import create_code_block
from sphinx_df_table.model.protocol import Source

CODE = "# The only one.\nif True:\n    df = pd.DataFrame({'a': [1]})"
TABS = "{k: pd.DataFrame({'a': [1]}) for k in 'xy'}"

EPUB = {"project": "p", "version": "1", "copyright": "x", "epub_identifier": "x"}

PLACES = ["above", "below", "collapsed"]


def blocks(built: Built, name: str = "index") -> list[nodes.literal_block]:
    return list(built.doctrees[name].findall(nodes.literal_block))


def listed(code: str, place: str) -> str:
    return page(code, options=f":show-source: {place}")


@pytest.mark.parametrize("place", PLACES)
def test_the_code_is_a_block_of_python(place: str, build: Build) -> None:
    built = build("Text.\n\n" + listed(CODE, place))
    [block] = blocks(built)
    assert block.astext() == block.rawsource == CODE
    assert block["language"] == "python"
    assert block["classes"] == ["df-table-source"]
    assert block.source is not None
    assert block.source.endswith("index.rst")
    assert block.line == 6
    [html] = built.html().select("div.df-table-source.highlight-python")
    assert html.get_text().strip() == CODE
    assert html.select("span.k")


def test_the_block_has_all_that_one_of_sphinx_has(build: Build) -> None:
    ours, theirs = blocks(build(listed(CODE, "below") + "\n.. code-block:: python\n\n   x\n"))
    assert ours.attributes.keys() == theirs.attributes.keys()
    assert ours["highlight_args"] == theirs["highlight_args"]


def test_no_code_is_shown_unless_asked_for(build: Build) -> None:
    assert not blocks(build(page(CODE)))


@pytest.mark.parametrize(
    ("place", "order"), [("above", "ct"), ("below", "tc"), ("collapsed", "tc")]
)
@pytest.mark.parametrize("code", [CODE, TABS, "1 / 0"])
def test_it_stands_on_its_side_of_all_that_is_shown(
    place: str, order: str, code: str, build: Build
) -> None:
    built = build(listed(code, place), builder="dummy", warns=int("/" in code))
    children = built.doctrees["index"].children
    kinds = ["c" if isinstance(node, nodes.literal_block) else "t" for node in children]
    assert "".join(kinds) == order


def test_it_stands_behind_all_that_belongs_to_the_table(build: Build) -> None:
    text = page("pd.DataFrame({'a': [1, 2], 'b': [3, 3]})", options=OPTIONS)
    last = build(text).doctrees["index"].children[-1]
    assert isinstance(last, nodes.literal_block)


OPTIONS = ":show-source: below\n:download:\n:max-rows: 1\n:hoist-constants:"


def test_a_snippet_that_fails_or_does_not_run_is_shown_too(build: Build) -> None:
    built = build(listed("1 / 0", "below"), warns=1)
    assert [block.astext() for block in blocks(built)] == ["1 / 0"]
    built = build(listed(CODE, "collapsed"), df_table_execute=False)
    assert built.html_text("details .df-table-source").strip() == CODE


def test_without_code_there_is_none_to_show(build: Build) -> None:
    built = build(".. df-table::\n   :show-source: above\n", builder="dummy", warns=1)
    assert "There is no code" in built.warnings[0]
    assert not blocks(built)


def test_tabs_and_blanks_are_as_typed(build: Build) -> None:
    code = "\n\ndf = pd.DataFrame({'a': ['x\ty']})\n\nif True:\n\tpass"
    [block] = blocks(build(listed(code, "above")))
    assert block.astext() == code.lstrip("\n")


def test_what_no_document_can_hold_is_a_blank() -> None:
    source = Source(text="# a\f b\npass\t", filename="page.rst", first_line=7)
    block = create_code_block(source, is_collapsed=False)
    assert block.astext() == block.rawsource == "# a  b\npass\t"
    assert (block.source, block.line) == ("page.rst", 7)


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_collapsed_code_is_in_a_closed_dropdown(builder: str, build: Build) -> None:
    html = build(listed(CODE, "collapsed"), builder=builder).html()
    [details] = html.select("details.sd-dropdown")
    assert not details.has_attr("open")
    [summary] = details.select("summary .sd-summary-text")
    assert summary.get_text() == "Source"
    [block] = details.select(".sd-summary-content > .df-table-source")
    assert block.get_text().strip() == CODE
    assert not html.select("[df-table-collapsed]")


def test_open_code_is_in_none(build: Build) -> None:
    assert not build(listed(CODE, "below")).html().select("details")


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "xml", "man"])
@pytest.mark.parametrize("place", PLACES)
def test_other_formats_have_the_plain_block(builder: str, place: str, build: Build) -> None:
    names = {"epub": "index.xhtml", "xml": "index.xml", "latex": "p.tex", "text": "index.txt"}
    built = build(listed(CODE, place), builder=builder, warns=None, **EPUB)
    name = names.get(builder) or next(path.name for path in built.output.glob("*.1"))
    text = (built.output / name).read_text("utf-8")
    if builder in {"epub", "xml"}:
        ET.fromstring(text)
    assert "The only one." in text
    # What any page links to is above.
    text = text.partition("<body>")[2] or text
    for trace in ("Source", "details", "sd-", "design", "collapsed"):
        assert trace not in text.replace("Sources", ""), trace


def test_translators_are_offered_code_only_with_that_of_other_blocks(build: Build) -> None:
    for targets, found in (((), False), (("literal-block",), True)):
        built = build(
            listed(CODE, "collapsed"),
            builder="gettext",
            fresh=True,
            gettext_additional_targets=list(targets),
        )
        messages = "".join(path.read_text("utf-8") for path in built.output.rglob("*.pot"))
        assert ("The only one" in messages) is found
        assert 'msgid "Source"' not in messages


def test_the_code_of_a_page_in_markdown_is_shown(build: Build) -> None:
    text = f"# Title\n\n```{{df-table}}\n:show-source: above\n\n{CODE}\n```\n"
    built = build({"index.md": text}, extensions=("myst_parser",))
    [block] = blocks(built)
    assert (block.astext(), block.line) == (CODE, 6)


def test_a_parallel_build_and_the_next_one_show_it(build: Build) -> None:
    pages = {f"p{n}.rst": ":orphan:\n\n" + listed(f"pd.Series([{n}])", "above") for n in range(8)}
    built = build(pages, jobs=2)
    assert [blocks(built, f"p{n}")[0].astext() for n in (0, 7)] == [
        "pd.Series([0])",
        "pd.Series([7])",
    ]
    assert build(jobs=2).read == set()
