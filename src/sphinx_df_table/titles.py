"""The titles of tables: what the author wrote, the same for each, or a caption of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_df_table.cells import may_be_shared, part_of_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_df_table.cells import Location


class Titles:
    """Titles for the tables of one directive.

    Its text is read once, since docutils would note its references again each time; after the
    first, each table has a copy.
    """

    def __init__(
        self,
        text: str,
        parse: Callable[[str], tuple[list[nodes.Node], list[nodes.system_message]]],
        /,
        *,
        location: Location,
    ) -> None:
        self._text = text
        self._parse = parse
        self._location = location
        self._spare: nodes.title | None = None

    def insert_into(
        self, node: nodes.table, /, *, caption: str, label: str | None
    ) -> list[nodes.system_message]:
        """Put the author's title into ``node``, or else ``caption``, as it is, if there is one.

        :param label: that of the table, if it is one of several.
        :returns: docutils' messages on the title.
        """
        messages: list[nodes.system_message] = []
        if self._text:
            title, messages = self._next()
            if label is not None:
                title = _labelled(title, label, location=self._location)
        elif caption:
            title = nodes.title(caption, caption, support_smartquotes=False)
        else:
            return []
        title.source, title.line = self._location
        node.insert(0, title)
        return messages

    def _next(self) -> tuple[nodes.title, list[nodes.system_message]]:
        if self._spare is not None:
            return self._spare.deepcopy(), []
        children, messages = self._parse(self._text)
        title = nodes.title(self._text, "", *children)
        self._spare = _copied(title)
        return title, messages


def _copied(title: nodes.title) -> nodes.title:
    """Return a copy of ``title``; its plain text if something refers to it, or it to something.

    docutils knows the references of the original, and no others.
    """
    is_known = any("refname" in node for node in title.findall(nodes.Element))
    if is_known or not may_be_shared(title):
        return nodes.title(title.astext(), title.astext())
    return title.deepcopy()


def _labelled(title: nodes.title, label: str, /, *, location: Location) -> nodes.title:
    """Return ``title`` with the label of one of several tables behind it.

    Translators are offered both, but not each title with each label.
    """
    return nodes.title(
        f"{title.rawsource} ({label})",
        "",
        *part_of_line(title.rawsource, title.children, location=location),
        nodes.Text(" ("),
        *part_of_line(label, [nodes.Text(label)], location=location),
        nodes.Text(")"),
        translatable=False,
    )
