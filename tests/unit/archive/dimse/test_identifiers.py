from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.archive import BadAnswer, Refused
from workstation.archive.dimse.identifiers import (
    SYNTAXES,
    decoded,
    encoded,
    keys,
    orientation_of,
    patient_of,
    position_of,
    series_of,
    study_of,
)
from workstation.dicom.attributes import text, texts

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\\^="), min_size=1
)


@given(NAMES, st.sampled_from(SYNTAXES))
def test_a_name_in_any_script_comes_back(name: str, syntax: str) -> None:
    data = encoded(keys("StudyDate", PatientName=name), syntax)

    assert text(decoded(data, syntax, "the archive"), "PatientName") == name


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_pydicom_reads_what_is_asked(syntax: str) -> None:
    data = encoded(keys("StudyDate", PatientName="김*", SOPInstanceUID=["1.2", "1.3"]), syntax)
    implicit = syntax == "1.2.840.10008.1.2"

    read = pydicom.filereader.read_dataset(BytesIO(data), implicit, is_little_endian=True)

    assert read.SpecificCharacterSet == "ISO_IR 192"
    assert read.PatientName == "김*"
    assert read.SOPInstanceUID == ["1.2", "1.3"]
    assert read["StudyDate"].is_empty


def test_a_character_set_is_named_only_where_it_is_needed() -> None:
    assert "SpecificCharacterSet" not in keys(PatientName="KIM*")


@pytest.mark.parametrize(
    "data", [b"\x08\x00\x52\x00CS\xff\xffSTUDY ", b"\x08\x00", b"\x08\x00\x52\x00CS\x06\x00STU"]
)
def test_an_answer_that_is_cut_is_none(data: bytes) -> None:
    with pytest.raises(BadAnswer, match="can't be read"):
        decoded(data, SYNTAXES[0], "the archive")


def test_an_answer_is_read_in_the_character_set_that_it_names() -> None:
    answer = keys()
    answer.SpecificCharacterSet = ["", "ISO 2022 IR 149"]
    answer.PatientName = "Hong^Gildong=洪^吉洞=홍^길동"  # PS3.5 annex I.2, its own example
    answer.ModalitiesInStudy = ["CT", "SR"]

    read = decoded(encoded(answer, SYNTAXES[0]), SYNTAXES[0], "the archive")

    assert patient_of(read).name == "Hong^Gildong=洪^吉洞=홍^길동"
    assert texts(read, "ModalitiesInStudy") == ("CT", "SR")


def test_what_an_answer_says_of_study_series_and_place() -> None:
    answer = keys(
        StudyInstanceUID="1.2", StudyDate="20240215", AccessionNumber="A-1", SeriesInstanceUID="1.3",
        SeriesNumber="4", Modality="MR", Laterality="L",
    )  # fmt: skip
    answer.ImagePositionPatient = [1.5, -2, 3]
    answer.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]

    read = decoded(encoded(answer, SYNTAXES[1]), SYNTAXES[1], "the archive")

    assert (study_of(read).uid, study_of(read).date, study_of(read).accession) == ("1.2", "20240215", "A-1")
    series = series_of(read)
    assert (series.uid, series.number, series.modality, series.laterality) == ("1.3", 4, "MR", "L")
    assert position_of(read) == (1.5, -2.0, 3.0)
    assert orientation_of(read) == (1, 0, 0, 0, 1, 0)
    assert position_of(keys()) is None
    assert orientation_of(keys()) is None


def test_what_no_dataset_can_hold_is_refused() -> None:
    with pytest.raises(Refused):
        encoded(keys(PatientName="\ud800"), SYNTAXES[0])
