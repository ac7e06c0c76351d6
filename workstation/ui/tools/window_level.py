"""Window and level: to the right is wider, down is darker."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from workstation.ui.tools.stage import WHO, Stage, gesture
from workstation.viewing import commands


class WindowDrag:
    """A drag that changes the window; a picture without one, such as colour, stays as it is."""

    def __init__(self, stage: Stage, at: QPointF) -> None:
        self._stage = stage
        self._from = at
        self._start = stage.reading.screen.viewport(stage.pane).window
        self._range = stage.reading.data_range(stage.pane)
        self._gesture = gesture()

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        if self._start is None:
            return
        moved = at - self._from
        commands.drag_window(
            self._stage.reading.screen,
            pane=self._stage.pane,
            start=self._start,
            moved=(moved.x(), moved.y()),
            data_range=self._range,
            who=WHO,
            gesture=self._gesture,
        )

    def release(self, at: QPointF) -> bool:
        """End; the window stays. A click that did not move leaves its name on the window."""
        if at != self._from:
            self.move(at)
        return True

    def cancel(self) -> None:
        """Put the window back."""
        commands.set_window(
            self._stage.reading.screen,
            pane=self._stage.pane,
            window=self._start,
            who=WHO,
            gesture=self._gesture,
        )
