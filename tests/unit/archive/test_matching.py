from __future__ import annotations

import pytest

from workstation.archive import FoundStudy, Query
from workstation.archive.matching import fits
from workstation.dicom.model import Patient, Study

PATIENT = Patient("4711", "HOSP", "김^희중=金^喜中=Kim^Huijung", "19660101", "F")
STUDY = Study("1.2.3", "20240215", "101500", "A-1", "CT chest", "", "", "")
FOUND = FoundStudy(PATIENT, STUDY, ("CT", "SR"), 2, 100)


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(text="kim"),
        Query(text="김"),
        Query(text="金"),
        Query(text="4711"),
        Query(text="a-1"),
        Query(patient_id="4711"),
        Query(patient_id="4711", issuer="HOSP"),
        Query(accession="A-1", study_uid="1.2.3"),
        Query(modalities=frozenset({"MR", "SR"})),
        Query(from_date="20240215", to_date="20240215"),
        Query(from_date="20240101"),
        Query(to_date="20240301"),
    ],
)
def test_what_was_asked_for_fits(query: Query) -> None:
    assert fits(query, FOUND)


@pytest.mark.parametrize(
    "query",
    [
        Query(text="Huijung"),
        Query(text="471"),
        Query(patient_id="471"),
        Query(patient_id="4711", issuer="OTHER"),
        Query(accession="A-2"),
        Query(study_uid="1.2.4"),
        Query(modalities=frozenset({"MR"})),
        Query(from_date="20240216"),
        Query(to_date="20240214"),
    ],
)
def test_what_an_archive_answers_beyond_that_does_not(query: Query) -> None:
    assert not fits(query, FOUND)


def test_what_an_answer_leaves_unsaid_is_not_held_against_it() -> None:
    vague = FoundStudy(
        Patient("4711", "", "", "", ""), Study("1.2.3", "", "", "", "", "", "", ""), (), None, None
    )

    assert fits(Query(modalities=frozenset({"MR"}), from_date="20240101"), vague)
    assert fits(Query(patient_id="4711", issuer="HOSP"), vague)


def test_a_date_of_the_old_form_is_compared_too() -> None:
    old = FoundStudy(PATIENT, Study("1.2.3", "1994.02.13", "", "", "", "", "", ""), (), None, None)

    assert fits(Query(from_date="19940213", to_date="19940213"), old)
    assert not fits(Query(from_date="19940214"), old)


def test_a_name_that_the_archive_could_not_write_is_no_other_name() -> None:
    """Orthanc finds it by what is asked, and answers in Latin-1."""
    lost = FoundStudy(Patient("4711", "", "^", "", ""), STUDY, (), None, None)

    assert fits(Query(text="김"), lost)
    assert not fits(Query(text="doe"), lost)
    assert not fits(Query(text="김"), FoundStudy(Patient("4711", "", "LEE^", "", ""), STUDY, (), None, None))
