"""The sheet of all keys, grouped by where they work, and of what the mouse does over the images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.controls import Label, caption
from workstation.ui.panels.sheet import Sheet
from workstation.ui.shortcuts import COMMANDS, Command, Place, spoken
from workstation.ui.theme import STEP, FontSize

_ON_LIST: Final = (Place.EVERYWHERE, Place.STUDIES)
_MOUSE: Final = (
    ("Scroll", "Wheel"),
    ("Ten images", "Shift Wheel"),
    ("The chosen tool", "Left button"),
    ("Zoom", "Right button"),
    ("Pan", "Middle button"),
    ("Show one viewport alone", "Double click"),
)


class KeySheet(Sheet):
    """Shows every command that has a key; any key or click closes it."""

    def __init__(self, parent: QWidget, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__(parent)
        listed = list(commands)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * STEP, 5 * STEP, 5 * STEP, 5 * STEP)
        column.setSpacing(4 * STEP)
        column.addWidget(Label("Keys", size=FontSize.NAME, strong=True))
        row = QHBoxLayout()
        row.setSpacing(4 * STEP)
        on_list, on_images = (
            _columns([command for command in listed if (command.place in _ON_LIST) is first])
            for first in (True, False)
        )
        for group in (*on_list, *on_images):
            row.addLayout(group)
        for group in on_list[:1]:
            _add_mouse(group)
        column.addLayout(row)


def _columns(commands: list[Command], most: int = 22) -> list[QGridLayout]:
    """Lay commands out in columns of at most ``most`` lines."""
    shown = [command for command in commands if command.keys]
    return [_grid(shown[start : start + most]) for start in range(0, len(shown), most)]


def _grid(commands: list[Command]) -> QGridLayout:
    made = QGridLayout()
    made.setHorizontalSpacing(3 * STEP)
    made.setVerticalSpacing(STEP)
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    place = None
    for command in commands:
        if command.place != place:
            place = command.place
            _add_heading(made, place.value)
        _add_line(made, command.text, "  or  ".join(dict.fromkeys(spoken(key) for key in command.keys)))
    return made


def _add_mouse(grid: QGridLayout) -> None:
    _add_heading(grid, "Mouse over the images")
    for text, hand in _MOUSE:
        _add_line(grid, text, hand)


def _add_heading(grid: QGridLayout, text: str) -> None:
    line = grid.rowCount()
    grid.setRowMinimumHeight(line, 6 * STEP)
    grid.addWidget(caption(text), line, 0, 1, 2)


def _add_line(grid: QGridLayout, text: str, key: str) -> None:
    line = grid.rowCount()
    grid.addWidget(Label(text), line, 0)
    grid.addWidget(Label(key, role="secondary"), line, 1)
