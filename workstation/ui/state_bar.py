"""The bar at the bottom: what the reader may want to be sure of, grey while all is well.

Its items stand in the order of the questions that they answer: am I connected, what is coming, what waits to
go, is there room. An item that has a page is a button that opens it. In a small window the reader's name goes
first, then what is calm and has no page; then the calm items are shortened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from workstation.ui.contracts import StateItem, Tone
from workstation.ui.controls import Button, Label, elide, panel, plain
from workstation.ui.room import make_room
from workstation.ui.theme import PALETTE, STEP, FontSize, font
from workstation.ui.theme.sizes import STATE_BAR

_ORDER: Final = (
    "line",
    "listener",
    "arriving",
    "import",
    "outbox",
    "store",
    "cache",
    "display",
    "microphone",
)
_ROLES: Final = {
    Tone.PLAIN: "secondary",
    Tone.GOOD: "secondary",
    Tone.ATTENTION: "attention",
    Tone.FAULT: "fault",
}
_COLOURS: Final = {
    Tone.PLAIN: PALETTE.secondary,
    Tone.GOOD: PALETTE.secondary,
    Tone.ATTENTION: PALETTE.attention,
    Tone.FAULT: PALETTE.fault,
}
_CALM: Final = (Tone.PLAIN, Tone.GOOD)
_CLOCK: Final = 1000  # milliseconds between two looks at the clock
_DOT: Final = 7  # diameter of the dot that says all is well
_PADDING: Final = 2 * (STEP + 1)
_LEAST: Final = 56  # width of a calm item in a small window
_LEAST_ODD: Final = 130  # … of one that wants to be noticed


class StateBar(QWidget):
    """Items at the left, who reads and the local time at the right."""

    def __init__(self, now: Callable[[], datetime], reader: str) -> None:
        super().__init__()
        self._now = now
        self._items: dict[str, _Text | _Link] = {}
        self._said: dict[str, StateItem] = {}
        self._pages: dict[str, Callable[[], object]] = {}
        self._left = QHBoxLayout()
        self._left.setSpacing(4 * STEP)
        self._clock = Label(role="secondary", size=FontSize.CAPTION)
        self._reader = Label(reader, role="secondary", size=FontSize.CAPTION)
        self._lay_out()
        self._tick()
        self._timer = QTimer(self, interval=_CLOCK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def opens(self, name: str, page: Callable[[], object]) -> None:
        """Let an item open its page; told before the item is first shown."""
        self._pages[name] = page

    def set_item(self, item: StateItem) -> None:
        """Show an item, or what it says now; one without text goes. The same again is told to nobody."""
        if self._said.get(item.name) == item:
            return
        self._said[item.name] = item
        if item.name not in self._items:
            self._insert(item.name)
        shown = self._items[item.name]
        shown.say(item)
        self._make_room()

    def text_of(self, name: str) -> str:
        """Return what an item says."""
        return self._items[name].text() if name in self._items else ""

    def item(self, name: str) -> QWidget:
        """Return the widget of an item that has been shown."""
        return self._items[name]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        for shown in (*self._items.values(), self._reader):
            shown.setVisible(bool(shown.text()))
        ordered = [self._items[name] for name in sorted(self._items, key=_place, reverse=True)]
        calm = [one for one in ordered if isinstance(one, _Text) and one.is_calm]
        make_room(
            self.width(),
            lambda: self._panel.sizeHint().width(),
            (self._reader.hide, *(one.hide for one in calm)),
        )

    def _insert(self, name: str) -> None:
        page = self._pages.get(name)
        self._items[name] = _Text() if page is None else _Link(page)
        ordered = sorted(self._items, key=_place)
        self._left.insertWidget(ordered.index(name), self._items[name])
        links = [shown for one in ordered if isinstance(shown := self._items[one], _Link)]
        for before, after in pairwise(links):
            QWidget.setTabOrder(before, after)

    def _tick(self) -> None:
        self._clock.setText(self._now().astimezone().strftime("%H:%M"))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6 * STEP)
        row.addLayout(self._left)
        row.addStretch(1)
        row.addWidget(self._reader)
        row.addWidget(self._clock)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._panel = panel("state-bar", row, margins=(3 * STEP, 0, 4 * STEP, 0))
        whole.addWidget(self._panel)
        self.setFixedHeight(STATE_BAR)


class _Text(Label):
    """An item that only tells."""

    def __init__(self) -> None:
        super().__init__(size=FontSize.CAPTION, elided=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(STEP, 0, STEP, 0)
        self.is_calm = True

    def say(self, item: StateItem) -> None:
        self.is_calm = item.tone in _CALM
        self.setText(item.text)
        self.set_role(_ROLES[item.tone])
        self.setToolTip(plain(item.hint or item.text))
        self.setMinimumWidth(_least(item.tone, self.sizeHint().width()))


class _Link(Button):
    """An item that opens its page; a green dot says that all is well where that is worth saying."""

    def __init__(self, page: Callable[[], object]) -> None:
        super().__init__("", kind="item")
        self.setFont(font(FontSize.CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._item = StateItem("", "")
        self.clicked.connect(lambda *_: page())

    def say(self, item: StateItem) -> None:
        self._item = item
        self.setText(item.text)
        self.setAccessibleName(item.text)
        self.setAccessibleDescription(item.hint)
        self.setToolTip(plain(item.hint or item.text))
        self.setMinimumWidth(_least(item.tone, self.sizeHint().width()))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of all words."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + _PADDING + self._dot_width() + 1
        return QSize(width, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot and as many of the words as fit."""
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        inside = self.rect().adjusted(_PADDING // 2 + self._dot_width(), 0, -_PADDING // 2, 0)
        if self._dot_width():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(PALETTE.good))
            painter.drawEllipse(QPointF(_PADDING / 2 + _DOT / 2, self.height() / 2), _DOT / 2, _DOT / 2)
        painter.setPen(QColor(_COLOURS[self._item.tone]))
        text = elide(self.fontMetrics(), self.text(), inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, text)

    def _dot_width(self) -> int:
        return _DOT + STEP + 2 if self._item.tone is Tone.GOOD else 0


def _least(tone: Tone, wanted: int) -> int:
    """Return how narrow an item may become."""
    return min(wanted, _LEAST if tone in _CALM else _LEAST_ODD)


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
