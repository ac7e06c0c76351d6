"""What a connection check measured, as plain values; what is missing has its reason among the troubles.

Units:   seconds; bytes; rates in Mbit/s (10⁶ bits); times aware, in UTC.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from workstation.errors import LumenError
from workstation.security import CertificateFacts


class Step(StrEnum):
    """What is measured, in order."""

    NAME = "name"
    LINE = "line"
    TLS = "tls"
    CLOCK = "clock"
    SIGN_IN = "sign-in"
    LATENCY = "latency"
    DOWNLOAD = "download"
    UPLOAD = "upload"


class Medium(StrEnum):
    """How this computer is connected to its router."""

    WIRED = "wired"
    WIRELESS = "wireless"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MeasuredName:
    """What the archive's name stands for."""

    host: str
    addresses: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A connection that came about (TCP)."""

    address: str
    seconds: float


@dataclass(frozen=True, slots=True)
class MeasuredTls:
    """What was agreed upon, and who answered."""

    version: str
    cipher: str
    seconds: float
    chain: tuple[CertificateFacts, ...]  # the server's own first
    is_trusted: bool  # False: looked at, after it was refused

    def left(self, now: datetime) -> timedelta:
        """Return how long the certificate that ends first is still valid."""
        return min(one.valid_until for one in self.chain) - now


@dataclass(frozen=True, slots=True)
class MeasuredLatency:
    """How long small signed-in requests took, in the order in which they were made."""

    seconds: tuple[float, ...]
    lost: int = 0  # requests that failed

    @property
    def median(self) -> float:
        """Return what half of them took at most."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """Return what 95 of 100 took at most (nearest rank)."""
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]

    @property
    def jitter(self) -> float:
        """Return by how much one differed from the next, on average."""
        return statistics.fmean([abs(one - other) for one, other in pairwise(self.seconds)] or [0.0])


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """How much came through in which time."""

    count: int  # bytes
    seconds: float

    @property
    def mbit(self) -> float:
        """Return the rate in Mbit/s."""
        return self.count * 8 / 1e6 / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class MeasuredLink:
    """The first hop: what leads from this computer to its router."""

    medium: Medium = Medium.UNKNOWN
    interface: str = ""
    is_tunnelled: bool = False  # the way leads through a VPN
    mbit: int | None = None  # what the interface has agreed upon with the other end of the cable


@dataclass(frozen=True, slots=True)
class Trouble:
    """A step that didn't work, in the words of the error that stopped it."""

    step: Step
    kind: str  # the error's class
    what: str
    where: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, step: Step, error: LumenError) -> Trouble:
        """Return what stopped a step."""
        return cls(step, type(error).__name__, error.what, error.where, error.remedy)


@dataclass(frozen=True, slots=True)
class Measured:
    """One way to an archive, measured once."""

    endpoint: str
    at: datetime
    link: MeasuredLink
    name: MeasuredName | None = None
    line: MeasuredLine | None = None
    tls: MeasuredTls | None = None
    skew: float | None = None  # seconds by which the server's clock is ahead of this computer's
    is_signed_in: bool = False
    latency: MeasuredLatency | None = None
    download: MeasuredRate | None = None
    upload: MeasuredRate | None = None
    is_captive: bool = False  # the network answers in the archive's place
    troubles: tuple[Trouble, ...] = ()

    def trouble(self, *steps: Step) -> Trouble | None:
        """Return the first trouble of these steps."""
        return next((one for one in self.troubles if one.step in steps), None)
