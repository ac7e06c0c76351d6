"""The socket that the listener listens on: who may connect at all, before a word of DICOM is spoken.

The library's server speaks TLS on the thread that accepts, where one silent caller would stop all
others, reads without a time limit, and prints a traceback for whatever goes wrong. Here a caller has to
come from a known address, a place has to be free, and each speaks TLS on a thread of its own.

Units:   seconds on the monotonic clock; bytes.
Source:  PS3.8 9.1 (transport), PS3.15 B (secure transport).
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from socketserver import BaseServer
from typing import Any, Final, cast

from pynetdicom import AE, build_context
from pynetdicom.association import Association
from pynetdicom.events import EventHandlerType
from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

from workstation.archive.dimse.admission import VERIFICATION
from workstation.archive.dimse.line import Line, attach, line_of

_POLL: Final = 0.1
_END_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gate:
    """What a connection has to pass."""

    is_known: Callable[[str], bool]  # an IP address
    context: ssl.SSLContext | None
    most: int  # connections at once
    handshake: float  # seconds
    silence: float
    largest: int  # bytes of one object


class Handler(RequestHandler):
    """Makes an association out of a connection."""

    def _create_association(self) -> Association:
        server = cast("Server", self.server)
        association = super()._create_association()
        association.dul.event_queue.get_nowait()  # the first socket's own announcement
        gate = server.gate
        attach(
            association,
            Line(association, self.request, silence=gate.silence, largest=gate.largest, accepted=True),
        )
        server.remember(association)
        return association


class Server(ThreadedAssociationServer):
    """Listens, and keeps the associations that have come about."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(
        self, entity: AE, address: tuple[str, int], gate: Gate, handlers: list[EventHandlerType]
    ) -> None:
        self.gate = gate
        self._lock = threading.Lock()
        self._associations: set[Association] = set()
        self._is_stopped = False
        self._beginning = 0  # connections that are no association yet
        contexts = [build_context(VERIFICATION)]  # the listener sets what it takes for each request
        super().__init__(
            entity, address, entity.ae_title, contexts, evt_handlers=handlers, request_handler=Handler
        )
        self._thread = threading.Thread(target=self.serve_forever, args=(_POLL,), name="DICOM listener")
        self._thread.daemon = True
        self._thread.start()

    @property
    def moved_at(self) -> float:
        """Return when a byte last moved on any association, 0.0 if there is none."""
        with self._lock:
            return max((line_of(one).moved_at for one in self._associations), default=0.0)

    def server_bind(self) -> None:
        """Take the port alone: Windows would let a second program share it."""
        listening = cast("socket.socket", self.socket)
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(self.server_address)
        self.server_address = listening.getsockname()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401, ARG002 - as the library has it
        """Say whether a connection may stay."""
        is_known = self.gate.is_known(str(client_address[0]))
        with self._lock:
            has_room = len(self._associations) + self._beginning < self.gate.most
            self._beginning += is_known and has_room
        if is_known and has_room:
            return True
        _log.warning("a connection to the listener was refused")
        return False

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the library has it
        """Speak TLS if that is asked for, then begin the association; runs on the connection's own thread."""
        try:
            if self.gate.context is not None:
                request.settimeout(self.gate.handshake)
                request = self.gate.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
        except BaseException:
            request.close()
            raise
        finally:
            with self._lock:
                self._beginning -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - as the library has it
        """Say that a connection came to nothing, and nothing more: what came over it may hold anything."""
        _log.warning("a connection to the listener failed: %s", type(sys.exception()).__name__)

    def service_actions(self) -> None:
        """End the associations that have fallen silent, and forget those that have ended."""
        with self._lock:
            ended = {one for one in self._associations if one.ident is not None and not one.is_alive()}
            self._associations -= ended
            silent = [one for one in self._associations if line_of(one).is_silent(self.gate.silence)]
        for association in silent:
            line_of(association).hang_up()
        for association in ended:
            _dispose(association)

    def remember(self, association: Association) -> None:
        """Keep an association until it has ended."""
        with self._lock:
            if self._is_stopped:
                raise ConnectionAbortedError("the listener is closed")
            self._associations.add(association)

    def stop(self) -> None:
        """Listen no more and end every association."""
        BaseServer.shutdown(self)
        self._thread.join()
        self.server_close()
        with self._lock:
            self._is_stopped = True
            associations = tuple(self._associations)
        for association in associations:
            line_of(association).hang_up()
        for association in associations:
            if association.ident is not None:
                association.join(_END_SECONDS)
            _dispose(association)


def _dispose(association: Association) -> None:
    line_of(association).hang_up()
    association.dul.kill_dul()
    if association.dul.ident is not None:
        association.dul.join(_END_SECONDS)
    line_of(association).dispose()
