"""Store the states of files that a snippet accessed, and detect whether they have changed."""

from __future__ import annotations

import dataclasses
import glob
import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A file's size in bytes, its mtime and ctime in nanoseconds, and its inode number; ``None`` if
#: there is no file. Programs that copy or unpack files set the mtime to any value; the ctime
#: cannot be set, and changes with the permissions, too.
FileState = tuple[int, int, int, int] | None

#: Folders of version control systems, which change even if one only asks for the status.
_VERSIONS: Final = frozenset({".git", ".hg", ".svn"})

#: The suffix of SQLite's write-ahead log. An empty one, which appears and disappears with
#: connections, counts as missing.
SQLITE_LOG_SUFFIX: Final = "-wal"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Absolute paths with the state each was in, and absolute glob patterns with their matches."""

    files: tuple[tuple[str, FileState], ...] = ()
    globs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def at(cls, paths: Iterable[str], /) -> Dependencies:
        """Return the current states of those of ``paths`` that exist."""
        states = {path: file_state(path) for path in paths}
        return cls(files=tuple(item for item in states.items() if item[1] is not None))

    def merged(self, later: Dependencies, /) -> Dependencies:
        """Return both; for what is in both, with the earlier state."""
        return Dependencies(
            files=tuple((dict(later.files) | dict(self.files)).items()),
            globs=tuple((dict(later.globs) | dict(self.globs)).items()),
        )

    def have_changed(self, *, excluding: Iterable[str]) -> bool:
        """Return whether a file or a glob's matches, without those in ``excluding``, changed."""
        return any(file_state(path) != state for path, state in self.files) or any(
            list_matches(pattern, excluding=excluding) != matches for pattern, matches in self.globs
        )


NO_DEPENDENCIES: Final = Dependencies()


def file_state(path: str, /) -> FileState:
    """Return the state of the file at ``path``; for a link, that of its target."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(status.st_mode) or (path.endswith(SQLITE_LOG_SUFFIX) and not status.st_size):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def list_matches(pattern: str, /, *, excluding: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that an absolute pattern matches, sorted; ``**`` is recursive.

    :param excluding: folders that are left out with their contents, as are those of version
        control systems.
    """
    matches = glob.glob(pattern, recursive=True, include_hidden=True)
    return tuple(sorted(path for path in matches if not is_excluded(path, excluding)))


def is_excluded(path: str, folders: Iterable[str], /) -> bool:
    """Return whether ``path`` is, or is inside, one of ``folders`` or of version control."""
    return is_inside(path + os.sep, folders) or not _VERSIONS.isdisjoint(path.split(os.sep))


def is_inside(path: str, folders: Iterable[str], /) -> bool:
    """Return whether ``path`` is inside one of ``folders``, at any depth."""
    # On Windows, the same path may be written with other cases and slashes.
    path = os.path.normcase(path)
    return any(path.startswith(os.path.normcase(folder + os.sep)) for folder in folders)
