"""Compare tables in PDF: those of this package, and docutils' csv-table with the same cells.

    export PYTHONPATH=tests/support:tests/printing/pdf
    python tests/benchmarks/printing.py [--engines pdflatex,xelatex]

Each table is built and typeset in both ways, in a document of its own, and read back from the
PDF: a cell is *found* if its text is there in the order of its row, and *seen* if it is also
beside its stub, within the text area, and not printed over.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import tempfile
from pathlib import Path
from textwrap import indent
from typing import Final

import pandas as pd
from docutils import nodes
from manuscript import SHAPES, Section
from proofs import Proof, print_in

_NAMES: Final = (
    "seedtabs",
    "seeddecoders",
    "wide",
    "narrow",
    "tall",
    "twolevels",
    "threelevels",
    "widegroup",
    "longwords",
    "latin",
    "scripts",
    "signs",
    "indexed",
    "wordy",
    "admonition",
    "list",
)


def main() -> None:
    """Print figures for each table, engine and directive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engines", default="pdflatex", help="of pdflatex, xelatex, lualatex")
    parser.add_argument("--tables", default=",".join(_NAMES), help=f"of {', '.join(_NAMES)}")
    arguments = parser.parse_args()
    wanted = arguments.tables.split(",")
    found = []
    for engine in arguments.engines.split(","):
        for section in SHAPES:
            if section.name in wanted and engine in section.engines:
                found += compare(section, engine)
    frame = pd.DataFrame(found)
    print(frame.to_string(index=False))
    print()
    columns = ["Pages", "Errors", "Too wide", "Cells", "Found", "Seen"]
    print(frame.groupby(["Engine", "Way"])[columns].sum().to_string())


def compare(section: Section, engine: str) -> list[dict[str, object]]:
    """Typeset a section's tables with both directives and return the figures of each."""
    with tempfile.TemporaryDirectory() as folder:
        ours = print_in(Path(folder) / "ours", (section,), engine)
        tables = [as_csv_table(node) for node in ours.nodes(section)]
        text = "\n".join(tables)
        if section.is_framed:
            text = f".. note::\n\n{indent(text, '   ')}"
        elif section.name == "list":
            text = f"*  An item\n\n{indent(text, '   ')}"
        plain = Section(name=section.name, text=text, page=section.page)
        theirs = print_in(Path(folder) / "theirs", (plain,), engine)
        return [
            figures(section.name, engine, "df-table", ours),
            figures(section.name, engine, "csv-table", theirs),
        ]


def figures(name: str, engine: str, way: str, proof: Proof) -> dict[str, object]:
    """Return the figures of one document."""
    too_wide = [box.points for box in proof.printed.overfull if box.kind == "h"]
    tables = proof.tables(name)
    return {
        "Table": name,
        "Engine": engine,
        "Way": way,
        "Pages": len(proof.printed.pages),
        "Errors": len(proof.printed.errors),
        "Too wide": len(too_wide),
        "Worst (pt)": round(max(too_wide, default=0), 1),
        "Panels": sum(len(table.panels) for table in tables),
        "Cells": sum(table.grid.cells for table in tables),
        "Found": sum(table.found() for table in tables),
        "Seen": sum(table.seen() for table in tables),
    }


def as_csv_table(table: nodes.table) -> str:
    """Return a table's cells as docutils' own directive; merged headings are repeated."""
    rows: list[list[str]] = []
    [tgroup] = table.findall(nodes.tgroup)
    heads = 0
    for part in tgroup.findall(nodes.row):
        heads += part.parent.tagname == "thead"
        rows.append([])
        for entry in part.findall(nodes.entry):
            # An escaped blank is invisible, and the text after it is no list and no title.
            cell = r"\ " + re.sub(r"([\\*`|_<>\[\]-])", r"\\\1", entry.astext())
            rows[-1] += [cell] * (1 + entry.get("morecols", 0))
    width = max(map(len, rows))
    out = io.StringIO()
    csv.writer(out).writerows([row + [""] * (width - len(row)) for row in rows])
    return f".. csv-table::\n   :header-rows: {heads}\n\n{indent(out.getvalue(), '   ')}\n"


if __name__ == "__main__":
    main()
