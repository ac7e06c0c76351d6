"""The sheet of all keys, grouped by where they work."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui.controls import Label, caption
from workstation.ui.panels.sheet import Sheet
from workstation.ui.shortcuts import COMMANDS, Command, Place, spoken
from workstation.ui.theme import STEP, FontSize


class KeySheet(Sheet):
    """Shows every command that has a key; any key or click closes it."""

    def __init__(self, parent: QWidget, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__(parent)
        listed = list(commands)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * STEP, 5 * STEP, 6 * STEP, 5 * STEP)
        column.setSpacing(4 * STEP)
        column.addWidget(Label("Keys", size=FontSize.NAME, strong=True))
        row = QHBoxLayout()
        row.setSpacing(10 * STEP)
        for places in ((Place.EVERYWHERE, Place.STUDIES), (Place.READING,)):
            for group in _columns([command for command in listed if command.place in places]):
                row.addLayout(group)
        column.addLayout(row)


def _columns(commands: list[Command], most: int = 22) -> list[QGridLayout]:
    """Lay commands out in columns of at most ``most`` lines."""
    shown = [command for command in commands if command.keys]
    return [_grid(shown[start : start + most]) for start in range(0, len(shown), most)]


def _grid(commands: list[Command]) -> QGridLayout:
    made = QGridLayout()
    made.setHorizontalSpacing(6 * STEP)
    made.setVerticalSpacing(STEP)
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    place = None
    for command in commands:
        line = made.rowCount()
        if command.place != place:
            place = command.place
            made.setRowMinimumHeight(line, 6 * STEP)
            made.addWidget(caption(place.value), line, 0)
            line += 1
        made.addWidget(Label(command.text), line, 0)
        keys = "  or  ".join(dict.fromkeys(spoken(key) for key in command.keys))
        made.addWidget(Label(keys, role="secondary"), line, 1)
    return made
