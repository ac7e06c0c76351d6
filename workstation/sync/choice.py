"""Which of an archive's endpoints is used: the first that works, changed reluctantly.

Endpoints stand in the order in which the site prefers them. The one in use is left as soon as its breaker
is open and another's is not; the way back is taken only when the preferred one has been well for a minute
and is a fifth better. There are never more than two changes a minute, so that a line that loses every
third packet doesn't make the program hop.

Units:   seconds on the monotonic clock.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from workstation.sync.health import Health

CHANGES: Final = 2
WINDOW: Final = 60.0
STABLE: Final = 60.0
BETTER: Final = 0.8  # of the other's cost

_PROBE_WELL: Final = 60.0
_PROBE_ILL: Final = 15.0
_JITTER: Final = 0.2


@dataclass
class Choice:
    """The endpoints of one archive (by name), and which is in use."""

    names: Sequence[str]
    draw: random.Random = field(default_factory=random.Random)
    current: str = field(init=False)
    health: dict[str, Health] = field(init=False)
    _changes: deque[float] = field(default_factory=lambda: deque(maxlen=CHANGES))
    _probe_at: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.current = self.names[0]
        self.health = {name: Health() for name in self.names}

    def decide(self, now: float) -> str:
        """Return the endpoint to use from now on."""
        better = self._better(now)
        if better is not None and self._may_change(now):
            self.current = better
            self._changes.append(now)
        return self.current

    def is_usable(self, now: float) -> bool:
        """Say whether anything may be sent at all, now."""
        return self.health[self.decide(now)].may_try(now)

    def to_probe(self, now: float) -> list[str]:
        """Return the endpoints that should be asked something cheap now; each is named once a period."""
        due = [name for name in self.names if now >= self._due(name)]
        for name in due:
            period = _PROBE_WELL if self.health[name].well_since is not None else _PROBE_ILL
            self._probe_at[name] = now + period * self.draw.uniform(1.0 - _JITTER, 1.0 + _JITTER)
        return due

    def suspect(self, now: float) -> None:
        """Have every endpoint probed at once: something hangs."""
        for name in self.names:
            self._probe_at[name] = now

    def forget_past(self, now: float) -> None:
        """Begin anew after a sleep or on another network: what was measured before says nothing now."""
        self.health = {name: Health() for name in self.names}
        self.suspect(now)

    def _due(self, name: str) -> float:
        at, health = self._probe_at.get(name, 0.0), self.health[name]
        return min(at, health.retry_at) if health.is_open else at

    def _better(self, now: float) -> str | None:
        mine = self.health[self.current]
        others = [name for name in self.names if name != self.current and not self.health[name].is_open]
        known = [name for name in others if self.health[name].well_since is not None]
        if mine.is_open:
            return min(known, key=lambda name: self.health[name].cost, default=None) or next(
                iter(others), None
            )
        preferred = self.names[: self.names.index(self.current)]
        return next((name for name in preferred if name in known and self._is_worth_it(name, now)), None)

    def _is_worth_it(self, name: str, now: float) -> bool:
        health = self.health[name]
        stable = health.well_since is not None and now - health.well_since >= STABLE
        return stable and health.cost <= BETTER * self.health[self.current].cost

    def _may_change(self, now: float) -> bool:
        return len(self._changes) < CHANGES or now - self._changes[0] >= WINDOW
