"""The series that a reader looks at comes first."""

from collections.abc import Callable

import pytest
from invented import InventedDesk
from invented_network import InventedNetwork
from network_window import window_with
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from workstation.ui.main_window import MainWindow
from workstation.viewing import commands

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def network() -> InventedNetwork:
    return InventedNetwork()


@pytest.fixture
def window(network: InventedNetwork, show: Show, wait: Wait) -> MainWindow:
    made = window_with(network, show, wait)
    made.open_study(InventedDesk().rows[0].uid)
    wait(made.reading.isVisible)
    return made


def _looks(network: InventedNetwork) -> list[str]:
    return [series.rpartition(".")[2] for _, series in network.looked_at]


def test_each_other_series_is_told_once(window: MainWindow, network: InventedNetwork) -> None:
    uid = InventedDesk().rows[0].uid
    assert network.looked_at == [(uid, f"{uid}.1")]

    QTest.keyClick(window.reading.grid, Qt.Key.Key_Right)
    QTest.keyClick(window.reading.grid, Qt.Key.Key_Down)
    QTest.keyClick(window.reading.grid, Qt.Key.Key_I)
    assert _looks(network) == ["1", "2"]

    QTest.keyClick(window.reading.grid, Qt.Key.Key_Left)
    assert _looks(network) == ["1", "2", "1"]
    window.show_studies()


def test_another_viewport_counts_as_another_look(window: MainWindow, network: InventedNetwork) -> None:
    reading = window.reading.reading
    assert reading is not None
    commands.set_grid(reading.screen, rows=1, columns=2, who="test")
    reading.show_stack(1, reading.series[2].key)
    assert _looks(network) == ["1"]  # only the active viewport is looked at

    QTest.keyClick(window.reading.grid, Qt.Key.Key_Tab)

    assert _looks(network) == ["1", "3"]
    window.show_studies()


def test_the_same_study_again_is_a_new_look(window: MainWindow, network: InventedNetwork, wait: Wait) -> None:
    window.show_studies()
    window.open_study(InventedDesk().rows[0].uid)
    wait(window.reading.isVisible)

    assert _looks(network) == ["1", "1"]
    window.show_studies()
