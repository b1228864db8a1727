"""Whether a build runs the code of its pages: what says so, and what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docutils.core import Publisher
from docutils.parsers.rst import Parser
from sphinx.errors import ConfigError

if TYPE_CHECKING:
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

EXECUTE: Final = "df_table_execute"

#: docutils' settings for input that is not trusted; either one off is off.
_SETTINGS: Final = ("file_insertion_enabled", "raw_enabled")

#: What ``-D`` on the command line can say: Sphinx hands on the text, or makes a bool of it.
_WORDS: Final = {"1": True, "true": True, "yes": True, "on": True} | dict.fromkeys(
    ("", "0", "false", "no", "off", "none"), False
)


def read_execute(value: object, /) -> bool:
    """Return what ``value`` says of running code.

    :raises ConfigError: if it does not clearly say yes or no; a word that is only misspelt
        must not turn on what it was to turn off.
    """
    meaning = _WORDS.get(str(value).strip().lower())
    if meaning is None:
        raise ConfigError(
            f"df_table_execute is {value!r}, neither true nor false: nothing is built. Set it to "
            "True or False, on the command line to 1 or 0."
        )
    return meaning


def off_switch(config: Config, settings: Any, /) -> str:
    """Return the name of the value or docutils' setting that keeps code from being run, if any."""
    if not config.df_table_execute:
        return EXECUTE
    return next((name for name in _SETTINGS if not getattr(settings, name, True)), "")


def docutils_settings(env: BuildEnvironment, /) -> Any:
    """Return docutils' settings as pages in reStructuredText will find them."""
    publisher = Publisher(parser=Parser())
    publisher.process_programmatic_settings(None, dict(env.settings), None)
    return publisher.settings
