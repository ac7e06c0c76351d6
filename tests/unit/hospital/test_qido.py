"""Searches against PS3.18 10.6, in a hospital whose stroke CT hasn't come yet."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hospital_visitor import Visitor, value

from workstation.phantoms import PhantomStudy

STUDY, NAME, MODALITIES, SERIES_COUNT, COUNT = "0020000D", "00100010", "00080061", "00201206", "00201208"

# PS3.18 Table 10.6.3-3: what every study is answered with.
ALWAYS = {
    "00080020", "00080030", "00080050", "00080056", MODALITIES, "00080090", "00080201", "00081190", NAME,
    "00100020", "00100030", "00100040", STUDY, "00200010", SERIES_COUNT, COUNT,
}  # fmt: skip


def test_every_study_but_the_one_that_is_to_come_is_listed_with_its_count(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    found = visitor.ask("studies").json

    assert {value(row, STUDY): value(row, COUNT) for row in found} == {
        study.study_uid: study.count for key, study in studies.items() if key != "head-ct"
    }
    assert all(row.keys() - {"00080005"} == ALWAYS for row in found)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("PatientName=testcase*", {"head-ct-prior"}),
        ("PatientID=PH-3307", {"chest-ct", "chest-ct-prior"}),
        ("00100020=PH-3307&StudyDate=20261101-", {"chest-ct"}),
        ("PatientName=FICTION%5EFlint", {"pneumothorax-xr"}),
        ("ModalitiesInStudy=PT", {"pet-ct"}),
        ("AccessionNumber=MB0209??&ModalitiesInStudy=DX", {"chest-xr", "wrist-xr"}),
        ("StudyDescription=" + quote("US abdomen"), {"ultrasound"}),
        ("NumberOfStudyRelatedInstances=4", {"mammogram"}),
        ("IssuerOfPatientID=Harbor&ModalitiesInStudy=DX", {"pneumothorax-xr"}),
        ("PatientName=&ModalitiesInStudy=MG", {"mammogram"}),
    ],
)
def test_studies_are_found_by_what_they_are(
    visitor: Visitor, studies: dict[str, PhantomStudy], query: str, keys: set[str]
) -> None:
    found = visitor.ask(f"studies?{query}").json

    assert {value(row, STUDY) for row in found} == {studies[key].study_uid for key in keys}


def test_several_studies_are_asked_for_by_their_uids(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    uids = [studies["pet-ct"].study_uid, studies["brain-mr"].study_uid]
    found = visitor.ask(f"studies?StudyInstanceUID={','.join(uids)}").json

    assert sorted(value(row, STUDY) for row in found) == sorted(uids)


def test_nothing_found_is_no_content(visitor: Visitor) -> None:
    reply = visitor.ask("studies?PatientID=nobody")

    assert (reply.status, reply.body) == (204, b"")


def test_a_search_goes_page_by_page_and_says_that_there_is_more(visitor: Visitor) -> None:
    whole = visitor.ask("studies").json
    pages = [visitor.ask(f"studies?limit=4&offset={offset}") for offset in (0, 4, 8, 12)]

    assert [row for page in pages[:3] for row in page.json] == whole
    assert pages[3].status == 204
    warnings = [page.headers["Warning"] for page in pages]
    assert [warning is not None for warning in warnings] == [True, True, False, False]
    assert "There are 7 additional results" in warnings[0]


def test_a_limit_of_none_answers_none(visitor: Visitor) -> None:
    assert visitor.ask("studies?limit=0").status == 204


def test_more_is_answered_if_it_is_asked_for(visitor: Visitor) -> None:
    [row] = visitor.ask("studies?PatientID=PH-5150&includefield=StudyDescription,00101010,NoSuchThing").json
    [whole] = visitor.ask("studies?PatientID=PH-5150&includefield=all").json

    assert row.keys() - ALWAYS - {"00080005"} == {"00081030", "00101010"}
    assert (value(row, "00081030"), value(row, "00101010")) == ("XR chest PA", "052Y")
    assert row.keys() < whole.keys()


def test_fuzzy_matching_is_declined_in_so_many_words(visitor: Visitor) -> None:
    reply = visitor.ask("studies?PatientName=TESTCASE*&fuzzymatching=true")

    assert "Only literal matching" in reply.headers["Warning"]


@pytest.mark.parametrize(
    "query",
    [
        "NoSuchThing=1", "StudyDate=soon", "limit=-1", "limit=many", "offset=x", "BodyPartExamined=HEAD",
        "PatientName.Nothing=1",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_bad_request_in_plain_words(visitor: Visitor, query: str) -> None:
    reply = visitor.ask(f"studies?{query}")

    assert reply.status == 400
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert len(reply.body.splitlines()) == 1


def test_series_are_listed_with_their_counts(visitor: Visitor, studies: dict[str, PhantomStudy]) -> None:
    found = visitor.ask(f"studies/{studies['brain-mr'].study_uid}/series").json

    assert [(value(row, "00080060"), value(row, "0008103E"), value(row, "00201209")) for row in found] == [
        ("MR", "T1 MPRAGE axial", 120),
        ("MR", "T2 TSE axial", 32),
        ("MR", "DWI b0 b1000", 54),
    ]
    assert all(NAME not in row for row in found)


def test_series_of_all_studies_carry_the_study_s_attributes(visitor: Visitor) -> None:
    found = visitor.ask("series?PatientID=PH-9003&SeriesDescription=Wrist*&Modality=DX").json

    assert [value(row, "0008103E") for row in found] == ["Wrist PA", "Wrist oblique", "Wrist lateral"]
    assert {value(row, NAME)["Alphabetic"] for row in found} == {"DUMMY^Willow"}


def test_instances_are_listed_and_found_by_their_own_attributes(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["mammogram"].study_uid
    found = visitor.ask(f"studies/{study}/instances?includefield=00083002").json
    [left] = visitor.ask(f"studies/{study}/instances?ViewPosition=MLO&ImageLaterality=L").json
    series = value(left, "0020000E")
    [again] = visitor.ask(f"studies/{study}/series/{series}/instances").json

    assert {value(row, "00083002") for row in found} == {"1.2.840.10008.1.2.4.80"}  # JPEG-LS, as it is kept
    assert value(left, "00080018") == value(again, "00080018")
    assert value(left, "00080016") == "1.2.840.10008.5.1.4.1.1.1.2"
    assert {"00280010", "00280011", "00280100", "00200013"} <= again.keys()


def test_the_orders_name_as_many_series_and_what_modalities_as_are_painted(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    """The list tells them before anything is painted, from a table that this holds to the truth."""
    listed = {value(row, STUDY): row for row in visitor.ask("studies").json}
    for key in ("head-ct-prior", "brain-mr", "ultrasound", "mammogram", "wrist-xr"):
        uid = studies[key].study_uid
        series = visitor.ask(f"studies/{uid}/series").json

        assert len(series) == value(listed[uid], SERIES_COUNT)
        assert (
            list(dict.fromkeys(value(row, "00080060") for row in series)) == listed[uid][MODALITIES]["Value"]
        )


def test_where_things_are_said_to_be_they_are(visitor: Visitor, studies: dict[str, PhantomStudy]) -> None:
    for path in ("studies", f"studies/{studies['wrist-xr'].study_uid}/series", "instances?PatientID=PH-9003"):
        place = value(visitor.ask(path).json[-1], "00081190")

        assert place.startswith(f"{visitor.url}/studies/")
        assert visitor.ask(place.removeprefix(f"{visitor.url}/") + "/metadata").status == 200
