"""Choose how many viewports: a small grid of squares, by pointer or arrows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workstation.ui.theme import PALETTE, STEP, font, mix

LARGEST: Final = 3
_CELL: Final = 36
_GAP: Final = STEP
_TEXT: Final = 24
_SIDE: Final = LARGEST * _CELL + (LARGEST - 1) * _GAP
_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class LayoutPicker(QWidget):
    """A popup; ``picked`` with rows and columns."""

    picked = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Layout: rows and columns of viewports")
        self.setFixedSize(_SIDE + 4 * STEP, _SIDE + 4 * STEP + _TEXT)
        self.setMouseTracking(True)
        self._rows, self._columns = 1, 1

    def open_at(self, place: QPoint, rows: int, columns: int) -> None:
        """Open with the present layout marked."""
        self._rows, self._columns = rows, columns
        self.move(place)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the squares and what they stand for."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(PALETTE.raised))
        painter.setPen(QColor(PALETTE.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        for row in range(LARGEST):
            for column in range(LARGEST):
                chosen = row < self._rows and column < self._columns
                fill = mix(PALETTE.accent, PALETTE.panel, 0.4) if chosen else PALETTE.panel
                painter.setPen(QColor(PALETTE.accent if chosen else PALETTE.line))
                painter.setBrush(QColor(fill))
                painter.drawRect(_cell(row, column))
        painter.setPen(QColor(PALETTE.text))
        painter.setFont(font())
        words = self.rect().adjusted(0, self.height() - _TEXT - STEP, 0, -STEP)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, f"{self._rows} × {self._columns}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark what lies under the pointer."""
        at = event.position()
        self._mark(
            int((at.y() - 2 * STEP) // (_CELL + _GAP)) + 1, int((at.x() - 2 * STEP) // (_CELL + _GAP)) + 1
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick what is marked."""
        if self.rect().contains(event.position().toPoint()):
            self._pick()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark by arrows or a digit, pick by Enter."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            down, across = _STEPS[key]
            self._mark(self._rows + down, self._columns + across)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick()
        else:
            super().keyPressEvent(event)

    def _mark(self, rows: int, columns: int) -> None:
        self._rows, self._columns = min(max(rows, 1), LARGEST), min(max(columns, 1), LARGEST)
        self.update()

    def _pick(self) -> None:
        self.close()
        self.picked.emit(self._rows, self._columns)


def _cell(row: int, column: int) -> QRect:
    step = _CELL + _GAP
    return QRect(2 * STEP + column * step, 2 * STEP + row * step, _CELL - 1, _CELL - 1)
