"""What archives said they have: it stands when the line doesn't, and goes when they have it no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workstation.dicom.model import Patient, Study
from workstation.store import Listing, RemoteStudy, Store, StudyQuery, Window

SEEN = datetime(2026, 1, 1, 8, tzinfo=UTC)
LATER = SEEN + timedelta(hours=1)
EVERYTHING = {"new", "elsewhere", "before", "after", "undated", "other", "within"}


def _study(uid: str, date: str = "20260101", archive: str = "group", **patient: str) -> RemoteStudy:
    return RemoteStudy(
        archive,
        Patient(patient.get("patient_id", "P1"), "HOSPITAL", "MÜLLER^JANE", "19700101", "F"),
        Study(uid, date, "0800", f"A{uid}", "Head", "REF^A", "General", "S1"),
        ("CT", "SR"),
        ("HEAD", "NECK AND CHEST"),
        None,
        500,
        "ONLINE",
        SEEN,
    )


def _uids(store: Store, query: StudyQuery | None = None) -> list[str]:
    return [row.uid for row in store.remote_studies.list(query or StudyQuery())]


def test_every_fact_is_there_after_a_restart(store: Store, reopen: Callable[[], Store]) -> None:
    known, unsaid = _study("1"), replace(_study("2"), instances=None, series=3, modalities=(), body_parts=())
    store.remote_studies.put_all([known, unsaid])
    store.close()
    remote = reopen().remote_studies

    assert remote.list() == (replace(known, first_seen=SEEN), replace(unsaid, first_seen=SEEN))
    assert remote.of_study("2") == (replace(unsaid, first_seen=SEEN),)


def test_a_study_that_is_seen_again_keeps_when_it_was_seen_first(store: Store) -> None:
    store.remote_studies.put_all([_study("1")])
    store.remote_studies.put_all([replace(_study("1"), seen=LATER, instances=501)])

    assert store.remote_studies.list() == (replace(_study("1"), seen=LATER, instances=501, first_seen=SEEN),)


def test_a_study_of_two_archives_is_told_of_by_each(store: Store) -> None:
    store.remote_studies.put_all([_study("1", archive="hospital"), _study("1"), _study("2")])

    assert [row.archive for row in store.remote_studies.of_study("1")] == ["group", "hospital"]


def test_the_newest_come_first_and_what_is_asked_is_heeded(store: Store) -> None:
    store.remote_studies.put_all(
        [_study("1", "20250101"), _study("2", "20260301"), _study("3", ""), _study("4", patient_id="P4")]
    )

    assert _uids(store) == ["2", "4", "1", "3"]
    assert _uids(store, StudyQuery(text="muller a1")) == ["1"]
    assert _uids(store, StudyQuery(patient_id="P4")) == ["4"]
    assert _uids(store, StudyQuery(from_date="20260101", to_date="20260301")) == ["2", "4"]
    assert _uids(store, StudyQuery(modalities=frozenset({"SR", "US"}))) == ["2", "4", "1", "3"]
    assert _uids(store, StudyQuery(modalities=frozenset({"US"}))) == []


@pytest.mark.parametrize(
    ("window", "left"),
    [
        (Window("group"), {"new", "elsewhere"}),
        (
            Window("group", "20260101", "20260131"),
            {"new", "elsewhere", "before", "after", "undated", "other"},
        ),
        (Window("group", from_date="20260101"), {"new", "elsewhere", "before", "undated"}),
        (Window("group", to_date="20260131"), {"new", "elsewhere", "after", "undated", "other"}),
        (Window("group", patient_id="P1"), {"new", "elsewhere", "other"}),
        (Window("nowhere"), EVERYTHING),
    ],
)
def test_only_what_a_whole_answer_would_have_listed_goes(
    store: Store, window: Window, left: set[str]
) -> None:
    store.remote_studies.put_all(
        [
            _study("before", "20251231"),
            _study("within", "20260115"),
            _study("after", "20260201"),
            _study("undated", ""),
            _study("other", "20260202", patient_id="P2"),
            _study("elsewhere", "20260115", archive="hospital"),
        ]
    )
    gone = store.remote_studies.put_all([_study("new", "20260116")], window)

    assert set(_uids(store)) == left
    assert gone == len(EVERYTHING - left)


def test_with_a_study_goes_what_was_listed_of_it_there(store: Store) -> None:
    store.remote_studies.put_all([_study("1"), _study("1", archive="hospital")])
    store.listed.put(Listing("group", "1", ("1.1", "1.2"), b"", SEEN))
    store.listed.put(Listing("hospital", "1", ("1.1",), b"", SEEN))

    assert store.remote_studies.put_all((), Window("group")) == 1

    assert store.listed.expected("1") == 1
    store.remote_studies.put_all((), Window("hospital"))
    assert store.listed.expected("1") is None
    assert _uids(store) == []


def test_what_another_archive_lists_speaks_for_itself_alone(store: Store) -> None:
    store.remote_studies.put_all([_study("1")])

    assert store.remote_studies.put_all([_study("1", archive="hospital")], Window("group")) == 1

    assert [row.archive for row in store.remote_studies.list()] == ["hospital"]
