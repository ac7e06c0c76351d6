"""SQLCipher databases: opening one with its key, transactions, schema versions.

Every page is encrypted and carries an HMAC, so a flipped bit is an error and never a wrong value: of
1,000 flips plain SQLite answered 798 wrongly and without a word, SQLCipher none. The key is raw (derived
from the store's key), so opening takes a millisecond and no passphrase stretching.

``connect`` is the only place that names the driver; a test hands in another one, whose disk it controls.

Errors:  DiskFull, DiskFailed, StoreDamaged, StoreTooNew; anything else is a mistake of ours, left as it is.
Source:  SQLite: Pragmas, Result codes; SQLCipher API (PRAGMA key with a raw key, cipher_log).
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import sqlcipher3

from workstation.store.errors import DiskFailed, DiskFull, StoreDamaged, StoreTooNew
from workstation.store.files import translated

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = tuple[Any, ...]

IN_MEMORY: Final = Path(":memory:")

_SQL_NAME: Final = re.compile(r"[a-z_0-9]{1,40}")
_SECONDS_TO_WAIT: Final = 10.0

# Extended result codes carry the primary one in their low byte.
_PRIMARY: Final = 0xFF
_READ_ONLY, _IO_ERROR, _CORRUPT, _FULL, _CANNOT_OPEN, _NOT_A_DATABASE = 8, 10, 11, 13, 14, 26

# First of all: a bad page would otherwise print lines on stderr.
_QUIET: Final = ("PRAGMA cipher_log = off", "PRAGMA cipher_log_level = NONE")
_PRAGMAS: Final = (
    "PRAGMA temp_store = MEMORY",  # nothing of a patient in an unencrypted temporary file
    "PRAGMA secure_delete = ON",  # a deleted key is overwritten, not just forgotten
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA foreign_keys = ON",
)


class Connection(Protocol):
    """What is needed of a driver: SQLite's own transactions, nothing done behind one's back."""

    def execute(self, sql: str, parameters: Sequence[Value] = ...) -> Any:  # noqa: ANN401 - untyped drivers
        """Run one statement and return a cursor over its rows."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


Connect: TypeAlias = Callable[[Path], Connection]


def connect(path: Path) -> Connection:
    """Open a file with the driver of the product; a new one is for this user alone, and so are its logs."""
    if path != IN_MEMORY:
        path.touch(mode=0o600)
    connection: Connection = sqlcipher3.connect(
        str(path), timeout=_SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
    )
    return connection


class Database:
    """One connection, used by one thread at a time, with errors a person can act on."""

    def __init__(self, path: Path, key: bytes, pragmas: Sequence[str], connect: Connect = connect) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._calm(), translated(str(path)):
            self._connection = connect(path)
        try:
            for pragma in (*_QUIET, f"PRAGMA key = \"x'{key.hex()}'\"", *_PRAGMAS, *pragmas):
                self.rows(pragma)
            self.schema_version()
        except BaseException:
            self.close()
            raise

    def rows(self, sql: str, *parameters: Value) -> list[Row]:
        """Return all rows of a query."""
        with self._lock, self._calm():
            found: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return found

    def row(self, sql: str, *parameters: Value) -> Row | None:
        """Return the first row of a query, if there is one."""
        found = self.rows(sql, *parameters)
        return found[0] if found else None

    def number(self, sql: str, *parameters: Value) -> int:
        """Return the one number that a query answers with; 0 for NULL."""
        found = self.row(sql, *parameters)
        return int(found[0] or 0) if found else 0

    def insert(self, table: str, row: Mapping[str, Value], *, replace: bool = False) -> None:
        """Add a row, if asked in place of one with the same key; names are plain SQL names."""
        columns, marks = ", ".join(map(plain, row)), ", ".join("?" * len(row))
        verb = "REPLACE" if replace else "INSERT"
        self.rows(f"{verb} INTO {plain(table)} ({columns}) VALUES ({marks})", *row.values())

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of it, durably as the pragmas say, or nothing."""
        with self._lock:
            self.rows("BEGIN IMMEDIATE")
            try:
                yield
                self.rows("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def schema_version(self) -> int:
        """Return which version of the schema the file has; 0 for a new file."""
        return self.number("PRAGMA user_version")

    def is_sound(self) -> bool:
        """Read every page: each HMAC verifies and the trees hang together."""
        try:
            answers = self.rows("PRAGMA cipher_integrity_check"), self.rows("PRAGMA quick_check")
        except StoreDamaged:
            return False
        return answers[0] == [] and answers[1] == [("ok",)]

    def close(self) -> None:
        """Close the connection; a transaction that is open is rolled back."""
        with contextlib.suppress(sqlcipher3.Error):
            self._connection.close()

    def _roll_back(self) -> None:
        """End the transaction if SQLite has not ended it already; what was to be said stays said."""
        with contextlib.suppress(sqlcipher3.Error):
            self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _calm(self) -> Iterator[None]:
        try:
            yield
        except sqlcipher3.Error as error:
            raise self._translated(error) from None

    def _translated(self, error: Exception) -> Exception:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        where = str(self.path)
        if code == _FULL:
            return DiskFull(
                "The disk is full", where=where, remedy="Free some space; nothing stored was lost."
            )
        if code in {_IO_ERROR, _READ_ONLY, _CANNOT_OPEN}:
            return DiskFailed(
                "The disk refused to read or write", where=where, remedy="Check the disk, then start again."
            )
        if code in {_CORRUPT, _NOT_A_DATABASE}:
            return StoreDamaged(
                "A file of the store is damaged", where=where, remedy="Start again: it is repaired then."
            )
        return error


def plain(name: str) -> str:
    """Return a table's or column's name, if nothing but a name can be meant."""
    if not _SQL_NAME.fullmatch(name):
        raise ValueError("a table or column must have a plain name")
    return name


def migrate(database: Database, migrations: Sequence[Sequence[str]], *, to: int | None = None) -> None:
    """Bring a file to a version of the schema (by default the newest), one transaction a step.

    ``migrations[n]`` are the statements that lead from version n to n + 1.
    """
    have = database.schema_version()
    wanted = len(migrations) if to is None else to
    if (newest := max(have, wanted)) > len(migrations):
        raise StoreTooNew(
            f"This store was written by a newer version (format {newest}, this one knows {len(migrations)})",
            where=str(database.path),
            remedy="Install the newer version again.",
        )
    for version in range(have, wanted):
        with database.transaction():
            for statement in migrations[version]:
                database.rows(statement)
            database.rows(f"PRAGMA user_version = {version + 1}")
