"""Studies that a person wants kept, and why: pins don't expire by time, and count as work.

What someone has measured in stays without a pin, and so does what is still to be passed on to an archive.
"""

from __future__ import annotations

from typing import Final

from workstation.store.artefacts import OPEN
from workstation.store.changes import Cut, Put
from workstation.store.work import Work

_KEPT: Final = f"""
    SELECT study_uid FROM pins UNION SELECT study_uid FROM measurements
    UNION SELECT a.study_uid FROM artefacts a JOIN deliveries d ON d.uid = a.uid
        WHERE a.body IS NULL AND {OPEN}"""  # noqa: S608 - our own words


class Pins:
    """What is never given away for room."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, study_uid: str, reason: str) -> None:
        """Keep a study for a reason ("assigned", "teaching", …)."""
        self._work.write(Put("pins", {"study_uid": study_uid, "reason": reason}))

    def remove(self, study_uid: str, reason: str) -> None:
        """Let go of one reason; others may remain."""
        self._work.write(Cut("pins", {"study_uid": study_uid, "reason": reason}))

    def reasons(self, study_uid: str) -> tuple[str, ...]:
        """Return why a study is kept."""
        found = self._work.rows("SELECT reason FROM pins WHERE study_uid = ? ORDER BY reason", study_uid)
        return tuple(reason for (reason,) in found)

    def all(self) -> frozenset[str]:
        """Return the studies that are never given away."""
        found = self._work.rows(_KEPT)
        return frozenset(uid for (uid,) in found)
