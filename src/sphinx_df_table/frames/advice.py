"""Advice on results that are no tables: what helps with a value of that type."""

from __future__ import annotations

import collections.abc
import functools
import types
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from pandas.api.types import is_scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MAKE_FRAME: Final = "pd.DataFrame(..., columns=[...])"
_MATPLOTLIB: Final = "the directive plot of matplotlib.sphinxext.plot_directive"

#: The packages whose objects are plots, and what shows them on a page.
_PLOTS: Final = {
    "altair": "the directive altair-plot of sphinxext-altair",
    "bokeh": "the directive bokeh-plot of bokeh.sphinxext.bokeh_plot",
    "holoviews": "a directive for plots",
    "hvplot": "a directive for plots",
    "matplotlib": _MATPLOTLIB,
    "plotly": "the directive plotly of sphinx-plotly-directive",
    "plotnine": _MATPLOTLIB,
    "seaborn": _MATPLOTLIB,
}

_FUNCTIONS: Final = (
    *(types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial),
)

#: What may hold the values of one column.
_COLLECTIONS: Final = (
    *(collections.abc.Set, collections.abc.Iterator, collections.abc.ValuesView, range),
)


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _has_method(name: str) -> Callable[[Any], bool]:
    # Not of the value, which may be an object of the author that raises errors.
    return lambda value: hasattr(type(value), name)


def _is_dict_of_scalars(value: object) -> bool:
    return isinstance(value, dict) and all(map(is_scalar, value.values()))


#: Tests of a value, and the advice of the first that succeeds.
_RULES: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (_is(str), "A text is no table. End with the frame itself."),
    (is_scalar, "A single value is no table. End with a frame that has it."),
    (
        _is_dict_of_scalars,
        "Put it into a list for one row, [...], or into pd.Series(...) for one column.",
    ),
    (_is(*_FUNCTIONS), "It is a function. Call it: add () after its name."),
    (_has_method("read_all"), "Convert it: end with .read_all()."),
    (_has_method("agg"), "It is not computed yet. Aggregate it, as in .mean()."),
    *(
        (_has_method(name), f"Convert it: end with .{name}().")
        for name in ("to_pandas", "to_dataframe", "toPandas", "to_frame", "df")
    ),
    (_has_method("__array__"), f"Make a frame of it: {_MAKE_FRAME}."),
    (_is(*_COLLECTIONS), "Make a frame of it: pd.DataFrame({'name': list(...)})."),
)


def advise(value: Any, /) -> str:
    """Return how to make a table of ``value``, which is none; an empty string if unknown."""
    package = type(value).__module__.partition(".")[0]
    if value is None:
        return ""
    if package in _PLOTS:
        return f"It is a plot. Show it with {_PLOTS[package]}."
    if package == "great_tables":
        return "End with the frame that the GT was made of, and choose formats by options."
    # Empty ones are empty tables.
    if isinstance(value, (list, tuple)) and value:
        return _advise_on_list(value)
    if isinstance(value, np.ndarray):
        return _advise_on_array(value)
    return next((advice for fits, advice in _RULES if fits(value)), "")


def _advise_on_array(array: np.ndarray[Any, Any]) -> str:
    if not array.ndim:
        return advise(array.item())
    if array.size and (advice := advise(array.flat[0])).startswith("It is a plot."):
        return advice
    if array.ndim > 2:
        return f"It has {array.ndim} dimensions, but a table has 2. Take a part of it."
    return f"Make a frame of it: {_MAKE_FRAME}."


def _advise_on_list(values: Sequence[Any]) -> str:
    """Return how to make a table of a list or tuple, whose values are mostly of one type."""
    first = values[0]
    if isinstance(first, pd.Series):
        return "Put the columns side by side: pd.concat(..., axis=1)."
    if isinstance(first, np.ndarray) and first.ndim > 1:
        return f"Make a frame of each: {_MAKE_FRAME}."
    # Frames of any library, and Stylers.
    if hasattr(type(first), "columns") or type(first).__name__ == "Styler":
        if len(values) == 1:
            return "Take the frame in it, with [0]."
        return (
            f"Take one of the {len(values)} frames, such as [0], or make a dictionary with a label "
            "for each, which shows tabs."
        )
    advice = advise(first)
    return advice if advice.startswith("It is a plot.") else f"Make a frame of it: {_MAKE_FRAME}."
