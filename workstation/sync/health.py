"""How well one way to an archive does: what its last requests tell, and a breaker that spares a dead one.

The breaker opens after three failures in a row, or when most of the last ten requests failed. An open one
lets a single probe through after a wait that doubles; a probe that succeeds closes it.

Units:   seconds on the monotonic clock; bytes.
Source:  facts/security-and-reliability.md 2.3 (figures).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

FAILURES_IN_A_ROW: Final = 3
LAST: Final = 10
MOSTLY: Final = 0.5
_ENOUGH: Final = 6  # requests before a share of failures means anything
_WEIGHT: Final = 0.2  # of the newest reading
_FIRST_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 60.0


@dataclass
class Health:
    """What is known of one endpoint."""

    latency: float | None = None  # running mean of the time to the first byte
    rate: float | None = None  # running mean, bytes per second
    failures: int = 0  # in a row
    is_open: bool = False  # the breaker: True, nothing is sent this way
    retry_at: float = 0.0
    well_since: float | None = None  # no failure since then
    broke_at: float | None = None  # the last failure
    last_told: float | None = None
    _outcomes: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST))
    _wait: float = _FIRST_WAIT

    def succeeded(self, now: float, latency: float | None = None) -> None:
        """Note an answer, and how long its first byte took."""
        if latency is not None:
            self.latency = _blend(self.latency, latency)
        if self.is_open:
            self._outcomes.clear()
        self.is_open, self.failures, self._wait = False, 0, _FIRST_WAIT
        self.well_since = now if self.well_since is None else self.well_since
        self.last_told = now
        self._outcomes.append(True)

    def flowed(self, rate: float) -> None:
        """Note how much came for a while, bytes per second."""
        self.rate = _blend(self.rate, rate)

    def failed(self, now: float) -> None:
        """Note that no good answer came."""
        self.failures += 1
        self.well_since, self.broke_at = None, now
        self.last_told = now
        self._outcomes.append(False)
        if self.is_open or self.failures >= FAILURES_IN_A_ROW or self._fails_mostly():
            self._open(now)

    def give_up(self, now: float) -> None:
        """Open the breaker at once: it is known to be dead."""
        if not self.is_open:
            self._open(now)

    def may_try(self, now: float) -> bool:
        """Say whether a request may go this way: always while closed, else a probe when its time has come."""
        return not self.is_open or now >= self.retry_at

    @property
    def error_rate(self) -> float:
        """Return the share of failures among the last requests, 0.0 to 1.0."""
        return self._outcomes.count(False) / len(self._outcomes) if self._outcomes else 0.0

    @property
    def cost(self) -> float:
        """Return a figure in seconds to compare endpoints by: latency, and dearly every failure."""
        return (self.latency if self.latency is not None else 1.0) + 5.0 * self.error_rate

    def _fails_mostly(self) -> bool:
        return len(self._outcomes) >= _ENOUGH and self.error_rate > MOSTLY

    def _open(self, now: float) -> None:
        if self.is_open:
            self._wait = min(2 * self._wait, _LONGEST_WAIT)
        self.is_open = True
        self.retry_at = now + self._wait


def _blend(before: float | None, reading: float) -> float:
    return reading if before is None else before + _WEIGHT * (reading - before)
