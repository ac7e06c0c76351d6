"""DICOMweb against tiny_pacs, which has nothing in common with Orthanc but the standard.

It has no metadata and no frames, tells no numbers of instances and no lengths, knows no wildcards, and says
of an object that it refuses neither which one nor rightly why.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pydicom
import pytest
from dicom_objects import IMPLICIT
from dicomweb_client.api import DICOMwebClient
from dicomweb_ends import connected, fetched, study
from dimse_ends import outgoing_of
from large_files import large
from tiny_archive import TinyArchive, TinyMissing, running_tiny_archive

from workstation.archive import (
    NotOffered,
    NotThere,
    Outgoing,
    Query,
    Reference,
    Settled,
    Wanted,
)
from workstation.archive.unfinished import begun_of
from workstation.archive.web import WebConnection


@pytest.fixture(name="tiny")
def a_tiny_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyArchive]:
    try:
        with running_tiny_archive(tmp_path_factory.mktemp("tiny")) as running:
            yield running
    except TinyMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(name="connection")
def a_connection(tiny: TinyArchive) -> Iterator[WebConnection]:
    with connected(tiny.dicomweb) as made:
        yield made


def stored(connection: WebConnection, files: list[bytes]) -> None:
    answers = connection.images.store([outgoing_of(one) for one in files])
    assert [one.settled for one in answers] == [Settled.STORED] * len(files)


def datasets(files: list[bytes]) -> list[dict[str, object]]:
    """Return what stands in files, whatever wrote their preamble and file meta information."""
    read = (pydicom.dcmread(BytesIO(one)) for one in files)
    return sorted((one.to_json_dict() for one in read), key=lambda one: str(one["00080018"]))


def test_what_is_stored_is_found_described_and_fetched(connection: WebConnection) -> None:
    files = study(1, 12, PatientName="DOE^JANE", PatientID="7", StudyDescription="Head")
    stored(connection, files + study(2, PatientName="ROE^JIM", PatientID="8", Modality="MR"))
    images = connection.images

    (found,) = images.search(Query(text="doe")).studies
    assert (found.study.uid, found.patient.name, found.instances) == ("1.2.1", "DOE^JANE", None)
    assert {one.study.uid for one in images.search(Query()).studies} == {"1.2.1", "1.2.2"}
    assert [one.study.uid for one in images.search(Query(patient_id="8")).studies] == ["1.2.2"]
    assert [one.study.uid for one in images.search(Query(modalities=frozenset({"MR", "US"}))).studies] == [
        "1.2.2"
    ]
    assert images.search(Query(patient_id="nobody")).studies == ()
    contents = images.metadata("1.2.1")
    assert (contents.count, contents.study.description) == (12, "Head")
    for wanted in (Wanted("1.2.1"), Wanted("1.2.1", "1.2.1.1")):
        assert datasets(fetched(connection, wanted)) == datasets(files)
    assert datasets(fetched(connection, Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7"))) == datasets([files[6]])
    for missing in (Wanted("9.9"), Wanted("1.2.1", "9.9"), Wanted("1.2.1", "1.2.1.1", "9.9")):
        with pytest.raises(NotThere):
            fetched(connection, missing)
    with pytest.raises(NotThere):
        images.metadata("9.9")


def test_dicomweb_client_sees_the_same(tiny: TinyArchive, connection: WebConnection) -> None:
    stored(connection, [one for number in range(30) for one in study(number, 1 + number % 3)])
    witness = DICOMwebClient(tiny.dicomweb)

    ours = connection.images.search(Query())

    theirs = {one["0020000D"]["Value"][0] for one in witness.search_for_studies(get_remaining=True)}
    assert {one.study.uid for one in ours.studies} == theirs
    assert len(theirs) == 30
    listed = {one.uid for series in connection.images.metadata("1.2.5").series for one in series.instances}
    assert listed == {one["00080018"]["Value"][0] for one in witness.search_for_instances("1.2.5", "1.2.5.1")}


def test_what_is_there_is_verified_and_what_isn_t_isn_t(connection: WebConnection) -> None:
    files = study(1, 3, IMPLICIT)
    stored(connection, files)
    objects = [outgoing_of(one) for one in files]
    references = [Reference(one.study_uid, one.series_uid, one.uid) for one in objects]

    assert connection.images.verify([*references, Reference("1.2.1", "1.2.1.1", "9.9")]) == {
        one.uid for one in objects
    }
    (again,) = connection.images.store(objects[:1])
    assert again.settled is Settled.LATER  # a failure in general, it says: the read-back tells


def test_one_object_that_can_t_be_read_doesn_t_keep_others_from_being_stored(
    connection: WebConnection,
) -> None:
    good = [outgoing_of(one) for one in study(1, 2)]
    junk = Outgoing("9.9", "1.2", "1.2.1", "1.2.1.1", "1.2.840.10008.1.2.1", memoryview(b"junk" * 100))

    answers = connection.images.store([good[0], junk, good[1]])

    assert [one.settled for one in answers] == [Settled.STORED, Settled.UNSAID, Settled.STORED]


def test_what_it_doesn_t_do_is_known(tiny: TinyArchive, connection: WebConnection) -> None:
    with connected(tiny.dicomweb) as another:  # which sees it empty
        stored(another, study(1))

    traits = connection.capabilities
    assert (traits.wildcards, traits.fuzzy_names, traits.series_retrieve) == (False, True, True)
    assert (traits.rendered, traits.thumbnails, traits.ranges, traits.workitems) == (False,) * 4
    with pytest.raises(NotOffered):
        connection.images.thumbnail(Wanted("1.2.1"), 64)
    with pytest.raises(NotOffered):
        connection.work.tasks()


def test_a_cut_file_can_t_be_continued_there_and_that_is_known(connection: WebConnection) -> None:
    file = large("table")
    stored(connection, [file.data])
    (came,) = fetched(connection, Wanted("1.2.3", "1.2.3.1", "1.2.3.4"))
    begun = begun_of(bytearray(came[: came.index(file.frames[1])]), None, least=0)
    assert begun is not None

    with pytest.raises(NotOffered):
        list(connection.images.rest(begun))
