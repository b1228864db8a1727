"""Code → the files that its text names, for what native readers open unseen."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: A string that reads like a file's name, so that its absence means something.
_FILE_NAME: Final = re.compile(r"[^\0\r\n]*[^\0\r\n/\\.]\.[A-Za-z]\w{0,9}")

#: What functions are called that read all that a pattern matches, or all of a folder.
_READER: Final = re.compile(r"(?:_?read|scan|load|from)_?\w*|\w*dataset", re.IGNORECASE)

#: What functions are called that only ask whether something is there, which Python reports not.
_QUESTION: Final = re.compile(r"l?exists|is_?(?:file|dir)|l?stat|get(?:size|[amc]time)|walk")

#: Functions and methods whose value is the path that they are given, or are a method of.
_SAME_PATH: Final = frozenset({"str", "fspath", "resolve", "absolute", "as_posix", "expanduser"})

_JOINS: Final = frozenset({"Path", "PosixPath", "PurePath", "join", "joinpath"})

_QUOTED: Final = re.compile(r"""['"]([^'"]+)['"]""")

_WILD: Final = re.compile(r"[*?\[]")

_LONGEST_NAME: Final = 1000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PathLiterals:
    """What code names, relative to the folder in which it runs.

    :param files: what may be the name of a file.
    :param wanted: those of them that mean something while there is no such file.
    :param patterns: what may match files that are read.
    :param folders: folders all of whose files may be read.
    :param modules: modules that a function is asked for, of which Python reports nothing.
    :param variables: the paths that the code gives names to.
    """

    files: tuple[str, ...] = ()
    wanted: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    variables: Mapping[str, str] = dataclasses.field(default_factory=dict)


def find_path_literals(
    code: str, /, *, variables: Mapping[str, str], filename: str = ""
) -> PathLiterals:
    """Return what ``code`` mentions; nothing where it is not Python.

    A literal may quote the name, as a query in SQL does. Literals that ``/``, ``+``, ``join``
    or an f-string puts together are one path, in which what is not known is a ``*``.

    :param variables: paths that earlier code has given names to.
    :param filename: the value of ``__file__``.
    """
    try:
        # Running the code warns of an invalid escape sequence, with the right line.
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(code)
        paths = _Paths(tree, {**variables, "__file__": filename})
        texts = list(paths.all_texts())
        given = list(paths.given())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return PathLiterals(variables=variables)
    asked = [text for name, text in given if _QUESTION.fullmatch(name)]
    read = [text for name, text in given if _READER.fullmatch(name)]
    quoted = [name for text in texts for name in _QUOTED.findall(text)]
    files = [text for text in dict.fromkeys(texts + quoted + asked) if _is_short(text)]
    return PathLiterals(
        files=tuple(text for text in files if not text.startswith("*")),
        wanted=frozenset(text for text in files if _FILE_NAME.fullmatch(text)) | set(asked),
        patterns=tuple(filter(_is_pattern, dict.fromkeys(read + quoted))),
        folders=tuple(filter(_is_short, dict.fromkeys(read))),
        modules=tuple(text for name, text in given if name == "import_module"),
        variables=paths.variables,
    )


def _is_short(text: str) -> bool:
    return 0 < len(text) < _LONGEST_NAME and "\0" not in text


def _is_pattern(text: str) -> bool:
    """Tell whether ``text`` matches files of some kind, or of some folder."""
    tells_folder = "/" in text and not _WILD.search(text.partition("/")[0])
    is_told = tells_folder or bool(_FILE_NAME.fullmatch(text.replace("*", "x")))
    # Nothing that is known of a path's beginning is nothing that is known.
    starts_anywhere = text.startswith("*/")
    return _is_short(text) and bool(_WILD.search(text)) and is_told and not starts_anywhere


class _Paths:
    """The texts that parts of ``tree`` come to, without running it."""

    def __init__(self, tree: ast.Module, variables: Mapping[str, str]) -> None:
        self._tree = tree
        self.variables = dict(variables)
        self._found: dict[ast.expr, str | None] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                [target] = node.targets
                if isinstance(target, ast.Name):
                    self._assign(target.id, node.value)
        # A name may stand above the line that gives it a value, in a function.
        self._found.clear()

    def _assign(self, name: str, value: ast.expr) -> None:
        text = self.text_of(value)
        if text is None or not _is_short(text):
            self.variables.pop(name, None)
        else:
            self.variables[name] = text

    def all_texts(self) -> Iterator[str]:
        """Give the text of each expression that has one."""
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.Constant, ast.BinOp, ast.JoinedStr, ast.Call)):
                text = self.text_of(node)
                if text is not None:
                    yield text

    def given(self) -> Iterator[tuple[str, str]]:
        """Give, for each call, the function's name with each text that it is given or asked of."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                for part in [*node.args, *(keyword.value for keyword in node.keywords)]:
                    items = part.elts if isinstance(part, (ast.List, ast.Tuple)) else [part]
                    yield from ((_name_of(node.func), text) for text in self._texts(items))
                if isinstance(node.func, ast.Attribute):
                    for text in self._texts([node.func.value]):
                        yield node.func.attr, text

    def _texts(self, parts: list[ast.expr]) -> Iterator[str]:
        for part in parts:
            text = self.text_of(part)
            if text is not None:
                yield text

    def text_of(self, node: ast.expr) -> str | None:
        """Return the text that ``node`` comes to, as far as it is known; ``None`` if none is."""
        if node not in self._found:
            self._found[node] = self._worked_out(node)
        return self._found[node]

    def _worked_out(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name(id=name):
                return self.variables.get(name)
            case ast.JoinedStr(values=parts):
                return "".join(self._known(part) for part in parts)
            case ast.FormattedValue(value=value):
                return self.text_of(value)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._joined([left, right])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                known = self.text_of(left), self.text_of(right)
                return None if known == (None, None) else self._known(left) + self._known(right)
            case ast.Attribute(value=value, attr="parent"):
                path = self.text_of(value)
                return path and os.path.dirname(path)
            case ast.Call(func=function, args=arguments):
                return self._returned(function, arguments)
        return None

    def _returned(self, function: ast.expr, arguments: list[ast.expr]) -> str | None:
        name = _name_of(function)
        if name in _JOINS:
            return self._joined([function.value, *arguments] if name == "joinpath" else arguments)  # type: ignore[attr-defined]
        if name in _SAME_PATH:
            is_method = isinstance(function, ast.Attribute) and name != "fspath"
            of = [function.value] if is_method else arguments  # type: ignore[attr-defined]
            return self.text_of(of[0]) if of else None
        return None

    def _joined(self, parts: list[ast.expr]) -> str | None:
        """Return the path of ``parts``; nothing is known of it if its first one is not."""
        if not parts or self.text_of(parts[0]) is None:
            return None
        return os.path.join(*map(self._known, parts))

    def _known(self, part: ast.expr) -> str:
        text = self.text_of(part)
        return "*" if text is None else text


def _name_of(function: ast.expr) -> str:
    """Return the last part of the name of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
