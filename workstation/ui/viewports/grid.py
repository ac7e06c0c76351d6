"""The image area: up to nine viewports, laid out as ``viewing`` says, with the keys for images."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from workstation.ui.contracts import Reading
from workstation.ui.theme import PALETTE
from workstation.ui.viewports.page import PageState
from workstation.ui.viewports.viewport import Viewport
from workstation.viewing import PANES, Change, LayoutChanged, MarkChanged, ViewportChanged, commands

LINE: Final = 1  # between two viewports
_WHO: Final = "mouse"


class ViewportGrid(QWidget):
    """Follows the screen of an open study; ``dropped`` when a series was put on a viewport."""

    dropped = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.page = PageState(self)
        self._reading: Reading | None = None
        self.viewports = [Viewport(pane, self.page, self) for pane in range(PANES)]
        for viewport in self.viewports:
            viewport.touched.connect(self._touch)
            viewport.dropped.connect(self.dropped)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Images")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._arrange()

    @property
    def active(self) -> Viewport:
        """Return the viewport that has the keys."""
        return self.viewports[self.page.active]

    def set_reading(self, reading: Reading | None) -> None:
        """Follow another study, or none."""
        if self._reading is not None:
            self._reading.screen.changed.disconnect(self._follow)
        self._reading = reading
        if reading is not None:
            reading.screen.changed.connect(self._follow)
        self.page.choose("")
        for viewport in self.viewports:
            viewport.set_reading(reading)
        self._arrange()

    def take_ready(self, stack: str) -> None:
        """Ask again for the pictures of a stack ("" for all) where they were on their way."""
        if self._reading is None:
            return
        for viewport, state in zip(self.viewports, self._reading.screen.viewports, strict=True):
            if stack in ("", state.stack) and viewport.waits:
                viewport.refresh()

    def cancel(self) -> bool:
        """End a gesture without a trace; False if there is none."""
        return any(viewport.cancel() for viewport in self.viewports)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the new size."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the lines between viewports."""
        QPainter(self).fillRect(self.rect(), QColor(PALETTE.line))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the images have the keys."""
        super().focusInEvent(event)
        self.page.set_keys(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the images have lost the keys."""
        super().focusOutEvent(event)
        self.page.set_keys(False)

    def _touch(self, pane: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._reading is not None and self._reading.screen.layout.active != pane:
            commands.activate(self._reading.screen, pane=pane, who=_WHO)

    def _follow(self, change: Change) -> None:
        """Redraw what a change of the screen concerns."""
        match change:
            case ViewportChanged():
                self.viewports[change.pane].refresh()
            case LayoutChanged():
                self._arrange()
            case MarkChanged(_, after):
                if after is None and change.target == self.page.mark:
                    self.page.choose("")
                self.page.changed.emit()
            case _:
                self._arrange()
                for viewport in self.viewports:
                    viewport.refresh()

    def _arrange(self) -> None:
        """Give each visible viewport its place."""
        if self._reading is None:
            for viewport in self.viewports:
                viewport.setVisible(viewport.pane == 0)
            self.viewports[0].setGeometry(self.rect())
            return
        layout = self._reading.screen.layout
        rows, columns = (1, 1) if layout.maximised else (layout.rows, layout.columns)
        for viewport in self.viewports:
            viewport.setVisible(viewport.pane in layout.visible)
        for pane in layout.visible:
            row, column = (0, 0) if layout.maximised else layout.place(pane)
            left, width = _share(self.width(), columns, column)
            top, height = _share(self.height(), rows, row)
            self.viewports[pane].setGeometry(left, top, width, height)
        self.page.set_active(layout.active)


def _share(length: int, parts: int, number: int) -> tuple[int, int]:
    """Return (start, length) of one of equal parts with a line between them."""
    room = length - LINE * (parts - 1)
    start = room * number // parts
    return start + number * LINE, max(room * (number + 1) // parts - start, 1)
