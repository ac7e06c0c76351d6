"""A store as an earlier version of the program left it: what later steps of the schemas made is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workstation.security import derive
from workstation.security.ciphers import Key
from workstation.store import schemas
from workstation.store.database import IN_MEMORY, Database, migrate, plain
from workstation.store.disk import CACHE, Disk
from workstation.store.work import WorkFiles


def set_back(folder: Path, kek: Key, disk: Disk, version: int) -> None:
    """Set both databases of a closed store and its journal back to a version."""
    files = WorkFiles(folder, kek, disk)
    work = files.open_database()
    _set_back(work, schemas.WORK, version)
    files.write_journal(work).close()
    work.close()
    key = derive(kek, b"lumen/cache.db/v1")
    cache = Database(folder / CACHE, key, ("PRAGMA journal_mode = WAL",), disk.connect)
    _set_back(cache, schemas.CACHE, version)
    cache.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    cache.close()


def _set_back(database: Database, steps: Sequence[Sequence[str]], version: int) -> None:
    older = Database(IN_MEMORY, bytes(32), ())
    migrate(older, steps, to=version)
    with database.transaction():
        for kind in ("index", "table"):
            for name in _names(database, kind) - _names(older, kind):
                database.rows(f"DROP {kind} {plain(name)}")
        database.rows(f"PRAGMA user_version = {version}")
    older.close()


def _names(database: Database, kind: str) -> set[str]:
    found = database.rows("SELECT name FROM sqlite_master WHERE type = ? AND sql IS NOT NULL", kind)
    return {str(name) for (name,) in found}
