"""Make each row of a table a target, by the text of one of its columns."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx.util import logging

from sphinx_df_table.doctree.body import df_table_body
from sphinx_df_table.doctree.structure import (
    ROW_IDS,
    find_tables,
    get_body,
    get_colspecs,
    get_rows,
    get_tgroup,
    iter_entries,
)
from sphinx_df_table.model.text import LONGEST_QUOTE, shorten_title, to_one_line

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from sphinx.application import Sphinx

_logger = logging.getLogger(__name__)

#: The key of whether the page has rows that are targets; Sphinx deletes it after reading it.
_HAS_TARGETS: Final = "df_table_row_targets"


def add_row_targets(
    table: nodes.table, document: nodes.document, /, *, column: int | None, name: str
) -> str:
    """Add an id and a name to each row of ``table`` that has a text in ``column``.

    The name of a row is ``name``, a hyphen and the text that readers see, as docutils normalizes
    it. The first of several rows with one name has it. Ids are unique on the page.

    :param column: counted from 0; ``None`` for a table whose rows are no targets.
    :returns: a message on rows with one name; an empty string if there are none.
    """
    if column is None:
        return ""
    tgroup = get_tgroup(table)
    get_colspecs(tgroup)[column][ROW_IDS] = True
    body = get_body(tgroup)
    texts = dict(_iter_texts(body, column))
    rows: dict[str, int] = {}
    repeated: list[tuple[int, int]] = []
    for number, text in texts.items():
        if text:
            label = nodes.fully_normalize_name(f"{name}-{text}")
            first = rows.setdefault(label, number)
            if first != number:
                repeated.append((first, number))
    ids: dict[int, str] = {}
    for number in rows.values():
        ids[number] = _make_id(name, texts[number], number, taken=document.ids)
        document.ids[ids[number]] = body
    names = {number: label for label, number in rows.items()}
    if isinstance(body, df_table_body):
        body.row_ids = tuple(ids.get(number, "") for number in texts)
        body.row_names = tuple(names.get(number, "") for number in texts)
    else:
        for number, row in enumerate(get_rows(body)):
            if number in ids:
                row["ids"], row["names"] = [ids[number]], [names[number]]
    document.settings.env.temp_data[_HAS_TARGETS] = True
    return _describe_repeated(repeated, texts) if repeated else ""


def _make_id(name: str, text: str, number: int, *, taken: Container[str]) -> str:
    """Return a new id for the row with this ``text``: with its number if no letter is left."""
    made = nodes.make_id(f"{name}-{text}")
    if made == nodes.make_id(name):
        made = nodes.make_id(f"{name}-row-{number + 1}")
    numbered = (f"{made}-{count}" for count in itertools.count(2))
    return next(each for each in itertools.chain([made], numbered) if each not in taken)


def _describe_repeated(repeated: list[tuple[int, int]], texts: dict[int, str]) -> str:
    """Return the message on pairs of rows with one name."""
    quoted = [
        f"row {number + 1} ({to_one_line(texts[number], LONGEST_QUOTE)!r})"
        for number in repeated[0]
    ]
    more = f" ({len(repeated)} such rows in all)" if len(repeated) > 1 else ""
    return (
        f":row-ids: gives {quoted[0]} and {quoted[1]} the same name{more}, so that references lead "
        "to the first. Make the texts differ, or name another column."
    )


def _iter_texts(body: nodes.Element, column: int) -> Iterator[tuple[int, str]]:
    """Yield the number of each row of ``body``, and the text that it shows in ``column``.

    It is in one line: in an inventory, a line is an entry of its own.
    """
    if isinstance(body, df_table_body):
        shown = [*body.texts, *(entry.astext() for entry in body.entries)]
        found = [shown[number] for number in body.numbers[column :: body.width]]
    else:
        entries = iter_entries(get_rows(body))
        found = [entry.astext() for _, at, entry in entries if at == column]
    for number, text in enumerate(found):
        yield number, " ".join(shorten_title(text).split())


def register_row_labels(app: Sphinx, document: nodes.document) -> None:
    """Add the rows of a page that are targets to the labels of Sphinx's standard domain.

    As for sections, a label of another page is a warning, and the page that is read last has it.
    A label that the author gave on the same page stays.
    """
    if not app.env.temp_data.get(_HAS_TARGETS):
        return
    domain = app.env.get_domain("std")
    labels, anonymous = domain.data["labels"], domain.data["anonlabels"]
    for table in find_tables(document):
        for row, label, name, text in _iter_targets(table):
            document.ids[label] = row
            if name in anonymous:
                _logger.warning(
                    "duplicate label %s, other instance in %s",
                    name,
                    app.env.doc2path(anonymous[name][0]),
                    location=table,
                )
                if anonymous[name][0] == app.env.docname:
                    continue
            labels[name] = app.env.docname, label, text
            anonymous[name] = app.env.docname, label


def _iter_targets(table: nodes.table) -> Iterator[tuple[nodes.Element, str, str, str]]:
    """Yield for each row that is a target its element, id, name and text.

    The text may be translated by now, and its body expanded.
    """
    tgroup = get_tgroup(table)
    columns = [n for n, colspec in enumerate(get_colspecs(tgroup)) if ROW_IDS in colspec]
    for column in columns:
        body = get_body(tgroup)
        for number, text in _iter_texts(body, column):
            if isinstance(body, df_table_body):
                if body.row_ids[number]:
                    yield body, body.row_ids[number], body.row_names[number], text
            else:
                row = body.children[number]
                assert isinstance(row, nodes.row)
                if row["ids"]:
                    yield row, row["ids"][0], row["names"][0], text
