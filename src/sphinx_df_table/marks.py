"""The attributes and classes of our nodes that tell a later step what to make of them."""

from __future__ import annotations

from typing import Final

#: The attribute of an ``entry`` that holds its inline style, for HTML only.
STYLE: Final = "df-table-style"

#: The attribute of a paragraph behind a table that belongs above it, or into its caption.
CONSTANTS: Final = "df-table-constants"

#: The attribute of a set of tabs that is ours.
TABS: Final = "df-table-tabs"

#: The attribute of a ``colspec`` that holds the order of its column: for each row the rank of
#: its value, nothing where it is missing, parted by commas; nothing at all if each is 0.
RANKS: Final = "df-table-ranks"

#: The attribute of a table with its name, for those who do not see what stands around it.
LABEL: Final = "df-table-label"

#: The attribute of a table whose rows can be searched.
SEARCHABLE: Final = "df-table-searchable"

#: The attribute of a table that says how it is to be printed, if its author does.
PRINT: Final = "df-table-print"

#: The classes of what MathJax is to leave alone, and of formulas in it that it is to set.
MATHJAX_IGNORES: Final = ("tex2jax_ignore", "mathjax_ignore")
MATHJAX_PROCESSES: Final = ("tex2jax_process", "mathjax_process")

#: The attribute of a block of code that is shown to those who ask for it.
COLLAPSED: Final = "df-table-collapsed"

#: What only a browser has a use for, and EPUB has not.
FOR_BROWSER: Final = (RANKS, SEARCHABLE, COLLAPSED)

#: What only HTML has a use for.
FOR_HTML: Final = (STYLE, CONSTANTS, TABS, *FOR_BROWSER)
