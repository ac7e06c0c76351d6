"""One viewport: asks for its picture, copies it to the screen, draws the overlay, listens to hands.

What is drawn is always one picture with its own texts and marks. While the next one is on its way
the last stays for a moment; then the viewport says that it is loading, so that an old picture
never stands for a new one.

Units:   logical pixels; the picture is asked for in device pixels.
"""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from workstation.errors import calm
from workstation.measurement import Length
from workstation.ui.contracts import Picture, Reading, Shown, Unshowable, Waiting
from workstation.ui.controls import plain
from workstation.ui.stacks import stack_of
from workstation.ui.theme import PALETTE
from workstation.ui.viewports.blit import blit, device_size
from workstation.ui.viewports.hands import LENGTH, Hands
from workstation.ui.viewports.marks import draw_marks
from workstation.ui.viewports.overlay import badge_boxes, draw_frame, draw_message, draw_overlay
from workstation.ui.viewports.page import PageState

_log = logging.getLogger(__name__)

GRACE: Final = 150  # milliseconds that the last picture may stay for the next one


class Viewport(QWidget):
    """A pane of the grid; ``touched`` when a hand wants it to be the active one."""

    touched = Signal(int)
    dropped = Signal(int, str)  # pane, stack

    def __init__(self, pane: int, page: PageState, parent: QWidget) -> None:
        super().__init__(parent)
        self.pane = pane
        self._page = page
        self._reading: Reading | None = None
        self._picture: Picture = Waiting()
        self._stale = True
        self._draft: Length | None = None
        self._hands = Hands(self, page)
        self._grace = QTimer(self, singleShot=True, interval=GRACE)
        self._grace.timeout.connect(self._give_up_waiting)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(f"Viewport {pane + 1}")
        page.changed.connect(self._follow_page)

    @property
    def reading(self) -> Reading:
        """Return the open study."""
        assert self._reading is not None  # noqa: S101  gestures begin only on a picture
        return self._reading

    @property
    def shown(self) -> Shown:
        """Return the picture that is on the screen."""
        assert isinstance(self._picture, Shown)  # noqa: S101  gestures begin only on a picture
        return self._picture

    @property
    def picture(self) -> Picture:
        """Return what is on the screen: a picture, or why there is none."""
        return self._picture

    @property
    def waits(self) -> bool:
        """Return whether another picture is on its way."""
        return self._grace.isActive() or isinstance(self._picture, Waiting)

    @property
    def ratio(self) -> float:
        """Return how many device pixels a logical pixel has."""
        return self.devicePixelRatioF()

    @property
    def draft(self) -> Length | None:
        """Return the length that is being drawn or moved."""
        return self._draft

    @draft.setter
    def draft(self, mark: Length | None) -> None:
        self._draft = mark
        self.update()

    def choose(self, mark_id: str) -> None:
        """Make a mark the chosen one."""
        self._page.choose(mark_id)

    def set_reading(self, reading: Reading | None) -> None:
        """Show something of another study, or nothing."""
        self._hands.cancel()
        self._reading = reading
        self._picture = Waiting()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the picture again before the next painting."""
        self._stale = True
        self.update()

    def cancel(self) -> bool:
        """End the gesture under way without a trace; False if there is none."""
        return self._hands.cancel()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Copy the picture and draw what belongs to it."""
        if self._stale:
            self._take()
        painter = QPainter(self)
        area = QRectF(self.rect())
        match self._picture:
            case Shown():
                self._paint_picture(painter, area, self._picture)
            case Waiting(text):
                painter.fillRect(area, QColor(PALETTE.image))
                draw_message(painter, area, text if self._stack() else "", PALETTE.secondary)
            case Unshowable(reason):
                painter.fillRect(area, QColor(PALETTE.image))
                draw_message(painter, area, self._refusal(reason), PALETTE.attention)
        draw_frame(painter, area, active=self._page.active == self.pane, has_keys=self._page.has_keys)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a picture of the new size."""
        super().resizeEvent(event)
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """Tell what a badge means; ask for another picture on a screen of another density."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hint = self.hint_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain(hint), self) if hint else QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.refresh()
        return super().event(event)

    def hint_at(self, at: QPointF) -> str:
        """Return the sentence behind the badge at a place, "" if there is none."""
        if not isinstance(self._picture, Shown):
            return ""
        boxes = badge_boxes(QRectF(self.rect()), self._picture, texts=self._texts())
        return next((badge.hint for badge, box in boxes if box.contains(at)), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make this the active viewport and begin a gesture."""
        self.touched.emit(self.pane)
        if isinstance(self._picture, Shown):
            self._hands.press(event.button(), event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show this viewport alone, or all again."""
        self.touched.emit(self.pane)
        if isinstance(self._picture, Shown):
            self._hands.double_click(event.button(), event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the gesture."""
        self._hands.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self._hands.release(event.button(), event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Forget half a notch of the wheel."""
        self._hands.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn images."""
        delta = event.angleDelta().y() or event.angleDelta().x()  # with Shift some systems turn it sideways
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._stack() and (isinstance(self._picture, Shown) or not zooms):
            self._hands.turn_wheel(delta, event.position(), event.modifiers())
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let a series be dropped here."""
        if stack_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the series that was dropped."""
        event.acceptProposedAction()
        self.touched.emit(self.pane)
        self.dropped.emit(self.pane, stack_of(event.mimeData()))

    def _follow_page(self) -> None:
        drawing = self._page.tool == LENGTH
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)
        self.update()

    def _take(self) -> None:
        """Ask for the picture; keep the last one for a moment if the next is on its way."""
        self._stale = False
        new = self._ask()
        if isinstance(new, Waiting) and isinstance(self._picture, Shown):
            self._grace.start()
            return
        self._grace.stop()
        self._picture = new

    def _ask(self) -> Picture:
        if self._reading is None or not self._stack():
            return Waiting("")
        try:
            return self._reading.picture(self.pane, *device_size(self))
        except Exception as error:  # noqa: BLE001  no picture may take the window with it
            _log.error("a picture failed: %s", type(error).__name__)
            return Unshowable(calm(error))

    def _give_up_waiting(self) -> None:
        self._picture = self._ask()
        self.update()

    def _paint_picture(self, painter: QPainter, area: QRectF, shown: Shown) -> None:
        blit(painter, shown.pixels)
        draw_overlay(painter, area, shown, ratio=self.ratio, texts=self._texts())
        marks = {mark.id: mark for mark in self.reading.screen.marks.values()}
        if self._draft is not None:
            marks[self._draft.id] = self._draft
        draw_marks(painter, area, marks.values(), shown, ratio=self.ratio, chosen=self._page.mark)

    def _refusal(self, reason: str) -> str:
        """Say which image is missing here: the texts that would say so stand over pictures only."""
        state = self.reading.screen.viewport(self.pane)
        count = self.reading.screen.stacks.get(state.stack, 0)
        return f"Image {state.index + 1} of {count} cannot be displayed: {reason}"

    def _stack(self) -> str:
        return self._reading.screen.viewport(self.pane).stack if self._reading else ""

    def _texts(self) -> bool:
        return self.reading.screen.viewport(self.pane).texts
