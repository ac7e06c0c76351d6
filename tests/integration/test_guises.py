"""Our DICOMweb against a real Orthanc that answers as other products do.

What each product does is checked first by plain requests, so that a disguise that fell off is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from io import BytesIO

import pydicom
import pytest
import requests
from dicom_json import dataset
from dicom_objects import ct, part10
from guise_proxy import TOKEN, Disguised, disguised
from guises import GUISES
from orthanc import Orthanc
from scripted_worklist import Worklist

from workstation.archive import (
    Address,
    Endpoint,
    NotAllowed,
    NotOffered,
    NotThere,
    Outgoing,
    Query,
    Reference,
    Settled,
    Speech,
    TaskState,
    Wanted,
)
from workstation.archive.web import ANONYMOUS, Authenticator, WebConnection, connect

PRODUCTS = tuple(GUISES)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Bearer:
    """Has the token."""

    def headers(self) -> Mapping[str, str]:
        return BEARER

    def refused(self, sent: Mapping[str, str]) -> bool:
        del sent
        return False


@pytest.fixture
def wear(orthanc: Orthanc) -> Iterator[Callable[..., Disguised]]:
    """Let the shared Orthanc answer as a product, and as several at once."""
    with ExitStack() as stack:
        yield lambda product, *items: stack.enter_context(
            disguised(orthanc.port, GUISES[product], Worklist(*items))
        )


def connected(product: str, disguise: Disguised, authenticator: Authenticator | None = None) -> WebConnection:
    address = Address("o", "An archive", Speech.DICOMWEB, (), product=product)
    endpoint = Endpoint("loopback", url=disguise.url)
    return connect(address, endpoint, authenticator=authenticator or Bearer())


def study(number: int, instances: int = 1, **attributes: object) -> list[bytes]:
    uids = {"StudyInstanceUID": f"1.2.{number}", "SeriesInstanceUID": f"1.2.{number}.1"}
    return [
        part10(ct(SOPInstanceUID=f"1.2.{number}.1.{one}", InstanceNumber=one, **uids, **attributes))
        for one in range(1, instances + 1)
    ]


def outgoing(data: bytes) -> Outgoing:
    read = pydicom.dcmread(BytesIO(data))
    return Outgoing(
        str(read.SOPInstanceUID),
        str(read.SOPClassUID),
        str(read.StudyInstanceUID),
        str(read.SeriesInstanceUID),
        str(read.file_meta.TransferSyntaxUID),
        memoryview(data),
    )


def get(
    disguise: Disguised, path: str, accept: str = "application/dicom+json", **headers: str
) -> requests.Response:
    return requests.get(f"{disguise.url}/{path}", headers={"Accept": accept, **BEARER, **headers}, timeout=60)


# --- what the products do, by plain requests --------------------------------------------------------------


@pytest.mark.parametrize(("product", "status"), [("dcm4chee", 204), ("google", 200), ("azure", 204)])
def test_a_search_without_a_match(wear: Callable[..., Disguised], product: str, status: int) -> None:
    assert get(wear(product), "studies?PatientID=nobody").status_code == status


@pytest.mark.parametrize("product", ["google", "aws", "azure"])
def test_a_token_is_demanded(wear: Callable[..., Disguised], product: str) -> None:
    disguise = wear(product)

    assert get(disguise, "studies").status_code in {200, 204}
    assert get(disguise, "studies", Authorization="Bearer other").status_code == 401


def test_dcm4chee_s_parts_have_no_length_and_its_urls_lead_elsewhere(
    orthanc: Orthanc, wear: Callable[..., Disguised]
) -> None:
    orthanc.upload(study(1, 2))
    disguise = wear("dcm4chee")

    body = get(disguise, "studies/1.2.1", 'multipart/related; type="application/dicom"').content
    listed = get(disguise, "studies").json()

    assert body.count(b"DICM") == 2
    assert b"ength:" not in body
    assert listed[0]["00081190"]["Value"] == [
        "http://arc.hospital.internal:8080/dcm4chee-arc/aets/DCM4CHEE/rs/studies/1.2.1"
    ]


def test_google_wants_quotes_and_gives_single_files(orthanc: Orthanc, wear: Callable[..., Disguised]) -> None:
    files = study(1)
    orthanc.upload(files)
    disguise, one = wear("google"), "studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.1"

    assert get(disguise, one, "multipart/related; type=application/dicom").status_code == 406
    assert get(disguise, one, 'multipart/related; type="application/dicom"').status_code == 200
    assert get(disguise, one, "application/dicom; transfer-syntax=*").content == files[0]
    assert get(disguise, f"{one}/thumbnail", "image/jpeg").status_code == 404
    assert get(disguise, "workitems").status_code == 404


def test_aws_streams_no_study_and_cuts_its_lists(orthanc: Orthanc, wear: Callable[..., Disguised]) -> None:
    orthanc.upload(study(1))
    disguise, multipart = wear("aws"), 'multipart/related; type="application/dicom"'

    assert get(disguise, "studies/1.2.1", multipart).status_code == 404
    assert get(disguise, "studies/1.2.1/series/1.2.1.1", multipart).status_code == 404
    assert get(disguise, "studies/1.2.1/metadata").status_code == 404
    assert get(disguise, "studies/1.2.1/series/1.2.1.1/metadata").status_code == 200
    assert get(disguise, "studies?limit=10&offset=9999").json() == []
    assert get(disguise, "studies?limit=10&offset=10000").json() == []
    assert get(disguise, "studies?PatientName=PHANTOM*").json() == []
    assert len(get(disguise, "studies?PatientName=PHANTOM&fuzzymatching=true").json()) == 1


def test_azure_refuses_lists_of_media_types_and_zeroes_preambles(
    orthanc: Orthanc, wear: Callable[..., Disguised]
) -> None:
    (data,) = study(1)
    orthanc.upload([b"II*\0".ljust(128, b"x") + data[128:]])
    disguise, both = wear("azure"), 'application/dicom+json, multipart/related; type="application/dicom+xml"'

    assert get(disguise, "studies", both).status_code == 406
    assert get(disguise, "studies?limit=201").status_code == 400
    one = get(disguise, "studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.1", "application/dicom")
    assert one.content == bytes(128) + data[128:]


# --- and what we make of it -------------------------------------------------------------------------------


@pytest.mark.parametrize("product", PRODUCTS)
def test_studies_are_found_described_and_fetched_byte_for_byte(
    orthanc: Orthanc, wear: Callable[..., Disguised], product: str
) -> None:
    files = study(1, 12, PatientName="DOE^JANE", StudyDescription="Head") + study(2, PatientName="ROE^JIM")
    orthanc.upload(files)

    with closing(connected(product, wear(product))) as connection:
        images = connection.images
        (found,) = images.search(Query(text="doe")).studies
        contents = images.metadata("1.2.1")
        whole = [b"".join(part) for part in images.retrieve(Wanted("1.2.1"))]
        single = [b"".join(part) for part in images.retrieve(Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7"))]
        nobody = images.search(Query(patient_id="nobody")).studies
        with pytest.raises(NotThere):
            list(images.retrieve(Wanted("1.2.77")))

    assert (found.study.uid, found.patient.name, found.study.description) == ("1.2.1", "DOE^JANE", "Head")
    assert (contents.count, found.instances) == (12, 12)
    assert sorted(whole) == sorted(files[:12])
    assert single == [files[6]]
    assert nobody == ()


@pytest.mark.parametrize("product", PRODUCTS)
def test_frames_come_as_they_are_stored(
    orthanc: Orthanc, wear: Callable[..., Disguised], product: str
) -> None:
    orthanc.upload(study(1))

    with closing(connected(product, wear(product))) as connection:
        wanted = Wanted("1.2.1", "1.2.1.1", "1.2.1.1.1", (0,))
        came = [(part.frame, b"".join(part)) for part in connection.images.retrieve(wanted)]

    assert came == [(0, bytes(ct().PixelData))]


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_stored_is_there_and_a_second_time_changes_nothing(
    orthanc: Orthanc, wear: Callable[..., Disguised], product: str
) -> None:
    files = study(1, 3)
    objects = [outgoing(one) for one in files]
    references = [Reference(one.study_uid, one.series_uid, one.uid) for one in objects]
    again = Settled.ALREADY if product == "azure" else Settled.STORED

    with closing(connected(product, wear(product))) as connection:
        first = connection.images.store(objects[:2])
        there = connection.images.verify(references)
        second = connection.images.store(objects)

    assert [one.settled for one in first] == [Settled.STORED] * 2
    assert there == {one.uid for one in objects[:2]}
    assert [one.settled for one in second] == [again, again, Settled.STORED]
    assert [orthanc.copies(one.uid) for one in objects] == [[one] for one in files]


@pytest.mark.parametrize("product", ["google", "aws", "azure"])
def test_without_the_token_it_is_said_that_a_sign_in_is_missing(
    wear: Callable[..., Disguised], product: str
) -> None:
    with closing(connected(product, wear(product), ANONYMOUS)) as connection, pytest.raises(NotAllowed):
        connection.images.search(Query())


@pytest.mark.parametrize(
    ("product", "has_one"), [("dcm4chee", True), ("google", True), ("aws", False), ("azure", True)]
)
def test_a_small_picture_comes_from_those_that_render(
    orthanc: Orthanc,
    wear: Callable[..., Disguised],
    product: str,
    has_one: bool,  # noqa: FBT001  a row
) -> None:
    orthanc.upload(study(1))
    with closing(connected(product, wear(product))) as connection:
        if has_one:
            assert connection.images.thumbnail(Wanted("1.2.1"), 16).startswith(b"\xff\xd8")
        else:
            with pytest.raises(NotOffered):
                connection.images.thumbnail(Wanted("1.2.1"), 16)


@pytest.mark.parametrize("product", ["dcm4chee", "azure"])
def test_a_task_is_claimed_and_completed_by_those_that_have_a_worklist(
    wear: Callable[..., Disguised], product: str
) -> None:
    task = dataset(SOPInstanceUID="1.2.9", ProcedureStepState="SCHEDULED", StudyInstanceUID="1.2.1")
    disguise = wear(product, task)

    with closing(connected(product, disguise)) as connection:
        (seen,) = connection.work.tasks()
        claim = connection.work.claim(seen.uid, "1.2.999", "READER")
        assert disguise.worklist.state("1.2.9") == TaskState.IN_PROGRESS
        connection.work.complete(claim, [])

    assert disguise.worklist.state("1.2.9") == TaskState.COMPLETED


def test_duplicates_are_told_by_azure_s_own_number(orthanc: Orthanc, wear: Callable[..., Disguised]) -> None:
    orthanc.upload(study(1))
    with closing(connected("azure", wear("azure"))) as connection:
        (answer,) = connection.images.store([outgoing(study(1)[0])])

    assert answer.code == 45070
