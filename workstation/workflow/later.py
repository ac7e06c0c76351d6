"""Something to be done soon, once, however often it is asked for meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Later:
    """Runs ``act`` at most once each ``seconds``, on a thread of its own; the last asking always counts."""

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self._seconds = seconds
        self._act = act
        self._lock = threading.Lock()
        self._acting = threading.RLock()
        self._timer: threading.Timer | None = None

    def soon(self) -> None:
        """Ask for it."""
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self._run)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        """Forget what was asked for; waits for one that runs."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        with self._acting:
            pass

    def _run(self) -> None:
        with self._acting:
            with self._lock:
                if self._timer is not threading.current_thread():
                    return  # stopped while it was about to begin
                self._timer = None
            try:
                self._act()
            except Exception as error:  # noqa: BLE001  nobody waits here to hear it
                _log.error("what was to be done later failed", exc_info=error)
