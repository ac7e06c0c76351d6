"""Pan: the picture follows the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from workstation.ui.tools.stage import WHO, Stage, gesture
from workstation.viewing import Camera, commands


class PanDrag:
    """A drag that moves the picture."""

    def __init__(self, stage: Stage, at: QPointF) -> None:
        self._stage = stage
        self._from = at
        self._fit = stage.shown.fit
        self._start = stage.reading.screen.viewport(stage.pane).camera
        self._gesture = gesture()

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        moved = (at - self._from) * self._stage.ratio
        self._look(self._fit.panned(self._start, moved.x(), moved.y()))

    def release(self, at: QPointF) -> bool:
        """End; the picture stays."""
        self.move(at)
        return True

    def cancel(self) -> None:
        """Put the picture back."""
        self._look(self._start)

    def _look(self, camera: Camera) -> None:
        screen, pane = self._stage.reading.screen, self._stage.pane
        commands.set_camera(screen, pane=pane, camera=camera, who=WHO, gesture=self._gesture)
