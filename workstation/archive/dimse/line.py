"""The connection under an association, guarded: what pynetdicom does with a socket, and what it doesn't.

The library reads a PDU of whatever length a peer announces, waits without end for one that stops in
the middle, loses the reason why a connection failed, and leaves a socket open that the peer has reset.
Here a PDU and an object have a largest size, silence has an end, the reason is kept, and the socket
is closed; bytes that its state machine stumbles over end the connection and nothing else. Nothing that
the library logs leaves it: it writes whole identifiers, names included.

Units:   bytes; seconds on the monotonic clock.
Source:  PS3.8 9.3 (PDU structure), D.1 (maximum length).
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, cast

from pynetdicom import _config
from pynetdicom.association import Association
from pynetdicom.transport import T_CONNECT, AddressInformation, AssociationSocket

LARGEST_PDU: Final = 1 << 20  # a request of 128 contexts with every transfer syntax has a tenth of this
OFFERED_PDU: Final = 1 << 17  # what a peer is asked to keep to
_PDU_TYPES: Final = frozenset(range(1, 8))

_log = logging.getLogger(__name__)

_config.LOG_HANDLER_LEVEL = "none"
_quiet = logging.getLogger("pynetdicom")
_quiet.setLevel(logging.CRITICAL + 1)
_quiet.propagate = False


class Line(AssociationSocket):
    """A connected socket, as an association uses it."""

    def __init__(
        self, association: Association, sock: socket.socket, *, silence: float, largest: int, accepted: bool
    ) -> None:
        self._given = sock
        self.largest = largest
        self.left = largest  # until the next object
        self.moved_at = time.monotonic()
        self.is_working = False  # it is ours to answer: the peer's silence is no fault
        self.failure: OSError | None = None
        self.is_stranger = False  # what came was no PDU
        sock.settimeout(silence)
        if accepted:
            super().__init__(association, client_socket=sock)
        else:
            super().__init__(association, address=AddressInformation.from_tuple(sock.getsockname()))

    @property
    def is_open(self) -> bool:
        """Say whether the socket is in use still."""
        return self._given.fileno() >= 0

    def connect(self, primitive: T_CONNECT) -> None:
        """Tell the state machine that the connection, made already, stands."""
        self._is_connected = True
        primitive.result = "Evt2"  # transport connection confirmed (PS3.8 9.2.2)
        self.provider_queue.put(primitive)
        self._ready.set()

    def recv(self, nr_bytes: int) -> bytearray:
        """Read exactly so many bytes; fewer only if the connection has ended."""
        self._admit(nr_bytes)
        self._hurry()
        read = bytearray(nr_bytes)
        view, done = memoryview(read), 0
        try:
            while done < nr_bytes and (count := self._given.recv_into(view[done:])):
                done += count
                self.moved_at = time.monotonic()
        except OSError as error:
            self.failure = error
            raise
        view.release()
        del read[done:]
        self.is_stranger = self.is_stranger or (nr_bytes == 6 and done > 0 and read[0] not in _PDU_TYPES)
        return read

    def send(self, bytestream: bytes) -> None:
        """Send one PDU; a failure ends the association, as the state machine wants it told."""
        try:
            self._given.sendall(bytestream)
            self.moved_at = time.monotonic()
        except OSError as error:
            self.failure = error
            self.event_queue.put("Evt17")  # transport connection closed (PS3.8 9.2.2)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Take as long as it needs to answer the peer."""
        self.is_working = True
        try:
            yield
        finally:
            self.moved_at = time.monotonic()
            self.is_working = False

    def is_silent(self, seconds: float) -> bool:
        """Say whether nothing has moved for so long, though the peer might have."""
        return not self.is_working and time.monotonic() - self.moved_at > seconds

    def renew(self) -> None:
        """Let another object of the largest size come."""
        self.left = self.largest

    def hang_up(self) -> None:
        """End the connection at once; safe from any thread, whatever another one waits for on it."""
        with suppress(OSError):  # not the TLS socket's own: that one would let plain bytes follow
            socket.socket.shutdown(self._given, socket.SHUT_RDWR)

    def dispose(self) -> None:
        """Close the socket, once nobody uses it any more."""
        self._given.close()

    def _admit(self, count: int) -> None:
        self.left -= count
        if count > LARGEST_PDU or self.left < 0:
            self.failure = OSError("more than was agreed on")
            raise self.failure

    def _hurry(self) -> None:
        """Acknowledge at once what comes next: peers that send an answer in two parts wait for it 40 ms."""
        if sys.platform == "linux":
            with suppress(OSError):
                self._given.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _create_socket(self, address: AddressInformation) -> socket.socket:  # noqa: ARG002 - connected already
        return self._given

    def _shutdown_socket(self) -> None:
        self.hang_up()
        self.dispose()


def attach(association: Association, line: Line) -> None:
    """Let an association use a line; its thread then neither keeps the program from ending nor raises."""
    association.dul.socket = line
    association.dul.daemon = True
    run = association.dul.run

    def guarded() -> None:
        try:
            run()
        except Exception as error:  # noqa: BLE001 - whatever a peer's bytes made of the state machine
            _log.warning("a peer broke the protocol: %s", type(error).__name__)
            line.hang_up()

    vars(association.dul)["run"] = guarded


def line_of(association: Association) -> Line:
    """Return the line that an association of ours stands on."""
    return cast("Line", association.dul.socket)


def connected(host: str, port: int, context: ssl.SSLContext | None, seconds: float) -> socket.socket:
    """Return a socket connected to a peer, TLS spoken where a context is given; raise OSError."""
    plain = socket.create_connection((host, port), seconds)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname=host) if context else plain
    except BaseException:
        plain.close()
        raise
