"""Which files the running code looks at: what Python tells of them, and what the code mentions."""

from __future__ import annotations

import glob
import itertools
import os
import site
import sys
import sysconfig
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx_df_table.model.dependencies import (
    SQLITE_LOG_SUFFIX,
    Dependencies,
    FileState,
    file_state,
    is_excluded,
    is_inside,
    list_matches,
)
from sphinx_df_table.worker.path_literals import PathLiterals, find_path_literals

if TYPE_CHECKING:
    import types
    from collections.abc import Iterable, Iterator

#: Modules that list folders for what they report themselves.
_LISTERS: Final = frozenset({"glob", "pathlib", "importlib"})


class FileWatch:
    """Notes the files that the running code opens, from Python's audit events.

    See `PEP 578 <https://peps.python.org/pep-0578/>`_ and Python's table of audit events.
    An audit hook stays for the life of its process, so this is made once a process.
    Native code that opens files itself (Parquet, DuckDB, Polars) raises no event;
    :meth:`note_mentions` and :meth:`note_patterns` are for what it reads.
    """

    def __init__(self) -> None:
        self._files: dict[str, FileState] = {}
        self._globs: dict[str, tuple[str, ...]] = {}
        self._written: set[str] = set()
        self._roots: tuple[str, ...] = ()
        self._excluded: tuple[str, ...] = ()
        self._modules: dict[str, PathLiterals] = {}
        self._is_on = False
        # Of a process just forked, looking at every name would copy the memory of all.
        self._last_module = next(reversed(sys.modules))
        sys.addaudithook(self._on_event)

    def start(self, *, roots: Iterable[str], excluding: Iterable[str]) -> None:
        """Begin to take notes.

        :param roots: the folders below which files count that are missing.
        :param excluding: the folders of the build, of which nothing counts.
        """
        self._files = {}
        self._globs = {}
        self._written = set()
        self._roots = tuple(roots)
        self._excluded = tuple(excluding)
        self._is_on = True

    def stop(self) -> Dependencies:
        """Stop taking notes and return them."""
        self._is_on = False
        later = itertools.takewhile(self._last_module.__ne__, reversed(sys.modules))
        for path in _module_files(list(later)):
            self._note_module(path)
        if self._written:
            self._note_own_writing()
        return Dependencies(files=tuple(self._files.items()), globs=tuple(self._globs.items()))

    def _note_own_writing(self) -> None:
        """Have what a snippet itself has written not call for the page again."""
        self._files |= {path: file_state(path) for path in self._files.keys() & self._written}
        for pattern, matches in self._globs.items():
            own = self._written.intersection(list_matches(pattern, excluding=self._excluded))
            self._globs[pattern] = tuple(sorted(own.union(matches) - (self._written - own)))

    def note_mentions(self, mentions: PathLiterals, /, *, directory: str) -> None:
        """Note what ``mentions`` of code that runs in ``directory`` lead to."""
        for name in mentions.files:
            path = os.path.normpath(Path(directory, name))
            if name in mentions.wanted or os.path.isfile(path):
                self._note_file(path)
        self.note_patterns(mentions.patterns, directory=directory)
        for name in mentions.modules:
            self._note_places(name)
        for name in mentions.folders:
            folder = os.path.normpath(Path(directory, name))
            # A folder around the page is read by nobody for its data.
            if os.path.isdir(folder) and not is_inside(directory + os.sep, [folder.rstrip("/")]):
                self._note_glob(os.path.join(glob.escape(folder), "**"))

    def note_patterns(self, patterns: Iterable[str], /, *, directory: str) -> None:
        """Note what ``patterns``, relative to ``directory``, match, and each file matched.

        A folder stands for all that is in it.
        """
        for pattern in patterns:
            path = os.path.normpath(Path(glob.escape(directory), pattern))
            is_folder = os.path.isdir(os.path.join(directory, pattern))
            self._note_glob(os.path.join(path, "**") if is_folder else path)

    def _on_event(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event == "open":
            path, _mode, flags = args
            if not isinstance(path, int):
                self._note_opened(_absolute(path), flags)
        elif event == "import":
            self._note_import(args[0], _running_code())
        elif event == "sqlite3.connect":
            self._note_database(args[0])
        elif event in {"os.rename", "os.mkdir"}:
            # What is made or moved here is the code's own; of a folder, what is in it is seen.
            self._written.update(_absolute(path) for path in args[:2] if not isinstance(path, int))
        elif pattern := _pattern_of(event, args):
            self._note_glob(pattern)

    def _note_database(self, name: Any) -> None:
        path = _absolute(name)
        if isinstance(name, str) and name.startswith("file:"):
            path = _absolute(urllib.parse.unquote(urllib.parse.urlsplit(name).path))
        if path:
            self._note_opened(path, os.O_RDWR)
            self._written.add(path + SQLITE_LOG_SUFFIX)
            self._files.setdefault(path + SQLITE_LOG_SUFFIX, file_state(path + SQLITE_LOG_SUFFIX))

    def _note_import(self, name: str, frame: types.FrameType | None) -> None:
        """Note where Python looks for a module that code of the project imports.

        It may come to be there, also in front of the one that is found.
        """
        while frame and _module_of(frame) == "importlib":
            frame = frame.f_back
        if frame is not None and not _is_of_the_system(frame.f_code.co_filename):
            self._note_places(name)

    def _note_places(self, name: str) -> None:
        for path in _places_of(name):
            if is_inside(path, self._roots):
                self._note_file(path)
            if os.path.isfile(path):
                return

    def _note_module(self, path: str) -> None:
        """Note a module of the project, and what it mentions."""
        self._files.setdefault(path, file_state(path))
        if not is_inside(path, self._roots):
            return
        if path not in self._modules:
            self._modules[path] = _mentions_of_module(path)
        for directory in (os.path.dirname(path), os.getcwd()):
            self.note_mentions(self._modules[path], directory=directory)

    def _note_opened(self, path: str, flags: int) -> None:
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._written.add(path)
        if not _only_writes(flags):
            self._note_file(path)

    def _note_file(self, path: str) -> None:
        if not path or path in self._files or _is_of_the_system(path):
            return
        if is_excluded(path, self._excluded):
            return
        state = file_state(path)
        if state is None and not is_inside(path, self._roots):
            return
        self._files[path] = state

    def _note_glob(self, pattern: str) -> None:
        if not pattern or pattern in self._globs or _is_of_the_system(pattern):
            return
        # Globbing raises the very events that lead here.
        was_on, self._is_on = self._is_on, False
        self._globs[pattern] = list_matches(pattern, excluding=self._excluded)
        for path in self._globs[pattern]:
            if not os.path.isdir(path):
                self._note_file(path)
        self._is_on = was_on


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


def _system_folders() -> tuple[str, ...]:
    """Return the folders whose files belong to Python or to the system, not to the project."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = [sysconfig.get_path(name) for name in names]
    found += [*site.getsitepackages(), site.getusersitepackages(), "/proc", "/sys", "/dev"]
    # Ours, wherever it is installed.
    # The package itself, two folders up.
    found.append(os.path.dirname(os.path.dirname(__file__)))
    return tuple(dict.fromkeys(os.path.abspath(folder) for folder in found))


_SYSTEM_FOLDERS: Final = _system_folders()


def _is_of_the_system(path: str) -> bool:
    return path.endswith((".pyc", ".pyo")) or is_inside(path, _SYSTEM_FOLDERS)


def forget_modules(roots: Iterable[str], /) -> None:
    """Have the modules that lie below ``roots`` imported anew by the next who asks for them."""
    for name in list(sys.modules):
        if any(is_inside(path, roots) for path in _module_files([name])):
            del sys.modules[name]


def _module_files(names: Iterable[str]) -> list[str]:
    """Return the files of the imported modules ``names`` that are not the system's."""
    files = [getattr(sys.modules.get(name), "__file__", None) for name in names]
    return [path for path in files if isinstance(path, str) and not _is_of_the_system(path)]


def _places_of(module: str) -> Iterator[str]:
    """Give the files in which Python looks for the source of ``module``, the first one first."""
    name = module.replace(".", os.sep)
    for folder in sys.path:
        yield os.path.abspath(os.path.join(folder, name, "__init__.py"))
        yield os.path.abspath(os.path.join(folder, name + ".py"))


def _mentions_of_module(path: str) -> PathLiterals:
    try:
        code = Path(path).read_text("utf-8")
    except (OSError, ValueError):
        return PathLiterals()
    return find_path_literals(code, variables={}, filename=path)


def _pattern_of(event: str, args: tuple[Any, ...]) -> str:
    """Return the absolute pattern of what is looked for in folders, if ``event`` says so."""
    match event, args:
        case "glob.glob/2", (pattern, _, root, _):
            return _below(root or "", pattern)
        case "pathlib.Path.glob", (folder, pattern):
            return _below(folder, pattern)
        case "pathlib.Path.rglob", (folder, pattern):
            return _below(folder, os.path.join("**", str(pattern)))
        case "pathlib.Path.walk", (folder, *_):
            return _below(folder, "**")
        case (("os.listdir" | "os.scandir"), (folder,)):
            is_open = isinstance(folder, int)
            return "" if is_open or _is_lister(_running_code()) else _below(folder or "", "*")
    return ""


def _running_code() -> types.FrameType:
    """Return the frame of the code that has raised the event at hand."""
    frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
    while frame and frame.f_globals is globals():
        frame = frame.f_back
    assert frame is not None
    return frame


def _module_of(frame: types.FrameType) -> str:
    """Return the first part of the name of the module whose code runs in ``frame``."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0].lstrip("_")


def _is_lister(frame: types.FrameType) -> bool:
    """Tell whether a folder is listed on behalf of something that is noted as such."""
    return _module_of(frame) in _LISTERS and frame.f_code.co_name != "iterdir"
