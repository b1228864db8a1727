"""The examples of the documentation: each is shown as it is, and those of the gallery are read."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from sphinx_builds import Built, build_in

DOCS = Path(__file__).parents[2] / "docs"
EXPECTED = Path(__file__).with_name("gallery")
EXAMPLES = sorted(path for path in (DOCS / "examples").iterdir() if path.is_file())
IN_THE_GALLERY = [path for path in EXAMPLES if path.name.startswith(("gallery-", "landing."))]
PAGES = [path for path in DOCS.rglob("*.*") if path.suffix in {".rst", ".md"}]


def named(path: Path) -> str:
    return path.name


def pages_that(directive: str, example: Path) -> list[Path]:
    """The pages with this directive of an example, in reStructuredText or Markdown."""
    pattern = re.compile(rf"[ {{]{directive}[:}}]+ \S*examples/{re.escape(example.name)}\n")
    return [page for page in PAGES if pattern.search(page.read_text("utf-8"))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The examples as plain text, each on a page in the folder of one that shows it."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(DOCS / "data", folder / "source" / "data")
    files = {name: (DOCS / name).read_text("utf-8") for name in ("conf.py", "preamble.py")}
    files["index.rst"] = "Examples\n========\n\n.. toctree::\n"
    for example in EXAMPLES:
        shown_in = pages_that("include", example)[0].parent.relative_to(DOCS)
        page = shown_in / f"{example.suffix[1:]}-{example.name}"
        files["index.rst"] += f"\n   {page.with_suffix('')}"
        title = {".rst": "Example\n=======", ".md": "# Example"}[example.suffix]
        files[str(page)] = f"{title}\n\n{example.read_text('utf-8')}"
    extensions = ("sphinx_design", "sphinx.ext.extlinks", "myst_parser")
    return build_in(folder, files, builder="text", extensions=extensions)


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_is_shown_with_its_source(example: Path) -> None:
    assert pages_that("include", example)
    assert pages_that("include", example) == pages_that("literalinclude", example)


@pytest.mark.xdist_group("gallery")
@pytest.mark.parametrize("example", IN_THE_GALLERY, ids=named)
def test_the_gallery_shows_what_it_should(example: Path, site: Built) -> None:
    shown = (site.output / f"{example.suffix[1:]}-{example.stem}.txt").read_text("utf-8")
    assert shown == (EXPECTED / f"{example.stem}.txt").read_text("utf-8")


def test_each_data_file_has_its_source_named() -> None:
    with (DOCS / "data" / "sources.csv").open(encoding="utf-8", newline="") as file:
        listed = [row["File"] for row in csv.DictReader(file)]
    assert sorted(listed) == sorted(path.name for path in (DOCS / "data").iterdir())
