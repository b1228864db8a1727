"""Plain data that both processes share. The standard library only, so that both stay small.

This file is empty: import the modules, each of which has one kind of data.
"""
