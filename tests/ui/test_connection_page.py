"""The connection check: live while it runs, plain at the end, and it says what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from invented_network import HARBOR, NOW, ST_ANNE, STEPS, InventedNetwork, past, report
from network_window import board_of, window_with
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from workstation.errors import LumenError
from workstation.ui.contracts import CheckStep, LineStatus, Verdict
from workstation.ui.main_window import MainWindow
from workstation.ui.network.check_history import time_ticks
from workstation.ui.network.check_page import CheckPage
from workstation.ui.network.check_steps import LOOKS
from workstation.ui.network.check_text import DOWNLOAD, LATENCY, UPLOAD, advice, as_text, curve

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def network() -> InventedNetwork:
    return InventedNetwork([HARBOR, ST_ANNE])


@pytest.fixture
def window(network: InventedNetwork, show: Show, wait: Wait) -> MainWindow:
    return window_with(network, show, wait)


@pytest.fixture
def page(window: MainWindow, wait: Wait) -> CheckPage:
    QTest.keyClick(window.studies.table, Qt.Key.Key_F9)
    opened = board_of(window).check
    wait(opened.isVisible)
    return opened


def visible_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def test_before_the_first_check_the_page_says_so_and_one_key_begins(
    page: CheckPage, network: InventedNetwork, wait: Wait
) -> None:
    assert page.verdict.text() == "The line to Harbor has not been checked yet."
    assert page.steps.texts() == []
    assert QApplication.focusWidget() is page.check_button

    QTest.keyClick(page.check_button, Qt.Key.Key_F5)
    wait(lambda: not page.running and page.steps.texts())

    assert network.asked == [("check", "harbor")]
    assert page.verdict.text() == "The line is not as it should be. 48 Mbit/s go up."
    assert "a CT of 500 slices takes about 9 s" in page.circumstances.text()


def test_each_step_has_its_line_with_icon_and_word_what_was_found_and_what_is_wanted(
    page: CheckPage, wait: Wait
) -> None:
    page.check()
    wait(lambda: not page.running and page.steps.texts())

    assert len(page.steps.texts()) == len(STEPS)
    assert page.steps.texts()[9] == "bad | Upload | 48 Mbit/s go up | at least 200 Mbit/s"
    marks = [label for label in page.steps.findChildren(QLabel) if not label.pixmap().isNull()]
    assert len(marks) == len(STEPS)
    assert {look[1] for look in LOOKS.values()} == {"under way", "good", "warning", "bad", "skipped"}


def test_while_it_runs_the_step_that_is_measured_is_shown_and_esc_stops_it_first(
    page: CheckPage, network: InventedNetwork, window: MainWindow, wait: Wait
) -> None:
    network.step_taken.clear()
    page.check()
    wait(lambda: page.steps.texts() == ["under way | Name"])
    assert page.verdict.text() == "Checking the line to Harbor"
    assert page.progress.isVisible()
    assert not page.check_button.isVisible()
    assert QApplication.focusWidget() is page.stop_button

    QTest.keyClick(page.stop_button, Qt.Key.Key_Escape)
    assert not page.running
    assert page.isVisible()
    assert page.verdict.text() == "The line to Harbor has not been checked yet."
    assert QApplication.focusWidget() is page.check_button

    QTest.keyClick(page.check_button, Qt.Key.Key_Escape)
    assert window.studies.isVisible()
    assert QApplication.focusWidget() is window.studies.table


def test_a_check_that_was_stopped_brings_no_verdict_afterwards(
    page: CheckPage, network: InventedNetwork, wait: Wait
) -> None:
    network.step_taken.clear()
    page.check()
    wait(page.steps.texts)
    ticket = page._ticket
    assert ticket is not None
    page.stop()

    page._end(ticket, report())  # its answer was on the way already

    assert page.steps.texts() == []


def test_steps_before_the_running_one_are_measured_and_not_yet_judged(page: CheckPage) -> None:
    for name in ("Name", "Latency"):
        page.steps.take(CheckStep(name, Verdict.RUNNING, ""))
    page.steps.take(CheckStep("Latency", Verdict.RUNNING, "40%"))

    assert page.steps.texts() == ["measured | Name", "under way | Latency | 40%"]


def test_a_check_that_cannot_be_made_says_why(page: CheckPage, network: InventedNetwork, wait: Wait) -> None:
    network.trouble = LumenError("The archive is not set up any more", remedy="Ask your IT.")
    page.check()
    wait(lambda: not page.running)

    page._show_past("harbor", past(3))  # what was asked for before comes late

    assert page.verdict.text() == "The archive is not set up any more. Ask your IT."
    assert page.check_button.isVisible()
    network.trouble = None
    page.check()
    wait(lambda: not page.running and page.steps.texts())
    assert page.verdict.text() == report().summary


def test_what_stands_below_the_steps_stays_where_it_is_while_they_are_measured_again(
    page: CheckPage, network: InventedNetwork, wait: Wait
) -> None:
    page.check()
    wait(lambda: not page.running and page.steps.texts())
    height = page.steps.height()
    network.step_taken.clear()
    page.check()
    wait(lambda: page.steps.texts() == ["under way | Name"])

    assert page.steps.minimumHeight() == height
    page.stop()
    assert page.steps.minimumHeight() == 0


def test_what_to_do_is_said_once_each_the_worst_first(page: CheckPage, wait: Wait) -> None:
    page.check()
    wait(lambda: not page.running and page.steps.texts())

    wanted = [f"1  {STEPS[9].advice}", f"2  {STEPS[0].advice}"]
    wait(lambda: [line for line in visible_texts(page) if line[1:3] == "  "] == wanted)
    assert advice([step for step in STEPS if step.verdict is Verdict.GOOD]) == []


def test_another_archive_is_chosen_and_measured(
    page: CheckPage, network: InventedNetwork, wait: Wait
) -> None:
    QTest.keyClick(page.choice, Qt.Key.Key_Down)
    assert page.line.text() == "St. Anne · VPN 2 · 76 Mbit/s · 41 ms"
    page.check()
    wait(lambda: not page.running and page.steps.texts())

    assert network.asked == [("check", "st-anne")]


def test_checks_of_an_archive_that_is_not_looked_at_any_more_are_not_shown(page: CheckPage) -> None:
    page.choose("st-anne")

    page._show_past("harbor", past(3))

    assert page.steps.texts() == []


def test_an_archive_alone_is_not_chosen(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(), show, wait)
    board_of(window).open_check()

    assert not board_of(window).check.choice.isVisible()


def test_the_choice_outlives_news_about_the_lines(
    page: CheckPage, network: InventedNetwork, window: MainWindow, wait: Wait
) -> None:
    page.choose("st-anne")
    third = replace(HARBOR, archive="x", name="Exchange", status=LineStatus.OFFLINE)
    network.say(lines=[third, HARBOR, replace(ST_ANNE, status=LineStatus.SIGNED_OUT)])
    wait(lambda: page.line.text() == "St. Anne: signed out")

    assert page.choice.currentText() == "St. Anne"
    assert page.sign_in.isVisible()
    page.sign_in.click()
    wait(lambda: ("sign in", "st-anne") in network.asked)
    network.browser.set()
    wait(lambda: window.notices.text == "Signed in to St. Anne.")


def test_curves_are_drawn_from_the_second_check_on(
    page: CheckPage, network: InventedNetwork, wait: Wait
) -> None:
    page.check()
    wait(lambda: not page.running and page.history.latency.said.text())
    wait(lambda: page.history.latency.said.text() == "One check so far; the next begins a curve.")

    network.history = past(6)
    page.take_keys()
    wait(lambda: not page.history.latency.said.isVisible())

    assert page.history.latency.limit.text() == "┄ asked for: 200 ms"
    assert page.history.throughput.limit.text() == "┄ asked for: 200 Mbit/s"
    said = page.history.throughput.accessibleDescription()
    assert said.startswith("Download: 6 checks, 177 to 232 Mbit/s, the last 177.")


def test_the_curve_of_latency_is_the_percentile_and_never_the_jitter() -> None:
    drawn = curve(past(3), LATENCY)

    assert list(drawn.values) == [31, 40, 49]
    assert drawn.limit == 200
    assert drawn.times == tuple(one.at for one in past(3))


def test_a_check_without_a_figure_leaves_no_point() -> None:
    lost = replace(report(), steps=(CheckStep(UPLOAD, Verdict.SKIPPED, "The archive refuses"),))

    assert curve([lost, report()], UPLOAD).values == (48,)
    assert curve([lost], DOWNLOAD) == curve([], DOWNLOAD)


@pytest.mark.parametrize(
    ("span", "style"),
    [
        (timedelta(minutes=20), "%H:%M"),
        (timedelta(hours=30), "%H:%M"),
        (timedelta(days=13), "%m-%d"),
        (timedelta(days=800), "%m-%d"),
    ],
)
def test_marks_of_time_are_local_few_and_inside(span: timedelta, style: str) -> None:
    first = datetime(2026, 3, 20, 17, 41, tzinfo=UTC)
    marks = time_ticks(first, first + span)

    assert 2 <= len(marks) <= 8
    assert all(first <= mark <= first + span for mark, _ in marks)
    assert [text for _, text in marks] == [mark.astimezone().strftime(style) for mark, _ in marks]


def test_two_checks_within_a_minute_are_told_apart() -> None:
    marks = time_ticks(NOW, NOW + timedelta(seconds=25))

    assert [text for _, text in marks] == [
        NOW.astimezone().strftime("%H:%M:%S"),
        (NOW + timedelta(seconds=25)).astimezone().strftime("%H:%M:%S"),
    ]
    assert len(time_ticks(NOW, NOW)) == 1


def test_the_text_for_it_holds_everything_but_no_person(page: CheckPage, wait: Wait) -> None:
    page.check()
    wait(lambda: not page.running and page.steps.texts())
    QTest.keyClick(page.check_button, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    text = QGuiApplication.clipboard().text()
    assert text == as_text(report(), "Harbor")
    for step in STEPS:
        assert f"[{step.verdict.value}] {step.name}: {step.found}" in text
        assert step.advice in text
    assert NOW.astimezone().isoformat(sep=" ", timespec="seconds") in text
    assert "Haverford" not in text


def test_from_the_images_the_check_leads_back_to_the_images(window: MainWindow, wait: Wait) -> None:
    window.open_study(window.studies.model.study(0).uid)
    wait(window.reading.isVisible)
    QTest.keyClick(window.reading.grid, Qt.Key.Key_F9)
    page = board_of(window).check
    assert page.isVisible()

    QTest.keyClick(page.check_button, Qt.Key.Key_Escape)

    assert window.reading.isVisible()
    assert window.reading.reading is not None
    assert window.reading.grid.hasFocus()
    window.show_studies()


@pytest.mark.parametrize("width", [640, 960, 1920])
def test_at_any_width_no_line_of_the_check_is_cut(
    page: CheckPage, window: MainWindow, wait: Wait, width: int
) -> None:
    page.check()
    wait(lambda: not page.running and page.steps.texts())
    window.setMinimumSize(0, 0)
    window.resize(width, 400)

    wait(lambda: not cut(page))
    assert page._scrolled.horizontalScrollBar().maximum() == 0


def cut(page: CheckPage) -> list[str]:
    """Return the texts that are higher than the room they have."""
    wrapped = [label for label in page.findChildren(QLabel) if label.isVisible() and label.wordWrap()]
    return [label.text() for label in wrapped if label.height() < label.heightForWidth(label.width())]


def test_while_a_check_runs_nothing_stands_elsewhere_than_after_it(show: Show, wait: Wait) -> None:
    network = InventedNetwork(history=3)
    window = window_with(network, show, wait)
    window.resize(1900, 1000)
    board_of(window).open_check()
    page = board_of(window).check
    wait(lambda: page.steps.begun == 10)
    QApplication.processEvents()
    places = [one.mapTo(page, QPoint(0, 0)) for one in (page.mark, page.verdict)]
    first = page.steps._lines[0]._name.mapTo(page, QPoint(0, 0))

    network.step_taken.clear()
    page.check()
    wait(lambda: page.steps.begun == 1)
    QApplication.processEvents()

    assert [one.mapTo(page, QPoint(0, 0)) for one in (page.mark, page.verdict)] == places
    assert page.steps._lines[0]._name.mapTo(page, QPoint(0, 0)) == first
    network.step_taken.set()
    wait(lambda: not page.running)
