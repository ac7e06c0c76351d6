"""How much a line brings: all its requests together, over the time in which they waited for it.

An object that lies in the system's buffers already comes in no time, and several come at once: the time of
a single one says nothing. So the bytes of all are held against the clock, without the times in which
nothing was asked for or we were the ones who waited.

Units:   bytes, seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_LONG: Final = 0.5
_MUCH: Final = 1 << 16


@dataclass(slots=True)
class Flow:
    """One stretch of time after the other, each long enough and with enough in it to tell a rate."""

    _size: int = 0
    _began: float = 0.0
    _last: float = 0.0

    def rested(self, now: float) -> None:
        """Note that since the last byte it wasn't the line that was waited for."""
        self._began += now - self._last
        self._last = now

    def came(self, size: int, now: float) -> float | None:
        """Note what came; at the end of a stretch return its rate, bytes per second."""
        self._size += size
        self._last = now
        if now - self._began < _LONG or self._size < _MUCH:
            return None
        rate = self._size / (now - self._began)
        self._size, self._began = 0, now
        return rate
