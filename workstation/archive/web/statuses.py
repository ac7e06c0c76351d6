"""What an HTTP status means for whoever asked.

| status                | error        | again?                      |
|-----------------------|--------------|-----------------------------|
| 401, 403              | NotAllowed   | after signing in            |
| 404, 410              | NotThere     | no                          |
| 429, 503              | Busy         | yes, not before ``after``   |
| 408, 425, other 5xx   | ArchiveError | yes                         |
| other 4xx             | Refused      | no                          |
| 511, 3xx, 1xx         | BadAnswer    | it was no archive           |

Units:   seconds.
Source:  RFC 9110 section 15 and 10.2.3 (Retry-After), RFC 6585 (429, 511).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from workstation.archive.errors import (
    ArchiveError,
    BadAnswer,
    Busy,
    Interrupted,
    NotAllowed,
    NotThere,
    NotTrusted,
    Refused,
    Unreachable,
)
from workstation.archive.moments import http_moment

EVERY_REQUEST: Final = (Busy, Interrupted, NotAllowed, NotTrusted, Unreachable)
"""What keeps any request from being answered, not just the one that met it."""

_LONGEST_PATIENCE: Final = 86_400.0  # a day: more can't be meant
_TEMPORARY: Final = (408, 425)
_SIGN_IN_PAGE: Final = 511


def error_of(status: int, where: str, retry_after: str = "") -> ArchiveError:
    """Return what to raise for a status that isn't a success."""
    match status:
        case 401 | 403:
            return _not_allowed(status, where)
        case 404 | 410:
            return NotThere("The archive has nothing under this name", where=where)
        case 429 | 503:
            return Busy("The archive asks for patience", where=where, after=seconds_to_wait(retry_after))
        case _ if status in _TEMPORARY or (500 <= status < 600 and status != _SIGN_IN_PAGE):
            return ArchiveError(f"The archive has trouble of its own (HTTP {status})", where=where)
        case _ if 400 <= status < 500:
            return Refused(f"The archive refuses this (HTTP {status})", where=where, code=status)
        case _:
            return bad_answer(f"An answer came that no archive gives (HTTP {status})", where)


def _not_allowed(status: int, where: str) -> NotAllowed:
    if status == 401:
        return NotAllowed("The archive doesn't know who is asking", where=where, remedy="Sign in again.")
    return NotAllowed("The archive doesn't let this person do that", where=where)


def bad_answer(what: str, where: str) -> BadAnswer:
    """Return the error for an answer that isn't an archive's."""
    remedy = "Check the archive's address. In a hotel or a guest network, sign in to that network first."
    return BadAnswer(what, where=where, remedy=remedy)


def seconds_to_wait(text: str) -> float:
    """Return how long a Retry-After asks to wait, 0.0 if it doesn't say anything that is understood."""
    asked = text.strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_PATIENCE)
    moment = http_moment(asked)
    if moment is None:
        return 0.0
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_PATIENCE)
