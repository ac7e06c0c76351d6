"""Who may bring something to the listener, and what is said of what is brought.

Units:   bytes; seconds.
Source:  PS3.4 B.2.3 (status of a C-STORE).
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address, ip_network

from workstation.archive.dimse.part10 import File


class Receipt(IntEnum):
    """What is answered for an object (PS3.4 B.2.3)."""

    KEPT = 0x0000  # it is durable
    FULL = 0xA700  # no room: the caller may bring it again
    MISMATCHED = 0xA900  # it isn't what its SOP class says
    NOT_UNDERSTOOD = 0xC000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may bring something: an AE title, and the addresses or networks that it comes from."""

    title: str
    networks: tuple[str, ...]  # 10.1.2.3, 10.1.0.0/16, fd00::/8

    def comes_from(self, host: str) -> bool:
        """Say whether an address is one of the caller's."""
        address = ip_address(host.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in ip_network(one, strict=False) for one in self.networks)


@dataclass(frozen=True, slots=True)
class Rules:
    """Who is let in, and how much of it."""

    title: str
    port: int
    callers: Sequence[Caller]
    host: str = "0.0.0.0"  # noqa: S104 - callers come from other machines; each is checked
    context: ssl.SSLContext | None = None
    associations: int = 8
    largest: int = 2 << 30  # bytes of one object
    silence: float = 60.0  # seconds
    handshake: float = 10.0


class Arrived(File):
    """An object that a caller has brought."""

    caller = ""
