"""What cannot be fetched again: each transaction goes to the journal first, then to ``work.db``.

A write is acknowledged when both have it. If the database can't take what the journal has, the journal
gives it back, so the two never drift apart; if even that fails, nothing more is taken until the store is
opened again, where the one behind is repaired from the other (``work_repair``).

A rollback journal and ``synchronous = EXTRA``, not WAL: one flipped bit in a WAL silently drops every later
commit (192 of 200 trials).

Errors:  DiskFull (after the reserve was given up), DiskFailed, StoreReadOnly.
Source:  facts/security-and-reliability.md 1.2, 1.5; SQLite: PRAGMA synchronous.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.errors import LumenError
from workstation.security import WrongKey, derive
from workstation.security.ciphers import Key
from workstation.store import disk as place
from workstation.store import schemas
from workstation.store.changes import Change, Put, apply
from workstation.store.database import Database, Row, Value
from workstation.store.disk import Disk, set_aside
from workstation.store.errors import DiskFailed, DiskFull, StoreDamaged, StoreReadOnly, StoreTooNew
from workstation.store.journal import Journal, Snapshot, journal_key, open_journal, write_journal
from workstation.store.work_check import Halves, columns_of, compare, tables_of

PRAGMAS: Final = ("PRAGMA journal_mode = DELETE", "PRAGMA synchronous = EXTRA")

_NEXT_ROWS: Final = "SELECT rowid, * FROM {} WHERE rowid > ? ORDER BY rowid LIMIT ?"
_BEFORE_ALL: Final = -(1 << 63)  # rowids are signed, 64 bits
_ROWS_AT_ONCE: Final = 64  # some carry the bytes of an artefact


@dataclass(frozen=True, slots=True)
class WorkFiles:
    """Where the two halves lie and what opens them."""

    folder: Path
    kek: Key
    disk: Disk
    may_start_anew: bool = False  # if both are lost: a person has said that they are not coming back

    @property
    def database_path(self) -> Path:
        """Return where the database lies."""
        return self.folder / place.WORK

    @property
    def journal_path(self) -> Path:
        """Return where the journal lies."""
        return self.folder / place.JOURNAL

    @property
    def journal_key(self) -> bytes:
        """Return the journal's key."""
        return journal_key(self.kek)

    def open_database(self, path: Path | None = None) -> Database:
        """Open the database; a new one is empty."""
        key = derive(self.kek, b"lumen/work.db/v1")
        return Database(path or self.database_path, key, PRAGMAS, self.disk.connect)

    def write_journal(self, database: Database, replacing: Journal | None = None) -> Journal:
        """Write the journal anew from what the database holds."""
        return write_journal(
            self.disk.files, self.journal_path, self.journal_key, snapshot_of(database), replacing
        )


class Work:
    """The open work record: reads from anywhere, one writer at a time."""

    def __init__(self, files: WorkFiles, database: Database, journal: Journal) -> None:
        self._files = files
        self._database = database
        self._journal = journal
        self._lock = threading.RLock()
        self.number, _ = state_of(database)
        self.is_read_only = False
        self._is_doubted = False  # the database differs from what the journal tells
        self.give_way: Callable[[], bool] = lambda: False
        """Called when the disk is full; True if there is more room now."""

    def write(self, *changes: Change) -> int:
        """Make the changes durable, all or none; return the transaction's number."""
        with self._lock:
            try:
                return self._write(changes)
            except DiskFull:
                if not self.give_way():
                    raise
                return self._write(changes)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers out while a write depends on what was just read."""
        with self._lock:
            yield

    def rows(self, sql: str, *parameters: Value) -> list[Row]:
        """Return all rows of a query."""
        return self._database.rows(sql, *parameters)

    def compare(self) -> Halves:
        """Read both halves whole and hold them against each other."""
        with self._lock:
            try:
                reading = open_journal(
                    self._files.disk.files, self._files.journal_path, self._files.journal_key
                )
            except (StoreDamaged, WrongKey, StoreTooNew):
                return Halves(0, self._database.is_sound(), journal_is_whole=False)
            with reading.handle:
                return compare(self._database, reading)

    def mend(self, halves: Halves) -> bool:
        """Repair what ``compare`` found, from the half that is whole; say whether there is one.

        The journal is written anew at once, the database at the next start.
        """
        with self._lock:
            if halves.journal_is_whole:
                self._is_doubted = not halves.agree
            elif halves.database_is_sound:
                self._journal = self._files.write_journal(self._database, self._journal)
        return halves.journal_is_whole or halves.database_is_sound

    def close(self) -> None:
        """Let go of both files."""
        with self._lock:
            self._database.close()
            self._journal.close()
            if self._is_doubted:
                set_aside(self._files.disk.files, self._files.folder, self._files.database_path)

    def _write(self, changes: tuple[Change, ...]) -> int:
        if self.is_read_only:
            raise StoreReadOnly(
                "The disk failed while work was being stored",
                where=str(self._files.folder),
                remedy="Nothing stored was lost. Check the disk, then start again.",
            )
        number = self.number + 1
        try:
            self._journal.append(number, len(schemas.WORK), changes)
        except LumenError as error:
            self._stop_after(error)
            raise
        try:
            self._commit(number, changes)
        except BaseException as error:
            self._take_back(number)
            self._stop_after(error)
            raise
        self.number = number
        self._rewrite_if_long()
        return number

    def _commit(self, number: int, changes: tuple[Change, ...]) -> None:
        with self._database.transaction():
            apply(self._database, changes)
            set_state(self._database, number, self._journal.link)

    def _take_back(self, number: int) -> None:
        """After a failed commit: whatever the database says that it has, the journal shall have too."""
        try:
            has_it = state_of(self._database)[0] == number
        except LumenError:
            self.is_read_only = True
            return
        if has_it:
            self.number = number
        else:
            self._journal.withdraw()

    def _stop_after(self, error: BaseException) -> None:
        # After a failed sync the system may call unwritten pages clean: all must be read again before more.
        if self._journal.is_broken or isinstance(error, DiskFailed):
            self.is_read_only = True

    def _rewrite_if_long(self) -> None:
        if self._journal.wants_rewriting:
            with contextlib.suppress(DiskFull):  # the long one is as good as the short one
                self._journal = self._files.write_journal(self._database, self._journal)


def state_of(database: Database) -> tuple[int, bytes]:
    """Return the number of the last transaction, and the link that it has in the journal."""
    ((number, link),) = database.rows("SELECT number, link FROM state")
    return int(number), bytes(link)


def set_state(database: Database, number: int, link: bytes) -> None:
    """Note the last transaction, inside the caller's own."""
    database.rows("UPDATE state SET number = ?, link = ?", number, link)


def snapshot_of(database: Database) -> Snapshot:
    """Return everything that a work record holds, row by row."""
    number, mark = state_of(database)
    return Snapshot(number, database.schema_version(), mark, _all_rows(database))


def _all_rows(database: Database) -> Iterator[Put]:
    for table in tables_of(database):
        columns = columns_of(database, table)
        after = _BEFORE_ALL
        while found := database.rows(_NEXT_ROWS.format(table), after, _ROWS_AT_ONCE):
            for _, *row in found:
                yield Put(table, dict(zip(columns, row, strict=True)))
            after = found[-1][0]
