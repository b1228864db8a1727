"""Configuration of the documentation site."""

from pathlib import Path

from sphinx_df_table import __version__

project = "sphinx-df-table"
author = "The sphinx-df-table maintainers"
copyright = author
version = release = __version__

extensions = ["sphinx_design", "sphinx.ext.extlinks", "myst_parser", "sphinx_df_table"]
exclude_patterns = ["_build", "examples", "data"]
nitpicky = True
show_warning_types = True

df_table_preamble = Path(__file__).with_name("preamble.py").read_text(encoding="utf-8")

# The role that the cells of the benchmark data use.
neuron_sdk = "https://github.com/aws-neuron/aws-neuron-sdk/blob/master"
extlinks = {"benchmark-pt": (f"{neuron_sdk}/src/benchmark/pytorch/%s_benchmark.py", None)}

html_theme = "furo"
html_title = f"sphinx-df-table {release}"
html_copy_source = False
html_show_sourcelink = False

latex_elements = {"papersize": "a4paper"}
