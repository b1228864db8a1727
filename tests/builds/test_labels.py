"""A label before the directive is the name of its first table, whatever the directive shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from sphinx_builds import page

if TYPE_CHECKING:
    from sphinx_builds import Build, Built

TABLE = "pd.DataFrame({'x': [1]})"
TABS = f"{{'A': {TABLE}, 'B': {TABLE}}}"
FAILED_FIRST = f"{{'A': pd.DataFrame(), 'B': {TABLE}}}"

#: The code and the options of a table, and the tab that its label leads to.
SHOWN = {
    "table": (TABLE, ""),
    "tabs": (TABS, ""),
    "groups": ("pd.DataFrame({'x': [1, 2], 'y': [1, 2]}).groupby('y')", ""),
    "tabs with code above": (TABS, ":show-source: above"),
    "table with code above": (TABLE, ":show-source: above"),
    "table with collapsed code": (TABLE, ":show-source: collapsed"),
    "table with code below": (TABLE, ":show-source: below"),
    "tabs with a name of their own": (TABS, ":name: other"),
    "tabs with a class": (TABS, ":class: wide"),
}

REFERENCE = "\nSee :numref:`costs`, :ref:`costs` and `costs`_.\n"


def markdown(code: str, *, options: str, title: str) -> str:
    return f"```{{df-table}} {title}\n{options}\n\n{code}\n```\n"


def first_table(built: Built) -> nodes.table:
    [table, *_] = built.doctrees["index"].findall(nodes.table)
    return table


@pytest.mark.parametrize("name", SHOWN)
def test_a_label_is_the_name_of_the_first_table(name: str, build: Build) -> None:
    code, options = SHOWN[name]
    table = page(code, options=options, title="Costs")
    built = build(f"Text.\n\n.. _costs:\n\n{table}{REFERENCE}", numfig=True)
    assert "costs" in first_table(built)["ids"]
    html = built.html()
    assert html.select("table#costs, span#costs ~ table")
    assert len(html.select("#costs")) == 1
    links = [link.get_text() for link in html.select('p a[href="#costs"]')]
    title = "Costs" if "table" in name else links[1]
    assert links == ["Table 1", title, "costs"]
    assert title.startswith("Costs")


@pytest.mark.parametrize("name", SHOWN)
def test_so_is_a_label_in_markdown(name: str, build: Build) -> None:
    code, options = SHOWN[name]
    text = f"(costs)=\n\n{markdown(code, options=options, title='Costs')}"
    text += "\nSee {numref}`costs`, {ref}`costs` and [costs](#costs).\n"
    built = build({"index.md": text}, extensions=("myst_parser",), numfig=True)
    assert built.html().select("table#costs, span#costs ~ table")
    links = [link.get_text() for link in built.html().select('p a[href="#costs"]')]
    assert links[0] == "Table 1"
    assert links[2] == "costs"


def test_all_labels_of_a_chain_are_names(build: Build) -> None:
    labels = ".. _first:\n.. _second:\n\n.. a comment\n\n.. _third:\n\n.. rst-class:: x\n\n"
    text = f"Text.\n\n{labels}{page(TABS, title='Costs')}"
    text += "\nSee :numref:`first`, :numref:`second`, :numref:`third`.\n"
    built = build(text, numfig=True)
    assert {"first", "second", "third"} <= set(first_table(built)["ids"])
    links = [link.get_text() for link in built.html().select("p a.reference.internal")]
    assert links == ["Table 1"] * 3


def test_other_targets_before_a_table_still_lead_to_it(build: Build) -> None:
    targets = ".. index:: money\n.. __:\n.. _alias: costs_\n.. _costs:\n\n"
    text = f"Text, `anonymous <costs_>`_, `here`__, alias_.\n\n{targets}{page(TABS)}"
    html = build(text).html()
    addresses = [link["href"] for link in html.select("p a.reference.internal")]
    assert len(addresses) == 3
    assert all(html.select(str(address)) for address in addresses)


def test_a_label_leads_to_the_first_table_that_could_be_built(build: Build) -> None:
    text = f"Text.\n\n.. _costs:\n\n{page(FAILED_FIRST, title='Costs')}\nSee :numref:`costs`.\n"
    assert build(text, numfig=True, warns=1).html().select("table#costs, span#costs ~ table")


def test_a_label_in_a_card_or_a_list_is_a_name_too(build: Build) -> None:
    inner = f".. _costs:\n\n{page(TABS, title='Costs')}"
    indented = inner.replace("\n", "\n   ")
    text = f".. card::\n\n   {indented}\n\nSee :numref:`costs`.\n"
    assert build(text, numfig=True).html().select("table#costs, span#costs ~ table")


def test_a_label_before_anything_else_is_left_alone(build: Build) -> None:
    table = page(TABS, title="Costs", options=":show-source: below")
    text = f"Text.\n\n{table}\n.. _other:\n\nWords.\n\n.. _section:\n\nTitle\n=====\n\n{table}"
    built = build(text + "\nSee :ref:`section`, `other`_.\n")
    assert built.html().select("p#other")
    assert built.html().select("section#title span#section, section#section")


@pytest.mark.parametrize("builder", ["latex", "text", "man", "epub", "singlehtml"])
@pytest.mark.parametrize("name", ["tabs", "tabs with code above"])
def test_other_builders_number_it_too(builder: str, name: str, build: Build) -> None:
    code, options = SHOWN[name]
    table = page(code, options=options, title="Costs")
    text = f"Text.\n\n.. _costs:\n\n{table}\nSee :numref:`costs`.\n"
    built = build(text, builder=builder, numfig=True, version="1", copyright="me")
    if builder == "latex":
        [source] = built.output.glob("*.tex")
        assert source.read_text("utf-8").count(r"label{\detokenize{index:costs}}") == 1


def test_a_second_label_of_the_same_name_is_docutils_own_error(build: Build) -> None:
    text = f"Text.\n\n.. _costs:\n\n{page(TABS, options=':name: costs')}"
    built = build(text, builder="dummy", warns=None)
    assert 'Duplicate explicit target name: "costs"' in " ".join(built.warnings)
