"""The storage SCP: takes what an archive, a modality or a router brings, if it is known.

A caller is known by its AE title and its address together. An object is acknowledged as stored only
when ``receive`` has said that it is durable; until then the caller waits. Objects that a C-MOVE of ours
has asked for go to the one who asked (the archive keeps its own); the report on a storage commitment goes
to the one who waits for it.

Errors:  ArchiveError when it can't listen.
Source:  PS3.4 B (storage), A.4 (verification), J.3.3 (storage commitment result); PS3.8 9.3.4 (rejection).
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Final, cast

from pynetdicom import AE, evt
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event, EventHandlerType
from pynetdicom.pdu_primitives import A_ASSOCIATE

from workstation.archive.dimse import statuses
from workstation.archive.dimse.admission import agreeable
from workstation.archive.dimse.callers import Arrived, Receipt, Rules
from workstation.archive.dimse.expected import Expectations, Expected
from workstation.archive.dimse.line import OFFERED_PDU, line_of
from workstation.archive.dimse.part10 import study_of
from workstation.archive.dimse.reports import take_report
from workstation.archive.dimse.server import Gate, Server
from workstation.archive.errors import ArchiveError
from workstation.errors import LumenError

_CALLING_UNKNOWN: Final = (0x01, 0x01, 0x03)  # permanent, by the service user: calling AE title

_log = logging.getLogger(__name__)


Receive = Callable[[Arrived], Receipt]


class Listener:
    """Listens from the moment it is made until it is closed."""

    def __init__(self, rules: Rules, receive: Receive) -> None:
        self.title = rules.title
        self.expectations = Expectations()
        self._rules = rules
        self._receive = receive
        entity = _entity(rules)
        handlers: list[EventHandlerType] = [
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_C_STORE, self._stored),
            (evt.EVT_C_ECHO, _echoed),
            (evt.EVT_N_EVENT_REPORT, take_report, [self.expectations]),
        ]
        gate = Gate(
            self._is_known, rules.context, rules.associations, rules.handshake, rules.silence, rules.largest
        )
        try:
            self._server = Server(entity, (rules.host, rules.port), gate, handlers)
        except OSError as error:
            raise _cannot_listen(rules.port, error) from error

    @property
    def port(self) -> int:
        """Return the port, also where the system was left to choose."""
        return int(self._server.server_address[1])

    @property
    def moved_at(self) -> float:
        """Return when a byte last moved on any association here (seconds on the monotonic clock)."""
        return self._server.moved_at

    def expecting(self, study_uid: str, originator: str) -> AbstractContextManager[Expected]:
        """Expect what a C-MOVE for a study brings, asked for under the AE title ``originator``."""
        return self.expectations.move(study_uid, originator)

    def close(self) -> None:
        """Take nothing more; whoever is bringing something is cut off."""
        self.expectations.end()
        self._server.stop()

    def _is_known(self, host: str) -> bool:
        return any(caller.comes_from(host) for caller in self._rules.callers)

    def _requested(self, event: Event) -> None:
        """Let a caller in only from its own address, and agree on what it may bring."""
        association = event.assoc
        request = cast("A_ASSOCIATE", association.requestor.primitive)
        title, host = str(request.calling_ae_title).strip(), association.requestor.address
        known = [one for one in self._rules.callers if one.title == title]
        # A title that nobody has is rejected by the library itself.
        if known and not any(one.comes_from(host) for one in known):
            association.acse.send_reject(*_CALLING_UNKNOWN)
            association.kill()
            return
        association.acceptor.supported_contexts = agreeable(request.presentation_context_definition_list)

    def _stored(self, event: Event) -> int:
        """Answer for one object when its fate is settled."""
        line = line_of(event.assoc)
        line.renew()
        with line.working():
            return self._settled(event)

    def _settled(self, event: Event) -> int:
        request = cast("C_STORE", event.request)
        file = Arrived(
            str(request.AffectedSOPInstanceUID),
            str(request.AffectedSOPClassUID),
            str(event.context.transfer_syntax),
            cast("BytesIO", request.DataSet),
        )
        file.caller = event.assoc.requestor.ae_title.strip()
        expected = self._expected(file, request)
        if expected is not None:
            return statuses.SUCCESS if expected.bring(file) else statuses.NO_RESOURCES
        if (request.MoveOriginatorApplicationEntityTitle or "").strip() == self.title:
            return statuses.NO_RESOURCES  # of a C-MOVE of ours that was given up
        return _receipt(self._receive, file)

    def _expected(self, file: Arrived, request: C_STORE) -> Expected | None:
        """Return the C-MOVE that an object belongs to: by its origin, or by its study if it names none.

        Some archives give their own AE title as the origin.
        """
        originator = (request.MoveOriginatorApplicationEntityTitle or "").strip()
        found = self.expectations.of(request.MoveOriginatorMessageID, originator)
        if found is not None or originator not in ("", file.caller) or not self.expectations.any_move:
            return found
        return self.expectations.of_study(study_of(file.dataset, file.transfer_syntax))


def _entity(rules: Rules) -> AE:
    try:
        entity = AE(ae_title=rules.title)
        for caller in rules.callers:
            caller.comes_from("127.0.0.1")  # its networks are read for the first time
    except ValueError as error:
        raise ArchiveError(
            "The listener's AE title, or a caller's address, is none",
            remedy="An AE title has up to 16 letters, an address is an IP address or a network.",
        ) from error
    entity.require_called_aet = True
    entity.require_calling_aet = [one.title for one in rules.callers]
    entity.maximum_associations = rules.associations
    entity.maximum_pdu_size = OFFERED_PDU
    entity.network_timeout = None  # the server sees to it, and knows when we are the slow one
    entity.acse_timeout = rules.handshake
    return entity


def _receipt(receive: Receive, file: Arrived) -> int:
    try:
        return int(receive(file))
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return int(Receipt.FULL) if is_full else statuses.PROCESSING_FAILURE
    except LumenError as error:
        _log.warning("an object that was brought could not be kept: %s", error)
    except Exception as error:  # noqa: BLE001 - the caller is told, whatever it was
        _log.warning("an object that was brought could not be kept: %s", type(error).__name__)
    return statuses.PROCESSING_FAILURE


def _echoed(_event: Event) -> int:
    return statuses.SUCCESS


def _cannot_listen(port: int, error: OSError) -> ArchiveError:
    if error.errno == errno.EADDRINUSE:
        return ArchiveError(
            f"Port {port} is in use by another program",
            remedy="Choose another port, or close the other program.",
        )
    if error.errno == errno.EACCES:
        return ArchiveError(f"This program may not listen on port {port}", remedy="Choose one above 1023.")
    return ArchiveError(f"Port {port} can't be opened", where=error.strerror or "")
