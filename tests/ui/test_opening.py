from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from invented import InventedDesk
from PySide6.QtWidgets import QWidget

from workstation.ui.main_window import MainWindow

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk() -> InventedDesk:
    made = InventedDesk()
    made.arrived.clear()
    return made


@pytest.fixture
def window(desk: InventedDesk, show: Show, wait: Wait) -> MainWindow:
    made = MainWindow(desk, now=lambda: NOW)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.total)
    return made


def test_who_asks_for_another_study_ends_the_wait_for_the_first(
    window: MainWindow, desk: InventedDesk, wait: Wait
) -> None:
    first, second = desk.rows[0].uid, desk.rows[1].uid
    window.open_study(first)
    window.open_study(second)
    wait(lambda: desk.given_up)

    desk.arrived.set()
    wait(window.reading.isVisible)

    assert desk.given_up == [first]
    assert window.reading.reading is not None
    assert window.reading.reading.study.uid == second
    assert window.notices.text == ""


def test_a_long_wait_is_told_and_can_be_given_up(window: MainWindow, desk: InventedDesk, wait: Wait) -> None:
    window.open_study(desk.rows[0].uid)
    wait(lambda: "waited for" in window.notices.text)

    window.notices._action.click()
    wait(lambda: desk.given_up)

    assert desk.given_up == [desk.rows[0].uid]
    assert window.notices.text == ""
    assert window.studies.isVisible()


def test_the_line_goes_when_the_study_opens(window: MainWindow, desk: InventedDesk, wait: Wait) -> None:
    window.open_study(desk.rows[0].uid)
    wait(lambda: window.notices.text)

    desk.arrived.set()
    wait(window.reading.isVisible)

    assert window.notices.text == ""
    window.show_studies()


def test_a_window_that_closes_waits_for_no_image(window: MainWindow, desk: InventedDesk, wait: Wait) -> None:
    window.open_study(desk.rows[0].uid)
    wait(lambda: window.notices.text)  # by now the work has begun

    window.close()

    assert desk.given_up == [desk.rows[0].uid]
    assert not window.isVisible()
