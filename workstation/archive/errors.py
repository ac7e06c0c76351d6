"""What an archive or the way to it can answer instead of what was asked.

The difference that matters to a sender is whether the archive may have the object all the same: after
``Unreachable`` it has not, after ``Interrupted`` nobody knows. Every message is fit for a screen and a log.
"""

from __future__ import annotations

from workstation.errors import LumenError


class ArchiveError(LumenError):
    """The archive could not do what was asked."""

    exit_code = 70


class Unreachable(ArchiveError):
    """No connection came about: the request was never sent."""

    exit_code = 71


class Interrupted(ArchiveError):
    """The connection ended before the answer was whole: what was sent may have arrived."""

    exit_code = 72


class Truncated(Interrupted):
    """An answer ended before its end; what came before the cut may be kept."""

    exit_code = 73


class NotAllowed(ArchiveError):
    """The archive doesn't know this person, or doesn't let them (401, 403; association rejected)."""

    exit_code = 74


class NotThere(ArchiveError):
    """The archive has no such thing (404, 410)."""

    exit_code = 75


class Refused(ArchiveError):
    """The archive will not take this, however often it is asked; ``code`` is its own number for why."""

    exit_code = 76

    def __init__(self, what: str, *, where: str = "", remedy: str = "", code: int = 0) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.code = code


class Busy(ArchiveError):
    """The archive asks for patience (429, 503); ``after`` is how many seconds it said, 0.0 if it didn't."""

    exit_code = 77

    def __init__(self, what: str, *, where: str = "", remedy: str = "", after: float = 0.0) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.after = after


class BadAnswer(ArchiveError):
    """Something answered, and it was no archive, or broke the standard: a captive portal, a proxy's page."""

    exit_code = 78


class NotTrusted(ArchiveError):
    """The other side could not prove who it is, or speaks a TLS that is too old: nothing was sent."""

    exit_code = 79


class NotOffered(ArchiveError):
    """The archive doesn't do this kind of thing at all; asking again is no use."""
