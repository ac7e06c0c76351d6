"""What is pushed is kept, recorded and passed on before its caller hears that it is.

The caller is pynetdicom itself.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from group_archive import GroupArchive, connect_to, settings_with, until
from offered import STUDY, a_slice, contents, part10, trail
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.events import EventHandlerType
from quick_desk import SharedPool, quick_desk
from tls_certificates import Authority

from workstation.archive import ArchiveError
from workstation.clock import ManualClock
from workstation.config import BadSetting, ForwardRule, Forwards
from workstation.security import Action
from workstation.store import DiskFull
from workstation.workflow import (
    Desk,
    ListenerRow,
    StudyRow,
    StudyState,
    Verdict,
    check_listener,
    list_studies,
    listener_of,
    listening,
    start_listening,
)
from workstation.workflow.forwarding import fits
from workstation.workflow.listening import PushListener, callers_of

CT = "1.2.840.10008.5.1.4.1.1.2"
CALLERS = "CT1@127.0.0.1; ROUTER@127.0.0.0/8"
ALL = ForwardRule("all", ("harbor",))


@pytest.fixture
def listener(connected: Desk, free_port: int) -> PushListener:
    settings = settings_with(listener__port=free_port, listener__callers=CALLERS)
    made = start_listening(connected, settings=settings, forwards=Forwards())
    assert made is not None
    return made


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def push(port: int, *datasets: Dataset, title: str = "CT1", **how: Any) -> list[int]:  # noqa: ANN401  pynetdicom's
    """Bring objects; return what was said of each, nothing if nobody was let in."""
    entity = AE(ae_title=title)
    entity.add_requested_context(CT, "1.2.840.10008.1.2.1")
    sockets: list[socket.socket] = []
    opened: list[EventHandlerType] = [
        (evt.EVT_CONN_OPEN, lambda event: sockets.append(event.assoc.dul.socket.socket))
    ]
    association = entity.associate("127.0.0.1", port, ae_title="LUMEN", evt_handlers=opened, **how)
    if not association.is_established:
        for sock in sockets:  # the library leaves those open that were reset
            sock.close()
        return []
    said = []
    for one in datasets:
        part10(one)
        said.append(int(association.send_c_store(one).get("Status", -1)))
    association.release()
    return said


def slices(count: int, study: str = STUDY) -> list[Dataset]:
    made = [a_slice(number, study) for number in range(count)]
    for one in made:
        one.BodyPartExamined = "HEAD"
        one.StudyDescription = "Stroke protocol"
    return made


def received(desk: Desk) -> list[tuple[str, str]]:
    return [(one.study, one.detail) for one in trail(desk) if one.action is Action.RECEIVE]


def rows(desk: Desk) -> dict[str, StudyRow]:
    return {one.uid: one for one in list_studies(desk)}


def queued(desk: Desk) -> list[tuple[str, str]]:
    return sorted((one.uid, one.destination) for one in desk.store.outbox.deliveries())


def test_what_is_pushed_is_in_the_store_and_in_the_trail_once_for_a_study(
    connected: Desk, listener: PushListener
) -> None:
    sent = slices(4)
    assert push(listener.port, *sent) == [0, 0, 0, 0]
    assert push(listener.port, sent[0]) == [0]

    assert len(contents(connected)) == 4
    assert received(connected) == [(STUDY, "pushed by CT1")]
    row = connected.store.studies.get(STUDY)
    assert row is not None
    assert row.is_work  # no archive is known to have it
    assert {one.uid: one.state for one in list_studies(connected)}[STUDY] is StudyState.ARRIVING
    assert queued(connected) == []


@pytest.mark.parametrize("title", ["STRANGER", "ct1"])
def test_a_stranger_is_not_let_in(connected: Desk, listener: PushListener, title: str) -> None:
    assert push(listener.port, *slices(1), title=title) == []
    assert connected.store.studies.list() == ()


def test_a_caller_from_another_address_is_not_let_in(connected: Desk, free_port: int) -> None:
    settings = settings_with(listener__port=free_port, listener__callers="CT1@10.0.0.0/8")
    made = start_listening(connected, settings=settings)
    assert made is not None
    assert push(made.port, *slices(1)) == []


def test_what_is_no_image_is_refused_and_the_next_is_taken(connected: Desk, listener: PushListener) -> None:
    broken = slices(1)[0]
    broken.Rows = 4000  # far more than its pixels
    broken.SOPInstanceUID = "1.2.3.1.99"
    said = push(listener.port, broken, *slices(1))
    assert said[1] == 0
    assert len(contents(connected)) == (1 if said[0] else 2)


def test_an_object_that_is_another_than_announced_is_refused(
    connected: Desk, listener: PushListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = slices(1)
    real = DIMSEServiceProvider.send_msg

    def lie(provider: DIMSEServiceProvider, request: Any, context_id: int) -> None:  # noqa: ANN401  pynetdicom's
        if provider.assoc.is_requestor:
            request.AffectedSOPInstanceUID = "1.2.3.1.777"
        real(provider, request, context_id)

    monkeypatch.setattr(DIMSEServiceProvider, "send_msg", lie)
    assert push(listener.port, one) == [0xA900]
    assert connected.store.studies.list() == ()


@pytest.mark.parametrize("where", ["put", "audit", "outbox"])
def test_with_a_full_disk_nothing_is_acknowledged_and_later_it_is_taken(
    connected: Desk, listener: PushListener, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise DiskFull("The disk is full")

    monkeypatch.setattr(listening, "_TRY_AGAIN", 0.0)
    listener.forwarding._rules = (ALL,)
    with monkeypatch.context() as patched:
        if where == "put":
            patched.setattr(type(connected.store.intake), "put", full)
        elif where == "audit":
            patched.setattr(connected.store.audit, "append", full)
        else:
            patched.setattr(type(connected.store.outbox), "enqueue", full)
        assert push(listener.port, *slices(2)) == [0xA700, 0xA700]
        assert connected.trouble.startswith("The disk is full")
    until(lambda: push(listener.port, *slices(2)) == [0, 0])
    assert connected.trouble == ""
    assert received(connected) == [(STUDY, "pushed by CT1")]
    assert len(queued(connected)) == 2


def test_what_is_passed_on_is_in_the_outbox_before_it_is_acknowledged(
    connected: Desk, listener: PushListener
) -> None:
    listener.forwarding._rules = (ALL,)
    assert push(listener.port, *slices(3)) == [0, 0, 0]
    assert queued(connected) == [(f"1.2.3.1.{n}", "harbor") for n in (1, 2, 3)]
    assert (STUDY, "queued for harbor") in [(one.study, one.detail) for one in trail(connected)]
    assert push(listener.port, *slices(3)) == [0, 0, 0]
    assert len(queued(connected)) == 3


def test_another_content_under_a_known_uid_is_kept_apart_and_not_passed_on(
    connected: Desk, listener: PushListener
) -> None:
    listener.forwarding._rules = (ALL,)
    (one,) = slices(1)
    push(listener.port, one)
    (other,) = slices(1)
    other.PixelData = bytes(40)
    assert push(listener.port, other) == [0]
    assert len(connected.store.instances.all_of(STUDY)) == 2
    assert len(queued(connected)) == 1


def test_what_a_rule_says_is_held_against_each_object(connected: Desk, listener: PushListener) -> None:
    push(listener.port, *slices(1))
    record = connected.store.instances.of_study(STUDY)[0].record
    fitting: list[dict[str, Sequence[str]]] = [
        {}, {"modalities": ["ct"]}, {"body_parts": ["NECK", "Head"]}, {"callers": ["CT1"]},
        {"words": ["trauma", "stroke"]}, {"words": ["stroke protocol"]},
    ]  # fmt: skip
    others: list[dict[str, Sequence[str]]] = [
        {"modalities": ["MR"]}, {"body_parts": ["NECK"]}, {"callers": ["CT2"]}, {"words": ["strokes"]},
        {"modalities": ["CT"], "words": ["trauma"]},
    ]  # fmt: skip
    assert all(fits(replace(ALL, **rule), record, "CT1") for rule in fitting)  # type: ignore[arg-type]  # rows of a table
    assert not any(fits(replace(ALL, **rule), record, "CT1") for rule in others)  # type: ignore[arg-type]  # likewise
    assert fits(replace(ALL, callers=("CT2",)), record, None)


def test_what_has_to_wait_for_its_hours_survives_a_restart_and_then_goes(
    folder: Path, pool: SharedPool, group: GroupArchive, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(datetime(2026, 11, 24, 12).astimezone())
    night = Forwards((ForwardRule("night", ("harbor",), callers=("CT1",), between="22:00-06:00"),))
    settings = settings_with(listener__port=free_port, listener__callers=CALLERS)

    def desk_at() -> Desk:
        made = quick_desk(folder, pool, clock=clock)
        connect_to(made, {"harbor": group}, monkeypatch)
        start_listening(made, settings=settings, forwards=night)
        return made

    desk = desk_at()
    assert push(free_port, *slices(2)) == [0, 0]
    assert push(free_port, *slices(1, "1.2.77"), title="ROUTER") == [0]
    assert desk.listener is not None
    desk.listener.look()
    assert queued(desk) == []
    assert desk.store.pins.reasons(STUDY) == ("forward night",)
    desk.close()

    desk = desk_at()
    clock.jump(timedelta(hours=11).total_seconds())
    assert desk.listener is not None
    desk.listener.look()
    assert queued(desk) == [("1.2.3.1.1", "harbor"), ("1.2.3.1.2", "harbor")]
    assert desk.store.pins.reasons(STUDY) == ()
    desk.close()


def test_a_rule_to_an_archive_that_is_not_set_up_is_told(connected: Desk, free_port: int) -> None:
    settings = settings_with(listener__port=free_port, listener__callers=CALLERS)
    rules = Forwards((replace(ALL, to=("nowhere",)),))
    made = start_listening(connected, settings=settings, forwards=rules)
    assert made is not None
    assert "which is not set up" in str(made.forwarding.problems[0])
    assert push(made.port, *slices(1)) == [0]
    assert queued(connected) == []


def is_let_in(context: ssl.SSLContext, port: int) -> bool:
    """Say whether a server goes on after the handshake: in TLS 1.3 it looks at our certificate after it."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        ):
            line.settimeout(5.0)
            return bool(line.recv(1))
    except OSError as error:
        return isinstance(error, TimeoutError)


def test_over_tls_a_caller_shows_a_certificate(connected: Desk, free_port: int, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, theirs = authority.issue("127.0.0.1"), authority.issue("127.0.0.1", subject="modality")
    settings = settings_with(
        listener__port=free_port,
        listener__callers=CALLERS,
        listener__certificate=str(ours.certificate),
        listener__key=str(ours.key),
        listener__authorities=str(authority.file),
    )
    made = start_listening(connected, settings=settings)
    assert made is not None
    assert made.is_encrypted
    context = ssl.create_default_context(cafile=str(authority.file))
    assert not is_let_in(context, free_port)
    context.load_cert_chain(theirs.certificate, theirs.key)
    assert push(free_port, *slices(1), tls_args=(context, "127.0.0.1")) == [0]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"listener__callers": "CT1"}, "names no caller"),
        ({"listener__callers": "CT1@anywhere"}, "names no caller"),
        ({"listener__callers": "@10.0.0.1"}, "no AE title"),
        ({"listener__callers": "A TITLE THAT IS TOO LONG@10.0.0.1"}, "no AE title"),
        ({"listener__certificate": "/no/such/file.pem"}, "can't be used"),
        ({"listener__authorities": "/no/such/file.pem"}, "no certificate"),
    ],
)
def test_settings_that_can_t_be_are_told(connected: Desk, changed: dict[str, str], why: str) -> None:
    settings = settings_with(**{"listener__port": 4, "listener__callers": CALLERS} | changed)  # type: ignore[arg-type]  # a row
    with pytest.raises(BadSetting, match=why):
        start_listening(connected, settings=settings)
    assert connected.listener is None


def test_a_port_that_is_taken_is_told(connected: Desk, listener: PushListener) -> None:
    settings = settings_with(listener__port=listener.port, listener__callers=CALLERS)
    connected.listener = None
    with pytest.raises(ArchiveError, match="in use"):
        start_listening(connected, settings=settings)
    connected.listener = listener


def test_nobody_listens_without_a_port_or_for_the_demonstration(connected: Desk, free_port: int) -> None:
    assert start_listening(connected, settings=settings_with()) is None
    connected.is_demo = True
    settings = settings_with(listener__port=free_port, listener__callers=CALLERS)
    assert start_listening(connected, settings=settings) is None


def test_a_desk_that_closes_has_what_was_acknowledged(
    listener: PushListener, reopen: Callable[[], Desk]
) -> None:
    sent = slices(3)
    assert push(listener.port, *sent) == [0, 0, 0]
    again = reopen()
    assert len(contents(again)) == 3


def test_callers_are_read_as_the_settings_write_them() -> None:
    found = list(callers_of(" CT1@10.1.2.3 ;ROUTER@fd00::/8;; "))
    assert [(one.title, one.networks) for one in found] == [("CT1", ("10.1.2.3",)), ("ROUTER", ("fd00::/8",))]


def test_a_push_counts_as_all_there_is_once_nothing_more_comes(
    connected: Desk, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "STILL", 0.2)
    settings = settings_with(listener__port=free_port, listener__callers=CALLERS)
    assert start_listening(connected, settings=settings) is not None
    monkeypatch.setattr(listening, "STILL", 3600.0)  # as long as it goes on
    push(free_port, *slices(2))
    assert not rows(connected)[STUDY].is_counted

    monkeypatch.setattr(listening, "STILL", 0.0)
    until(lambda: STUDY not in connected.coming)
    until(lambda: rows(connected)[STUDY].is_whole)
    assert rows(connected)[STUDY].state is StudyState.UNREAD


def test_a_push_that_is_cut_by_the_end_is_counted_by_nobody(
    desk: Desk, free_port: int, reopen: Callable[[], Desk]
) -> None:
    settings = settings_with(listener__port=free_port, listener__callers=CALLERS)
    assert start_listening(desk, settings=settings) is not None
    push(free_port, *slices(2))
    (row,) = list_studies(reopen())
    timers = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    assert all(one.finished.is_set() for one in timers)  # called off; gone in a moment
    assert (row.here, row.is_counted, row.is_whole) == (2, False, False)


def test_a_listener_without_tls_says_so_as_long_as_it_listens(
    connected: Desk, free_port: int, tmp_path: Path
) -> None:
    told: list[str] = []
    connected.lines_changed.connect(told.append)
    assert listener_of(connected) is None
    plain = settings_with(listener__port=free_port, listener__callers=CALLERS)
    assert start_listening(connected, settings=plain) is not None
    row = listener_of(connected)
    assert row == ListenerRow("LUMEN", free_port, is_encrypted=False, warning=listening.UNENCRYPTED)
    assert told == [""]

    found = check_listener(plain)
    assert found is not None
    assert (found.verdict, found.endpoint) == (Verdict.WARNING, f"LUMEN, port {free_port}")
    assert "listener.certificate" in found.steps[0].advice

    issued = Authority(tmp_path).issue("home")
    safe = settings_with(
        listener__port=free_port,
        listener__callers=CALLERS,
        listener__certificate=str(issued.certificate),
        listener__key=str(issued.key),
    )
    assert (found := check_listener(safe)) is not None
    assert found.verdict is Verdict.GOOD


def test_a_listener_that_can_t_be_is_found_bad_and_none_is_nothing_to_find() -> None:
    assert check_listener(settings_with()) is None
    found = check_listener(settings_with(listener__port=11112, listener__callers="CT1@nowhere"))
    assert found is not None
    assert (found.verdict, found.steps[0].name) == (Verdict.BAD, "Settings")
