"""What the status of a DIMSE answer means: the error it stands for, or what became of an object.

Source:  PS3.7 C (general statuses), PS3.4 B.2.3 (storage), C.4.1–C.4.3 (find, move, get).
"""

from __future__ import annotations

from typing import Final

from workstation.archive.errors import ArchiveError, Busy, NotAllowed, NotOffered, NotThere, Refused
from workstation.archive.model import Settled, StoreAnswer

SUCCESS: Final = 0x0000
CANCELLED: Final = 0xFE00
DUPLICATE: Final = 0x0111
NO_SUCH_OBJECT: Final = 0x0112
PROCESSING_FAILURE: Final = 0x0110
NO_RESOURCES: Final = 0xA700

_NOT_OFFERED: Final = frozenset({0x0122, 0x0112, 0x0118, 0x0119, 0x0211})
_NOT_ALLOWED: Final = 0x0124
_DESTINATION_UNKNOWN: Final = 0xA801
_LATER: Final = frozenset({PROCESSING_FAILURE, 0x0210, 0x0213})  # failed this time: ask again

_STORED: Final = {
    SUCCESS: "",
    0xB000: "Stored, and something in it was changed by the archive",
    0xB006: "Stored without some of its elements",
    0xB007: "Stored, though it doesn't conform to its SOP class",
}
_WORDS: Final = {
    DUPLICATE: "The archive has an object of this UID already",
    PROCESSING_FAILURE: "The archive failed to process it",
    0x0122: "The archive doesn't keep objects of this kind",
    0x0117: "The archive finds its UID invalid",
    _NOT_ALLOWED: "The archive doesn't let this workstation store",
}


def is_warning(code: int) -> bool:
    """Say whether a status tells of success with a reservation (PS3.7 C.4.4)."""
    return 0xB000 <= code <= 0xBFFF or code in (0x0001, 0x0107, 0x0116)


def is_out_of_resources(code: int) -> bool:
    """Say whether the archive lacks the means for it now (PS3.4: A7xx)."""
    return 0xA700 <= code <= 0xA7FF


def error_of(code: int, what: str, where: str) -> ArchiveError:
    """Return the error that a failed answer stands for; ``what`` was asked: "The search"."""
    if code == _DESTINATION_UNKNOWN:
        return Refused(
            "The archive doesn't know where this workstation is to be sent images",
            where=where,
            remedy="Ask the archive's administrator to enter this workstation's AE title, address and port.",
            code=code,
        )
    if code in _NOT_OFFERED:
        return NotOffered(f"{what} is not offered by the archive", where=where)
    if code == _NOT_ALLOWED:
        return NotAllowed(f"{what} is not allowed for this workstation", where=where)
    if is_out_of_resources(code) or code in _LATER:
        return Busy(f"{what} is more than the archive can do at the moment", where=where)
    return Refused(f"{what} was refused by the archive (status {code:04X})", where=where, code=code)


def nothing_there(where: str) -> NotThere:
    """Return the error for something that the archive lists nowhere."""
    return NotThere("The archive has no such study", where=where)


def store_answer(uid: str, code: int) -> StoreAnswer:
    """Return what became of an object that was sent, as its status tells."""
    if code in _STORED or is_warning(code):
        return StoreAnswer(uid, Settled.STORED, code, _STORED.get(code, "Stored, with a warning"))
    if code == DUPLICATE:
        return StoreAnswer(uid, Settled.ALREADY, code, _WORDS[code])
    if is_out_of_resources(code):
        return StoreAnswer(uid, Settled.LATER, code, "The archive is out of resources")
    reason = _WORDS.get(code) or _group(code)
    return StoreAnswer(uid, Settled.LATER if code in _LATER else Settled.REFUSED, code, reason)


def _group(code: int) -> str:
    if 0xA900 <= code <= 0xA9FF:
        return "The archive finds that the object isn't what its SOP class says"
    if 0xC000 <= code <= 0xCFFF:
        return "The archive can't understand the object"
    return f"The archive refused it (status {code:04X})"
