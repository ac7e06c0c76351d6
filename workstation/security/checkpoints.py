"""Signed checkpoints: what the audit trail was at a moment, said by this device, to be kept elsewhere.

The chain alone can be cut at its end, or rewritten from any record on. A checkpoint names a record's
number and hash under the device's Ed25519 key; once it has left the machine (with an export, to a server),
neither passes unseen. The device's key is kept by the caller, in the keyring or sealed in the store: who
can use it can sign a rewritten past, but cannot take back what was already exported.

Layout:  signed are ``lumen/audit-checkpoint/v1`` and a zero byte, seq (8 bytes big-endian), the hash (32)
         and the UTC time in ISO 8601.
Source:  RFC 8032 (Ed25519).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from workstation.security.audit import (
    START,
    BadRecord,
    ChainReport,
    Link,
    SealedRecord,
    Wrong,
    verify_chain,
)
from workstation.security.ciphers import Key

_PURPOSE: Final = b"lumen/audit-checkpoint/v1\x00"
_SEQ_BYTES: Final = 8


@dataclass(frozen=True)
class Checkpoint:
    """The trail's last record at a moment, signed."""

    link: Link
    utc: datetime
    signature: bytes

    def is_signed_by(self, device: bytes) -> bool:
        """Tell whether the holder of this public key signed it."""
        try:
            Ed25519PublicKey.from_public_bytes(device).verify(self.signature, _message(self.link, self.utc))
        except InvalidSignature:
            return False
        return True

    def to_json(self) -> str:
        """Return one line of JSON."""
        fields = {
            "seq": self.link.seq,
            "hash": self.link.hash.hex(),
            "utc": self.utc.isoformat(),
            "signature": self.signature.hex(),
        }
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Checkpoint:
        """Return the checkpoint of a line; ValueError, KeyError or TypeError for anything else."""
        fields = json.loads(text)
        link = Link(fields["seq"], bytes.fromhex(fields["hash"]))
        return cls(link, datetime.fromisoformat(fields["utc"]), bytes.fromhex(fields["signature"]))


def device_of(private: Key) -> bytes:
    """Return the public key by which this device's checkpoints are known."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign_checkpoint(private: Key, link: Link, utc: datetime) -> Checkpoint:
    """Sign where a chain stands; ``private`` is any 32 random bytes, kept for this device."""
    moment = utc.astimezone(UTC)
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_message(link, moment))
    return Checkpoint(link, moment, signature)


def verify_trail(
    rows: Iterable[SealedRecord], checkpoints: Iterable[Checkpoint], device: bytes, after: Link = START
) -> ChainReport:
    """Follow a chain and hold it against what was once signed: cut tails and rewritten pasts show.

    ``after`` is where the rows begin, for a trail whose older part was exported and dropped.
    """
    marks = sorted(checkpoints, key=lambda mark: mark.link.seq)
    unsigned = next((mark for mark in marks if not mark.is_signed_by(device)), None)
    if unsigned is not None:
        return ChainReport(0, after, BadRecord(unsigned.link.seq, Wrong.UNSIGNED))
    seen = {after.seq: after.hash}
    report = verify_chain(_noting(rows, {mark.link.seq for mark in marks}, seen), after)
    bad = _against(marks, seen, report, after)
    return ChainReport(report.count, report.last, bad or report.bad)


def _noting(rows: Iterable[SealedRecord], wanted: set[int], seen: dict[int, bytes]) -> Iterable[SealedRecord]:
    for row in rows:
        if row.seq in wanted:
            seen.setdefault(row.seq, row.hash)
        yield row


def _against(
    marks: list[Checkpoint], seen: dict[int, bytes], report: ChainReport, after: Link
) -> BadRecord | None:
    """Return the first contradiction between the part of a chain that holds and its checkpoints."""
    agreed = after.seq
    for mark in marks:
        if mark.link.seq > report.last.seq:
            return BadRecord(report.last.seq + 1, Wrong.CUT) if report.bad is None else None
        if mark.link.seq >= after.seq and seen[mark.link.seq] != mark.link.hash:
            return BadRecord(agreed + 1, Wrong.REWRITTEN)
        agreed = max(agreed, mark.link.seq)
    return None


def _message(link: Link, utc: datetime) -> bytes:
    return _PURPOSE + link.seq.to_bytes(_SEQ_BYTES, "big") + link.hash + utc.isoformat().encode()
