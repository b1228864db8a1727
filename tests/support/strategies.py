"""Hypothesis strategies for frames and texts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from hypothesis import strategies as st

#: Texts of characters that XML 1.0 can hold.
xml_texts = st.text(
    st.one_of(
        st.sampled_from("ab *`_|\\:<>-.$'\"\u2028\x85\n\t"),
        st.characters(
            exclude_categories=["Cs"],
            exclude_characters=[*map(chr, range(32)), "\ufffe", "\uffff"],
        ),
    ),
    max_size=20,
)

_naive_times = st.datetimes(
    min_value=pd.Timestamp("1700-01-01").to_pydatetime(),
    max_value=pd.Timestamp("2200-01-01").to_pydatetime(),
)

_values: dict[str, st.SearchStrategy[Any]] = {
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(),
    "float32": st.floats(width=32),
    "bool": st.booleans(),
    "Float32": st.none() | st.floats(width=32, allow_nan=False),
    "double[pyarrow]": st.none() | st.floats(allow_nan=False),
    "float[pyarrow]": st.none() | st.floats(width=32, allow_nan=False),
    "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "Float64": st.none() | st.floats(allow_nan=False),
    "boolean": st.none() | st.booleans(),
    "string": st.none() | xml_texts,
    "category": st.none() | st.sampled_from(["a", "b", "c"]),
    "datetime64[ns]": st.none() | _naive_times,
    "datetime64[s]": st.none() | _naive_times.map(lambda time: time.replace(microsecond=0)),
    "timedelta64[ns]": st.none()
    | st.timedeltas(dt.timedelta(days=-1000), dt.timedelta(days=10**4)),
    "object": st.none()
    | xml_texts
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.lists(st.integers(), max_size=2)
    | st.decimals(allow_nan=False)
    | st.dates(),
}


@st.composite
def any_frame(draw: st.DrawFn) -> pd.DataFrame:
    """Frames of up to 4 columns by 5 rows, of many dtypes, with labels of any legal text."""
    rows = draw(st.integers(0, 5))
    dtypes = draw(st.lists(st.sampled_from(sorted(_values)), min_size=1, max_size=4))
    columns = [
        pd.Series(draw(st.lists(_values[dtype], min_size=rows, max_size=rows)), dtype=dtype)
        for dtype in dtypes
    ]
    frame = pd.concat(columns, axis=1)
    labels = st.lists(xml_texts, min_size=len(dtypes), max_size=len(dtypes))
    return frame.set_axis(pd.Index(draw(labels), dtype=object), axis=1)
