"""DICOMweb against Debian's Orthanc, with dicomweb-client as a second witness.

What Orthanc does otherwise than the standard says is met here as it is: queries that aren't decoded, names
that are lost, answers whose end only their last boundary shows, and a store that says yes and keeps the old.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from dicom_objects import ct, part10
from dicomweb_client.api import DICOMwebClient
from dicomweb_ends import connected, fetched, study
from dimse_ends import files_of, outgoing_of
from orthanc import Orthanc, Setup
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from workstation.archive import (
    NotAllowed,
    NotOffered,
    NotThere,
    Outgoing,
    Query,
    Reference,
    Settled,
    Truncated,
    Wanted,
)
from workstation.archive.web import WebConnection

New = Callable[..., Orthanc]

KOREAN = "Kim^Chulsoo=金^哲洙=김^철수"


@pytest.fixture(name="connection")
def a_connection(orthanc: Orthanc) -> Iterator[WebConnection]:
    with connected(orthanc.dicomweb, "orthanc") as made:
        yield made


def wanted(dataset: Dataset, *frames: int) -> Wanted:
    return Wanted(
        str(dataset.StudyInstanceUID), str(dataset.SeriesInstanceUID), str(dataset.SOPInstanceUID), frames
    )


def found(connection: WebConnection, query: Query) -> set[str]:
    return {one.study.uid for one in connection.images.search(query).studies}


# --- search and metadata --------------------------------------------------------------------------------


def test_people_are_found_by_name_whatever_signs_are_in_it(
    orthanc: Orthanc, connection: WebConnection
) -> None:
    orthanc.upload(
        [
            *study(1, PatientName="DOE^JANE", PatientID="7"),
            *study(2, PatientName="DOE MILLER^JIM", PatientID="8", AccessionNumber="A&1"),
            *study(3, PatientName="ROE^DOE", PatientID="9"),
        ]
    )

    assert found(connection, Query()) == {"1.2.1", "1.2.2", "1.2.3"}
    assert found(connection, Query(text="doe")) == {"1.2.1", "1.2.2"}
    assert found(connection, Query(text="doe^j")) == {"1.2.1"}
    assert found(connection, Query(text="DOE M")) == {"1.2.2"}
    assert found(connection, Query(text="9")) == {"1.2.3"}
    assert found(connection, Query(text="A&1")) == {"1.2.2"}
    assert found(connection, Query(accession="A&1")) == {"1.2.2"}
    assert found(connection, Query(patient_id="7")) == {"1.2.1"}


def test_modalities_and_dates_are_heeded(orthanc: Orthanc, connection: WebConnection) -> None:
    for number, (modality, date) in enumerate([("CT", "20240105"), ("MR", "20240106"), ("US", "20240107")]):
        orthanc.upload(study(number, Modality=modality, StudyDate=date))

    assert found(connection, Query(modalities=frozenset({"CT", "MR"}))) == {"1.2.0", "1.2.1"}
    assert found(connection, Query(from_date="20240106")) == {"1.2.1", "1.2.2"}
    assert found(connection, Query(from_date="20240105", to_date="20240106")) == {"1.2.0", "1.2.1"}
    assert len(found(connection, Query(limit=2))) == 2


def test_names_in_other_scripts_are_shown_and_found(orthanc: Orthanc, connection: WebConnection) -> None:
    korean = study(1, SpecificCharacterSet="ISO_IR 192", PatientName=KOREAN)
    hangul = study(2, SpecificCharacterSet="ISO_IR 192", PatientName="김^철수")
    orthanc.upload([*korean, *hangul, *study(3)])

    names = {one.study.uid: one.patient.name for one in connection.images.search(Query()).studies}

    assert names["1.2.2"] == "김^철수"
    assert connection.images.metadata("1.2.1").patient.name == KOREAN
    assert found(connection, Query(text="김")) == {"1.2.1", "1.2.2"}


def test_dicomweb_client_sees_the_same_studies_and_numbers(
    orthanc: Orthanc, connection: WebConnection
) -> None:
    orthanc.upload([one for number in range(70) for one in study(number, 1 + number % 3)])
    witness = DICOMwebClient(orthanc.dicomweb)
    fields = ["NumberOfStudyRelatedInstances", "ModalitiesInStudy"]
    theirs = witness.search_for_studies(fields=fields, get_remaining=True)

    ours = connection.images.search(Query())

    assert ours.is_whole
    assert {one.study.uid: one.instances for one in ours.studies} == {
        one["0020000D"]["Value"][0]: one["00201208"]["Value"][0] for one in theirs
    }
    metadata = connection.images.metadata("1.2.5")
    listed = {instance.uid for series in metadata.series for instance in series.instances}
    told = witness.retrieve_study_metadata("1.2.5")
    assert listed == {one["00080018"]["Value"][0] for one in told}
    assert (metadata.announced, metadata.series[0].announced, metadata.count) == (3, 3, 3)


# --- retrieval ------------------------------------------------------------------------------------------


def test_a_study_a_series_and_an_instance_come_byte_for_byte(
    orthanc: Orthanc, connection: WebConnection
) -> None:
    files = study(1, 20)
    orthanc.upload(files)

    assert sorted(fetched(connection, Wanted("1.2.1"))) == sorted(files)
    assert sorted(fetched(connection, Wanted("1.2.1", "1.2.1.1"))) == sorted(files)
    assert fetched(connection, Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7")) == [files[6]]


SYNTAXES = (
    "CT_small.dcm", "MR_small_RLE.dcm", "JPEG2000.dcm", "examples_jpeg2k.dcm", "SC_rgb_jpeg_dcmtk.dcm",
    "rtdose.dcm", "JPGExtended.dcm", "MR_small_jpeg_ls_lossless.dcm", "rtdose_rle.dcm",
)  # fmt: skip


@pytest.mark.parametrize("name", SYNTAXES)
def test_files_and_frames_of_every_syntax_come_as_they_are_stored(
    orthanc: Orthanc, connection: WebConnection, name: str
) -> None:
    data = Path(str(get_testdata_file(name, download=False))).read_bytes()
    dataset = pydicom.dcmread(BytesIO(data))
    orthanc.upload([data])

    assert fetched(connection, wanted(dataset)) == [data]
    count = int(dataset.get("NumberOfFrames", 1))
    frames = list(connection.images.retrieve(wanted(dataset, count - 1)))
    assert [one.frame for one in frames] == [count - 1]


def test_compressed_frames_are_the_codestreams_of_the_file(
    orthanc: Orthanc, connection: WebConnection
) -> None:
    path = get_testdata_file("examples_ybr_color.dcm", download=False)
    data = Path(str(path)).read_bytes()
    dataset = pydicom.dcmread(BytesIO(data))
    orthanc.upload([data])
    stored = list(generate_frames(dataset.PixelData, number_of_frames=int(dataset.NumberOfFrames)))

    came = {
        part.frame: (part.transfer_syntax, b"".join(part))
        for part in connection.images.retrieve(wanted(dataset, 0, 4, 9))
    }

    syntax = str(dataset.file_meta.TransferSyntaxUID)
    assert came == {frame: (syntax, stored[frame]) for frame in (0, 4, 9)}


def test_dicomweb_client_reads_the_same_pixels(orthanc: Orthanc, connection: WebConnection) -> None:
    files = files_of("mr-head-t1")
    orthanc.upload(bytes(one.data) for one in files)
    series = Wanted(files[0].study_uid, files[0].series_uid)
    theirs = {
        str(one.SOPInstanceUID): hashlib.sha256(one.PixelData).digest()
        for one in DICOMwebClient(orthanc.dicomweb).iter_series(
            series.study_uid, series.series_uid, media_types=(("application/dicom", "*"),)
        )
    }

    came = fetched(connection, series)

    assert sorted(came) == sorted(bytes(one.data) for one in files)
    ours = {str(one.SOPInstanceUID): one for one in (pydicom.dcmread(BytesIO(data)) for data in came)}
    assert {uid: hashlib.sha256(one.PixelData).digest() for uid, one in ours.items()} == theirs


def test_a_small_picture_is_rendered_where_orthanc_can(orthanc: Orthanc, connection: WebConnection) -> None:
    orthanc.upload(study(1))

    for one in (Wanted("1.2.1"), Wanted("1.2.1", "1.2.1.1"), Wanted("1.2.1", "1.2.1.1", "1.2.1.1.1", (0,))):
        assert connection.images.thumbnail(one, 32).startswith(b"\xff\xd8\xff")
    path = get_testdata_file("reportsi.dcm", download=False)
    report = pydicom.dcmread(str(path))
    orthanc.upload([Path(str(path)).read_bytes()])
    with pytest.raises(NotOffered):
        connection.images.thumbnail(wanted(report), 32)


def test_what_orthanc_doesn_t_have_is_not_there(orthanc: Orthanc, connection: WebConnection) -> None:
    orthanc.upload(study(1))

    for one in (Wanted("9.9"), Wanted("1.2.1", "9.9"), Wanted("1.2.1", "1.2.1.1", "9.9")):
        with pytest.raises(NotThere):
            fetched(connection, one)
    with pytest.raises(NotThere):
        connection.images.metadata("9.9")


# --- storing --------------------------------------------------------------------------------------------


def test_what_is_stored_can_be_read_back_byte_for_byte(orthanc: Orthanc, connection: WebConnection) -> None:
    files = study(1, 20)
    objects = [outgoing_of(one) for one in files]

    answers = connection.images.store(objects)

    assert {one.settled for one in answers} == {Settled.STORED}
    assert [orthanc.copies(one.uid) for one in objects] == [[one] for one in files]
    references = [Reference(one.study_uid, one.series_uid, one.uid) for one in objects]
    missing = Reference("1.2.1", "1.2.1.1", "9.9")
    assert connection.images.verify([*references, missing]) == {one.uid for one in objects}


def test_one_object_that_can_t_be_read_doesn_t_keep_others_from_being_stored(
    orthanc: Orthanc, connection: WebConnection
) -> None:
    good = [outgoing_of(one) for one in study(1, 2)]
    junk = Outgoing("9.9", "1.2", "1.2.1", "1.2.1.1", "1.2.840.10008.1.2.1", memoryview(b"junk" * 100))

    answers = connection.images.store([good[0], junk, good[1]])

    assert [one.settled for one in answers] == [Settled.STORED, Settled.REFUSED, Settled.STORED]
    assert orthanc.count() == 2


@pytest.mark.usefixtures("orthanc")
def test_a_yes_to_another_content_is_no_proof_and_the_read_back_shows_it(connection: WebConnection) -> None:
    (old,) = study(1)
    new = part10(
        ct(
            np.full((4, 5), 7, np.uint16),
            SOPInstanceUID="1.2.1.1.1",
            StudyInstanceUID="1.2.1",
            SeriesInstanceUID="1.2.1.1",
        )
    )
    connection.images.store([outgoing_of(old)])

    (answer,) = connection.images.store([outgoing_of(new)])

    assert answer.settled in (Settled.STORED, Settled.ALREADY)
    assert fetched(connection, Wanted("1.2.1", "1.2.1.1", "1.2.1.1.1")) == [old]


# --- who asks, over which line --------------------------------------------------------------------------


def test_probing_finds_what_orthanc_can_do(orthanc: Orthanc) -> None:
    orthanc.upload(study(1))
    with connected(orthanc.dicomweb) as connection:
        traits = connection.capabilities

    assert (traits.percent_decodes, traits.modality_lists, traits.rendered) == (False, True, True)
    assert (traits.workitems, traits.thumbnails) == (False, False)


def test_a_password_opens_the_archive_and_without_it_nothing(new_orthanc: New) -> None:
    class Basic:
        def headers(self) -> Mapping[str, str]:
            return {"Authorization": "Basic " + base64.b64encode(b"reader:secret").decode()}

        def refused(self, sent: Mapping[str, str]) -> bool:
            del sent
            return False

    orthanc = new_orthanc(Setup(users={"reader": "secret"}))
    with connected(orthanc.dicomweb, "orthanc", Basic()) as connection:
        connection.echo()
    with connected(orthanc.dicomweb, "orthanc") as connection, pytest.raises(NotAllowed):
        connection.echo()


def test_an_archive_that_hangs_is_left_when_the_connection_closes(new_orthanc: New) -> None:
    orthanc = new_orthanc()
    orthanc.upload(study(1))
    outcome: list[BaseException] = []

    def ask() -> None:
        try:
            waiting.echo()
        except BaseException as error:  # noqa: BLE001  it is looked at below
            outcome.append(error)

    with connected(orthanc.dicomweb, "orthanc") as waiting:
        waiting.echo()
        orthanc.freeze()
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(0.2)  # it waits for an answer by then, or soon
        waiting.close()
        thread.join(10)
        orthanc.thaw()

    assert not thread.is_alive()
    assert len(outcome) == 1


def test_an_archive_that_dies_in_the_middle_is_noticed_and_found_again(new_orthanc: New) -> None:
    orthanc = new_orthanc()
    files = [
        part10(
            ct(
                np.zeros((1024, 1024), np.uint16),
                SOPInstanceUID=f"1.2.1.1.{number}",
                StudyInstanceUID="1.2.1",
                SeriesInstanceUID="1.2.1.1",
            )
        )
        for number in range(1, 40)
    ]
    orthanc.upload(files)
    with connected(orthanc.dicomweb, "orthanc") as connection:
        coming = connection.images.retrieve(Wanted("1.2.1", "1.2.1.1"))
        whole = [b"".join(next(coming))]
        orthanc.kill()
        with pytest.raises(Truncated):
            whole.extend(b"".join(part) for part in coming)
        assert set(whole) <= set(files)

        orthanc.start()
        assert len(fetched(connection, Wanted("1.2.1", "1.2.1.1"))) == len(files)
