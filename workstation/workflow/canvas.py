"""What one viewport has drawn last, so that a window drag repeats only what it must."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.rendering import Placement, Plane, Sampled, resample
from workstation.viewing import ViewportState
from workstation.workflow.picturing import Frame, finish, place, planes_of


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A frame at the viewport's own pixels."""

    uid: str
    number: int
    placement: Placement
    sampled: Sampled
    planes: tuple[Plane, ...]

    def fits(self, frame: Frame, placement: Placement) -> bool:
        return (self.uid, self.number, self.placement) == (frame.record.uid, frame.number, placement)


class Canvas:
    """Draws for one viewport; keeps the last frame as it was sampled."""

    def __init__(self) -> None:
        self._laid: _Laid | None = None

    def draw(self, frame: Frame, state: ViewportState, width: int, height: int) -> NDArray[np.uint8]:
        """Return the viewport's device pixels."""
        placement = place(frame, state.camera, width, height)
        laid = self._laid
        if laid is None or not laid.fits(frame, placement):
            sampled = resample(frame.picture(), placement)
            laid = _Laid(frame.record.uid, frame.number, placement, sampled, planes_of(frame, placement))
            self._laid = laid
        return finish(frame, laid.sampled, laid.planes, state.window, inverted=state.invert)
