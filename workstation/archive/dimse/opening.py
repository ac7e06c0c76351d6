"""How an association with an archive comes about; every way in which it doesn't has its own error.

Errors:  Unreachable, NotTrusted, NotAllowed, Busy, NotOffered, BadAnswer.
Source:  PS3.8 7.1.1 (A-ASSOCIATE), 9.3.2.2 (presentation contexts), 9.3.4 (why one is rejected).
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, Final

from pynetdicom import AE, build_context, build_role
from pynetdicom import association as library
from pynetdicom.pdu_primitives import A_ASSOCIATE
from pynetdicom.transport import AddressInformation

from workstation.archive.dimse import rejection
from workstation.archive.dimse.association import Association, Context, Route
from workstation.archive.dimse.line import OFFERED_PDU, Line, attach, connected, line_of
from workstation.archive.errors import ArchiveError, NotOffered, Unreachable
from workstation.archive.tls_trouble import told

MOST_CONTEXTS: Final = 128  # PS3.8 9.3.2.2: odd numbers from 1 to 255

_CHECK_ADDRESS: Final = "Check the network, the address and the port."


def open_association(
    route: Route, proposed: tuple[Context, ...], announce: Callable[[Line], None] = lambda _: None
) -> Association:
    """Connect, and agree on presentation contexts; at least one of those proposed is accepted.

    ``announce`` is told the line as soon as it stands, so that another thread can end it.
    """
    peer = _peer(route, proposed)
    try:
        announce(line_of(peer))
        _negotiate(peer, route)
    except BaseException:
        _discard(peer)
        raise
    numbers = {2 * place + 1: one for place, one in enumerate(proposed)}
    accepted = tuple(
        Context(numbers[number].sop_class, (str(one.transfer_syntax[0]),), numbers[number].provides, number)
        for one in peer.accepted_contexts
        if (number := one.context_id or 0) in numbers
        and (one.as_scp if numbers[number].provides else one.as_scu)
    )
    return Association(peer, route, accepted)


def _peer(route: Route, proposed: tuple[Context, ...]) -> library.Association:
    sock = _connected(route)
    try:
        entity = AE(ae_title=route.calling)
        entity.acse_timeout, entity.network_timeout = route.patience.negotiate, route.patience.silence
        peer = library.Association(entity, "requestor")
        peer.acceptor.ae_title = route.called
        peer.acceptor.address_info = AddressInformation.from_tuple(sock.getpeername())
        requestor = peer.requestor
        requestor.ae_title, requestor.maximum_length = route.calling, OFFERED_PDU
        requestor.address_info = AddressInformation.from_tuple(sock.getsockname())
        requestor.implementation_class_uid = entity.implementation_class_uid
        requestor.implementation_version_name = entity.implementation_version_name
        requestor.requested_contexts = _proposal(proposed)
        for sop_class in dict.fromkeys(one.sop_class for one in proposed if one.provides):
            requestor.add_negotiation_item(build_role(sop_class, scp_role=True))
        line = Line(peer, sock, silence=route.patience.silence, largest=route.largest, accepted=False)
        attach(peer, line)
    except BaseException:
        sock.close()
        raise
    return peer


def _negotiate(peer: library.Association, route: Route) -> None:
    peer.request()
    if not peer.is_established:
        raise _refusal(peer, route)


def _connected(route: Route) -> socket.socket:
    try:
        return connected(route.host, route.port, route.context, route.patience.connect)
    except OSError as error:
        raise told(error, route.name) or _unreachable(error, route.name) from error


def _unreachable(error: OSError, where: str) -> Unreachable:
    if isinstance(error, TimeoutError):
        return Unreachable("The archive did not answer in time", where=where, remedy=_CHECK_ADDRESS)
    return Unreachable("The archive can't be reached", where=where, remedy=_CHECK_ADDRESS)


def _proposal(proposed: tuple[Context, ...]) -> list[Any]:
    contexts = []
    for place, one in enumerate(proposed[:MOST_CONTEXTS]):
        context = build_context(one.sop_class, list(one.syntaxes))
        context.context_id = 2 * place + 1
        contexts.append(context)
    return contexts


def _refusal(peer: library.Association, route: Route) -> ArchiveError:
    """Return why no association came about."""
    line, answer = line_of(peer), peer.acceptor.primitive
    if peer.is_rejected and isinstance(answer, A_ASSOCIATE):
        return rejection.error_of(answer, route.name, called=route.called, calling=route.calling)
    if peer.rejected_contexts:
        return NotOffered("The archive accepts none of what was proposed to it", where=route.name)
    untrusted = told(line.failure, route.name) if line.failure else None
    return untrusted or rejection.silence_of(route.name, is_stranger=line.is_stranger)


def _discard(peer: library.Association) -> None:
    line_of(peer).hang_up()
    peer.dul.kill_dul()
    peer.dul.join(1.0)
    line_of(peer).dispose()
