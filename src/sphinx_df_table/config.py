"""The configuration values of ``conf.py``, their checks, and whether a build runs code."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, Final, Literal

from docutils.core import Publisher
from docutils.parsers.rst import Parser
from sphinx.errors import ConfigError
from sphinx.util import logging

from sphinx_df_table.model.options import (
    HIGHEST_PRECISION,
    MARKUP_CHOICES,
    PRINT_CHOICES,
    ROW_LIMIT,
)
from sphinx_df_table.model.protocol import CAN_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

_logger = logging.getLogger(__name__)

# A parser returns the value of the type that the rest of the package expects, also for the text
# that the command line gives (``-D``). It raises ValueError with the values that are allowed.


def _parse_bool(value: object) -> bool:
    # A misspelt word must not turn on what it was meant to turn off.
    word = str(value).strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"", "0", "false", "no", "off", "none"}:
        return False
    raise ValueError("True or False (1 or 0 on the command line)")


def _parse_count(value: object) -> int:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ValueError("a whole number, 0 or more")


def _parse_optional_count(value: object) -> int | None:
    if value is None or value in ("None", "none", ""):
        return None
    try:
        return _parse_count(value)
    except ValueError as error:
        raise ValueError(f"{error}, or None") from None


def _parse_precision(value: object) -> int | None:
    with contextlib.suppress(ValueError):
        precision = _parse_optional_count(value)
        if precision is None or precision <= HIGHEST_PRECISION:
            return precision
    raise ValueError(f"a whole number from 0 to {HIGHEST_PRECISION}, or None")


def _parse_seconds(value: Any) -> float:
    if not isinstance(value, bool):
        with contextlib.suppress(TypeError, ValueError):
            if math.isfinite(float(value)) and float(value) >= 0:
                return float(value)
    raise ValueError("a number of seconds, 0 or more")


def _parse_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("a string")


def _one_of(*choices: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(f"{', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}")

    return parse


EXECUTE: Final = "df_table_execute"

#: The default of each value, the pages that Sphinx reads ("env") or writes ("html") again after a
#: change, and the parser.
VALUES: Final[dict[str, tuple[object, Literal["", "env", "html"], Callable[[Any], object]]]] = {
    "df_table_css": (True, "html", _parse_bool),
    EXECUTE: (True, "env", _parse_bool),
    "df_table_markup": ("inline", "env", _one_of(*MARKUP_CHOICES)),
    "df_table_max_rows": (ROW_LIMIT, "env", _parse_count),
    "df_table_memory": (0, "", _parse_count),
    "df_table_na_rep": ("", "env", _parse_text),
    "df_table_preamble": ("", "env", _parse_text),
    "df_table_precision": (None, "env", _parse_precision),
    "df_table_print": ("auto", "env", _one_of(*PRINT_CHOICES)),
    "df_table_python_warnings": ("info", "env", _one_of("info", "warn")),
    "df_table_sortable": (False, "env", _parse_bool),
    "df_table_text_width": (0, "env", _parse_optional_count),
    "df_table_timeout": (60, "", _parse_seconds),
}


def setup(app: Sphinx, /) -> None:
    """Add the configuration values, and check them when a build starts."""
    for name, (default, rebuild, _) in VALUES.items():
        # Sphinx converts text from the command line by the type of the default, and ignores 0.5
        # for an int. It passes the text on where the default is a function.
        app.add_config_value(name, lambda _config, value=default: value, rebuild, types=Any)
    app.connect("config-inited", _check_values)


def _check_values(_app: Sphinx, config: Config) -> None:
    """Replace each value by the parsed one, and warn of one without effect.

    :raises ConfigError: if a value is not allowed.
    """
    for name, (_, _, parse) in VALUES.items():
        try:
            config[name] = parse(config[name])
        except ValueError as error:
            raise ConfigError(f"{name} is {config[name]!r}, not {error}.") from None
    if config.df_table_memory and not CAN_LIMIT:
        _logger.warning(
            "df_table_memory has no effect, because memory cannot be limited on this system. "
            "Remove it from conf.py.",
            type="df_table",
            subtype="memory",
        )


def find_off_switch(config: Config, settings: Any, /) -> str:
    """Return the name of the value, or of docutils' setting, that forbids to run code.

    :param settings: docutils' settings; those for untrusted input forbid it, too.
    :returns: an empty string if code may run.
    """
    if not config.df_table_execute:
        return EXECUTE
    names = ("file_insertion_enabled", "raw_enabled")
    return next((name for name in names if not getattr(settings, name, True)), "")


def docutils_settings(env: BuildEnvironment, /) -> Any:
    """Return docutils' settings as the parser of reStructuredText pages will get them."""
    publisher = Publisher(parser=Parser())
    publisher.process_programmatic_settings(None, dict(env.settings), None)
    return publisher.settings
