"""However long a text of the data is, or would be in a format, what Sphinx gets is limited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sphinx_builds import page

if TYPE_CHECKING:
    from sphinx_builds import Build

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
