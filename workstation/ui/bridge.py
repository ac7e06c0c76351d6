"""Carry an event from whatever thread it happens on to the main thread, where widgets live.

``events.Signal`` calls its listeners on the thread that emits. A widget may only be touched on the
main thread, so it listens through a relay: the value waits in Qt's queue and arrives there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from workstation import events

T = TypeVar("T")


class Listening(QObject, Generic[T]):
    """One listener, heard on the main thread for as long as ``owner`` lives or until ``stop``."""

    _arrived = Signal(object)

    def __init__(self, signal: events.Signal[T], listener: Callable[[T], object], owner: QObject) -> None:
        super().__init__(owner)
        self._signal = signal
        self._listener: Callable[[Any], object] = listener
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        signal.connect(self._hear)
        owner.destroyed.connect(self.stop)

    def stop(self) -> None:
        """Hear nothing any more, not even what is on its way."""
        self._signal.disconnect(self._hear)
        self._listener = _ignore

    def _hear(self, value: T) -> None:
        self._arrived.emit(value)

    def _tell(self, value: object) -> None:
        self._listener(value)


def _ignore(_: object) -> None:
    """Hear nothing."""
