"""Scroll: through the stack, by the wheel or by a drag.

A wheel of fine steps, or a touch pad, turns an image only when a whole notch has come together,
so that no image is skipped and none is turned by a trembling finger.

Units:   eighths of a degree for the wheel, as Qt has it: a notch of a plain mouse is 120.
"""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF

from workstation.ui.tools.stage import WHO, Stage
from workstation.viewing import commands

NOTCH: Final = 120.0
FASTEST: Final = 3.0  # logical pixels of a drag for one image, at the least …
SLOWEST: Final = 20.0  # … and at the most
_WAY: Final = 500.0  # a drag this long goes through a stack of middle size


class ScrollDrag:
    """A drag that turns images: down is on, up is back."""

    def __init__(self, stage: Stage, at: QPointF) -> None:
        self._stage = stage
        self._from = at
        state = stage.reading.screen.viewport(stage.pane)
        self._start = state.index
        images = stage.reading.screen.stacks.get(state.stack, 1)
        self._step = min(max(_WAY / images, FASTEST), SLOWEST)

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        self._go(self._start + round((at.y() - self._from.y()) / self._step))

    def release(self, at: QPointF) -> bool:
        """End; the image stays."""
        self.move(at)
        return True

    def cancel(self) -> None:
        """Go back to where it began."""
        self._go(self._start)

    def _go(self, index: int) -> None:
        screen, pane = self._stage.reading.screen, self._stage.pane
        commands.go_to(screen, pane=pane, index=max(index, 0), who=WHO)


class Wheel:
    """Counts whole notches out of fine steps; turning round starts anew."""

    def __init__(self) -> None:
        self._rest = 0.0

    def notches(self, delta: float) -> int:
        """Return how many whole notches have come together, away from the hand positive."""
        if self._rest * delta < 0:
            self._rest = 0.0
        self._rest += delta
        whole = math.trunc(self._rest / NOTCH)
        self._rest -= whole * NOTCH
        return whole

    def forget(self) -> None:
        """Start anew, as when the pointer goes to another viewport."""
        self._rest = 0.0
