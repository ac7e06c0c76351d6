from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from dimse_peer import FIND, PLAIN, DimsePeer, Handler
from pydicom.dataset import Dataset
from pynetdicom.events import Event

from workstation.archive import BadAnswer, Busy, Query, Refused, Search
from workstation.archive.dimse import find
from workstation.archive.dimse.association import Context
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.opening import open_association

Answers = Iterator[tuple[int, Dataset | None]]


def study(
    number: int, name: str = "DOE^JANE", date: str = "20240215", **more: str | Sequence[str]
) -> Dataset:
    given: dict[str, str | Sequence[str]] = {"PatientID": f"P{number}", "StudyDate": date, **more}
    return keys(QueryRetrieveLevel="STUDY", StudyInstanceUID=f"1.2.{number}", PatientName=name, **given)


def answering(*datasets: Dataset, last: int = 0x0000) -> Handler:
    def handler(_event: Event) -> Answers:
        for one in datasets:
            yield 0xFF00, one
        if last:
            yield last, None

    return handler


def searched(handler: Handler, query: Query) -> tuple[Search, list[Dataset]]:
    with DimsePeer(find=handler) as peer:
        association = open_association(peer.route, (Context(FIND, PLAIN),))
        try:
            return find.search(association, query), peer.asked
        finally:
            association.abort()


def uids(search: Search) -> list[str]:
    return [one.study.uid for one in search.studies]


def test_a_nul_within_a_text_doesn_t_come_through() -> None:
    result, _ = searched(answering(study(1, name="DOE\0^JANE", StudyDescription="CT\0 chest")), Query())

    (found,) = result.studies
    assert (found.patient.name, found.study.description) == ("DOE^JANE", "CT chest")


def test_what_the_archive_says_of_a_study_is_told() -> None:
    said = study(
        1,
        AccessionNumber="A-1",
        StudyDescription="CT chest",
        ModalitiesInStudy=["CT", "SR"],
        NumberOfStudyRelatedSeries="3",
        NumberOfStudyRelatedInstances="512",
        InstanceAvailability="NEARLINE",
    )

    (found,) = searched(answering(said), Query())[0].studies

    assert (found.patient.name, found.study.accession, found.study.description) == (
        "DOE^JANE",
        "A-1",
        "CT chest",
    )
    assert (found.modalities, found.series, found.instances) == (("CT", "SR"), 3, 512)
    assert found.availability == "NEARLINE"


def test_an_archive_that_ignores_what_it_is_asked_is_filtered_here() -> None:
    search, _ = searched(answering(study(1), study(2, "ROE^RICHARD"), study(3)), Query(patient_id="P3"))

    assert uids(search) == ["1.2.3"]
    assert search.is_whole


def test_a_text_is_asked_for_as_a_name_and_as_both_numbers() -> None:
    _, asked = searched(answering(), Query(text="doe"))

    told = [
        {
            one.keyword: str(one.value)
            for one in identifier
            if one.keyword in ("PatientName", "PatientID", "AccessionNumber") and one.value
        }
        for identifier in asked
    ]
    assert told == [
        {"PatientName": "doe*"},
        {"PatientName": "DOE*"},
        {"PatientID": "doe"},
        {"PatientID": "DOE"},
        {"AccessionNumber": "doe"},
        {"AccessionNumber": "DOE"},
    ]


def test_a_study_that_several_questions_find_comes_once() -> None:
    assert uids(searched(answering(study(1)), Query(text="Doe"))[0]) == ["1.2.1"]


def test_a_name_in_another_script_is_asked_for_in_utf_8() -> None:
    search, asked = searched(answering(study(1, "김^희중"), study(2, "이^순신")), Query(text="김"))

    assert asked[0].SpecificCharacterSet == "ISO_IR 192"
    assert asked[0].PatientName == "김*"
    assert uids(search) == ["1.2.1"]


@pytest.mark.parametrize(
    ("from_date", "to_date", "asked_for"),
    [  # PS3.4 C.2.2.2.5.1
        ("20240101", "20240131", "20240101-20240131"),
        ("20240101", "", "20240101-"),
        ("", "20240131", "-20240131"),
        ("20240131", "20240131", "20240131-20240131"),
    ],
)
def test_dates_are_asked_for_as_a_range(from_date: str, to_date: str, asked_for: str) -> None:
    _, asked = searched(answering(), Query(from_date=from_date, to_date=to_date))

    assert asked[0].StudyDate == asked_for


def test_each_modality_is_asked_for_alone() -> None:
    _, asked = searched(answering(), Query(modalities=frozenset({"MR", "CT"})))

    assert [one.ModalitiesInStudy for one in asked] == ["CT", "MR"]


def test_enough_is_enough_and_the_archive_is_told_to_stop() -> None:
    cancelled = threading.Event()

    def endless(event: Event) -> Answers:
        number = 0
        while not event.is_cancelled:
            number += 1
            time.sleep(0.002)
            yield 0xFF00, study(number)
        cancelled.set()
        yield 0xFE00, None

    search, _ = searched(endless, Query(limit=3))

    assert uids(search) == ["1.2.1", "1.2.2", "1.2.3"]
    assert cancelled.wait(10)


@pytest.mark.parametrize("last", [0xFE00, 0xA700, 0xB000])
def test_a_list_that_the_archive_cuts_is_not_whole(last: int) -> None:
    search, _ = searched(answering(study(1), last=last), Query())

    assert uids(search) == ["1.2.1"]
    assert not search.is_whole


def test_an_archive_without_means_is_asked_again_later() -> None:
    with pytest.raises(Busy):
        searched(answering(last=0xA700), Query())


@pytest.mark.parametrize("code", [0xA900, 0xC001])
def test_an_archive_that_refuses_says_why(code: int) -> None:
    with pytest.raises(Refused) as caught:
        searched(answering(study(1), last=code), Query())

    assert caught.value.code == code


def test_an_answer_that_cant_be_read_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pynetdicom.service_class.encode", lambda *_, **__: b"\x08\x00\x52\x00CS\xff\xffSTUDY "
    )

    with pytest.raises(BadAnswer):
        searched(answering(study(1)), Query())


def test_no_log_tells_who_was_asked_for() -> None:
    """The library writes every identifier to its log unless it is told not to."""
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    with contextlib.ExitStack() as stack:
        for name in ("", "pynetdicom", "pydicom"):
            logger, handler = logging.getLogger(name), Keeping(level=0)
            logger.addHandler(handler)
            stack.callback(logger.removeHandler, handler)
        stack.callback(logging.getLogger().setLevel, logging.getLogger().level)
        logging.getLogger().setLevel(logging.DEBUG)
        searched(answering(study(1), study(2, "김^희중")), Query(text="DOE"))

    assert lines == []
