from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

import pytest
from dicom_json import item
from scripted_http import Script, ScriptedHttp, Seen, Step, json_reply, reply

from workstation.archive import NotAllowed, Query, Search
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.search import search
from workstation.archive.web.transport import Transport

ORTHANC = PROFILES["orthanc"]
DECODING = Capabilities(percent_decodes=True)


def study(uid: str, **values: object) -> dict[str, Any]:
    given: dict[str, object] = {
        "PatientName": "DOE^JANE", "PatientID": "7", "StudyDate": "20240105", "ModalitiesInStudy": ["CT"],
    }  # fmt: skip
    return item(StudyInstanceUID=uid, **{**given, **values})


def asked(script: Script, query: Query, traits: Capabilities = ORTHANC) -> tuple[Search, list[str]]:
    """Return what was found, and the criteria of each request."""
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        found = search(transport, traits, query)
    criteria = [
        "&".join(one for one in seen.query.split("&") if not one.startswith(("includefield", "limit")))
        for seen in server.requests
    ]
    return found, criteria


def always(*rows: dict[str, Any]) -> Script:
    return lambda _: [json_reply(list(rows))]


def uids(found: Search) -> list[str]:
    return [one.study.uid for one in found.studies]


def test_a_study_is_told_with_what_the_archive_says_of_it() -> None:
    row = study(
        "1.2", AccessionNumber="A1", StudyDescription="Head", IssuerOfPatientID="HOSP",
        PatientBirthDate="19700101",
        PatientSex="F", NumberOfStudyRelatedSeries=2, NumberOfStudyRelatedInstances=300,
        InstanceAvailability="NEARLINE", ModalitiesInStudy=["CT", "SR"],
    )  # fmt: skip
    (found,) = asked(always(row), Query())[0].studies

    assert (found.patient.patient_id, found.patient.issuer, found.patient.sex) == ("7", "HOSP", "F")
    assert (found.study.accession, found.study.description) == ("A1", "Head")
    assert (found.modalities, found.series, found.instances) == (("CT", "SR"), 2, 300)
    assert found.availability == "NEARLINE"


def test_further_attributes_are_asked_for_one_by_one() -> None:
    with ScriptedHttp(always()) as server, closing(Transport(server.url)) as transport:
        search(transport, ORTHANC, Query())

    fields = [one for one in server.requests[0].query.split("&") if one.startswith("includefield=")]
    assert {"includefield=StudyDescription", "includefield=NumberOfStudyRelatedInstances"} <= set(fields)
    assert "includefield=all" not in fields


def test_everything_that_is_asked_goes_out_in_one_query() -> None:
    query = Query(
        patient_id="7",
        accession="A 1",
        study_uid="1.2",
        from_date="20240101",
        modalities=frozenset({"MR", "CT"}),
    )

    assert asked(always(), query)[1] == [
        "PatientID=7&AccessionNumber=A?1&StudyInstanceUID=1.2&StudyDate=20240101-&ModalitiesInStudy=CT,MR"
    ]


def test_where_lists_of_modalities_aren_t_understood_each_is_asked_for() -> None:
    query = Query(modalities=frozenset({"MR", "CT"}))

    found, criteria = asked(always(study("1.2")), query, DECODING)

    assert criteria == ["ModalitiesInStudy=CT", "ModalitiesInStudy=MR"]
    assert uids(found) == ["1.2"]


def test_a_text_is_looked_for_as_a_name_and_as_numbers() -> None:
    assert asked(always(), Query(text="do^j"))[1] == [
        "PatientName=do?j*", "PatientName=DO?J*", "PatientID=do?j", "AccessionNumber=do?j",
    ]  # fmt: skip
    assert asked(always(), Query(text="DO^J", patient_id="7"), DECODING)[1] == [
        "PatientID=7&PatientName=DO%5EJ*", "PatientID=7&AccessionNumber=DO%5EJ",
    ]  # fmt: skip


def test_an_archive_without_wildcards_is_asked_by_its_fuzzy_matching() -> None:
    assert asked(always(), Query(text="do"), PROFILES["azure"])[1] == [
        "PatientName=do&fuzzymatching=true", "PatientID=do", "AccessionNumber=do",
    ]  # fmt: skip


@pytest.mark.parametrize("traits", [ORTHANC, DECODING, PROFILES["azure"]])
def test_letters_beyond_ascii_are_never_sent_but_filtered_here(traits: Capabilities) -> None:
    rows = [study("1.1", PatientName="Hong^Gildong=洪^吉洞=홍^길동"), study("1.2")]

    found, criteria = asked(always(*rows), Query(text="홍", from_date="20240101"), traits)

    assert criteria == ["StudyDate=20240101-"]
    assert uids(found) == ["1.1"]


def test_without_wildcards_what_can_t_be_asked_for_is_looked_for_among_all() -> None:
    plain = Capabilities(wildcards=False, percent_decodes=True)

    found, criteria = asked(always(study("1.1"), study("1.2", PatientName="ROE^R")), Query(text="ro"), plain)

    assert criteria == [""]
    assert uids(found) == ["1.2"]


@pytest.mark.parametrize(
    "query",
    [
        Query(text="doe"),
        Query(patient_id="7"),
        Query(patient_id="7", issuer="HOSP"),
        Query(accession="A1"),
        Query(study_uid="1.1"),
        Query(modalities=frozenset({"CT"})),
        Query(from_date="20240105", to_date="20240105"),
    ],
)
def test_an_archive_that_ignores_every_criterion_is_filtered_here(query: Query) -> None:
    fits = study("1.1", AccessionNumber="A1", IssuerOfPatientID="HOSP")
    other = study(
        "1.2", PatientName="ROE^DOE", PatientID="8", AccessionNumber="A2", StudyDate="20240106",
        ModalitiesInStudy=["MR"], IssuerOfPatientID="HOSP",
    )  # fmt: skip
    foreign = study("1.3", AccessionNumber="A1", IssuerOfPatientID="OTHER")

    found = uids(asked(always(other, fits, foreign), query)[0])

    assert "1.1" in found
    assert "1.2" not in found
    assert ("1.3" in found) == (not query.issuer and not query.study_uid)


def test_a_study_that_is_found_in_two_ways_is_one() -> None:
    assert uids(asked(always(study("1.1")), Query(text="doe"))[0]) == ["1.1"]


def test_no_more_is_asked_when_enough_was_found() -> None:
    found, criteria = asked(always(study("1.1"), study("1.2"), study("1.3")), Query(text="doe", limit=2))

    assert uids(found) == ["1.1", "1.2"]
    assert len(criteria) == 1


def test_a_list_that_the_archive_cuts_is_said_to_be_cut() -> None:
    rows = [study(f"1.{number}") for number in range(500)]

    found = asked(always(*rows), Query())[0]

    assert (len(found.studies), found.is_whole) == (500, False)


# --- names that a search has lost ---------------------------------------------------------------------------


def losing_names(seen: Seen) -> Iterable[Step]:
    """Answer as Orthanc 1.10 does: of other scripts a search keeps the delimiters alone."""
    if seen.path.endswith("/metadata"):
        return [json_reply([item(PatientName="김^철수", StudyInstanceUID="1.1")])]
    if seen.path.endswith("/instances"):
        return [json_reply([item(StudyInstanceUID="1.1", SeriesInstanceUID="1.2", SOPInstanceUID="1.3")])]
    return [json_reply([study("1.1", PatientName="^"), study("1.2")])]


def test_a_name_that_a_search_has_lost_comes_from_an_instance() -> None:
    found, criteria = asked(losing_names, Query())

    assert [one.patient.name for one in found.studies] == ["김^철수", "DOE^JANE"]
    assert len(criteria) == 3


def test_a_person_is_found_by_a_name_that_searches_lose() -> None:
    assert uids(asked(losing_names, Query(text="김"))[0]) == ["1.1"]


def test_a_name_is_only_looked_up_for_what_fits_otherwise() -> None:
    found, criteria = asked(losing_names, Query(from_date="20250101"))

    assert (uids(found), len(criteria)) == ([], 1)


def test_a_name_that_can_t_be_had_hides_no_study() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [reply(500)] if seen.path.endswith("/instances") else losing_names(seen)

    assert uids(asked(script, Query())[0]) == ["1.1", "1.2"]
    assert asked(script, Query())[0].is_whole
    assert not asked(script, Query(text="doe"))[0].is_whole


def test_names_are_looked_up_for_a_few_studies_only() -> None:
    many = [study(f"1.{number}", PatientName="^") for number in range(200)]

    def script(seen: Seen) -> Iterable[Step]:
        return losing_names(seen) if "/studies/" in seen.path else [json_reply(many)]

    found, criteria = asked(script, Query())

    assert len(found.studies) == 200
    assert sum(not one for one in criteria) <= 102
    assert not asked(script, Query(text="김"))[0].is_whole


def test_a_sign_in_that_ends_in_between_is_told() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [reply(401)] if seen.path.endswith("/instances") else losing_names(seen)

    with pytest.raises(NotAllowed):
        asked(script, Query())
