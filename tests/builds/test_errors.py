"""What goes wrong in one table: one located warning, a box in its place, all else intact."""

from __future__ import annotations

import pytest
from sphinx_builds import Build, cell_texts, page

GOOD = "\n\n.. df-table::\n\n   pd.DataFrame({'good': [1]})\n"


OPTION_FAULTS = {
    "unknown": (":file: a.csv", 'unknown option: "file"'),
    "encoding": (":encoding: utf-8", 'unknown option: "encoding"'),
    "index": (":index: perhaps", '"perhaps" unknown; choose from "auto", "show", or "hide"'),
    "markup": (":markup: html", 'choose from "inline", "none", "block", or "rst"'),
    "header-rows": (":header-rows: -1", "negative"),
    "stub-columns": (":stub-columns: x", "invalid literal"),
    "df-var": (":df-var: df.T", "'df.T' is not the name of a variable"),
    "timeout": (":timeout: soon", "'soon' is not a number of seconds"),
    "widths": (":widths: 0 1", "zero"),
    "format": (":format: Cost", "'Cost' is not 'column: format'"),
    "no format": (":format:", "give a line 'column: format'"),
    "broken format": (":format: a: {:.2f", "is not a format string"),
    "precision": (":precision: -1", "negative"),
    "high precision": (":precision: 300000000", "digits are too many; give 100 or less"),
    "align-columns": (":align-columns: a: middle", "is not 'column: left'"),
    "columns": (":columns:", "name at least one column"),
    "max-rows": (":max-rows: all", "invalid literal"),
    "hoist-constants": (":hoist-constants: yes", "no argument is allowed"),
    "sync-group": (":sync-group:", "argument required"),
    "align": (":align: middle", '"middle" unknown'),
    "header": (':header: a,"b', "cannot be read as CSV"),
    "depends": (":depends:", "name at least one file"),
    "header and no header": (":header: a\n:header-rows: 0", "remove one of the two"),
    "old name": (":df-arg: a", 'unknown option: "df-arg"'),
}


@pytest.mark.parametrize("name", OPTION_FAULTS)
def test_a_bad_option_is_an_error_at_the_directive(name: str, build: Build) -> None:
    options, message = OPTION_FAULTS[name]
    text = "Title\n=====\n\n" + page("pd.DataFrame({'a': [1]})", options=options) + GOOD
    source = build(text, builder="dummy", warns=None)
    [first, *_] = source.warnings
    assert first.startswith(f"{source.source / 'index.rst'}:4: ERROR: ")
    assert message in " ".join(source.warnings)
    assert [cell_texts(table) for table in source.tables()] == [[["good"], ["1"]]]


RESULT_FAULTS = {
    "header-rows": (":header-rows: 9", ":header-rows: asks for 9"),
    "stub-columns": (":stub-columns: 2", ":stub-columns: asks for 2"),
    "header": (":header: a", ":header: gives 1 label"),
    "widths": (":widths: 1 2 3", ":widths: gives 3 widths, but the table has 2 columns"),
    "columns": (":columns: A", ":columns: names 'A', but there is no such column (the nearest"),
    "df-var": (":df-var: other", "no variable 'other' (defined: x). Correct the name in :df-var:,"),
}


@pytest.mark.parametrize("name", RESULT_FAULTS)
def test_an_option_that_does_not_fit_is_one_warning(name: str, build: Build) -> None:
    options, message = RESULT_FAULTS[name]
    code = "x = pd.DataFrame({'a': [1], 'b': [2]})\nx"
    built = build(page(code, options=options) + GOOD, builder="dummy", warns=1)
    assert message in built.warnings[0]
    assert [cell_texts(table) for table in built.tables()] == [[["good"], ["1"]]]


#: Options that do not fit as they are: the table is shown, and this is said.
MISFITS = {
    "format": (":format: a: {:%Y}", "'{:%Y}' does not fit '1' (int) in column 'a', row 1;"),
    "format of no column": (":format: A: {}", ":format: names 'A'"),
    "align-columns": (":align-columns: c: left", ":align-columns: names 'c'"),
    "sync-group": (":sync-group: x", ":sync-group: is for tabs"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_wish_that_cannot_be_met_is_one_warning_beside_the_table(name: str, build: Build) -> None:
    options, message = MISFITS[name]
    code = "pd.DataFrame({'a': [1], 'b': [2]})"
    built = build("Text.\n\n" + page(code, options=options), builder="dummy", warns=1)
    assert "index.rst:3: WARNING: " in built.warnings[0]
    assert message in built.warnings[0]
    assert built.warnings[0].endswith("[df_table.data]")
    assert [cell_texts(table) for table in built.tables()] == [[["a", "b"], ["1", "2"]]]
    build(builder="dummy", fresh=True, suppress_warnings=["df_table.data"])


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("df['Throughputs']", "'Throughput (ms)'"),
        ("df[['model', 'Cost']]", "'Model'"),
        ("df.sort_values('Modell')", "'Model'"),
        ("pd.merge(df, df.copy(), on='Prize')", "'Price'"),
        ("df.groupby('prices').sum()", "'Price'"),
        ("df[2023]", "'2024'"),
        ("df.set_index('Model').xs(1, level='Mod')", None),
    ],
)
def test_a_missing_column_suggests_the_nearest(code: str, names: str | None, build: Build) -> None:
    frame = (
        "df = pd.DataFrame({'Model': ['a'], 'Throughput (ms)': [1], 'Price': [1], '2024': [0]})\n"
    )
    built = build(page(frame + code), builder="dummy", warns=1)
    if names:
        assert f"nearest column names: {names}" in built.warnings[0]
    else:
        assert "nearest" not in built.warnings[0]


def test_a_page_with_a_failed_table_is_read_again(build: Build) -> None:
    assert build(page("1/0"), builder="dummy", warns=1).read == {"index"}
    assert build(builder="dummy", warns=1).read == {"index"}
    assert build(page("pd.DataFrame({'a': [1]})"), builder="dummy").read == {"index"}
    assert build(builder="dummy").read == set()
