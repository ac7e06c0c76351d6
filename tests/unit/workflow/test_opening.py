"""Opening what is not here yet: it comes first, and whoever waits in vain is told why at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from group_archive import GroupArchive, connect_to, read_lists, service_of, slices, until

from workstation.archive import NotThere, TaskState, Unreachable
from workstation.errors import Cancelled
from workstation.sync import Urgency
from workstation.workflow import (
    Desk,
    NoSuchStudy,
    NotHereYet,
    StudyState,
    focus_series,
    list_studies,
    open_study,
    opening,
    start_syncing,
)

STUDY = "1.2.9"


def refuse(what: str, error: Callable[[], Exception]) -> Callable[[str], object]:
    def fault(asked: str) -> None:
        if what in asked:
            raise error()

    return fault


def test_a_study_that_is_not_here_opens_with_its_first_image(connected: Desk) -> None:
    start_syncing(connected)
    reading = open_study(connected, study_uid=STUDY)
    until(lambda: (row := connected.store.studies.get(STUDY)) and row.instances == 3)

    assert reading.series
    assert connected.open_study == STUDY
    reading.put_away()
    assert connected.open_study == ""


@pytest.mark.parametrize("state", [TaskState.COMPLETED, TaskState.IN_PROGRESS])
def test_so_does_one_that_another_has_read_or_reads(
    connected: Desk, group: GroupArchive, state: TaskState
) -> None:
    group.ask_for(STUDY, state=state, performer="Somebody Else")
    read_lists(connected)
    assert list_studies(connected)[0].state in (StudyState.FINAL, StudyState.IN_PROGRESS)
    start_syncing(connected)
    open_study(connected, study_uid=STUDY).put_away()


def test_so_does_one_whose_images_nobody_counts(connected: Desk, group: GroupArchive) -> None:
    group.keep(*slices(3), counts=False)
    read_lists(connected)
    start_syncing(connected)
    open_study(connected, study_uid=STUDY).put_away()


def test_one_that_nobody_knows_of_is_said_to_be_unknown(connected: Desk) -> None:
    with pytest.raises(NoSuchStudy):
        open_study(connected, study_uid="1.2.404")


def test_who_gives_up_waiting_is_let_go_and_the_study_before_stays_first(
    connected: Desk, group: GroupArchive
) -> None:
    started = threading.Event()
    group.fault = lambda what: started.set() if ": metadata" in what else None
    del group.contents[STUDY]
    connected.open_study = "1.2.7"
    focused: list[str] = []
    service_of(connected).focus = focused.append  # type: ignore[method-assign,assignment]  # what is asked of it
    with pytest.raises(Cancelled):
        open_study(connected, study_uid=STUDY, cancelled=lambda: True)
    assert focused == [STUDY, "1.2.7"]


def test_one_that_the_archive_has_no_more_is_told_at_once(connected: Desk, group: GroupArchive) -> None:
    del group.contents[STUDY]
    start_syncing(connected)
    with pytest.raises(NotHereYet, match="no images of this study any more"):
        open_study(connected, study_uid=STUDY)


def test_one_whose_images_can_t_be_had_tells_why(connected: Desk, group: GroupArchive) -> None:
    group.fault = refuse(": retrieve", lambda: NotThere("It has lent them to a museum"))
    start_syncing(connected)
    with pytest.raises(NotHereYet, match="lent them to a museum"):
        open_study(connected, study_uid=STUDY)


def test_without_a_line_it_is_told_after_a_moment(
    connected: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_NO_LINE", 0.2)
    group.fault = refuse("", lambda: Unreachable("no line"))
    start_syncing(connected)
    until(lambda: not service_of(connected).engine.lines["harbor"].is_usable)
    with pytest.raises(NotHereYet, match="no line to an archive"):
        open_study(connected, study_uid=STUDY)


def test_a_full_disk_is_told(connected: Desk) -> None:
    connected.trouble = "The disk is full. Make room."
    with pytest.raises(NotHereYet, match="disk is full"):
        open_study(connected, study_uid=STUDY)


def test_one_that_takes_too_long_goes_on_arriving(connected: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_PATIENCE", 0.2)
    with pytest.raises(NotHereYet, match="goes on arriving"):
        open_study(connected, study_uid=STUDY)
    (want,) = service_of(connected).engine.wants()
    assert (want.study_uid, want.urgency) == (STUDY, Urgency.OPEN)


def test_a_desk_that_closes_ends_the_wait(connected: Desk) -> None:
    told: list[BaseException] = []

    def wait() -> None:
        try:
            open_study(connected, study_uid=STUDY)
        except Cancelled as error:
            told.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    until(service_of(connected).engine.wants)
    connected.closing.set()
    thread.join()
    assert len(told) == 1


def test_the_next_study_stays_first_when_the_one_before_is_put_away(
    desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    group.keep(*slices(2, "1.2.8"))
    connect_to(desk, {"harbor": group}, monkeypatch).read_lists()
    start_syncing(desk)
    first = open_study(desk, study_uid=STUDY)
    second = open_study(desk, study_uid="1.2.8")
    first.put_away()

    assert desk.open_study == "1.2.8"
    second.put_away()
    assert desk.open_study == ""


def test_the_series_that_is_looked_at_is_wanted_first_while_its_study_is_open(
    connected: Desk, group: GroupArchive
) -> None:
    other = slices(2, SeriesInstanceUID="1.2.9.7")
    for number, one in enumerate(other):
        one.SOPInstanceUID = f"1.2.9.7.{number}"
    group.keep(*slices(3), *other)
    service = service_of(connected)
    service.read_lists()
    connected.open_study = STUDY
    service.focus(STUDY)
    for series, lead in (("1.2.9.7", "1.2.9.7"), ("1.2.9.1", "1.2.9.1")):
        focus_series(connected, study_uid=STUDY, series_uid=series)
        focus_series(connected, study_uid="1.2.8", series_uid="1.2.8.1")  # it is open no more
        service.make_plan()
        (want,) = [one for one in service.engine.wants() if one.study_uid == STUDY]
        assert (want.lead, want.urgency) == (lead, Urgency.OPEN)
