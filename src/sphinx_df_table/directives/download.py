"""Offer the rows of a table as a file, in the builders whose readers can take it home."""

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

#: The class of the paragraph that holds a link.
_CLASS: Final = "df-table-download"

#: The folder of all files, in that of the doctrees.
_FOLDER: Final = "df-table"

#: Where the page that is being read keeps the names of its files; Sphinx forgets it with the page.
_TAKEN: Final = "df_table_downloads"


def new_destination(env: BuildEnvironment, /, *, name: str) -> Destination:
    """Return where the next table of the page that is being read puts its rows.

    It is the same from build to build, and so is the address that readers have.

    :param name: the name of the table, if its author gives one.
    """
    number = env.new_serialno(_FOLDER) + 1
    return Destination(
        root=str(env.doctreedir),
        folder=f"{_FOLDER}/{env.docname}",
        stem=name or f"{env.docname.rpartition('/')[2]}-{number}",
        taken=_taken(env),
    )


def note_downloads(env: BuildEnvironment, downloads: Iterable[Download], /) -> None:
    """Keep the names of these files from other tables of the page."""
    names = [Path(download.path).name for download in downloads]
    env.temp_data[_TAKEN] = (*_taken(env), *names)


def _taken(env: BuildEnvironment) -> tuple[str, ...]:
    names: Any = env.temp_data.get(_TAKEN, ())
    return tuple(names)


def create_download_link(
    download: Download, env: BuildEnvironment, /, *, is_cut: bool, location: tuple[str, int]
) -> nodes.paragraph:
    """Return a line with the link to ``download``.

    :param is_cut: whether the page does not show all rows.
    """
    text = _words(download, is_cut=is_cut)
    reference = addnodes.download_reference(
        "", "", nodes.inline("", text), reftarget=_target(download.path, env.srcdir)
    )
    paragraph = nodes.paragraph(
        text, "", reference, classes=[_CLASS], translatable=False, support_smartquotes=False
    )
    paragraph.source, paragraph.line = location
    return paragraph


def _words(download: Download, *, is_cut: bool) -> str:
    if not is_cut:
        return translate("Download as CSV")
    rows = format_count(download.rows)
    if download.is_whole:
        return translate_plural(
            "Download all {rows} row as CSV",
            "Download all {rows} rows as CSV",
            download.rows,
            rows=rows,
        )
    return translate_plural(
        "Download the first row as CSV",
        "Download the first {rows} rows as CSV",
        download.rows,
        rows=rows,
    )


def _target(path: str, source_directory: str | os.PathLike[str]) -> str:
    """Return ``path`` as Sphinx's role ``download`` has it: from the source folder."""
    try:
        return "/" + Path(os.path.relpath(path, source_directory)).as_posix()
    except ValueError:
        # On another drive of Windows, there is no way from one to the other.
        return Path(path).as_posix()


class DownloadPathCollector(EnvironmentCollector):
    """Gives each file an address of the names of its page and table.

    Sphinx makes one of the way from the source folder to the file, so that a build into
    another folder would have other pages. Comes after Sphinx' own collector.
    """

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Do nothing: Sphinx forgets the files of a page."""

    def merge_other(self, app: Sphinx, env: BuildEnvironment, *others: Any) -> None:
        """Do nothing: Sphinx takes over the files that another reader has noted."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Have the links of the page lead to the addresses."""
        for reference in doctree.findall(addnodes.download_reference):
            if "filename" in reference:
                name = reference["reftarget"].removeprefix("/")
                reference["filename"] = _address(name, app.env) or reference["filename"]

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Have the files copied to the addresses; no page needs to be written again for it."""
        for name, (docnames, target) in env.dlfiles.items():
            if address := _address(name, env):
                env.dlfiles[name] = docnames, type(target)(address)
        return []


def _address(name: str | os.PathLike[str], env: BuildEnvironment) -> str:
    """Return where, among all downloads, the file is found that ``name`` leads to.

    :param name: a path from the source folder.
    :returns: nothing if the file is none of ours.
    """
    path = Path(os.path.normpath(Path(env.srcdir, name)))
    folder = Path(env.doctreedir)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder / _FOLDER) else ""


class RemoveDownloadLinks(SphinxPostTransform):
    """Remove the paragraphs with download links where readers cannot follow them.

    It must run before all that counts or rewrites nodes (Sphinx's own priority is 10).
    """

    default_priority = 9

    #: The builders whose readers get the files, too.
    builders = ("html", "dirhtml", "singlehtml")

    def is_supported(self) -> bool:
        """Return whether the builder is none of :attr:`builders`."""
        return not super().is_supported()

    def run(self, **_: Any) -> None:
        """Remove our download paragraphs from the page."""
        for reference in list(self.document.findall(addnodes.download_reference)):
            paragraph = reference.parent
            if _CLASS in paragraph["classes"]:
                paragraph.parent.remove(paragraph)
