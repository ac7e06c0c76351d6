"""What is retrieved, held against what the phantoms make, by plain HTTP and by dicomweb-client."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from hospital_visitor import FILES, Visitor, value
from pydicom.encaps import generate_frames

from workstation.phantoms import PhantomStudy

ACCEPT = {"Accept": FILES}


@pytest.fixture
def client(visitor: Visitor) -> DICOMwebClient:
    return DICOMwebClient(visitor.url, headers={"Authorization": f"Bearer {visitor.token}"})


def _digests(files: list[bytes]) -> list[str]:
    return [hashlib.sha256(file).hexdigest() for file in files]


@pytest.mark.parametrize("key", ["head-ct-prior", "mammogram", "ultrasound", "wrist-xr"])
def test_a_study_is_byte_for_byte_what_the_phantoms_make(
    visitor: Visitor, studies: dict[str, PhantomStudy], key: str
) -> None:
    reply = visitor.ask(f"studies/{studies[key].study_uid}", headers=ACCEPT)
    kinds, files = zip(*reply.parts, strict=True)

    assert int(reply.headers["Content-Length"]) == len(reply.body)
    assert _digests(list(files)) == _digests(list(studies[key].instances()))
    syntaxes = [str(pydicom.dcmread(io.BytesIO(file)).file_meta.TransferSyntaxUID) for file in files]
    assert list(kinds) == [f"application/dicom; transfer-syntax={syntax}" for syntax in syntaxes]


def test_dicomweb_client_finds_lists_and_retrieves_the_same(
    client: DICOMwebClient, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["wrist-xr"]
    made = [pydicom.dcmread(io.BytesIO(file)) for file in study.instances()]
    [found] = client.search_for_studies(search_filters={"AccessionNumber": "MB020952"})
    series = client.search_for_series(study.study_uid)
    listed = client.retrieve_study_metadata(study.study_uid)
    came = client.retrieve_study(study.study_uid)
    [one] = client.retrieve_series(study.study_uid, str(made[1].SeriesInstanceUID))

    assert found["0020000D"]["Value"] == [study.study_uid]
    assert [row["0020000E"]["Value"][0] for row in series] == [image.SeriesInstanceUID for image in made]
    assert came == made
    assert one == made[1]
    for record, image in zip(listed, made, strict=True):
        del image.PixelData
        told = pydicom.Dataset.from_json(record)
        del told[0x00083002]  # Available Transfer Syntax UID, which is the archive's to tell
        assert told == image


def test_dicomweb_client_gets_what_is_compressed_as_it_is_kept(
    client: DICOMwebClient, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["ultrasound"]
    cine = pydicom.dcmread(io.BytesIO(next(study.slices(range(1)))))
    names = (study.study_uid, str(cine.SeriesInstanceUID), str(cine.SOPInstanceUID))
    [frame] = client.retrieve_instance_frames(*names, [3], media_types=(("image/jpeg", "*"),))

    assert client.retrieve_instance(*names, media_types=(("application/dicom", "*"),)) == cine
    assert frame.rstrip(b"\0") == list(generate_frames(cine.PixelData))[2].rstrip(b"\0")


def test_frames_of_uncompressed_pixels_are_the_pixels(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    path, made = _first(visitor, studies["wrist-xr"])
    reply = visitor.ask(f"{path}/frames/1", headers={"Accept": "*/*"})

    assert [data for _, data in reply.parts] == [made.PixelData]
    assert reply.parts[0][0] == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("frames", "status"), [("2", 404), ("0", 404), ("1,2", 404), ("x", 400), ("1,", 400), ("-1", 400)]
)
def test_frames_that_are_not_there_are_told_from_what_is_no_number(
    visitor: Visitor, studies: dict[str, PhantomStudy], frames: str, status: int
) -> None:
    path, _ = _first(visitor, studies["wrist-xr"])

    assert visitor.ask(f"{path}/frames/{frames}").status == status


@pytest.mark.parametrize(
    "path", [lambda path: path, lambda path: f"{path}/frames/1"], ids=["instance", "frame"]
)
def test_what_is_compressed_is_not_sent_to_who_wants_it_otherwise(
    visitor: Visitor, studies: dict[str, PhantomStudy], path: Callable[[str], str]
) -> None:
    """PS3.18 8.7.3.5.2: without transfer-syntax, Explicit VR Little Endian is asked for."""
    kind = "application/octet-stream" if "frames" in path("") else "application/dicom"
    place, _ = _first(visitor, studies["mammogram"])
    reply = visitor.ask(path(place), headers={"Accept": f'multipart/related; type="{kind}"'})

    assert reply.status == 406
    assert b"1.2.840.10008.1.2.4.80" in reply.body


def test_metadata_names_no_bulk_data_and_every_instance(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["head-ct-prior"]
    path, made = _first(visitor, study)
    series = path.rsplit("/instances/", 1)[0]
    whole, some, one = (visitor.ask(f"{place}/metadata").json for place in (_place(study), series, path))

    assert whole == some
    assert len(whole) == study.count
    assert one == whole[:1]
    assert value(one[0], "00080018") == made.SOPInstanceUID
    assert "7FE00010" not in one[0]


@pytest.mark.parametrize(
    "path",
    [
        "studies/1.2.3", "studies/1.2.3/metadata", "studies/{wrist-xr}/series/1.2.3",
        "studies/{wrist-xr}/series/1.2.3/instances/1.2.3", "studies/{head-ct}", "studies/{head-ct}/metadata",
    ],
)  # fmt: skip
def test_what_is_not_here_or_not_yet_is_not_found(
    visitor: Visitor, studies: dict[str, PhantomStudy], path: str
) -> None:
    uids = {key: study.study_uid for key, study in studies.items()}
    reply = visitor.ask(path.format(**uids), headers={"Accept": "*/*"})

    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith("text/plain")


def _place(study: PhantomStudy) -> str:
    return f"studies/{study.study_uid}"


def _first(visitor: Visitor, study: PhantomStudy) -> tuple[str, pydicom.FileDataset]:
    """Return the path of a study's first instance, and what the phantoms make it."""
    record = visitor.ask(f"{_place(study)}/metadata").json[0]
    made = pydicom.dcmread(io.BytesIO(next(study.slices(range(1)))))
    return f"{_place(study)}/series/{value(record, '0020000E')}/instances/{value(record, '00080018')}", made
