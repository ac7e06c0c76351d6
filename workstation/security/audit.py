"""Audit records, each sealed to all before it, so that a change to the middle has a name.

Who opened which study, and when, must be answerable years later, also when someone would rather it
wasn't. A record is written down in one way only (JSON, sorted keys, ASCII) and carries

    hash = SHA-256(previous hash ‖ seq, 8 bytes big-endian ‖ the record's bytes)

``store`` appends records; nothing here touches a disk.

What the chain shows: any record altered, removed, inserted or out of order, by its number; with a signed
checkpoint (``checkpoints``) kept elsewhere also a cut tail and a rewritten past.
What it cannot show: what was done since the last checkpoint that left this machine. Who can write the
database and recomputes every later hash is not seen; nor is a record that was never written. Who alters a
record together with its own hash moves the break to the next one: the two then contradict each other.
In such a case, look at both.

Units:   seq counts from 1; ``utc`` aware; ``monotonic`` in seconds, comparable within one ``boot``.
Source:  the vocabulary is PS3.15 A.5 (see ``audit_codes``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from workstation.security.audit_codes import Action, Outcome

_SEQ_BYTES: Final = 8
_SEQ_MAX: Final = 2**63 - 1


@dataclass(frozen=True)
class AuditRecord:
    """Who did what to whose study, when, and how it ended."""

    seq: int
    utc: datetime
    monotonic: float
    user: str
    user_name: str
    patient: str
    study: str
    action: Action
    outcome: Outcome
    detail: str
    boot: str = ""

    def to_bytes(self) -> bytes:
        """Return the one way to write this record down."""
        if self.utc.tzinfo is None:
            raise ValueError("an audit record's time says its zone")
        fields = {**vars(self), "utc": self.utc.astimezone(UTC).isoformat(timespec="microseconds")}
        return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> AuditRecord:
        """Return the record that was written down; ValueError or TypeError for anything else."""
        fields = json.loads(data)
        fields["utc"] = datetime.fromisoformat(fields["utc"])
        fields["action"] = Action(fields["action"])
        fields["outcome"] = Outcome(fields["outcome"])
        return cls(**fields)


@dataclass(frozen=True)
class SealedRecord:
    """A record as it is stored: its number, its bytes, and the hash that binds it to all before."""

    seq: int
    data: bytes
    hash: bytes


@dataclass(frozen=True)
class Link:
    """Where a chain stands: the last record's number and hash."""

    seq: int
    hash: bytes


START: Final = Link(0, bytes(32))


class Wrong(StrEnum):
    """What happened to a record."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "out of order"
    CUT = "cut off, with all after it"
    REWRITTEN = "rewritten, it or one after it"
    UNSIGNED = "vouched for by a checkpoint that this device didn't sign"


@dataclass(frozen=True)
class BadRecord:
    """The first record that isn't as it was written."""

    seq: int
    wrong: Wrong

    def __str__(self) -> str:
        return f"record {self.seq} was {self.wrong}"


@dataclass(frozen=True)
class ChainReport:
    """How far a chain holds: the records that do, where it stands then, and what broke it."""

    count: int
    last: Link
    bad: BadRecord | None


def seal_record(record: AuditRecord, previous: bytes) -> SealedRecord:
    """Return a record bound to the hash of the one before it (``START.hash`` for the first)."""
    data = record.to_bytes()
    return SealedRecord(record.seq, data, chain_hash(previous, record.seq, data))


def chain_hash(previous: bytes, seq: int, data: bytes) -> bytes:
    """Return the hash that binds a record to all before it."""
    return hashlib.sha256(previous + seq.to_bytes(_SEQ_BYTES, "big") + data).digest()


def verify_chain(rows: Iterable[SealedRecord], after: Link = START) -> ChainReport:
    """Follow a chain in the order in which it is stored, to its end or to the first bad record."""
    link, count = after, 0
    remaining = iter(rows)
    for row in remaining:
        if row.seq != link.seq + 1 or not _follows(row, link):
            return ChainReport(count, link, _diagnosis([row, *remaining], link))
        link, count = Link(row.seq, row.hash), count + 1
    return ChainReport(count, link, None)


def _follows(row: SealedRecord, link: Link) -> bool:
    """Tell whether a row's bytes and hash make it the next one, whatever number stands beside it."""
    return chain_hash(link.hash, link.seq + 1, row.data) == row.hash


def _diagnosis(rest: list[SealedRecord], link: Link) -> BadRecord:
    """Say what stands where the next record should: the first of ``rest``."""
    expected, first = link.seq + 1, rest[0]
    numbers = [_number(row) for row in rest]
    if any(_follows(row, link) for row in rest[1:]):  # the next record is there, but further on
        stray = numbers.count(numbers[0]) > 1 or not _has_its_place(rest, numbers)
        return BadRecord(numbers[0], Wrong.INSERTED) if stray else BadRecord(expected, Wrong.REORDERED)
    if len(rest) > 1 and _follows(rest[1], Link(expected, first.hash)):
        return BadRecord(expected, Wrong.ALTERED)
    if numbers[0] < expected:
        return BadRecord(numbers[0], Wrong.INSERTED)
    return BadRecord(expected, Wrong.ALTERED if numbers[0] == expected else Wrong.REMOVED)


def _has_its_place(rest: list[SealedRecord], numbers: list[int]) -> bool:
    """Tell whether the first row follows on another of the rest: then it is true, and only misplaced."""
    before = numbers[0] - 1
    return any(
        number == before and _follows(rest[0], Link(before, row.hash))
        for row, number in zip(rest, numbers, strict=True)
    )


def _number(row: SealedRecord) -> int:
    """Return the number that a record gives itself; the one beside it may have been changed in passing."""
    try:
        number = json.loads(row.data)["seq"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return row.seq
    return number if isinstance(number, int) and 0 <= number <= _SEQ_MAX else row.seq
