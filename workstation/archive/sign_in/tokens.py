"""The access token of one archive, renewed in time and once for all who need it.

A token is renewed a minute before it ends, by the monotonic clock: whoever sets the wall clock back or
ahead starts no storm at the sign-in service. While one thread renews, all others wait for what it gets, be it
a token or an error. A service that can't be reached is no reason to stop while the token still holds.

Where the monotonic clock stands still during sleep (Linux), a token may have ended unnoticed: the archive
then answers 401, and ``refused`` renews.

Units:   seconds on the monotonic clock.
Errors:  whatever the renewal raises.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from workstation.archive.errors import Unreachable
from workstation.archive.sign_in.grants import Granted
from workstation.clock import Clock

MARGIN_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 10.0  # between two attempts while the token at hand still holds
FORCED_SECONDS: Final = 60.0  # a token this young that is refused is not renewed once more


@dataclass(frozen=True, slots=True)
class _Held:
    access: str = field(repr=False)
    renew_at: float
    ends_at: float
    forced_at: float | None = None  # renewed because an archive refused the one before


class AccessTokens:
    """Hands out the token in force."""

    def __init__(self, renew: Callable[[], Granted], clock: Clock) -> None:
        self._renew = renew
        self._clock = clock
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._running: Future[_Held] | None = None
        self._rests_until = 0.0
        self._era = 0  # a renewal that began before somebody signed in or out is not kept

    def current(self) -> str:
        """Return a token that holds for a while yet; renew it first if it doesn't."""
        held, now = self._held, self._clock.monotonic()
        if held is not None and now < held.ends_at and (now < held.renew_at or now < self._rests_until):
            return held.access
        try:
            return self._renewed(held, forced=False).access
        except Unreachable:
            if held is None or now >= held.ends_at:
                raise
            self._rests_until = self._clock.monotonic() + RETRY_SECONDS
            return held.access

    def refused(self, access: str) -> bool:
        """Take in that the archive refused a token; say whether there is another one to try."""
        held = self._held
        if held is None or held.access != access:
            return True
        if held.forced_at is not None and self._clock.monotonic() < held.forced_at + FORCED_SECONDS:
            return False
        return self._renewed(held, forced=True).access != access

    def put(self, granted: Granted) -> None:
        """Take a token that came by another way (somebody has signed in)."""
        with self._lock:
            self._held = _held(granted, None)
            self._era += 1

    def drop(self) -> None:
        """Forget the token."""
        with self._lock:
            self._held = None
            self._era += 1

    def _renewed(self, seen: _Held | None, *, forced: bool) -> _Held:
        """Return what takes the place of the token that was seen; one thread asks, the others wait."""
        with self._lock:
            if self._held is not None and self._held is not seen:
                return self._held
            running, mine, era = self._running, Future[_Held](), self._era
            if running is None:
                self._running = mine
        return running.result() if running is not None else self._ask(mine, era, forced=forced)

    def _ask(self, mine: Future[_Held], era: int, *, forced: bool) -> _Held:
        try:
            held = _held(self._renew(), self._clock.monotonic() if forced else None)
        except BaseException as error:
            with self._lock:
                self._running = None
            mine.set_exception(error)
            raise
        with self._lock:
            self._running = None
            if era == self._era:
                self._held = held
        mine.set_result(held)
        return held


def _held(granted: Granted, forced_at: float | None) -> _Held:
    margin = min(MARGIN_SECONDS, granted.lifetime / 2)  # half of one that lasts no two minutes
    ends_at = granted.asked_at + granted.lifetime
    return _Held(granted.access, ends_at - margin, ends_at, forced_at)
