"""The audit trail on disk: each record bound to all before it, and durable before ``append`` returns.

Like all work it stands in the journal as well as in the database. Records are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workstation.clock import Clock
from workstation.security.audit import (
    START,
    AuditRecord,
    ChainReport,
    Link,
    SealedRecord,
    seal_record,
    verify_chain,
)
from workstation.security.audit_codes import Action, Outcome
from workstation.store.changes import Put
from workstation.store.work import Work

_AT_ONCE: Final = 1000
# Whatever an altered row may hold, the chain is to be told of it as bytes.
_SELECT: Final = (
    "SELECT seq, CAST(data AS BLOB), CAST(hash AS BLOB) FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What is to be recorded; its number and time are the trail's."""

    user: str
    user_name: str
    patient: str
    study: str
    action: Action
    outcome: Outcome
    detail: str = ""


class AuditLog:
    """The trail of this store."""

    def __init__(self, work: Work, clock: Clock, boot: str = "") -> None:
        self._work = work
        self._clock = clock
        self._boot = boot

    def append(self, event: AuditEvent, *more: AuditEvent) -> Link:
        """Add records, all or none; return where the trail stands then."""
        with self._work.alone():
            sealed = self._seal((event, *more))
            self._work.write(
                *(Put("audit", {"seq": one.seq, "data": one.data, "hash": one.hash}) for one in sealed)
            )
        return Link(sealed[-1].seq, sealed[-1].hash)

    def last(self) -> Link:
        """Return where the trail stands."""
        found = self._work.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return Link(found[0][0], found[0][1]) if found else START

    def sealed(self) -> Iterator[SealedRecord]:
        """Yield every record as it is stored, in order."""
        after = START.seq
        while rows := self._work.rows(_SELECT, after, _AT_ONCE):
            for seq, data, hash_ in rows:
                yield SealedRecord(seq, data, hash_)
            after = rows[-1][0]

    def records(self) -> Iterator[AuditRecord]:
        """Yield every record, in order."""
        return (AuditRecord.from_bytes(one.data) for one in self.sealed())

    def verify(self) -> ChainReport:
        """Follow the chain to its end or to the first record that isn't as it was written."""
        return verify_chain(self.sealed())

    def _seal(self, events: Sequence[AuditEvent]) -> list[SealedRecord]:
        link, sealed = self.last(), []
        for event in events:
            record = AuditRecord(
                seq=link.seq + 1,
                utc=self._clock.utc(),
                monotonic=self._clock.monotonic(),
                user=event.user,
                user_name=event.user_name,
                patient=event.patient,
                study=event.study,
                action=event.action,
                outcome=event.outcome,
                detail=event.detail,
                boot=self._boot,
            )
            sealed.append(seal_record(record, link.hash))
            link = Link(record.seq, sealed[-1].hash)
        return sealed
