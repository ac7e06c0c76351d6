from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from workstation.archive import BadAnswer
from workstation.archive.web.json_model import element, floats, integer, items_of, sequence, tag, text, texts

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Value", "vr", "Alphabetic", "00100010"]), inner, max_size=3)
    ),
    max_leaves=10,
)


def valued(keyword: str, *values: object) -> dict[str, object]:
    return {tag(keyword): {"vr": "??", "Value": list(values)}}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ({"Alphabetic": "DOE^JANE"}, "DOE^JANE"),
        (
            {"Alphabetic": "Hong^Gildong", "Ideographic": "洪^吉洞", "Phonetic": "홍^길동"},
            "Hong^Gildong=洪^吉洞=홍^길동",
        ),
        ({"Ideographic": "洪^吉洞"}, "=洪^吉洞"),
        ({"Alphabetic": "A", "Phonetic": "B"}, "A==B"),
        ({"Alphabetic": None}, ""),
        ({}, ""),
        ("DOE^JANE", "DOE^JANE"),  # as some archives write it
        (None, ""),
        ([], ""),
        (True, ""),
    ],
)
def test_a_name_is_put_together_from_its_groups(name: object, meant: str) -> None:
    assert text(valued("PatientName", name), "PatientName") == meant


def test_a_data_set_written_by_pydicom_is_read_as_it_was() -> None:
    dataset = Dataset()
    dataset.PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    dataset.ModalitiesInStudy = ["CT", "SR"]
    dataset.NumberOfStudyRelatedInstances = 12
    dataset.ImagePositionPatient = [-1.5, 2, 3.25]
    inner = Dataset()
    inner.ReferencedSOPInstanceUID = "1.2.3"
    dataset.ReferencedSOPSequence = [inner]
    item = json.loads(dataset.to_json())

    assert text(item, "PatientName") == "Yamada^Tarou=山田^太郎=やまだ^たろう"
    assert texts(item, "ModalitiesInStudy") == ("CT", "SR")
    assert integer(item, "NumberOfStudyRelatedInstances") == 12
    assert floats(item, "ImagePositionPatient", 3) == (-1.5, 2, 3.25)
    assert text(sequence(item, "ReferencedSOPSequence")[0], "ReferencedSOPInstanceUID") == "1.2.3"


def test_what_is_written_is_read_by_pydicom() -> None:
    item = element("PatientName", "PN", {"Alphabetic": "A^B"}) | element("SeriesNumber", "IS", 3)
    item |= element("AccessionNumber", "SH")

    dataset = Dataset.from_json(json.dumps(item))

    assert (str(dataset.PatientName), dataset.SeriesNumber, dataset.AccessionNumber) == ("A^B", 3, "")


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (7, 7),
        ("7", 7),
        (" 7 ", 7),
        (7.0, 7),
        ("7.0", 7),
        (7.5, None),
        ("x", None),
        (True, None),
        (None, None),
    ],
)
def test_a_number_may_be_written_as_text(value: object, meant: int | None) -> None:
    assert integer(valued("SeriesNumber", value), "SeriesNumber") == meant


@pytest.mark.parametrize("values", [(), (1, 2), (1, 2, 3, 4), (1, 2, "x"), (1, 2, "nan"), (1, None, 3)])
def test_a_point_with_a_bad_coordinate_is_no_point(values: tuple[object, ...]) -> None:
    assert floats(valued("ImagePositionPatient", *values), "ImagePositionPatient", 3) is None


@given(JSON)
def test_nothing_that_comes_makes_a_reader_fail(value: Any) -> None:  # noqa: ANN401  anything
    for item in ({"00100010": value}, valued("PatientName", value), valued("PatientName", value, value)):
        text(item, "PatientName")
        integer(item, "PatientName")
        floats(item, "PatientName", 2)
        sequence(item, "PatientName")


def test_padding_is_no_part_of_a_value() -> None:
    assert text(valued("StudyInstanceUID", "1.2.3\0"), "StudyInstanceUID") == "1.2.3"
    assert text(valued("Modality", " CT "), "Modality") == "CT"


def test_half_a_character_and_a_nul_in_an_answer_s_text_come_through_nowhere() -> None:
    answer = json.loads(r'{"00100010": {"Value": [{"Alphabetic": "DOE\ud800^JA\u0000NE"}, "\udfff"]}}')

    assert texts(answer, "PatientName") == ("DOE\ufffd^JANE", "\ufffd")


def test_a_list_of_data_sets_is_asked_for() -> None:
    assert items_of(None, "") == ()
    assert items_of({"a": 1}, "") == ({"a": 1},)
    wrong: tuple[object, ...] = ("text", 7, [1], [{}, None])
    for one in wrong:
        with pytest.raises(BadAnswer):
            items_of(one, "")


def test_an_unknown_keyword_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no attribute"):
        tag("PatientsName")
