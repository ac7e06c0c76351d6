"""Our DICOMweb against a real Orthanc that answers as other products do.

A product that nobody has named is probed, and what probing finds is enough to find, describe, fetch and
store. That the disguises sit is shown by ``test_guises``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from dicom_json import dataset
from dicom_objects import ct
from dicomweb_ends import connected, fetched, study
from dimse_ends import outgoing_of
from guise_proxy import Bearer, Disguised
from guises import GUISES
from large_files import FORMS, large
from orthanc import Orthanc

from workstation.archive import NotAllowed, NotOffered, NotThere, Query, Reference, Settled, TaskState, Wanted
from workstation.archive.unfinished import begun_of
from workstation.archive.web import WebConnection
from workstation.archive.web.capabilities import PROFILES

PRODUCTS = tuple(GUISES)
TRAITS = (
    "percent_decodes", "wildcards", "fuzzy_names", "study_metadata", "study_retrieve", "series_retrieve",
    "single_part", "rendered", "workitems",
)  # fmt: skip

EITHER_WAY = pytest.mark.parametrize("is_named", [True, False], ids=["named", "probed"])


def asking(disguise: Disguised, product: str = "") -> AbstractContextManager[WebConnection]:
    return connected(disguise.url, product, Bearer())


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_probing_finds_is_what_the_profile_says(
    orthanc: Orthanc, wear: Callable[..., Disguised], product: str
) -> None:
    orthanc.upload(study(1))
    with asking(wear(product)) as connection:
        found, profile = connection.capabilities, PROFILES[product]

    for trait in TRAITS:
        assert getattr(found, trait) == getattr(profile, trait), trait


@EITHER_WAY
@pytest.mark.parametrize("product", PRODUCTS)
def test_studies_are_found_described_and_fetched_byte_for_byte(
    orthanc: Orthanc,
    wear: Callable[..., Disguised],
    product: str,
    is_named: bool,  # noqa: FBT001  a row
) -> None:
    files = study(1, 12, PatientName="DOE^JANE", StudyDescription="Head") + study(2, PatientName="ROE^JIM")
    orthanc.upload(files)

    with asking(wear(product), product if is_named else "") as connection:
        images = connection.images
        (found,) = images.search(Query(text="doe")).studies
        nobody = images.search(Query(patient_id="nobody")).studies
        contents = images.metadata("1.2.1")
        whole, series = fetched(connection, Wanted("1.2.1")), fetched(connection, Wanted("1.2.1", "1.2.1.1"))
        single = fetched(connection, Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7"))
        first_frame = Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7", (0,))
        frames = [(part.frame, b"".join(part)) for part in images.retrieve(first_frame)]
        with pytest.raises(NotThere):
            fetched(connection, Wanted("1.2.77"))

    assert (found.study.uid, found.patient.name, found.instances) == ("1.2.1", "DOE^JANE", 12)
    assert (contents.study.description, contents.count) == ("Head", 12)
    assert nobody == ()
    assert sorted(whole) == sorted(series) == sorted(files[:12])
    assert (single, frames) == ([files[6]], [(0, bytes(ct().PixelData))])


@EITHER_WAY
@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_stored_is_there_and_a_second_time_changes_nothing(
    orthanc: Orthanc,
    wear: Callable[..., Disguised],
    product: str,
    is_named: bool,  # noqa: FBT001  a row
) -> None:
    files = study(1, 3)
    objects = [outgoing_of(one) for one in files]
    references = [Reference(one.study_uid, one.series_uid, one.uid) for one in objects]
    again = Settled.ALREADY if product == "azure" else Settled.STORED

    with asking(wear(product), product if is_named else "") as connection:
        first = connection.images.store(objects[:2])
        there = connection.images.verify([*references, Reference("1.2.1", "1.2.1.1", "9.9")])
        second = connection.images.store(objects)

    assert [one.settled for one in first] == [Settled.STORED] * 2
    assert there == {one.uid for one in objects[:2]}
    assert [one.settled for one in second] == [again, again, Settled.STORED]
    assert [orthanc.copies(one.uid) for one in objects] == [[one] for one in files]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_file_that_was_cut_is_continued_by_frames_also_where_no_length_is_told(
    orthanc: Orthanc, wear: Callable[..., Disguised], product: str, form: str
) -> None:
    file = large(form)
    orthanc.upload([file.data])
    with asking(wear(product), product) as connection:
        (part,) = (one for one in connection.images.retrieve(Wanted("1.2.3", "1.2.3.1", "1.2.3.4")))
        begun = begun_of(bytearray(file.data[: file.ends[1] + 5]), part.length, least=0)
        assert begun is not None
        for one in connection.images.rest(begun):
            begun.take(one.frame, one, one.transfer_syntax)

    assert bytes(begun.whole()) == file.data


@pytest.mark.parametrize("product", ["google", "aws", "azure"])
def test_without_the_token_it_is_said_that_a_sign_in_is_missing(
    wear: Callable[..., Disguised], product: str
) -> None:
    with connected(wear(product).url, product) as connection, pytest.raises(NotAllowed):
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
    with asking(wear(product), product) as connection:
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

    with asking(disguise, product) as connection:
        (seen,) = connection.work.tasks()
        claim = connection.work.claim(seen.uid, "1.2.999", "READER")
        assert disguise.worklist.state("1.2.9") == TaskState.IN_PROGRESS
        connection.work.complete(claim, [])

    assert disguise.worklist.state("1.2.9") == TaskState.COMPLETED


def test_duplicates_are_told_by_azure_s_own_number(orthanc: Orthanc, wear: Callable[..., Disguised]) -> None:
    orthanc.upload(study(1))
    with asking(wear("azure"), "azure") as connection:
        (answer,) = connection.images.store([outgoing_of(study(1)[0])])

    assert answer.code == 45070
