"""The bar of tools: what the left button does, how the images are shown.

In a small window words go first; every tool keeps its button.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workstation.ui.actions import Actions
from workstation.ui.controls import Button, panel, rule
from workstation.ui.room import make_room
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
        self._shown: Window | None = None
        self._rules: list[QWidget] = []
        row = QHBoxLayout()
        row.setSpacing(STEP)
        row.addWidget(actions.button("series-column"))
        self._divide(row)
        for name in TOOLS:
            row.addWidget(actions.button(name))
        self._divide(row)
        for buttons, name in ((actions, "invert"), (image_actions, "texts"), (actions, "reset")):
            row.addWidget(buttons.button(name))
        self._divide(row)
        self._picker = actions.button("layout")
        row.addWidget(self._picker)
        row.addWidget(self._layout)
        self._divide(row)
        row.addWidget(self._window)
        row.addStretch(1)
        self._palette = Button("Ctrl K", kind="quiet", hint="Find a command by name (Ctrl K)")
        self._palette.clicked.connect(window_actions["palette"].trigger)
        row.addWidget(self._palette)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._panel = panel("bar", row, margins=(2 * STEP, 0, 2 * STEP, 0))
        whole.addWidget(self._panel)
        self.setFixedHeight(TOOLBAR)

    def show_state(self, layout: Layout, window: Window | None) -> None:
        """Say which layout and which window there is."""
        alone = " · one alone" if layout.maximised else ""
        self._layout.setText(f"{layout.rows} × {layout.columns}{alone}")
        self._shown = window
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show fewer words where there is little room; every tool stays."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        self._window.setText(self._shown.text() if self._shown else "")
        self._window.setVisible(self._shown is not None)
        for widget in (self._palette, self._layout, *self._rules):
            widget.show()
        make_room(
            self.width(),
            lambda: self._panel.minimumSizeHint().width(),
            (self._palette.hide, self._layout.hide, self._shorten_window, self._hide_rules),
        )

    def _divide(self, row: QHBoxLayout) -> None:
        row.addSpacing(STEP)
        self._rules.append(rule(vertical=True))
        row.addWidget(self._rules[-1])
        row.addSpacing(STEP)

    def _shorten_window(self) -> None:
        self._window.setText(f"{self._shown.name or 'Window'} ▾" if self._shown else "")

    def _hide_rules(self) -> None:
        for one in self._rules:
            one.hide()

    def below_layout(self) -> QPoint:
        """Return where the layout picker opens."""
        button = self._picker if self._layout.isHidden() else self._layout
        return button.mapToGlobal(QPoint(0, button.height() + STEP))

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
