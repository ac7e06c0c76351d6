"""One association with an archive: asked, answered, ended.

An object is sent piece by piece, never queued whole, and what is awaited may take as long as it needs
while bytes move: only silence ends it, and only while it is us who wait. One thread uses an association
at a time; any other may ``cut`` it, and whoever waits on it is told. The library's own reactor thread
isn't started: an archive asks nothing of us but what stands in an answer.

Units:   seconds.
Errors:  Interrupted, whatever ends it.
Source:  PS3.8 7.1 (association); PS3.7 D.3.3.4 (roles), 9.1 (messages).
"""

from __future__ import annotations

import functools
import itertools
import queue
import ssl
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from pynetdicom import association as library
from pynetdicom import evt
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_CANCEL, C_STORE

from workstation.archive.dimse.expected import Expectations
from workstation.archive.dimse.line import OFFERED_PDU, line_of
from workstation.archive.dimse.reports import take_report
from workstation.archive.errors import ArchiveError, BadAnswer, Interrupted, NotOffered

MOST_QUEUED: Final = 32  # PDUs on their way to the socket
_TICK: Final = 0.25  # how often a silent line is looked at

Message = Any  # a primitive of the library: C_FIND, C_STORE, …


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what."""

    connect: float = 5.0
    negotiate: float = 15.0
    silence: float = 60.0  # with no byte in either direction
    release: float = 2.0
    report: float = 60.0  # for the word on a storage commitment


USUAL_PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True)
class Route:
    """Where an archive is and by which names it is spoken to."""

    name: str  # for people
    host: str
    port: int
    called: str
    calling: str
    context: ssl.SSLContext | None = None
    patience: Patience = USUAL_PATIENCE
    largest: int = 4 << 30  # bytes of one object


@dataclass(frozen=True, slots=True)
class Context:
    """A presentation context: proposed with all its transfer syntaxes, accepted with one."""

    sop_class: str
    syntaxes: tuple[str, ...]
    provides: bool = False  # it is us who provide the service (PS3.7 D.3.3.4)
    number: int = 0  # 0: not negotiated yet

    @property
    def syntax(self) -> str:
        """Return the transfer syntax that was agreed on."""
        return self.syntaxes[0]


class Association:
    """An association that stands, until it is released or cut."""

    def __init__(self, peer: library.Association, route: Route, contexts: tuple[Context, ...]) -> None:
        self.route = route
        self.contexts = contexts
        self._peer = peer
        self.line = line_of(peer)
        self._numbers = itertools.cycle(range(1, 1 << 16))
        self.is_cut = False

    @property
    def is_alive(self) -> bool:
        """Say whether it may be used for another request."""
        peer = self._peer
        idle = peer.dul.to_user_queue.empty() and peer.dimse.msg_queue.empty()
        return peer.is_established and peer.dul.is_alive() and idle and not self.is_cut

    def accepted(self, sop_class: str, syntax: str = "") -> Context | None:
        """Return the accepted context of a class, and of a transfer syntax if that matters."""
        fitting = (one for one in self.contexts if one.sop_class == sop_class)
        return next((one for one in fitting if syntax in ("", one.syntax)), None)

    def required(self, sop_class: str, what: str) -> Context:
        """Return the accepted context of a class; NotOffered if there is none."""
        found = self.accepted(sop_class)
        if found is None:
            raise NotOffered(f"The archive doesn't offer {what}", where=self.route.name)
        return found

    def next_number(self) -> int:
        """Return a message ID for a request."""
        return next(self._numbers)

    def send(self, message: Message, context: Context) -> None:
        """Send a request or an answer; returns when all of it is on its way."""
        self._check(time.monotonic())
        if isinstance(message, C_STORE) and message.MessageIDBeingRespondedTo is None:
            self._send_object(message, context)
        else:
            self._peer.dimse.send_msg(message, context.number)

    def receive(self) -> tuple[Context, Message]:
        """Return the next message and its context."""
        since = time.monotonic()
        while True:
            self._check(since)
            with suppress(queue.Empty):
                number, message = self._peer.dimse.msg_queue.get(timeout=_TICK)
                if number is None or message is None:
                    raise self._interrupted()
                self.line.renew()
                return self._context(number), message

    def poll(self, seconds: float, since: float) -> bool:
        """Wait for a message to be there; ``since``: when what is waited for last moved elsewhere."""
        deadline = time.monotonic() + seconds
        while self._peer.dimse.msg_queue.empty():
            self._check(since)
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.002)
        return True

    def answers(self, message: Message, context: Context) -> Generator[Message, None, None]:
        """Send a request and yield its answers to the last; closed before that, it is cancelled."""
        self.send(message, context)
        try:
            while True:
                _, answer = self.receive()
                if type(answer) is not type(message) or not answer.is_valid_response:
                    raise BadAnswer(
                        "The archive answered something else than it was asked", where=self.route.name
                    )
                yield answer
                if not is_pending(answer):
                    return
        except GeneratorExit:
            if is_pending(answer):
                self._cancel(message, context)
            raise

    @contextmanager
    def reporting_to(self, expectations: Expectations) -> Iterator[None]:
        """Hear reports on storage commitments that come on this association."""
        handler = functools.partial(take_report, expectations=expectations)
        self._peer.bind(evt.EVT_N_EVENT_REPORT, handler)
        try:
            yield
        finally:
            self._peer.unbind(evt.EVT_N_EVENT_REPORT, handler)

    def release(self) -> None:
        """End it as agreed; what goes wrong in doing so is nobody's concern."""
        if self.is_alive:
            self._peer.acse.send_release(is_response=False)
            self._peer.dul.receive_pdu(wait=True, timeout=self.route.patience.release)
        self.cut()
        self._dispose()

    def abort(self) -> None:
        """End it with a word to the peer, in the middle of whatever is going on."""
        if self._peer.is_established and not self.is_cut:
            self._peer.acse.send_abort(0x00)
            self._peer.dul.join(self.route.patience.release)
        self.cut()
        self._dispose()

    def cut(self) -> None:
        """End it at once, without a word; safe from any thread."""
        self.is_cut = True
        self.line.hang_up()

    def _dispose(self) -> None:
        self._peer.dul.kill_dul()
        self._peer.dul.join(self.route.patience.release)
        self.line.dispose()

    def _send_object(self, message: C_STORE, context: Context) -> None:
        """Send an object piece by piece, no faster than the line takes it."""
        encoded = C_STORE_RQ()
        encoded.primitive_to_message(message)
        size = self._peer.acceptor.maximum_length or OFFERED_PDU
        for data in encoded.encode_msg(context.number, min(size, OFFERED_PDU)):
            since = time.monotonic()
            while self._peer.dul.to_provider_queue.qsize() >= MOST_QUEUED:
                self._check(since)
                time.sleep(0.001)
            self._peer.dul.send_pdu(data)

    def _cancel(self, message: Message, context: Context) -> None:
        """Call a request off and wait for the archive's word that it is over (PS3.7 9.3.2.3)."""
        word = C_CANCEL()
        word.MessageIDBeingRespondedTo = message.MessageID
        with suppress(ArchiveError):
            self.send(word, context)
            begun, patience = time.monotonic(), self.route.patience.release
            while time.monotonic() < begun + patience and self.poll(patience, begun):
                if not is_pending(self.receive()[1]):
                    return
        self.abort()

    def _context(self, number: int) -> Context:
        found = next((one for one in self.contexts if one.number == number), None)
        if found is None:
            raise self._interrupted("The archive used a presentation context that was never agreed on")
        return found

    def _check(self, since: float) -> None:
        """Raise Interrupted if nothing can come any more, or nothing has moved for too long."""
        peer = self._peer
        if self.is_cut or not peer.dul.is_alive() or not peer.dul.to_user_queue.empty():
            if peer.dimse.msg_queue.empty():
                raise self._interrupted()
        elif time.monotonic() - max(self.line.moved_at, since) > self.route.patience.silence:
            raise self._interrupted("The archive has fallen silent in the middle of an answer")

    def _interrupted(self, what: str = "The archive ended the connection in the middle of it") -> Interrupted:
        return Interrupted(what, where=self.route.name, remedy="It is tried again.")


def is_pending(message: Message) -> bool:
    """Say whether an answer announces that more follow (PS3.7 C.4.3, PS3.4 C.4.1.1.4)."""
    return getattr(message, "Status", None) in (0xFF00, 0xFF01)
