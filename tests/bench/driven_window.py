"""The real window, off screen, with hands that click, turn and drag, and a watch on what is painted.

Units:   seconds; logical pixels, each of which is a device pixel here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ground import OFF_SCREEN

os.environ["QT_QPA_PLATFORM"] = OFF_SCREEN

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workstation.app.window_desk import WindowDesk
from workstation.ui.contracts import Reading, Shown
from workstation.ui.main_window import MainWindow
from workstation.ui.studies.columns import NAMES
from workstation.ui.theme import apply_theme
from workstation.ui.viewports.viewport import Viewport
from workstation.workflow import Desk, StudyRow
from workstation.workflow.machine import KERNELS

_LEFT: Final = Qt.MouseButton.LeftButton
_NOTHING_HELD: Final = Qt.KeyboardModifier.NoModifier
_NOTCH: Final = 120  # eighths of a degree
_PATIENCE: Final = 60.0


class NeverCame(Exception):
    """What was waited for did not happen in a minute."""


@dataclass(frozen=True, slots=True)
class Spent:
    """From an action to the end of the painting that shows it: wall clock, and processor time of us all."""

    wall: float
    processor: float


class DrivenWindow:
    """One window over one open store."""

    def __init__(self, desk: Desk) -> None:
        self.application = QApplication.instance() or QApplication(["bench"])
        assert isinstance(self.application, QApplication)
        apply_theme(self.application)
        self._desk = WindowDesk(lambda: desk)
        self.window = MainWindow(self._desk, now=lambda: datetime.now(UTC).astimezone())
        self.window.show()
        self.until(KERNELS.are_loaded)
        self._desk.sit_down(desk)
        self.until(lambda: self.window.studies.model.rowCount() > 0)

    @property
    def viewport(self) -> Viewport:
        """Return the viewport that has the keys."""
        return self.window.reading.grid.active

    @property
    def reading(self) -> Reading:
        """Return the open study."""
        reading = self.window.reading.reading
        assert reading is not None
        return reading

    def open(self, study: StudyRow) -> Spent:
        """Double-click a study in the list; return what its first picture takes."""
        table, model = self.window.studies.table, self.window.studies.model
        place = model.index(model.number_of(study.uid) or 0, NAMES.index("patient"))
        table.scrollTo(place)
        at = table.visualRect(place).center()
        with self._painting() as spent:
            QTest.mouseClick(table.viewport(), _LEFT, _NOTHING_HELD, at)
            QTest.mouseDClick(table.viewport(), _LEFT, _NOTHING_HELD, at)
        return spent()

    def leave(self, *, resting_on: StudyRow) -> None:
        """Go back to the list, and stay on another study until its preview is there."""
        self.window.show_studies()
        self.window.studies.table.choose(resting_on.uid)
        self.rest(0.8)

    def until_decoded(self) -> None:
        """Wait until every image of the shown stack is there."""
        stack = self.reading.screen.active.stack
        self.until(lambda: self.reading.share(stack).ready == self.reading.share(stack).count)
        self.rest(0.3)

    def take_size(self, side: int) -> None:
        """Make the viewport a square of this size."""
        for _ in range(2):  # a tool bar may change its height with the width
            rest = QPoint(side - self.viewport.width(), side - self.viewport.height())
            self.window.resize(self.window.width() + rest.x(), self.window.height() + rest.y())
            self.rest(0.1)
        assert (self.viewport.width(), self.viewport.height()) == (side, side)

    def turn(self, notches: int) -> Spent:
        """Turn the wheel over the viewport, towards the hand for positive notches."""
        middle = QPointF(self.viewport.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(self.viewport.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, -notches * _NOTCH),
            Qt.MouseButton.NoButton,
            _NOTHING_HELD,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003  Qt's own
        )
        with self._painting() as spent:
            QApplication.sendEvent(self.viewport, event)
        return spent()

    def drag(self, steps: int) -> Iterator[Spent]:
        """Drag with the left button held, a pixel or two a step; yield what each step takes."""
        middle = self.viewport.rect().center()
        QTest.mousePress(self.viewport, _LEFT, _NOTHING_HELD, middle)
        for step in range(1, steps + 1):
            at = QPointF(middle + QPoint(2 * step % 200, step % 100))
            event = QMouseEvent(
                QMouseEvent.Type.MouseMove,
                at,
                QPointF(self.viewport.mapToGlobal(at.toPoint())),
                Qt.MouseButton.NoButton,
                _LEFT,
                _NOTHING_HELD,
            )
            with self._painting() as spent:
                QApplication.sendEvent(self.viewport, event)
            yield spent()
        QTest.mouseRelease(self.viewport, _LEFT, _NOTHING_HELD, middle)

    def rest(self, seconds: float) -> None:
        """Let the window do what it wants for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until(self, holds: Callable[[], object]) -> None:
        """Let the window do what it wants until something holds."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise NeverCame
            self.rest(0.01)

    def close(self) -> None:
        """Close the window; the desk stays open."""
        self.window.close()
        self.window.deleteLater()
        self.rest(0.01)

    @contextmanager
    def _painting(self) -> Iterator[Callable[[], Spent]]:
        """Wait, after an action, for the painting that shows it; then what was yielded tells."""
        _PAINTED.clear()
        wall, processor = time.perf_counter(), time.process_time()
        yield lambda: Spent(_PAINTED[0][0] - wall, _PAINTED[0][1] - processor)
        end = time.monotonic() + _PATIENCE
        while not _PAINTED:
            self.application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() > end:
                raise NeverCame


def _watch() -> list[tuple[float, float]]:
    """Return a list that grows with (wall clock, processor time) whenever a picture has been painted."""
    painted: list[tuple[float, float]] = []
    paint = Viewport.paintEvent

    def watched(viewport: Viewport, event: QPaintEvent) -> None:
        paint(viewport, event)
        if isinstance(viewport.picture, Shown) and not viewport.waits:
            painted.append((time.perf_counter(), time.process_time()))

    Viewport.paintEvent = watched  # type: ignore[assignment]  # the only way to see the end of a painting
    return painted


_PAINTED: Final = _watch()
