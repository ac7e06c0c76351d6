"""A bell that wakes whoever waits for work; ringing it while nobody waits is not lost.

Units:   seconds.
"""

from __future__ import annotations

import threading


class Bell:
    """Shared by all threads of an engine."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """Return how often it was rung; to be looked at before looking for work."""
        return self._rung

    def ring(self, _: object = None) -> None:
        """Wake everybody."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, seconds: float, since: int) -> None:
        """Wait until it has been rung since, or for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != since, seconds)
