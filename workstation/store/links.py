"""The same person under several patient IDs: links that a person has confirmed, never assumed.

A patient ID means something only together with who issued it. Links may form a chain; ``same_person``
follows them to their ends. Class A: nobody confirms the same thing twice.

Errors:  ValueError for a patient ID that is empty, or linked with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from workstation.store.changes import Cut, Put
from workstation.store.stamps import moment, stamp
from workstation.store.work import Work

_CLOSURE: Final = """
    WITH RECURSIVE person (patient_id, issuer) AS (
        VALUES (?, ?)
        UNION SELECT l.other_id, l.other_issuer FROM links l JOIN person p
            ON l.patient_id = p.patient_id AND l.issuer = p.issuer
        UNION SELECT l.patient_id, l.issuer FROM links l JOIN person p
            ON l.other_id = p.patient_id AND l.other_issuer = p.issuer)
    SELECT patient_id, issuer FROM person"""


class PatientKey(NamedTuple):
    """What a hospital knows a person by."""

    patient_id: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two keys that are one person's, as somebody has confirmed."""

    first: PatientKey
    second: PatientKey
    confirmed_by: str
    confirmed: datetime


class Links:
    """The confirmed links."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def confirm(self, link: Link) -> None:
        """Keep a link; which of the two is the first means nothing."""
        row = {"confirmed_by": link.confirmed_by, "confirmed": stamp(link.confirmed)}
        self._work.write(Put("links", {**_key(link.first, link.second), **row}))

    def remove(self, first: PatientKey, second: PatientKey) -> None:
        """Forget a link; other ways between the two may remain."""
        self._work.write(Cut("links", _key(first, second)))

    def all(self) -> tuple[Link, ...]:
        """Return every link, the oldest first."""
        found = self._work.rows(
            "SELECT patient_id, issuer, other_id, other_issuer, confirmed_by, confirmed FROM links "
            "ORDER BY confirmed, 1, 2, 3, 4"
        )
        return tuple(
            Link(PatientKey(*row[:2]), PatientKey(*row[2:4]), row[4], moment(row[5])) for row in found
        )

    def same_person(self, patient_id: str, issuer: str) -> frozenset[PatientKey]:
        """Return every key of the person who has this one, this one included."""
        found = self._work.rows(_CLOSURE, patient_id, issuer)
        return frozenset(PatientKey(*row) for row in found)


def _key(first: PatientKey, second: PatientKey) -> dict[str, str]:
    if first == second or not first.patient_id or not second.patient_id:
        raise ValueError("a link joins two patient IDs")
    (patient_id, issuer), (other_id, other_issuer) = sorted((first, second))
    return {"patient_id": patient_id, "issuer": issuer, "other_id": other_id, "other_issuer": other_issuer}
