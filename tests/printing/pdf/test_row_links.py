"""A link in a PDF jumps to the row that it names, also where the table is in panels or long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sphinx_builds import build_in, page
from typeset import typeset

if TYPE_CHECKING:
    from pathlib import Path

FRAME: Final = "pd.DataFrame({'Code': [f'{letter}%d' % n for n in range(SIZE)], 'n': 1})"

#: The code and the options of a table, with a letter for the codes of its rows; and a row of it.
TABLES: Final = {
    "q": ("{0}[:5]", "", 3),
    "j": ("{0}.set_index('Code')", "", 170),
    "k": ("{0}[:20].assign(**{{f'column {{n}}': 'some text here' for n in range(14)}})", "", 7),
    "b": ("{0}[:150].assign(**{{f'column {{n}}': 'some text here' for n in range(14)}})", "", 145),
    "x": ("{0}[:5]", "\n:print: plain", 4),
    "y": ("{0}[:5]", "\n:widths: 10 90", 4),
    "z": ("{0}[:3].assign(Text=['a', 'words ' * 3000, 'b'])", "", 2),
}


def test_a_link_jumps_to_its_row(tmp_path: Path) -> None:
    tables, references = "", ""
    for letter, (code, options, number) in TABLES.items():
        frame = FRAME.replace("{letter}", letter).replace("SIZE", "200")
        chosen = f":name: t{letter}\n:row-ids: Code{options}"
        tables += page(code.format(frame), options=chosen, title=f"Table {letter}") + "\n"
        references += f":ref:`t{letter}-{letter}{number}`\n"
    files = {
        "index.rst": "Title\n=====\n\n.. toctree::\n\n   other\n   table\n",
        "other.rst": f"Other\n=====\n\n{references}",
        "table.rst": f"Table\n=====\n\n{tables}",
    }
    built = build_in(tmp_path, files, builder="latex", project="p", latex_use_xindy=False)
    printed = typeset(built.output)
    assert printed.errors == []
    assert "multiply" not in printed.log
    assert "destination with the same identifier" not in printed.log
    for letter, (_, _, number) in TABLES.items():
        shown, *rows = [word for word in printed.words if word.text == f"{letter}{number}"]
        [link] = printed.links_of([shown])
        row = min(rows, key=lambda word: (word.page, word.top))
        page_number, top = printed.destinations[link.name]
        assert page_number == row.page, letter
        assert top - 2 <= row.top <= top + 24, letter
