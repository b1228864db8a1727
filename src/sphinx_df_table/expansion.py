"""Real rows instead of bodies as data, where a builder or a translation has need of them."""

from __future__ import annotations

import contextlib
import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages

from sphinx_df_table.body import df_table_body, expanded
from sphinx_df_table.cells import join_parts
from sphinx_df_table.marks import FOR_BROWSER, FOR_HTML, PRINT
from sphinx_df_table.words import catalogue_of

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sphinx.application import Sphinx

#: The formats, besides EPUB, that make something of how a table is to be printed.
_CUTTING: Final = frozenset({"latex", "text", "man", "texinfo"})


def expand_bodies(document: nodes.Element, /) -> None:
    """Make real rows of each body in ``document``."""
    _expand(list(document.findall(df_table_body)))


def _expand(bodies: Iterable[df_table_body]) -> None:
    """Make real rows of ``bodies`` in their places."""
    with _no_garbage_collection():
        for body in bodies:
            body.parent.replace(body, expanded(body))


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from looking through all nodes again and again while many are made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class ExpandForTranslation(SphinxTransform):
    """Make real rows of bodies in which a cell is translated.

    Must come before Sphinx keeps the original messages (priority 10) and applies the
    translated ones (20), which may hold any markup. All bodies of a page with a catalogue are
    expanded where Sphinx is to mark what is translated, and what is not.
    """

    default_priority = 9

    def apply(self, **_: Any) -> None:
        """Visit all bodies of the page, if it has a catalogue."""
        bodies = list(self.document.findall(df_table_body))
        catalogues = self._catalogues() if bodies else []
        are_marked = bool(catalogues and self.config.translation_progress_classes)
        _expand(body for body in bodies if are_marked or _is_translated(body, catalogues))

    def _catalogues(self) -> list[gettext.NullTranslations]:
        """Return the catalogues that Sphinx has for the page."""
        domain = docname_to_domain(self.env.docname, self.config.gettext_compact)
        folders = [Path(self.env.srcdir, folder) for folder in self.config.locale_dirs]
        found = (catalogue_of(domain, folder, self.config.language) for folder in folders)
        return [catalogue for catalogue in found if catalogue is not None]


def _is_translated(body: df_table_body, catalogues: Sequence[gettext.NullTranslations]) -> bool:
    return any(
        catalogue.gettext(message) != message
        for catalogue in catalogues
        for _, message in extract_messages(body)
    )


class ExpandForOthers(SphinxPostTransform):
    """Make real rows of all bodies for a builder that does not write them itself.

    Comes as soon as references in shared cells are resolved (Sphinx' priority 10).
    """

    default_priority = 11

    #: Whether the builder asks nodes for their messages, and the attributes that it has no use
    #: for; set by :func:`expansion_for`.
    takes_messages: ClassVar[Callable[[], bool]]
    useless: ClassVar[Callable[[], tuple[str, ...]]]

    def run(self, **_: Any) -> None:
        """Leave out what the builder cannot show, and expand what it does not write."""
        if type(self).takes_messages():
            return
        join_parts(self.document)
        # Before there are rows and cells of bodies to visit, which have none of this.
        if names := type(self).useless():
            for element in self.document.findall(nodes.Element):
                for name in names:
                    element.attributes.pop(name, None)
            expand_bodies(self.document)


def expansion_for(app: Sphinx, /) -> type[ExpandForOthers]:
    """Return the transform for the builder that ``app`` will have."""

    def takes_messages() -> bool:
        """Tell whether the builder makes catalogues."""
        return app.builder.name == "gettext"

    def useless() -> tuple[str, ...]:
        """Return the attributes that the builder has no use for; only HTML's has one for all."""
        if app.builder.format in _CUTTING:
            return FOR_HTML
        if app.builder.format != "html":
            return (*FOR_HTML, PRINT)
        return FOR_BROWSER if app.builder.name == "epub" else ()

    functions = {"takes_messages": staticmethod(takes_messages), "useless": staticmethod(useless)}
    return type("ExpandForOthers", (ExpandForOthers,), functions)
