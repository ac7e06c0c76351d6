"""The sheet of all keys, grouped by where they work, and of what the mouse does over the images."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workstation.ui.controls import Label, caption
from workstation.ui.panels.sheet import Sheet
from workstation.ui.shortcuts import COMMANDS, Command, Place, merged, spoken
from workstation.ui.theme import STEP, FontSize

_MOUSE: Final = (
    ("Scroll", "Wheel"),
    ("Ten images", "Shift Wheel"),
    ("The chosen tool", "Left button"),
    ("Zoom", "Right button"),
    ("Pan", "Middle button"),
    ("Show one viewport alone", "Double click"),
)
_OVER_IMAGES: Final = "Mouse over the images"
_PLACES: Final = tuple(Place)
_MOST: Final = 23.5  # lines of a column
_EDGE: Final = 5 * STEP
_BAR: Final = 12  # width of a scroll bar
_SCROLLS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_HEADING: Final = 1.5  # lines that a heading takes

Line = tuple[str, str]  # what, by which key; a heading has none


class KeySheet(Sheet):
    """Shows every command that has a key; any key or click closes it, but those that scroll a long one."""

    def __init__(self, parent: QWidget, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__(parent)
        self._inside = QWidget()
        row = QHBoxLayout(self._inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * STEP)
        for lines in _columns(_lines(commands)):
            row.addLayout(_grid(lines))
        self._scrolled = QScrollArea()
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scrolled.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        column.setSpacing(4 * STEP)
        self._head = Label("Keys", size=FontSize.NAME, strong=True)
        column.addWidget(self._head)
        column.addWidget(self._scrolled)

    def open(self) -> None:
        """Show it as large as it is, or as the window allows."""
        beside, above = 2 * _EDGE, 2 * _EDGE + 4 * STEP + self._head.sizeHint().height()
        room = self._host.size() - QSize(beside, above)
        whole = self._inside.sizeHint()
        bars = QSize(
            _BAR if whole.height() > room.height() else 0, _BAR if whole.width() > room.width() else 0
        )
        self._scrolled.setFixedSize((whole + bars).boundedTo(room))
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll where there is more to see; else close."""
        bar = self._scrolled.verticalScrollBar()
        if event.key() in _SCROLLS and bar.maximum():
            QApplication.sendEvent(bar, event)
        else:
            super().keyPressEvent(event)


def _lines(commands: Iterable[Command]) -> list[Line]:
    """Return headings and keys, place by place; the mouse comes after the keys of the images."""
    listed = sorted(
        (command for command in merged(commands) if command.keys), key=lambda one: _PLACES.index(one.place)
    )
    made: list[Line] = []
    for place, group in groupby(listed, lambda command: command.place):
        made.append((place.value, ""))
        made += [(command.text, _keys(command)) for command in group]
        if place is Place.READING:
            made += [(_OVER_IMAGES, ""), *_MOUSE]
    return made


def _columns(lines: list[Line]) -> list[list[Line]]:
    """Divide lines among columns that fit into the smallest window.

    A place that would fit whole begins its own column rather than be divided; where it must be divided, its
    heading stands over the rest, too.
    """
    columns: list[list[Line]] = [[]]
    room = _MOST
    for group in _groups(lines):
        heading = group[0]
        if _height(group) > room and columns[-1]:
            columns.append([])
            room = _MOST
        for line in group:
            if room < 1.0:
                columns.append([heading])
                room = _MOST - _HEADING
            columns[-1].append(line)
            room -= _height([line])
    return columns


def _groups(lines: list[Line]) -> list[list[Line]]:
    """Return each heading with its lines."""
    groups: list[list[Line]] = []
    for line in lines:
        if not line[1]:
            groups.append([])
        groups[-1].append(line)
    return groups


def _height(lines: list[Line]) -> float:
    return sum(1.0 if key else _HEADING for _, key in lines)


def _keys(command: Command) -> str:
    return "  or  ".join(dict.fromkeys(spoken(key) for key in command.keys))


def _grid(lines: list[Line]) -> QGridLayout:
    made = QGridLayout()
    made.setHorizontalSpacing(3 * STEP)
    made.setVerticalSpacing(STEP)
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    for number, (text, key) in enumerate(lines, 1):
        if key:
            made.addWidget(Label(text), number, 0)
            made.addWidget(Label(key, role="secondary"), number, 1)
        else:
            made.setRowMinimumHeight(number, 6 * STEP)
            made.addWidget(caption(text), number, 0, 1, 2)
    return made
