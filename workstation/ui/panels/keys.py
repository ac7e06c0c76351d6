"""The sheet of all keys, grouped by where they work, and of what the mouse does over the images."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.controls import Label, caption
from workstation.ui.panels.sheet import Sheet
from workstation.ui.shortcuts import COMMANDS, Command, Place, spoken
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
_HEADING: Final = 1.5  # lines that a heading takes

Line = tuple[str, str]  # what, by which key; a heading has none


class KeySheet(Sheet):
    """Shows every command that has a key; any key or click closes it."""

    def __init__(self, parent: QWidget, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * STEP, 5 * STEP, 5 * STEP, 5 * STEP)
        column.setSpacing(4 * STEP)
        column.addWidget(Label("Keys", size=FontSize.NAME, strong=True))
        row = QHBoxLayout()
        row.setSpacing(4 * STEP)
        for lines in _columns(_lines(commands)):
            row.addLayout(_grid(lines))
        column.addLayout(row)


def _lines(commands: Iterable[Command]) -> list[Line]:
    """Return headings and keys, place by place; the mouse comes after the keys of the images."""
    listed = sorted(
        (command for command in commands if command.keys), key=lambda one: _PLACES.index(one.place)
    )
    made: list[Line] = []
    for place, group in groupby(listed, lambda command: command.place):
        made.append((place.value, ""))
        made += [(command.text, _keys(command)) for command in group]
        if place is Place.READING:
            made += [(_OVER_IMAGES, ""), *_MOUSE]
    return made


def _columns(lines: list[Line]) -> list[list[Line]]:
    """Divide lines among columns that fit into the smallest window; no heading stands at a column's end."""
    columns: list[list[Line]] = [[]]
    height = 0.0
    for line in lines:
        takes = 1.0 if line[1] else _HEADING
        if height + takes + (0.0 if line[1] else 1.0) > _MOST:
            columns.append([])
            height = 0.0
        columns[-1].append(line)
        height += takes
    return columns


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
