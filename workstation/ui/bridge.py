"""Carry an event from whatever thread it happens on to the main thread, where widgets live.

``events.Signal`` calls its listeners on the thread that emits. A widget may only be touched on the
main thread, so it listens through a relay: the value waits in Qt's queue and arrives there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from workstation import events

T = TypeVar("T")


class _Relay(QObject):
    """One connection; it lives as long as the widget that it belongs to."""

    arrived = Signal(object)

    def __init__(self, owner: QObject, listener: Callable[[Any], object]) -> None:
        super().__init__(owner)
        self._listener = listener
        self.arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def hear(self, value: object) -> None:
        """Take a value on any thread."""
        self.arrived.emit(value)

    def _tell(self, value: object) -> None:
        self._listener(value)


def listen(signal: events.Signal[T], listener: Callable[[T], object], owner: QObject) -> None:
    """Let ``listener`` hear an event on the main thread for as long as ``owner`` lives."""
    relay = _Relay(owner, listener)
    signal.connect(relay.hear)
    owner.destroyed.connect(lambda: signal.disconnect(relay.hear))
