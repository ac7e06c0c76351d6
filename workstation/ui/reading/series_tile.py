"""One series in the column: a still, how much of it is here and seen, its name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from workstation.ui.contracts import SeriesRow, StackShare
from workstation.ui.controls import Label, plain
from workstation.ui.pictures import Still
from workstation.ui.stacks import carrying
from workstation.ui.theme import PALETTE, STEP, FontSize
from workstation.ui.theme.sizes import THUMBNAIL
from workstation.ui.wording import counted, shortened

_BAR: Final = 3
_OPEN_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_STEP_KEYS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ShareBar(QWidget):
    """How much is seen (good) of what is ready (line) of all there is."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(THUMBNAIL, _BAR)
        self._share = StackShare(1, 0, 0)

    def show_share(self, share: StackShare) -> None:
        """Show these amounts."""
        self._share = share
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw one bar upon the other."""
        painter = QPainter(self)
        whole = max(self._share.count, 1)
        for part, colour in (
            (whole, PALETTE.raised),
            (self._share.ready, PALETTE.disabled),
            (self._share.seen, PALETTE.good),
        ):
            width = round(self.width() * min(part / whole, 1.0))
            painter.fillRect(QRect(0, 0, width, _BAR), QColor(colour))


class SeriesTile(QWidget):
    """Says ``opened`` with its stack, ``stepped`` when the keys go to a neighbour."""

    opened = Signal(str)
    stepped = Signal(int)

    def __init__(self, series: SeriesRow) -> None:
        super().__init__()
        self.stack = series.key
        self.still = Still(THUMBNAIL)
        self.bar = ShareBar()
        self._pressed: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2 * STEP)
        column.setSpacing(2)
        column.addWidget(self.still)
        column.addWidget(self.bar)
        column.addSpacing(2)
        size = FontSize.CAPTION
        self._label = Label(size=size, wrapped=True)
        self._count = Label(role="secondary", size=size)
        self._note = Label(size=size, wrapped=True)
        for label in (self._label, self._count, self._note):
            column.addWidget(label)
        self.setFixedWidth(THUMBNAIL)
        self.describe(series)

    def describe(self, series: SeriesRow) -> None:
        """Say what the series is, and how many images it has by now."""
        self.setAccessibleName(f"{series.label}, {series.count} images. {series.note}".strip())
        hint = f"{series.label} · {series.note}" if series.note else series.label
        self.setToolTip(plain(f"{hint}\nDouble click, Enter or drag to show it"))
        self._label.setText(shortened(series.label))
        self._count.setText(counted(series.count, "image"))
        self._note.setText(series.note)
        self._note.set_role("attention" if series.displayable else "fault")
        self._note.setVisible(bool(series.note))

    def set_chosen(self, chosen: bool) -> None:
        """Show that the active viewport has this series."""
        self.still.set_chosen(chosen)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the keys."""
        super().focusInEvent(event)
        self.still.set_ring(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.still.set_ring(False)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _OPEN_KEYS or key in _STEP_KEYS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the series, or go to its neighbour."""
        key = Qt.Key(event.key())
        if key in _OPEN_KEYS:
            self.opened.emit(self.stack)
        elif key in _STEP_KEYS:
            self.stepped.emit(_STEP_KEYS[key])
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:
        """Show the series in the active viewport."""
        self._pressed = None
        self.opened.emit(self.stack)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a drag may begin."""
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the series to a viewport."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._pressed = None
            drag = QDrag(self)
            drag.setMimeData(carrying(self.stack))
            drag.setPixmap(self.still.grab())
            drag.exec(Qt.DropAction.CopyAction)
