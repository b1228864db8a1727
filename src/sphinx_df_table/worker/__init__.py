"""The processes that run the code of pages.

This file is empty, so that the supervisor, which is imported first, loads no pandas.
"""
