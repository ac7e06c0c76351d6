"""What archives say that studies consist of, and how much of it is here.

Class B: lost with the index, and then asked again.

Errors:  ValueError for a listing without instances; DiskFull, DiskFailed, StoreDamaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from workstation.store.accounts import account, listed_uids, pack_uids, unpack_uids, whole_uids
from workstation.store.database import Value
from workstation.store.index import Index
from workstation.store.stamps import moment, stamp


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive lists for a study."""

    archive: str
    study_uid: str
    uids: tuple[str, ...]  # of its instances, each once
    body: bytes  # what the caller keeps of series and instances, packed as it likes
    seen: datetime


class Account(NamedTuple):
    """How many of the instances that archives list for a study are here, and how many they list."""

    here: int
    expected: int

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is missing."""
        return self.here == self.expected


class Listed:
    """The listings of all studies."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def put(self, listing: Listing) -> None:
        """Keep a listing in place of the archive's earlier one."""
        if not listing.uids or "" in listing.uids:
            raise ValueError("a listing names the instances of a study")
        row: dict[str, Value] = {
            "archive": listing.archive,
            "study_uid": listing.study_uid,
            "uids": pack_uids(listing.uids),
            "body": listing.body,
            "seen": stamp(listing.seen),
        }
        with self._index.writing() as database:
            database.insert("listed", row, replace=True)
            account(database, listing.study_uid)

    def remove(self, archive: str, study_uid: str) -> None:
        """Forget what an archive has listed: it has the study no more."""
        with self._index.writing() as database:
            database.rows("DELETE FROM listed WHERE archive = ? AND study_uid = ?", archive, study_uid)
            account(database, study_uid)

    def of_study(self, study_uid: str) -> tuple[Listing, ...]:
        """Return what each archive lists for a study."""
        found = self._index.rows(
            "SELECT archive, uids, body, seen FROM listed WHERE study_uid = ? ORDER BY archive", study_uid
        )
        return tuple(
            Listing(archive, study_uid, tuple(unpack_uids(uids)), body, moment(seen))
            for archive, uids, body, seen in found
        )

    def expected(self, study_uid: str) -> int | None:
        """Return how many instances are listed for a study; None if no archive was asked."""
        found = self._index.row("SELECT expected FROM accounts WHERE study_uid = ?", study_uid)
        return int(found[0]) if found else None

    def missing(self, study_uid: str) -> frozenset[str]:
        """Return the instances that are listed and not here, or here and damaged."""
        return listed_uids(self._index, study_uid) - whole_uids(self._index, study_uid)

    def given_in_full(self, study_uid: str) -> frozenset[str]:
        """Return the archives of which everything that they list for a study is here."""
        missing = self.missing(study_uid)
        return frozenset(one.archive for one in self.of_study(study_uid) if missing.isdisjoint(one.uids))

    def accounts(self) -> dict[str, Account]:
        """Return the accounts of all studies for which an archive was asked."""
        found = self._index.rows(
            "SELECT a.study_uid, CASE WHEN s.id IS NULL THEN 0 ELSE a.here END, a.expected "
            "FROM accounts a LEFT JOIN studies s ON s.uid = a.study_uid"
        )
        return {uid: Account(here, expected) for uid, here, expected in found}
