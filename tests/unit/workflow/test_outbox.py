"""What is to be sent is what was given, none of it is lost, and a person can always end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from group_archive import GroupArchive, connect_to, until
from offered import NAME, STUDY, a_slice, put, take_in, trail

from workstation.archive import Outgoing, Settled, StoreAnswer
from workstation.dicom import sources
from workstation.security import Action
from workstation.store import BlobMissing, DiskFull
from workstation.sync import NoSuchArchive, NoSuchDelivery
from workstation.workflow import (
    CannotSend,
    DeliveryState,
    Desk,
    WrongStore,
    give_up_delivery,
    list_outbox,
    outbox_state,
    refresh_outbox,
    retry_delivery,
    send_paths,
    start_syncing,
    unsent,
)


def refuse(one: Outgoing) -> StoreAnswer:
    return StoreAnswer(one.uid, Settled.REFUSED, 0xA900, "It fits nothing")


def delivered(desk: Desk) -> bool:
    return desk.store.outbox.counts().keys() == {"verified"}


def test_files_are_taken_in_queued_and_delivered(connected: Desk, group: GroupArchive, disc: Path) -> None:
    put(disc, *(a_slice(number) for number in range(3)), b"no image")
    found = send_paths(connected, paths=[disc], archive="harbor")
    assert (found.queued, found.known, found.refused) == (3, 0, ())
    assert unsent(connected) == 3
    (row,) = list_outbox(connected)
    assert (row.count, row.state, row.archive, row.kind) == (3, DeliveryState.QUEUED, "Harbor", "image")
    assert row.patient_name == NAME

    start_syncing(connected)
    until(lambda: delivered(connected))
    assert {"1.2.3.1.1", "1.2.3.1.2", "1.2.3.1.3"} <= set(group.objects)
    assert unsent(connected) == 0
    row_of_study = connected.store.studies.get(STUDY)
    assert row_of_study is not None
    assert not row_of_study.is_work  # it can be had again from the archive
    again = send_paths(connected, paths=[disc], archive="harbor")
    assert (again.queued, again.known) == (0, 3)


def test_how_the_outbox_stands_names_nobody_and_is_nobody_s_look(connected: Desk, disc: Path) -> None:
    put(disc, a_slice())
    send_paths(connected, paths=[disc], archive="harbor")
    before = len(trail(connected))
    (row,) = outbox_state(connected)
    assert len(trail(connected)) == before
    assert (row.patient_name, row.study, row.state) == ("", "", DeliveryState.QUEUED)

    (named,) = list_outbox(connected)
    assert len(trail(connected)) == before + 1
    assert named == replace(row, patient_name=NAME, study=named.study)
    assert refresh_outbox(connected) == (named,)
    assert len(trail(connected)) == before + 1


def test_each_study_that_goes_out_is_in_the_trail_before_it_does(connected: Desk, disc: Path) -> None:
    put(disc, a_slice(), a_slice(0, "1.2.8"))
    send_paths(connected, paths=[disc], archive="harbor")
    told = [(one.detail, one.study) for one in trail(connected) if one.action is Action.SEND]
    assert (told[0], told[-1]) == (("begun", ""), ("2 queued", ""))
    assert sorted(told[1:-1]) == [("queued for harbor", STUDY), ("queued for harbor", "1.2.8")]


def test_another_content_under_a_uid_that_is_here_is_refused_not_sent_as_the_other(
    connected: Desk, disc: Path
) -> None:
    """The store keeps it apart; sending what came first in its place would be a lie."""
    take_in(connected, *put(disc, a_slice()))
    (disc / "0000.dcm").unlink()
    put(disc, a_slice(0, WindowCenter=1, WindowWidth=2))
    for _ in range(2):  # the second time it is known already
        found = send_paths(connected, paths=[disc], archive="harbor")
        assert found.queued == 0
        assert "Another content" in found.refused[0].reason
    assert list_outbox(connected) == ()


def test_what_was_taken_in_is_queued_even_if_the_rest_finds_no_room(
    connected: Desk, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(disc, a_slice())
    real = sources.walk

    def cut(paths: Sequence[Path]) -> Iterator[object]:
        yield from real(paths)
        until(connected.store.studies.list)
        raise DiskFull("no room")

    monkeypatch.setattr(sources, "walk", cut)
    with pytest.raises(DiskFull):
        send_paths(connected, paths=[disc], archive="harbor")
    assert unsent(connected) == 1


def test_a_person_who_stops_it_has_queued_what_came_until_then(connected: Desk, disc: Path) -> None:
    put(disc, a_slice())
    found = send_paths(connected, paths=[disc], archive="harbor", cancelled=lambda: True)
    assert found.cancelled
    assert unsent(connected) == found.queued


def test_the_demonstration_sends_nothing(connected: Desk, disc: Path) -> None:
    connected.is_demo = True
    with pytest.raises(WrongStore):
        send_paths(connected, paths=[disc], archive="harbor")


def test_an_archive_that_is_not_set_up_takes_nothing_in(connected: Desk, disc: Path) -> None:
    put(disc, a_slice())
    with pytest.raises(NoSuchArchive):
        send_paths(connected, paths=[disc], archive="nowhere")
    assert connected.store.studies.list() == ()


def test_what_was_refused_stands_on_top_and_can_be_sent_again(
    connected: Desk, group: GroupArchive, disc: Path
) -> None:
    put(disc, a_slice())
    group.answer = refuse
    start_syncing(connected)
    send_paths(connected, paths=[disc], archive="harbor")
    until(lambda: list_outbox(connected)[0].needs_person)
    (row,) = list_outbox(connected)
    assert (row.state, row.error) == (DeliveryState.QUARANTINED, "It fits nothing")

    group.answer = None
    assert retry_delivery(connected, identifier=row.identifier) == 1
    until(lambda: delivered(connected))
    (row,) = list_outbox(connected)
    with pytest.raises(CannotSend, match="can be sent again"):
        retry_delivery(connected, identifier=row.identifier)
    with pytest.raises(CannotSend, match="given up now"):
        give_up_delivery(connected, identifier=row.identifier, why="late")


def test_what_is_given_up_is_sent_no_more_and_says_so(connected: Desk, disc: Path) -> None:
    put(disc, a_slice())
    send_paths(connected, paths=[disc], archive="harbor")
    (row,) = list_outbox(connected)
    with pytest.raises(CannotSend, match="needs a reason"):
        give_up_delivery(connected, identifier=row.identifier, why=" ")
    assert give_up_delivery(connected, identifier=row.identifier, why="sent by courier") == 1
    (row,) = list_outbox(connected)
    assert (row.state, row.error, unsent(connected)) == (DeliveryState.CLOSED, "sent by courier", 0)
    assert (trail(connected)[-3].study, trail(connected)[-3].detail) == (STUDY, "given up")

    found = send_paths(connected, paths=[disc], archive="harbor")
    assert (found.queued, found.refused[0].reason) == (
        0,
        "Its delivery was given up before; the outbox can send it after all.",
    )


def test_what_was_given_up_is_sent_after_all_where_its_archive_is_set_up_again(
    connected: Desk, group: GroupArchive, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(disc, a_slice())
    send_paths(connected, paths=[disc], archive="harbor")
    connect_to(connected, {}, monkeypatch)
    (row,) = list_outbox(connected)
    give_up_delivery(connected, identifier=row.identifier, why="the house has closed")
    (row,) = list_outbox(connected)
    with pytest.raises(NoSuchArchive, match="not set up any more") as refused:
        retry_delivery(connected, identifier=row.identifier)
    assert "leave" in refused.value.remedy

    connect_to(connected, {"harbor": group}, monkeypatch)
    assert retry_delivery(connected, identifier=row.identifier) == 1
    assert unsent(connected) == 1
    start_syncing(connected)
    until(lambda: delivered(connected))


def test_what_was_given_up_and_is_here_no_more_is_not_promised_to_anyone(
    connected: Desk, group: GroupArchive, disc: Path
) -> None:
    put(disc, a_slice())
    send_paths(connected, paths=[disc], archive="harbor")
    (row,) = list_outbox(connected)
    give_up_delivery(connected, identifier=row.identifier, why="sent by courier")
    connected.store.eviction.remove(STUDY)
    (row,) = list_outbox(connected)
    with pytest.raises(BlobMissing, match="not in the store"):
        retry_delivery(connected, identifier=row.identifier)
    assert (unsent(connected), group.objects.keys() & {"1.2.3.1.1"}) == (0, set())


def test_a_row_keeps_its_name_and_another_has_none(connected: Desk, disc: Path) -> None:
    put(disc, a_slice())
    send_paths(connected, paths=[disc], archive="harbor")
    assert list_outbox(connected)[0].identifier == list_outbox(connected)[0].identifier
    with pytest.raises(NoSuchDelivery):
        retry_delivery(connected, identifier="00000000")


@pytest.mark.parametrize("state", ["queued", "sending", "held"])
def test_what_waits_for_an_archive_that_is_gone_can_be_given_up(
    connected: Desk, disc: Path, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(disc, a_slice())
    send_paths(connected, paths=[disc], archive="harbor")
    (before,) = connected.store.outbox.deliveries()
    connected.store.outbox.move(before, replace(before, state=state, owner="an earlier run"))
    connect_to(connected, {}, monkeypatch)
    (row,) = list_outbox(connected)
    assert row.archive == "harbor"
    with pytest.raises(NoSuchArchive, match="not set up any more"):
        retry_delivery(connected, identifier=row.identifier)
    give_up_delivery(connected, identifier=row.identifier, why="the house has closed")
    assert unsent(connected) == 0


def test_an_outbox_that_finds_no_room_says_so_and_sends_nothing(
    connected: Desk, group: GroupArchive, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise DiskFull("no room")

    put(disc, a_slice())
    monkeypatch.setattr(type(connected.store.outbox), "enqueue", full)
    with pytest.raises(DiskFull):
        send_paths(connected, paths=[disc], archive="harbor")
    assert not any("store" in what for what in group.asked)
