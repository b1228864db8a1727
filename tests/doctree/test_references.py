"""References in cells: numbered in the order of the page, or reported if they have no target."""

from __future__ import annotations

import pytest
from docutils import nodes
from sphinx_builds import Build, Built, cell_texts, page

FOOTNOTES = "\n.. [#] One.\n.. [#] Two.\n.. [#] Three.\n.. [#] Four.\n"
SYMBOLS = "\n.. [*] One.\n.. [*] Two.\n.. [*] Three.\n.. [*] Four.\n"
TABLE = page("pd.DataFrame({'a': ['x [#]_', 'y', 'z [#]_ **b**']})")


def marks(built: Built) -> list[str]:
    """The footnotes' marks on the page, in its order."""
    doctree = built.doctrees["index"]
    return [node.astext() for node in doctree.findall(nodes.footnote_reference)]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [(FOOTNOTES, ["1", "2", "3", "4"]), (SYMBOLS, ["*", "\u2020", "\u2021", "\u00a7"])],
)
def test_numbered_footnotes_follow_the_order_of_the_page(
    notes: str, expected: list[str], build: Build
) -> None:
    text = f"Before [#]_.\n\n{TABLE}\nAfter [#]_.\n{notes}"
    if notes is SYMBOLS:
        text = text.replace("[#]", "[*]")
    built = build(text)
    assert marks(built) == expected
    links = built.html().select("a.footnote-reference")
    assert [link["href"] for link in links] == [
        f"#{note['id']}" for note in built.html().select("aside.footnote")
    ]
    assert len(built.html().select("td a.footnote-reference")) == 2


def test_rows_that_span_and_titles_count_in_their_order(build: Build) -> None:
    code = (
        "pd.DataFrame({'a [#]_': [1, 2], 'b': ['[#]_', '[#]_']},"
        " index=pd.MultiIndex.from_tuples([('k', 'l'), ('k', 'm')], names=['p', 'q']))"
    )
    assert marks(build(page(code, title="A title [#]_") + FOOTNOTES)) == ["1", "2", "3", "4"]


def test_marks_without_enough_footnotes_are_one_warning_and_change_no_others(build: Build) -> None:
    text = f"Before [#]_.\n\n{TABLE}\nAfter [#]_.\n\n.. [#] One.\n.. [#] Two.\n"
    built = build(text, builder="dummy", warns=1)
    assert marks(built) == ["1", "2"]
    assert cell_texts(built.tables()[0])[1:] == [["x [#]_"], ["y"], ["z [#]_ b"]]
    assert "index.rst:3: WARNING: The page lacks what cells refer to" in built.warnings[0]
    assert "are shown as text: [#]_. Add" in built.warnings[0]
    assert "[df_table.markup]" in built.warnings[0]


def test_a_substitution_that_is_not_allowed_is_a_warning(build: Build) -> None:
    lead = ".. |pic| image:: x.png\n.. |outer| replace:: see |pic|\n\n"
    text = lead + page("pd.DataFrame({'a': ['|pic| x', '|outer|', '|nope|', '|x|']})")
    built = build({"index.rst": text, "x.png": b""}, builder="dummy", warns=1)
    texts = [["|pic| x"], ["|outer|"], ["|nope|"], ["|x|"]]
    assert cell_texts(built.tables()[0])[1:] == texts
    assert "not allowed in a cell, so they are shown as text: |pic|; |outer|." in built.warnings[0]
    assert "with :markup: block" in built.warnings[0]


@pytest.mark.parametrize("suffix", [".rst", ".md"])
@pytest.mark.parametrize("markup", ["inline", "block"])
def test_a_failing_role_leaves_the_rest_of_the_page(suffix: str, markup: str, build: Build) -> None:
    role, options = ("{broken}`x`", "```{df-table}\n") if suffix == ".md" else (":broken:`x`", "")
    code = f"pd.DataFrame({{'a': ['{role}']}})"
    table = page(code, options=f":markup: {markup}")
    if options:
        table = f"{options}:markup: {markup}\n\n{code}\n```\n"
    built = build(
        {f"index{suffix}": f"{table}\nThe end.\n"}, extensions=("myst_parser", "odd_roles"), warns=1
    )
    assert built.html_text("td") == role
    assert "The end." in [p.get_text() for p in built.html().select("p")]


@pytest.mark.parametrize("text", ["[#]_", "[*]_", "[9]_", "`9`_", "x [#]_", ":pep:`8` [#]_"])
def test_references_in_constants_are_those_of_cells(text: str, build: Build) -> None:
    code = page(f"pd.DataFrame({{'a': ['{text}'] * 2, 'b': [1, 2]}})", options=":hoist-constants:")
    built = build(code, warns=1)
    assert "these references are shown as text" in built.warnings[0]
    shown = text.replace(":pep:`8`", "PEP 8")
    assert built.html_text("p.df-table-constants") == f"All rows: a: {shown}"
    if "[#]" in text:
        built = build(f"{code}\n.. [#] One.\n", fresh=True)
        assert marks(built) == ["1"]
        assert built.html().select("p.df-table-constants a.footnote-reference")


def test_each_tab_has_the_substitutions_of_the_captions(build: Build) -> None:
    code = "{'x': pd.DataFrame({'a': []}), 'y': pd.DataFrame({'a': []})}"
    options = ":empty: No bugs in |release|, see [1]_."
    text = page(code, options=options, title="Results for |release|") + "\n.. [1] One.\n"
    html = build(text, release="9.9").html()
    assert [td.get_text() for td in html.select("td")] == [
        "No bugs in 9.9, see [1].",
        "No bugs in 9.9, see 1.",
    ]
    titles = [caption.get_text() for caption in html.select(".caption-text")]
    assert titles == ["Results for 9.9 (x)", "Results for 9.9 (y)"]


@pytest.mark.parametrize(
    "text", ["`no target`_", "[2]_", "[*]_", "[#nope]_", "[CIT2000]_", "`x <nope_>`_"]
)
def test_a_reference_without_a_target_is_text_and_a_warning(text: str, build: Build) -> None:
    built = build(page(f"pd.DataFrame({{'a': ['a {text} b']}})"), builder="dummy", warns=1)
    assert cell_texts(built.tables()[0])[1] == [f"a {text} b"]
    assert f"so these references are shown as text: {text}. Add the" in built.warnings[0]
    build(builder="dummy", fresh=True, suppress_warnings=["df_table.markup"])
