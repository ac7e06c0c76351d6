"""What was found out about one archive, for all its connections together.

An archive may be exchanged behind its address, or learn something new: what is known is found out anew after
an hour, and soon after an answer that contradicts it. One object that is refused contradicts it as well, for
all that can be told from here; so what was found out a minute ago stands.

Units:   seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from workstation.archive.web.capabilities import Capabilities

LASTS: Final = 3600.0
STANDS: Final = 60.0


class Known:
    """The traits that were found; safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._traits: Capabilities | None = None
        self._since = self._lasts = 0.0

    @property
    def traits(self) -> Capabilities | None:
        """Return what is known, None if that has to be found out."""
        with self._lock:
            return self._traits if self._age < self._lasts else None

    def learn(self, traits: Capabilities, *, lasts: float = LASTS) -> None:
        """Note what was found out just now; it is known for so long."""
        with self._lock:
            self._traits, self._since, self._lasts = traits, self._clock(), lasts

    def contradicted(self) -> None:
        """Note that an answer came which is none to what was asked."""
        with self._lock:
            if self._age >= STANDS:
                self._traits = None

    @property
    def _age(self) -> float:
        return self._clock() - self._since
