"""dcmtk pushes to a desk as a modality would; what the rules say reaches a real Orthanc and is proven.

What is made here (key objects, presentation states, reports, secondary captures) goes the same way.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from dicom_objects import ct, item, part10
from dimse_ends import FAILED, run, said_by
from dimse_peer import HOST, as_file
from group_archive import settings_with, until
from needs import needs_dcmtk, needs_orthanc
from orthanc import Orthanc
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from quick_desk import SharedPool, quick_desk
from tls_certificates import Authority

from workstation.config import ArchiveEntry, ForwardRule, Forwards, Settings
from workstation.dicom.content_digest import content_digest
from workstation.security import SessionVault
from workstation.store import Artefact, Parcel
from workstation.workflow import (
    DeliveryState,
    Desk,
    StudyState,
    connect_archives,
    list_outbox,
    list_studies,
    start_listening,
    start_syncing,
)

pytestmark = needs_orthanc

STUDY = "1.2.826.7.5"
NAME = "ZQXNAME^SECRET"


@pytest.fixture(scope="module")
def pool() -> Iterator[SharedPool]:
    made = SharedPool()
    yield made
    made.end()


@pytest.fixture
def desk(tmp_path: Path, pool: SharedPool, orthanc: Orthanc) -> Iterator[Desk]:
    """Return a desk that is connected to Orthanc, and running."""
    made = quick_desk(tmp_path / "store", pool)
    entry = ArchiveEntry("harbor", name="Harbor", ways={"fibre": orthanc.dicomweb})
    connect_archives(made, settings=settings_with(), entries=[entry], vault=SessionVault())
    start_syncing(made)
    yield made
    made.close()


def slices(count: int, study: str = STUDY, **attributes: object) -> list[Dataset]:
    return [
        ct(
            np.full((16, 16), number, np.uint16),
            PatientName=NAME,
            PatientID="P7",
            PatientBirthDate="19700101",
            PatientSex="F",
            StudyInstanceUID=study,
            StudyID="1",
            StudyTime="101112",
            AccessionNumber="A7",
            SeriesInstanceUID=f"{study}.1",
            SeriesNumber=1,
            SOPInstanceUID=f"{study}.1.{number}",
            StudyDate=time.strftime("%Y%m%d"),
            InstanceNumber=number,
            ImagePositionPatient=[0, 0, 3 * number],
            FrameOfReferenceUID=f"{study}.0",
            **attributes,
        )
        for number in range(1, count + 1)
    ]


def disc(folder: Path, datasets: list[Dataset]) -> Path:
    folder.mkdir()
    for one in datasets:
        (folder / str(one.SOPInstanceUID)).write_bytes(part10(one))
    return folder


def settings(**changed: float | str) -> Settings:
    with socket.create_server((HOST, 0)) as one:
        port = int(one.getsockname()[1])
    told: dict[str, float | str] = {
        "listener__port": port,
        "listener__callers": "CT1@127.0.0.1; MR1@127.0.0.1",
    }
    return settings_with(**told | changed)


def delivered(desk: Desk, count: int) -> Callable[[], bool]:
    return lambda: desk.store.outbox.counts() == {"verified": count}


@needs_dcmtk
def test_what_a_modality_pushes_is_passed_on_by_the_rules_and_proven(
    desk: Desk, orthanc: Orthanc, tmp_path: Path
) -> None:
    rules = Forwards((ForwardRule("ct", ("harbor",), modalities=("CT",), callers=("CT1",)),))
    listener = start_listening(desk, settings=settings(), forwards=rules)
    assert listener is not None
    head, other = slices(5), slices(2, "1.2.826.7.6")
    run("storescu", "-aet", "CT1", "-aec", "LUMEN", "+sd", HOST, listener.port, disc(tmp_path / "a", head))
    run("storescu", "-aet", "MR1", "-aec", "LUMEN", "+sd", HOST, listener.port, disc(tmp_path / "b", other))
    until(delivered(desk, 5))

    assert orthanc.count() == 5
    for one in head:
        (copy,) = orthanc.copies(str(one.SOPInstanceUID))
        assert pydicom.dcmread(BytesIO(copy)).PixelData == one.PixelData
    rows = {row.uid: row for row in list_studies(desk)}
    assert (rows[STUDY].here, rows["1.2.826.7.6"].here) == (5, 2)
    assert rows["1.2.826.7.6"].state in (StudyState.ARRIVING, StudyState.UNREAD)
    kept = {uid: study for uid in rows if (study := desk.store.studies.get(uid)) is not None}
    assert (kept[STUDY].is_work, kept["1.2.826.7.6"].is_work) == (False, True)


@needs_dcmtk
def test_what_was_pushed_without_a_line_goes_when_it_is_back(
    tmp_path: Path, pool: SharedPool, new_orthanc: Callable[..., Orthanc]
) -> None:
    """The program ends in between; the modality has long forgotten the study."""
    orthanc = new_orthanc()
    orthanc.kill()
    entry = ArchiveEntry("harbor", name="Harbor", ways={"fibre": orthanc.dicomweb})
    rules = Forwards((ForwardRule("all", ("harbor",)),))
    for _ in range(2):
        desk = quick_desk(tmp_path / "store", pool)
        connect_archives(desk, settings=settings_with(), entries=[entry], vault=SessionVault())
        if desk.store.studies.list():
            orthanc.start()
            start_syncing(desk)
            until(delivered(desk, 3))
        else:
            start_syncing(desk)
            listener = start_listening(desk, settings=settings(), forwards=rules)
            assert listener is not None
            folder = disc(tmp_path / "in", slices(3))
            run("storescu", "-aet", "CT1", "-aec", "LUMEN", "+sd", HOST, listener.port, folder)
            assert len(desk.store.outbox.deliveries()) == 3
        desk.close()
    assert orthanc.count() == 3


@needs_dcmtk
def test_dcmtk_is_let_in_over_tls_with_a_certificate_alone(desk: Desk, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, theirs = authority.issue(HOST), authority.issue(HOST, subject="modality")
    listener = start_listening(
        desk,
        settings=settings(
            listener__certificate=str(ours.certificate),
            listener__key=str(ours.key),
            listener__authorities=str(authority.file),
        ),
    )
    assert listener is not None
    (file,) = disc(tmp_path / "in", slices(1)).iterdir()
    where = ("-aet", "CT1", "-aec", "LUMEN", HOST, listener.port, file)
    assert said_by("storescu", *where).endswith(FAILED)
    run("storescu", "+tls", theirs.key, theirs.certificate, "+cf", authority.file, *where)
    assert [row.uid for row in list_studies(desk)] == [STUDY]


# ---- what is made here


EXPLICIT = "1.2.840.10008.1.2.1"


def of_study(image: Dataset, sop_class: str, modality: str, **attributes: object) -> Dataset:
    """Return an object of an image's study and person, as a workstation makes one."""
    made = Dataset()
    for keyword in (
        "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
        "StudyTime", "StudyID", "AccessionNumber",
    ):  # fmt: skip
        made[keyword] = image[keyword]
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = sop_class, generate_uid(), modality
    made.SeriesInstanceUID, made.SeriesNumber, made.InstanceNumber = generate_uid(), 90, 1
    made.Manufacturer = "Lumen"
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def key_objects(images: Sequence[Dataset]) -> Dataset:
    """Return a key object selection (PS3.3 A.35.4, TID 2010)."""
    chosen = [
        item(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=[reference(one)])
        for one in images[1:3]
    ]
    return of_study(
        images[0], "1.2.840.10008.5.1.4.1.1.88.59", "KO", ValueType="CONTAINER",
        ConceptNameCodeSequence=[code("113000", "Of Interest")], ContinuityOfContent="SEPARATE",
        CurrentRequestedProcedureEvidenceSequence=[evidence(images)], ContentSequence=chosen,
        ContentDate=images[0].StudyDate, ContentTime="101112",
    )  # fmt: skip


def presentation_state(images: Sequence[Dataset]) -> Dataset:
    """Return a grayscale softcopy presentation state with a window (PS3.3 A.33.1)."""
    series = item(
        SeriesInstanceUID=images[0].SeriesInstanceUID, ReferencedImageSequence=[reference(images[0])]
    )
    return of_study(
        images[0], "1.2.840.10008.5.1.4.1.1.11.1", "PR", ContentLabel="WINDOW",
        PresentationCreationDate=images[0].StudyDate, PresentationCreationTime="101112",
        ReferencedSeriesSequence=[series], PresentationLUTShape="IDENTITY",
        SoftcopyVOILUTSequence=[item(WindowCenter="40", WindowWidth="80")],
    )  # fmt: skip


def report(images: Sequence[Dataset]) -> Dataset:
    """Return a text report with a measurement (PS3.3 A.35.2)."""
    measured = item(MeasurementUnitsCodeSequence=[code("mm", "millimeter", "UCUM")], NumericValue="12.5")
    content = [
        item(
            RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Kein Befund: \u00f6",
            ConceptNameCodeSequence=[code("121071", "Finding")],
        ),
        item(
            RelationshipType="CONTAINS", ValueType="NUM", MeasuredValueSequence=[measured],
            ConceptNameCodeSequence=[code("G-D7FE", "Length", "SRT")],
        ),
    ]  # fmt: skip
    return of_study(
        images[0], "1.2.840.10008.5.1.4.1.1.88.22", "SR", SpecificCharacterSet="ISO_IR 192",
        ValueType="CONTAINER", ConceptNameCodeSequence=[code("18748-4", "Diagnostic imaging report", "LN")],
        ContinuityOfContent="SEPARATE", CompletionFlag="COMPLETE", VerificationFlag="UNVERIFIED",
        ContentSequence=content, CurrentRequestedProcedureEvidenceSequence=[evidence(images)],
    )  # fmt: skip


def secondary_capture(images: Sequence[Dataset]) -> Dataset:
    """Return a picture of a screen (PS3.3 A.8.1)."""
    return of_study(
        images[0], "1.2.840.10008.5.1.4.1.1.7", "OT", ConversionType="WSD", SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2", Rows=16, Columns=16, BitsAllocated=8, BitsStored=8,
        HighBit=7, PixelRepresentation=0, PixelData=bytes(range(256)),
    )  # fmt: skip


def code(value: str, meaning: str, scheme: str = "DCM") -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def reference(one: Dataset) -> Dataset:
    return item(ReferencedSOPClassUID=one.SOPClassUID, ReferencedSOPInstanceUID=one.SOPInstanceUID)


def evidence(images: Sequence[Dataset]) -> Dataset:
    series = item(
        SeriesInstanceUID=images[0].SeriesInstanceUID, ReferencedSOPSequence=list(map(reference, images))
    )
    return item(StudyInstanceUID=images[0].StudyInstanceUID, ReferencedSeriesSequence=[series])


MADE: dict[str, Callable[[Sequence[Dataset]], Dataset]] = {
    "key objects": key_objects,
    "presentation state": presentation_state,
    "report": report,
    "secondary capture": secondary_capture,
}


def test_what_is_made_here_is_kept_in_the_archive_and_proven(desk: Desk, orthanc: Orthanc) -> None:
    """Each object's bytes are fixed when it is made; what comes back says the same (content digest)."""
    images = slices(4)
    orthanc.upload(map(part10, images))
    bodies = {kind: as_file(make(images), EXPLICIT) for kind, make in MADE.items()}
    for kind, body in bodies.items():
        desk.store.outbox.enqueue(parcel(kind, body, desk))
    until(delivered(desk, len(MADE)))

    assert {(row.kind, row.state, row.archive) for row in list_outbox(desk)} == {
        (kind, DeliveryState.VERIFIED, "Harbor") for kind in MADE
    }
    for body in bodies.values():
        uid = str(pydicom.dcmread(BytesIO(body)).SOPInstanceUID)
        (copy,) = orthanc.copies(uid)
        assert content_digest(memoryview(copy)) == content_digest(memoryview(body))


def parcel(kind: str, body: bytes, desk: Desk) -> Parcel:
    one = pydicom.dcmread(BytesIO(body))
    artefact = Artefact(
        str(one.SOPInstanceUID), str(one.StudyInstanceUID), str(one.SeriesInstanceUID), str(one.SOPClassUID),
        kind, str(one.file_meta.TransferSyntaxUID), sha256(body[128:]).hexdigest(),
        content_digest(memoryview(body)), len(body), desk.clock.utc(), "r1",
    )  # fmt: skip
    return Parcel(artefact, ("harbor",), body)
