"""Storing by PS3.18 10.5: each object for itself, read back byte for byte."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from hospital_visitor import DATA, FILES, Reply, Visitor, multipart, value
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import EnhancedSRStorage, ExplicitVRLittleEndian, generate_uid

from workstation.clock import ManualClock
from workstation.hospital import Hospital
from workstation.phantoms import PhantomStudy

BEGAN = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)
KIND = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=b0undary'}
FAILED, STORED, REASON, INSTANCE = "00081198", "00081199", "00081197", "00081155"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Return a hospital that nobody else looks into."""
    with Hospital(BEGAN, clock=ManualClock(), data=DATA, folder=tmp_path_factory.mktemp("stow")) as hospital:
        yield hospital


@pytest.fixture
def visitor(opened: Hospital) -> Visitor:
    return Visitor(opened.url, opened.token)


def _report(study: str = "", *, uid: str = "", title: str = "Findings") -> Dataset:
    """Return a small SR."""
    report = Dataset()
    report.file_meta, report.preamble = FileMetaDataset(), bytes(128)
    report.SOPClassUID, report.SOPInstanceUID = EnhancedSRStorage, uid or generate_uid()
    report.StudyInstanceUID, report.SeriesInstanceUID = study or generate_uid(), generate_uid()
    report.Modality, report.SeriesDescription = "SR", title
    report.PatientName, report.PatientID, report.StudyDate = "DUMMY^Willow", "PH-9003", "20261124"
    report.file_meta.MediaStorageSOPClassUID = report.SOPClassUID
    report.file_meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID
    report.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return report


def _file(dataset: Dataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _send(visitor: Visitor, *files: bytes, to: str = "studies") -> Reply:
    return visitor.ask(to, "POST", multipart(*files), KIND)


def _kept_files(opened: Hospital) -> list[Path]:
    return list((opened._folder / "sent").glob("*"))


def _path(one: Dataset) -> str:
    return f"studies/{one.StudyInstanceUID}/series/{one.SeriesInstanceUID}/instances/{one.SOPInstanceUID}"


def test_what_is_sent_is_listed_and_comes_back_byte_for_byte(visitor: Visitor) -> None:
    report = _report()
    reply = _send(visitor, _file(report))
    [item] = reply.json[STORED]["Value"]
    back = visitor.ask(_path(report), headers={"Accept": FILES})

    assert reply.status == 200
    assert FAILED not in reply.json
    assert (value(item, "00081150"), value(item, INSTANCE)) == (EnhancedSRStorage, report.SOPInstanceUID)
    assert value(item, "00081190") == f"{visitor.url}/{_path(report)}"
    assert [data for _, data in back.parts] == [_file(report)]


def test_dicomweb_client_stores_and_finds_it_in_a_new_study(visitor: Visitor) -> None:
    client = DICOMwebClient(visitor.url, headers={"Authorization": f"Bearer {visitor.token}"})
    report = _report()
    answer = client.store_instances([report], study_instance_uid=report.StudyInstanceUID)
    [found] = client.search_for_studies(search_filters={"StudyInstanceUID": report.StudyInstanceUID})

    assert "FailedSOPSequence" not in answer
    assert [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence] == [report.SOPInstanceUID]
    assert (value(found, "00201206"), value(found, "00201208")) == (1, 1)
    assert found["00080061"]["Value"] == ["SR"]
    assert client.retrieve_instance(
        report.StudyInstanceUID, report.SeriesInstanceUID, report.SOPInstanceUID
    ) == pydicom.dcmread(io.BytesIO(_file(report)))


def test_a_report_joins_the_study_that_it_is_about(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["wrist-xr"]
    before = value(visitor.ask(f"studies?StudyInstanceUID={study.study_uid}").json[0], "00201208")
    report = _report(study.study_uid)
    assert _send(visitor, _file(report), to=f"studies/{study.study_uid}").status == 200

    [row] = visitor.ask(f"studies?StudyInstanceUID={study.study_uid}").json
    series = visitor.ask(f"studies/{study.study_uid}/series?Modality=SR").json
    assert value(row, "00201208") == before + 1
    assert set(row["00080061"]["Value"]) == {"DX", "SR"}
    assert report.SeriesInstanceUID in {value(one, "0020000E") for one in series}
    listed = visitor.ask(f"studies/{study.study_uid}/metadata").json
    assert report.SOPInstanceUID in {value(record, "00080018") for record in listed}


def test_the_same_again_is_stored_and_kept_once(opened: Hospital, visitor: Visitor) -> None:
    report = _report()
    before = len(_kept_files(opened))
    first, second = (_send(visitor, _file(report)) for _ in range(2))

    assert (first.status, second.status) == (200, 200)
    assert first.json == second.json
    assert len(_kept_files(opened)) == before + 1
    assert len(visitor.ask(f"studies/{report.StudyInstanceUID}/metadata").json) == 1


def test_another_content_under_the_same_uid_is_refused_and_the_first_one_stays(visitor: Visitor) -> None:
    report = _report()
    other = _file(_report(report.StudyInstanceUID, uid=report.SOPInstanceUID, title="Otherwise"))
    assert _send(visitor, _file(report)).status == 200
    reply = _send(visitor, other)

    assert reply.status == 409
    assert value(value(reply.json, FAILED), REASON) == 0x0111  # duplicate SOP instance
    back = visitor.ask(f"studies/{report.StudyInstanceUID}", headers={"Accept": FILES})
    assert [data for _, data in back.parts] == [_file(report)]


def test_an_image_of_the_night_sent_back_is_here_already(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["wrist-xr"]
    image = next(study.slices(range(1)))
    changed = pydicom.dcmread(io.BytesIO(image))
    changed.ImageComments = "Changed"

    assert _send(visitor, image).status == 200
    assert _send(visitor, _file(changed)).status == 409
    uids = [value(record, "00080018") for record in visitor.ask(f"studies/{study.study_uid}/metadata").json]
    assert uids.count(changed.SOPInstanceUID) == 1


def test_what_can_be_stored_is_and_of_the_rest_is_told_why(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    study = generate_uid()
    good, stranger = _report(study), _report()
    image = next(studies["wrist-xr"].slices(range(1)))
    reply = _send(visitor, _file(good), _file(stranger), image[:-10], b"no DICOM", to=f"studies/{study}")

    assert reply.status == 202
    assert [value(item, INSTANCE) for item in reply.json[STORED]["Value"]] == [good.SOPInstanceUID]
    failed = reply.json[FAILED]["Value"]
    assert [value(item, REASON) for item in failed] == [0xA900, 0xC000, 0xC000]
    assert value(failed[0], INSTANCE) == stranger.SOPInstanceUID
    assert visitor.ask(_path(stranger)).status == 404
    assert len(visitor.ask(f"studies/{study}/metadata").json) == 1


@pytest.mark.parametrize("lacking", ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_an_object_without_one_of_its_names_is_not_understood(visitor: Visitor, lacking: str) -> None:
    report = _report()
    delattr(report, lacking)
    out = io.BytesIO()
    pydicom.dcmwrite(out, report, enforce_file_format=False)
    reply = _send(visitor, out.getvalue())

    assert reply.status == 409
    assert value(value(reply.json, FAILED), REASON) == 0xC000


def test_a_header_that_names_another_instance_is_not_believed(visitor: Visitor) -> None:
    report = _report()
    data, uid = _file(report), report.SOPInstanceUID.encode()
    place = data.rindex(uid) + len(uid) - 1  # the dataset comes after the header
    reply = _send(visitor, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])

    assert reply.status == 409
    assert value(value(reply.json, FAILED), REASON) == 0xC000


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (multipart(b"x"), "application/dicom", 415),
        (multipart(b"x"), 'multipart/related; type="application/dicom+json"; boundary=b0undary', 415),
        (multipart(b"x"), "", 415),
        (multipart(b"x"), "nonsense", 400),
        (multipart(b"x")[:-4], KIND["Content-Type"], 400),
        (multipart(b"x"), 'multipart/related; type="application/dicom"', 400),
        (b"--b0undary--\r\n", KIND["Content-Type"], 400),
        (multipart(b"x", kind="text/plain"), KIND["Content-Type"], 409),
    ],
)
def test_a_request_out_of_form_is_told_so(visitor: Visitor, body: bytes, kind: str, status: int) -> None:
    assert visitor.ask("studies", "POST", body, {"Content-Type": kind}).status == status


def test_the_same_object_from_many_sides_at_once_is_kept_once(visitor: Visitor) -> None:
    report = _report()
    statuses: list[int] = []
    senders = [
        threading.Thread(target=lambda: statuses.append(_send(visitor, _file(report)).status))
        for _ in range(8)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert statuses == [200] * 8
    assert len(visitor.ask(f"studies/{report.StudyInstanceUID}/metadata").json) == 1
