"""What the dialogs have in common: a title, a column of things, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.controls import Button, Label
from workstation.ui.theme import STEP, FontSize

WIDTH = 480


class Dialog(QDialog):
    """A question with one answer that Enter gives and one that Esc gives."""

    def __init__(self, title: str, text: str, *, accept: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setFixedWidth(WIDTH)
        self.column = QVBoxLayout()
        self.column.setSpacing(3 * STEP)
        self.accept_button = Button(accept, kind="primary", key="Enter")
        self.reject_button = Button("Cancel", key="Esc")
        self.accept_button.clicked.connect(self.accept)
        self.reject_button.clicked.connect(self.reject)
        self._buttons = QHBoxLayout()
        self._lay_out(title, text)

    def add_button(self, button: Button) -> None:
        """Put another answer beside the two."""
        self._buttons.insertWidget(1, button)

    def fit(self) -> None:
        """Be as high as the wrapped texts ask for; Qt's own guess takes them for wider than they are."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))

    def showEvent(self, event: QShowEvent) -> None:
        """Be high enough from the first."""
        self.fit()
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter give the answer, when it may be given."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.accept_button.isEnabled():
                self.accept()
            return
        super().keyPressEvent(event)

    def _lay_out(self, title: str, text: str) -> None:
        buttons = self._buttons
        buttons.addStretch(1)
        buttons.addWidget(self.reject_button)
        buttons.addWidget(self.accept_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(6 * STEP, 6 * STEP, 6 * STEP, 4 * STEP)
        outer.setSpacing(4 * STEP)
        outer.addWidget(Label(title, size=FontSize.NAME, strong=True))
        outer.addWidget(Label(text, role="secondary", wrapped=True))
        outer.addLayout(self.column)
        outer.addSpacing(2 * STEP)
        outer.addLayout(buttons)
