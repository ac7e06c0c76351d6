from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from dimse_peer import CT, HASTY, HOST, MR, PLAIN, VERIFICATION, as_file, instance, once, outgoing
from tls_certificates import Authority

from workstation.archive import (
    ArchiveError,
    Interrupted,
    NotAllowed,
    NotOffered,
    Settled,
    StoreAnswer,
    TlsRules,
    Unreachable,
    tls,
)
from workstation.archive.dimse import store
from workstation.archive.dimse.association import Context, Route
from workstation.archive.dimse.callers import Arrived, Caller, Receipt, Rules
from workstation.archive.dimse.listener import Listener
from workstation.archive.dimse.opening import open_association
from workstation.archive.dimse.part10 import dataset_of
from workstation.errors import LumenError

RULES = Rules("LUMEN", 0, (Caller("ROUTER", ("127.0.0.0/8", "::1")),), host=HOST)

Receive = Callable[[Arrived], Receipt]


@contextmanager
def listening(receive: Receive = lambda _: Receipt.KEPT, rules: Rules = RULES) -> Iterator[Listener]:
    listener = Listener(rules, receive)
    try:
        yield listener
    finally:
        listener.close()


def route(listener: Listener, title: str = "ROUTER", called: str = "LUMEN") -> Route:
    return Route("the workstation", HOST, listener.port, called, title, patience=HASTY)


def brought(listener: Listener, *, syntax: str = PLAIN[0], sop_class: str = CT) -> StoreAnswer:
    one = outgoing(instance(1, sop_class=sop_class), syntax)
    association = open_association(route(listener), (Context(sop_class, (syntax,)),))
    try:
        return store.store(association, [one])[0]
    finally:
        association.release()


def test_an_object_is_handed_over_as_it_came_with_who_brought_it() -> None:
    files: list[tuple[str, str, str, str, bytes]] = []

    def receive(file: Arrived) -> Receipt:
        files.append((file.uid, file.sop_class, file.transfer_syntax, file.caller, b"".join(file)))
        return Receipt.KEPT

    with listening(receive) as listener:
        answer = brought(listener, syntax=PLAIN[1])

    assert (answer.settled, answer.code) == (Settled.STORED, 0)
    ((uid, sop_class, syntax, caller, data),) = files
    assert (uid, sop_class, syntax, caller) == ("1.2.3.1", CT, PLAIN[1], "ROUTER")
    assert dataset_of(memoryview(data)) == dataset_of(memoryview(as_file(instance(1), PLAIN[1])))


def test_stored_is_said_only_when_it_is_durable() -> None:
    durable, asked = threading.Event(), threading.Event()
    answers: list[StoreAnswer] = []

    def receive(_file: Arrived) -> Receipt:
        asked.set()
        durable.wait(20)
        return Receipt.KEPT

    with listening(receive) as listener:
        sender = threading.Thread(target=lambda: answers.append(brought(listener)))
        sender.start()
        assert asked.wait(20)
        time.sleep(0.1)
        assert answers == []
        durable.set()
        sender.join()

    assert [one.settled for one in answers] == [Settled.STORED]


def failing(error: Exception) -> Receive:
    def receive(_file: Arrived) -> Receipt:
        raise error

    return receive


@pytest.mark.parametrize(
    ("receive", "code"),
    [
        (lambda _: Receipt.FULL, 0xA700),
        (lambda _: Receipt.MISMATCHED, 0xA900),
        (lambda _: Receipt.NOT_UNDERSTOOD, 0xC000),
        (failing(OSError(errno.ENOSPC, "No space left on device")), 0xA700),
        (failing(OSError(errno.EIO, "Input/output error")), 0x0110),
        (failing(LumenError("The store is locked")), 0x0110),
        (failing(ValueError("DOE^JANE")), 0x0110),
    ],
)
def test_what_could_not_be_kept_is_never_said_to_be(
    receive: Receive, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(receive) as listener:
        assert brought(listener).code == code

    assert "DOE" not in caplog.text


def test_an_echo_is_answered() -> None:
    with listening() as listener:
        association = open_association(route(listener), (Context(VERIFICATION, PLAIN),))
        association.release()


@pytest.mark.parametrize(("title", "called"), [("STRANGER", "LUMEN"), ("ROUTER", "ANOTHER")])
def test_only_known_titles_come_in(title: str, called: str) -> None:
    with listening() as listener, pytest.raises(NotAllowed):
        open_association(route(listener, title, called), (Context(CT, PLAIN),))


def test_a_known_title_comes_from_its_own_address_only() -> None:
    callers = (Caller("ROUTER", ("10.1.2.3",)), Caller("CT_ROOM", (HOST,)))

    with (
        listening(rules=replace(RULES, callers=callers)) as listener,
        pytest.raises(NotAllowed, match="doesn't know this workstation"),
    ):
        open_association(route(listener), (Context(CT, PLAIN),))


def test_an_address_that_no_caller_has_gets_no_word_of_dicom() -> None:
    rules = replace(RULES, callers=(Caller("ROUTER", ("10.0.0.0/8",)),))

    with listening(rules=rules) as listener, pytest.raises(Unreachable):
        open_association(route(listener), (Context(CT, PLAIN),))


@pytest.mark.parametrize(
    ("host", "networks", "comes"),
    [
        ("10.1.2.3", ("10.1.2.3",), True),
        ("10.1.2.4", ("10.1.2.3",), False),
        ("10.1.9.9", ("192.168.0.0/16", "10.1.0.0/16"), True),
        ("::ffff:10.1.2.3", ("10.1.2.3",), True),
        ("fe80::1%eth0", ("fe80::/10",), True),
        ("fe80::1", ("10.0.0.0/8",), False),
        ("10.1.2.3", (), False),
    ],
)
def test_an_address_is_one_of_the_callers_or_not(
    host: str, networks: tuple[str, ...], *, comes: bool
) -> None:
    assert Caller("ROUTER", networks).comes_from(host) is comes


@pytest.mark.parametrize("sop_class", ["1.3.46.670589.11.0.0.12.1", "1.2.840.10008.5.1.4.1.1.6", "1.2.3.4.5"])
def test_private_retired_and_unknown_kinds_are_taken_too(sop_class: str) -> None:
    with listening() as listener:
        assert brought(listener, sop_class=sop_class).settled is Settled.STORED


@pytest.mark.parametrize("sop_class", ["1.2.840.10008.5.1.4.1.2.2.1", "1.2.840.10008.5.1.1.9"])
def test_what_is_no_storage_is_not_agreed_on(sop_class: str) -> None:
    with listening() as listener, pytest.raises(NotOffered):
        open_association(route(listener), (Context(sop_class, PLAIN),))


def test_the_caller_keeps_the_syntax_that_it_prefers_if_it_can_be_decoded() -> None:
    jpeg_ls, mpeg = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.102"
    proposed = (Context(CT, (jpeg_ls, *PLAIN)), Context(MR, (mpeg, *PLAIN)), Context("1.2.3.4.6", (mpeg,)))

    with listening() as listener:
        association = open_association(route(listener), proposed)
        accepted = {one.sop_class: one.syntax for one in association.contexts}
        association.release()

    assert accepted == {CT: jpeg_ls, MR: PLAIN[0]}


@pytest.mark.parametrize(
    "rules",
    [
        replace(RULES, title="A" * 17),
        replace(RULES, title=""),
        replace(RULES, callers=(Caller("ROUTER", ("10.0.0.0/8", "router.example")),)),
    ],
)
def test_rules_that_cant_be_kept_are_told_before_anybody_comes(rules: Rules) -> None:
    with pytest.raises(ArchiveError, match="is none"):
        Listener(rules, lambda _: Receipt.KEPT)


def test_a_port_that_is_taken_is_told_calmly() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = int(taken.getsockname()[1])
        with pytest.raises(ArchiveError, match=f"Port {port} is in use by another program"):
            Listener(replace(RULES, port=port), lambda _: Receipt.KEPT)


def test_more_at_once_than_there_are_places_are_turned_away() -> None:
    with listening(rules=replace(RULES, associations=2)) as listener:
        inside = [open_association(route(listener), (Context(CT, PLAIN),)) for _ in range(2)]
        with pytest.raises(Unreachable):
            open_association(route(listener), (Context(CT, PLAIN),))
        for one in inside:
            one.release()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:  # a place is free again
            try:
                association = open_association(route(listener), (Context(CT, PLAIN),))
            except Unreachable:
                time.sleep(0.05)
            else:
                break
        association.release()


def test_an_object_larger_than_any_is_not_taken() -> None:
    kept: list[str] = []

    def receive(file: Arrived) -> Receipt:
        kept.append(file.uid)
        return Receipt.KEPT

    with listening(receive, replace(RULES, largest=100_000)) as listener:
        association = open_association(route(listener), (Context(CT, PLAIN[:1]),))
        answers = store.store(association, [outgoing(instance(1)), outgoing(instance(2, size=200_000))])
        association.abort()

    assert kept == ["1.2.3.1"]
    assert [one.settled for one in answers] == [Settled.STORED, Settled.UNSAID]


def test_many_objects_may_be_larger_together() -> None:
    with listening(rules=replace(RULES, largest=100_000)) as listener:
        association = open_association(route(listener), (Context(CT, PLAIN[:1]),))
        answers = store.store(association, [outgoing(instance(n, size=60_000)) for n in range(1, 6)])
        association.release()

    assert [one.settled for one in answers] == [Settled.STORED] * 5


def test_a_caller_that_falls_silent_loses_its_place() -> None:
    with listening(rules=replace(RULES, silence=0.3)) as listener:
        association = open_association(route(listener), (Context(CT, PLAIN),))
        deadline = time.monotonic() + 20
        while association.is_alive and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not association.is_alive
        association.abort()


def test_a_caller_that_waits_for_us_is_not_silent() -> None:
    def receive(_file: Arrived) -> Receipt:
        time.sleep(1.0)
        return Receipt.KEPT

    with listening(receive, replace(RULES, silence=0.3)) as listener:
        assert brought(listener).settled is Settled.STORED


def test_closing_it_cuts_off_whoever_is_bringing_something() -> None:
    asked, closed = threading.Event(), threading.Event()

    def receive(_file: Arrived) -> Receipt:
        asked.set()
        closed.wait(1)
        return Receipt.KEPT

    listener = Listener(RULES, receive)
    association = open_association(route(listener), (Context(CT, PLAIN[:1]),))
    closer = once(asked, listener.close)
    with pytest.raises(Interrupted):
        store.store(association, [outgoing(instance(1))])
    closed.set()
    closer.join()
    association.abort()

    with pytest.raises(Unreachable):
        open_association(route(listener), (Context(CT, PLAIN),))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def secured(authority: Authority) -> Rules:
    issued = authority.issue(HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)
    return replace(RULES, context=context, handshake=10.0)


def test_over_tls_an_object_arrives(authority: Authority) -> None:
    arrived: list[int] = []

    def receive(file: Arrived) -> Receipt:
        arrived.append(len(pydicom.dcmread(pydicom.filebase.DicomBytesIO(b"".join(file))).PixelData or b""))
        return Receipt.KEPT

    with listening(receive, secured(authority)) as listener:
        secure = replace(route(listener), context=tls.context_of(TlsRules(authorities=str(authority.file))))
        association = open_association(secure, (Context(CT, PLAIN[:1]),))
        answers = store.store(association, [outgoing(instance(n, size=1 << 20)) for n in (1, 2)])
        association.release()

    assert [one.settled for one in answers] == [Settled.STORED] * 2
    assert arrived == [1 << 20] * 2


def test_where_tls_is_asked_for_nothing_comes_in_without_it(authority: Authority) -> None:
    with (
        listening(rules=secured(authority)) as listener,
        pytest.raises(Unreachable),
    ):
        open_association(route(listener), (Context(CT, PLAIN),))


def test_a_caller_that_connects_and_says_nothing_is_in_nobodys_way(authority: Authority) -> None:
    """Its handshake is waited for on a thread of its own."""
    with listening(rules=secured(authority)) as listener, socket.create_connection((HOST, listener.port)):
        secure = replace(route(listener), context=tls.context_of(TlsRules(authorities=str(authority.file))))
        open_association(secure, (Context(CT, PLAIN),)).release()
