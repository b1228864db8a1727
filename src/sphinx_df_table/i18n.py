"""Translate the texts that readers see into the project's language, by gettext catalogs."""

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

#: The domain of our message catalogs, and of those by which a project overrides them.
_DOMAIN: Final = "sphinx_df_table"

_FOLDER: Final = Path(__file__).with_name("locale")


def setup(app: Sphinx, /) -> None:
    """Load the catalogs when a build starts to read."""
    app.connect("env-before-read-docs", load_catalogs)


def load_catalogs(app: Sphinx, *_: object) -> None:
    """Load the project's catalogs, with the one of this package as a fallback.

    Sphinx has compiled the project's catalogs by now. ``Sphinx.add_message_catalog`` would need
    compiled catalogs in this package, and would add to those of an earlier build in the same
    process.
    """
    language = app.config.language
    catalog = gettext.NullTranslations()
    for folder in app.config.locale_dirs:
        if own := load_project_catalog(_DOMAIN, Path(app.srcdir, folder), language):
            catalog.add_fallback(own)
    # The catalog of "de" also serves "de_AT".
    for name in (language, language.partition("_")[0]):
        path = _FOLDER / name / "LC_MESSAGES" / f"{_DOMAIN}.po"
        if path.is_file():
            compiled = io.BytesIO()
            with path.open("rb") as file:
                write_mo(compiled, read_po(file, locale=name))
            compiled.seek(0)
            catalog.add_fallback(gettext.GNUTranslations(compiled))
            break
    locale.translators["general", _DOMAIN] = catalog


def load_project_catalog(
    domain: str, folder: Path, language: str, /
) -> gettext.NullTranslations | None:
    """Return a compiled catalog of the project.

    :returns: ``None`` if there is none, or if it cannot be read, which Sphinx ignores too.
    """
    try:
        return gettext.translation(domain, folder, [language])
    except Exception:
        # The errors for a broken file are not documented.
        return None


def translate(message: str, /, **values: object) -> str:
    """Return the translation of a msgid, with ``values`` in its fields."""
    return _format(locale.get_translator(_DOMAIN).gettext(message), message, values)


def translate_plural(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the translation of a msgid with plural forms, with ``values`` in its fields."""
    found = locale.get_translator(_DOMAIN).ngettext(singular, plural, count)
    return _format(found, singular if count == 1 else plural, values)


def _format(text: str, msgid: str, values: dict[str, object]) -> str:
    try:
        return text.format(**values)
    except (AttributeError, LookupError, ValueError):
        # The translation has a field that the msgid does not have.
        return msgid.format(**values)


def format_count(count: int, /) -> str:
    """Return ``count`` with the thousands separator of the language."""
    return f"{count:,}".replace(",", translate(","))
