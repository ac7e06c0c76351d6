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
    (
        """CREATE TABLE artefacts (
            uid TEXT PRIMARY KEY, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL, sop_class TEXT NOT NULL,
            kind TEXT NOT NULL, transfer_syntax TEXT NOT NULL, sha256 TEXT NOT NULL, digest TEXT NOT NULL,
            size INTEGER NOT NULL, created TEXT NOT NULL, author TEXT NOT NULL, body BLOB)""",
        """CREATE TABLE deliveries (
            uid TEXT NOT NULL, destination TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
            due TEXT, maybe_stored INTEGER NOT NULL, owner TEXT NOT NULL, endpoint TEXT NOT NULL,
            error TEXT NOT NULL, error_code INTEGER NOT NULL, changed TEXT NOT NULL, stored_at TEXT,
            verified_at TEXT, after TEXT NOT NULL, priority INTEGER NOT NULL,
            PRIMARY KEY (uid, destination))""",
        "CREATE INDEX deliveries_by_need ON deliveries (after)",
        """CREATE TABLE links (
            patient_id TEXT NOT NULL, issuer TEXT NOT NULL,
            other_id TEXT NOT NULL, other_issuer TEXT NOT NULL,
            confirmed_by TEXT NOT NULL, confirmed TEXT NOT NULL,
            PRIMARY KEY (patient_id, issuer, other_id, other_issuer))""",
        """CREATE TABLE claims (
            archive TEXT NOT NULL, task_uid TEXT NOT NULL, transaction_uid TEXT NOT NULL,
            study_uid TEXT NOT NULL, since TEXT NOT NULL, state TEXT NOT NULL,
            PRIMARY KEY (archive, task_uid))""",
    ),
    (
        """CREATE TABLE refused_links (
            patient_id TEXT NOT NULL, issuer TEXT NOT NULL,
            other_id TEXT NOT NULL, other_issuer TEXT NOT NULL,
            refused_by TEXT NOT NULL, refused TEXT NOT NULL,
            PRIMARY KEY (patient_id, issuer, other_id, other_issuer))""",
        "CREATE TABLE counts (study_uid TEXT PRIMARY KEY, instances INTEGER NOT NULL)",
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
    (
        """CREATE TABLE remote_studies (
            archive TEXT NOT NULL, uid TEXT NOT NULL,
            patient_id TEXT NOT NULL, issuer TEXT NOT NULL, name TEXT NOT NULL, birth_date TEXT NOT NULL,
            sex TEXT NOT NULL, date TEXT NOT NULL, time TEXT NOT NULL, accession TEXT NOT NULL,
            description TEXT NOT NULL, referring TEXT NOT NULL, institution TEXT NOT NULL,
            study_id TEXT NOT NULL, modalities TEXT NOT NULL, body_parts TEXT NOT NULL,
            series INTEGER, instances INTEGER, availability TEXT NOT NULL,
            seen TEXT NOT NULL, first_seen TEXT NOT NULL, folded TEXT NOT NULL,
            PRIMARY KEY (archive, uid))""",
        "CREATE INDEX remote_studies_by_uid ON remote_studies (uid)",
        "CREATE INDEX remote_studies_by_patient ON remote_studies (patient_id)",
        """CREATE TABLE listed (
            archive TEXT NOT NULL, study_uid TEXT NOT NULL, uids BLOB NOT NULL, body BLOB NOT NULL,
            seen TEXT NOT NULL, PRIMARY KEY (study_uid, archive))""",
        """CREATE TABLE accounts (
            study_uid TEXT PRIMARY KEY, here INTEGER NOT NULL, expected INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX instances_damaged ON instances (study, uid) WHERE damaged",
        """CREATE TABLE tasks (
            archive TEXT NOT NULL, uid TEXT NOT NULL, body TEXT NOT NULL, seen TEXT NOT NULL,
            PRIMARY KEY (archive, uid)) WITHOUT ROWID""",
        """CREATE TABLE checks (
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, archive TEXT NOT NULL, endpoint TEXT NOT NULL,
            body TEXT NOT NULL)""",
    ),
)
