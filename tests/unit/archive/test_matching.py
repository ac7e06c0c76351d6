from __future__ import annotations

import pytest

from workstation.archive import FoundStudy, Query
from workstation.archive.matching import fits
from workstation.dicom.model import Patient, Study


def found(**changes: str) -> FoundStudy:
    given = {
        "patient_id": "7",
        "issuer": "HOSP",
        "name": "Doe^Jane=洪^吉洞",
        "accession": "A1",
        "date": "20240105",
    }
    told = {**given, **changes}
    patient = Patient(told["patient_id"], told["issuer"], told["name"], "", "")
    study = Study("1.2", told["date"], "", told["accession"], "", "", "", "")
    return FoundStudy(patient, study, tuple(filter(None, told.get("modality", "CT").split("\\"))), None, None)


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(text="do"),
        Query(text="DOE^JA"),
        Query(text="洪"),
        Query(text="a1"),
        Query(text="7"),
        Query(patient_id="7", issuer="HOSP"),
        Query(patient_id="7"),
        Query(from_date="20240105", to_date="20240105"),
        Query(modalities=frozenset({"CT", "MR"})),
        Query(accession="A1", study_uid="1.2"),
    ],
)
def test_what_was_asked_for_fits(query: Query) -> None:
    assert fits(query, found())


@pytest.mark.parametrize(
    "query",
    [
        Query(text="jane"),
        Query(text="oe"),
        Query(text="A"),
        Query(patient_id="70"),
        Query(patient_id="7", issuer="OTHER"),
        Query(from_date="20240106"),
        Query(to_date="20240104"),
        Query(modalities=frozenset({"MR"})),
        Query(accession="a1"),
        Query(study_uid="1.20"),
    ],
)
def test_what_was_not_asked_for_does_not(query: Query) -> None:
    assert not fits(query, found())


def test_what_an_answer_leaves_unsaid_is_not_held_against_it() -> None:
    assert fits(Query(modalities=frozenset({"MR"})), found(modality=""))
    assert fits(Query(from_date="20250101"), found(date=""))
    assert fits(Query(patient_id="7", issuer="OTHER"), found(issuer=""))
    assert fits(Query(from_date="19940101", to_date="19941231"), found(date="1994.02.13"))
