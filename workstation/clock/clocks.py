"""The system's clock, and one that a test moves by hand.

Units:   seconds for the monotonic reading; aware datetimes in UTC otherwise.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What everyone who needs the time is handed."""

    def utc(self) -> datetime:
        """Return the wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def utc(self) -> datetime:
        """Return the wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        return time.monotonic()


class ManualClock:
    """A clock for tests: it stands still until it is moved."""

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
