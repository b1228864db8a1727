"""The files that running code reads, from Python's audit events and from the code's text."""

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
    from collections.abc import Iterable

#: Modules that list folders for a call that raises an audit event of its own.
_GLOB_MODULES: Final = frozenset({"glob", "pathlib", "importlib"})


class FileWatch:
    """Records the files that the running code opens, from Python's audit events.

    See `PEP 578 <https://peps.python.org/pep-0578/>`_ and Python's table of audit events.
    An audit hook cannot be removed, so a process makes one watch only. Native code that opens
    files itself (Parquet, DuckDB, Polars) raises no event; :meth:`add_path_literals` and
    :meth:`add_patterns` add what it reads.
    """

    def __init__(self) -> None:
        self._files: dict[str, FileState] = {}
        self._globs: dict[str, tuple[str, ...]] = {}
        self._written: set[str] = set()
        self._roots: tuple[str, ...] = ()
        self._excluded: tuple[str, ...] = ()
        self._literals_by_module: dict[str, PathLiterals] = {}
        self._is_on = False
        # A set of all names would take memory in each forked process.
        self._last_module = next(reversed(sys.modules))
        sys.addaudithook(self._handle_event)

    def start(self, *, roots: Iterable[str], excluding: Iterable[str]) -> None:
        """Start to record.

        :param roots: the folders in which a file that is missing is recorded, too.
        :param excluding: the folders of the build, in which no file is recorded.
        """
        self._files = {}
        self._globs = {}
        self._written = set()
        self._roots = tuple(roots)
        self._excluded = tuple(excluding)
        self._is_on = True

    def stop(self) -> Dependencies:
        """Stop to record, and return what was recorded since :meth:`start`."""
        self._is_on = False
        new_modules = itertools.takewhile(self._last_module.__ne__, reversed(sys.modules))
        for path in _module_files(list(new_modules)):
            self._add_module(path)
        if self._written:
            # A file that the snippet itself has written must not make the page outdated.
            self._files |= {path: file_state(path) for path in self._files.keys() & self._written}
            for pattern, matches in self._globs.items():
                own = self._written.intersection(list_matches(pattern, excluding=self._excluded))
                self._globs[pattern] = tuple(sorted(own.union(matches) - (self._written - own)))
        return Dependencies(files=tuple(self._files.items()), globs=tuple(self._globs.items()))

    def add_path_literals(self, literals: PathLiterals, /, *, directory: str) -> None:
        """Record the files that ``literals`` of code name, which runs in ``directory``."""
        for name in literals.files:
            path = os.path.normpath(Path(directory, name))
            if name in literals.likely_files or os.path.isfile(path):
                self._add_file(path)
        self.add_patterns(literals.patterns, directory=directory)
        for name in literals.modules:
            self._add_module_paths(name)
        for name in literals.folders:
            folder = os.path.normpath(Path(directory, name))
            # No code reads a folder that contains the page as a data set.
            if os.path.isdir(folder) and not is_inside(directory + os.sep, [folder.rstrip(os.sep)]):
                self._add_glob(os.path.join(glob.escape(folder), "**"))

    def add_patterns(self, patterns: Iterable[str], /, *, directory: str) -> None:
        """Record the matches of ``patterns``, which are relative to ``directory``.

        A folder stands for all files in it.
        """
        for pattern in patterns:
            path = os.path.normpath(Path(glob.escape(directory), pattern))
            is_folder = os.path.isdir(os.path.join(directory, pattern))
            self._add_glob(os.path.join(path, "**") if is_folder else path)

    def _handle_event(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event == "open":
            path, _mode, flags = args
            if not isinstance(path, int):
                self._add_opened(_absolute_path(path), flags)
        elif event == "import":
            frame: types.FrameType | None = _calling_frame()
            while frame and _package_of(frame) == "importlib":
                frame = frame.f_back
            if frame is not None and not _is_system_path(frame.f_code.co_filename):
                self._add_module_paths(args[0])
        elif event == "sqlite3.connect":
            self._add_database(args[0])
        elif event in {"os.rename", "os.mkdir"}:
            # A folder that the code itself makes is no dependency, but files in it may be.
            self._written.update(
                _absolute_path(path) for path in args[:2] if not isinstance(path, int)
            )
        elif pattern := _event_pattern(event, args):
            self._add_glob(pattern)

    def _add_opened(self, path: str, flags: int) -> None:
        access = flags & (os.O_WRONLY | os.O_RDWR)
        if access:
            self._written.add(path)
        is_overwritten = access == os.O_WRONLY or flags & os.O_TRUNC
        if not is_overwritten:
            self._add_file(path)

    def _add_database(self, name: Any) -> None:
        path = _absolute_path(name)
        if isinstance(name, str) and name.startswith("file:"):
            path = urllib.parse.unquote(urllib.parse.urlsplit(name).path)
            # Before a drive, an address has a slash more than a path.
            path = _absolute_path(path[1:] if os.path.splitdrive(path[1:])[0] else path)
        if path:
            self._add_opened(path, os.O_RDWR)
            log = path + SQLITE_LOG_SUFFIX
            self._written.add(log)
            self._files.setdefault(log, file_state(log))

    def _add_module(self, path: str) -> None:
        """Record a module of the project, and the files that its text names."""
        self._files.setdefault(path, file_state(path))
        if not is_inside(path, self._roots):
            return
        if path not in self._literals_by_module:
            try:
                code = Path(path).read_text("utf-8")
            except (OSError, ValueError):
                code = ""
            literals = find_path_literals(code, variables={}, filename=path)
            self._literals_by_module[path] = literals
        for directory in (os.path.dirname(path), os.getcwd()):
            self.add_path_literals(self._literals_by_module[path], directory=directory)

    def _add_module_paths(self, module: str) -> None:
        """Record the paths at which Python looks for ``module``, up to that at which it is.

        A file may be added later at one that comes earlier in ``sys.path``.
        """
        name = module.replace(".", os.sep)
        for folder, file in itertools.product(
            sys.path, (os.path.join(name, "__init__.py"), f"{name}.py")
        ):
            path = os.path.abspath(os.path.join(folder, file))
            if is_inside(path, self._roots):
                self._add_file(path)
            if os.path.isfile(path):
                return

    def _add_file(self, path: str) -> None:
        if not path or path in self._files or _is_system_path(path):
            return
        if is_excluded(path, self._excluded):
            return
        state = file_state(path)
        if state is not None or is_inside(path, self._roots):
            self._files[path] = state

    def _add_glob(self, pattern: str) -> None:
        if not pattern or pattern in self._globs or _is_system_path(pattern):
            return
        # Listing the matches raises audit events, too.
        was_on, self._is_on = self._is_on, False
        self._globs[pattern] = list_matches(pattern, excluding=self._excluded)
        for path in self._globs[pattern]:
            if not os.path.isdir(path):
                self._add_file(path)
        self._is_on = was_on


def _absolute_path(path: Any) -> str:
    """Return ``path`` as an absolute string; an empty one if it is no path (a URI, say)."""
    try:
        return os.path.abspath(os.fsdecode(path))
    except (TypeError, ValueError, OSError):
        return ""


def _event_pattern(event: str, args: tuple[Any, ...]) -> str:
    """Return the absolute pattern of the files that ``event`` looks for; else an empty string."""
    match event, args:
        case "glob.glob/2", (pattern, _, root, _):
            return _absolute_pattern(root or "", pattern)
        case "pathlib.Path.glob", (folder, pattern):
            return _absolute_pattern(folder, pattern)
        case "pathlib.Path.rglob", (folder, pattern):
            return _absolute_pattern(folder, os.path.join("**", str(pattern)))
        case "pathlib.Path.walk", (folder, *_):
            return _absolute_pattern(folder, "**")
        case (("os.listdir" | "os.scandir"), (folder,)) if not isinstance(folder, int):
            frame = _calling_frame()
            is_glob = _package_of(frame) in _GLOB_MODULES and frame.f_code.co_name != "iterdir"
            return "" if is_glob else _absolute_pattern(folder or "", "*")
    return ""


def _absolute_pattern(folder: Any, pattern: Any) -> str:
    name = _absolute_path(folder) if os.fspath(folder) else os.getcwd()
    return os.path.normpath(os.path.join(glob.escape(name), os.fsdecode(pattern)))


def _calling_frame() -> types.FrameType:
    """Return the frame of the code that raised the current audit event.

    It is the innermost that is not of this module, so all helpers of the hook belong here.
    """
    frame: types.FrameType | None = sys._getframe()  # noqa: SLF001
    while frame and frame.f_globals is globals():
        frame = frame.f_back
    assert frame is not None
    return frame


def _package_of(frame: types.FrameType) -> str:
    """Return the name of the package whose code runs in ``frame``, without underscores."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0].lstrip("_")


def _list_system_folders() -> tuple[str, ...]:
    """Return the folders whose files belong to Python, the system or this package."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = [sysconfig.get_path(name) for name in names]
    folders += [*site.getsitepackages(), site.getusersitepackages(), "/proc", "/sys", "/dev"]
    folders.append(os.path.dirname(os.path.dirname(__file__)))
    return tuple(dict.fromkeys(os.path.abspath(folder) for folder in folders))


_SYSTEM_FOLDERS: Final = _list_system_folders()


def _is_system_path(path: str) -> bool:
    return path.endswith((".pyc", ".pyo")) or is_inside(path, _SYSTEM_FOLDERS)


def unload_modules(roots: Iterable[str], /) -> None:
    """Remove the modules below ``roots`` from ``sys.modules``: they are imported again."""
    for name in list(sys.modules):
        if any(is_inside(path, roots) for path in _module_files([name])):
            del sys.modules[name]


def _module_files(names: Iterable[str]) -> list[str]:
    """Return the files of the imported modules ``names`` that belong to the project."""
    files = [getattr(sys.modules.get(name), "__file__", None) for name in names]
    return [path for path in files if isinstance(path, str) and not _is_system_path(path)]
