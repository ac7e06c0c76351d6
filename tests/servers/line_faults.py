"""How a line behaves and what may befall a connection over it, as values.

A ``Line`` holds for all connections and may be changed at any time. A ``Fate`` is one connection's: drawn by
``Odds`` from the seed and the connection's number, so that a run can be repeated, or given by a test.

Units:   seconds, bytes, bytes a second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

BURST: Final = 0.02  # seconds of the rate that may come at once; it makes good for late timers
_STEPS: Final = 100  # a second's worth of bytes comes in at least so many pieces


class Way(Enum):
    """Where bytes go."""

    UP = "to the server"
    DOWN = "to the client"


class Fault(Enum):
    """What may befall a connection."""

    REFUSE = "reset when it is made"
    RESET = "reset"
    CUT = "closed in the middle, politely"
    HOLE = "nothing more passes, and nobody says so"


@dataclass(frozen=True)
class Fate:
    """A fault, and when it strikes: as soon as more than ``after`` bytes would have passed that way.

    With ``after`` 0 and DOWN the server has had the whole request and its answer is lost.
    """

    fault: Fault
    after: int = 0
    way: Way = Way.DOWN
    seconds: float = math.inf  # of a hole: then it is reset


@dataclass(frozen=True)
class Odds:
    """How likely each fault is for a connection, and among which bytes it then strikes."""

    refuse: float = 0.0
    reset: float = 0.0
    cut: float = 0.0
    hole: float = 0.0
    after: tuple[int, int] = (0, 1_000_000)
    ways: tuple[Way, ...] = (Way.DOWN,)
    seconds: float = math.inf  # of a hole

    def draw(self, seed: int, connection: int) -> Fate | None:
        """Return what befalls this connection: always the same for the same seed and number."""
        random = Random(f"{seed}/{connection}")
        chance, after, way = random.random(), random.randint(*self.after), random.choice(self.ways)
        for fault, odds in zip(Fault, (self.refuse, self.reset, self.cut, self.hole), strict=True):
            if chance < odds:
                return Fate(fault, after, way, self.seconds)
            chance -= odds
        return None


@dataclass(frozen=True)
class Line:
    """What a line does to every byte, each way; rates are shared by all connections."""

    latency: float = 0.0
    jitter: float = 0.0  # at most this much more; the order stays
    up: float = math.inf  # bytes a second
    down: float = math.inf
    slice: int = 0  # bytes to a write, 0: as they come
    slow_close: float = 0.0  # between an end and its being passed on

    def rate(self, way: Way) -> float:
        """Return the bytes a second that way."""
        return self.up if way is Way.UP else self.down

    def piece(self, way: Way, most: int) -> int:
        """Return how many bytes to pass on at once."""
        rate = self.rate(way)
        steady = most if math.isinf(rate) else max(1, int(rate / _STEPS))
        return min(most, steady, self.slice or most)


class Bucket:
    """Says how long bytes must wait so that a rate is kept; never refuses any."""

    def __init__(self) -> None:
        self._free_at = -math.inf

    def wait(self, count: int, rate: float, now: float) -> float:
        """Return the seconds to wait after which this many bytes more may have passed."""
        if math.isinf(rate):
            return 0.0
        self._free_at = max(self._free_at, now - BURST) + count / rate
        return max(0.0, self._free_at - now)
