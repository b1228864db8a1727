"""An extension that writes the names of all roles of a build into its source folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils.parsers.rst import roles

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Variants of badges in other colours.
_VARIANT = re.compile(r"bdg-(?!info$|link-info$|ref-info$)")


def _write(app: Sphinx) -> None:
    names = {*vars(roles)["_role_registry"], *vars(roles)["_roles"]}
    for name, domain in app.registry.domains.items():
        own = {*domain.roles, *app.registry.domain_roles.get(name, ())}
        names |= {f"{name}:{role}" for role in own}
    listed = sorted(name for name in names if name and not _VARIANT.match(name))
    Path(app.srcdir, "roles.json").write_text(json.dumps(listed), encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", _write)
