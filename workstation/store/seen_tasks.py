"""The worklists of the archives as last seen, so that the list stands when the line doesn't.

Class B: lost with the index, and then asked again.

Errors:  DiskFull, DiskFailed, StoreDamaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workstation.store.database import Value
from workstation.store.index import Index
from workstation.store.stamps import moment, stamp


@dataclass(frozen=True, slots=True)
class SeenTask:
    """An entry of a worklist."""

    archive: str
    uid: str  # of the workitem; where there is none, what the caller tells its entries apart by
    body: str
    seen: datetime


class SeenTasks:
    """The entries of all worklists."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def replace(self, archive: str, bodies: Mapping[str, str], seen: datetime) -> None:
        """Keep an archive's whole worklist, by UID, in place of what it was."""
        with self._index.writing() as database:
            database.rows("DELETE FROM tasks WHERE archive = ?", archive)
            for uid, body in bodies.items():
                row: dict[str, Value] = {"archive": archive, "uid": uid, "body": body, "seen": stamp(seen)}
                database.insert("tasks", row)

    def all(self) -> tuple[SeenTask, ...]:
        """Return every entry."""
        found = self._index.rows("SELECT archive, uid, body, seen FROM tasks ORDER BY archive, uid")
        return tuple(SeenTask(archive, uid, body, moment(seen)) for archive, uid, body, seen in found)
