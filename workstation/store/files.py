"""The few things that the store does with files, in one place: so that a test can make each of them fail.

Everything that the store itself writes goes through ``Files`` (SQLite writes its own). A test hands in
a disk that is full, that refuses, or that forgets at a power cut what was not synced.

Units:   bytes.
Errors:  OSError as the system gives it; ``translated`` turns it into DiskFull or DiskFailed.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final, Protocol, Self, TypeAlias

from workstation.store.errors import DiskFailed, DiskFull

Bytes: TypeAlias = bytes | bytearray | memoryview

TEMPORARY: Final = ".tmp"  # the end of a name that never outlives a start

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ZEROS: Final = bytes(1 << 20)


class Handle(Protocol):
    """An open file: read anywhere, written only at its end."""

    def append(self, data: Bytes) -> None:
        """Write all of it at the end."""
        ...

    def read_into(self, offset: int, out: memoryview) -> int:
        """Fill the buffer from an offset on; fewer bytes than asked mean that the file ends there."""
        ...

    def size(self) -> int:
        """Return how long the file is."""
        ...

    def truncate(self, size: int) -> None:
        """Cut the file; what is appended next stands there."""
        ...

    def sync(self) -> None:
        """Return when everything written survives a power cut."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...


class Files(Protocol):
    """What a disk can do for the store."""

    def create(self, path: Path) -> Handle:
        """Make a new file, for this user alone; one that exists is an error."""
        ...

    def open(self, path: Path, *, write: bool = False) -> Handle:
        """Open a file that exists."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its name, in place of whatever had it."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        ...

    def make_folder(self, path: Path) -> bool:
        """Make a folder, if it isn't there; say whether it was made."""
        ...

    def remove_folder(self, path: Path) -> None:
        """Remove a folder if it is there and empty."""
        ...

    def sync_folder(self, path: Path) -> None:
        """Return when the names in a folder survive a power cut."""
        ...

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder; none if there is no folder."""
        ...

    def exists(self, path: Path) -> bool:
        """Say whether there is something of this name."""
        ...

    def allocate(self, path: Path, size: int) -> None:
        """Make a new file that really takes up this much room."""
        ...

    def free(self, folder: Path) -> int:
        """Return how much room the disk has."""
        ...


class DiskHandle:
    """A file of the operating system, unbuffered."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw

    def append(self, data: Bytes) -> None:
        """Write all of it at the end."""
        rest = memoryview(data)
        self._raw.seek(0, os.SEEK_END)
        while rest:
            rest = rest[self._raw.write(rest) :]

    def read_into(self, offset: int, out: memoryview) -> int:
        """Fill the buffer from an offset on; fewer bytes than asked mean that the file ends there."""
        self._raw.seek(offset)
        done = 0
        while done < len(out) and (got := self._raw.readinto(out[done:])):
            done += got
        return done

    def size(self) -> int:
        """Return how long the file is."""
        return os.fstat(self._raw.fileno()).st_size

    def truncate(self, size: int) -> None:
        """Cut the file; what is appended next stands there."""
        self._raw.truncate(size)

    def sync(self) -> None:
        """Return when everything written survives a power cut."""
        if sys.platform == "linux":
            os.fdatasync(self._raw.fileno())
        elif sys.platform == "darwin":  # fsync there stops at the drive's own cache
            import fcntl

            fcntl.fcntl(self._raw.fileno(), fcntl.F_FULLFSYNC)
        else:
            os.fsync(self._raw.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class DiskFiles:
    """The files of the operating system."""

    # Threads that make files in one folder wait for it in the kernel, some of them spinning: one by one
    # costs a twentieth of the processor's time.
    _creating: ClassVar = threading.Lock()

    def create(self, path: Path) -> Handle:
        """Make a new file, for this user alone; one that exists is an error."""
        with self._creating:
            return DiskHandle(io.FileIO(path, "x+", opener=_private))

    def open(self, path: Path, *, write: bool = False) -> Handle:
        """Open a file that exists."""
        return DiskHandle(io.FileIO(path, "r+" if write else "r"))

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its name, in place of whatever had it."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> bool:
        """Make a folder, if it isn't there; say whether it was made."""
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            return False
        return True

    def remove_folder(self, path: Path) -> None:
        """Remove a folder if it is there and empty."""
        with contextlib.suppress(FileNotFoundError):
            path.rmdir()

    def sync_folder(self, path: Path) -> None:
        """Return when the names in a folder survive a power cut."""
        if sys.platform == "win32":
            return  # NTFS journals its names; a folder can't be opened to be flushed
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder; none if there is no folder."""
        try:
            return [entry.name for entry in os.scandir(folder)]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def exists(self, path: Path) -> bool:
        """Say whether there is something of this name."""
        return path.exists()

    def allocate(self, path: Path, size: int) -> None:
        """Make a new file that really takes up this much room."""
        with io.FileIO(path, "x", opener=_private) as raw:
            if sys.platform == "linux":
                os.posix_fallocate(raw.fileno(), 0, size)
            else:
                for start in range(0, size, len(_ZEROS)):
                    raw.write(_ZEROS[: size - start])

    def free(self, folder: Path) -> int:
        """Return how much room the disk has."""
        return shutil.disk_usage(folder).free


def write_file(files: Files, path: Path, parts: Iterable[Bytes]) -> None:
    """Write a file that is, after a power cut, either all there or not there at all.

    The folder is left for the caller to sync: many files of one folder need it once.
    """
    temporary = write_temporary(files, path, parts)
    try:
        files.rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            files.remove(temporary)
        raise


def write_temporary(files: Files, path: Path, parts: Iterable[Bytes]) -> Path:
    """Write and sync a file under its temporary name; nothing is left of one that failed.

    A sync that failed is not tried again on the same file: the system may have marked its pages clean.
    """
    temporary = temporary_of(path)
    try:
        with _created(files, temporary) as handle:
            for part in parts:
                handle.append(part)
            handle.sync()
    except OSError:
        with contextlib.suppress(OSError):
            files.remove(temporary)
        raise
    return temporary


def _created(files: Files, temporary: Path) -> Handle:
    """Make the file; one that an earlier end has left goes first."""
    try:
        return files.create(temporary)
    except FileExistsError:
        files.remove(temporary)
        return files.create(temporary)


def read_file(files: Files, path: Path, limit: int) -> bytes:
    """Return a small file whole; one that is longer than it can be is cut off at the limit."""
    with files.open(path) as handle:
        buffer = bytearray(min(handle.size(), limit))
        return bytes(buffer[: handle.read_into(0, memoryview(buffer))])


def temporary_of(path: Path) -> Path:
    """Return the name that a file has until it is whole."""
    return path.with_name(path.name + TEMPORARY)


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what the system says about a file into what a person can act on."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, where) from error


def disk_error(error: OSError, where: str) -> DiskFull | DiskFailed:
    """Return the calm form of a system's error."""
    if error.errno in _NO_ROOM:
        return DiskFull("The disk is full", where=where, remedy="Free some space; nothing stored was lost.")
    reason = error.strerror or "no reason given"
    return DiskFailed(f"The disk refused: {reason}", where=where, remedy="Check the disk, then start again.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
