"""The curves of earlier checks: latency and throughput over time, with what the site asks as dashed lines.

pyqtgraph takes half a second to load, so a worker loads it when the curves are first wanted. Its plot items
bring menus of their own; these are made of its parts, without any.

Units:   milliseconds, Mbit/s; the axis of time is local.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.contracts import ConnectionReport
from workstation.ui.controls import Label, caption
from workstation.ui.network.check_text import DOWNLOAD, LATENCY, UPLOAD, Curve, curve
from workstation.ui.operations import Operations
from workstation.ui.theme import PALETTE, STEP, FontSize, font

if TYPE_CHECKING:
    from pyqtgraph import GraphicsView

_LEAST_HEIGHT: Final = 190
_MOST_HEIGHT: Final = 300
_LEAST: Final = 2  # points that make a curve
_AXIS: Final = 44  # width of the axis at the left
_BELOW: Final = 22  # height of the axis of time
_ROOM: Final = 1.15  # above the highest point
_MOST_TICKS: Final = 7
_BRIEF: Final = timedelta(hours=1)
_STEPS: Final = (
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 120, 360, 720)),
    *(timedelta(days=days) for days in (1, 2, 4, 7, 14, 28, 56, 112)),
)
_ROLES: Final = {LATENCY: "accent", DOWNLOAD: "accent", UPLOAD: "secondary"}
_COLOURS: Final = {LATENCY: PALETTE.accent, DOWNLOAD: PALETTE.accent, UPLOAD: PALETTE.secondary}


class CheckHistory(QWidget):
    """Two plots side by side, or one below the other in a small window."""

    def __init__(self, operations: Operations) -> None:
        super().__init__()
        self._operations = operations
        self._reports: Sequence[ConnectionReport] = ()
        self._is_loaded = False
        self.latency = Plot("Latency, 95 of 100 answers within", "ms", (LATENCY,))
        self.throughput = Plot("Throughput", "Mbit/s", (DOWNLOAD, UPLOAD))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8 * STEP)
        self._row.addWidget(self.latency, 1)
        self._row.addWidget(self.throughput, 1)

    def show_reports(self, reports: Sequence[ConnectionReport]) -> None:
        """Draw these, the oldest first."""
        self._reports = reports
        if self._is_loaded:
            self._draw()
            return
        self._operations.run(
            lambda _: importlib.import_module("pyqtgraph"),
            asked_by=self,
            done=lambda _: self._loaded(),
            failed=lambda error: self.latency.say(calm(error)),
        )

    def set_narrow(self, *, narrow: bool) -> None:
        """Lay the plots below each other."""
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    def _loaded(self) -> None:
        self._is_loaded = True
        self._draw()

    def _draw(self) -> None:
        for plot in (self.latency, self.throughput):
            plot.draw({name: curve(self._reports, name) for name in plot.names})


class Plot(QWidget):
    """One plot with its title, its unit and its key; words where there is no curve yet."""

    def __init__(self, title: str, unit: str, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names
        self._unit = unit
        self._canvas: _Canvas | None = None
        self.limit = Label("", role="attention", size=FontSize.CAPTION)
        self.said = Label("", role="secondary", wrapped=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.said)
        head = QHBoxLayout()
        head.setSpacing(3 * STEP)
        head.addWidget(caption(title))
        head.addWidget(Label(unit, role="secondary", size=FontSize.CAPTION))
        head.addStretch(1)
        for name in names if len(names) > 1 else ():
            head.addWidget(Label(f"● {name.lower()}", role=_ROLES[name], size=FontSize.CAPTION))
        head.addWidget(self.limit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * STEP)
        column.addLayout(head)
        column.addLayout(self._stack)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setMaximumHeight(_MOST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"{title}, {unit}")

    def say(self, text: str) -> None:
        """Say why there is no curve."""
        self.said.setText(text)
        self.limit.setText("")
        self._stack.setCurrentWidget(self.said)
        self.setAccessibleDescription(text)

    def draw(self, curves: Mapping[str, Curve]) -> None:
        """Draw the curves, or say how many checks are still wanted."""
        most = max(len(one.values) for one in curves.values())
        if most < _LEAST:
            self.say(
                "One check so far; the next begins a curve." if most else "Each check adds a point here."
            )
            return
        if self._canvas is None:
            self._canvas = _Canvas()
            self._stack.addWidget(self._canvas.view)
        self._canvas.draw(curves)
        self._stack.setCurrentWidget(self._canvas.view)
        limits = limits_of(curves)
        asked = ", ".join(f"{limit:g}" for limit in limits)
        self.limit.setText(f"┄ asked for: {asked} {self._unit}" if limits else "")
        self.setAccessibleDescription(self._in_words(curves))

    def _in_words(self, curves: Mapping[str, Curve]) -> str:
        """Return for who can't see a curve what it shows."""
        return " ".join(
            f"{name}: {len(one.values)} checks, {min(one.values):.0f} to {max(one.values):.0f} {self._unit}, "
            f"the last {one.values[-1]:.0f}."
            for name, one in curves.items()
            if one.values
        )


def limits_of(curves: Mapping[str, Curve]) -> list[float]:
    """Return each figure that is asked for, once."""
    return sorted({one.limit for one in curves.values() if one.limit is not None})


def time_ticks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Return where the axis of time has its marks, at most seven, and what stands there.

    Days where it spans some, else hours or minutes; its two ends where nothing round lies between. All local.
    """
    begin, end = first.astimezone(), last.astimezone()
    span = end - begin
    step = next((step for step in _STEPS if span / step < _MOST_TICKS), span / _MOST_TICKS)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    past = -(-(begin - midnight) // step)
    style = "%m-%d" if step >= timedelta(1) else "%H:%M"
    marks = (midnight + step * (past + number) for number in range(_MOST_TICKS))
    inside = [mark for mark in marks if mark <= end]
    if len(inside) < _LEAST:
        inside, style = sorted({begin, end}), "%H:%M:%S" if span < _BRIEF else "%m-%d %H:%M"
    return [(mark, mark.strftime(style)) for mark in inside]


class _Canvas:
    """The drawing surface: a box for the curves between two axes."""

    def __init__(self) -> None:
        import pyqtgraph

        self._kit: Any = pyqtgraph
        self.view: GraphicsView = pyqtgraph.GraphicsView(background=PALETTE.window)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.setAntialiasing(True)
        self._box = pyqtgraph.ViewBox(enableMenu=False, enableMouse=False, border=PALETTE.line)
        left, self._below = (
            pyqtgraph.AxisItem(side, linkView=self._box, pen=PALETTE.line, textPen=PALETTE.secondary)
            for side in ("left", "bottom")
        )
        left.enableAutoSIPrefix(False)
        left.setWidth(_AXIS)
        self._below.setHeight(_BELOW)
        for axis in (left, self._below):
            axis.setStyle(tickFont=font(FontSize.CAPTION), tickLength=-4)
        layout = pyqtgraph.GraphicsLayout()
        layout.setContentsMargins(0, 2 * STEP, 0, 0)  # room for the highest figure
        layout.setSpacing(0)
        layout.addItem(left, 0, 0)
        layout.addItem(self._box, 0, 1)
        layout.addItem(self._below, 1, 1)
        self.view.setCentralItem(layout)

    def draw(self, curves: Mapping[str, Curve]) -> None:
        """Draw curves and limits."""
        self._box.clear()
        for name, one in curves.items():
            self._box.addItem(self._curve(one, _COLOURS[name]))
        for limit in limits_of(curves):
            pen = self._kit.mkPen(PALETTE.attention, width=1, style=Qt.PenStyle.DashLine)
            self._box.addItem(self._kit.InfiniteLine(limit, angle=0, pen=pen))
        highest = max(value for one in curves.values() for value in (*one.values, one.limit or 0.0))
        times = [at for one in curves.values() for at in one.times]
        first, last = min(times), max(times)
        edge = (last - first).total_seconds() * 0.03 or 60.0
        self._box.setYRange(0, max(highest, 1.0) * _ROOM, padding=0)
        self._box.setXRange(first.timestamp() - edge, last.timestamp() + edge, padding=0)
        self._below.setTicks([[(at.timestamp(), text) for at, text in time_ticks(first, last)]])

    def _curve(self, one: Curve, colour: str) -> object:
        return self._kit.PlotDataItem(
            [at.timestamp() for at in one.times],
            list(one.values),
            pen=self._kit.mkPen(colour, width=1.5),
            symbol="o",
            symbolSize=5,
            symbolBrush=colour,
            symbolPen=None,
        )
