"""What must still reach an archive: artefacts with their bytes, and one delivery for each destination.

Class A: all of it stands in the journal as well. An artefact and its deliveries come in one transaction,
which may be part of a larger one (``changes_of``); its bytes never change afterwards, and what was queued
before is not queued again. A delivery moves only from the state in which the mover saw it, so that of two
threads that want to send the same thing one gets it.

Images that are passed on as they are stay where they are, in the blobs; their study is not given away
while one is on its way (``Pins``).

Errors:  ArtefactDiffers for a UID that is taken by other bytes; BlobMissing for bytes that are not here;
         ValueError for a parcel that contradicts itself; DiskFull, DiskFailed, StoreReadOnly.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Protocol

from workstation.store.artefacts import (
    ARTEFACT_COLUMNS,
    CLOSED,
    DELIVERY_COLUMNS,
    OPEN,
    Artefact,
    Delivery,
    Parcel,
    artefact_of,
    artefact_row,
    delivery_of,
    delivery_row,
    first_deliveries,
)
from workstation.store.changes import Change, Cut
from workstation.store.errors import ArtefactDiffers, BlobMissing
from workstation.store.stamps import stamp
from workstation.store.work import Work

_NO_LOCK: Final = contextlib.nullcontext()

# Verified everywhere, long enough ago, and nothing that is still on its way waits for it.
_FORGETTABLE: Final = f"""
    SELECT uid FROM artefacts WHERE
        NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.uid = artefacts.uid
            AND (d.verified_at IS NULL OR d.verified_at >= ?))
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.after = artefacts.uid AND {OPEN})"""  # noqa: S608 - our own words


class StoredBytes(Protocol):
    """Where the bytes of images are found that are passed on as they are."""

    @property
    def lock(self) -> contextlib.AbstractContextManager[object]:
        """Return the lock that is held while files come or go."""
        ...

    def require(self, uid: str, sha256: str, /) -> None:
        """Refuse what is not here, with BlobMissing."""
        ...

    def read(self, uid: str, sha256: str, /) -> memoryview:
        """Return the bytes."""
        ...


class Outbox:
    """The artefacts and deliveries of this store."""

    def __init__(self, work: Work, stored: StoredBytes) -> None:
        self._work = work
        self._stored = stored

    def enqueue(self, *parcels: Parcel) -> None:
        """Queue parcels, all or none; what is on its way to a destination already stays as it is."""
        passed_on = [parcel.artefact for parcel in parcels if parcel.body is None]
        with self._stored.lock if passed_on else _NO_LOCK:  # so that none is given away meanwhile
            for artefact in passed_on:
                self._stored.require(artefact.uid, artefact.sha256)
            with self._work.alone():
                if changes := self.changes_of(*parcels):
                    self._work.write(*changes)

    def changes_of(self, *parcels: Parcel) -> tuple[Change, ...]:
        """Return what queues these, for a transaction that also stores what they came from.

        Between this and the write nobody else may queue the same UIDs: they are new, or ``Work.alone`` is
        held.
        """
        changes: list[Change] = []
        known: dict[str, str] = {}
        for parcel in parcels:
            _check(parcel)
            artefact = parcel.artefact
            there = known.setdefault(artefact.uid, self._sha256_of(artefact.uid) or artefact.sha256)
            if there != artefact.sha256:
                raise ArtefactDiffers(
                    "An object with the same UID and another content is in the outbox",
                    remedy="What is there is sent; this one has to be given a UID of its own.",
                )
            changes += self._additions(parcel)
        return tuple(changes)

    def artefact(self, uid: str) -> Artefact | None:
        """Return an artefact that is in the outbox."""
        found = self._work.rows(f"SELECT {ARTEFACT_COLUMNS} FROM artefacts WHERE uid = ?", uid)  # noqa: S608 - own
        return artefact_of(found[0]) if found else None

    def body_of(self, uid: str) -> memoryview:
        """Return the bytes of an artefact, as they are to be sent."""
        found = self._work.rows("SELECT sha256, body FROM artefacts WHERE uid = ?", uid)
        if not found:
            raise BlobMissing("An object is not in the outbox any more", remedy="It needs no sending.")
        sha256, body = found[0]
        return self._stored.read(uid, sha256) if body is None else memoryview(body)

    def get(self, uid: str, destination: str) -> Delivery | None:
        """Return how far an artefact has come on its way to an archive; None if it isn't on it."""
        found = self._deliveries("d.uid = ? AND d.destination = ?", uid, destination)
        return found[0] if found else None

    def deliveries(self, states: Collection[str] | None = None) -> tuple[Delivery, ...]:
        """Return the deliveries in these states (None: all), in the order in which they are to be sent."""
        if states is None:
            return self._deliveries("1")
        return self._deliveries(f"d.state IN ({', '.join('?' * len(states))})", *states)

    def move(self, before: Delivery, after: Delivery) -> bool:
        """Make a delivery durable as it is after a step; False if it is not any more as it was before.

        One that was closed is opened again only while its bytes are here.
        """
        if (before.uid, before.destination) != (after.uid, after.destination):
            raise ValueError("a delivery keeps its artefact and its destination")
        passed_on = self._passed_on(before.uid) if before.state == CLOSED else None
        with self._stored.lock if passed_on else _NO_LOCK:  # so that it is not given away meanwhile
            if passed_on:
                self._stored.require(before.uid, passed_on)
            with self._work.alone():
                if self.get(before.uid, before.destination) != before:
                    return False
                self._work.write(delivery_row(after))
        return True

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        return dict(self._work.rows("SELECT state, count(*) FROM deliveries GROUP BY state"))

    def forget_verified(self, before: datetime) -> int:
        """Drop the artefacts that every destination had before a moment; return how many.

        One that has to be there before another that is still on its way stays, and so does one that was
        given up anywhere.
        """
        with self._work.alone():
            uids = [uid for (uid,) in self._work.rows(_FORGETTABLE, stamp(before))]
            if uids:
                self._work.write(
                    *(Cut(table, {"uid": uid}) for uid in uids for table in ("artefacts", "deliveries"))
                )
        return len(uids)

    def _additions(self, parcel: Parcel) -> Sequence[Change]:
        artefact = parcel.artefact
        changes: list[Change] = []
        if self._sha256_of(artefact.uid) is None:
            changes.append(artefact_row(artefact, parcel.body))
        changes += (
            delivery_row(delivery)
            for delivery in first_deliveries(parcel)
            if self.get(artefact.uid, delivery.destination) is None
        )
        return changes

    def _sha256_of(self, uid: str) -> str | None:
        found = self._work.rows("SELECT sha256 FROM artefacts WHERE uid = ?", uid)
        return str(found[0][0]) if found else None

    def _passed_on(self, uid: str) -> str | None:
        """Return the digest of an image that is passed on as it is; None for what has its bytes here."""
        found = self._work.rows("SELECT sha256 FROM artefacts WHERE uid = ? AND body IS NULL", uid)
        return str(found[0][0]) if found else None

    def _deliveries(self, condition: str, *values: str) -> tuple[Delivery, ...]:
        found = self._work.rows(
            f"SELECT {_OF_DELIVERIES} FROM deliveries d JOIN artefacts a ON a.uid = d.uid "  # noqa: S608 - own words
            f"WHERE {condition} ORDER BY d.priority DESC, a.created, d.uid, d.destination",
            *values,
        )
        return tuple(map(delivery_of, found))


_OF_DELIVERIES: Final = ", ".join(f"d.{name}" for name in DELIVERY_COLUMNS.split(", "))


def _check(parcel: Parcel) -> None:
    """Refuse a parcel that could never be delivered as what it says it is."""
    from workstation.dicom.examine import digest  # with all of pydicom

    if not parcel.destinations or len(set(parcel.destinations)) < len(parcel.destinations):
        raise ValueError("a parcel has destinations, each of them once")
    if parcel.body is None:
        return
    data = memoryview(parcel.body)
    if (len(data), digest(data)) != (parcel.artefact.size, parcel.artefact.sha256):
        raise ValueError("a parcel's bytes are those that its size and digest were taken of")
