"""The tables of both databases: each entry leads from one version of the schema to the next."""

from __future__ import annotations

from typing import Final

WORK: Final = (
    (
        """CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, link BLOB NOT NULL)""",
        "INSERT INTO state VALUES (1, 0, x'')",
        """CREATE TABLE measurements (
            id TEXT PRIMARY KEY, study_uid TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL)""",
        "CREATE INDEX measurements_by_study ON measurements (study_uid)",
        "CREATE TABLE pins (study_uid TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (study_uid, reason))",
        "CREATE TABLE audit (seq INTEGER PRIMARY KEY, data BLOB NOT NULL, hash BLOB NOT NULL)",
    ),
)

CACHE: Final = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
        """CREATE TABLE studies (
            id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, tag TEXT NOT NULL UNIQUE,
            sealed_key BLOB NOT NULL,
            patient_id TEXT NOT NULL, issuer TEXT NOT NULL, name TEXT NOT NULL, birth_date TEXT NOT NULL,
            sex TEXT NOT NULL, date TEXT NOT NULL, time TEXT NOT NULL, accession TEXT NOT NULL,
            description TEXT NOT NULL, referring TEXT NOT NULL, institution TEXT NOT NULL,
            study_id TEXT NOT NULL,
            folded TEXT NOT NULL, modalities TEXT NOT NULL DEFAULT '', body_parts TEXT NOT NULL DEFAULT '',
            series INTEGER NOT NULL DEFAULT 0, instances INTEGER NOT NULL DEFAULT 0,
            frames INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
            unverified INTEGER NOT NULL DEFAULT 0, variants INTEGER NOT NULL DEFAULT 0,
            other_patients INTEGER NOT NULL DEFAULT 0,
            stored TEXT NOT NULL, access INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX studies_by_date ON studies (date, time)",
        "CREATE INDEX studies_by_patient ON studies (patient_id)",
        """CREATE TABLE series (
            id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
            uid TEXT NOT NULL, number INTEGER, modality TEXT NOT NULL, description TEXT NOT NULL,
            body_part TEXT NOT NULL,
            UNIQUE (study, uid))""",
        """CREATE TABLE instances (
            id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
            series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
            uid TEXT NOT NULL, version INTEGER NOT NULL, tag TEXT NOT NULL, sha256 TEXT NOT NULL,
            salt BLOB NOT NULL, length INTEGER NOT NULL, frame_count INTEGER NOT NULL,
            verified INTEGER NOT NULL, damaged INTEGER NOT NULL DEFAULT 0,
            is_other_patient INTEGER NOT NULL,
            record BLOB NOT NULL, frames BLOB NOT NULL, UNIQUE (study, uid, version))""",
        "CREATE INDEX instances_by_uid ON instances (uid)",
        "CREATE INDEX instances_by_study ON instances (study)",
        "CREATE INDEX instances_by_series ON instances (series)",
        "CREATE INDEX instances_by_tag ON instances (tag, version)",
        "CREATE TABLE shredded (tag TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE sessions (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
    ),
)
