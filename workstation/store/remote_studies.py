"""The studies that archives said they have, so that the list stands when the line doesn't.

Class B, and more than that: images can't tell it. If the index is lost this is empty until the archives
are asked again.

Errors:  DiskFull, DiskFailed, StoreDamaged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from workstation.dicom.model import Patient, Study
from workstation.store.accounts import account
from workstation.store.database import Database, Row, Value
from workstation.store.folding import folded
from workstation.store.index import Index
from workstation.store.stamps import moment, stamp
from workstation.store.studies import ANY, StudyQuery, conditions

_REPEATED: Final = 4096

_COLUMNS: Final = (
    "archive, uid, patient_id, issuer, name, birth_date, sex, date, time, accession, description, referring, "
    "institution, study_id, modalities, body_parts, series, instances, availability, seen, first_seen"
)
_ALL_COLUMNS: Final = f"{_COLUMNS}, folded"
_SET: Final = ", ".join(
    f"{name} = excluded.{name}"
    for name in _ALL_COLUMNS.split(", ")
    if name not in {"archive", "uid", "first_seen"}
)
_UPSERT: Final = (
    f"INSERT INTO remote_studies ({_ALL_COLUMNS}) VALUES ({', '.join('?' * len(_ALL_COLUMNS.split(', ')))}) "  # noqa: S608 - our own words
    f"ON CONFLICT (archive, uid) DO UPDATE SET {_SET}"
)


@dataclass(frozen=True, slots=True)
class RemoteStudy:
    """A study as an archive told of it."""

    archive: str
    patient: Patient
    study: Study
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    series: int | None  # None: the archive doesn't say
    instances: int | None
    availability: str
    seen: datetime
    first_seen: datetime | None = None  # kept by the store

    @property
    def uid(self) -> str:
        """Return the Study Instance UID."""
        return self.study.uid


@dataclass(frozen=True, slots=True)
class Window:
    """What an archive was asked for; what is empty was not asked. Its answer was whole."""

    archive: str
    from_date: str = ""  # DA, inclusive
    to_date: str = ""
    patient_id: str = ""


class RemoteStudies:
    """What the archives have."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def put_all(self, studies: Iterable[RemoteStudy], whole: Window | None = None) -> int:
        """Note what an archive lists; in a window that it lists whole nothing else remains.

        Return how many went.
        """
        with self._index.writing() as database:
            listed = set()
            for study in studies:
                database.rows(_UPSERT, *_values(study))
                listed.add((study.archive, study.uid))
            return _forget_others(database, whole, listed) if whole else 0

    def list(self, query: StudyQuery = ANY) -> tuple[RemoteStudy, ...]:
        """Return the studies that fit, newest first; one that several archives have comes once for each."""
        wanted, values = conditions(query)
        found = self._rows(f"{' AND '.join(wanted)} ORDER BY date DESC, time DESC, uid, archive", *values)
        return tuple(row for row in found if not query.modalities or query.modalities & set(row.modalities))

    def of_study(self, uid: str) -> tuple[RemoteStudy, ...]:
        """Return what each archive that has a study says of it."""
        return self._rows("uid = ? ORDER BY archive", uid)

    def _rows(self, condition: str, *values: Value) -> tuple[RemoteStudy, ...]:
        found = self._index.rows(f"SELECT {_COLUMNS} FROM remote_studies WHERE {condition}", *values)  # noqa: S608 - own
        return tuple(map(_remote_study, found))


def _forget_others(database: Database, window: Window, listed: set[tuple[str, str]]) -> int:
    asked: list[tuple[str, str]] = [("archive = ?", window.archive)]
    if window.from_date:
        asked.append(("date >= ?", window.from_date))
    if window.to_date:
        asked.append(("date <> '' AND date <= ?", window.to_date))  # without a date it is in no span
    if window.patient_id:
        asked.append(("patient_id = ?", window.patient_id))
    where = " AND ".join(condition for condition, _ in asked)
    here = database.rows(
        f"SELECT uid FROM remote_studies WHERE {where}",  # noqa: S608 - our own words
        *(value for _, value in asked),
    )
    gone = [uid for (uid,) in here if (window.archive, uid) not in listed]
    for uid in gone:
        database.rows("DELETE FROM remote_studies WHERE archive = ? AND uid = ?", window.archive, uid)
        database.rows("DELETE FROM listed WHERE archive = ? AND study_uid = ?", window.archive, uid)
        account(database, uid)
    return len(gone)


def _values(remote: RemoteStudy) -> tuple[Value, ...]:
    patient, study, seen = remote.patient, remote.study, stamp(remote.seen)
    return (
        remote.archive,
        study.uid,
        patient.patient_id,
        patient.issuer,
        patient.name,
        patient.birth_date,
        patient.sex,
        study.date,
        study.time,
        study.accession,
        study.description,
        study.referring,
        study.institution,
        study.study_id,
        " ".join(remote.modalities),
        "\n".join(remote.body_parts),
        remote.series,
        remote.instances,
        remote.availability,
        seen,
        seen,
        folded(patient.name, patient.patient_id, study.accession, study.description),
    )


def _remote_study(row: Row) -> RemoteStudy:
    archive, uid, patient_id, issuer, name, birth_date, sex, date, time, accession, description = row[:11]
    referring, institution, study_id, modalities, body_parts, series, instances = row[11:18]
    availability, seen, first_seen = row[18:]
    return RemoteStudy(
        archive,
        Patient(patient_id, issuer, name, birth_date, sex),
        Study(uid, date, time, accession, description, referring, institution, study_id),
        _parts(modalities, " "),
        _parts(body_parts, "\n"),
        series,
        instances,
        availability,
        _moment(seen),
        _moment(first_seen),
    )


# A list of 20,000 repeats a few of these over and over.
_moment: Final = lru_cache(_REPEATED)(moment)


@lru_cache(_REPEATED)
def _parts(text: str, between: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(between) if part)
