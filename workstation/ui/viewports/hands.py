"""Which gesture a button, a wheel or a double click begins in a viewport.

The left button has the chosen tool, the right zooms, the middle pans; a mark under the pointer is
chosen, and moved where that cannot be an accident: with the length tool, or once it is chosen.

Units:   points in logical pixels of the viewport.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from PySide6.QtCore import QPointF, Qt

from workstation.ui.marks import hit
from workstation.ui.tools import (
    Drag,
    LengthDrag,
    MarkDrag,
    PanDrag,
    ScrollDrag,
    Stage,
    Wheel,
    WindowDrag,
    ZoomDrag,
    zoom_by_wheel,
)
from workstation.ui.tools.stage import WHO
from workstation.viewing import commands

LENGTH: Final = "tool-length"
FAST: Final = 10  # images for one notch with Shift
TOOLS: Final[Mapping[str, Callable[[Stage, QPointF], Drag]]] = {
    "tool-window": WindowDrag,
    "tool-pan": PanDrag,
    "tool-zoom": ZoomDrag,
    "tool-scroll": ScrollDrag,
    LENGTH: LengthDrag,
}
_BUTTONS: Final = {Qt.MouseButton.RightButton: "tool-zoom", Qt.MouseButton.MiddleButton: "tool-pan"}


class Chosen(Protocol):
    """What all viewports of a page have in common."""

    tool: str  # the command of the left button's tool
    mark: str  # the id of the chosen mark, "" for none


class Hands:
    """The gestures of one viewport."""

    def __init__(self, stage: Stage, chosen: Chosen) -> None:
        self._stage = stage
        self._chosen = chosen
        self._drag: Drag | None = None
        self._button = Qt.MouseButton.NoButton
        self._wheel = Wheel()

    @property
    def busy(self) -> bool:
        """Return whether a gesture is under way, with or without a button held."""
        return self._drag is not None

    def press(self, button: Qt.MouseButton, at: QPointF) -> None:
        """Begin what this button does; a second button meanwhile is ignored."""
        if self._drag is not None:
            return
        name = self._chosen.tool if button == Qt.MouseButton.LeftButton else _BUTTONS.get(button)
        if name is None:
            return
        self._button = button
        if button == Qt.MouseButton.LeftButton:
            self._drag = self._mark_drag(at)
        self._drag = self._drag or TOOLS[name](self._stage, at)

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        if self._drag is not None:
            self._drag.move(at)

    def release(self, button: Qt.MouseButton, at: QPointF) -> None:
        """End the gesture of this button."""
        if self._drag is not None and button == self._button and self._drag.release(at):
            self._drag = None

    def double_click(self, button: Qt.MouseButton, at: QPointF) -> None:
        """Show this viewport alone, or all again; with the length tool it is one more click."""
        if button != Qt.MouseButton.LeftButton or self._chosen.tool == LENGTH or self.busy:
            self.press(button, at)
            return
        commands.toggle_maximised(self._stage.reading.screen, pane=self._stage.pane, who=WHO)

    def turn_wheel(self, delta: float, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Turn images; with Ctrl zoom, with Shift go fast. Towards the hand is on."""
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            zoom_by_wheel(self._stage, at, delta / 120)
            return
        notches = self._wheel.notches(delta)
        if notches:
            steps = -notches * (FAST if modifiers & Qt.KeyboardModifier.ShiftModifier else 1)
            commands.scroll(self._stage.reading.screen, pane=self._stage.pane, steps=steps, who=WHO)

    def leave(self) -> None:
        """Forget half a notch when the pointer goes."""
        self._wheel.forget()

    def cancel(self) -> bool:
        """Leave everything as it was before the gesture; False if there was none."""
        if self._drag is None:
            return False
        self._drag.cancel()
        self._drag = None
        return True

    def _mark_drag(self, at: QPointF) -> Drag | None:
        """Choose what is under the pointer, and take hold of it where that is meant."""
        stage = self._stage
        found = hit(stage.reading.screen.marks.values(), at, stage.shown, stage.ratio)
        meant = found is not None and (self._chosen.tool == LENGTH or found.mark.id == self._chosen.mark)
        stage.choose(found.mark.id if found else "")
        return MarkDrag(stage, at, found.mark, found.part) if found and meant else None
