"""Invented artefacts for the outbox: their bytes follow from their UID, so each can be told to be right."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Final

from workstation.store import Artefact, BlobMissing, Incoming, Parcel

MOMENT: Final = datetime(2026, 1, 1, 8, tzinfo=UTC)
STUDY: Final = "1.2"


def body(uid: str, content: str = "", size: int = 600) -> bytes:
    """Return an artefact's bytes: a preamble with something in it, then what it says, then noise."""
    says = f"{uid}|{content}".encode()
    return b"\x01" * 128 + b"DICM" + says + hashlib.shake_128(says).digest(size)


def sha256(data: bytes) -> str:
    """Return the digest that belongs to these bytes."""
    return hashlib.sha256(data[128:]).hexdigest()


def parcel(
    uid: str,
    *destinations: str,
    after: str = "",
    content: str = "",
    created: datetime = MOMENT,
    priority: int = 0,
    study: str = STUDY,
) -> Parcel:
    """Return a report that is to be sent."""
    data = body(uid, content)
    artefact = Artefact(
        uid=uid,
        study_uid=study,
        series_uid=f"{study}.7",
        sop_class="1.2.840.10008.5.1.4.1.1.88.33",
        kind="report",
        transfer_syntax="1.2.840.10008.1.2.1",
        sha256=sha256(data),
        digest=hashlib.sha256(b"digest" + data).hexdigest(),
        size=len(data),
        created=created,
        author="u1",
    )
    return Parcel(artefact, destinations or ("group",), data, after, priority)


def passed_on(incoming: Incoming, *destinations: str, created: datetime = MOMENT) -> Parcel:
    """Return an image of the store that is to be sent as it is."""
    examined = incoming.examined
    record = examined.record
    artefact = Artefact(
        uid=record.uid,
        study_uid=record.study.uid,
        series_uid=record.series.uid,
        sop_class=record.sop_class,
        kind="image",
        transfer_syntax=record.transfer_syntax,
        sha256=examined.sha256,
        digest="",
        size=incoming.size,
        created=created,
        author="",
    )
    return Parcel(artefact, destinations or ("group",))


class NothingStored:
    """Stands for a store without images, where only the work record is under test."""

    lock = nullcontext()

    def require(self, _uid: str, _sha256: str, /) -> None:
        """Refuse everything."""
        raise BlobMissing("not here")

    def read(self, _uid: str, _sha256: str, /) -> memoryview:
        """Refuse everything."""
        raise BlobMissing("not here")
