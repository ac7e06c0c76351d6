"""Take files, folders, archives and media dropped anywhere on the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workstation.ui.theme import PALETTE, STEP, FontSize, font


class DropArea(QWidget):
    """A hint that lies over the window while something that could be imported is above it.

    ``dropped`` gets the paths. What is dragged inside the window (a series) is none of its business.
    """

    def __init__(self, window: QWidget, dropped: Callable[[Sequence[Path]], object]) -> None:
        super().__init__(window)
        self._window = window
        self._dropped = dropped
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is dragged over the window."""
        if watched is not self._window:
            return False
        if isinstance(event, QDragEnterEvent) and paths_of(event.mimeData()):
            event.acceptProposedAction()
            self._cover()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.hide()
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            return self._take(event)
        return False

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw a veil, a frame and one line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(PALETTE.window)
        veil.setAlphaF(0.93)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(4 * STEP, 4 * STEP, -4 * STEP, -4 * STEP)
        painter.setPen(QPen(QColor(PALETTE.accent), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, STEP, STEP)
        painter.setPen(QColor(PALETTE.text))
        painter.setFont(font(FontSize.TITLE))
        painter.drawText(frame.translated(0, -4 * STEP), Qt.AlignmentFlag.AlignCenter, "Drop to import")
        painter.setPen(QColor(PALETTE.secondary))
        painter.setFont(font())
        line = "Folders, files, zip archives and CDs; nothing leaves this computer."
        painter.drawText(frame.translated(0, 5 * STEP), Qt.AlignmentFlag.AlignCenter, line)

    def _cover(self) -> None:
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def _take(self, event: QDropEvent) -> bool:
        self.hide()
        paths = paths_of(event.mimeData())
        if not paths:
            return False
        event.acceptProposedAction()
        self._dropped(paths)
        return True


def paths_of(data: QMimeData) -> tuple[Path, ...]:
    """Return the files and folders that were dragged, none that lie elsewhere than on this computer."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
