"""Columns of texts → a table, for frames as well as for data without code.

This file is empty, so that the worker can import the part without pandas or Sphinx.
"""
