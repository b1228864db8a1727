"""What the how-to guides say of checks is what happens: their commands, and the messages."""

from __future__ import annotations

import csv
import re
import shlex
import textwrap
from typing import TYPE_CHECKING

import pytest
import yaml
from documentation import DOCS, commands, run
from sphinx_builds import cell_texts, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_builds import Build

PLANETS = "Planet,Diameter,Rings\nEarth,12756,no\nSaturn,120536,yes\n"
TABLE = 'Page\n====\n\n.. df-table::\n\n   pd.read_csv("planets.csv")[["Planet", "Rings"]]\n'
FILES = {
    "docs/conf.py": 'extensions = ["sphinx_df_table"]\n',
    "docs/index.rst": "Title\n=====\n\n.. toctree::\n\n   one\n   two\n",
    "docs/one.rst": TABLE,
    "docs/two.rst": TABLE.replace("planets.csv", "giants.csv"),
    "docs/planets.csv": PLANETS,
    "docs/giants.csv": PLANETS,
}

with (DOCS / "data" / "messages.csv").open(encoding="utf-8", newline="") as file:
    MESSAGES = list(csv.DictReader(file))


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of ``language`` in a how-to guide."""
    text = (DOCS / "howto" / f"{page}.rst").read_text("utf-8")
    pattern = rf"^( *)\.\. code-block:: {language}\n\n((?:\1   .*\n|\n)+)"
    return [textwrap.dedent(code) for _, code in re.findall(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row["Message"][:30])
def test_a_message_that_is_explained_is_what_its_page_says(
    build: Build, row: dict[str, str]
) -> None:
    built = build(
        {"index.rst": row["Page"], "planets.csv": PLANETS},
        builder="dummy",
        warns=1,
        df_table_python_warnings="warn",
        show_warning_types=True,
    )
    [warning] = built.warnings
    assert warning.partition("WARNING: ")[2].strip() == row["Message"]


def the_hook() -> dict[str, str]:
    [settings, _] = blocks("hook", "yaml")
    [repository] = yaml.safe_load(settings)["repos"]
    [hook] = repository["hooks"]
    assert isinstance(hook, dict)
    return hook


def test_a_check_fails_for_a_broken_table_until_it_is_fixed(tmp_path: Path) -> None:
    command = the_hook()["entry"]
    write_files(tmp_path, FILES | {"docs/giants.csv": "Planet,Ring\nSaturn,yes\n"})
    for _ in range(2):
        done = run(command, tmp_path)
        assert done.returncode == 1
        [warning] = re.findall(".*WARNING.*KeyError.*", done.stderr)
        assert re.search(r"two\.rst:6: WARNING", warning)
    write_files(tmp_path, FILES)
    done = run(command, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert not list((tmp_path / "docs" / "_build").rglob("*.html"))
    again = run(command.replace("-q ", ""), tmp_path)
    assert "0 added, 0 changed, 0 removed" in again.stdout


def test_the_hook_is_for_pages_and_data_and_runs_the_command_of_the_guide() -> None:
    hook = the_hook()
    command = commands(blocks("ci", "console")[0]).strip()
    assert hook["entry"].replace(" -q ", " ") == command
    assert [re.search(hook["files"], name) is not None for name in (*FILES, "src/a.py")] == [
        *(True for _ in FILES),
        False,
    ]


def test_the_workflow_runs_the_command_of_the_guide() -> None:
    [workflow] = blocks("ci", "yaml")
    steps = yaml.safe_load(workflow)["jobs"]["tables"]["steps"]
    assert shlex.split(steps[-1]["run"]) == shlex.split(commands(blocks("ci", "console")[0]))


def test_pages_of_a_stranger_come_without_the_stranger_s_code(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    outside = tmp_path / "ran"
    code = f"open({str(outside)!r}, 'w')"
    stranger = {
        "docs/conf.py": f"{FILES['docs/conf.py']}{code}\n",
        "docs/one.rst": f"Idea\n====\n\n.. df-table::\n\n   {code}\n",
    }
    git = "git -c user.name=me -c user.email=me@example.com"
    prepared = run(
        f"git init -q -b main && git add docs && {git} commit -qm first"
        " && git update-ref refs/remotes/origin/main main && git switch -q -c pull-request",
        tmp_path,
    )
    assert prepared.returncode == 0, prepared.stderr
    write_files(tmp_path, stranger)
    assert run(f"{git} commit -qam second", tmp_path).returncode == 0
    [switched_off, *_, taking] = blocks("execution", "console")
    done = run(commands(taking), tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "docs" / "_build" / "html" / "one.html").read_text("utf-8")
    assert "Idea" in page
    assert "not shown" in page
    assert not outside.exists()
    assert run(commands(switched_off), tmp_path).returncode == 0
    assert not outside.exists()
    assert run("sphinx-build docs docs/_build/html", tmp_path).returncode == 0
    assert outside.exists()


def test_a_build_without_code_checks_the_rest(tmp_path: Path) -> None:
    [_, strict, lenient, _] = blocks("execution", "console")
    named = TABLE.replace("df-table::", "df-table:: Planets\n   :name: planets")
    referring = named + "\nSee :ref:`planets` and :numref:`planets`.\n"
    configured = FILES["docs/conf.py"] + "numfig = True\n"
    write_files(tmp_path, FILES | {"docs/conf.py": configured, "docs/one.rst": referring})
    assert run(commands(strict).replace(" -D df_table_execute=0", ""), tmp_path).returncode == 0
    done = run(commands(strict), tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("undefined label: 'planets'") == 2
    assert run(commands(lenient), tmp_path).returncode == 0
    write_files(tmp_path, {"docs/one.rst": named.replace(":name:", ":nam:")})
    done = run(commands(lenient), tmp_path)
    assert done.returncode == 1
    assert 'unknown option: "nam"' in done.stderr


def test_data_that_is_not_there_yet_can_be_expected(build: Build) -> None:
    [table] = blocks("ci", "rst")
    assert cell_texts(build(table, builder="dummy").tables()[0]) == [["Model"], ["no results yet"]]
    built = build({"results.csv": "Model\nbert\n"}, builder="dummy")
    assert cell_texts(built.tables()[0]) == [["Model"], ["bert"]]
