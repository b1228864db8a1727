"""Builders with the names and formats of those of sphinx-simplepdf and rinohtype, without paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plain_builder import PlainBuilder
from sphinx.builders.singlehtml import SingleFileHTMLBuilder

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class SimplePdfBuilder(SingleFileHTMLBuilder):
    name = "simplepdf"


class RinohBuilder(PlainBuilder):
    name = "rinoh"
    format = "pdf"


def setup(app: Sphinx) -> None:
    app.add_builder(SimplePdfBuilder)
    app.add_builder(RinohBuilder)
