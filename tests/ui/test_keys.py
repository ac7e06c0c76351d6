"""The sheet of keys: every key once, each under its heading, in any window."""

from collections.abc import Callable

import pytest
from invented import InventedDesk
from invented_network import InventedNetwork
from network_window import window_with
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from workstation.ui.main_window import MainWindow
from workstation.ui.panels.keys import _columns, _lines
from workstation.ui.shortcuts import COMMANDS, Command, Place, merged

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def window(show: Show, wait: Wait) -> MainWindow:
    made = window_with(InventedNetwork(), show, wait)
    made.setMinimumSize(1, 1)
    return made


def test_no_words_stand_twice_on_the_sheet_of_the_images(window: MainWindow, wait: Wait) -> None:
    window.open_study(InventedDesk().rows[0].uid)
    wait(window.reading.isVisible)
    window._open_keys()
    assert window._keys is not None

    texts = [label.text() for label in window._keys.findChildren(QLabel)]
    assert texts.count("Full screen") == 1
    assert "F11  or  F" in texts
    assert [command.text for command, _ in window._offered()].count("Full screen") == 1
    window._keys.close_sheet()
    window.show_studies()


def test_commands_of_the_same_words_are_one_with_all_keys() -> None:
    one = Command("a", "Go", Place.EVERYWHERE, ("A",))
    other = Command("b", "Stay", Place.STUDIES, ("B",))

    assert merged([one, other, Command("c", "Go", Place.READING, ("C", "D"))]) == (
        Command("a", "Go", Place.EVERYWHERE, ("A", "C", "D")),
        other,
    )


@pytest.mark.parametrize("place", [Place.STUDIES, Place.READING, Place.OUTBOX])
def test_each_column_begins_with_the_heading_of_what_stands_in_it(place: Place) -> None:
    lines = _lines(command for command in COMMANDS if command.place in (Place.EVERYWHERE, place))
    columns = _columns(lines)

    assert all(column[0][1] == "" for column in columns)
    assert all(column[-1][1] for column in columns)
    assert [line for column in columns for line in column if line[1]] == [line for line in lines if line[1]]
    assert max(len(column) for column in columns) <= 25


def test_in_a_small_window_the_sheet_stays_inside_and_scrolls_by_keys(window: MainWindow, wait: Wait) -> None:
    window.resize(640, 360)
    window.open_study(InventedDesk().rows[0].uid)
    wait(window.reading.isVisible)
    window._open_keys()
    QApplication.processEvents()
    sheet = window._keys
    assert sheet is not None
    assert window.rect().contains(sheet.geometry())

    bar = sheet._scrolled.verticalScrollBar()
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(sheet, Qt.Key.Key_X)
    assert not sheet.isVisible()
    window.show_studies()
