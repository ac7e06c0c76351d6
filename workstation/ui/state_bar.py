"""The bar at the bottom: what the reader may want to be sure of, grey while all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.ui.contracts import StateItem, Tone
from workstation.ui.controls import Label, panel, plain
from workstation.ui.theme import STEP, FontSize
from workstation.ui.theme.sizes import STATE_BAR

_ROLES: Final = {
    Tone.PLAIN: "secondary",
    Tone.GOOD: "secondary",
    Tone.ATTENTION: "attention",
    Tone.FAULT: "fault",
}
_CLOCK: Final = 1000  # milliseconds between two looks at the clock


class StateBar(QWidget):
    """Items at the left, who reads and the local time at the right."""

    def __init__(self, now: Callable[[], datetime], reader: str) -> None:
        super().__init__()
        self._now = now
        self._items: dict[str, Label] = {}
        self._left = QHBoxLayout()
        self._left.setSpacing(6 * STEP)
        self._clock = Label(role="secondary", size=FontSize.CAPTION)
        self._lay_out(reader)
        self._tick()
        self._timer = QTimer(self, interval=_CLOCK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def set_item(self, item: StateItem) -> None:
        """Show an item, or what it says now; one without text goes."""
        label = self._items.get(item.name)
        if label is None:
            label = self._items[item.name] = Label(size=FontSize.CAPTION)
            self._left.addWidget(label)
        label.setText(item.text)
        label.set_role(_ROLES[item.tone])
        label.setToolTip(plain(item.hint))
        label.setVisible(bool(item.text))

    def text_of(self, name: str) -> str:
        """Return what an item says."""
        return self._items[name].text() if name in self._items else ""

    def _tick(self) -> None:
        self._clock.setText(self._now().astimezone().strftime("%H:%M"))

    def _lay_out(self, reader: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(6 * STEP)
        row.addLayout(self._left)
        row.addStretch(1)
        row.addWidget(Label(reader, role="secondary", size=FontSize.CAPTION))
        row.addWidget(self._clock)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("state-bar", row, margins=(4 * STEP, 0, 4 * STEP, 0)))
        self.setFixedHeight(STATE_BAR)
