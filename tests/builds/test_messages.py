"""Messages on code that fails: they name the nearest name, the frame at fault, and the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx_builds import Build, page

from sphinx_df_table.model.text import suggest_names

if TYPE_CHECKING:
    from sphinx_builds import Built


def warning_of(build: Build, code: str, *, options: str = "") -> str:
    """The one warning of a page with this code."""
    return build(page(code, options=options), builder="dummy", warns=1).warnings[0]


def hint_of(warning: str) -> str:
    """What stands in the brackets at the end of a warning."""
    message = warning.partition(" [df_table.")[0]
    assert message.endswith(")."), message
    return message[message.rindex(" (") + 2 : -2]


#: Names of columns, what the author writes, and how the nearest is shown.
NEAR_NAMES = [
    (" Price", "Price", "' Price'"),
    ("Price ", "Price", "'Price '"),
    (" b ", "b", "' b '"),
    ("b", "B", "'b'"),
    ("Inst  Type", "Inst Type", "'Inst  Type'"),
    ("InstType", "inst type", "'InstType'"),
    ("a\tb", "a b", r"'a\tb'"),
    ("two\nlines", "two lines", r"'two\nlines'"),
    ("\ufeffModel", "Model", r"'\ufeffModel'"),
    ("Unit\xa0(s)", "Unit (s)", r"'Unit\xa0(s)'"),
]


@pytest.mark.parametrize(("name", "wanted", "shown"), NEAR_NAMES)
def test_a_name_with_other_blanks_or_case_is_the_nearest(
    name: str, wanted: str, shown: str, build: Build
) -> None:
    frame = f"df = pd.DataFrame({{{name!r}: [1], {wanted + 'x'!r}: [2]}})\n"
    expected = f"the nearest column names: {shown}"
    assert hint_of(warning_of(build, f"{frame}df[{wanted!r}]")) == expected
    option = f':columns: "{wanted}"'
    assert f"({expected})" in warning_of(build, f"{frame}df", options=option)


@given(
    st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1, max_size=200),
    st.lists(st.text(max_size=8), max_size=5),
    st.sampled_from([" {}", "{} ", "\t{}", "\ufeff{}", " {}\n "]),
)
def test_blanks_around_a_name_never_hide_it(name: str, others: list[str], around: str) -> None:
    wanted = around.format(name)
    hint = suggest_names([name], [*others, wanted]) if name not in others else repr(wanted)
    assert repr(wanted[:120])[:-1] in hint


FRAMES = """
rates = pd.DataFrame({"Inst Type": ["x"], "rate": [1]})
runs = pd.DataFrame({"Inst. Type": ["x"], "ms": [2]})
"""
IS_INDEX = "'Inst Type' is the index, not a column: .reset_index() makes it one"
LACKS = "rates has no column 'Inst. Type'; the nearest column names: 'Inst Type'"


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ('pd.merge(runs, rates, on="Inst. Type")', LACKS),
        ('runs.merge(rates, on="Inst. Type", how="left")', LACKS),
        ('pd.merge(rates, runs, on=["Inst. Type"])', LACKS),
        ('pd.merge(runs, rates, left_on="Inst. Type", right_on="Inst. Type")', LACKS),
        ('runs.join(rates.set_index("Inst Type"), on="Inst Typ")', "runs has no column 'Inst Typ'"),
        ('rates["Inst. Type"]', LACKS),
        ('pd.concat([frame[["Inst. Type"]] for frame in (runs, rates)])', LACKS),
        (
            'pd.merge(runs, rates.rename(columns=str.upper), on="Inst. Type")',
            "the right frame has no column 'Inst. Type'; the nearest column names: 'INST TYPE'",
        ),
        ('pd.merge(rates[["rate"]], runs, on="ms")', "the left frame has no column 'ms'"),
        ('pd.merge(runs, rates, on="xyz")', "has no column 'xyz'"),
        ("rates.Inst_Type", "the nearest column names: 'Inst Type'"),
        ("rates.Rate.sum()", "the nearest column names: 'rate'"),
        ('rates.groupby("rate").inst_type.sum()', "the nearest column names: 'Inst Type'"),
        ('rates.groupby("rate")["Inst.Type"].sum()', "the nearest column names: 'Inst Type'"),
        ('rates.groupby("rate").agg(n=("Rate", "sum"))', "the nearest column names: 'rate'"),
        ('rates.query("Rate > 1")', "the nearest column names: 'rate'"),
        ('rates.drop(columns="Rate")', "the nearest column names: 'rate'"),
        ('rates.pivot(index="Rate", columns="rate")', "the nearest column names: 'rate'"),
        ('rates.style.format("{}", subset=["Rate"])', "the nearest column names: 'rate'"),
        ('rates.set_index("Inst Type").loc["X"]', "the nearest row labels: 'x'"),
        ('rates.set_index("rate")["Inst Type"]["z"]', None),
        ('rates.set_index("Inst Type")["rate"]["X"]', "the nearest row labels: 'x'"),
        ('rates.set_index("Inst Type").loc["rate"]', None),
        ('pd.merge_asof(runs, rates, on="ms")', "rates has no column 'ms'"),
        ('pd.merge_asof(rates, runs, on="ms")', "rates has no column 'ms'"),
        ('{"Rate": 1}["rate"]', None),
        ("Rates.head()", "the nearest names: 'rates'"),
        ("unknown.head()", None),
        ('rates.groupby("Inst Type").sum()["Inst Type"]', IS_INDEX),
        ('rates.set_index("Inst Type")[["Inst Type", "rate"]]', IS_INDEX),
        ('rates.set_index("Inst Type").drop(columns="Inst Type")', IS_INDEX),
        ('rates.set_index("rate").rate', "'rate' is the index, not a column"),
        ('rates.set_index("rate")["Rate"]', "the nearest names of the index: 'rate'"),
        ('pd.DataFrame({2024: [1]})["2024"]', "there is 2024, of type int"),
        ('pd.DataFrame({"2024": [1]})[2024]', "there is '2024', of type str"),
    ],
)
def test_a_missing_name_is_looked_for_where_it_is_missing(
    code: str, hint: str | None, build: Build
) -> None:
    warning = warning_of(build, FRAMES + code)
    if hint is None:
        assert "nearest" not in warning
        assert "has no column" not in warning
    else:
        assert hint in hint_of(warning)


def test_a_function_of_notebooks_is_no_function_of_pages(build: Build) -> None:
    warning = warning_of(build, "x = pd.DataFrame({'a': [1]})\ndisplay(x)")
    assert hint_of(warning) == "display is for notebooks; end with the frame itself"


GUIDE = "Guide\n=====\n\n.. include:: /common/table.txt\n"


def build_guide(build: Build, code: str, *, page_text: str = GUIDE) -> str:
    """The warning of a page in a folder, which includes a table from another folder."""
    files = {
        "index.rst": "Title\n=====\n\n.. toctree::\n\n   guide/index\n",
        "guide/index.rst": page_text,
        "common/table.txt": page(code),
        "common/rates.csv": "a\n1\n",
        "data/costs.csv": "a\n1\n",
        "guide/Runs 2024.csv": "a\n1\n",
    }
    built: Built = build(files, builder="dummy", warns=1)
    return built.warnings[0]


HERE = "looked for in 'guide' below the source folder"
COMMON = "'../common/rates.csv'"
ABOVE = "in the source folder there is one: write '../data/costs.csv'"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "rates.csv",
            f"{HERE}; beside table.txt there is one: write '../common/rates.csv'",
        ),
        (
            "data/costs.csv",
            f"looked for in 'guide/data' below the source folder; {ABOVE}",
        ),
        ("/data/costs.csv", ABOVE),
        ("nowhere.csv", HERE),
        ("runs 2024.csv", f"{HERE}; the nearest names there: 'Runs 2024.csv'"),
        ("../data/cost.csv", "looked for in 'data' below the source folder; the nearest names"),
        ("none/costs.csv", "looked for in 'guide/none' below the source folder"),
        (
            "../Data/a/costs.csv",
            "looked for in 'Data/a' below the source folder; the nearest folder names: 'data'",
        ),
    ],
)
@pytest.mark.parametrize("reader", ["pd.read_csv({})", "open({})", "np.loadtxt({})"])
def test_a_missing_file_is_said_to_be_looked_for(
    name: str, hint: str, reader: str, build: Build
) -> None:
    warning = build_guide(build, reader.format(repr(name)))
    assert "common/table.txt:3" in warning
    assert hint in hint_of(warning)


@pytest.mark.parametrize("reader", ["pl.read_csv", "pd.read_parquet"])
def test_a_missing_file_is_found_in_the_message_of_other_readers(reader: str, build: Build) -> None:
    code = f"import polars as pl\n{reader}('rates.csv')"
    assert f"write {COMMON}" in hint_of(build_guide(build, code))


def test_a_missing_program_is_no_missing_file(build: Build) -> None:
    warning = warning_of(build, "import subprocess\nsubprocess.run(['no-such-program'])")
    assert "looked for" not in warning


def test_the_preamble_looks_for_files_beside_conf_py(build: Build) -> None:
    built = build(
        {"index.rst": page("pd.DataFrame({'a': [1]})"), "rates.csv": "a\n1\n", "conf.py": ""},
        builder="dummy",
        warns=1,
        df_table_preamble="pd.read_csv('rate.csv')",
    )
    hint = "(looked for in the source folder; the nearest names there: 'rates.csv')"
    assert hint in built.warnings[0]


WHOLE = "what does not fit is shown without a format."
NAMED = "index=pd.Index(['a'], name='k')"
NUMBERS = f"{WHOLE} To format numbers only, write number: {{:.1%}}."


@pytest.mark.parametrize(
    ("code", "options", "message"),
    [
        ("index=['a']", ":format: *: {:.1%}", f"in the index, row 1; {NUMBERS}"),
        ("index=['a']", ":format: [a-z]*: {:.1%}", f"in column 'x', row 1; {NUMBERS}"),
        (
            "index=pd.Index(['a'], name='k')",
            ":format: *: {:.1%}",
            f"in the index 'k', row 1; {NUMBERS}",
        ),
        (
            "index=pd.MultiIndex.from_tuples([(1, 'a')])",
            ":format: *: {:.1%}",
            f"in level 2 of the index, row 1; {NUMBERS}",
        ),
        (
            "index=pd.Index(['a'], name='k')",
            ":format: k: {:.1%}",
            f"in the index 'k', row 1; {WHOLE}",
        ),
        (
            "index=['a'], columns=['']",
            ":format: *: {:.1%}",
            f"'a' (str) in the index, row 1; {NUMBERS}",
        ),
    ],
)
def test_a_format_that_does_not_fit_the_index_says_so(
    code: str, options: str, message: str, build: Build
) -> None:
    data = "[[0.5]]" if "columns" in code else "{'x': [0.5]}"
    if "[a-z]" in options:
        data = "{'x': ['b']}"
    assert f"{message} [df_table.data]" in warning_of(
        build, f"pd.DataFrame({data}, {code})", options=options
    )


def test_a_column_without_a_name_is_called_so(build: Build) -> None:
    warning = warning_of(build, "pd.DataFrame([['a']], columns=[''])", options=":format: *: {:d}")
    assert "does not fit 'a' (str) in the column without a name, row 1; " in warning


def test_an_index_without_texts_is_called_the_index(build: Build) -> None:
    label = "class C:\n    def __str__(self): raise ValueError('gone')\n    __repr__ = __str__\n"
    warning = warning_of(build, f"{label}pd.DataFrame({{'a': [1]}}, index=[C()])")
    assert "in the index cannot be converted to text: ValueError: gone" in warning


#: Code that sets an option of pandas for its own output, the option, and what to use instead.
DISPLAY_OPTIONS = [
    ("pd.set_option('display.precision', 2)", "display.precision", "use :precision: or df_table_p"),
    (
        "pd.options.display.float_format = '{:.2f}'.format",
        "display.float_format",
        "use :format: or",
    ),
    ("pd.set_option('display.max_rows', 5)", "display.max_rows", "use :max-rows: or df_table_max"),
    ("pd.set_option('display.max_columns', 5)", "display.max_columns", "use :columns:"),
    ("pd.set_option('display.width', 5)", "display.width", "has no effect on tables."),
    (
        "with pd.option_context('display.precision', 2):\n    x = 1",
        "display.precision",
        "use :precision:",
    ),
]


@pytest.mark.parametrize(("code", "option", "advice"), DISPLAY_OPTIONS)
@pytest.mark.parametrize("directive", ["df-table", "df-setup"])
def test_an_option_without_effect_is_said_to_be_so_at_info_level(
    code: str, option: str, advice: str, directive: str, build: Build
) -> None:
    text = "Text.\n\n" + page(f"{code}\npd.DataFrame({{'a': [1234.56789]}})")
    built = build(text.replace("df-table", directive), builder="dummy")
    [line] = [line for line in built.status.splitlines() if "has no effect" in line]
    assert f"index.rst:3: pandas' option {option} has no effect on tables" in line
    assert advice in line


def test_other_options_are_not_mentioned(build: Build) -> None:
    code = "pd.set_option('styler.format.precision', 2)\npd.DataFrame({'a': [1.5]}).style"
    assert "has no effect" not in build(page(code), builder="dummy").status
    assert "has no effect" not in build(page("pd.DataFrame({'a': [1]})"), builder="dummy").status
