"""How much of what archives list is here, counted when either changes, so that a long list need not count.

An instance is here if one of its contents is and was not found damaged: what this lacks is worth fetching.
Instances that no archive lists count for nothing, so a study with one too many and one too few is not taken
for complete.

``account`` works inside the caller's transaction.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from typing import Final, Protocol

from workstation.store.database import Database, Row, Value

_FAST: Final = 1

_HERE: Final = "SELECT i.uid FROM studies s JOIN instances i ON i.study = s.id WHERE s.uid = ?"


class Readable(Protocol):
    """What answers queries: the index, or a connection of it that is writing."""

    def rows(self, sql: str, *parameters: Value) -> list[Row]:
        """Return all rows of a query."""
        ...


def account(database: Database, study_uid: str) -> None:
    """Count a study anew."""
    listed = listed_uids(database, study_uid)
    if not listed:
        database.rows("DELETE FROM accounts WHERE study_uid = ?", study_uid)
        return
    here = len(listed & whole_uids(database, study_uid))
    row: dict[str, Value] = {"study_uid": study_uid, "here": here, "expected": len(listed)}
    database.insert("accounts", row, replace=True)


def listed_uids(index: Readable, study_uid: str) -> frozenset[str]:
    """Return the instances that any archive lists for a study."""
    found = index.rows("SELECT uids FROM listed WHERE study_uid = ?", study_uid)
    return frozenset(uid for (packed,) in found for uid in unpack_uids(packed))


def whole_uids(index: Readable, study_uid: str) -> frozenset[str]:
    """Return the instances of a study that are here and can be read, as far as is known."""
    here = Counter(uid for (uid,) in index.rows(_HERE, study_uid))
    damaged = Counter(uid for (uid,) in index.rows(f"{_HERE} AND i.damaged", study_uid))
    return frozenset(here - damaged)


def pack_uids(uids: Iterable[str]) -> bytes:
    """Return UIDs as the row keeps them."""
    return zlib.compress("\n".join(uids).encode(), _FAST)


def unpack_uids(packed: bytes) -> list[str]:
    """Return the UIDs that ``pack_uids`` wrote."""
    return zlib.decompress(packed).decode().split("\n")
