"""The studies that the store holds, as a list shows them.

Units:   dates and times as DICOM writes them (DA, TM); ``stored`` in UTC; sizes in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from workstation.dicom.model import Patient, Study
from workstation.store.catalogue import note_verified
from workstation.store.database import Row, Value
from workstation.store.folding import words
from workstation.store.index import Index

_COLUMNS: Final = (
    "uid, tag, patient_id, issuer, name, birth_date, sex, date, time, accession, description, referring, "
    "institution, study_id, modalities, body_parts, series, instances, frames, bytes, unverified, variants, "
    "other_patients, stored, access"
)
_LIKE_SIGNS: Final = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One study, without its images."""

    patient: Patient
    study: Study
    tag: str
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    series: int
    instances: int
    frames: int
    bytes: int
    unverified: int  # instances that no archive is known to have
    variants: int  # instances whose UID came with more than one content
    other_patients: int  # instances that name another patient than the first did
    stored: datetime
    access: int

    @property
    def uid(self) -> str:
        """Return the Study Instance UID."""
        return self.study.uid

    @property
    def is_work(self) -> bool:
        """Say whether it can't be fetched again, as far as is known."""
        return self.unverified > 0


@dataclass(frozen=True, slots=True)
class StudyQuery:
    """What to look for; what is empty is not asked."""

    text: str = ""  # every word in name, patient ID, accession number or description
    modalities: frozenset[str] = field(default_factory=frozenset)  # at least one of them
    from_date: str = ""  # DA, inclusive
    to_date: str = ""
    patient_id: str = ""


ANY: Final = StudyQuery()


class Studies:
    """The list of studies."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def list(self, query: StudyQuery = ANY) -> tuple[StudyRow, ...]:
        """Return the studies that fit, newest first."""
        wanted, values = conditions(query)
        found = self._index.rows(
            f"SELECT {_COLUMNS} FROM studies WHERE {' AND '.join(wanted)} "  # noqa: S608 - our own words
            "ORDER BY date DESC, time DESC, uid",
            *values,
        )
        rows = (_study_row(row) for row in found)
        return tuple(row for row in rows if not query.modalities or query.modalities & set(row.modalities))

    def get(self, uid: str) -> StudyRow | None:
        """Return one study, if it is here."""
        found = self._index.row(f"SELECT {_COLUMNS} FROM studies WHERE uid = ?", uid)  # noqa: S608 - as above
        return _study_row(found) if found else None

    def touch(self, uid: str) -> None:
        """Note that a study was opened: it is given away later than those that were not."""
        with self._index.writing() as database:
            database.rows(
                "UPDATE studies SET access = (SELECT max(access) FROM studies) + 1 WHERE uid = ?", uid
            )

    def mark_verified(self, uid: str, digests: Iterable[str]) -> None:
        """Note that an archive has the instances of a study with these digests: they are no work now."""
        with self._index.writing() as database:
            note_verified(database, uid, digests)


def conditions(query: StudyQuery) -> tuple[list[str], list[Value]]:
    """Return a query as conditions on columns, and their values; modalities are the caller's to compare."""
    asked: list[tuple[str, Value]] = [
        (r"folded LIKE '%' || ? || '%' ESCAPE '\'", word.translate(_LIKE_SIGNS)) for word in words(query.text)
    ]
    if query.from_date:
        asked.append(("date >= ?", query.from_date))
    if query.to_date:
        asked.append(("date <= ?", query.to_date))
    if query.patient_id:
        asked.append(("patient_id = ?", query.patient_id))
    return ["1", *(condition for condition, _ in asked)], [value for _, value in asked]


def _study_row(row: Row) -> StudyRow:
    uid, tag, patient_id, issuer, name, birth_date, sex, date, time, accession, description = row[:11]
    referring, institution, study_id, modalities, body_parts, *counts, stored, access = row[11:]
    series, instances, frames, size, unverified, variants, other_patients = counts
    return StudyRow(
        Patient(patient_id, issuer, name, birth_date, sex),
        Study(uid, date, time, accession, description, referring, institution, study_id),
        tag,
        tuple(modalities.split()),
        tuple(part for part in body_parts.split("\n") if part),
        series,
        instances,
        frames,
        size,
        unverified,
        variants,
        other_patients,
        datetime.fromisoformat(stored),
        access,
    )
