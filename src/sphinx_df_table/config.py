"""The configuration values of ``conf.py``, their checks, and whether a build runs code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docutils.core import Publisher
from docutils.parsers.rst import Parser
from sphinx.config import ENUM
from sphinx.errors import ConfigError
from sphinx.util import logging

from sphinx_df_table.model.options import MARKUP_CHOICES, PRINT_CHOICES, ROW_LIMIT
from sphinx_df_table.model.protocol import CAN_LIMIT

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

_logger = logging.getLogger(__name__)


def setup(app: Sphinx, /) -> None:
    """Add the configuration values, and check them when a build starts."""
    app.add_config_value("df_table_css", default=True, rebuild="html", types=bool)
    app.add_config_value("df_table_execute", default=True, rebuild="env", types=(bool, str))
    app.add_config_value("df_table_markup", "inline", "env", ENUM(*MARKUP_CHOICES))
    app.add_config_value("df_table_max_rows", default=ROW_LIMIT, rebuild="env", types=int)
    app.add_config_value("df_table_memory", default=0, rebuild="", types=int)
    app.add_config_value("df_table_na_rep", default="", rebuild="env", types=str)
    app.add_config_value("df_table_preamble", default="", rebuild="env", types=str)
    app.add_config_value("df_table_precision", None, "env", types=(int, type(None)))
    app.add_config_value("df_table_print", "auto", "env", ENUM(*PRINT_CHOICES))
    app.add_config_value("df_table_python_warnings", "info", "env", ENUM("info", "warn"))
    app.add_config_value("df_table_sortable", default=False, rebuild="env", types=bool)
    app.add_config_value("df_table_text_width", 0, "env", types=(int, type(None)))
    app.add_config_value("df_table_timeout", default=60, rebuild="", types=(int, float))
    app.connect("config-inited", _check_values)


def _check_values(_app: Sphinx, config: Config) -> None:
    """Refuse values that mean nothing, and say so where one can have no effect.

    :raises ConfigError: if one says neither yes nor no, or is not a number, 0 or more.
    """
    config.df_table_execute = parse_execute(config.df_table_execute)
    limit = config.df_table_timeout
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit >= 0:
        raise ConfigError(f"df_table_timeout is {limit!r}, not a number of seconds, 0 or more")
    for name in ("df_table_max_rows", "df_table_memory"):
        if not _is_count(config[name]):
            raise ConfigError(f"{name} is {config[name]!r}, not a whole number, 0 or more")
    if config.df_table_memory and not CAN_LIMIT:
        _logger.warning(
            "df_table_memory has no effect: on this system, memory cannot be limited. Take it "
            "out of conf.py here.",
            type="df_table",
            subtype="memory",
        )
    if config.df_table_precision is not None and not _is_count(config.df_table_precision):
        raise ConfigError(
            f"df_table_precision is {config.df_table_precision!r}, not a number of digits or None"
        )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


EXECUTE: Final = "df_table_execute"

#: docutils' settings for input that is not trusted; either one off is off.
_SETTINGS: Final = ("file_insertion_enabled", "raw_enabled")

#: What ``-D`` on the command line can say: Sphinx hands on the text, or makes a bool of it.
_WORDS: Final = {"1": True, "true": True, "yes": True, "on": True} | dict.fromkeys(
    ("", "0", "false", "no", "off", "none"), False
)


def parse_execute(value: object, /) -> bool:
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


def find_off_switch(config: Config, settings: Any, /) -> str:
    """Return the name of the value or docutils' setting that keeps code from being run, if any."""
    if not config.df_table_execute:
        return EXECUTE
    return next((name for name in _SETTINGS if not getattr(settings, name, True)), "")


def docutils_settings(env: BuildEnvironment, /) -> Any:
    """Return docutils' settings as pages in reStructuredText will find them."""
    publisher = Publisher(parser=Parser())
    publisher.process_programmatic_settings(None, dict(env.settings), None)
    return publisher.settings
