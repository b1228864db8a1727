"""The module ``__main__`` of a page's code, also in the processes that the code starts.

A process that :mod:`multiprocessing` starts anew (``spawn``, ``forkserver``) looks for functions
and classes in its ``__main__``. It would run the file of that module, here the page, unless
``__main__.__spec__`` has a name. Ours is unpickled there by :func:`restore_main_module`, so this
module imports neither pandas nor Sphinx.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import importlib.machinery
import marshal
import pickle
import sys
import types
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sphinx_df_table.model.protocol import Source

#: Evaluated in the new process, before :mod:`multiprocessing` sets ``sys.path`` there.
_RESTORE: Final = f"""\
__import__("sys").path.__setitem__(slice(None), path) or
__import__("{__name__}", fromlist=["*"]).restore_main_module(state)
""".replace("\n", " ")


class _ModuleName(str):
    """The name ``__main__``, which is nothing to run, but restores the module when unpickled."""

    __slots__ = ("_get_state",)

    _get_state: Callable[[], bytes]

    def __new__(cls, get_state: Callable[[], bytes], /) -> Self:
        name = super().__new__(cls, "__main__")
        name._get_state = get_state
        return name

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (_RESTORE, {"path": sys.path, "state": self._get_state()})


def create_main_module(filename: str, sources: tuple[Source, ...], /) -> dict[str, Any]:
    """Return the namespace of a new ``__main__``, so that classes defined in it can be found.

    :param filename: the page's file.
    :param sources: all code whose definitions it will have.
    """

    def get_state() -> bytes:
        statements, values = _find_definitions(namespace, sources)
        return pickle.dumps((filename, marshal.dumps(statements), values))

    namespace = _install_main_module("__main__", filename, get_state)
    return namespace


def restore_main_module(state: bytes, /) -> str:
    """Define in a new process what the code has defined in the process that started it.

    Values are restored as soon as the classes are defined that they are objects of. A statement
    that fails here defines nothing; code that needs its name will say so.

    :returns: the name of the module.
    """
    filename, statements, values = pickle.loads(state)
    namespace = _install_main_module("__mp_main__", filename, lambda: state)
    for statement in [None, *marshal.loads(statements)]:
        with contextlib.suppress(Exception):
            if statement:
                exec(statement, namespace)
        for name in list(values):
            with contextlib.suppress(Exception):
                namespace[name] = pickle.loads(values[name])
                del values[name]
    return "__main__"


def _install_main_module(
    name: str, filename: str, get_state: Callable[[], bytes]
) -> dict[str, Any]:
    """Make a new module ``__main__`` and return its namespace."""
    module = types.ModuleType(name)
    module.__file__ = filename
    module.__spec__ = importlib.machinery.ModuleSpec(_ModuleName(get_state), None, origin=filename)
    sys.modules["__main__"] = sys.modules[name] = module
    return module.__dict__


def parse_source(source: Source, /) -> ast.Module:
    """Parse code. Empty lines above it make Python's line numbers those of the page.

    They are in tracebacks, syntax errors and warnings alike.
    """
    padding = "\n" * (source.first_line - 1)
    return ast.parse(padding + source.text, source.filename)


def _find_definitions(
    namespace: dict[str, Any], sources: tuple[Source, ...]
) -> tuple[list[types.CodeType], dict[str, bytes]]:
    """Return the imports and definitions in the code, and the values that they use, pickled.

    What cannot be pickled is left out.
    """
    statements: list[types.CodeType] = []
    names: set[str] = set()
    for source in sources:
        tree = parse_source(source)
        futures = [
            node
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ]
        for node in _keep_definitions(tree.body, namespace):
            module = ast.Module(body=[*futures, node], type_ignores=[])
            statements.append(compile(module, source.filename, "exec", dont_inherit=True))
            names.update(_find_global_names(statements[-1]))
    values: dict[str, bytes] = {}
    for name in sorted(names & namespace.keys()):
        value = namespace[name]
        if isinstance(value, types.ModuleType):
            line = f"{name} = __import__('importlib').import_module({value.__name__!r})"
            statements.insert(0, compile(line, "<df_table>", "exec", dont_inherit=True))
        else:
            with contextlib.suppress(Exception):
                values[name] = pickle.dumps(value)
    return statements, values


def _find_global_names(code: types.CodeType) -> Iterator[str]:
    """Yield the names that ``code`` looks up in its module, without those of Python's own."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            if not instruction.argval.startswith("__"):
                yield instruction.argval
        elif isinstance(instruction.argval, types.CodeType):
            yield from _find_global_names(instruction.argval)


def _keep_definitions(body: list[Any], namespace: dict[str, Any]) -> Iterator[Any]:
    """Yield the statements that import or define something, also in blocks; drop all others."""
    for node in body:
        if _is_definition(node, namespace):
            yield node
        elif isinstance(node, ast.With):
            yield from _keep_definitions(node.body, namespace)
        elif isinstance(node, ast.ExceptHandler) or (
            isinstance(node, ast.If | ast.Try)
            and any(_is_definition(part, namespace) for part in ast.walk(node))
        ):
            for field in ("body", "orelse", "finalbody", "handlers"):
                if block := getattr(node, field, None):
                    block[:] = _keep_definitions(block, namespace)
                    if field != "handlers":
                        block.append(ast.copy_location(ast.Pass(), node))
            yield node


_DEFINITIONS: Final = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    # Since Python 3.12.
    *((ast.TypeAlias,) if sys.version_info >= (3, 12) else ()),
)


def _is_definition(node: ast.AST, namespace: dict[str, Any]) -> bool:
    """Return whether a statement imports or defines something.

    So does an assignment whose value is a class or function of the code, such as a named tuple.
    """
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        value = namespace.get(node.targets[0].id)
        is_code = isinstance(value, type | types.FunctionType)
        return is_code and value.__module__ == "__main__"
    return isinstance(node, _DEFINITIONS)
