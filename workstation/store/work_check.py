"""Holding ``work.db`` against its journal, row by row.

Sealing shows that a page or a frame was not altered; that no page of last week stands among today's shows
only here: the journal is applied to an empty database, and both must then say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from workstation.store import schemas
from workstation.store.changes import apply
from workstation.store.database import IN_MEMORY, Database, Row, migrate, plain
from workstation.store.journal import Kind, Reading


@dataclass(frozen=True, slots=True)
class Halves:
    """How the two stand to each other."""

    transactions: int  # that the journal tells of since its snapshot
    database_is_sound: bool
    journal_is_whole: bool
    differing: tuple[str, ...] = ()  # tables, if both can be read

    @property
    def agree(self) -> bool:
        """Say whether nothing is wrong."""
        return self.database_is_sound and self.journal_is_whole and not self.differing


def compare(database: Database, reading: Reading) -> Halves:
    """Read both whole and hold them against each other."""
    told = Database(IN_MEMORY, bytes(32), ())
    try:
        migrate(told, schemas.WORK)
        transactions = 0
        for frame in reading.frames():
            transactions += frame.kind is Kind.TRANSACTION
            apply(told, frame.changes())
        if not (reading.is_whole and database.is_sound()):
            return Halves(transactions, database.is_sound(), reading.is_whole)
        tables = tables_of(database)
        differing = tuple(name for name in tables if _rows(database, name) != _rows(told, name))
        return Halves(transactions, database_is_sound=True, journal_is_whole=True, differing=differing)
    finally:
        told.close()


def tables_of(database: Database) -> list[str]:
    """Return the tables that hold work."""
    found = database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'state' ORDER BY name"
    )
    return [str(name) for (name,) in found]


def columns_of(database: Database, table: str) -> list[str]:
    """Return a table's columns, in order."""
    return [str(row[1]) for row in database.rows(f"PRAGMA table_info({plain(table)})")]


def _rows(database: Database, table: str) -> list[Row]:
    by = ", ".join(columns_of(database, table))
    return database.rows(f"SELECT * FROM {plain(table)} ORDER BY {by}")  # noqa: S608 - plain names
