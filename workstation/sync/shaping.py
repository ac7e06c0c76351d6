"""How fast each class may fetch: a token bucket each, filled with its share of what the line can do.

What the line can do is the most that was seen in a second since the network last changed; until something
was seen nothing is held back. Buckets go into debt, so that a chunk is never split: whoever took too much
waits until the debt is paid. A site may cap everything together.

Units:   bytes; seconds on the monotonic clock.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from workstation.clock import Clock
from workstation.sync.urgency import SHARES, Urgency


class Bucket:
    """Tokens for bytes."""

    def __init__(self, depth: float = 1.0) -> None:
        self._depth = depth  # seconds of rate that may be saved up
        self._tokens: float | None = None
        self._at = 0.0

    def take(self, size: int, rate: float, now: float) -> float:
        """Take as many bytes, and return how many seconds to wait before taking more."""
        full = rate * self._depth
        before = full if self._tokens is None else self._tokens
        self._tokens = min(full, before + rate * max(0.0, now - self._at)) - size
        self._at = now
        return max(0.0, -self._tokens / rate)


class Shaper:
    """Holds back what is less urgent; all streams of one archive share it."""

    def __init__(
        self, clock: Clock, *, cap: float | None = None, shares: Mapping[Urgency, float] = SHARES
    ) -> None:
        self._clock = clock
        self._cap = cap
        self._shares = shares
        self._lock = threading.Lock()
        self._buckets = {urgency: Bucket() for urgency in Urgency}
        self._whole = Bucket()
        self._peak = 0.0
        self._second = (0, 0)  # which second, and bytes in it

    @property
    def clock(self) -> Clock:
        """Return the clock that its seconds are counted on."""
        return self._clock

    @property
    def peak(self) -> float:
        """Return the most bytes that came in a second, 0.0 if nothing has."""
        return self._peak

    def take(self, urgency: Urgency, size: int) -> float:
        """Note that so many bytes came, and return how many seconds this class has to wait now."""
        now = self._clock.monotonic()
        with self._lock:
            self._count(now, size)
            wait = self._whole.take(size, self._cap, now) if self._cap else 0.0
            share = self._shares[urgency]
            if share < 1.0 and self._peak:
                wait = max(wait, self._buckets[urgency].take(size, share * self._peak, now))
            return wait

    def forget_past(self) -> None:
        """Measure anew: the network has changed."""
        with self._lock:
            self._peak, self._second = 0.0, (0, 0)

    def _count(self, now: float, size: int) -> None:
        second, count = self._second
        if int(now) == second:
            self._second = (second, count + size)
            return
        self._peak = max(self._peak, float(count))
        self._second = (int(now), size)
