"""Frames of pandas and of other libraries → columns of texts. Only the worker imports this part.

This file is empty, so that a module loads no more than it needs.
"""
