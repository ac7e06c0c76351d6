"""A sync ends when nothing more can be done, counts what it did, and can be stopped at any time."""

from __future__ import annotations

import threading

import pytest
from group_archive import A_MINUTE, GroupArchive, connect_to, service_of, settings_with, slices
from offered import trail

from workstation.archive import ArchiveError, Busy, Unreachable
from workstation.security import Action
from workstation.sync import Urgency, Want
from workstation.workflow import (
    Desk,
    NoSuchStudy,
    NotHereYet,
    StudyState,
    SyncSummary,
    list_studies,
    sync_once,
    syncing,
)

STUDY = "1.2.9"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "_FIRST_WORD", 5.0)


def no_line(_: str) -> None:
    raise Unreachable("no line")


def test_once_brings_all_that_is_to_be_read(connected: Desk, group: GroupArchive) -> None:
    group.keep(*slices(2, "1.2.8"))
    told: list[SyncSummary] = []
    found = sync_once(connected, progress=told.append)

    assert (found.to_read, found.whole, found.given_up, found.unsent) == (2, 2, 0, 0)
    assert (found.lines_down, found.troubles) == ((), ())
    assert {row.state for row in list_studies(connected)} == {StudyState.UNREAD}
    assert told
    assert "2 studies whole, 0 unsent" in [one.detail for one in trail(connected)]


def test_a_second_round_goes_on_with_what_is_new(connected: Desk, group: GroupArchive) -> None:
    sync_once(connected)
    group.keep(*slices(2, "1.2.8"))
    assert sync_once(connected).whole == 1


def test_one_study_is_fetched_and_nothing_else(connected: Desk, group: GroupArchive) -> None:
    group.keep(*slices(2, "1.2.8"))
    found = sync_once(connected, study_uid="1.2.8")
    assert found.whole == 1
    assert connected.store.studies.get(STUDY) is None


@pytest.fixture
def city(desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch) -> GroupArchive:
    """Return a second archive of the desk: it has two slices that the first has, and two that it has not."""
    made = GroupArchive()
    made.keep(*slices(5)[1:])
    connect_to(desk, {"harbor": group, "city": made}, monkeypatch)
    return made


def asked(archive: GroupArchive, what: str) -> list[str]:
    return [one for one in archive.asked if f" {what} " in one]


@pytest.mark.parametrize("study_uid", ["", STUDY])
def test_what_only_the_second_archive_lists_comes_from_there_and_nothing_twice(
    desk: Desk, group: GroupArchive, city: GroupArchive, study_uid: str
) -> None:
    found = sync_once(desk, study_uid=study_uid)
    assert (found.whole, found.given_up) == (1, 0)
    assert {one.uid for one in desk.store.instances.of_study(STUDY)} == group.objects.keys() | city.objects
    brought = [one.split()[-1] for one in (*asked(group, "part"), *asked(city, "part"))]
    assert len(brought) == len(set(brought)) == 5
    assert len(asked(city, "part")) == 2


def test_what_the_first_archive_can_t_give_comes_from_the_second(
    desk: Desk, group: GroupArchive, city: GroupArchive
) -> None:
    def broken(what: str) -> None:
        if what.endswith("part 1.2.9.1.3"):
            raise ArchiveError("its disk is broken")

    group.fault = broken
    assert sync_once(desk).whole == 1
    assert asked(city, "part")


def test_with_the_first_line_down_the_second_brings_what_it_has(
    desk: Desk, group: GroupArchive, city: GroupArchive
) -> None:
    service_of(desk).read_lists()
    group.fault = no_line
    sync_once(desk)
    assert {one.uid for one in desk.store.instances.of_study(STUDY)} == city.objects.keys()
    (row,) = list_studies(desk)
    assert (row.here, row.expected, row.is_whole) == (4, 4, True)  # as far as anybody could be asked


def test_a_study_that_the_first_has_lost_since_it_was_listed_comes_from_the_second(
    desk: Desk, group: GroupArchive, city: GroupArchive
) -> None:
    service_of(desk).read_lists()
    group.contents.clear()
    assert sync_once(desk).whole == 1
    assert {one.uid for one in desk.store.instances.of_study(STUDY)} == city.objects.keys()


@pytest.mark.usefixtures("city")
def test_the_order_in_which_archives_are_set_up_says_which_is_asked_first(desk: Desk) -> None:
    service = service_of(desk)
    assert service.archives_for(STUDY, ["city", "harbor", "elsewhere"]) == ("harbor",)
    service.engine.lines["harbor"].close()
    assert service.archives_for(STUDY, ["city", "harbor"]) == ("city",)
    assert service.archives_for(STUDY, ["elsewhere"]) == ()


def test_an_old_study_that_is_on_no_list_is_looked_up(connected: Desk, group: GroupArchive) -> None:
    group.keep(*slices(2, "1.2.7"), day="20010101")
    assert sync_once(connected, study_uid="1.2.7").whole == 1


def test_a_study_that_no_archive_has_is_told(connected: Desk) -> None:
    with pytest.raises(NoSuchStudy):
        sync_once(connected, study_uid="1.2.404")


def test_one_that_could_not_be_asked_for_is_not_said_to_be_nowhere(
    connected: Desk, group: GroupArchive
) -> None:
    group.fault = no_line
    with pytest.raises(NotHereYet):
        sync_once(connected, study_uid="1.2.404")


def test_a_line_that_is_down_ends_it_and_is_told(connected: Desk, group: GroupArchive) -> None:
    group.fault = no_line
    found = sync_once(connected)
    assert found.lines_down[0].startswith("Harbor: offline.")


def test_without_an_archive_there_is_nothing_to_do(desk: Desk) -> None:
    assert sync_once(desk) == SyncSummary(0, 0, 0, 0, (), ())


def test_what_an_archive_keeps_putting_off_ends_it_after_a_while(
    connected: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(what: str) -> None:
        if ": retrieve" in what:
            raise Busy("later", after=0.0)

    monkeypatch.setattr(syncing, "_STANDSTILL", 1.0)
    group.fault = busy
    found = sync_once(connected)
    assert found.whole == 0
    assert "Nothing has come or gone for ten minutes." in found.troubles


def test_a_full_disk_ends_it(connected: Desk) -> None:
    connected.trouble = "The disk is full."
    assert "The disk is full." in sync_once(connected).troubles


def test_a_line_that_costs_by_the_byte_fetches_only_what_is_urgent(
    connected: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_to(connected, {"harbor": group}, monkeypatch, settings_with(sync__metered="always"))
    found = sync_once(connected)
    assert found.whole == 0
    assert "costs by the byte" in " ".join(found.troubles)


@pytest.mark.parametrize("study_uid", ["", STUDY])
def test_it_stops_when_it_is_told_to(connected: Desk, group: GroupArchive, study_uid: str) -> None:
    stop = threading.Event()
    group.fault = lambda what: stop.wait(A_MINUTE) if ": retrieve" in what else None
    found = sync_once(connected, study_uid=study_uid, progress=lambda _: stop.set(), cancelled=stop.is_set)
    assert found.whole <= 1


def test_watching_goes_on_until_it_is_told_to_stop(connected: Desk, group: GroupArchive) -> None:
    stop = threading.Event()

    def look(summary: SyncSummary) -> None:
        if summary.whole == 1 and "1.2.8" not in group.contents:
            group.keep(*slices(2, "1.2.8"))
            service_of(connected).watching.hurry()
        elif summary.whole == 2:
            stop.set()

    assert sync_once(connected, watch=True, progress=look, cancelled=stop.is_set).whole == 2
    assert [one.action for one in trail(connected)].count(Action.SEARCH) == 1


def test_a_desk_that_closes_ends_it(connected: Desk) -> None:
    assert sync_once(connected, watch=True, progress=lambda _: connected.closing.set()).to_read == 1


def test_what_is_worth_having_only_by_what_has_come_is_fetched_too(
    connected: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that is made when all is done wants an older study; nobody else plans here."""
    group.keep(*slices(2, "1.2.7"), day="20010101")
    service = service_of(connected)
    plan, plans = service.make_plan, []
    connected.is_syncing = True
    service.engine.start()

    def make_plan() -> None:
        plan()
        plans.append("made")
        if len(plans) in (2, 3):
            service.engine.want(Want("harbor", "1.2.7", Urgency.PRIOR))

    monkeypatch.setattr(service, "make_plan", make_plan)
    assert sync_once(connected).whole == 2
    assert len(plans) == 3
