"""A table → nodes of docutils, the same for every builder."""
