"""Tables wider than a line are split into panels, and no cell loses any of its text."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from sphinx_builds import Build, Built, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH = 21
ROWS = 6

WIDE = f"""\
frame = pd.DataFrame(
    {{f'Metric {{c}}': [6668.70475 + 100 * r + c for r in range({ROWS})]
     for c in range(1, {WIDTH})}}
)
frame.insert(0, 'Model', [f'model-{{r}}' for r in range({ROWS})])
frame
"""

GROUPED = """\
frame = pd.DataFrame([[f'model-{r}', *range(100 * r, 100 * r + 12)] for r in range(2)])
frame.columns = pd.MultiIndex.from_tuples(
    [('Model', ''), *((g, f'P{n}') for g in ('Latency', 'Cost', 'Power') for n in range(4))]
)
frame
"""

#: The texts of each table, by row and cell.
Tables = list[list[list[str]]]


def text_tables(text: str) -> Tables:
    """Read the tables of the text builder; each cell must have a single line."""
    tables: Tables = []
    was_inside = False
    for line in text.splitlines():
        is_inside = line.lstrip().startswith(("|", "+"))
        if is_inside and not was_inside:
            tables.append([])
        if is_inside and re.search(r"[^-+=| ]", line):
            tables[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
        was_inside = is_inside
    return tables


def man_tables(text: str) -> Tables:
    tables = []
    for table in re.findall(r"^\.TS\n(.*?)^\.TE$", text, re.DOTALL | re.MULTILINE):
        rows = re.findall(
            r"^T\{\n.*?^T\}$", table.replace("T}\tT{", "\0"), re.DOTALL | re.MULTILINE
        )
        tables.append([[_plain(cell) for cell in row[2:-2].split("\0")] for row in rows])
    return tables


def _plain(roff: str) -> str:
    return re.sub(r"\\f.", "", roff).replace("\\-", "-").replace("\\%", "").strip()


def texinfo_tables(text: str) -> Tables:
    tables = []
    for table in re.findall(r"@multitable .*?\n(.*?)@end multitable", text, re.DOTALL):
        rows = re.split(r"^@(?:headitem|item)\b", table, flags=re.MULTILINE)[1:]
        tables.append([[cell.strip() for cell in re.split(r"@tab", row)] for row in rows])
    return tables


def xhtml_tables(text: str) -> Tables:
    root = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>|&nbsp;", "", text))
    return [
        [["".join(cell.itertext()).strip() for cell in row] for row in _all(table, "tr")]
        for table in _all(root, "table")
    ]


def _all(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    return element.iter(f"{{http://www.w3.org/1999/xhtml}}{tag}")


READERS = {
    "text": ("index.txt", text_tables),
    "man": ("p.1", man_tables),
    "texinfo": ("p.texi", texinfo_tables),
    "epub": ("index.xhtml", xhtml_tables),
}

#: A picture of one pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

CONFIGURATION = {
    "df_table_text_width": 80,
    "project": "p",
    "version": "1",
    "copyright": "x",
    "epub_show_urls": "no",
}

each_format = pytest.mark.parametrize("builder", READERS)


def output_of(built: Built, builder: str) -> str:
    return (built.output / READERS[builder][0]).read_text("utf-8")


def printed(build: Build, text: str, builder: str, **configuration: object) -> Tables:
    built = build(text, builder=builder, **CONFIGURATION | configuration)
    return READERS[builder][1](output_of(built, builder))


def column_of(tables: Tables, heading: str) -> list[str]:
    """Return the cells below a unique heading, each after the first cell of its row."""
    [(table, place)] = [
        (table, row.index(heading)) for table in tables for row in table[:2] if heading in row
    ]
    return [f"{row[0]}: {row[place]}" for row in table if row[0].startswith("model-")]


@each_format
def test_every_cell_is_beside_its_row_heading(builder: str, build: Build) -> None:
    tables = printed(build, page(WIDE, title="Costs"), builder)
    assert len(tables) > 2
    for column in range(1, WIDTH):
        assert column_of(tables, f"Metric {column}") == [
            f"model-{row}: {6668.70475 + 100 * row + column}" for row in range(ROWS)
        ]


@each_format
def test_panels_are_introduced_and_the_caption_is_printed_once(builder: str, build: Build) -> None:
    text = "Page\n====\n\n" + page(WIDE, title="Costs")
    text = output_of(build(text, builder=builder, **CONFIGURATION), builder)
    panels = len(READERS[builder][1](text))
    assert text.count("Costs (continued)") == panels - 1
    assert len(re.findall(r"Costs(?! \(continued\))", text)) == 1


@each_format
def test_panels_without_a_caption_are_introduced(builder: str, build: Build) -> None:
    text = output_of(build(page(WIDE), builder=builder, **CONFIGURATION), builder)
    assert text.count("(continued)") == len(READERS[builder][1](text)) - 1


@pytest.mark.usefixtures("own_catalogues")
@pytest.mark.parametrize("builder", [*READERS, "latex"])
def test_panels_are_introduced_in_the_language_of_the_project(builder: str, build: Build) -> None:
    built = build(page(WIDE), builder=builder, language="de", **CONFIGURATION)
    name = READERS[builder][0] if builder in READERS else "p.tex"
    text = (built.output / name).read_text("utf-8")
    assert "Fortsetzung" in text
    assert "continued" not in text.replace("sphinxtablecontinued", "").replace("-continued", "")


@each_format
def test_all_levels_of_an_index_are_repeated(builder: str, build: Build) -> None:
    code = WIDE.replace("\nframe\n", "\nframe['Size'] = 's'\nframe.set_index(['Model', 'Size'])")
    for table in printed(build, page(code), builder):
        assert table[0][:2] == ["Model", "Size"]
        assert {row[1] for row in table[1:]} == {"s"}


@each_format
def test_tables_are_split_between_groups(builder: str, build: Build) -> None:
    text = page(GROUPED)
    built = build(text, builder=builder, **CONFIGURATION | {"df_table_text_width": 66})
    tables = READERS[builder][1](output_of(built, builder))
    cells = [cell for table in tables for row in table for cell in row]
    for number in range(12):
        assert {str(number), str(100 + number)} <= set(cells)
    groups = ["Latency", "Cost", "Power"]
    assert [group for table in tables for group in groups if group in table[0]] == groups


@each_format
def test_a_table_that_fits_is_not_split(builder: str, build: Build) -> None:
    text = page("pd.DataFrame({'Model': ['t5', 'bert'], 'ms': [1.5, 20]})", title="Costs")
    built = build(text, builder=builder, **CONFIGURATION)
    assert "continued" not in output_of(built, builder)
    assert len(READERS[builder][1](output_of(built, builder))) == 1


@each_format
@pytest.mark.parametrize("choice", ["option", "configuration"])
def test_plain_tables_are_not_split(builder: str, choice: str, build: Build) -> None:
    options, configuration = {
        "option": (":print: plain", {}),
        "configuration": ("", {"df_table_print": "plain"}),
    }[choice]
    [table] = printed(build, page(WIDE, options=options), builder, **configuration)
    assert len(table[0]) == WIDTH


@each_format
def test_a_table_with_given_widths_is_not_split(builder: str, build: Build) -> None:
    options = ":widths: " + " ".join(["1"] * WIDTH)
    [table] = printed(build, page(WIDE, options=options), builder)
    assert len(table[0]) == WIDTH


@each_format
def test_landscape_is_for_pdf_only(builder: str, build: Build) -> None:
    tables = printed(build, page(WIDE, options=":print: landscape"), builder)
    assert len(tables) > 2


@pytest.mark.parametrize(("choice", "count"), [("landscape", 1), ("panels", 0)])
def test_only_a_document_with_landscape_pages_loads_their_package(
    choice: str, count: int, build: Build
) -> None:
    text = page(WIDE, options=f":print: {choice}")
    built = build(f"{text}\n{text}", builder="latex", **CONFIGURATION)
    tex = (built.output / "p.tex").read_text("utf-8")
    assert tex.count("\\usepackage{pdflscape}") == count
    assert tex.count("\\begin{landscape}") == 2 * count


def test_text_is_not_split_by_default(build: Build) -> None:
    [table] = printed(build, page(WIDE), "text", df_table_text_width=0)
    assert len(table[0]) == WIDTH


def test_print_panels_splits_tables_in_text(build: Build) -> None:
    built = build(page(WIDE, options=":print: panels"), builder="text")
    text = output_of(built, "text")
    assert len(text_tables(text)) > 2
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("indent", ["", "  ", "      "])
def test_no_line_of_text_is_longer_than_configured(width: int, indent: str, build: Build) -> None:
    table = "".join(f"{indent}{line}".rstrip() + "\n" for line in page(WIDE).splitlines())
    before = "* item\n\n" if indent else ""
    before += "  * item\n\n" if len(indent) > 2 else ""
    built = build(before + table, builder="text", df_table_text_width=width)
    assert max(map(len, output_of(built, "text").splitlines())) <= width


def test_prose_is_wrapped_before_its_table_is_split(build: Build) -> None:
    code = "pd.DataFrame({'Name': ['one', 'two'], 'Text': ['some words ' * 20, 'others ' * 20]})"
    text = output_of(build(page(code), builder="text", df_table_text_width=60), "text")
    assert "continued" not in text
    assert max(map(len, text.splitlines())) <= 60


@pytest.mark.parametrize("width", [0, 40])
@pytest.mark.parametrize("length", [31, 70, 71, 200])
def test_no_word_of_text_is_cut_however_long(length: int, width: int, build: Build) -> None:
    code = f"pd.DataFrame({{'Name': ['x' * {length}, 'two words'], 'y' * {length}: [1.5, 2]}})"
    text = output_of(build(page(code), builder="text", df_table_text_width=width), "text")
    assert f" {'x' * length} " in text
    assert f" {'y' * length} " in text


def test_a_long_word_in_a_merged_heading_is_not_cut_in_text(build: Build) -> None:
    code = (
        "frame = pd.DataFrame([['t5', 1, 2]])\n"
        "frame.columns = pd.MultiIndex.from_tuples("
        "[('Model', ''), ('x' * 90, 'a'), ('x' * 90, 'b')])\nframe"
    )
    assert f" {'x' * 90} " in output_of(build(page(code), builder="text"), "text")


def test_words_of_a_manual_page_are_not_hyphenated(build: Build) -> None:
    text = output_of(build(page(WIDE), builder="man", **CONFIGURATION), "man")
    for table in re.findall(r"^\.nh\n\.na\n(.*?)^\.ad\n\.hy$", text, re.DOTALL | re.MULTILINE):
        assert table.count(".TS\n") == 1
    assert text.count(".nh\n.na\n") == text.count(".TS\n")


def tbl_width(table: list[list[str]]) -> int:
    """Return the width at which tbl sets a table on a terminal of 80, with lines of 71."""
    share = 71 // (len(table[0]) + 1)
    total = 1
    for cells in zip(*table, strict=True):
        words = [word for cell in cells for word in cell.split()]
        total += 3 + min(max(map(len, cells)), max(share, *map(len, words)))
    return total


def test_a_manual_page_shows_the_address_of_a_row_heading_once(build: Build) -> None:
    linked = WIDE.replace("f'model-{r}'", "f'`model-{r} <https://x.org/{r}>`__'")
    code = f"{linked.rstrip()}.set_index('Model')"
    text = output_of(build(page(code), builder="man", **CONFIGURATION), "man")
    panels = len(man_tables(text))
    # Requests that allow a line break, and escaped hyphens.
    text = text.replace("\\:", "").replace("\\-", "-")
    assert panels > 2
    for row in range(ROWS):
        assert len(re.findall(rf"model-{row}\b", text)) == panels
        assert len(re.findall(rf"x\.org/{row}\b", text)) == 1


PROSE = (
    "pd.DataFrame({f'col{c}': ['some words that wrap over several lines', 'x'] for c in range(6)})"
)


@pytest.mark.parametrize("code", [WIDE, GROUPED, PROSE], ids=["wide", "grouped", "prose"])
def test_a_manual_page_has_no_table_wider_than_its_lines(code: str, build: Build) -> None:
    assert max(map(tbl_width, printed(build, page(code), "man"))) <= 71


BLOCK_CELL = {
    "equation": ".. math:: a\n   :label: e1",
    "figure": ".. figure:: picture.png\n\n   A caption.",
    "table": ".. csv-table:: A caption\n\n   1, 2",
    "code": ".. code-block:: python\n   :caption: A caption\n   :name: named\n\n   x = 1",
    "target": ".. _here:\n\ntext",
}


@pytest.mark.parametrize("builder", ["epub", "latex"])
@pytest.mark.parametrize("name", BLOCK_CELL)
def test_numbered_contents_of_a_repeated_cell_are_numbered_once(
    name: str, builder: str, build: Build
) -> None:
    others = "{f'column {c}': ['long'] for c in range(30)}"
    code = f"pd.DataFrame({{'a': [{BLOCK_CELL[name]!r}]}} | {others})"
    files = {"index.rst": page(code, options=":markup: block"), "picture.png": PICTURE}
    built = build(files, builder=builder, numfig=True, **CONFIGURATION)
    output = (built.output / {"epub": "index.xhtml", "latex": "p.tex"}[builder]).read_text("utf-8")
    labels = re.findall(r"\\label\{([^}]+)\}|\bid=\"([^\"]+)\"", output)
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("text", ["para\n\n" + "w" * 85, "* " + "w" * 85])
def test_no_word_of_a_block_in_text_is_cut(text: str, build: Build) -> None:
    code = f"pd.DataFrame({{'a': [{text!r}], 'b': ['x']}})"
    built = build(page(code, options=":markup: block"), builder="text")
    assert "w" * 85 in output_of(built, "text")


@pytest.mark.parametrize("builder", ["text", "epub"])
def test_a_footnote_of_the_caption_is_not_repeated(builder: str, build: Build) -> None:
    text = page(WIDE, title="Costs [#f]_") + "\n.. [#f] A footnote.\n"
    assert "Costs (continued)" in output_of(build(text, builder=builder, **CONFIGURATION), builder)


def test_an_epub_is_well_formed_and_has_no_script(build: Build) -> None:
    text = page(WIDE, title="Costs", options=":name: costs\n:sortable:\n:searchable:")
    grouped = page(GROUPED, options=":sortable:\n:show-source: collapsed")
    built = build(f"{text}\n{grouped}\nSee :ref:`costs`.\n", builder="epub", **CONFIGURATION)
    [book] = built.output.glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        pages = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".xhtml", ".opf", ".ncx"))
        }
    assert "index.xhtml" in pages
    for content in pages.values():
        root = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>|&nbsp;", "", content))
        assert not [tag for tag in root.iter() if tag.tag.endswith("}script")]
        ids = [tag.get("id") for tag in root.iter() if tag.get("id")]
        assert len(ids) == len(set(ids))


def test_references_link_to_the_first_panel(build: Build) -> None:
    text = page(WIDE, title="Costs", options=":name: costs") + "\nSee :ref:`costs`.\n"
    root = ET.fromstring(
        re.sub(
            r"<!DOCTYPE[^>]*>|&nbsp;",
            "",
            output_of(build(text, builder="epub", **CONFIGURATION), "epub"),
        )
    )
    tables = list(_all(root, "table"))
    assert [table.get("id") for table in tables] == ["costs"] + [None] * (len(tables) - 1)


@each_format
def test_hoisted_constants_are_shown_once(builder: str, build: Build) -> None:
    code = WIDE.replace("\nframe\n", "\nframe['Run mode'] = 'parallel'\nframe")
    text = "Page\n====\n\n" + page(code, title="Costs", options=":hoist-constants:")
    output = output_of(build(text, builder=builder, **CONFIGURATION), builder)
    assert output.count("parallel") == 1
    is_in_caption = output.index("parallel") < output.replace("\\-", "-").index("model-0")
    assert is_in_caption == (builder == "epub")


#: The docutils nodes of a table.
PLAIN = {"table", "title", "tgroup", "colspec", "thead", "tbody", "row", "entry", "paragraph"}


def names(element: Iterable[ET.Element]) -> set[str]:
    return {part.tag for part in element}


def test_xml_has_plain_tables(build: Build) -> None:
    options = ":print: panels\n:sortable:\n:searchable:\n:name: costs"
    built = build(page(WIDE, title="Costs", options=options), builder="xml")
    [table] = ET.parse(built.output / "index.xml").getroot().iter("table")
    assert names(table.iter()) == PLAIN
    assert len(list(table.iter("row"))) == ROWS + 1
    attributes = {name for part in table.iter() for name in part.attrib}
    assert not [name for name in attributes if name.startswith("df-table")]


def test_pseudoxml_has_plain_tables(build: Build) -> None:
    options = ":print: panels\n:sortable:"
    built = build(page(WIDE, title="Costs", options=options), builder="pseudoxml")
    text = (built.output / "index.pseudoxml").read_text("utf-8")
    assert text.count("<row>") == ROWS + 1
    assert "df_table" not in text
    assert not re.search(r"<[^>]*\bdf-table-(print|ranks|searchable)", text)


def test_an_unknown_builder_gets_plain_tables(build: Build) -> None:
    options = ":print: landscape\n:sortable:\n:searchable:"
    built = build(
        page(WIDE, title="Costs", options=options),
        builder="plainly",
        extensions=("plain_builder",),
    )
    text = (built.output / "index.out").read_text("utf-8")
    [table] = ET.fromstring(text).iter("table")
    assert names(table.iter()) == PLAIN
    assert isinstance(built.doctrees["index"], nodes.document)


def test_a_group_of_headings_stands_over_its_columns_beside_an_empty_corner(build: Build) -> None:
    columns = "pd.MultiIndex.from_product([['X'], ['a', 'b']])"
    code = f"pd.DataFrame([[1, 2]], columns={columns}, index=['r'])"
    built = build(page(code), builder="text")
    text = (built.output / "index.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if re.search("[abr]", line)]
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines] == [
        ["", "a", "b"],
        ["r", "1", "2"],
    ]
