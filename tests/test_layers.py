"""Who may import whom: data moves one way, and pandas stays in the worker."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sphinx_df_table

#: What each module may import besides the standard library: packages by name, own modules
#: by theirs. ``TYPE_CHECKING`` imports count too.
MAY_IMPORT = {
    "__init__": {
        "sphinx",
        "configuration",
        "assets",
        "entries",
        "looks",
        "outdated",
        "body",
        "browser",
        "lifecycle",
        "dependencies",
        "directive",
        "download",
        "expansion",
        "latex",
        "listing",
        "notices",
        "paper",
        "references",
        "regions",
        "rows",
        "runner",
        "setup_directive",
        "tabs",
        "words",
    },
    "errors": set(),
    "table": set(),
    "source": set(),
    "misplaced": set(),
    "mentions": set(),
    "files": set(),
    "watch": {"files", "mentions"},
    "memory": set(),
    "messages": set(),
    "keeper": set(),
    "lasting": {"numpy", "pandas", "keeper"},
    "csvfile": {"messages"},
    "file_names": set(),
    "writing": set(),
    "options": {"table"},
    # What crosses the border between the two processes, and so all that it is made of.
    "protocol": {"errors", "files", "options", "source", "table"},
    "wire": {"protocol", "errors", "files", "options", "source", "table"},
    "processes": {"protocol", "wire"},
    "runner": {"processes", "protocol", "wire", "errors"},
    # The worker: who forks, who answers, what one page's code has come to, what is sent back.
    "worker": {"pandas", "protocol", "wire", "serving", "keeper", "memory", "options", "results"},
    "serving": {
        "protocol",
        "wire",
        "output",
        "page_code",
        "surroundings",
        "watch",
        "memory",
        "errors",
    },
    "output": set(),
    "page_code": {
        "protocol",
        "files",
        "watch",
        "mentions",
        "snippet",
        "surroundings",
        "outcomes",
        "lasting",
        "sharing",
        "source",
        "options",
        "errors",
    },
    "outcomes": {
        "protocol",
        "showable",
        "results",
        "frame",
        "csvfile",
        "file_names",
        "writing",
        "memory",
        "options",
        "messages",
        "errors",
    },
    "snippet": {
        "numpy",
        "pandas",
        "failures",
        "surroundings",
        "sharing",
        "showable",
        "source",
        "messages",
        "errors",
    },
    "failures": {"pandas", "sharing", "source", "memory", "messages", "errors"},
    "surroundings": {"pandas"},
    "sharing": {"numpy", "pandas", "foreign", "showable"},
    # From a snippet's result to a table. What needs no pandas is plain: it takes and gives
    # names, texts and numbers.
    "showable": {"numpy", "pandas", "foreign", "values", "messages", "errors"},
    "results": {
        "pandas",
        "showable",
        "foreign",
        "styler",
        "frame",
        "extent",
        "table",
        "options",
        "messages",
        "errors",
    },
    "foreign": {"narwhals", "pandas", "extent", "messages", "errors"},
    "styler": {
        "pandas",
        "frame",
        "columns",
        "formats",
        "rendering",
        "styles",
        "layout",
        "celllist",
        "extent",
        "table",
        "options",
        "messages",
        "errors",
    },
    "rendering": {"pandas"},
    "styles": {"rendering", "messages", "table"},
    "frame": {
        "pandas",
        "columns",
        "formats",
        "values",
        "layout",
        "celllist",
        "extent",
        "table",
        "options",
    },
    "columns": {
        "pandas",
        "formats",
        "layout",
        "patterns",
        "ranks",
        "values",
        "table",
        "options",
        "errors",
    },
    "formats": {"numpy", "pandas", "values", "patterns", "options", "messages", "errors"},
    "ranks": {"pandas", "alignment", "values"},
    "values": {"numpy", "pandas"},
    "layout": {
        "alignment",
        "celllist",
        "characters",
        "extent",
        "headings",
        "patterns",
        "table",
        "options",
        "errors",
    },
    "celllist": {"characters", "table"},
    "characters": {"table"},
    "extent": {"options", "errors"},
    "alignment": {"table"},
    "headings": {"table"},
    "patterns": {"messages"},
    # What readers see that is not of the page; Sphinx brings Babel along.
    "words": {"babel", "sphinx"},
    # One cell, below what is made of many: the body as data and the table around it.
    "cells": {"docutils", "alignment", "table"},
    "marks": set(),
    "looks": {"docutils", "sphinx", "cells", "marks", "table"},
    "body": {"docutils", "sphinx", "alignment", "cells", "looks", "table"},
    "expansion": {"docutils", "sphinx", "body", "cells", "marks", "words"},
    "entries": {"docutils", "sphinx", "marks"},
    "rows": {"docutils", "sphinx", "body", "cells", "entries", "grid"},
    # How a table of docutils is made up, whatever is in it.
    "grid": {"docutils"},
    "widths": {"docutils", "body", "grid"},
    "doctree": {"docutils", "marks", "body", "cells", "grid", "looks", "widths", "table", "errors"},
    "outside": {"docutils", "marks", "cells", "doctree", "looks", "words", "table"},
    "markup": {"docutils", "sphinx", "allowed", "cells", "messages"},
    "references": {"docutils", "sphinx", "allowed", "cells"},
    "allowed": {"docutils", "sphinx", "formulas", "messages"},
    "formulas": set(),
    "tabs": {"docutils", "sphinx", "sphinx_design", "alignment", "marks"},
    "download": {"docutils", "sphinx", "words", "protocol"},
    "listing": {"docutils", "sphinx", "sphinx_design", "marks", "words", "source"},
    # What is wider than a page or a line. How panels are made of columns is plain: it takes
    # and gives numbers.
    "panels": set(),
    "cutting": {"docutils", "grid", "words"},
    "paper": {"docutils", "sphinx", "cutting", "grid", "marks", "panels", "widths"},
    "typeface": {"docutils"},
    "measuring": {"docutils", "grid", "panels", "table", "typeface"},
    "typesetting": {
        "docutils",
        "sphinx",
        "cells",
        "cutting",
        "grid",
        "measuring",
        "panels",
        "table",
        "typeface",
    },
    "latex": {"docutils", "grid", "sphinx", "marks", "typesetting", "words"},
    "browser": {"docutils", "sphinx", "entries", "grid", "marks", "words"},
    "regions": {"docutils", "sphinx", "body", "grid", "marks", "words"},
    "assets": {"docutils", "sphinx", "grid"},
    "pages": {"docutils", "sphinx"},
    "dependencies": {"sphinx", "files", "pages"},
    "outdated": {"docutils", "sphinx", "dependencies", "writing"},
    "notices": {"sphinx", "pages"},
    "setups": {"protocol"},
    "switches": {"docutils", "sphinx"},
    "configuration": {"sphinx", "memory", "options", "switches"},
    "lifecycle": {"sphinx", "runner", "switches"},
    "code_directive": {
        "docutils",
        "sphinx",
        "options",
        "source",
        "setups",
        "switches",
        "protocol",
        "runner",
        "outside",
        "dependencies",
        "files",
        "notices",
        "words",
        "errors",
    },
    "titles": {"docutils", "cells"},
    "setup_directive": {"docutils", "code_directive", "protocol", "words", "errors"},
    "directive": {
        "docutils",
        "code_directive",
        "messages",
        "options",
        "protocol",
        "misplaced",
        "table",
        "characters",
        "cells",
        "doctree",
        "marks",
        "download",
        "listing",
        "markup",
        "outside",
        "references",
        "tabs",
        "titles",
        "words",
        "errors",
    },
}

SOURCES = {path.stem: path for path in Path(sphinx_df_table.__file__).parent.glob("*.py")}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "sphinx_df_table":
            found |= {f"sphinx_df_table.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module or "")
    tops = {
        name.removeprefix("sphinx_df_table.") if name.startswith("sphinx_df_table.") else name
        for name in found
    }
    return {name.partition(".")[0] for name in tops} - sys.stdlib_module_names


def test_the_modules_are_those_of_the_table() -> None:
    assert SOURCES.keys() == MAY_IMPORT.keys()


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_a_module_imports_no_more_than_its_row_allows(module: str) -> None:
    assert imported(SOURCES[module]) <= MAY_IMPORT[module]


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_no_row_allows_more_than_its_module_imports(module: str) -> None:
    assert MAY_IMPORT[module] <= imported(SOURCES[module])


def loaded_by(code: str) -> set[str]:
    script = f"import sys; {code}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_what_sphinx_loads_brings_no_pandas() -> None:
    loaded = loaded_by("import sphinx_df_table.directive, sphinx_df_table.lifecycle")
    assert "sphinx" in loaded
    assert not loaded & {"pandas", "numpy"}


def test_what_the_worker_loads_brings_no_sphinx() -> None:
    loaded = loaded_by("import sphinx_df_table.worker")
    assert "pandas" in loaded
    assert not loaded & {"sphinx", "docutils", "sphinx_design", "narwhals", "jinja2"}
