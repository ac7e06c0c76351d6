"""Say who kept the main thread from answering: for debug builds and tests.

A thread asks the main thread for a sign of life and looks at its stack when none comes. The stack
holds places in the code and no values, so it may be logged.

Units:   seconds.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

PATIENCE: Final = 0.05  # a hand feels the window stick beyond this
_PAUSE: Final = 0.02  # between two questions
_FRAMES: Final = 8  # of the stack, the innermost

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stall:
    """One time that the main thread did not answer."""

    seconds: float
    stack: str


def log_stall(stall: Stall) -> None:
    """Write a stall to the log."""
    _log.warning("the window stood still for %.0f ms in\n%s", stall.seconds * 1000, stall.stack)


class Watchdog(QObject):
    """Watches the thread that it is made on, from start to stop."""

    _asked = Signal()

    def __init__(self, tell: Callable[[Stall], object] = log_stall, *, patience: float = PATIENCE) -> None:
        super().__init__()
        self._tell = tell
        self._patience = patience
        self._alive = threading.Event()
        self._stop = threading.Event()
        self._watched = threading.get_ident()
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._alive.set()
        self._thread.join()

    def _answer(self) -> None:
        self._alive.set()

    def _watch(self) -> None:
        while not self._stop.wait(_PAUSE):
            self._alive.clear()
            started = time.monotonic()
            self._asked.emit()
            if self._alive.wait(self._patience):
                continue
            stack = self._stack()
            self._alive.wait()
            if not self._stop.is_set():
                self._tell(Stall(time.monotonic() - started, stack))

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001  the documented way to see a thread
        return "".join(traceback.format_stack(frame, limit=_FRAMES)) if frame else "(not in Python)"
