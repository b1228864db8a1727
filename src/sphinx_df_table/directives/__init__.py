"""The directives ``df-table`` and ``df-setup``."""
