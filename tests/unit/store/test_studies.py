from datetime import UTC, datetime

import pytest
from store_instances import Maker

from workstation.store import Store, StudyQuery


@pytest.fixture
def filled(store: Store, make: Maker) -> Store:
    store.intake.put(
        [
            make.incoming("1.1", "1", name="MÜLLER^JÖRG", patient_id="P1"),
            make.incoming("1.2", "2", name="DOE^JANE", patient_id="P_2"),
            make.incoming("1.3", "3", name="DOE^JOHN", patient_id="P%3"),
        ]
    )
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"1.1", "1.2", "1.3"}),
        ("doe", {"1.2", "1.3"}),
        ("jane doe", {"1.2"}),
        ("muller", {"1.1"}),
        ("MÜLLER", {"1.1"}),
        ("P1", {"1.1"}),
        ("_2", {"1.2"}),
        ("%", {"1.3"}),
        ("p%3", {"1.3"}),
        ("\\", set()),
        ("head", {"1.1", "1.2", "1.3"}),
        ("A1.2", {"1.2"}),
        ("doe muller", set()),
        ("'; DROP TABLE studies", set()),
    ],
)
def test_every_word_must_be_found_somewhere(filled: Store, text: str, found: set[str]) -> None:
    assert {row.uid for row in filled.studies.list(StudyQuery(text=text))} == found


def test_filters_narrow_the_list(filled: Store) -> None:
    def count(query: StudyQuery) -> int:
        return len(filled.studies.list(query))

    assert count(StudyQuery(modalities=frozenset({"MR", "CT"}))) == 3
    assert count(StudyQuery(modalities=frozenset({"CT"}))) == 0
    assert count(StudyQuery(from_date="20260101", to_date="20260101")) == 3
    assert count(StudyQuery(from_date="20260102")) == 0
    assert count(StudyQuery(to_date="20251231")) == 0
    assert count(StudyQuery(patient_id="P_2")) == 1
    assert count(StudyQuery(text="doe", patient_id="P1")) == 0


def test_a_row_says_what_the_study_holds(filled: Store, make: Maker) -> None:
    filled.intake.put([make.incoming("1.1", "9", name="MÜLLER^JÖRG")])
    row = filled.studies.get("1.1")

    assert row is not None
    assert (row.patient.name, row.patient.patient_id, row.study.accession) == ("MÜLLER^JÖRG", "P1", "A1.1")
    assert (row.modalities, row.body_parts) == (("MR",), ("HEAD",))
    assert (row.series, row.instances, row.frames, row.bytes) == (1, 2, 2, 2 * make.size)
    assert row.stored == datetime(2026, 1, 1, tzinfo=UTC)
    assert row.is_work
    assert filled.studies.get("9.9") is None


def test_a_study_that_was_opened_last_was_accessed_last(filled: Store) -> None:
    filled.studies.touch("1.1")
    filled.studies.touch("1.3")
    filled.studies.touch("1.1")
    filled.studies.touch("unknown")

    order = sorted(filled.studies.list(), key=lambda row: row.access)
    assert [row.uid for row in order] == ["1.2", "1.3", "1.1"]


def test_instances_that_an_archive_has_are_noted_one_by_one(filled: Store, make: Maker) -> None:
    filled.intake.put([make.incoming("1.1", "9")])

    digests = {one.uid: one.sha256 for one in filled.instances.of_study("1.1")}

    filled.studies.mark_verified("1.1", [digests["9"]])
    assert filled.studies.list(StudyQuery(patient_id="P1"))[0].unverified == 1
    filled.studies.mark_verified("1.1", digests.values())
    assert not filled.studies.list(StudyQuery(patient_id="P1"))[0].is_work
    assert all(one.is_verified for one in filled.instances.of_study("1.1"))
    assert filled.studies.list(StudyQuery(patient_id="P_2"))[0].is_work


def test_a_study_that_names_two_patients_says_so(filled: Store, make: Maker) -> None:
    filled.intake.put([make.incoming("1.1", "8", name="MUELLER^JOERG", patient_id="P1")])
    assert filled.studies.list(StudyQuery(patient_id="P1"))[0].other_patients == 0

    filled.intake.put([make.incoming("1.1", "9", name="MÜLLER^JÖRG", patient_id="P77")])

    assert filled.studies.list(StudyQuery(patient_id="P1"))[0].other_patients == 1


def test_records_come_back_as_they_were(filled: Store, make: Maker) -> None:
    record = make.look(memoryview(make.data("1.2", "2", name="DOE^JANE", patient_id="P_2"))).record

    assert filled.instances.records_of("1.2") == (record,)
    found = filled.instances.get("2")
    assert found is not None
    assert found.record == record
    assert filled.instances.get("unknown") is None
