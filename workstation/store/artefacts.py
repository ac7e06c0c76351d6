"""What has to reach an archive, and how far each has come, as plain values and as rows.

An artefact is an object that was made here or is passed on from here: its UID and its bytes are fixed when
it is made and never change. A delivery is one row for an artefact and a destination; which states there are
and which may follow which is ``sync``'s table, the rows only keep them. What counts as over: it was seen in
the archive (``verified_at``), or a person has given it up.

Units:   bytes; aware datetimes, kept in UTC.
Source:  facts/security-and-reliability.md 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.store.changes import Put
from workstation.store.database import Row, Value
from workstation.store.stamps import moment, moment_or_none, stamp, stamp_or_none

QUEUED: Final = "queued"
"""The state in which every delivery begins."""

CLOSED: Final = "closed"
"""The state of a delivery that a person has given up: it holds nothing back, and stays on record."""

OPEN: Final = f"d.verified_at IS NULL AND d.state <> '{CLOSED}'"
"""SQL for the deliveries ``d`` that are still on their way."""

ARTEFACT_COLUMNS: Final = (
    "uid, study_uid, series_uid, sop_class, kind, transfer_syntax, sha256, digest, size, created, author"
)
DELIVERY_COLUMNS: Final = (
    "uid, destination, state, attempts, due, maybe_stored, owner, endpoint, error, error_code, changed, "
    "stored_at, verified_at, after, priority"
)


@dataclass(frozen=True, slots=True)
class Artefact:
    """An object that has to reach an archive, without its bytes."""

    uid: str  # SOP Instance UID
    study_uid: str
    series_uid: str
    sop_class: str
    kind: str  # for people: "report", "key objects", "presentation state", "image"
    transfer_syntax: str
    sha256: str  # of everything after the preamble
    digest: str  # of what an archive may not change (the caller's reckoning), for the read-back
    size: int  # of the whole file
    created: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """An artefact, its bytes, and where it has to go."""

    artefact: Artefact
    destinations: tuple[str, ...]  # identifiers of archives
    body: bytes | None = None  # a Part 10 file; None: an image of the store, found by its UID and sha256
    after: str = ""  # UID of an artefact that the same archive must have first, if it is on its way there
    priority: int = 0  # the higher goes first


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far an artefact has come on its way to one archive."""

    uid: str
    destination: str
    state: str
    changed: datetime
    attempts: int = 0
    due: datetime | None = None  # when to try next; None: at once
    maybe_stored: bool = False  # something was sent and no answer came: ask before sending again
    owner: str = ""  # who has it in hand
    endpoint: str = ""  # by which way it was last tried
    error: str = ""
    error_code: int = 0
    stored_at: datetime | None = None
    verified_at: datetime | None = None
    after: str = ""  # UID of an artefact that the same archive must have first
    priority: int = 0

    @property
    def is_verified(self) -> bool:
        """Say whether the archive was seen to have it."""
        return self.verified_at is not None


def first_deliveries(parcel: Parcel) -> list[Delivery]:
    """Return a parcel's deliveries as they begin."""
    artefact = parcel.artefact
    return [
        Delivery(
            artefact.uid,
            destination,
            QUEUED,
            artefact.created,
            after=parcel.after,
            priority=parcel.priority,
        )
        for destination in parcel.destinations
    ]


def artefact_row(artefact: Artefact, body: bytes | None) -> Put:
    """Return an artefact as the row that keeps it."""
    row: dict[str, Value] = {
        "uid": artefact.uid,
        "study_uid": artefact.study_uid,
        "series_uid": artefact.series_uid,
        "sop_class": artefact.sop_class,
        "kind": artefact.kind,
        "transfer_syntax": artefact.transfer_syntax,
        "sha256": artefact.sha256,
        "digest": artefact.digest,
        "size": artefact.size,
        "created": stamp(artefact.created),
        "author": artefact.author,
        "body": body,
    }
    return Put("artefacts", row)


def artefact_of(row: Row) -> Artefact:
    """Return the artefact that a row of ``ARTEFACT_COLUMNS`` keeps."""
    uid, study_uid, series_uid, sop_class, kind, transfer_syntax, sha256, digest, size, created, author = row
    return Artefact(
        uid,
        study_uid,
        series_uid,
        sop_class,
        kind,
        transfer_syntax,
        sha256,
        digest,
        size,
        moment(created),
        author,
    )


def delivery_row(delivery: Delivery) -> Put:
    """Return a delivery as the row that keeps it."""
    row: dict[str, Value] = {
        "uid": delivery.uid,
        "destination": delivery.destination,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "due": stamp_or_none(delivery.due),
        "maybe_stored": int(delivery.maybe_stored),
        "owner": delivery.owner,
        "endpoint": delivery.endpoint,
        "error": delivery.error,
        "error_code": delivery.error_code,
        "changed": stamp(delivery.changed),
        "stored_at": stamp_or_none(delivery.stored_at),
        "verified_at": stamp_or_none(delivery.verified_at),
        "after": delivery.after,
        "priority": delivery.priority,
    }
    return Put("deliveries", row)


def delivery_of(row: Row) -> Delivery:
    """Return the delivery that a row of ``DELIVERY_COLUMNS`` keeps."""
    uid, destination, state, attempts, due, maybe_stored, owner, endpoint, error, error_code = row[:10]
    changed, stored_at, verified_at, after, priority = row[10:]
    return Delivery(
        uid,
        destination,
        state,
        moment(changed),
        attempts,
        moment_or_none(due),
        bool(maybe_stored),
        owner,
        endpoint,
        error,
        error_code,
        moment_or_none(stored_at),
        moment_or_none(verified_at),
        after,
        priority,
    )
