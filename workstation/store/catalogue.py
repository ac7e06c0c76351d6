"""Writing an instance into the index: its study and series if they are new, itself, and the counts.

Every function works inside the caller's transaction.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from workstation.dicom.model import InstanceRecord, Patient
from workstation.store.accounts import account
from workstation.store.arrivals import Examined
from workstation.store.blob_format import pack_table
from workstation.store.database import Database, Row, Value
from workstation.store.folding import folded
from workstation.store.names import Place

_FAST: Final = 1

_COUNTS: Final = """
    UPDATE studies SET
        series = (SELECT count(*) FROM series WHERE study = studies.id),
        modalities = (SELECT coalesce(group_concat(m, ' '), '') FROM
            (SELECT DISTINCT modality AS m FROM series WHERE study = studies.id AND m <> '' ORDER BY m)),
        body_parts = (SELECT coalesce(group_concat(b, char(10)), '') FROM
            (SELECT DISTINCT body_part AS b FROM series WHERE study = studies.id AND b <> '' ORDER BY b)),
        (instances, frames, bytes, unverified, variants, other_patients) = (
            SELECT count(DISTINCT uid), coalesce(sum(frame_count), 0), coalesce(sum(length), 0),
                coalesce(sum(NOT verified), 0), count(*) - count(DISTINCT uid),
                coalesce(sum(is_other_patient), 0)
            FROM instances WHERE study = studies.id)
    WHERE id = ?"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An instance as it goes into the index."""

    examined: Examined
    place: Place
    sealed_key: bytes
    length: int
    salt: bytes
    verified: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """Rows that were found or made for the entries before, so that each is asked for once."""

    studies: dict[str, int] = field(default_factory=dict)
    patients: dict[int, Row] = field(default_factory=dict)
    series: dict[tuple[int, str], int] = field(default_factory=dict)


def add(database: Database, entries: Iterable[Entry], stored: datetime) -> None:
    """Add instances that have their files, and count their studies anew."""
    listed = _Listed()
    studies = {_add(database, entry, stored, listed) for entry in entries}
    for study in studies:
        recount(database, study)


def point_to(database: Database, place: Place, salt: bytes) -> None:
    """Point a row to the file with this salt, which holds the same content and is about to take its place."""
    database.rows("UPDATE instances SET salt = ? WHERE id = ?", salt, row_of(database, place))


def accept(database: Database, place: Place, salt: bytes) -> None:
    """Point a row to the file with this salt, which holds the same content and is there."""
    row = row_of(database, place)
    database.rows("UPDATE instances SET salt = ?, damaged = 0 WHERE id = ?", salt, row)
    _account_with(database, row)


def mark_damaged(database: Database, place: Place, salt: bytes) -> None:
    """Note that the file with this salt can't be read; another one may have come in its place."""
    row = row_of(database, place)
    database.rows("UPDATE instances SET damaged = 1 WHERE id = ? AND salt = ?", row, salt)
    _account_with(database, row)


def remove(database: Database, row: int) -> bool:
    """List an instance no more; say whether an archive was known to have it."""
    study, verified = database.rows("SELECT study, verified FROM instances WHERE id = ?", row)[0]
    database.rows("DELETE FROM instances WHERE id = ?", row)
    recount(database, study)
    return bool(verified)


def note_verified(database: Database, study_uid: str, digests: Iterable[str]) -> None:
    """Note that an archive has these contents of a study: a variant under the same UID it need not have."""
    study = database.number("SELECT id FROM studies WHERE uid = ?", study_uid)
    wanted = frozenset(digests)
    rows = database.rows("SELECT id, sha256 FROM instances WHERE study = ? AND NOT verified", study)
    for row, sha256 in rows:
        if sha256 in wanted:
            database.rows("UPDATE instances SET verified = 1 WHERE id = ?", row)
    database.rows(_COUNTS, study)


def recount(database: Database, study: int) -> None:
    """Count what a study holds, or drop it if that is nothing."""
    if database.number("SELECT count(*) FROM instances WHERE study = ?", study) == 0:
        database.rows("DELETE FROM studies WHERE id = ?", study)
        return
    database.rows(
        "DELETE FROM series WHERE study = ? AND id NOT IN (SELECT series FROM instances WHERE study = ?)",
        study,
        study,
    )
    database.rows(_COUNTS, study)
    account(database, str(database.rows("SELECT uid FROM studies WHERE id = ?", study)[0][0]))


def row_of(database: Database, place: Place) -> int:
    """Return the row that lists a file; 0 if none does."""
    return database.number(
        "SELECT i.id FROM instances i JOIN studies s ON s.id = i.study "
        "WHERE s.tag = ? AND i.tag = ? AND i.version = ?",
        place.study_tag,
        place.instance_tag,
        place.version,
    )


def _account_with(database: Database, row: int) -> None:
    """Hold the study of an instance against what archives list."""
    found = database.rows(
        "SELECT s.uid FROM instances i JOIN studies s ON s.id = i.study WHERE i.id = ?", row
    )
    for (uid,) in found:
        account(database, uid)


def _add(database: Database, entry: Entry, stored: datetime, listed: _Listed) -> int:
    record = entry.examined.record
    uid = record.study.uid
    if (study := listed.studies.get(uid, 0)) == 0:
        study = listed.studies[uid] = _study(database, entry, stored)
        listed.patients[study] = _patient(database, study)
    if (series := listed.series.get((study, record.series.uid), 0)) == 0:
        series = listed.series[study, record.series.uid] = _series(database, study, record)
    row: dict[str, Value] = {
        "study": study,
        "series": series,
        "uid": record.uid,
        "version": entry.place.version,
        "tag": entry.place.instance_tag,
        "sha256": entry.examined.sha256,
        "salt": entry.salt,
        "length": entry.length,
        "frame_count": record.frame_count,
        "verified": int(entry.verified),
        "is_other_patient": int(_is_other_patient(listed.patients[study], record.patient)),
        "record": zlib.compress(entry.examined.record_text.encode(), _FAST),
        "frames": pack_table(entry.examined.table),
    }
    database.insert("instances", row)
    return study


def _study(database: Database, entry: Entry, stored: datetime) -> int:
    study, patient = entry.examined.record.study, entry.examined.record.patient
    found = database.number("SELECT id FROM studies WHERE uid = ?", study.uid)
    if found:
        return found
    database.rows("DELETE FROM shredded WHERE tag = ?", entry.place.study_tag)
    row: dict[str, Value] = {
        "uid": study.uid,
        "tag": entry.place.study_tag,
        "sealed_key": entry.sealed_key,
        "patient_id": patient.patient_id,
        "issuer": patient.issuer,
        "name": patient.name,
        "birth_date": patient.birth_date,
        "sex": patient.sex,
        "date": study.date,
        "time": study.time,
        "accession": study.accession,
        "description": study.description,
        "referring": study.referring,
        "institution": study.institution,
        "study_id": study.study_id,
        "folded": folded(patient.name, patient.patient_id, study.accession, study.description),
        "stored": stored.isoformat(),
        "access": database.number("SELECT max(access) FROM studies") + 1,
    }
    database.insert("studies", row)
    return database.number("SELECT id FROM studies WHERE uid = ?", study.uid)


def _patient(database: Database, study: int) -> Row:
    return database.rows("SELECT patient_id, issuer, birth_date, sex FROM studies WHERE id = ?", study)[0]


def _is_other_patient(row: Row, patient: Patient) -> bool:
    """Say whether an instance names another patient than its study; the name alone may be spelt anyhow."""
    return row != (patient.patient_id, patient.issuer, patient.birth_date, patient.sex)


def _series(database: Database, study: int, record: InstanceRecord) -> int:
    series = record.series
    found = database.number("SELECT id FROM series WHERE study = ? AND uid = ?", study, series.uid)
    if found:
        return found
    row: dict[str, Value] = {
        "study": study,
        "uid": series.uid,
        "number": series.number,
        "modality": series.modality,
        "description": series.description,
        "body_part": series.body_part,
    }
    database.insert("series", row)
    return database.number("SELECT id FROM series WHERE study = ? AND uid = ?", study, series.uid)
