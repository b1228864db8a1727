from docutils import nodes
from sphinx.application import Sphinx

from sphinx_df_table.doctree.body import expand_bodies

project = "Reader"
extensions = ["sphinx_design", "sphinx.ext.extlinks", "sphinx_df_table"]
extlinks = {"benchmark-pt": ("https://example.org/%s", None)}


def merge(_app: Sphinx, _docname: str, table: nodes.table) -> None:
    """Have the first cell of a table reach down, as only an extension can."""
    if "spans" in table["classes"]:
        expand_bodies(table)
        *_, first, second = table.findall(nodes.row)
        first[0]["morerows"] = 1  # type: ignore[index]
        del second[0]


def setup(app: Sphinx) -> None:
    app.connect("df-table-node", merge)
