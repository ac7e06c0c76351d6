from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from threading import Event
from typing import Any

import pytest
from dicom_json import item
from scripted_http import Script, ScriptedHttp, Seen, Step, json_reply, reply

from workstation.archive import BadAnswer, Contents, NotThere
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.metadata import metadata
from workstation.archive.web.transport import Patience, Transport

Rows = Sequence[dict[str, Any]]


def instance(series: str, uid: str, **values: object) -> dict[str, Any]:
    return item(
        StudyInstanceUID="1.1", SeriesInstanceUID=series, SOPInstanceUID=uid, SOPClassUID="1.2.840.1",
        PatientName="김^철수", Modality="CT", **values,
    )  # fmt: skip


def announced(series: str, count: int) -> dict[str, Any]:
    return item(SeriesInstanceUID=series, NumberOfSeriesRelatedInstances=count, SeriesDescription="said")


TWO = (instance("2.1", "3.1"), instance("2.2", "3.2"), instance("2.1", "3.3"))
COUNTS = (announced("2.1", 2), announced("2.2", 1))


def archive(instances: Rows = TWO, series: Rows = COUNTS, count: int = 3) -> Script:
    def script(seen: Seen) -> Iterable[Step]:
        match seen.path.removeprefix("/dicom-web/").split("/"):
            case ["studies"]:
                return [json_reply([item(StudyInstanceUID="1.1", NumberOfStudyRelatedInstances=count)])]
            case ["studies", "1.1", "series"]:
                return [json_reply(list(series))]
            case ["studies", "1.1", "metadata"]:
                return [json_reply(list(instances))]
            case ["studies", "1.1", "series", uid, "metadata"]:
                return [json_reply([one for one in instances if one["0020000E"]["Value"] == [uid]])]
            case _:
                return [reply(404)]

    return script


def contents(script: Script, traits: Capabilities = PROFILES["orthanc"]) -> Contents:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        return metadata(transport, traits, "1.1")


def test_instances_are_grouped_by_series_beside_the_numbers_that_are_announced() -> None:
    found = contents(archive())

    assert (found.patient.name, found.study.uid) == ("김^철수", "1.1")
    assert {one.series.uid: [i.uid for i in one.instances] for one in found.series} == {
        "2.1": ["3.1", "3.3"],
        "2.2": ["3.2"],
    }
    assert [one.announced for one in found.series] == [2, 1]
    assert (found.count, found.announced) == (3, 3)


def test_an_instance_is_told_with_place_frames_and_size() -> None:
    one = instance(
        "2.1", "3.1", InstanceNumber=4, Rows=512, Columns=256, BitsAllocated=16, SamplesPerPixel=1,
        NumberOfFrames=10,
        ImagePositionPatient=[1, 2, -3.5], ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        AvailableTransferSyntaxUID="1.2.840.10008.1.2.4.90",
    )  # fmt: skip
    (listed,) = contents(archive([one])).series[0].instances

    assert (listed.number, listed.frames, listed.sop_class) == (4, 10, "1.2.840.1")
    assert (listed.position, listed.orientation) == ((1, 2, -3.5), (1, 0, 0, 0, 1, 0))
    assert listed.size == 512 * 256 * 2 * 10
    assert listed.transfer_syntax == "1.2.840.10008.1.2.4.90"


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({}, None),
        ({"Rows": 10, "Columns": 10}, None),
        ({"Rows": 10, "Columns": 10, "BitsAllocated": 8, "SamplesPerPixel": 3}, 300),
        (
            {"Rows": 3, "Columns": 3, "BitsAllocated": 1, "SamplesPerPixel": 1, "NumberOfFrames": 2},
            3,
        ),  # 18 bits
    ],
)
def test_a_size_is_reckoned_from_the_header(values: dict[str, object], size: int | None) -> None:
    assert contents(archive([instance("2.1", "3.1", **values)])).series[0].instances[0].size == size


def test_a_series_that_only_a_search_knows_is_kept_to_be_missed() -> None:
    found = contents(archive(series=(*COUNTS, announced("2.9", 40))))

    told = {one.series.uid: (len(one.instances), one.announced) for one in found.series}
    assert told == {"2.1": (2, 2), "2.2": (1, 1), "2.9": (0, 40)}


def test_the_searches_are_on_their_way_before_the_metadata_come() -> None:
    searched = {"studies": Event(), "series": Event()}

    def script(seen: Seen) -> Iterable[Step]:
        last = seen.path.rpartition("/")[2]
        if last in searched:
            searched[last].set()
        return (*(searched.values() if last == "metadata" else ()), *archive()(seen))

    with (
        ScriptedHttp(script) as server,
        closing(Transport(server.url, patience=Patience(idle=10))) as transport,
    ):
        assert metadata(transport, PROFILES["orthanc"], "1.1").announced == 3


def test_without_a_search_for_series_nothing_is_announced() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return archive()(seen) if seen.path.endswith("/metadata") else [reply(404)]

    found = contents(script)

    assert (found.count, found.announced, [one.announced for one in found.series]) == (3, None, [None, None])


def test_an_archive_without_metadata_of_studies_is_asked_series_by_series() -> None:
    with ScriptedHttp(archive()) as server, closing(Transport(server.url)) as transport:
        found = metadata(transport, PROFILES["aws"], "1.1")

    assert found.count == 3
    assert "/dicom-web/studies/1.1/metadata" not in [one.path for one in server.requests]


def test_what_comes_twice_counts_once_and_other_studies_don_t_count() -> None:
    other = item(StudyInstanceUID="9.9", SeriesInstanceUID="9.8", SOPInstanceUID="9.7")

    assert contents(archive((*TWO, TWO[0], other))).count == 3


@pytest.mark.parametrize("script", [archive(()), lambda _: [reply(404)], lambda _: [json_reply([])]])
def test_a_study_that_isn_t_there_is_told(script: Script) -> None:
    with pytest.raises(NotThere):
        contents(script)


def test_an_instance_without_a_uid_can_t_be_counted() -> None:
    with pytest.raises(BadAnswer):
        contents(archive([item(StudyInstanceUID="1.1", SeriesInstanceUID="2.1")]))


def test_no_address_that_an_answer_names_is_ever_followed() -> None:
    with ScriptedHttp(lambda _: [reply(500)]) as elsewhere:
        lure = {"vr": "OW", "BulkDataURI": f"{elsewhere.url}/bulk"}
        hostile = {**TWO[0], "7FE00010": lure, "00081190": {"vr": "UR", "Value": [elsewhere.url]}}
        hostile["00100010"] = {"vr": "PN", "BulkDataURI": f"{elsewhere.url}/name"}

        found = contents(archive([hostile]))

    assert (found.patient.name, found.count) == ("", 1)
    assert elsewhere.requests == []


def searched(path: Sequence[str]) -> Rows:
    """Return what searches find in an archive that has no metadata."""
    match path:
        case ["studies"]:
            return [item(StudyInstanceUID="1.1", PatientName="DOE^JANE", StudyDescription="Head")]
        case ["studies", "1.1", "series"]:
            return [
                item(SeriesInstanceUID="2.1", Modality="CT"),
                item(SeriesInstanceUID="2.2", Modality="MR"),
            ]
        case ["studies", "1.1", "series", uid, "instances"]:
            rows = (
                item(SOPInstanceUID=f"{uid}.{number}", InstanceNumber=number, Rows=4) for number in (1, 2)
            )
            return list(rows)
        case _:
            return []


@pytest.mark.parametrize("traits", [PROFILES["orthanc"], PROFILES["aws"]])
def test_an_archive_without_metadata_is_searched_for_instances(traits: Capabilities) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        rows = searched(seen.path.removeprefix("/dicom-web/").split("/"))
        return [json_reply(list(rows)) if rows else reply(404)]

    found = contents(script, traits)

    assert (found.patient.name, found.study.uid, found.study.description) == ("DOE^JANE", "1.1", "Head")
    assert {
        one.series.uid: (one.series.modality, [i.uid for i in one.instances]) for one in found.series
    } == {
        "2.1": ("CT", ["2.1.1", "2.1.2"]),
        "2.2": ("MR", ["2.2.1", "2.2.2"]),
    }
    assert [one.number for one in found.series[0].instances] == [1, 2]
