"""Everything about one delivery, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.contracts import DeliveryState, OutboxRow
from workstation.ui.controls import Button, Label
from workstation.ui.network.wording import clock_time, elapsed, needs, size_text, state_text, title, way
from workstation.ui.theme import STEP
from workstation.ui.wording import counted

_FACTS = ("State", "Made", "Tries", "Size")


class OutboxDetails(QWidget):
    """Shows one delivery; its buttons are the panel's actions."""

    def __init__(self, retry: QAction, give_up: QAction, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._row: OutboxRow | None = None
        self._actions = retry, give_up
        self._title = Label(strong=True, wrapped=True)
        self._way = Label(role="secondary", wrapped=True)
        self._needs = Label(wrapped=True)
        self._error = Label(role="attention", wrapped=True)
        self._facts = {name: Label(wrapped=True) for name in _FACTS}
        self.retry_button = Button("Retry", key="R", hint="Send it again now (R)")
        self.give_up_button = Button(
            "Give up…", key="G", hint="Don't deliver it, for a reason that is kept (G)"
        )
        self.retry_button.clicked.connect(retry.trigger)
        self.give_up_button.clicked.connect(give_up.trigger)
        self._lay_out()

    def show_row(self, row: OutboxRow | None) -> None:
        """Show a delivery; None shows nothing."""
        self._row = row
        self.setVisible(row is not None)
        for action, button, allowed in zip(
            self._actions, (self.retry_button, self.give_up_button), _allowed(row), strict=True
        ):
            action.setEnabled(allowed)
            button.setVisible(allowed)
        self.retry_button.rename("Send after all" if _is_given_up(row) else "Retry")
        if row is not None:
            self._title.setText(title(row))
            self._way.setText(way(row))
            self._say(self._needs, needs(row))
            self._say(self._error, row.error)
            self._error.set_role("fault" if row.needs_person else "attention")
            self._facts["Size"].setText(_size(row))
            self.tick()

    def tick(self) -> None:
        """Let ages and countdowns go on."""
        row, now = self._row, self._now()
        if row is None:
            return
        self._facts["State"].setText(state_text(row, now))
        made = f"{clock_time(row.created, now)}, {elapsed(now - row.created)} ago"
        self._facts["Made"].setText(made)
        last = f", the last {elapsed(now - row.changed)} ago" if row.changed and row.attempts else ""
        self._facts["Tries"].setText(f"{row.attempts}{last}" if row.attempts else "none yet")

    def _say(self, label: Label, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * STEP)
        grid.setVerticalSpacing(STEP)
        grid.setColumnStretch(1, 1)
        for number, (name, label) in enumerate(self._facts.items()):
            grid.addWidget(Label(name, role="secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, number, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * STEP)
        buttons.addWidget(self.retry_button)
        buttons.addWidget(self.give_up_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * STEP, 3 * STEP, 4 * STEP, 3 * STEP)
        column.setSpacing(STEP)
        column.addWidget(self._title)
        column.addWidget(self._way)
        column.addSpacing(STEP)
        column.addLayout(grid)
        column.addWidget(self._error)
        column.addWidget(self._needs)
        column.addSpacing(STEP)
        column.addLayout(buttons)
        column.addStretch(1)


def _allowed(row: OutboxRow | None) -> tuple[bool, bool]:
    """Return whether it can be sent again, and given up; what is under way can be neither."""
    can = row is not None and row.is_unsent and row.state is not DeliveryState.SENDING
    return can or _is_given_up(row), can


def _is_given_up(row: OutboxRow | None) -> bool:
    return row is not None and row.state is DeliveryState.CLOSED


def _size(row: OutboxRow) -> str:
    return (
        f"{size_text(row.size)} in {counted(row.count, row.kind)}" if row.count > 1 else size_text(row.size)
    )
