"""Rule 2, memory: code that takes too much costs its own table, not the build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sphinx.errors import ConfigError
from sphinx_builds import cell_texts, page

from sphinx_df_table import config as configuration

if TYPE_CHECKING:
    from sphinx_builds import Build

GOOD: Final = "pd.DataFrame({'a': [1]})"
GOOD_CELLS: Final = [["a"], ["1"]]

#: Code that takes more than it is allowed, in its second line.
BOMBS: Final = {
    "an array": "size = 400_000_000\nnp.ones(size, dtype='u1')",
    "one text": "size = 400_000_000\ntext = 'x' * size",
    "many objects": "kept = []\nwhile True: kept.append(str(len(kept)) * 50)",
    "a frame": "df = pd.DataFrame({'a': range(30)})\nwhile True: df = pd.concat([df, df])",
    "a function": "def grow(text):\n    return grow(text + text)\ngrow('x' * 1000)",
}


#: Of a process that runs all pages, no page can have its share.
FORKS: Final = pytest.mark.forks("memory is not limited")


@FORKS
@pytest.mark.parametrize("name", BOMBS)
def test_code_that_takes_too_much_is_one_located_warning(name: str, build: Build) -> None:
    code = BOMBS[name]
    text = f"{page(GOOD)}\n{page(code)}\n{page(GOOD)}"
    built = build(
        {"index.rst": text, "other.rst": ":orphan:\n\n" + page(GOOD)},
        builder="dummy",
        warns=1,
        df_table_memory=300,
    )
    line = text.splitlines().index("   " + code.splitlines()[1]) + 1
    [warning] = built.warnings
    # Where Python had no memory for the traceback either, the failing line is not known.
    assert "The code failed with MemoryError" in warning
    assert f"index.rst:{line}: " in warning or ", at: " not in warning
    assert "The code of a page is limited by df_table_memory: use less memory" in warning
    assert "[df_table.snippet]" in warning
    assert [cell_texts(table) for table in built.tables()] == [GOOD_CELLS] * 2
    assert [cell_texts(table) for table in built.tables("other")] == [GOOD_CELLS]


@FORKS
def test_after_small_objects_enough_is_left_to_report_it(build: Build) -> None:
    # The smaller the last object, the less is left: for some sizes, not enough for any call.
    bombs = [f"kept = []\nwhile True: kept.append([None] * {size})" for size in range(12)]
    built = build("\n".join(map(page, bombs)), builder="dummy", df_table_memory=40, warns=12)
    assert all("The code failed with MemoryError" in warning for warning in built.warnings)


def test_what_is_allowed_is_there(build: Build) -> None:
    code = "kept = np.ones(200_000_000, dtype='u1')\npd.DataFrame({'a': [int(kept[0])]})"
    built = build(page(code), builder="dummy", df_table_memory=300)
    assert [cell_texts(table) for table in built.tables()] == [GOOD_CELLS]


@FORKS
def test_a_table_after_one_that_took_too_much_has_all_that_is_allowed(build: Build) -> None:
    hoard = "pd.hoard = []\nwhile True: pd.hoard.append(bytes(1_000_000))"
    code = "kept = np.ones(200_000_000, dtype='u1')\npd.DataFrame({'a': [int(kept[0])]})"
    built = build(f"{page(hoard)}\n{page(code)}", builder="dummy", df_table_memory=300, warns=1)
    assert [cell_texts(table) for table in built.tables()] == [GOOD_CELLS]


@FORKS
def test_a_result_that_does_not_fit_is_one_warning(build: Build) -> None:
    code = "pd.DataFrame({'a': [str(row) + 'x' * 1_000_000 for row in range(60)]})"
    built = build(f"{page(code)}\n{page(GOOD)}", builder="dummy", df_table_memory=100, warns=1)
    assert "limited by df_table_memory" in built.warnings[0]
    assert [cell_texts(table) for table in built.tables()] == [GOOD_CELLS]


@FORKS
def test_a_preamble_that_takes_too_much_is_one_warning(build: Build) -> None:
    built = build(
        page(GOOD),
        builder="dummy",
        df_table_memory=100,
        df_table_preamble="kept = bytes(200_000_000)",
        warns=1,
    )
    assert "df_table_preamble failed at line 1 with MemoryError" in built.warnings[0]
    assert "limited by df_table_memory" in built.warnings[0]


@pytest.mark.forks("the process of the code is the only one, and left as the system made it")
def test_the_system_ends_the_process_of_a_page_before_others(build: Build) -> None:
    code = "pd.DataFrame({'score': [open('/proc/self/oom_score_adj').read().strip()]})"
    assert cell_texts(build(page(code), builder="dummy").tables()[0]) == [["score"], ["1000"]]


@pytest.mark.parametrize("name", ["SIGKILL", "SIGABRT"])
def test_an_end_for_want_of_memory_is_called_that(name: str, build: Build) -> None:
    code = f"import os, signal\nos.kill(os.getpid(), signal.{name})"
    built = build(page(code), builder="dummy", warns=1)
    assert f"({name}), possibly because it ran out of memory." in built.warnings[0]


def test_where_it_cannot_be_limited_one_warning_says_so(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "CAN_LIMIT", False)
    built = build(page(GOOD), builder="dummy", df_table_memory=300, warns=1)
    assert "df_table_memory has no effect" in built.warnings[0]
    assert "[df_table.memory]" in built.warnings[0]


@pytest.mark.parametrize("limit", [-1, 1.5, True])
def test_a_limit_that_is_none_is_refused(limit: object, build: Build) -> None:
    with pytest.raises(ConfigError, match=r"df_table_memory is .*, not a whole number"):
        build(page(GOOD), builder="dummy", df_table_memory=limit, warns=None)
