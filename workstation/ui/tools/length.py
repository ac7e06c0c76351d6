"""Length: press, drag, release; or click, move, click. Ends and whole lines can be moved.

While a hand is at it the line is a draft of the viewport; the screen's state, and with it whoever
keeps measurements, hears of it once, when it is done.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QPointF

from workstation.measurement import Length, Point
from workstation.ui.marks import Part, distance, image_point
from workstation.ui.tools.stage import WHO, Stage

STILL: Final = 4.0  # a release within this many logical pixels of the press was a click


class LengthDrag:
    """A new length."""

    def __init__(self, stage: Stage, at: QPointF) -> None:
        self._stage = stage
        self._from = at
        self._shown = stage.shown
        self._clicked = False
        start = image_point(at, self._shown, stage.ratio)
        self._mark = Length.drawn(
            self._shown.record, self._shown.frame, start, start, created=datetime.now(UTC)
        )

    def move(self, at: QPointF) -> None:
        """Draw to the pointer."""
        self._mark = self._mark.moved(end=image_point(at, self._shown, self._stage.ratio))
        self._stage.draft = self._mark

    def release(self, at: QPointF) -> bool:
        """End the line; after a mere click it follows the pointer until the next one."""
        near = distance(at, self._from) < STILL
        if near and not self._clicked:
            self._clicked = True
            return False
        self._stage.draft = None
        if not near:
            self._keep(at)
        return True

    def cancel(self) -> None:
        """Draw nothing."""
        self._stage.draft = None

    def _keep(self, at: QPointF) -> None:
        mark = self._mark.moved(end=image_point(at, self._shown, self._stage.ratio))
        self._stage.reading.screen.set_mark(mark, who=WHO)
        self._stage.choose(mark.id)


class MarkDrag:
    """An end, or a whole length, taken elsewhere."""

    def __init__(self, stage: Stage, at: QPointF, mark: Length, part: Part) -> None:
        self._stage = stage
        self._from = at
        self._shown = stage.shown
        self._mark = mark
        self._part = part

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""
        self._stage.draft = self._moved(at)

    def release(self, at: QPointF) -> bool:
        """Leave it here."""
        self._stage.draft = None
        if distance(at, self._from) >= 1:
            self._stage.reading.screen.set_mark(self._moved(at), who=WHO)
        return True

    def cancel(self) -> None:
        """Leave it where it was."""
        self._stage.draft = None

    def _moved(self, at: QPointF) -> Length:
        now = image_point(at, self._shown, self._stage.ratio)
        if self._part == "start":
            return self._mark.moved(start=now)
        if self._part == "end":
            return self._mark.moved(end=now)
        before = image_point(self._from, self._shown, self._stage.ratio)
        return self._mark.moved(
            start=self._shifted(self._mark.start, before, now), end=self._shifted(self._mark.end, before, now)
        )

    def _shifted(self, point: Point, before: Point, now: Point) -> Point:
        return Point(point.column + now.column - before.column, point.row + now.row - before.row)
