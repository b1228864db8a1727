"""Pages whose tables hold given texts, and the texts that are read back from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx_builds import entry_text, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_builds import Built

LEADS = {".rst": "Title\n=====\n\n", ".md": "# Title\n\n"}

#: What code finds its texts with; JSON holds also those that no file in UTF-8 can.
LOADED = "import json\ntexts = json.load(open('texts.json'))\n"
COLUMN = "df = pd.DataFrame({'value': pd.Series(texts, dtype=object)})"


def texts_page(
    texts: Sequence[str],
    *,
    suffix: str = ".rst",
    lead: str = "",
    code: str = COLUMN,
    options: str = "",
) -> dict[str, str]:
    """A project with one page, in reStructuredText or Markdown, and one table of ``texts``."""
    written = LOADED + code
    table = page(written, options=options)
    if suffix == ".md":
        table = f"```{{df-table}}\n{options}\n\n{written}\n```\n"
    return {"index" + suffix: LEADS[suffix] + lead + table, "texts.json": json.dumps(list(texts))}


def extensions_for(suffix: str) -> tuple[str, ...]:
    return ("myst_parser",) if suffix == ".md" else ()


def body_entries(built: Built) -> list[nodes.entry]:
    """The cells below the head of the page's one table."""
    [table] = built.tables()
    return [entry for body in table.findall(nodes.tbody) for entry in body.findall(nodes.entry)]


def shown_texts(built: Built) -> list[str]:
    """The texts of these cells."""
    return list(map(entry_text, body_entries(built)))


def html_texts(built: Built) -> list[str]:
    """The same, from HTML; the lines of a cell are lines."""
    return [
        "\n".join(line.get_text() for line in cell.select(".line")) or cell.get_text()
        for cell in built.html_table().select("tbody td")
    ]


def as_lines(text: str) -> str:
    """``text`` with one kind of line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
