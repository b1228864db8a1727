"""Frames of pandas and of other libraries → columns of texts → a table."""
