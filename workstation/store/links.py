"""The same person under several patient IDs: links that a person has confirmed, never assumed, or refused.

A patient ID means something only together with who issued it. Links may form a chain, which is the reader's
to follow. The last word about two IDs holds. Class A: nobody decides the same thing twice.

Errors:  ValueError for a patient ID that is empty, or linked with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from workstation.store.changes import Cut, Put
from workstation.store.stamps import moment, stamp
from workstation.store.work import Work


class PatientKey(NamedTuple):
    """What a hospital knows a person by."""

    patient_id: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two keys that are one person's, as somebody has decided; or that are two persons', if they refused."""

    first: PatientKey
    second: PatientKey
    decided_by: str
    decided: datetime


class Links:
    """What was decided about pairs of keys."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def confirm(self, link: Link) -> None:
        """Keep a link; which of the two is the first means nothing."""
        key = _key(link.first, link.second)
        row = {"confirmed_by": link.decided_by, "confirmed": stamp(link.decided)}
        self._work.write(Cut("refused_links", key), Put("links", {**key, **row}))

    def refuse(self, link: Link) -> None:
        """Keep that two keys are not one person's; other ways between the two may remain."""
        key = _key(link.first, link.second)
        row = {"refused_by": link.decided_by, "refused": stamp(link.decided)}
        self._work.write(Cut("links", key), Put("refused_links", {**key, **row}))

    def all(self) -> tuple[Link, ...]:
        """Return every confirmed link, the oldest first."""
        return self._decided("SELECT * FROM links ORDER BY confirmed, 1, 2, 3, 4")

    def refused(self) -> tuple[Link, ...]:
        """Return the pairs that are not one person's, the oldest decision first."""
        return self._decided("SELECT * FROM refused_links ORDER BY refused, 1, 2, 3, 4")

    def _decided(self, sql: str) -> tuple[Link, ...]:
        found = self._work.rows(sql)
        return tuple(
            Link(PatientKey(*row[:2]), PatientKey(*row[2:4]), row[4], moment(row[5])) for row in found
        )


def _key(first: PatientKey, second: PatientKey) -> dict[str, str]:
    if first == second or not first.patient_id or not second.patient_id:
        raise ValueError("a link joins two patient IDs")
    (patient_id, issuer), (other_id, other_issuer) = sorted((first, second))
    return {"patient_id": patient_id, "issuer": issuer, "other_id": other_id, "other_issuer": other_issuer}
