from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
import warnings
from collections.abc import Generator, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from dimse_peer import FIND, HASTY, PLAIN, VERIFICATION, DimsePeer, hanging, once
from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.dimse_primitives import C_ECHO, C_FIND
from pynetdicom.events import Event

from workstation.archive import ArchiveError, BadAnswer, Interrupted, NotOffered
from workstation.archive.dimse.association import Association, Context
from workstation.archive.dimse.find import found
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.opening import open_association

FINDING = Context(FIND, PLAIN)


def studies(event: Event, count: int | None = None) -> Iterator[tuple[int, Dataset | None]]:
    """Answer a C-FIND, without end if no count is given; heed a C-CANCEL."""
    for number in itertools.count() if count is None else range(count):
        if event.is_cancelled:
            yield 0xFE00, None
            return
        time.sleep(0.005)  # a library that is always sending never reads the C-CANCEL
        yield 0xFF00, keys(QueryRetrieveLevel="STUDY", StudyInstanceUID=f"1.2.{number}")


def asking(association: Association) -> Generator[Dataset | None, None, None]:
    return found(association, FIND, keys(QueryRetrieveLevel="STUDY"), "The search")


def test_it_is_cut_from_another_thread_and_whoever_waits_is_told() -> None:
    asked, done = threading.Event(), threading.Event()
    with DimsePeer(find=hanging(asked, done)) as peer:
        association = open_association(peer.route, (FINDING,))
        cutter = once(asked, association.cut)
        with pytest.raises(Interrupted):
            list(asking(association))
        done.set()
        cutter.join()
        association.abort()


@pytest.mark.parametrize("end", [DimsePeer.cut, DimsePeer.abort])
def test_an_archive_that_ends_it_in_the_middle_is_noticed(end: Any) -> None:  # noqa: ANN401 - a method of it
    with DimsePeer(find=studies) as peer:
        association = open_association(peer.route, (FINDING,))
        with pytest.raises(Interrupted, match="in the middle"):  # noqa: PT012 - the second answers are the point
            answers = asking(association)
            next(answers)
            end(peer)
            list(answers)
        assert not association.is_alive
        association.abort()


def test_silence_in_the_middle_of_an_answer_ends_it() -> None:
    asked, done = threading.Event(), threading.Event()
    with DimsePeer(find=hanging(asked, done)) as peer:
        impatient = replace(peer.route, patience=replace(HASTY, silence=0.3))
        association = open_association(impatient, (FINDING,))
        with pytest.raises(Interrupted, match="fallen silent"):
            list(asking(association))
        done.set()
        association.abort()


def test_a_cancelled_request_leaves_it_usable() -> None:
    """The archive would answer for ever: only a C-CANCEL that it hears makes it stop."""
    with DimsePeer(find=studies) as peer:
        association = open_association(peer.route, (FINDING,))
        answers = asking(association)
        first = next(answers)
        answers.close()
        assert first is not None
        assert association.is_alive
        assert len(peer.asked) == 1
        association.release()


def test_an_answer_of_another_kind_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with DimsePeer(find=lambda event: studies(event, 1)) as peer:
        association = open_association(peer.route, (FINDING,))
        monkeypatch.setattr(association, "receive", lambda: (FINDING, C_ECHO()))
        with pytest.raises(BadAnswer, match="something else than it was asked"):
            list(asking(association))
        association.abort()


def test_what_was_not_accepted_is_not_offered() -> None:
    with DimsePeer((VERIFICATION,)) as peer:
        association = open_association(peer.route, (Context(VERIFICATION, PLAIN), FINDING))
        with pytest.raises(NotOffered, match="The search"):
            list(asking(association))
        association.release()


def test_releasing_it_is_agreed_on_and_leaves_no_socket_and_no_thread() -> None:
    released = threading.Event()
    with DimsePeer() as peer:
        association = open_association(peer.route, (FINDING,))
        peer.associations[0].bind(evt.EVT_RELEASED, lambda _: released.set())
        association.release()

        assert released.wait(10)
        assert not association.line.is_open
        assert not any("DULServiceProvider" in repr(one) for one in threading.enumerate() if one.daemon)


def test_aborting_it_is_told_to_the_archive() -> None:
    told = threading.Event()
    with DimsePeer() as peer:
        association = open_association(peer.route, (FINDING,))
        peer.associations[0].bind(evt.EVT_ABORTED, lambda _: told.set())
        association.abort()

        assert told.wait(10)
        assert not association.line.is_open


def test_a_dead_line_is_left_without_waiting_for_it() -> None:
    """Nothing is read at the other end any more: only the end of the socket can end the association."""
    with DimsePeer() as peer:
        association = open_association(peer.route, (FINDING,))
        association.line.hang_up()
        association.release()

        assert not association.line.is_open


def test_no_message_is_sent_when_it_has_ended() -> None:
    with DimsePeer() as peer:
        association = open_association(peer.route, (FINDING,))
        association.cut()
        with pytest.raises(Interrupted):
            association.send(C_FIND(), association.contexts[0])
        association.abort()


def test_a_pdu_that_stops_in_the_middle_ends_it() -> None:
    with DimsePeer() as peer:
        impatient = replace(peer.route, patience=replace(HASTY, silence=0.3))
        association = open_association(impatient, (FINDING,))
        server = peer.associations[0].dul.socket.socket
        assert isinstance(server, socket.socket)
        server.sendall(bytes([0x04, 0, 0, 0, 1, 0]))  # P-DATA-TF of 256 bytes, and no byte of them
        deadline = time.monotonic() + 20
        while association.is_alive and time.monotonic() < deadline:
            time.sleep(0.02)

        assert not association.is_alive
        assert isinstance(association.line.failure, TimeoutError)
        association.abort()


@pytest.mark.parametrize("announced", [1 << 21, 0xFFFF_FFFF])
def test_a_pdu_larger_than_any_is_not_read(announced: int) -> None:
    with DimsePeer() as peer:
        association = open_association(peer.route, (FINDING,))
        peer.associations[0].dul.socket.socket.sendall(b"\x04\x00" + announced.to_bytes(4, "big"))
        deadline = time.monotonic() + 20
        while association.is_alive and time.monotonic() < deadline:
            time.sleep(0.02)

        assert not association.is_alive
        association.abort()


def test_whatever_bytes_come_the_errors_are_the_archives(caplog: pytest.LogCaptureFixture) -> None:
    """A good answer with a few bytes changed; a thread that dies of it would fail the test, too."""
    answer = keys(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2", PatientName="DOE^JANE")
    sent: list[bytes] = []
    with DimsePeer(find=lambda _: iter([(0xFF00, answer)])) as peer, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of elements that it doesn't know
        association = open_association(peer.route, (FINDING,))
        peer.associations[0].bind(evt.EVT_DATA_SENT, lambda event: sent.append(event.data))
        assert len(list(asking(association))) == 1
        association.release()
        good = b"".join(one for one in sent if one[0] == 0x04)  # P-DATA-TF
        impatient = replace(peer.route, patience=replace(HASTY, silence=0.1))
        for seed in range(40):
            association = open_association(impatient, (FINDING,))
            spoil(association, peer.associations[-1].dul.socket.socket, mutated(good, seed))
            with contextlib.suppress(ArchiveError):
                list(asking(association))
            association.abort()

    assert "DOE" not in caplog.text


def spoil(association: Association, server: socket.socket, answer: bytes) -> None:
    """Let the archive answer with these bytes whatever is asked."""
    vars(association)["send"] = lambda *_: server.sendall(answer)


def mutated(data: bytes, seed: int) -> bytes:
    random = Random(seed)
    changed = bytearray(data)
    for _ in range(random.randint(1, 4)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)
