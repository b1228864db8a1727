"""The roles of other extensions that refer to something work in cells as on the page.

Each build is a process of its own, as some of these extensions change Sphinx for good.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx_builds import write_files

if TYPE_CHECKING:
    from pathlib import Path

CONF = """\
extensions = ["sphinx_df_table", "myst_parser", "sphinxcontrib.bibtex", "sphinx_needs"]
bibtex_bibfiles = ["refs.bib"]
exclude_patterns = ["out"]
"""

REFERENCES = """\
@article{doe20, author={Jan Doe}, title={On tables}, journal={J. Tab.}, year={2020}}
@article{roe21, author={Ann Roe}, title={On rows}, journal={J. Tab.}, year={2021}}
"""

INDEX = """\
Roles
=====

.. toctree::

   cells

.. req:: Cells refer
   :id: REQ_0001

.. glossary::

   node
      A machine.
"""

TEXTS = {
    "cite`doe20`": "[Doe20]",
    "cite:p`roe21`": "[Roe21]",
    "cite:t`doe20`": "Doe [Doe20]",
    "footcite`roe21`": "[2]",
    "footcite:p`doe20`": "[1]",
    "need`REQ_0001`": "Cells refer (REQ_0001)",
    "term`node`": "node",
}

#: For each kind of page: its name, a role in it, and the page with the table's code.
PAGES = {
    "rst": (
        ":{}:",
        """\
Cells
=====

See :footcite:`doe20`.

.. df-table::

   {}

.. bibliography::

.. footbibliography::
""",
    ),
    "md": (
        "{{{}}}",
        """\
# Cells

See {{footcite}}`doe20`.

```{{df-table}}
{}
```

```{{bibliography}}
```

```{{footbibliography}}
```
""",
    ),
}


def build(folder: Path, language: str, builder: str, texts: list[str]) -> str:
    """Build a page with ``texts`` in a column without a warning, and return it."""
    role, page = PAGES[language]
    cells = [role.format(text.partition("`")[0]) + "`" + text.partition("`")[2] for text in texts]
    files = {
        "conf.py": CONF,
        "refs.bib": REFERENCES,
        "index.rst": INDEX,
        f"cells.{language}": page.format(f"pd.DataFrame({{'a': {cells}}})"),
    }
    write_files(folder, files)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", builder]
    command += [str(folder), str(folder / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    [written] = (folder / "out").glob("*.tex" if builder == "latex" else "cells.html")
    return written.read_text("utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_citations_footnotes_needs_and_terms_are_links(language: str, tmp_path: Path) -> None:
    # Twice, since each cell needs an id of its own to come back to.
    soup = BeautifulSoup(build(tmp_path, language, "html", [*TEXTS, *TEXTS]), "html.parser")
    cells = soup.select("table.df-table td")
    assert [cell.get_text().strip() for cell in cells] == [*TEXTS.values()] * 2
    for cell in cells:
        [link] = cell.select("a[href]")
        page, _, target = str(link["href"]).partition("#")
        assert page in {"", "index.html"}
        assert page or isinstance(soup.find(id=target), Tag)
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert soup.select("div.citation")
    assert soup.select("aside.footnote")


@pytest.mark.parametrize("language", PAGES)
def test_citations_reach_the_bibliography_on_paper(language: str, tmp_path: Path) -> None:
    tex = build(tmp_path, language, "latex", ["cite`doe20`", "footcite`roe21`", "need`REQ_0001`"])
    assert r"{[}\hyperlink{cite.cells:id" in tex
    assert "On tables" in tex
    assert "Cells refer (REQ\\_0001)" in tex
