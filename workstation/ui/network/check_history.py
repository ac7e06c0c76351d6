"""The curves of earlier checks: latency and throughput over time, with what the site asks as dashed lines.

pyqtgraph takes half a second to load, so a worker loads it when the curves are first wanted. Its plot items
bring menus of their own; these are made of its parts, without any.

Units:   milliseconds, Mbit/s; the axis of time is local.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
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

_HEIGHT: Final = 190
_LEAST: Final = 2  # points that make a curve
_AXIS: Final = 52  # width of the axis at the left
_ROOM: Final = 1.15  # above the highest point
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
        self._row.setSpacing(6 * STEP)
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
        self.said = Label("", role="secondary", wrapped=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.said)
        head = QHBoxLayout()
        head.setSpacing(4 * STEP)
        head.addWidget(caption(f"{title}, {unit}"))
        head.addStretch(1)
        for name in names if len(names) > 1 else ():
            head.addWidget(Label(f"● {name.lower()}", role=_ROLES[name], size=FontSize.CAPTION))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * STEP)
        column.addLayout(head)
        column.addLayout(self._stack)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def say(self, text: str) -> None:
        """Say why there is no curve."""
        self.said.setText(text)
        self._stack.setCurrentWidget(self.said)
        self.setAccessibleDescription(text)

    def draw(self, curves: dict[str, Curve]) -> None:
        """Draw the curves, or say how many checks are still wanted."""
        most = max(len(one.values) for one in curves.values())
        if most < _LEAST:
            self.say(
                "One check so far; the next one begins a curve." if most else "Each check adds a point here."
            )
            return
        if self._canvas is None:
            self._canvas = _Canvas()
            self._stack.addWidget(self._canvas.view)
        self._canvas.draw(curves)
        self._stack.setCurrentWidget(self._canvas.view)
        self.setAccessibleDescription(self._in_words(curves))

    def _in_words(self, curves: dict[str, Curve]) -> str:
        """Return for who can't see a curve what it shows."""
        return " ".join(
            f"{name}: {len(one.values)} checks, {min(one.values):.0f} to {max(one.values):.0f} {self._unit}, "
            f"the last {one.values[-1]:.0f}."
            for name, one in curves.items()
            if one.values
        )


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
        self._box.setDefaultPadding(0.04)
        left = pyqtgraph.AxisItem("left", linkView=self._box, pen=PALETTE.line, textPen=PALETTE.secondary)
        left.enableAutoSIPrefix(False)
        left.setWidth(_AXIS)
        below = pyqtgraph.DateAxisItem(
            "bottom", linkView=self._box, pen=PALETTE.line, textPen=PALETTE.secondary
        )
        for axis in (left, below):
            axis.setStyle(tickFont=font(FontSize.CAPTION), tickLength=-4)
        layout = pyqtgraph.GraphicsLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addItem(left, 0, 0)
        layout.addItem(self._box, 0, 1)
        layout.addItem(below, 1, 1)
        self.view.setCentralItem(layout)

    def draw(self, curves: dict[str, Curve]) -> None:
        """Draw curves and limits."""
        kit = self._kit
        self._box.clear()
        for name, one in curves.items():
            colour = _COLOURS[name]
            item = kit.PlotDataItem(
                [at.timestamp() for at in one.times],
                list(one.values),
                pen=kit.mkPen(colour, width=1.5),
                symbol="o",
                symbolSize=5,
                symbolBrush=colour,
                symbolPen=None,
            )
            self._box.addItem(item)
        limits = {one.limit for one in curves.values() if one.limit is not None}
        for limit in sorted(limits):
            self._box.addItem(self._limit(limit))
        highest = max((value for one in curves.values() for value in one.values), default=1.0)
        self._box.setYRange(0, max(highest, *limits, 1.0) * _ROOM, padding=0)
        self._box.enableAutoRange(axis="x")

    def _limit(self, value: float) -> object:
        pen = self._kit.mkPen(PALETTE.attention, width=1, style=Qt.PenStyle.DashLine)
        return self._kit.InfiniteLine(value, angle=0, pen=pen, label="asked for", labelOpts=_LABEL)


_LABEL: Final = {"color": PALETTE.attention, "position": 0.06, "anchors": [(0, 1), (0, 1)]}
