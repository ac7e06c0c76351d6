"""What comes, goes and drops is written down, and what an outage asks for is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest
from group_archive import GroupArchive, connect_to, service_of, settings_with, until
from offered import trail

from workstation.archive import Outgoing, Settled, StoreAnswer, TaskState, Unreachable
from workstation.security import Action, Outcome
from workstation.store import DiskFull, Receipt
from workstation.store import Outcome as Came
from workstation.sync import Status
from workstation.workflow import (
    Desk,
    LineStatus,
    claim_study,
    list_lines,
    open_study,
    outage_of,
    start_syncing,
)
from workstation.workflow.outbox import queue_images

STUDY = "1.2.9"


def no_line(_: str) -> NoReturn:
    raise Unreachable("no line")


def details(desk: Desk, action: Action) -> list[str]:
    return [record.detail for record in trail(desk) if record.action is action]


def line(desk: Desk, status: Status, *, minutes_ago: float = 0.0) -> None:
    """Let a line stand like this, as the engine would tell."""
    engine = service_of(desk).engine
    since = desk.clock.utc() - timedelta(minutes=minutes_ago)
    engine.line_changed.emit(replace(engine.lines["harbor"].state, status=status, since=since))


def test_a_study_that_arrives_is_recorded_once(connected: Desk) -> None:
    start_syncing(connected)
    open_study(connected, study_uid=STUDY).put_away()
    until(lambda: (row := connected.store.studies.get(STUDY)) and row.instances == 3)
    records = [record for record in trail(connected) if record.action is Action.RECEIVE]
    assert [(one.study, one.patient) for one in records] == [(STUDY, "P1^^^")]


def test_what_could_not_be_recorded_is_recorded_with_the_next_image(
    connected: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise DiskFull("no room")

    arrived = service_of(connected).engine.arriving.arrived
    with monkeypatch.context() as patched:
        patched.setattr(connected.store.audit, "append", full)
        arrived.emit(STUDY)
    assert details(connected, Action.RECEIVE) == []
    arrived.emit(STUDY)
    arrived.emit(STUDY)
    assert details(connected, Action.RECEIVE) == [""]


@pytest.mark.parametrize("lost", [Status.OFFLINE, Status.CAPTIVE, Status.UNTRUSTED])
@pytest.mark.parametrize("back", [Status.ONLINE, Status.SIGNED_OUT])
def test_an_outage_is_recorded_with_its_length(connected: Desk, lost: Status, back: Status) -> None:
    line(connected, lost, minutes_ago=3)
    line(connected, Status.OFFLINE)
    line(connected, back)
    line(connected, Status.ONLINE)
    assert details(connected, Action.OUTAGE) == ["harbor: no line for 180 s"]


def test_an_outage_that_outlasts_the_desk_is_recorded_too(
    connected: Desk, reopen: Callable[[], Desk]
) -> None:
    line(connected, Status.OFFLINE, minutes_ago=2)
    assert details(reopen(), Action.OUTAGE) == ["harbor: no line for 120 s, and still none"]


def test_a_clock_that_was_set_back_makes_no_negative_outage(connected: Desk) -> None:
    line(connected, Status.OFFLINE, minutes_ago=-60)
    line(connected, Status.ONLINE)
    assert details(connected, Action.OUTAGE) == ["harbor: no line for 0 s"]


def test_an_outage_is_offered_once_it_has_gone_on_for_so_long(connected: Desk) -> None:
    settings = settings_with(outage__minutes=10.0, outage__contacts="Dr. A 555 ; ; Desk 556")
    line(connected, Status.OFFLINE, minutes_ago=9)
    assert outage_of(connected, settings) is None
    line(connected, Status.ONLINE)
    line(connected, Status.OFFLINE, minutes_ago=11)
    line(connected, Status.CAPTIVE)  # going from one to the other is no beginning anew
    told = outage_of(connected, settings)

    assert told is not None
    assert (told.archive, told.contacts) == ("Harbor", ("Dr. A 555", "Desk 556"))
    line(connected, Status.ONLINE)
    assert outage_of(connected, settings) is None


def test_without_archives_there_is_no_outage(desk: Desk) -> None:
    assert outage_of(desk, settings_with()) is None
    assert list_lines(desk) == ()


def test_a_line_tells_what_a_person_types(
    desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_to(desk, {"harbor": group}, monkeypatch, sign_in="basic", user="r1", minimum_tls="1.2")
    (told,) = list_lines(desk)
    assert (told.name, told.status, told.asks_for) == ("Harbor", LineStatus.UNKNOWN, "password")
    assert "TLS 1.2" in told.warning


def test_after_a_long_outage_unread_claims_go_back_when_the_line_does(
    connected: Desk, group: GroupArchive
) -> None:
    """The whole way: claimed, line gone, patience over, line back."""
    group.ask_for(STUDY)
    service = service_of(connected)
    service.read_lists()
    claim_study(connected, study_uid=STUDY)
    group.fault = no_line
    line(connected, Status.OFFLINE, minutes_ago=11)
    service.make_plan()
    assert group.owners
    assert connected.store.claims.all()
    group.fault = lambda _: None
    line(connected, Status.ONLINE)
    service.make_plan()

    assert group.owners == {}
    assert group.tasks is not None
    assert group.tasks[f"{STUDY}.77"].state is TaskState.SCHEDULED
    assert details(connected, Action.OUTAGE) == [
        "harbor: no line for 600 s, and still none",
        "harbor: no line for 660 s",
    ]


def test_a_delivery_is_recorded_once_for_the_images_of_a_study(connected: Desk, group: GroupArchive) -> None:
    start_syncing(connected)
    open_study(connected, study_uid=STUDY).put_away()
    until(lambda: (row := connected.store.studies.get(STUDY)) and row.instances == 3)
    group.objects.clear()
    found = connected.store.instances.of_study(STUDY)
    queue_images(connected, [Receipt(one.uid, STUDY, Came.PRESENT) for one in found], "harbor")
    until(lambda: connected.store.outbox.counts() == {"verified": 3})
    until(lambda: "delivered to harbor" in details(connected, Action.SEND))
    assert details(connected, Action.SEND) == ["queued for harbor", "delivered to harbor"]


def test_a_refusal_is_recorded_as_a_failure(connected: Desk, group: GroupArchive) -> None:
    def refuse(one: Outgoing) -> StoreAnswer:
        return StoreAnswer(one.uid, Settled.REFUSED, 0xA900, "It fits nothing")

    start_syncing(connected)
    open_study(connected, study_uid=STUDY).put_away()
    group.answer = refuse
    (first, *_) = connected.store.instances.of_study(STUDY)
    queue_images(connected, [Receipt(first.uid, STUDY, Came.PRESENT)], "harbor")
    until(lambda: "refused by harbor" in details(connected, Action.SEND))
    (record,) = [one for one in trail(connected) if one.detail == "refused by harbor"]
    assert (record.outcome, record.study) == (Outcome.SERIOUS_FAILURE, STUDY)


def test_a_disk_that_is_full_is_known_at_the_desk_until_it_isn_t(connected: Desk) -> None:
    told: list[str] = []
    connected.lines_changed.connect(told.append)
    trouble = service_of(connected).engine.arriving.trouble
    trouble.emit("The disk is full.")
    assert connected.trouble == "The disk is full."
    trouble.emit("")
    assert (connected.trouble, told) == ("", ["", ""])


def test_what_has_changed_in_the_archives_is_recorded_at_the_next_connection(
    desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_to(desk, {"harbor": group}, monkeypatch)
    connect_to(desk, {"harbor": group}, monkeypatch)
    connect_to(desk, {"harbor": group, "city": group}, monkeypatch, minimum_tls="1.2")
    connect_to(desk, {"city": group}, monkeypatch, minimum_tls="1.2")
    assert details(desk, Action.SET_UP) == [
        "harbor set up", "city set up", "harbor changed", "harbor removed",
    ]  # fmt: skip


def test_what_was_delivered_long_ago_is_forgotten_once_a_day(
    connected: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    now = connected.clock.utc()
    monkeypatch.setattr(
        connected.store.outbox, "forget_verified", lambda before: asked.append((now - before).days)
    )
    for hours in (0, 0, 25):
        monkeypatch.setattr(type(connected.clock), "utc", lambda _, hours=hours: now + timedelta(hours=hours))
        service_of(connected).list_changed.emit("")
    assert asked == [90, 88]


def test_a_service_starts_once_and_not_at_a_desk_that_closes(connected: Desk) -> None:
    start_syncing(connected)
    start_syncing(connected)
    connected.is_syncing = False
    connected.closing.set()
    start_syncing(connected)
    assert not connected.is_syncing
