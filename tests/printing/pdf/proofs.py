"""A typeset document, together with the tables that it must show."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import pytest
from docutils import nodes
from manuscript import Section, files
from reading import PrintedTable, grid_of, read_table
from sphinx_builds import Built, build_in
from typeset import ENGINES, Printed, typeset

from sphinx_df_table.doctree.body import expand_bodies

if TYPE_CHECKING:
    from pathlib import Path

#: One group of tests an engine, so that it prints once, whatever the number of processes.
each_engine = pytest.mark.parametrize(
    "proof",
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES],
    indirect=True,
    scope="session",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proof:
    """A typeset document, together with the tables that it must show."""

    printed: Printed
    built: Built
    sections: tuple[Section, ...]
    show_urls: str

    @functools.cached_property
    def _tables(self) -> dict[str, list[PrintedTable]]:
        return {}

    def tables(self, section: Section | str) -> list[PrintedTable]:
        """Find the tables of a section on the pages."""
        name = section if isinstance(section, str) else section.name
        if name not in self._tables:
            [found] = [section for section in self.sections if section.name == name]
            self._tables[name] = self._read(found)
        return self._tables[name]

    def _read(self, section: Section) -> list[PrintedTable]:
        words = self.printed.words_between(section.start, section.end)
        found = []
        for node in self.nodes(section):
            table = read_table(
                self.printed, grid_of(node), words, repeats_headings=not section.is_framed
            )
            found.append(table)
            used = [w for panel in table.panels for cell in panel.cells.values() for w in cell]
            if used:
                words = words[max(map(words.index, used)) + 1 :]
        return found

    def table(self, section: Section | str) -> PrintedTable:
        [table] = self.tables(section)
        return table

    def nodes(self, section: Section) -> list[nodes.table]:
        """The tables that stand between the words of a section, with real rows."""
        doctree = self.built.doctrees[section.page].deepcopy()
        expand_bodies(doctree)
        for number, reference in enumerate(doctree.findall(nodes.reference), 1):
            if self.show_urls != "no" and "refuri" in reference:
                address = f" ({reference['refuri']})"
                # Footnotes are numbered through the page.
                shown = address if self.show_urls == "inline" else str(number)
                reference.append(nodes.Text(shown))
        found, is_within = [], False
        for node in doctree.findall():
            if isinstance(node, nodes.paragraph) and node.astext() in {section.start, section.end}:
                is_within = node.astext() == section.start
            elif (
                isinstance(node, nodes.table)
                and is_within
                and len(list(node.findall(nodes.table))) == 1
            ):
                found.append(node)
        return found


def print_in(
    folder: Path, sections: tuple[Section, ...], engine: str = "pdflatex", /, **configuration: Any
) -> Proof:
    """Build and typeset a document."""
    settings = {
        "extensions": ("sphinx_design", "sphinx.ext.extlinks"),
        "extlinks": {"benchmark-pt": ("https://example.org/benchmarks/%s", None)},
        "numfig": True,
        # Debian's TeX comes without it.
        "latex_use_xindy": False,
    }
    built = build_in(
        folder,
        files(sections),
        **{**settings, **configuration},
        builder="latex",
        latex_engine=engine,
        project="Proof",
    )
    return Proof(
        printed=typeset(built.output, engine),
        built=built,
        sections=sections,
        show_urls=configuration.get("latex_show_urls", "no"),
    )
