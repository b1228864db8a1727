"""The words that readers see, in the language of the project."""

from __future__ import annotations

import gettext
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sphinx import locale

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: The name of our catalogue, and of that by which a project overrules it.
_CATALOGUE: Final = "sphinx_df_table"

_FOLDER: Final = Path(__file__).with_name("locale")


def setup(app: Sphinx, /) -> None:
    """Load the catalog of the project's language before pages are read."""
    app.connect("env-before-read-docs", load_catalog)


def load_catalog(app: Sphinx, *_: object) -> None:
    """Have this module speak the language of the project, whose own catalogue comes first.

    Sphinx compiles that before it reads pages. ``Sphinx.add_message_catalog`` would ask for
    compiled catalogues of ours, too, and add to those of an earlier build of the process.
    """
    language = app.config.language
    found = gettext.NullTranslations()
    for folder in app.config.locale_dirs:
        if own := load_project_catalog(_CATALOGUE, Path(app.srcdir, folder), language):
            found.add_fallback(own)
    found.add_fallback(_shipped(language))
    locale.translators["general", _CATALOGUE] = found


def load_project_catalog(
    domain: str, folder: Path, language: str, /
) -> gettext.NullTranslations | None:
    """Return a compiled catalogue of the project, if there is one that can be read.

    Sphinx, too, does without those that cannot.
    """
    try:
        return gettext.translation(domain, folder, [language])
    except Exception:
        # There is none, or whatever else it holds.
        return None


def _shipped(language: str) -> gettext.NullTranslations:
    """Return our catalogue for ``language``, compiled; that of ``de`` for ``de_AT``."""
    for name in (language, language.partition("_")[0]):
        path = _FOLDER / name / "LC_MESSAGES" / f"{_CATALOGUE}.po"
        if path.is_file():
            compiled = io.BytesIO()
            with path.open("rb") as file:
                write_mo(compiled, read_po(file, locale=name))
            compiled.seek(0)
            return gettext.GNUTranslations(compiled)
    return gettext.NullTranslations()


def translate(message: str, /, **values: object) -> str:
    """Return the translation of ``message``, with ``values`` in its fields."""
    return _filled(locale.get_translator(_CATALOGUE).gettext(message), message, values)


def translate_plural(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the translation of what is said of ``count`` things, with ``values`` in its fields."""
    found = locale.get_translator(_CATALOGUE).ngettext(singular, plural, count)
    return _filled(found, singular if count == 1 else plural, values)


def _filled(text: str, original: str, values: dict[str, object]) -> str:
    try:
        return text.format(**values)
    except (AttributeError, LookupError, ValueError):
        # A translator gave it fields that the original does not have.
        return original.format(**values)


def format_count(count: int, /) -> str:
    """Return ``count`` as readers write it."""
    return f"{count:,}".replace(",", translate(","))
