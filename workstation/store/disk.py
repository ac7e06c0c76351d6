"""What the store stands on: files, databases, and the names of its parts in its folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from workstation.store.database import Connect, connect
from workstation.store.files import DiskFiles, Files, translated
from workstation.store.lock import NAME, StoreLock

LOCKED: Final = NAME
WORK: Final = "work.db"
JOURNAL: Final = "work.journal"
CACHE: Final = "cache.db"
BLOBS: Final = "blobs"
RESERVE: Final = "reserve"
CLEAN: Final = "clean"
DAMAGED: Final = "damaged"

# What SQLite keeps beside a database; a remnant of an old one must never meet a new one.
BESIDE_A_DATABASE: Final = ("-journal", "-wal", "-shm")


class Lock(Protocol):
    """Something that keeps other processes out until it is released."""

    was_left_behind: bool  # whoever held it last did not release it

    def release(self) -> None:
        """Let them in."""
        ...


@dataclass(frozen=True, slots=True)
class Disk:
    """How files are written, databases opened and the lock held; a test hands in a disk that fails."""

    files: Files = field(default_factory=DiskFiles)
    connect: Connect = connect
    lock: Callable[[Path], Lock] = StoreLock


def set_aside(files: Files, root: Path, path: Path) -> Path | None:
    """Move a file that doesn't verify out of the way, never over another one; None if there is none.

    Somebody with better tools, or a backup of the other half, may still want it.
    """
    if not files.exists(path):
        return None
    folder = root / DAMAGED
    with translated(str(path)):
        files.make_folder(folder)
        taken = set(files.names(folder))
        number = next(n for n in range(1, len(taken) + 2) if f"{path.name}.{n}" not in taken)
        files.rename(path, folder / f"{path.name}.{number}")
        for changed in (root, folder, path.parent):
            files.sync_folder(changed)
    return folder / f"{path.name}.{number}"


def remove_database(files: Files, path: Path) -> None:
    """Remove a database and everything that SQLite keeps beside it."""
    with translated(str(path)):
        for end in BESIDE_A_DATABASE:
            files.remove(path.with_name(path.name + end))
        files.remove(path)
        with contextlib.suppress(FileNotFoundError):
            files.sync_folder(path.parent)
