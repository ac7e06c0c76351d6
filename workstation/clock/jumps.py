"""Noticing that the wall clock was moved, or that the machine slept.

A wall clock that moved by more than ``JUMP_SECONDS`` against the monotonic one makes every later
time stamp doubtful: the audit trail says so.
"""

from __future__ import annotations

from typing import Final

from workstation.clock.clocks import Clock

JUMP_SECONDS: Final = 120.0


class JumpWatch:
    """Compare the two readings of a clock from one look to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall = clock.utc()
        self._monotonic = clock.monotonic()

    def look(self) -> float:
        """Return by how many seconds the wall clock jumped since the last look; 0.0 if it kept pace."""
        wall, monotonic = self._clock.utc(), self._clock.monotonic()
        drift = (wall - self._wall).total_seconds() - (monotonic - self._monotonic)
        self._wall, self._monotonic = wall, monotonic
        return drift if abs(drift) > JUMP_SECONDS else 0.0
