"""What connection checks found, the last few hundred of them: for the history beside the newest.

Class B: lost with the index.

Errors:  DiskFull, DiskFailed, StoreDamaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.store.index import Index
from workstation.store.stamps import moment, stamp

KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """One check of one way to an archive."""

    at: datetime
    archive: str
    endpoint: str
    body: str  # what was found, as JSON


class ConnectionChecks:
    """The history of all checks."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def add(self, check: ConnectionCheck) -> None:
        """Keep a check, and let go of the oldest beyond ``KEPT``."""
        with self._index.writing() as database:
            row = {"at": stamp(check.at), "archive": check.archive}
            database.insert("checks", {**row, "endpoint": check.endpoint, "body": check.body})
            database.rows("DELETE FROM checks WHERE id <= (SELECT max(id) FROM checks) - ?", KEPT)

    def all(self) -> tuple[ConnectionCheck, ...]:
        """Return the checks, in the order in which they were made."""
        found = self._index.rows("SELECT at, archive, endpoint, body FROM checks ORDER BY id")
        return tuple(ConnectionCheck(moment(at), *texts) for at, *texts in found)
