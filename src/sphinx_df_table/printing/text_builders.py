"""Shape tables for builders whose format knows less than docutils, or has less room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.doctree.structure import (
    CONSTANTS,
    PRINT,
    find_tables,
    get_ancestors,
    get_colspecs,
    get_rows,
    get_tgroup,
    measure_columns,
    measure_longest_word,
)
from sphinx_df_table.printing.panels import (
    Need,
    copy_entry,
    count_crossings,
    count_repeated_columns,
    create_continuation,
    lower_headings,
    split_into_panels,
    split_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_df_table.doctree.structure import Rows
    from sphinx_df_table.printing.panels import Panel

#: The characters of a line that are lost within each of these.
_INDENT: Final = 4
_INDENTING: Final = (nodes.list_item, nodes.definition, nodes.block_quote, nodes.Admonition)

#: The characters of a word that is in no danger in a paragraph, wherever that stands.
_LONG_WORD: Final = 30

#: The characters of the narrowest column.
_LEAST: Final = 2

#: The characters at which tbl wraps texts, in a table of as many columns as fit at all.
_WRAPPED_BY_TBL: Final = 14

#: The characters between the texts of two columns: a line, and blanks around it.
_BETWEEN: Final = 3


class SplitTables(SphinxPostTransform):
    """Cut each table that is wider than a line into panels.

    Runs when references and substitutions have become what the reader sees.
    """

    default_priority = 890

    #: The characters of a line.
    line: ClassVar[int]

    #: Whether the format has merged cells.
    has_spans: ClassVar[bool] = True

    def run(self, **_: Any) -> None:
        """Visit the tables of the page."""
        for table in find_tables(self.document):
            choice = table.attributes.pop(PRINT, self.config.df_table_print)
            line = self._line(choice)
            if line and choice != "plain" and not _has_given_widths(table):
                tgroup = get_tgroup(table)
                rows = _all_rows(tgroup, has_spans=self.has_spans)
                needs = self._needs(rows, len(get_colspecs(tgroup)))
                panels = split_into_panels(
                    needs,
                    _room(table, line) - 1,
                    repeated=count_repeated_columns(tgroup),
                    crossings=count_crossings(tgroup),
                )
                _put_panels(table, panels)

    def _line(self, choice: str) -> int:
        """Return the characters of a line; 0 if it may be as long as it likes."""
        return self.line

    def _needs(self, rows: Rows, width: int) -> list[Need]:
        """Return what each column of a table of so many takes."""
        return [
            Need(least=word + _BETWEEN, natural=max(word, line) + _BETWEEN)
            for word, line in zip(
                measure_columns(rows, width, measure_longest_word),
                measure_columns(rows, width),
                strict=True,
            )
        ]


class SplitForMan(SplitTables):
    """Do so for a terminal, and let no word of a table be hyphenated: it is data.

    tbl, which sets the tables of manual pages, wraps texts on its own: in a column of the share
    of the line that is a column's if all are alike, and there is one more. With this width for
    texts, as many as fit by our reckoning fit by tbl's.
    """

    formats = ("man",)
    line = 71
    has_spans = False

    def run(self, **_: Any) -> None:
        """Visit the tables of the page, and then those that they were cut into."""
        super().run()
        for table in find_tables(self.document):
            place = table.parent.index(table)
            around = [*_caption(table), _roff("nh", "na"), table, _roff("ad", "hy")]
            table.parent[place : place + 1] = around

    def _needs(self, rows: Rows, width: int) -> list[Need]:
        taken = [
            max(word, min(line, _WRAPPED_BY_TBL)) + _BETWEEN
            for word, line in zip(
                measure_columns(rows, width, self._word_width),
                measure_columns(rows, width),
                strict=True,
            )
        ]
        return [Need(least=width, natural=width) for width in taken]

    def _word_width(self, entry: nodes.Element) -> int:
        """Return the width of the longest word, in addresses, too, which stand behind links."""
        links = [link.get("refuri", "") for link in entry.findall(nodes.reference)]
        if not self.config.man_show_urls:
            # Where docutils shows them nevertheless, it breaks them.
            links = [part for link in links for part in link.split("/")]
        return max([measure_longest_word(entry), *(len(f"</{part}>") for part in links if part)])


class SplitForTexinfo(SplitTables):
    """Do so for Texinfo, which fills its lines up to there."""

    formats = ("texinfo",)
    line = 72
    has_spans = False


class SplitForEpub(SplitTables):
    """Do so for the screens of readers.

    Must come before tables get what only HTML has (priority 99).
    """

    default_priority = 90
    builders = ("epub",)
    line = 72


class SplitForText(SplitTables):
    """Do so for plain text, if a project or an author wants that."""

    formats = ("text",)
    line = 80

    def _line(self, choice: str) -> int:
        wanted: int = self.config.df_table_text_width or 0
        return wanted or (self.line if choice == "panels" else 0)


def _caption(table: nodes.table) -> list[nodes.paragraph]:
    """Take the caption out of ``table``, of which docutils makes a title of the manual page.

    As such it would not be escaped, and its text may be of data.
    """
    titles = [child for child in table.children if isinstance(child, nodes.title)]
    for title in titles:
        table.remove(title)
    return [nodes.paragraph("", "", nodes.strong("", "", *title.children)) for title in titles]


def _roff(*requests: str) -> nodes.raw:
    """Return ``requests`` to what sets a manual page."""
    lines = "".join(f".{request}\n" for request in requests)
    return nodes.raw("", f"\n{lines}", format="manpage")


def _has_given_widths(table: nodes.table) -> bool:
    return "colwidths-given" in table["classes"]


def _room(table: nodes.table, line: int) -> int:
    """Return the characters that a line has where ``table`` stands."""
    return line - _INDENT * sum(isinstance(node, _INDENTING) for node in get_ancestors(table))


def _put_panels(table: nodes.table, panels: Sequence[Panel]) -> None:
    """Put a table for each of ``panels`` into the place of ``table``, and set their widths."""
    parts = [table, *split_table(table, [panel.columns for panel in panels])]
    for part, panel in zip(parts, panels, strict=True):
        for colspec, taken in zip(get_colspecs(get_tgroup(part)), panel.widths, strict=True):
            colspec["colwidth"] = max(int(taken) - _BETWEEN, _LEAST)
    others = [node for part in parts[1:] for node in (create_continuation(table), part)]
    place = table.parent.index(table) + 1
    following = table.next_node(descend=False, siblings=True)
    if isinstance(following, nodes.paragraph) and CONSTANTS in following:
        place += 1
    table.parent[place:place] = others


def _all_rows(tgroup: nodes.tgroup, *, has_spans: bool = True) -> Rows:
    """Return the rows of a table; with copies of its headings where there are no merged cells."""
    rows: Rows = []
    for part in tgroup.children:
        if isinstance(part, nodes.thead) and not has_spans:
            rows += _flat([row.deepcopy() for row in get_rows(part)])
        elif isinstance(part, (nodes.thead, nodes.tbody)):
            rows += get_rows(part)
    return rows


class FitColumnsToText(SphinxPostTransform):
    """Make every column of plain text as wide as its words, whatever widths the author gave.

    Where docutils and HTML take widths as relative, Sphinx' text builder takes them as
    characters; in Sphinx 7, a word in a column of one character sends it into an endless
    loop. Must come before tables are cut, which may make columns narrower.
    """

    default_priority = 880
    formats = ("text",)

    def run(self, **_: Any) -> None:
        """Set the widths of each ``df-table`` anew, those that were given in proportion."""
        for table in find_tables(self.document):
            tgroup = get_tgroup(table)
            colspecs = get_colspecs(tgroup)
            needed = [
                max(width, _LEAST) for width in measure_columns(_all_rows(tgroup), len(colspecs))
            ]
            if _has_given_widths(table):
                given = [colspec["colwidth"] for colspec in colspecs]
                factor = max(math.ceil(n / g) for n, g in zip(needed, given, strict=True))
                needed = [factor * width for width in given]
            for colspec, width in zip(colspecs, needed, strict=True):
                colspec["colwidth"] = width
            for entry in table.findall(nodes.entry):
                _keep_words(entry)


def _keep_words(entry: nodes.entry) -> None:
    """Have a long word in ``entry`` kept whole.

    Whatever the widths of columns, Sphinx' text builder cuts the words of a paragraph to 70
    characters; those of a line it leaves alone.
    """
    for paragraph in list(entry.findall(nodes.paragraph)):
        if measure_longest_word(paragraph) > _LONG_WORD:
            line = nodes.line("", "", *paragraph.children)
            paragraph.parent.replace(paragraph, nodes.line_block("", line))


class FlattenSpans(SphinxPostTransform):
    """Give every column its own headings where a format has no merged cells.

    docutils' man and Sphinx' texinfo writer put the cells beside a merged one into the wrong
    columns. A heading over several columns is repeated over each; one over several rows
    stands in the last of them, next to its data. Must come behind the cutting of tables.
    """

    default_priority = 895
    formats = ("man", "texinfo")

    def run(self, **_: Any) -> None:
        """Rewrite the heading of each ``df-table``, the only part of it that has spans."""
        for table in find_tables(self.document):
            for part in get_tgroup(table).children:
                if isinstance(part, nodes.thead):
                    part[:] = _flat(get_rows(part))


def _flat(rows: Rows) -> Rows:
    return [
        nodes.row("", *(single for entry in row.children for single in _singles(entry)))
        for row in lower_headings(rows)
    ]


def _singles(entry: nodes.Node) -> list[nodes.entry]:
    """Return ``entry``, and as many copies as it covers columns beyond its own."""
    assert isinstance(entry, nodes.entry)
    more = entry.attributes.pop("morecols", 0)
    return [entry, *(copy_entry(entry, f"column-{number + 2}") for number in range(more))]
