"""Why an archive opened no association, in the words of a person.

Source:  PS3.8 9.3.4, table 9-21 (result, source and reason of a rejection).
"""

from __future__ import annotations

from typing import Final

from pynetdicom.pdu_primitives import A_ASSOCIATE

from workstation.archive.errors import ArchiveError, BadAnswer, Busy, NotAllowed, Unreachable

_TRANSIENT: Final = 2
_USER: Final = 1  # the source: the service user, the application itself
_PRESENTATION: Final = 3  # the source: presentation layer, that is congestion and limits
_CALLING_UNKNOWN: Final = 3
_CALLED_UNKNOWN: Final = 7


def error_of(answer: A_ASSOCIATE, where: str, *, called: str, calling: str) -> ArchiveError:
    """Return the error that a rejection stands for."""
    source, reason = answer.result_source, answer.diagnostic
    if (source, reason) == (_USER, _CALLED_UNKNOWN):
        return NotAllowed(
            f"There is no archive by the AE title {called}",
            where=where,
            remedy="Ask the archive's administrator for its AE title.",
        )
    if (source, reason) == (_USER, _CALLING_UNKNOWN):
        return NotAllowed(
            f"The archive doesn't know this workstation by the AE title {calling}",
            where=where,
            remedy="Ask the archive's administrator to enter it.",
        )
    if source == _PRESENTATION or answer.result == _TRANSIENT:
        return Busy("The archive takes no further connection at the moment", where=where)
    if source == _USER:
        return NotAllowed("The archive refused the connection and gave no reason", where=where)
    return BadAnswer("The archive refused the connection as one that it doesn't understand", where=where)


def silence_of(where: str, *, is_stranger: bool) -> ArchiveError:
    """Return the error for a peer that said neither yes nor no."""
    if is_stranger:
        return BadAnswer(
            "What answers there doesn't speak DICOM",
            where=where,
            remedy="Check the address and the port; there may be a web server.",
        )
    return Unreachable(
        "The connection was closed before anything was asked",
        where=where,
        remedy="Check whether the port speaks DICOM, with TLS or without.",
    )
