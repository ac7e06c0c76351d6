"""What a tool needs of a viewport, and what a viewport needs of a tool.

Units:   points in logical pixels from the viewport's top left corner; ``ratio`` device pixels
         for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final, Protocol

from PySide6.QtCore import QPointF

from workstation.measurement import Length
from workstation.ui.contracts import Reading, Shown
from workstation.viewing import device_point

WHO: Final = "mouse"
_numbers: Iterator[int] = count(1)


class Stage(Protocol):
    """One viewport, as tools see it."""

    draft: Length | None  # a length that is being drawn or moved

    @property
    def reading(self) -> Reading:
        """Return the open study."""
        ...

    @property
    def pane(self) -> int:
        """Return the viewport's number."""
        ...

    @property
    def shown(self) -> Shown:
        """Return the picture that is on the screen."""
        ...

    @property
    def ratio(self) -> float:
        """Return how many device pixels a logical pixel has."""
        ...

    def choose(self, mark_id: str) -> None:
        """Make a mark the chosen one, "" for none."""
        ...


class Drag(Protocol):
    """One gesture, from the press of a button to its end."""

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        ...

    def release(self, at: QPointF) -> bool:
        """Take the button's release; True when the gesture has ended."""
        ...

    def cancel(self) -> None:
        """Leave everything as it was."""
        ...


def gesture() -> str:
    """Return a new name for all changes of one gesture, so that they are undone together."""
    return f"gesture {next(_numbers)}"


def device(at: QPointF, stage: Stage) -> tuple[float, float]:
    """Return a place in device pixels."""
    return device_point(at.x(), at.y(), stage.ratio)
