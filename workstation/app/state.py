"""What the state bar says of the store: which one it is, and how full the disk is allowed to get."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer

from workstation.app.window_desk import WindowDesk
from workstation.errors import LumenError
from workstation.ui.contracts import StateItem, Tone
from workstation.ui.state_bar import StateBar
from workstation.workflow import Desk, Room, room_of

_EVERY: Final = 5_000  # milliseconds
_FULL: Final = 0.9


class StateItems:
    """Keeps the state bar true."""

    def __init__(self, desk: WindowDesk, bar: StateBar) -> None:
        self._desk = desk
        self._bar = bar
        self._timer = QTimer(bar, interval=_EVERY)
        self._timer.timeout.connect(self.tell)
        self._timer.start()

    def stop(self) -> None:
        """Say nothing more."""
        self._timer.stop()

    def tell(self) -> None:
        """Say how it stands."""
        desk = self._desk.desk
        if desk is None:
            return
        self._bar.set_item(_which(desk))
        try:
            self._bar.set_item(_cache(room_of(desk)))
        except LumenError:
            self._bar.set_item(StateItem("cache", "store unreadable", Tone.FAULT))


def _which(desk: Desk) -> StateItem:
    if desk.is_demo:
        return StateItem("store", "Demonstration", hint="Invented patients; your own studies never go here.")
    return StateItem("store", "Own studies", hint="Encrypted on this computer.")


def _cache(room: Room) -> StateItem:
    if room.trouble:
        return StateItem("cache", room.trouble, Tone.FAULT)
    text = f"Store {100 * room.used / room.quota:.0f} % of {room.quota / (1 << 30):.0f} GB"
    return StateItem("cache", text, Tone.ATTENTION if room.used > _FULL * room.quota else Tone.PLAIN)
