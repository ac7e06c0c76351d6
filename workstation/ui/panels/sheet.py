"""A sheet that lies over the window until a key or a click beside it puts it away."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


class Sheet(QWidget):
    """Centred in its parent; takes the keys and gives them back to who had them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._had_keys: QWidget | None = None
        self._host = parent
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it, in front of all else; put it away if it is shown already."""
        if self.isVisible():
            self.close_sheet()
            return
        self._had_keys = QApplication.focusWidget()
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        _application().installEventFilter(self)

    def close_sheet(self) -> None:
        """Put it away."""
        _application().removeEventFilter(self)
        self.hide()
        if self._had_keys is not None:
            self._had_keys.setFocus(Qt.FocusReason.PopupFocusReason)
        self._had_keys = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with any key but the ones that only go with others."""
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.close_sheet()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with a click beside it; stay in the middle of the parent."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        if self.isVisible() and isinstance(event, QMouseEvent) and _pressed(event):
            beside = not self.rect().contains(self.mapFromGlobal(event.globalPosition().toPoint()))
            if beside and isinstance(watched, QWidget):
                self.close_sheet()
                return True
        return False

    def _place(self) -> None:
        across, down = self._host.width() - self.width(), self._host.height() - self.height()
        self.move(across // 2, max(down // 3, 0))


def _application() -> QCoreApplication:
    running = QCoreApplication.instance()
    assert running is not None  # noqa: S101  there is one, or there would be no widget
    return running


def _pressed(event: QMouseEvent) -> bool:
    return event.type() == QEvent.Type.MouseButtonPress
