"""What users install is whole, and depends on no more than it says."""

from __future__ import annotations

import importlib.metadata
import itertools
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import sphinx_df_table

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


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


def versions_of_matrix() -> list[dict[str, str]]:
    """What each environment of the matrix holds to, and the floors, by the names in the README."""
    tox = PROJECT["tool"]["tox"]
    pattern = r"py3(?P<Python>\d+)-sphinx(?P<Sphinx>[\d.]+)-pandas(?P<pandas>[\d.]+)"
    found = [re.match(pattern, name) for name in tox["env_base"]["matrix"]["factors"]]
    versions = [match.groupdict() for match in found if match]
    assert len(versions) == len(found) >= 8
    [python] = tox["env"]["floors"]["base_python"]
    pins = dict(pin.split("==") for pin in tox["env"]["floors"]["deps"] if "==" in pin)
    floors = {name: ".".join(pins[name.lower()].split(".")[:2]) for name in ("Sphinx", "pandas")}
    return [*versions, floors | {"Python": python.removeprefix("python3.")}]


def readme_row(name: str) -> list[str]:
    readme = (ROOT / "README.md").read_text("utf-8")
    [row] = re.findall(rf"^\| {name} \| (.*) \|$", readme, re.MULTILINE)
    return [entry.removeprefix("3.") if name == "Python" else entry for entry in row.split(", ")]


#: The versions of Python and pandas that cannot be installed together without a compiler.
WITHOUT_WHEEL = ("14", "2.2")


@pytest.mark.parametrize(
    ("one", "other"), [("Python", "Sphinx"), ("Python", "pandas"), ("Sphinx", "pandas")]
)
def test_each_version_in_the_readme_is_tested_with_each_other(one: str, other: str) -> None:
    tested = {(versions[one], versions[other]) for versions in versions_of_matrix()}
    named = set(itertools.product(readme_row(one), readme_row(other)))
    assert tested == named - ({WITHOUT_WHEEL} if other == "pandas" else set())


def test_the_classifiers_name_the_pythons_of_the_readme() -> None:
    classifiers = PROJECT["project"]["classifiers"]
    found = [re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", c) for c in classifiers]
    assert [match[1] for match in found if match] == readme_row("Python")


@pytest.mark.parametrize("name", ["docutils", "sphinx-design"])
def test_each_version_that_the_matrix_holds_to_is_in_the_readme(name: str) -> None:
    names = " ".join(PROJECT["tool"]["tox"]["env_base"]["matrix"]["factors"])
    held = re.findall(rf"-{name.removeprefix('sphinx-')}([\d.]+)", names)
    assert len(held) >= 2
    assert set(held) <= set(readme_row(name))
    assert f"{name}>={readme_row(name)[0]}" in PROJECT["project"]["dependencies"]


def test_the_readme_names_the_extensions_that_are_loaded_as_well() -> None:
    groups = PROJECT["dependency-groups"]
    names = [name for name in groups["neighbours"] if isinstance(name, str)]
    assert readme_row("Used with") == sorted([*names, "myst-parser"])
    assert "myst-parser" in groups["tests"]


def test_the_floors_are_what_the_package_asks_for() -> None:
    floors = PROJECT["tool"]["tox"]["env"]["floors"]
    asked = dict(line.split(">=") for line in PROJECT["project"]["dependencies"])
    pins = dict(pin.split("==") for pin in floors["deps"] if "==" in pin)
    assert {name: pins[name].removesuffix(".0") for name in asked} == asked
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert floors["base_python"] == ["python3.11"]


def test_the_changelog_describes_the_version_with_its_date() -> None:
    changelog = (ROOT / "docs" / "changelog.rst").read_text("utf-8")
    version = re.escape(sphinx_df_table.__version__)
    assert re.search(rf"^{version} \(\d{{4}}-\d\d-\d\d\)\n---", changelog, re.MULTILINE)
