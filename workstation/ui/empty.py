"""What stands where a list would be when there is nothing to list, with the way out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.controls import Button, Label
from workstation.ui.theme import STEP, FontSize


class Empty(QWidget):
    """A title, a line, and buttons."""

    def __init__(self, title: str, line: str, buttons: list[Button]) -> None:
        super().__init__()
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setSpacing(2 * STEP)
        column.addStretch(2)
        self.title = Label(title, size=FontSize.TITLE)
        column.addWidget(self.title, 0, centre)
        self.line = Label(line, role="secondary", wrapped=True)
        self.line.setAlignment(centre)
        column.addWidget(self.line)
        column.addSpacing(2 * STEP)
        row = QHBoxLayout()
        row.setSpacing(2 * STEP)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)

    def say(self, title: str, line: str) -> None:
        """Say something else."""
        self.title.setText(title)
        self.line.setText(line)
