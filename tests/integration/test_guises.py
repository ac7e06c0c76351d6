"""An Orthanc in disguise does what the products do, by plain requests: a disguise that fell off is noticed.

What we make of it is in ``test_dicomweb_guises``.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from dicomweb_ends import study
from guise_proxy import Bearer, Disguised
from orthanc import Orthanc


def get(
    disguise: Disguised, path: str, accept: str = "application/dicom+json", **headers: str
) -> requests.Response:
    return requests.get(
        f"{disguise.url}/{path}", headers={"Accept": accept, **Bearer().headers(), **headers}, timeout=60
    )


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
