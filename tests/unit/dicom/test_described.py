"""The same words are read out of every form: a header, a listing in JSON, the answer of a C-FIND."""

import json
from dataclasses import fields
from functools import partial

import pytest
from pydicom.dataset import Dataset

from workstation.archive.dimse import identifiers
from workstation.archive.web import listed
from workstation.dicom import attributes, described

WORDS = {
    "PatientID": "P1", "IssuerOfPatientID": "HARBOR", "PatientName": "Doe^Jane",
    "PatientBirthDate": "19700101", "PatientSex": "F", "StudyInstanceUID": "1.2",
    "StudyDate": "20260101", "StudyTime": "0730",
    "AccessionNumber": "A1", "StudyDescription": "CT chest", "ReferringPhysicianName": "Roe^R",
    "InstitutionName": "Harbor", "StudyID": "7", "SeriesInstanceUID": "1.3", "SeriesNumber": 4,
    "Modality": "CT", "SeriesDescription": "lung", "BodyPartExamined": "CHEST", "Laterality": "L",
    "ViewPosition": "PA", "ProtocolName": "Thorax", "SeriesDate": "20260102", "SeriesTime": "0731",
}  # fmt: skip


def told() -> Dataset:
    dataset = Dataset()
    for keyword, value in WORDS.items():
        setattr(dataset, keyword, value)
    return dataset


def test_each_form_says_the_same_and_every_word_has_its_place() -> None:
    item, text = json.loads(told().to_json()), partial(attributes.text, told())
    patient, study, series = described.patient(text), described.study(text), described.series(text, 4)

    assert patient == listed.patient_of(item) == identifiers.patient_of(told())
    assert study == listed.study_of(item) == identifiers.study_of(told())
    assert series == listed.series_of(item) == identifiers.series_of(told())
    kept = [getattr(one, field.name) for one in (patient, study, series) for field in fields(one)]
    assert sorted(map(str, kept)) == sorted(map(str, WORDS.values()))


@pytest.mark.parametrize(("image", "side"), [("R", "R"), ("", "L")])
def test_an_images_own_side_comes_before_the_series(image: str, side: str) -> None:
    words = {"ImageLaterality": image, "Laterality": "L"}

    assert described.series(lambda keyword: words.get(keyword, ""), None).laterality == side
