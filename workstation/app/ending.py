"""Ending in order when the system asks: at log-out, at shut-down, from a terminal.

Python runs its signal handlers between two of its own instructions; while Qt waits for events there
are none, so a timer makes some.
"""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from workstation.ui.main_window import MainWindow

_LOOK: Final = 250  # milliseconds


def end_when_asked(window: MainWindow) -> None:
    """Close the window at SIGTERM, SIGINT and (where there is one) SIGHUP; nobody is there to be asked."""

    def close(_number: int, _frame: FrameType | None) -> None:
        window.leave()
        QApplication.quit()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), close)
    timer = QTimer(window, interval=_LOOK)
    timer.timeout.connect(lambda: None)
    timer.start()
