"""Find the paths in the text of code, for files that native readers open without an event."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: A string that looks like the name of a file, which matters even while there is none.
_FILE_NAME: Final = re.compile(r"[^\0\r\n]*[^\0\r\n/\\.]\.[A-Za-z]\w{0,9}")

#: The names of functions that read all that a pattern matches, or all of a folder.
_READER: Final = re.compile(r"(?:_?read|scan|load|from)_?\w*|\w*dataset", re.IGNORECASE)

#: The names of functions that check whether a file is there; they raise no audit event.
_CHECK: Final = re.compile(r"l?exists|is_?(?:file|dir)|l?stat|get(?:size|[amc]time)|walk")

#: Methods that return the path they are called on, and functions that return their argument.
_PATH_METHODS: Final = frozenset({"str", "resolve", "absolute", "as_posix", "expanduser"})
_PATH_FUNCTIONS: Final = _PATH_METHODS | {"fspath"}

_JOINS: Final = frozenset({"Path", "PosixPath", "PurePath", "join", "joinpath"})

_QUOTED: Final = re.compile(r"""['"]([^'"]+)['"]""")

_WILDCARD: Final = re.compile(r"[*?\[]")

_LONGEST_PATH: Final = 1000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PathLiterals:
    """The paths in the text of code, relative to the folder in which it runs.

    :param files: texts that may be names of files.
    :param likely_files: those that count even while there is no such file.
    :param patterns: texts that may match files that are read.
    :param folders: folders of which all files may be read.
    :param modules: arguments of ``import_module``, which raises no audit event.
    :param variables: the variables that hold paths, with these.
    """

    files: tuple[str, ...] = ()
    likely_files: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    variables: Mapping[str, str] = dataclasses.field(default_factory=dict)


def find_path_literals(
    code: str, /, *, variables: Mapping[str, str], filename: str = ""
) -> PathLiterals:
    """Return the paths in ``code``; none if it is not Python.

    A literal may quote a path, as a query in SQL does. Literals that ``/``, ``+``, ``join``
    or an f-string combine are one path, with ``*`` for unknown parts.

    :param variables: those of earlier code that hold paths.
    :param filename: the value of ``__file__``.
    """
    try:
        # Running the code warns of an invalid escape sequence, with the right line.
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(code)
        evaluator = _PathEvaluator(tree, {**variables, "__file__": filename})
        texts = list(evaluator.iter_texts())
        arguments = list(evaluator.iter_arguments())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return PathLiterals(variables=variables)
    checked = [text for name, text in arguments if _CHECK.fullmatch(name)]
    read = [text for name, text in arguments if _READER.fullmatch(name)]
    quoted = [name for text in texts for name in _QUOTED.findall(text)]
    files = [text for text in dict.fromkeys(texts + quoted + checked) if _is_path(text)]
    likely_files = frozenset(text for text in files if _FILE_NAME.fullmatch(text)) | set(checked)
    return PathLiterals(
        files=tuple(text for text in files if not text.startswith("*")),
        likely_files=likely_files,
        patterns=tuple(filter(_is_pattern, dict.fromkeys(read + quoted))),
        folders=tuple(filter(_is_path, dict.fromkeys(read))),
        modules=tuple(text for name, text in arguments if name == "import_module"),
        variables=evaluator.variables,
    )


def _is_path(text: str) -> bool:
    return 0 < len(text) < _LONGEST_PATH and "\0" not in text


def _is_pattern(text: str) -> bool:
    """Return whether ``text`` is a pattern that names a suffix or a folder to start from."""
    names_folder = "/" in text and not _WILDCARD.search(text.partition("/")[0])
    names_suffix = bool(_FILE_NAME.fullmatch(text.replace("*", "x")))
    # A path of which the start is unknown could be anywhere.
    starts_anywhere = text.startswith("*/")
    is_pattern = _is_path(text) and bool(_WILDCARD.search(text))
    return is_pattern and (names_folder or names_suffix) and not starts_anywhere


class _PathEvaluator:
    """Evaluates the expressions of ``tree`` that are texts or paths, without running it."""

    def __init__(self, tree: ast.Module, variables: Mapping[str, str]) -> None:
        self._tree = tree
        self.variables = dict(variables)
        self._texts: dict[ast.expr, str | None] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    text = self._evaluate(value)
                    if text is None or not _is_path(text):
                        self.variables.pop(name, None)
                    else:
                        self.variables[name] = text
        # A function may use a variable that is assigned below it.
        self._texts.clear()

    def iter_texts(self) -> Iterator[str]:
        """Yield the text of each expression that has one."""
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.Constant, ast.BinOp, ast.JoinedStr, ast.Call)):
                text = self._evaluate(node)
                if text is not None:
                    yield text

    def iter_arguments(self) -> Iterator[tuple[str, str]]:
        """Yield each argument of a call that has a text, after the name of the function.

        The object of a method counts as an argument; so do the items of a list or tuple.
        """
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                arguments: list[ast.expr] = []
                for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                    is_list = isinstance(argument, (ast.List, ast.Tuple))
                    arguments += argument.elts if is_list else [argument]  # type: ignore[attr-defined]
                if isinstance(node.func, ast.Attribute):
                    arguments.append(node.func.value)
                for argument in arguments:
                    text = self._evaluate(argument)
                    if text is not None:
                        yield _function_name(node.func), text

    def _evaluate(self, node: ast.expr) -> str | None:
        """Return the text of ``node``, with ``*`` for unknown parts; ``None`` if it has none."""
        if node not in self._texts:
            self._texts[node] = self._evaluate_anew(node)
        return self._texts[node]

    def _evaluate_anew(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name(id=name):
                return self.variables.get(name)
            case ast.JoinedStr(values=parts):
                return "".join(map(self._text_or_star, parts))
            case ast.FormattedValue(value=value):
                return self._evaluate(value)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._join([left, right])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                if self._evaluate(left) is None and self._evaluate(right) is None:
                    return None
                return self._text_or_star(left) + self._text_or_star(right)
            case ast.Attribute(value=value, attr="parent"):
                path = self._evaluate(value)
                return path and os.path.dirname(path)
            case ast.Call():
                return self._evaluate_call(node)
        return None

    def _evaluate_call(self, call: ast.Call) -> str | None:
        name = _function_name(call.func)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if owner and name in _PATH_METHODS:
            return self._evaluate(owner)
        if name in _PATH_FUNCTIONS:
            return self._evaluate(call.args[0]) if call.args else None
        if owner and name == "joinpath":
            return self._join([owner, *call.args])
        return self._join(call.args) if name in _JOINS else None

    def _join(self, parts: list[ast.expr]) -> str | None:
        """Return the path of ``parts``; ``None`` if the first is unknown."""
        if not parts or self._evaluate(parts[0]) is None:
            return None
        return os.path.join(*map(self._text_or_star, parts)).replace(os.sep, "/")

    def _text_or_star(self, part: ast.expr) -> str:
        text = self._evaluate(part)
        return "*" if text is None else text


def _function_name(function: ast.expr) -> str:
    """Return the last part of the name of ``function``; an empty string if it has no name."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
