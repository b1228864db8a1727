"""Results that are no table: the message says what helps with a value of that type."""

from __future__ import annotations

import pytest
from sphinx_builds import Build, page

FRAME = "pd.DataFrame({'a': [1]})"

#: Code that ends with no table, and what its author is told to do.
RESULTS = {
    "list of frames": (f"[{FRAME}, {FRAME}]", "Take one of the 2 frames, such as [0], or make"),
    "tuple of frames": (
        f"{FRAME}, {FRAME}",
        "a dictionary with a label for each, which shows tabs",
    ),
    "list of one frame": (f"[{FRAME}]", "Take the frame in it, with [0]."),
    "list of Stylers": (f"[{FRAME}.style]", "Take the frame in it, with [0]."),
    "list of frames of Polars": (
        "import polars as pl\n[pl.DataFrame({'a': [1]})] * 3",
        "Take one of the 3 frames, such as [0], or make",
    ),
    "list of columns": (
        "[pd.Series([1]), pd.Series([2])]",
        "side by side: pd.concat(..., axis=1).",
    ),
    "array": ("np.eye(2)", "Make a frame of it: pd.DataFrame(..., columns=[...])."),
    "array of one axis": ("np.arange(3)", "Make a frame of it: pd.DataFrame("),
    "cube": ("np.zeros((2, 2, 2))", "It has 3 dimensions, but a table has 2. Take a part of it."),
    "list of arrays": ("[np.eye(2), np.eye(2)]", "Make a frame of each: pd.DataFrame("),
    "list of lists": ("[[1, 2], [3, 4]]", "Make a frame of it: pd.DataFrame("),
    "list of tuples": ("[('a', 1), ('b', 2)]", "Make a frame of it: pd.DataFrame("),
    "list of numbers": ("[1, 2]", "Make a frame of it: pd.DataFrame("),
    "extension array": ("pd.array([1, 2])", "Make a frame of it: pd.DataFrame("),
    "set": ("{1, 2}", "Make a frame of it: pd.DataFrame({'name': list(...)})."),
    "generator": ("(x for x in 'ab')", "Make a frame of it: pd.DataFrame({'name': list(...)})."),
    "range": ("range(3)", "Make a frame of it: pd.DataFrame({'name': list(...)})."),
    "keys": ("{'a': 1}.keys()", "Make a frame of it: pd.DataFrame({'name': list(...)})."),
    "map": ("map(str, 'ab')", "Make a frame of it: pd.DataFrame({'name': list(...)})."),
    "index": ("pd.Index(['a'])", "Convert it: end with .to_frame()."),
    "columns": (f"{FRAME}.columns", "Convert it: end with .to_frame()."),
    "number": ("42", "A single value is no table. End with a frame that has it."),
    "float of NumPy": (f"{FRAME}['a'].mean()", "A single value is no table."),
    "truth": (f"{FRAME}.empty", "A single value is no table."),
    "date": ("pd.Timestamp('2024-01-01')", "A single value is no table."),
    "date of Python": ("import datetime\ndatetime.date(2024, 1, 1)", "A single value is no table."),
    "text": (f"{FRAME}.to_html()", "A text is no table. End with the frame itself."),
    "name of a frame": ("df = 'planets'", "A text is no table. End with the frame itself."),
    "method": (f"{FRAME}.head", "It is a function. Call it: add () after its name."),
    "function": ("def table(): return 1\ntable", "It is a function. Call it: add () after"),
    "rolling": (f"{FRAME}.rolling(2)", "It is not computed yet. Aggregate it, as in .mean()."),
    "resampled": (
        "pd.Series([1], index=pd.date_range('2024', periods=1)).resample('D')",
        "It is not computed yet. Aggregate it, as in .mean().",
    ),
    "groups of Polars": (
        "import polars as pl\npl.DataFrame({'a': [1]}).group_by('a')",
        "It is not computed yet. Aggregate it, as in .mean().",
    ),
    "expression of Polars": (
        "import polars as pl\npl.col('a')",
        "Convert it to a pandas DataFrame.",
    ),
    "connection of DuckDB": ("import duckdb\nduckdb.connect()", "Convert it: end with .df()."),
    "plot": (
        "import matplotlib\nmatplotlib.use('agg')\npd.DataFrame({'a': [1, 2]}).plot()",
        "It is a plot. Show it with the directive plot of matplotlib.sphinxext.plot_directive.",
    ),
    "figure": (
        "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.figure()",
        "It is a plot. Show it with the directive plot",
    ),
    "array of plots": (
        "import matplotlib\nmatplotlib.use('agg')\npd.DataFrame({'a': [1, 2]}).hist()",
        "It is a plot. Show it with the directive plot",
    ),
    "list of lines": (
        "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as p\np.plot([1, 2])",
        "It is a plot. Show it with the directive plot",
    ),
    "dictionary of single values": ("{'a': 1, 'b': 'x'}", "Put it into a list for one row, [...]"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_is_no_table_says_what_helps(name: str, build: Build) -> None:
    code, advice = RESULTS[name]
    [warning] = build(page(code), builder="dummy", warns=1).warnings
    assert advice in warning
    assert warning.endswith(" [df_table.data]")


@pytest.mark.parametrize("name", ["list of frames", "array", "method", "index"])
def test_so_does_a_variable_that_is_no_table(name: str, build: Build) -> None:
    code, advice = RESULTS[name]
    for variable, options in (("df", ""), ("named", ":df-var: named")):
        text = page(f"{variable} = {code}", options=options)
        [warning] = build(text, builder="dummy", warns=1).warnings
        assert f"variable '{variable}', of type " in warning
        assert advice in warning


#: Types of packages that are not installed here, by module and name, and the advice.
FOREIGN = [
    ("great_tables.gt", "GT", "", "End with the frame that the GT was made of"),
    ("plotly.graph_objs._figure", "Figure", "", "the directive plotly of sphinx-plotly-directive"),
    ("altair.vegalite.v6.api", "Chart", "", "the directive altair-plot of sphinxext-altair"),
    ("bokeh.plotting._figure", "figure", "", "the directive bokeh-plot of bokeh.sphinxext"),
    ("seaborn.axisgrid", "FacetGrid", "", "the directive plot of matplotlib"),
    ("plotnine.ggplot", "ggplot", "", "the directive plot of matplotlib"),
    ("hvplot.plotting", "hvPlot", "", "It is a plot. Show it with a directive for plots."),
    ("xarray.core.dataarray", "DataArray", "to_dataframe", "end with .to_dataframe()."),
    ("astropy.table.table", "Table", "to_pandas", "end with .to_pandas()."),
    ("sklearn.pipeline", "Pipeline", "", "End with the frame, call it df, or name it"),
]


@pytest.mark.parametrize(("module", "name", "method", "advice"), FOREIGN)
def test_so_does_a_result_of_another_package(
    module: str, name: str, method: str, advice: str, build: Build
) -> None:
    members = {method: 0, "__module__": module} if method else {"__module__": module}
    [warning] = build(page(f"type({name!r}, (), {members!r})()"), builder="dummy", warns=1).warnings
    assert f"of type {module}.{name}, cannot be shown as a table. " in warning
    assert advice in warning


#: Last lines whose value is None, and the advice.
NOTHING = [
    ("print(x)", "print shows nothing on a page: end with the frame itself, x."),
    ("print(x.head(), end='')", "end with the frame itself, x.head()."),
    ("print('Costs', x)", "print shows nothing on a page: end with the frame itself."),
    (
        "def show(frame): pass\nshow(x)",
        "show shows nothing on a page: end with the frame itself, x",
    ),
    (
        "class C:\n    def show(self): pass\nC().show()",
        "show shows nothing on a page: end with",
    ),
    ("x.sort_values('a', inplace=True)", "With inplace=True, sort_values returns None: remove"),
    ("x.info()", "info returns None: end with the frame itself."),
    ("x.to_csv('/dev/null')", "to_csv returns None: end with the frame itself."),
    ("None", "End with the frame, call it df, or name it with :df-var:."),
]


@pytest.mark.parametrize(("code", "advice"), NOTHING)
def test_a_last_line_of_no_value_says_what_to_write(code: str, advice: str, build: Build) -> None:
    text = page(f"x = {FRAME}\n{code}")
    [warning] = build(text, builder="dummy", warns=1).warnings
    assert "Nothing to show: the value of the last line is None and there is no var" in warning
    assert advice in warning
    assert warning.endswith(" [df_table.snippet]")


def test_a_frame_called_df_is_shown_after_print(build: Build) -> None:
    assert len(build(page(f"df = {FRAME}\nprint(df)")).tables()) == 1
