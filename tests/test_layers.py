"""The parts of the package, and what each may import: neither more nor less."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sphinx_df_table

#: For each part the parts and packages that it imports. Arrows lead one way: every part stands
#: below those that it imports.
MAY_IMPORT: dict[str, set[str]] = {
    # Plain values that both processes share; the standard library only.
    "model": set(),
    "layout": {"model"},
    # The processes that run code: pandas, never Sphinx.
    "frames": {"layout", "model", "narwhals", "numpy", "pandas"},
    "worker": {"frames", "model", "numpy", "pandas"},
    # Sphinx's process: docutils, never pandas.
    "i18n": {"babel", "sphinx"},
    "config": {"model", "docutils", "sphinx"},
    "environment": {"model", "docutils", "sphinx"},
    "client": {"config", "model", "sphinx"},
    "doctree": {"i18n", "model", "docutils", "sphinx", "sphinx_design"},
    "directives": {
        *("client", "config", "doctree", "environment", "i18n", "model"),
        *("docutils", "sphinx", "sphinx_design"),
    },
    "html": {"doctree", "i18n", "docutils", "sphinx"},
    "printing": {"doctree", "i18n", "model", "docutils", "sphinx"},
    "__init__": {
        *("client", "config", "directives", "doctree", "environment", "html", "i18n", "printing"),
        "sphinx",
    },
}

PACKAGE = Path(sphinx_df_table.__file__).parent


def imported_by(part: str) -> set[str]:
    """The other parts, and the packages beside the standard library, that ``part`` imports."""
    folder = PACKAGE / part
    found = set()
    for path in folder.rglob("*.py") if folder.is_dir() else [PACKAGE / f"{part}.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path} imports by a relative path"
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name.removeprefix("sphinx_df_table.") for name in found}
    ours, others = ours - found, ours & found
    packages = {name.partition(".")[0] for name in others} - sys.stdlib_module_names
    return (packages | {name.partition(".")[0] for name in ours}) - {part}


def test_the_parts_are_those_of_the_table() -> None:
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__pycache__", "locale", "py"} == MAY_IMPORT.keys()


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_what_its_row_names(part: str) -> None:
    assert imported_by(part) == MAY_IMPORT[part]


@pytest.mark.parametrize(
    ("module", "needed", "unwanted"),
    [
        ("directives.df_table", "sphinx", {"numpy", "pandas"}),
        ("worker.forkserver", "pandas", {"docutils", "jinja2", "narwhals", "sphinx"}),
        ("worker.supervisor", "ctypes", {"numpy", "pandas", "sphinx"}),
    ],
)
def test_a_process_loads_no_more_than_it_needs(
    module: str, needed: str, unwanted: set[str]
) -> None:
    script = f"import sys, sphinx_df_table.{module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert needed in loaded
    assert not loaded & unwanted
