"""The bar of tools: what the left button does, how the images are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workstation.ui.actions import Actions
from workstation.ui.controls import Button, panel, rule
from workstation.ui.shortcuts import TOOLS
from workstation.ui.theme import STEP
from workstation.ui.theme.sizes import TOOLBAR
from workstation.viewing import Layout, Window


class ToolBar(QWidget):
    """Buttons of the page's commands, and how the active viewport is windowed.

    Says ``asked_windows`` when the list of windows is wanted.
    """

    asked_windows = Signal()

    def __init__(self, actions: Actions, image_actions: Actions, window_actions: Actions) -> None:
        super().__init__()
        self._layout = Button("1 × 1", kind="quiet", hint="Layout (Y)")
        self._layout.clicked.connect(actions["layout"].trigger)
        self._window = Button("", kind="quiet", hint="Windows by name (digits)")
        self._window.setAccessibleName("Windows by name")
        self._window.clicked.connect(self.asked_windows)
        row = QHBoxLayout()
        row.setSpacing(STEP)
        row.addWidget(actions.button("series-column"))
        _divide(row)
        for name in TOOLS:
            row.addWidget(actions.button(name))
        _divide(row)
        for buttons, name in ((actions, "invert"), (image_actions, "texts"), (actions, "reset")):
            row.addWidget(buttons.button(name))
        _divide(row)
        row.addWidget(actions.button("layout"))
        row.addWidget(self._layout)
        _divide(row)
        row.addWidget(self._window)
        row.addStretch(1)
        palette = Button("Ctrl K", kind="quiet", hint="Find a command by name (Ctrl K)")
        palette.clicked.connect(window_actions["palette"].trigger)
        row.addWidget(palette)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("bar", row, margins=(2 * STEP, 0, 2 * STEP, 0)))
        self.setFixedHeight(TOOLBAR)

    def show_state(self, layout: Layout, window: Window | None) -> None:
        """Say which layout and which window there is."""
        alone = " · one alone" if layout.maximised else ""
        self._layout.setText(f"{layout.rows} × {layout.columns}{alone}")
        self._window.setText(window.text() if window else "")
        self._window.setVisible(window is not None)

    def below_layout(self) -> QPoint:
        """Return where the layout picker opens."""
        return self._layout.mapToGlobal(QPoint(0, self._layout.height() + STEP))

    def open_windows(
        self, offered: Sequence[tuple[int, Window | None]], take: Callable[[int], object]
    ) -> None:
        """Open the list of windows with their digits; ``take`` gets the digit that is chosen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for digit, window in offered:
            if window is not None:
                action = menu.addAction(f"{digit}   {window.text()}")
                action.triggered.connect(partial(_take, take, digit))
        menu.popup(self._window.mapToGlobal(QPoint(0, self._window.height() + STEP)))


def _take(take: Callable[[int], object], digit: int, *_: object) -> None:
    take(digit)


def _divide(row: QHBoxLayout) -> None:
    row.addSpacing(2 * STEP)
    row.addWidget(rule(vertical=True))
    row.addSpacing(2 * STEP)
