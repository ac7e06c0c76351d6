"""Name, line and TLS of one endpoint, one after the other, without asking the archive anything.

Units:   seconds.
Errors:  Unreachable; NotTrusted and BadAnswer as in ``tls``.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from workstation.archive.check.measured import MeasuredLine, MeasuredName, MeasuredTls
from workstation.archive.errors import Unreachable
from workstation.archive.model import Endpoint, TlsRules
from workstation.archive.tls import context_of, verified_chain
from workstation.archive.tls_trouble import told
from workstation.clock import Clock
from workstation.security import CertificateFacts, certificate_facts

NAME_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 5.0
ALERT_SECONDS: Final = (
    0.3  # a refusal of our certificate comes after the handshake (RFC 8446 section 4.4.2.4)
)

_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an endpoint is."""

    host: str
    port: int
    has_tls: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def place_of(endpoint: Endpoint, rules: TlsRules) -> Place:
    """Return where an endpoint is; by its URL, or by host and port for DIMSE."""
    if not endpoint.url:
        return Place(endpoint.host, endpoint.port, rules.is_wanted)
    parts = urlsplit(endpoint.url)
    return Place(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), parts.scheme == "https")


def resolve(place: Place, clock: Clock) -> MeasuredName:
    """Return the addresses of a host. The system's own question can't be stopped; it is left behind."""
    began = clock.monotonic()
    asked: Future[list[str]] = Future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
            asked.set_result(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except (OSError, UnicodeError) as error:
            asked.set_exception(error)

    threading.Thread(target=ask, name="a name's addresses", daemon=True).start()
    try:
        addresses = asked.result(NAME_SECONDS)
    except (OSError, UnicodeError):  # among them that it took too long
        raise Unreachable(
            "The archive's name is not known in this network",
            where=place.host,
            remedy="Check the VPN and the network; then the archive's address.",
        ) from None
    return MeasuredName(place.host, tuple(addresses), clock.monotonic() - began)


def connect(place: Place, addresses: Iterable[str], clock: Clock) -> tuple[socket.socket, MeasuredLine]:
    """Return a connection to the first of the addresses that answers."""
    for address in addresses:
        began = clock.monotonic()
        with suppress(OSError):
            line = socket.create_connection((address, place.port), CONNECT_SECONDS)
            return line, MeasuredLine(address, clock.monotonic() - began)
    raise Unreachable(
        "The archive does not answer",
        where=str(place),
        remedy="Check the VPN. If other pages open, the archive itself may be down: tell your IT.",
    )


def shake_hands(place: Place, line: socket.socket, rules: TlsRules, clock: Clock) -> MeasuredTls:
    """Set up TLS by the rules, and hang up; the line is used up."""
    context = context_of(rules)
    began = clock.monotonic()
    try:
        with context.wrap_socket(line, server_hostname=place.host) as channel:
            seconds = clock.monotonic() - began
            _await_alert(channel)
            return _agreed(channel, seconds, verified_chain(channel, rules), is_trusted=True)
    except OSError as error:
        trouble = told(error, str(place)) or Unreachable(
            "The secure connection broke off while it was being set up", where=str(place)
        )
        raise trouble from error


def look_at(place: Place, address: str, clock: Clock) -> MeasuredTls | None:
    """Return what a server shows that was refused, None if it shows nothing; nothing is sent to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    began = clock.monotonic()
    with (
        suppress(OSError),
        socket.create_connection((address, place.port), CONNECT_SECONDS) as line,
        context.wrap_socket(line, server_hostname=place.host) as channel,
    ):
        own = channel.getpeercert(binary_form=True)
        chain = (own,) if own else ()
        return _agreed(channel, clock.monotonic() - began, chain, is_trusted=False) if chain else None
    return None


def _agreed(
    channel: ssl.SSLSocket, seconds: float, chain: tuple[bytes, ...], *, is_trusted: bool
) -> MeasuredTls:
    cipher = channel.cipher()
    facts: tuple[CertificateFacts, ...] = tuple(map(certificate_facts, chain))
    return MeasuredTls(channel.version() or "", cipher[0] if cipher else "", seconds, facts, is_trusted)


def _await_alert(channel: ssl.SSLSocket) -> None:
    """Give the server a moment to refuse our certificate; it has no other reason to speak first."""
    channel.settimeout(ALERT_SECONDS)
    with suppress(TimeoutError):
        channel.recv(1)
