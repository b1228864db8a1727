"""Links to the rows of a table as a CSV file, for builders that copy files beside the pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_df_table.i18n import format_count, translate, translate_plural
from sphinx_df_table.model.protocol import Destination

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_df_table.model.protocol import Download

#: The class of the paragraph with a link.
_CLASS: Final = "df-table-download"

#: The folder of all CSV files, in the folder of the doctrees.
_FOLDER: Final = "df-table"

#: The key of the page's file names in ``env.temp_data``, which Sphinx clears after each page.
_TAKEN: Final = "df_table_downloads"


def new_destination(env: BuildEnvironment, /, *, name: str) -> Destination:
    """Return where the worker writes the file of the page's next table.

    The path is the same in every build, and so is the address for readers.

    :param name: the table's ``:name:``, or an empty string.
    """
    number = env.new_serialno(_FOLDER) + 1
    return Destination(
        root=str(env.doctreedir),
        folder=f"{_FOLDER}/{env.docname}",
        stem=name or f"{env.docname.rpartition('/')[2]}-{number}",
        taken=tuple(env.temp_data.get(_TAKEN) or ()),
    )


def note_downloads(env: BuildEnvironment, downloads: Iterable[Download], /) -> None:
    """Reserve the names of these files on the page, so that no other table gets them."""
    names = [Path(download.path).name for download in downloads]
    env.temp_data[_TAKEN] = (*(env.temp_data.get(_TAKEN) or ()), *names)


def create_download_link(
    download: Download, env: BuildEnvironment, /, *, is_cut: bool, location: tuple[str, int]
) -> nodes.paragraph:
    """Return a paragraph with a link to the file.

    :param is_cut: whether the page does not show all rows.
    :param location: source and line of the directive.
    """
    count = format_count(download.rows)
    if not is_cut:
        text = translate("Download as CSV")
    elif download.is_whole:
        text = translate_plural(
            "Download all {rows} row as CSV",
            "Download all {rows} rows as CSV",
            download.rows,
            rows=count,
        )
    else:
        text = translate_plural(
            "Download the first row as CSV",
            "Download the first {rows} rows as CSV",
            download.rows,
            rows=count,
        )
    try:
        # As in Sphinx's role "download", the path starts at the source folder.
        target = "/" + Path(os.path.relpath(download.path, env.srcdir)).as_posix()
    except ValueError:
        # On Windows, a file on another drive has no relative path.
        target = Path(download.path).as_posix()
    # The attributes are those of Sphinx's role, which builders of other projects rely on.
    reference = addnodes.download_reference(
        text,
        "",
        nodes.inline(text, text, classes=["xref", "download"]),
        refdoc=env.docname,
        refdomain="",
        reftype="download",
        refexplicit=True,
        refwarn=False,
        reftarget=target,
    )
    reference.source, reference.line = location
    paragraph = nodes.paragraph(
        text, "", reference, classes=[_CLASS], translatable=False, support_smartquotes=False
    )
    paragraph.source, paragraph.line = location
    return paragraph


class DownloadPathCollector(EnvironmentCollector):
    """Give each file an address that is made of the names of its page and table.

    Sphinx makes the address from the path between source folder and file, so that a build
    into another folder would change the pages. This must run after Sphinx's own collector.
    """

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Do nothing: Sphinx removes the files of a page."""

    def merge_other(self, app: Sphinx, env: BuildEnvironment, *others: Any) -> None:
        """Do nothing: Sphinx merges the files of another process."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Replace the addresses in the links of the page."""
        for reference in doctree.findall(addnodes.download_reference):
            if "filename" in reference:
                name = reference["reftarget"].removeprefix("/")
                reference["filename"] = _find_address(name, app.env) or reference["filename"]

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Replace the addresses that Sphinx copies the files to; no page needs to be written."""
        for name, (docnames, target) in env.dlfiles.items():
            if address := _find_address(name, env):
                env.dlfiles[name] = docnames, type(target)(address)
        return []


def _find_address(name: str | os.PathLike[str], env: BuildEnvironment) -> str:
    """Return the path of one of our files inside the folder of all downloads.

    :param name: the path of any file, relative to the source folder.
    :returns: an empty string if the file is not ours.
    """
    path = Path(os.path.normpath(Path(env.srcdir, name)))
    folder = Path(env.doctreedir)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder / _FOLDER) else ""


class RemoveDownloadLinks(SphinxPostTransform):
    """Remove the paragraphs with download links where readers cannot follow them.

    It must run before all that counts or rewrites nodes (Sphinx's own priority is 10).
    """

    default_priority = 9

    #: The builders that copy the files beside the pages.
    builders = ("html", "dirhtml", "singlehtml", "json", "pickle")

    def is_supported(self) -> bool:
        """Return whether the builder is none of :attr:`builders`."""
        return not super().is_supported()

    def run(self, **_: Any) -> None:
        """Remove our download paragraphs from the page."""
        for reference in list(self.document.findall(addnodes.download_reference)):
            paragraph = reference.parent
            if _CLASS in paragraph["classes"]:
                paragraph.parent.remove(paragraph)
