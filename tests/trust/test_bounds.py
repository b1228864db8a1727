"""However long a text of the data is, or would be in a format, what Sphinx gets is limited."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Final

import pytest
from asking import ask, shown
from sphinx_builds import page

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_builds import Build

    from sphinx_df_table.client.runner import Runner

#: The limits that the reference states, in characters.
LONGEST_TEXT: Final = 5_000_000
LONGEST_TITLE: Final = 10_000

#: Code whose text is too long in some place, the number of characters that are shown, and the
#: place in the warning.
LONG: Final = {
    "cell": (
        "pd.DataFrame({'a': ['x', text, text], 'b': 1})",
        LONGEST_TEXT,
        (
            "row 2, column 1 has 6,000,000 characters, of which the first 5,000,000 are shown "
            "(2 such cells)"
        ),
    ),
    "markup": (
        "pd.DataFrame({'a': [f'**{text}**']})",
        LONGEST_TEXT,
        "row 1, column 1 has 6,000,004 characters",
    ),
    "object": (
        "class C:\n    def __str__(self): return text\npd.DataFrame({'a': [C()]})",
        LONGEST_TEXT,
        "row 1, column 1",
    ),
    "list": ("pd.DataFrame({'a': [[text]]})", LONGEST_TEXT, "row 1, column 1"),
    "label": ("pd.DataFrame({'a': 1, text: [2]})", LONGEST_TEXT, "the heading of column 2"),
    "level": (
        "pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([('a', text)]))",
        LONGEST_TEXT,
        "the heading of column 1",
    ),
    "index": ("pd.DataFrame({'a': [1]}, index=[text])", LONGEST_TEXT, "row 1, column 1"),
    "name": (
        "pd.DataFrame({'a': [1]}, index=pd.Index([1], name=text))",
        LONGEST_TEXT,
        "the heading of column 1",
    ),
    "Styler": ("pd.DataFrame({'a': [text]}).style", LONGEST_TEXT, "row 1, column 1"),
    "Styler's label": (
        "pd.DataFrame({'a': [1]}).style.format_index(lambda _: text, axis=1)",
        LONGEST_TEXT,
        "the heading of column 1",
    ),
    "caption": (
        "pd.DataFrame({'a': [1]}).style.set_caption(text)",
        LONGEST_TITLE,
        "the caption has 6,000,000 characters, of which the first 10,000 are shown",
    ),
    "tab": ("{text: pd.DataFrame({'a': [1]})}", LONGEST_TITLE, "the label of the tab"),
}


@pytest.mark.parametrize("place", LONG)
def test_a_text_that_is_too_long_is_shortened_with_a_warning(place: str, build: Build) -> None:
    code, longest, message = LONG[place]
    built = build(page(f"text = 'x' * 6_000_000\n{code}"), builder="dummy", warns=1)
    assert message in built.warnings[0]
    assert "[df_table.data]" in built.warnings[0]
    shown = built.doctrees["index"].deepcopy().astext() + built.tables()[0].astext()
    runs = [run for run in shown.replace("*", "").split() if len(run) > 100]
    assert runs
    assert all(longest - 10 <= len(run) <= longest + 10 and "…" in run for run in runs)


def test_a_file_has_the_whole_text(build: Build) -> None:
    text = page("pd.DataFrame({'a': ['x' * 6_000_000]})", options=":download:")
    built = build({"index.rst": f"Title\n=====\n\n{text}"}, warns=1)
    [path] = (built.output / "_downloads").rglob("*.csv")
    assert path.stat().st_size == len("a\n\n") + 6_000_000


#: What is shown where options and code would make a long text of a short value, and the warning.
FORMATS: Final = {
    "Decimal": (
        "1E+2000000",
        ":format: price: {:.2f}",
        "from decimal import Decimal\npd.read_csv('data.csv', dtype=str).map(Decimal)",
        ":format: '{:.2f}' does not fit '1E+2000000' (Decimal) in column 'price', row 1",
    ),
    "width": (
        "1e2000000",
        ":format: price: {:>2000000}",
        "pd.read_csv('data.csv', dtype=str)",
        ":format: '{:>2000000}' does not fit '1e2000000' (str) in column 'price', row 1",
    ),
    "Styler": (
        "1E+2000000",
        "",
        (
            "from decimal import Decimal\n"
            "pd.read_csv('data.csv', dtype=str).map(Decimal).style.format('{:.2f}')"
        ),
        "The format of the Styler does not fit '1E+2000000' (Decimal) in column 'price', row 1",
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_value_whose_format_is_too_long_is_shown_without(name: str, build: Build) -> None:
    shown, options, code, message = FORMATS[name]
    files = {"index.rst": page(code, options=options), "data.csv": "price\n1e2000000\n"}
    built = build(files, warns=1)
    assert built.html_text("td") == shown
    assert message in built.warnings[0]
    assert "what does not fit is shown without a format. [df_table.data]" in built.warnings[0]


def test_equal_cells_count_as_often_as_they_are_shown(build: Build) -> None:
    fits, exceeds = "'x' * 999_999] * 20", "'x' * 999_999 + 'yz'] * 20"
    message = (
        "With this table, the result has 20,000,021 characters, but one directive shows at most "
        "20,000,000, where a line break counts as 100. Show fewer rows or columns, or shorten the "
        "texts. [df_table.data]"
    )
    pages = [page(f"pd.DataFrame({{'a': [{texts}}})") for texts in (fits, exceeds)]
    built = build("\n".join(pages), builder="dummy", warns=1)
    assert message in built.warnings[0]
    [table] = built.tables()
    assert len(table.astext().replace("\n", "")) == 20_000_000 - 19


@pytest.mark.parametrize("line_break", [r"\n", r"\r", r"\r\n"])
def test_a_line_break_counts_as_many_characters(line_break: str, build: Build) -> None:
    texts = [f"'x' + {lines} * '{line_break}'" for lines in (90_000, 200_000)]
    pages = [page(f"pd.DataFrame({{'a': [{text}]}})") for text in texts]
    built = build("\n".join(pages), builder="dummy", warns=1)
    assert "where a line break counts as 100." in built.warnings[0]
    assert len(built.tables()) == 1


def test_tabs_share_the_limit_of_characters(build: Build) -> None:
    code = "{n: pd.DataFrame({'a': ['x' * n]}) for n in (4_000_000, 3_999_999)}"
    code = f"frames = {code}\n{{label: pd.concat([f] * 3) for label, f in frames.items()}}"
    code += " | {'last': pd.DataFrame({'a': [1]})}"
    built = build(page(code), builder="dummy", warns=1)
    assert "In the tab '3999999': With this table, the result has 23,999,9" in built.warnings[0]
    assert [len(table.astext()) > 100 for table in built.tables()] == [True, False]


def test_a_result_of_too_many_bytes_is_not_sent(build: Build) -> None:
    code = "pd.DataFrame({'a': [chr(0x1F600 + n) * 4_500_000 for n in range(4)]})"
    built = build(page(code), builder="dummy", warns=1)
    assert "The result takes 216,00" in built.warnings[0]
    assert "bytes, but one directive may take 200,000,000." in built.warnings[0]
    assert built.tables() == []


@pytest.mark.own_worker
def test_a_long_line_of_code_is_not_held_in_memory(runner: Runner, tmp_path: Path) -> None:
    code = (
        "import os, stat\n"
        "for n in range(3, 20):\n"
        "    try:\n"
        "        kind = os.fstat(n).st_mode\n"
        "        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):\n"
        "            os.write(n, b'\\n{\"by_signal\":')\n"
        "            for _ in range(1000):\n"
        "                os.write(n, b' ' * 2**20)\n"
        "    except OSError:\n"
        "        pass\n"
        "pd.Series([1])"
    )
    tracemalloc.start()
    try:
        assert shown(ask(runner, code, tmp_path)) == "1"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A line of at most 200 MB, and its copies.
    assert peak < 700e6
