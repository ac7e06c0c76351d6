"""The search field above the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from workstation.ui.controls import ENTER_KEYS, kept, plain
from workstation.ui.theme import font

_WIDTH: Final = 420
LEAST: Final = 80


class Search(QLineEdit):
    """Says ``left`` when Down goes on to the list, and ``entered`` when Enter asks for what was found."""

    left = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Search name, ID, accession, description")
        self.setAccessibleName("Search studies")
        self.setToolTip(plain("Search (Ctrl F)"))
        self.setFont(font())
        self.setClearButtonEnabled(False)
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(_WIDTH)
        self.setMaxLength(200)

    def sizeHint(self) -> QSize:
        """Ask for the drawn width."""
        return QSize(_WIDTH, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Keep Enter, which elsewhere on the page opens the study."""
        return kept(event, ENTER_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keys to the list; the key that leads here leads nowhere from here."""
        if event.text() == "/" and not self.text():
            return
        if event.key() == Qt.Key.Key_Down:
            self.left.emit()
        elif event.key() in ENTER_KEYS:
            self.entered.emit()
        else:
            super().keyPressEvent(event)
