"""``cache.db``: what the blobs hold, so that a list or a study opens without touching them.

Class B: it may lag behind after a crash, or be lost and built again from the blobs, but a row never says
what isn't so. Every doubt goes the safe way: an instance of which it isn't known that an archive has it
counts as work, a file without a row is examined again, a row without a file is dropped.

One connection writes, each reading thread has its own (WAL: readers and the writer don't wait for each
other).

``clean`` is a file beside the database with the token that the database was last closed with; it goes when
the store is opened. If it fits, nothing was written since, and a start need not look into every folder.

Errors:  DiskFull, DiskFailed, StoreDamaged. A damaged page that shows while the program runs means
         that the index isn't closed in order, and the next start reads it through.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from workstation.dicom import record_json
from workstation.security import derive
from workstation.security.ciphers import Key
from workstation.store import disk as place
from workstation.store import schemas
from workstation.store.database import Database, Row, Value, migrate
from workstation.store.disk import Disk, remove_database
from workstation.store.errors import StoreDamaged
from workstation.store.files import read_file, translated, write_file

_PRAGMAS: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL")
_TOKEN_BYTES: Final = 16
_CHECKED_WHOLE: Final = 32 << 20  # bytes: a smaller index is read through at every start, in a quarter second


class Index:
    """The open index: one writer, a reading connection for each thread."""

    def __init__(self, folder: Path, kek: Key, disk: Disk) -> None:
        self._path = folder / place.CACHE
        self._clean_path = folder / place.CLEAN
        self._key = derive(kek, b"lumen/cache.db/v1")
        self._disk = disk
        self._own = threading.local()
        self._readers: list[Database] = []
        self._lock = threading.RLock()
        self._is_doubted = False
        self._writer = self._connect()
        try:
            migrate(self._writer, schemas.CACHE)
            self._writer.rows("INSERT OR IGNORE INTO meta VALUES ('records', ?)", record_json.VERSION)
        except BaseException:
            self._writer.close()
            raise

    def rows(self, sql: str, *parameters: Value) -> list[Row]:
        """Return all rows of a query, from this thread's own connection."""
        with self._doubting():
            return self.reader().rows(sql, *parameters)

    def row(self, sql: str, *parameters: Value) -> Row | None:
        """Return the first row of a query, if there is one."""
        with self._doubting():
            return self.reader().row(sql, *parameters)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Database]:
        """Give the writing connection, inside a transaction."""
        with self._lock, self._doubting(), self._writer.transaction():
            yield self._writer

    @contextlib.contextmanager
    def writing_durably(self) -> Iterator[Database]:
        """Give the writing connection, inside a transaction that survives a power cut."""
        with self._lock, self._doubting():
            self._writer.rows("PRAGMA synchronous = EXTRA")
            try:
                with self._writer.transaction():
                    yield self._writer
            finally:
                self._writer.rows("PRAGMA synchronous = NORMAL")

    def forget_old_pages(self) -> None:
        """Empty the log: what was deleted stands in it no more."""
        with self._lock, self._doubting():
            self._writer.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def doubt(self) -> None:
        """Have the next start read everything."""
        self._is_doubted = True

    def is_sound(self) -> bool:
        """Read every page."""
        return self._writer.is_sound()

    def knows_its_records(self) -> bool:
        """Say whether the records were written in the form that this version reads."""
        found = self._writer.number("SELECT value FROM meta WHERE name = 'records'")
        return found == record_json.VERSION

    def was_closed_in_order(self) -> bool:
        """Say whether nothing was written since this index was last closed; ask before ``begin``."""
        token = self._writer.row("SELECT value FROM meta WHERE name = 'clean'")
        if token is None or not token[0]:
            return False
        try:
            return read_file(self._disk.files, self._clean_path, _TOKEN_BYTES + 1) == bytes(token[0])
        except OSError:
            return False

    def begin(self) -> None:
        """From now on things are written: a start after a crash must look into every folder."""
        with translated(str(self._clean_path)):
            self._disk.files.remove(self._clean_path)
            self._disk.files.sync_folder(self._clean_path.parent)

    def close(self, *, in_order: bool) -> None:
        """Close every connection; ``in_order`` if index and blobs agree."""
        with self._lock:
            try:
                if in_order and not self._is_doubted:
                    self._sign_off()
            finally:
                for reader in (*self._readers, self._writer):
                    reader.close()

    def _sign_off(self) -> None:
        token = secrets.token_bytes(_TOKEN_BYTES)
        with self.writing_durably() as database:
            database.rows("INSERT OR REPLACE INTO meta VALUES ('clean', ?)", token)
        self.forget_old_pages()
        with translated(str(self._clean_path)):
            write_file(self._disk.files, self._clean_path, [token])
            self._disk.files.sync_folder(self._clean_path.parent)

    def reader(self) -> Database:
        """Return this thread's own connection."""
        if not hasattr(self._own, "reader"):
            reader = self._connect("PRAGMA query_only = ON")
            self._own.reader = reader
            with self._lock:
                self._readers.append(reader)
        found: Database = self._own.reader
        return found

    def _connect(self, *more: str) -> Database:
        return Database(self._path, self._key, (*_PRAGMAS, *more), self._disk.connect)

    @contextlib.contextmanager
    def _doubting(self) -> Iterator[None]:
        try:
            yield
        except StoreDamaged:
            self._is_doubted = True
            raise


def open_index(folder: Path, kek: Key, disk: Disk, say: Callable[[str], None]) -> tuple[Index, bool]:
    """Open the index, an empty one if it is of no use; say whether it may be trusted as it is."""
    path = folder / place.CACHE
    if disk.files.exists(path):
        index = _usable(folder, kek, disk)
        if index:
            return index, index.was_closed_in_order()
        say("The index of the images was damaged or another version's; it is built again from them.")
    remove_database(disk.files, path)
    return Index(folder, kek, disk), False


def _usable(folder: Path, kek: Key, disk: Disk) -> Index | None:
    try:
        index = Index(folder, kek, disk)
    except StoreDamaged:
        return None
    with contextlib.suppress(StoreDamaged):
        is_small = _size(disk, folder / place.CACHE) <= _CHECKED_WHOLE
        must_check = is_small or not index.was_closed_in_order()
        if index.knows_its_records() and (not must_check or index.is_sound()):
            return index
    index.close(in_order=False)
    return None


def _size(disk: Disk, path: Path) -> int:
    with translated(str(path)), disk.files.open(path) as handle:
        return handle.size()
