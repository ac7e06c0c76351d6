"""The base of every error that reaches a person.

A message says what happened, where, and what to do next, in one calm sentence each. It never
holds a patient's name: what a log may keep and what a screen may show are the same text.

Exit codes: 0 done, 1 an error with no class of its own, 2 wrong usage, and then a range for each
package: config 10–14, workers 15–19, dicom 20–29, security 30–39, store 40–50, phantoms 51–53,
measurement 54, viewing and rendering 55–59, workflow 60–69, archive 70–79, interop 80–89, sync 90–94,
terms 95, worklist 96–97, hospital 98. 130 is a cancelled run, as a shell would say it. A test holds the
codes apart.
"""

from __future__ import annotations

from typing import ClassVar


class LumenError(Exception):
    """Something that a person has to know, with the way out.

    ``what`` happened, ``where`` (a file, a series, a setting) and the ``remedy`` (what to do).
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.what.rstrip('.')}{place}.{remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way from a worker process."""
        return (_remake, (type(self), self.what, self.where, self.remedy))


class Cancelled(LumenError):
    """A person stopped it; what was finished until then stays."""

    exit_code = 130


def calm(error: BaseException) -> str:
    """Return one line for a person, whatever was raised; no traceback, no internal text.

    An error that is not ours may carry patient data in its message, so only its kind is told.
    """
    if isinstance(error, LumenError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return f"Something unexpected happened inside the program ({type(error).__name__})."


def _remake(kind: type[LumenError], what: str, where: str, remedy: str) -> LumenError:
    return kind(what, where=where, remedy=remedy)
