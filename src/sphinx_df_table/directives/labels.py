"""Labels before a directive: the names of its first table."""

from __future__ import annotations

from typing import Any, Final

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_df_table.directives.design import SOURCE_CLASS
from sphinx_df_table.doctree.structure import TABS, find_tables

#: Attributes of targets that are no labels: docutils needs such a target as it is.
_OTHERS: Final = ("anonymous", "refid", "refname", "refuri")


class MoveLabels(SphinxTransform):
    """Make each label before a ``df-table`` a name of its first table, as ``:name:`` does.

    docutils makes a label the name of the next node, but tabs, and code above a table, have no
    number. This must run before Sphinx gives an ID to a table without a name (priority 210).
    """

    default_priority = 205

    def apply(self, **_: Any) -> None:
        """Move the IDs and names of labels to tables, and remove the labels."""
        for target in list(self.document.findall(nodes.target)):
            is_label = not any(target.hasattr(name) for name in _OTHERS)
            table = _find_table_after(target) if is_label else None
            if table is not None:
                table["ids"] += target["ids"]
                table["names"] += target["names"]
                self.document.ids |= dict.fromkeys(target["ids"], table)
                target.parent.remove(target)


def _find_table_after(target: nodes.target) -> nodes.table | None:
    """Return the first table of the directive after ``target``, if that is a ``df-table``."""
    siblings = target.parent.children
    for node in siblings[siblings.index(target) + 1 :]:
        if isinstance(node, (nodes.Invisible, nodes.system_message)):
            continue
        if isinstance(node, nodes.literal_block) and SOURCE_CLASS in node["classes"]:
            continue
        is_ours = isinstance(node, nodes.table) or (
            isinstance(node, nodes.container) and TABS in node
        )
        return next(iter(find_tables(node)), None) if is_ours else None
    return None
