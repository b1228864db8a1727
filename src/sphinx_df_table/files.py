"""Which files a snippet looked at, and in what state it found them."""

from __future__ import annotations

import ast
import dataclasses
import glob
import itertools
import os
import re
import site
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A file's size in bytes and its time of change in nanoseconds; ``None`` where there is no file.
State = tuple[int, int] | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Absolute paths with the state each was in, and absolute glob patterns with their matches."""

    files: tuple[tuple[str, State], ...] = ()
    globs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def merged(self, later: Looks, /) -> Looks:
        """Return both; of what is in both, the state in which it was seen first."""
        return Looks(
            files=tuple((dict(later.files) | dict(self.files)).items()),
            globs=tuple((dict(later.globs) | dict(self.globs)).items()),
        )

    def are_stale(self) -> bool:
        """Tell whether anything looked at is now in another state."""
        return any(state_of(path) != state for path, state in self.files) or any(
            matches_of(pattern) != matches for pattern, matches in self.globs
        )


NO_LOOKS: Final = Looks()


def state_of(path: str, /) -> State:
    """Return the state of the file at ``path``; of a link, that of the file it leads to."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def matches_of(pattern: str, /) -> tuple[str, ...]:
    """Return the paths that an absolute pattern matches, in a fixed order; ``**`` goes deep."""
    return tuple(sorted(glob.glob(pattern, recursive=True, include_hidden=True)))


#: A string in a snippet that reads like a file's name, so that its absence means something.
_FILE_NAME: Final = re.compile(r"[^\0\r\n]*[^\0\r\n/\\.]\.[A-Za-z]\w{0,9}")

_LONGEST_NAME: Final = 1000


class FileWatch:
    """Notes the files that the running code opens, from Python's audit events.

    See `PEP 578 <https://peps.python.org/pep-0578/>`_ and Python's table of audit events.
    An audit hook stays for the life of its process, so this is made once a process.
    Native code that opens files itself (Parquet, DuckDB, Polars) raises no event;
    :meth:`note_names` and :meth:`note_patterns` are for what it reads.
    """

    def __init__(self) -> None:
        self._files: dict[str, State] = {}
        self._globs: dict[str, tuple[str, ...]] = {}
        self._written: set[str] = set()
        self._roots: tuple[str, ...] = ()
        self._is_on = False
        # Of a process just forked, looking at every name would copy the memory of all.
        self._last_module = next(reversed(sys.modules))
        sys.addaudithook(self._on_event)

    def start(self, *, roots: Iterable[str]) -> None:
        """Begin to take notes; files that are missing count below ``roots`` only."""
        self._files = {}
        self._globs = {}
        self._written = set()
        self._roots = tuple(roots)
        self._is_on = True

    def stop(self) -> Looks:
        """Stop taking notes and return them."""
        self._is_on = False
        later = itertools.takewhile(self._last_module.__ne__, reversed(sys.modules))
        for path in _module_files(list(later), self._roots):
            self._files.setdefault(path, state_of(path))
        # What a snippet itself has written must not call for the page again.
        self._files |= {path: state_of(path) for path in self._files.keys() & self._written}
        return Looks(files=tuple(self._files.items()), globs=tuple(self._globs.items()))

    def note_names(self, code: str, /, *, directory: str) -> None:
        """Note the files that string literals of ``code`` name, also where they are missing.

        A literal may quote the name, as a query in SQL does.
        """
        for name in _string_literals(code):
            path = os.path.normpath(Path(directory, name))
            if os.path.isfile(path) or _FILE_NAME.fullmatch(name):
                self._note_file(path)

    def note_patterns(self, patterns: Iterable[str], /, *, directory: str) -> None:
        """Note what ``patterns``, relative to ``directory``, match, and each file matched."""
        for pattern in patterns:
            self._note_glob(os.path.normpath(Path(glob.escape(directory), pattern)))

    def _on_event(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event == "open":
            path, _mode, flags = args
            if not isinstance(path, int):
                self._note_opened(_absolute(path), flags)
        elif event == "sqlite3.connect":
            self._note_opened(_absolute(args[0]), os.O_RDWR)
        elif event == "glob.glob/2":
            pattern, _recursive, root, _descriptor = args
            self._note_glob(_below(root or "", pattern))
        elif event == "pathlib.Path.glob":
            self._note_glob(_below(*args))
        elif event == "pathlib.Path.rglob":
            self._note_glob(_below(args[0], os.path.join("**", str(args[1]))))

    def _note_opened(self, path: str, flags: int) -> None:
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._written.add(path)
        if not _only_writes(flags):
            self._note_file(path)

    def _note_file(self, path: str) -> None:
        if not path or path in self._files or _is_of_the_system(path):
            return
        state = state_of(path)
        if os.path.isdir(path) or (state is None and not _lies_below(path, self._roots)):
            return
        self._files[path] = state

    def _note_glob(self, pattern: str) -> None:
        if not pattern or pattern in self._globs or _is_of_the_system(pattern):
            return
        # Globbing raises the very events that lead here.
        self._is_on = False
        self._globs[pattern] = matches_of(pattern)
        for path in self._globs[pattern]:
            self._note_file(path)
        self._is_on = True


def _absolute(path: Any) -> str:
    """Return ``path`` as an absolute string, or nothing where it is no path (a URI, say)."""
    try:
        return os.path.abspath(os.fsdecode(path))
    except (TypeError, ValueError, OSError):
        return ""


def _below(folder: Any, pattern: Any) -> str:
    """Return the absolute pattern for what ``pattern`` matches in ``folder``."""
    name = _absolute(folder) if os.fspath(folder) else os.getcwd()
    return os.path.normpath(os.path.join(glob.escape(name), os.fsdecode(pattern)))


def _only_writes(flags: int) -> bool:
    """Tell whether a file opened with ``flags`` keeps nothing of what it held."""
    access = flags & (os.O_WRONLY | os.O_RDWR)
    return access == os.O_WRONLY or bool(flags & os.O_TRUNC)


def _lies_below(path: str, roots: Iterable[str]) -> bool:
    return any(path.startswith(root + os.sep) for root in roots)


def _system_folders() -> tuple[str, ...]:
    """Return the folders whose files belong to Python or to the system, not to the project."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = [sysconfig.get_path(name) for name in names]
    found += [*site.getsitepackages(), site.getusersitepackages(), "/proc", "/sys", "/dev"]
    return tuple(dict.fromkeys(os.path.abspath(folder) for folder in found))


_SYSTEM_FOLDERS: Final = _system_folders()


def _is_of_the_system(path: str) -> bool:
    return path.endswith((".pyc", ".pyo")) or _lies_below(path, _SYSTEM_FOLDERS)


def forget_modules(roots: Iterable[str], /) -> None:
    """Have the modules that lie below ``roots`` imported anew by the next who asks for them."""
    for name in list(sys.modules):
        if _module_files([name], roots):
            del sys.modules[name]


def _module_files(names: Iterable[str], roots: Iterable[str]) -> list[str]:
    """Return the files of the imported modules ``names`` that lie below ``roots``."""
    files = [getattr(sys.modules.get(name), "__file__", None) for name in names]
    return [
        path
        for path in files
        if isinstance(path, str) and _lies_below(path, roots) and not _is_of_the_system(path)
    ]


def _string_literals(code: str) -> list[str]:
    """Return the strings that stand in ``code``; none where it is not Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    literals = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    quoted = [name for literal in literals for name in re.findall(r"""['"]([^'"]+)['"]""", literal)]
    return [
        name
        for name in dict.fromkeys(literals + quoted)
        if 0 < len(name) < _LONGEST_NAME and "\0" not in name
    ]
