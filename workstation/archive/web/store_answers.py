"""What became of each object that was sent: each is settled by its own UID, whatever the status says.

An archive that answers 200 may have kept nothing, one that answers 400 may have kept some. Only a UID that
is listed as stored counts as stored, and even then the read-back is the proof.

| FailureReason                     | settled as |
|-----------------------------------|------------|
| B00E (45070), 0111                | already    |
| B00F (45071), A7xx, 0110, 0124    | later      |
| A9xx, Cxxx, 0122, 0117, 0106 …    | refused    |
| anything else, or none            | later      |

Source:  PS3.18 10.5.3 and I.2 (store response), PS3.4 GG.4.2 (its codes), PS3.7 C (general codes), the
         conformance statement of Azure's DICOM service (45070, 45071, 43264, 43265, 272).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from workstation.archive.model import Outgoing, Settled, StoreAnswer
from workstation.archive.web.json_model import Item, integer, sequence, text

_REASONS: Final[Mapping[int, tuple[Settled, str]]] = {
    0x0106: (Settled.REFUSED, "an attribute has a value that the archive doesn't allow"),
    0x0110: (Settled.LATER, "the archive could not process it"),
    0x0111: (Settled.ALREADY, "the archive has an object of this UID"),
    0x0117: (Settled.REFUSED, "the archive finds its UID invalid"),
    0x0122: (Settled.REFUSED, "the archive takes no objects of this kind"),
    0x0124: (Settled.LATER, "the archive doesn't let this person store"),
    0x0131: (Settled.LATER, "the archive lacks what it needs for it"),
    0xA900: (Settled.REFUSED, "its data don't fit its kind, or are invalid"),
    0xA901: (Settled.REFUSED, "it belongs to another study than was said"),
    0xB00E: (Settled.ALREADY, "the archive has an object of this UID"),
    0xB00F: (Settled.LATER, "the archive is busy with an object of this UID"),
}
_RANGES: Final[Sequence[tuple[range, Settled, str]]] = (
    (range(0xA700, 0xA800), Settled.LATER, "the archive is out of room"),
    (range(0xA900, 0xAA00), Settled.REFUSED, "its data don't fit its kind"),
    (range(0xC000, 0xD000), Settled.REFUSED, "the archive can't understand it"),
)
_WARNINGS: Final[Mapping[int, str]] = {
    0xB000: "the archive has changed some of its values",
    0xB006: "the archive has dropped some of its values",
    0xB007: "its data don't fit its kind",
}
_UNSAID: Final = "the archive's answer doesn't mention it"


def settled(answer: Item, objects: Iterable[Outgoing]) -> dict[str, StoreAnswer]:
    """Return what an answer says of the objects that it mentions; where it contradicts itself, the worse."""
    sent = {one.uid for one in objects}
    stored = {_uid(one): one for one in sequence(answer, "ReferencedSOPSequence")}
    failed = {_uid(one): one for one in sequence(answer, "FailedSOPSequence")}
    return {
        uid: _failure(uid, failed[uid]) if uid in failed else _success(uid, stored[uid])
        for uid in sent & (stored.keys() | failed.keys())
    }


def unsaid(uid: str) -> StoreAnswer:
    """Return the answer for an object that isn't mentioned: it may be stored."""
    return StoreAnswer(uid, Settled.UNSAID, reason=_UNSAID)


def refused(uid: str, status: int) -> StoreAnswer:
    """Return the answer for an object that was sent alone and refused by a status."""
    return StoreAnswer(uid, Settled.REFUSED, status, f"the archive refuses it (HTTP {status})")


def later(uid: str, reason: str) -> StoreAnswer:
    """Return the answer for an object that wasn't sent."""
    return StoreAnswer(uid, Settled.LATER, reason=reason)


def meaning(code: int) -> tuple[Settled, str]:
    """Return what a failure reason means for the object, and in words."""
    if code in _REASONS:
        return _REASONS[code]
    for codes, outcome, words in _RANGES:
        if code in codes:
            return outcome, words
    return Settled.LATER, "the archive doesn't say why" if not code else f"reason {code:04X}"


def _failure(uid: str, item: Item) -> StoreAnswer:
    code = integer(item, "FailureReason") or 0
    outcome, words = meaning(code)
    return StoreAnswer(uid, outcome, code, words)


def _success(uid: str, item: Item) -> StoreAnswer:
    code = integer(item, "WarningReason") or 0
    return StoreAnswer(uid, Settled.STORED, code, _WARNINGS.get(code, f"warning {code:04X}" if code else ""))


def _uid(item: Item) -> str:
    return text(item, "ReferencedSOPInstanceUID")
