"""The system's clock, one that runs faster, and one that a test moves by hand.

Units:   seconds for the monotonic reading; aware datetimes in UTC otherwise.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol


class Clock(Protocol):
    """What everyone who needs the time is handed."""

    @property
    def pace(self) -> float:
        """Return how many of its seconds pass in a second of the world: whoever waits divides by it."""
        ...

    def utc(self) -> datetime:
        """Return the wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The machine's own clock."""

    pace: Final = 1.0

    def utc(self) -> datetime:
        """Return the wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        return time.monotonic()


class ScaledClock:
    """A clock for long proofs: a day passes in minutes."""

    def __init__(self, pace: float) -> None:
        self.pace: Final = pace
        self._utc = datetime.now(UTC)
        self._monotonic = time.monotonic()

    def utc(self) -> datetime:
        """Return the wall clock as if it had run at this pace since it was made."""
        return self._utc + timedelta(seconds=self.monotonic() - self._monotonic)

    def monotonic(self) -> float:
        """Return seconds, as many times as many as have passed."""
        return self._monotonic + self.pace * (time.monotonic() - self._monotonic)


class ManualClock:
    """A clock for tests: it stands still until it is moved."""

    pace: Final = 1.0

    def __init__(self, start: datetime | None = None) -> None:
        self._utc = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._monotonic = 0.0

    def utc(self) -> datetime:
        """Return the time that was set."""
        return self._utc

    def monotonic(self) -> float:
        """Return the seconds that have been waited."""
        return self._monotonic

    def wait(self, seconds: float) -> None:
        """Let time pass, on both readings alike."""
        self._monotonic += seconds
        self._utc += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Move the wall clock alone, as a person or a time server would."""
        self._utc += timedelta(seconds=seconds)
