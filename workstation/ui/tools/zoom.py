"""Zoom: up is larger; what lay under the pointer when the button went down stays there.

Units:   a drag of ``DOUBLING`` logical pixels doubles the size; so do four notches of the wheel.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF

from workstation.ui.tools.stage import WHO, Stage, device, gesture
from workstation.viewing import Camera, commands

DOUBLING: Final = 160.0
NOTCH: Final = 2**0.25


class ZoomDrag:
    """A drag that enlarges or shrinks the picture."""

    def __init__(self, stage: Stage, at: QPointF) -> None:
        self._stage = stage
        self._from = at
        self._about = device(at, stage)
        self._fit = stage.shown.fit
        self._start = stage.reading.screen.viewport(stage.pane).camera
        self._gesture = gesture()

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        factor = 2 ** ((self._from.y() - at.y()) / DOUBLING)
        self._look(self._fit.zoomed(self._start, factor, self._about))

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


def zoom_by_wheel(stage: Stage, at: QPointF, notches: float) -> None:
    """Enlarge (or shrink) about the pointer."""
    commands.zoom(
        stage.reading.screen,
        pane=stage.pane,
        fit=stage.shown.fit,
        factor=NOTCH**notches,
        about=device(at, stage),
        who=WHO,
    )
