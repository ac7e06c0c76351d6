"""One process per store: two writers would each repair what the other has just begun.

The lock itself is the operating system's, so it falls with the process that held it, however that
ended. The file also says who holds it (process id and that process's start time), for the message and
for file systems that know no locks: there a lock is stale only if that very process is gone. A process
that ended in order empties the file; one that didn't leaves its line behind, which tells the next start
to look after the remains.

Errors:  StoreBusy.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import Final

from workstation.store.errors import StoreBusy

_NO_LOCKS_HERE: Final = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS})
NAME: Final = "lock"
_LINE_BYTES: Final = 128
_MARK_OFFSET: Final = 1 << 30  # Windows locks a byte so that nobody can read it: one beyond the text


class StoreLock:
    """Held from the moment it is made until ``release``; it knows how its last holder ended."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            self.was_left_behind = self._take(path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Empty the file and let go; a second call does nothing."""
        if self._descriptor < 0:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._descriptor = -1

    def _take(self, path: Path) -> bool:
        holder = _lock_or_refuse(self._descriptor, path)
        self._write_line()
        return bool(holder)

    def _write_line(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, f"{os.getpid()} {_started(os.getpid())}\n".encode())


def require_free(folder: Path) -> None:
    """Raise StoreBusy if the store in a folder is open somewhere; leaves no trace in the lock's file."""
    path = folder / NAME
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return  # never opened; whatever else is wrong, opening it tells
    try:
        _lock_or_refuse(descriptor, path)
    finally:
        os.close(descriptor)


def _lock_or_refuse(descriptor: int, path: Path) -> bytes:
    """Lock the file, and return what its last holder left in it; StoreBusy if that one still has it."""
    holder = os.read(descriptor, _LINE_BYTES)
    locked = _lock(descriptor)
    if locked is False or (locked is None and _runs(holder)):
        raise StoreBusy(
            "This store is open in another program",
            where=str(path.parent),
            remedy=f"Close that one first{_process_of(holder)}.",
        )
    return holder


def _lock(descriptor: int) -> bool | None:
    """Return whether the lock was got, or None where the file system has no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _MARK_OFFSET, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return None if error.errno in _NO_LOCKS_HERE else False
    return True


def _runs(holder: bytes) -> bool:
    """Say whether the very process that wrote the line is still there."""
    fields = holder.split()
    if len(fields) != 2 or not fields[0].isdigit():
        return False
    process = int(fields[0])
    return _exists(process) and fields[1].decode(errors="replace") == _started(process)


def _exists(process: int) -> bool:
    if sys.platform == "win32":  # there a signal of 0 is no question but a Ctrl-C; and locks always work
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _started(process: int) -> str:
    """Return when a process began, in the system's own count: a process id alone is used again."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "unknown"
    return text.rpartition(")")[2].split()[19]  # field 22 of proc(5), counted after the name


def _process_of(holder: bytes) -> str:
    fields = holder.split()
    return f" (process {int(fields[0])})" if fields and fields[0].isdigit() else ""
