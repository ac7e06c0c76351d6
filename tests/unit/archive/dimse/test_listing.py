from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from dimse_peer import CT, FIND, MR, PLAIN, DimsePeer, Handler
from pydicom.dataset import Dataset
from pynetdicom.events import Event

from workstation.archive import BadAnswer, NotThere, Reference, Wanted
from workstation.archive.dimse import listing
from workstation.archive.dimse.association import Association, Context
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.opening import open_association

Answers = Iterator[tuple[int, Dataset | None]]

STUDY = "1.2"
HELD = {"1.2.1": [("1.2.1.1", CT), ("1.2.1.2", CT)], "1.2.2": [("1.2.2.1", MR)]}


def archive(event: Event) -> Answers:
    """Answer as an archive that matches unique keys, lists of them too."""
    asked = event.identifier
    if asked.StudyInstanceUID != STUDY:
        return
    if asked.QueryRetrieveLevel == "STUDY":
        yield 0xFF00, keys(StudyInstanceUID=STUDY, PatientName="DOE^JANE", NumberOfStudyRelatedInstances="3")
    for series, instances in HELD.items():
        if asked.QueryRetrieveLevel == "SERIES":
            count = str(len(instances))
            yield 0xFF00, keys(SeriesInstanceUID=series, NumberOfSeriesRelatedInstances=count)
        if asked.QueryRetrieveLevel == "IMAGE" and asked.SeriesInstanceUID == series:
            for uid, sop_class in instances:
                if not asked.SOPInstanceUID or uid in asked.SOPInstanceUID:
                    yield 0xFF00, keys(SOPInstanceUID=uid, SOPClassUID=sop_class, InstanceNumber=uid[-1])


def without_lists(event: Event) -> Answers:
    """Answer as one that finds nothing by a list of UIDs."""
    if not isinstance(event.identifier.get("SOPInstanceUID", ""), str):
        return iter(())
    return archive(event)


@contextlib.contextmanager
def association_with(handler: Handler) -> Iterator[Association]:
    with DimsePeer(find=handler) as peer:
        association = open_association(peer.route, (Context(FIND, PLAIN),))
        try:
            yield association
        finally:
            association.abort()


def test_a_study_is_listed_series_by_series() -> None:
    with association_with(archive) as association:
        contents = listing.metadata(association, STUDY)

    assert (contents.patient.name, contents.announced, contents.count) == ("DOE^JANE", 3, 3)
    assert [(one.series.uid, one.announced) for one in contents.series] == [("1.2.1", 2), ("1.2.2", 1)]
    assert [(one.uid, one.sop_class, one.number) for one in contents.series[0].instances] == [
        ("1.2.1.1", CT, 1),
        ("1.2.1.2", CT, 2),
    ]
    assert contents.series[0].instances[0].position is None


def test_what_an_archive_knows_of_an_image_is_told() -> None:
    def detailed(event: Event) -> Answers:
        for status, one in archive(event):
            if one is not None and "SOPInstanceUID" in one:
                one.NumberOfFrames, one.AvailableTransferSyntaxUID = "60", "1.2.840.10008.1.2.4.90"
                one.ImagePositionPatient, one.ImageOrientationPatient = [1, 2, 3], [1, 0, 0, 0, 1, 0]
            yield status, one

    with association_with(detailed) as association:
        instance = listing.metadata(association, STUDY).series[0].instances[0]

    assert (instance.frames, instance.transfer_syntax) == (60, "1.2.840.10008.1.2.4.90")
    assert (instance.position, instance.orientation) == ((1, 2, 3), (1, 0, 0, 0, 1, 0))


def test_a_study_that_isnt_there_is_not_an_empty_one() -> None:
    with association_with(archive) as association, pytest.raises(NotThere):
        listing.metadata(association, "1.9")


def test_an_archive_that_ignores_the_study_uid_has_no_such_study() -> None:
    other = keys(StudyInstanceUID="1.3", PatientName="ROE^RICHARD")

    with association_with(lambda _: iter([(0xFF00, other)])) as association, pytest.raises(NotThere):
        listing.metadata(association, STUDY)


def test_a_list_that_is_cut_is_not_counted_on() -> None:
    def cutting(event: Event) -> Answers:
        yield from archive(event)
        if event.identifier.QueryRetrieveLevel == "IMAGE":
            yield 0xFE00, None

    with association_with(cutting) as association, pytest.raises(BadAnswer, match="doesn't list all"):
        listing.metadata(association, STUDY)


@pytest.mark.parametrize("handler", [archive, without_lists])
def test_what_is_there_is_told_from_what_is_not(handler: Handler) -> None:
    references = [Reference(STUDY, "1.2.1", uid) for uid in ("1.2.1.1", "1.2.1.2", "1.2.1.9")]
    references.append(Reference(STUDY, "1.2.2", "1.2.2.1"))

    with association_with(handler) as association:
        here = listing.present(association, references)

    assert here == {"1.2.1.1": CT, "1.2.1.2": CT, "1.2.2.1": MR}


def test_many_references_are_asked_for_in_a_few_questions() -> None:
    with DimsePeer(find=lambda event: _all_of(event.identifier.SOPInstanceUID)) as peer:
        association = open_association(peer.route, (Context(FIND, PLAIN),))
        here = listing.present(association, [Reference(STUDY, "1.2.1", f"1.2.1.{n}") for n in range(250)])
        association.release()

    assert len(here) == 250
    assert [len(one.SOPInstanceUID) for one in peer.asked] == [100, 100, 50]


def _all_of(uids: list[str]) -> Answers:
    return iter([(0xFF00, keys(SOPInstanceUID=uid, SOPClassUID=CT)) for uid in uids])


@pytest.mark.parametrize(
    ("wanted", "classes"),
    [
        (Wanted(STUDY), (CT, MR)),
        (Wanted(STUDY, "1.2.2"), (MR,)),
        (Wanted(STUDY, "1.2.1", "1.2.1.2"), (CT,)),
    ],
)
def test_the_kinds_of_objects_are_those_of_the_instances(wanted: Wanted, classes: tuple[str, ...]) -> None:
    with association_with(archive) as association:
        assert listing.sop_classes(association, wanted) == classes


def test_the_kinds_of_objects_are_the_studys_where_it_tells_them() -> None:
    told = keys(StudyInstanceUID=STUDY)
    told.SOPClassesInStudy = [MR, "no UID", CT, MR]
    with DimsePeer(find=lambda _: iter([(0xFF00, told)])) as peer:
        association = open_association(peer.route, (Context(FIND, PLAIN),))
        assert listing.sop_classes(association, Wanted(STUDY)) == (MR, CT)
        association.release()

    assert len(peer.asked) == 1


def test_nothing_is_there_to_be_retrieved() -> None:
    with association_with(archive) as association, pytest.raises(NotThere):
        listing.sop_classes(association, Wanted("1.9"))
