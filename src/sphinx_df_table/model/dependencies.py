"""The states that files were in when a snippet looked at them, and whether they still are."""

from __future__ import annotations

import dataclasses
import glob
import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A file's size in bytes, its time of change in nanoseconds, that of any change to it or what is
#: said of it, and its number on its disk; ``None`` where there is no file. The first time can be
#: set at will, as programs do that copy or unpack; the other one cannot, and tells of
#: permissions, too.
FileState = tuple[int, int, int, int] | None

#: Folders of version control systems, in which every look at the state of things leaves traces.
_VERSIONS: Final = frozenset({".git", ".hg", ".svn"})

#: What SQLite adds to a database's name for changes that are not yet in it. An empty one, which
#: comes and goes with connections, is as good as none.
SQLITE_LOG_SUFFIX: Final = "-wal"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Absolute paths with the state each was in, and absolute glob patterns with their matches."""

    files: tuple[tuple[str, FileState], ...] = ()
    globs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def at(cls, paths: Iterable[str], /) -> Dependencies:
        """Return a look at each of ``paths`` that is there, now."""
        states = {path: file_state(path) for path in paths}
        return cls(files=tuple(item for item in states.items() if item[1] is not None))

    def merged(self, later: Dependencies, /) -> Dependencies:
        """Return both; of what is in both, the state in which it was seen first."""
        return Dependencies(
            files=tuple((dict(later.files) | dict(self.files)).items()),
            globs=tuple((dict(later.globs) | dict(self.globs)).items()),
        )

    def have_changed(self, *, excluding: Iterable[str]) -> bool:
        """Tell whether anything looked at, but below ``excluding``, is now in another state."""
        return any(file_state(path) != state for path, state in self.files) or any(
            list_matches(pattern, excluding=excluding) != matches for pattern, matches in self.globs
        )


NO_DEPENDENCIES: Final = Dependencies()


def file_state(path: str, /) -> FileState:
    """Return the state of the file at ``path``; of a link, that of the file it leads to."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode) or (path.endswith(SQLITE_LOG_SUFFIX) and not found.st_size):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def list_matches(pattern: str, /, *, excluding: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that an absolute pattern matches, in a fixed order; ``**`` goes deep.

    :param excluding: folders, which do not count, nor what lies in them. What a version control
        system keeps does not count either.
    """
    matches = glob.glob(pattern, recursive=True, include_hidden=True)
    return tuple(sorted(path for path in matches if not is_excluded(path, excluding)))


def is_excluded(path: str, folders: Iterable[str], /) -> bool:
    """Tell whether ``path`` is, or lies in, one of ``folders`` or what version control keeps."""
    return is_inside(path + os.sep, folders) or not _VERSIONS.isdisjoint(path.split(os.sep))


def is_inside(path: str, folders: Iterable[str], /) -> bool:
    """Tell whether ``path`` lies in one of ``folders``, however deep."""
    return any(path.startswith(folder + os.sep) for folder in folders)
