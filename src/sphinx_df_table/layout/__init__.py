"""Columns of texts → a table. Imports neither pandas nor Sphinx."""
