"""What users install is whole, and depends on no more than it says."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import sphinx_df_table

ROOT = Path(__file__).parents[1]


def test_it_depends_on_four_packages() -> None:
    required = importlib.metadata.requires("sphinx-df-table") or []
    names = {re.split(r"[^\w-]", line)[0] for line in required if "extra ==" not in line}
    assert names == {"sphinx", "docutils", "pandas", "sphinx-design"}


def test_it_says_what_it_is() -> None:
    metadata = importlib.metadata.metadata("sphinx-df-table")
    assert metadata["Version"] == sphinx_df_table.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The names of the files in the wheel and in the source distribution built from here."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    return set(zipfile.ZipFile(wheel).namelist()), names


def test_the_wheel_holds_the_package_and_nothing_else(archives: tuple[set[str], set[str]]) -> None:
    wheel, _ = archives
    package = ROOT / "src" / "sphinx_df_table"
    modules = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "sphinx_df_table/py.typed" in modules
    inside = {name for name in wheel if ".dist-info/" not in name}
    assert inside == modules
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_the_source_distribution_holds_docs_and_tests(
    archives: tuple[set[str], set[str]],
) -> None:
    _, sdist = archives
    for folder in ("src", "docs", "tests"):
        files = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and not {"__pycache__", "_build"} & set(path.parts)
        }
        assert files
        assert files <= sdist
    assert {"README.md", "LICENSE", "pyproject.toml"} <= sdist
