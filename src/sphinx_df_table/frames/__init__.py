"""Frames of pandas and of other libraries → columns of cells, formatted as text."""
