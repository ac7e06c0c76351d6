"""How long to wait before the next try: full jitter, so that a thousand homes don't come back at once.

The wait is drawn from 0 to a ceiling that doubles with each failure up to a cap; a wait that the server
asked for is kept to. There is no last try.

Units:   seconds.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

_NO_MORE_DOUBLING: Final = 30  # 2**30 s is beyond every cap


@dataclass(frozen=True, slots=True)
class Backoff:
    """The rule for one kind of request."""

    base: float = 1.0
    cap: float = 300.0

    def ceiling(self, failures: int) -> float:
        """Return the longest wait after so many failures in a row (at least one)."""
        return min(self.cap, self.base * 2.0 ** min(max(failures, 1) - 1, _NO_MORE_DOUBLING))

    def wait(self, failures: int, *, asked: float = 0.0, draw: random.Random) -> float:
        """Return how long to wait now; never less than the server asked for."""
        return max(asked, draw.uniform(0.0, self.ceiling(failures)))
