"""One way to an archive, measured step by step; a step that fails is told and keeps no other from its turn.

Only what makes no sense any more is left out: no TLS without a line, no requests of a person whom the archive
doesn't let in. Where the network answers in the archive's place, that is said instead of "wrong password".

Errors:  Cancelled; everything else is among the troubles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from workstation.archive.check import rates
from workstation.archive.check.captive import HTTP_PORT, is_captive
from workstation.archive.check.link import link_to
from workstation.archive.check.measured import (
    Measured,
    MeasuredLink,
    MeasuredRate,
    MeasuredTls,
    Medium,
    Step,
    Trouble,
)
from workstation.archive.check.probe import connect, look_at, place_of, resolve, shake_hands
from workstation.archive.check.skew import clock_skew
from workstation.archive.errors import BadAnswer, NotOffered, NotTrusted
from workstation.archive.model import Endpoint, TlsRules
from workstation.archive.protocols import Connection
from workstation.clock import Clock
from workstation.errors import Cancelled, LumenError

T = TypeVar("T")

Progress = Callable[[Step, float], object]
"""Told which step is on and how much of it is done, from 0 to 1, on the thread of the check."""

_INTERCEPTED: Final = (NotTrusted.__name__, BadAnswer.__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """What is to be checked."""

    endpoint: Endpoint
    rules: TlsRules
    connection: Connection
    headers: Callable[[], Mapping[str, str]] = field(default=dict)  # what proves us, for DICOMweb
    medium: Medium = Medium.UNKNOWN  # where the system doesn't tell it in files
    http_port: int = HTTP_PORT  # where the network's own page would answer


def measure(
    check: Check,
    clock: Clock,
    *,
    progress: Progress = lambda _, __: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Measured:
    """Measure all of it; takes about ten seconds where all is well."""
    return _Run(check, clock, progress, cancelled).all()


class _Run:
    """One check under way."""

    def __init__(self, check: Check, clock: Clock, progress: Progress, cancelled: Callable[[], bool]) -> None:
        self._check = check
        self._clock = clock
        self._progress = progress
        self._cancelled = cancelled
        self._place = place_of(check.endpoint, check.rules)
        self._found = Measured(check.endpoint.name, clock.utc(), MeasuredLink())

    def all(self) -> Measured:
        """Take every step that makes sense."""
        self._way()
        self._clocks()
        if self._signed_in():
            self._rates()
        if self._is_doubtful():
            self._found = replace(self._found, is_captive=is_captive(self._place.host, self._check.http_port))
        return self._found

    def _way(self) -> None:
        """Look at name, link, line and TLS."""
        name = self._try(Step.NAME, lambda _: resolve(self._place, self._clock))
        if name is None:
            return
        self._found = replace(self._found, name=name)
        opened = self._try(Step.LINE, lambda _: connect(self._place, name.addresses, self._clock))
        link = link_to(opened[1].address if opened else name.addresses[0])
        self._found = replace(self._found, link=self._known(link))
        if opened is None:
            return
        line, measured = opened
        self._found = replace(self._found, line=measured)
        with line:
            if self._place.has_tls:
                tls = self._try(
                    Step.TLS, lambda _: shake_hands(self._place, line, self._check.rules, self._clock)
                )
                self._found = replace(self._found, tls=tls or self._shown(measured.address))

    def _known(self, link: MeasuredLink) -> MeasuredLink:
        is_unknown = link.medium is Medium.UNKNOWN
        return replace(link, medium=self._check.medium) if is_unknown else link

    def _shown(self, address: str) -> MeasuredTls | None:
        """Return what a server shows that isn't trusted, for a person to see why."""
        trouble = self._found.trouble(Step.TLS)
        is_shown = trouble is not None and trouble.kind == NotTrusted.__name__
        return look_at(self._place, address, self._clock) if is_shown else None

    def _clocks(self) -> None:
        url = self._check.endpoint.url
        if url and self._is_open():
            skew = self._try(Step.CLOCK, lambda _: clock_skew(url, self._check.rules, self._clock))
            self._found = replace(self._found, skew=skew)

    def _signed_in(self) -> bool:
        """Ask something small; where the direct way is closed, a proxy may yet lead there."""
        is_in = self._try(Step.SIGN_IN, lambda _: self._echoed()) is not None
        self._found = replace(self._found, is_signed_in=is_in)
        return is_in

    def _echoed(self) -> bool:
        self._check.connection.echo()
        return True

    def _rates(self) -> None:
        check = self._check
        latency = self._try(Step.LATENCY, lambda watch: rates.latency(check.connection, watch))
        down = self._try(Step.DOWNLOAD, self._downloaded)
        up = self._try(Step.UPLOAD, self._uploaded)
        self._found = replace(self._found, latency=latency, download=down, upload=up)

    def _downloaded(self, watch: rates.Watch) -> MeasuredRate:
        images = self._check.connection.images
        return rates.download(images, rates.largest_series(images), watch)

    def _uploaded(self, watch: rates.Watch) -> MeasuredRate:
        url = self._check.endpoint.url
        if not url:
            raise NotOffered("The upload is measured over DICOMweb alone: DIMSE has no harmless way")
        return rates.upload(url, self._check.rules, self._check.headers(), watch)

    def _is_open(self) -> bool:
        return self._found.trouble(Step.NAME, Step.LINE, Step.TLS) is None

    def _is_doubtful(self) -> bool:
        """Say whether somebody else may have answered in the archive's place."""
        doubtful = (self._found.trouble(Step.TLS), self._found.trouble(Step.SIGN_IN))
        return any(one is not None and one.kind in _INTERCEPTED for one in doubtful)

    def _try(self, step: Step, take: Callable[[rates.Watch], T]) -> T | None:
        """Take a step; note why, if it doesn't work."""
        watch = rates.Watch(self._clock, self._cancelled, lambda share: self._progress(step, share))
        watch.go_on(0.0)
        try:
            made = take(watch)
        except Cancelled:
            raise
        except LumenError as error:
            self._note(Trouble.of(step, error))
            return None
        watch.share(1.0)  # not the place to stop: what was made would be lost, an open line among it
        return made

    def _note(self, trouble: Trouble) -> None:
        """Keep a trouble, unless the way was closed before: it would only say so again."""
        if self._is_open():
            self._found = replace(self._found, troubles=(*self._found.troubles, trouble))
