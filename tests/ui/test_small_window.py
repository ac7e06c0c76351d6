"""The window of a laptop of 1280 × 720, and the same at 200 %: 640 × 360 logical pixels."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from invented import InventedDesk
from invented_network import InventedNetwork, deliveries
from network_window import board_of, window_with
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from workstation.ui.main_window import MainWindow

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
SIZES = [(640, 360), (700, 400), (853, 480), (960, 600), (1280, 720)]


@pytest.fixture
def window(show: Show, wait: Wait) -> MainWindow:
    made = window_with(InventedNetwork(outbox=deliveries()), show, wait)
    made.setMinimumSize(1, 1)  # as a small screen does
    return made


def _in_a_row(bar: QWidget) -> list[QWidget]:
    """Return what is shown in a bar, from left to right."""
    shown = [one for kind in (QLabel, QPushButton, QToolButton) for one in bar.findChildren(kind)]
    visible = [one for one in shown if one.isVisible()]
    return sorted(visible, key=lambda one: one.mapTo(bar, one.rect().topLeft()).x())


def _left(widget: QWidget, bar: QWidget) -> int:
    return widget.mapTo(bar, widget.rect().topLeft()).x()


def _assert_in_order(bar: QWidget) -> None:
    row = _in_a_row(bar)
    for before, after in pairwise(row):
        assert _left(before, bar) + before.width() <= _left(after, bar), (before, after)
    assert _left(row[-1], bar) + row[-1].width() <= bar.width()
    cut = [one for one in row if not isinstance(one, QLabel) and one.width() < one.minimumSizeHint().width()]
    assert cut == []


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("number", [6, 11])  # one that is incomplete, one with the longest name
def test_banner_and_tools_of_the_reading_page_never_overlap(
    window: MainWindow, wait: Wait, width: int, height: int, number: int
) -> None:
    study = InventedDesk().rows[number]
    window.open_study(study.uid)
    wait(window.reading.isVisible)
    window.resize(width, height)
    QApplication.processEvents()

    _assert_in_order(window.reading.banner)
    _assert_in_order(window.reading._bar)
    person = window.reading.banner._person
    assert person.width() >= person.fontMetrics().horizontalAdvance(person.text())
    assert study.birth_date[:4] in person.text()
    assert window.reading.banner._back.accessibleName() == "Studies"
    assert window.width() == width
    assert window.reading.grid.height() > height // 2
    window.show_studies()


def test_the_words_come_back_with_the_room(window: MainWindow, wait: Wait) -> None:
    window.open_study(InventedDesk().rows[6].uid)
    wait(window.reading.isVisible)
    window.resize(640, 360)
    QApplication.processEvents()
    few = {one.text() for one in window.reading.banner.findChildren(QLabel) if one.isVisible()}

    window.resize(1400, 800)
    QApplication.processEvents()
    many = {one.text() for one in window.reading.banner.findChildren(QLabel) if one.isVisible()}

    assert "48 / 50" in few
    assert {"48 of 50 here"} <= many
    assert window.reading.banner._back.text() == "Studies"
    window.show_studies()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_in_the_outbox_a_line_and_its_buttons_can_be_reached(
    window: MainWindow, width: int, height: int
) -> None:
    window.resize(width, height)
    panel = board_of(window).outbox
    panel.open()
    QApplication.processEvents()

    chosen = panel.list.visualRect(panel.list.currentIndex())
    assert panel.list.viewport().rect().contains(chosen)
    panel._scrolled.ensureWidgetVisible(panel.details.retry_button)
    button = panel.details.retry_button
    inside = panel._scrolled.viewport().rect()
    assert inside.contains(button.mapTo(panel._scrolled.viewport(), button.rect().center()))
    panel.close_panel()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_bar_of_the_check_is_never_cut(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    board_of(window).open_check()
    QApplication.processEvents()

    buttons = [one for one in board_of(window).check.findChildren(QPushButton) if one.isVisible()]
    for one in buttons:
        assert one.width() >= one.minimumSizeHint().width()
    bar = board_of(window).check._bar
    assert max(_left(one, bar) + one.width() for one in _in_a_row(bar)) <= width
