"""Tables are numbered, and referred to, as other tables of Sphinx are."""

from __future__ import annotations

import pytest
from sphinx_builds import Build, Built, page

FRAME = "pd.DataFrame({'a': [1]})"
TABS = "{'Cheap': pd.DataFrame({'a': [1]}), 'Fast one': pd.DataFrame({'a': [2]})}"

CSV = """\
.. csv-table:: Plain
   :name: plain

   1, 2
"""

SETS = f"""\
Sets
====

.. tab-set::

   .. tab-item:: One

      .. df-table:: In a tab
         :name: in-a-tab

         {FRAME}

   .. tab-item:: Two

      .. df-table:: In another
         :name: in-another

         {FRAME}
"""

PAGES = {
    "index.rst": """\
Title
=====

.. toctree::
   :numbered:

   first
   second
   sets
   third
""",
    "first.rst": "First\n=====\n\n"
    "See :numref:`later`, :numref:`tabs`, :numref:`tabs-fast one`, :numref:`plain`, "
    ":numref:`in-another`, :numref:`No. %s <later>`, :numref:`{number}: {name} <later>`, "
    ":ref:`later`, :ref:`tabs-fast one`, :ref:`there <later>`, :numref:`untitled`.\n\n"
    + page(FRAME, title="Early", options=":name: early"),
    "second.rst": "Second\n======\n\nPart\n----\n\n"
    + page(FRAME, title="Later *one*", options=":name: later")
    + "\n"
    + page(TABS, title="In tabs", options=":name: tabs")
    + "\n"
    + CSV,
    "sets.rst": SETS,
    "third.rst": "Third\n=====\n\nSee :numref:`early` and :ref:`early`.\n\n"
    + page(FRAME, title="Last", options=":name: last\n:hoist-constants:")
    + "\n"
    + page(FRAME, options=":name: untitled"),
}

FIRST = "See Table 2.1, Table 2.2, Table 2.3, Table 2.4, Table 3.2, No. 2.1, 2.1: Later one, "
FIRST += "Later one, In tabs (Fast one), there"


def paragraph(built: Built, name: str, number: int = 0) -> str:
    """The text of the paragraph on a page that begins with "See"."""
    path = {"singlehtml": "index", "dirhtml": f"{name}/index"}.get(built.builder, name)
    found = [p for p in built.html(path).select("p") if p.get_text().startswith("See")]
    return " ".join(found[number].get_text().split())


def captions(built: Built, name: str) -> list[str]:
    path = {"singlehtml": "index", "dirhtml": f"{name}/index"}.get(built.builder, name)
    found = built.html(path).select("caption")
    return [" ".join(caption.get_text().split()).rstrip("¶") for caption in found]


SECOND = [
    "Table 2.1 Later one",
    "Table 2.2 In tabs (Cheap)",
    "Table 2.3 In tabs (Fast one)",
    "Table 2.4 Plain",
]


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_tables_are_numbered_and_referred_to_across_pages(builder: str, build: Build) -> None:
    built = build(PAGES, builder=builder, numfig=True, warns=1)
    # A table without a caption has no number, as of any directive.
    assert "untitled" in built.warnings[0]
    assert captions(built, "first") == ["Table 1.1 Early"]
    assert captions(built, "second") == SECOND
    assert captions(built, "sets") == ["Table 3.1 In a tab", "Table 3.2 In another"]
    assert captions(built, "third") == ["Table 4.1 Last"]
    assert paragraph(built, "first").startswith(FIRST)
    assert paragraph(built, "third") == "See Table 1.1 and Early."


def test_tables_of_all_pages_in_one_are_numbered_and_referred_to(build: Build) -> None:
    built = build(PAGES, builder="singlehtml", numfig=True, warns=1)
    assert captions(built, "index") == [
        "Table 1.1 Early",
        *SECOND,
        "Table 3.1 In a tab",
        "Table 3.2 In another",
        "Table 4.1 Last",
    ]
    assert paragraph(built, "index").startswith(FIRST)
    assert paragraph(built, "index", 1) == "See Table 1.1 and Early."
    ids = [str(tag["id"]) for tag in built.html().select("[id]")]
    assert len(ids) == len(set(ids))
    links = [str(a["href"]) for a in built.html().select("p > a.reference")]
    assert len(links) == 12
    assert {link.rpartition("#")[2] for link in links} <= set(ids)


@pytest.mark.parametrize(("depth", "number"), [(0, "5"), (1, "2.4"), (2, "2.1.4")])
@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_numbers_are_as_deep_as_the_project_says(
    depth: int, number: str, builder: str, build: Build
) -> None:
    built = build(PAGES, builder=builder, numfig=True, numfig_secnum_depth=depth, warns=1)
    assert f"Table {number} Plain" in captions(built, "second")
    assert f"Table {number}" in paragraph(built, "first")


def test_tables_of_an_epub_are_numbered_the_same(build: Build) -> None:
    options = {"project": "p", "version": "1", "copyright": "x", "epub_show_urls": "no"}
    built = build(PAGES, builder="epub", numfig=True, warns=1, **options)
    text = (built.output / "second.xhtml").read_text("utf-8")
    for caption in SECOND:
        assert f">{caption.rpartition(' ')[0][:9]} </span>" in text
    assert ">Table 2.3</span></a>" in (built.output / "first.xhtml").read_text("utf-8")


def test_a_format_of_the_project_s_own_is_used(build: Build) -> None:
    built = build(PAGES, numfig=True, numfig_format={"table": "Tab. %s"}, warns=1)
    assert captions(built, "first") == ["Tab. 1.1 Early"]
    assert paragraph(built, "third") == "See Tab. 1.1 and Early."


MYST = """\
# Title

See {{numref}}`costs`, {{numref}}`in-a-tab`, {{numref}}`No. {{number}}: {{name}} <tabs>`,
{{ref}}`tabs-fast one` and [](#costs).

```{{df-table}} Costs *now*
:name: costs

{frame}
```

`````{{tab-set}}
````{{tab-item}} One
```{{df-table}} In a tab
:name: in-a-tab

{frame}
```
````
`````

```{{df-table}} In tabs
:name: tabs

{tabs}
```
"""


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_markdown_refers_to_tables(builder: str, build: Build) -> None:
    text = MYST.format(frame=FRAME, tabs=TABS)
    built = build({"index.md": text}, builder=builder, extensions=("myst_parser",), numfig=True)
    assert captions(built, "index") == [
        "Table 1 Costs now",
        "Table 2 In a tab",
        "Table 3 In tabs (Cheap)",
        "Table 4 In tabs (Fast one)",
    ]
    assert paragraph(built, "index") == (
        "See Table 1, Table 2, No. 3: In tabs (Cheap), In tabs (Fast one) and Costs now."
    )


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_a_name_that_is_taken_is_a_warning_and_the_table_is_there(
    builder: str, build: Build
) -> None:
    pages = {
        "index.rst": "Title\n=====\n\n.. toctree::\n\n   a\n   b\n",
        "a.rst": "A\n=\n\n" + page(FRAME, title="One", options=":name: costs"),
        "b.rst": "B\n=\n\n" + page(FRAME, title="Two", options=":name: costs"),
    }
    built = build(pages, builder=builder, numfig=True, warns=1)
    assert "duplicate label costs" in built.warnings[0]
    if builder == "html":
        assert captions(built, "b") == ["Table 2 Two"]
    else:
        assert captions(built, "index") == ["Table 1 One", "Table 2 Two"]


def test_a_name_taken_on_the_page_is_docutils_message(build: Build) -> None:
    text = page(FRAME, title="One", options=":name: costs") + "\n"
    text += page(FRAME, title="Two", options=":name: costs")
    built = build(text, numfig=True, warns=None)
    assert len(built.warnings) == 1
    assert 'Duplicate explicit target name: "costs"' in built.warnings[0]
    assert captions(built, "index") == ["Table 1 One", "Table 2 Two"]


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_tables_without_a_name_are_numbered_too(builder: str, build: Build) -> None:
    """Each page begins to count its ids anew, so those of two pages are the same."""
    code = "pd.DataFrame({'a': [1, 2], 'b': [3, 3]})"
    pages = {"index.rst": "Title\n=====\n\n.. toctree::\n   :numbered:\n\n   a\n   b\n"}
    for name in ("a", "b"):
        tables = page(code, title=name, options=":hoist-constants:")
        tables += "\n" + page("pd.DataFrame({'a': [1]}).style.set_caption('Styled')")
        pages[f"{name}.rst"] = f"Page\n====\n\n{tables}"
    built = build(pages, builder=builder, numfig=True)
    names = ["index"] if builder == "singlehtml" else ["a", "b"]
    assert [caption for name in names for caption in captions(built, name)] == [
        "Table 1.1 aAll rows: b: 3",
        "Table 1.2 Styled",
        "Table 2.1 bAll rows: b: 3",
        "Table 2.2 Styled",
    ]


def test_cells_refer_to_tables(build: Build) -> None:
    files = {
        "index.rst": "Title\n=====\n\n.. toctree::\n   :numbered:\n\n   other\n\n"
        + page(
            "pd.DataFrame({'n': [1, 2], 'a': [':numref:`costs`', ':ref:`costs`'], "
            "'b': ':numref:`No. {number} <costs>`'})",
            options=":hoist-constants:",
        ),
        "other.rst": "Other\n=====\n\n" + page(FRAME, title="Costs", options=":name: costs"),
    }
    built = build(files, numfig=True)
    links = [a.get_text() for a in built.html().select(".df-table-box a")]
    assert links == ["No. 1.1", "Table 1.1", "Costs"]
