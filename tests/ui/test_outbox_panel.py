"""The outbox: what needs a person stands first, keys do everything, nothing goes by accident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from invented_network import NOW, InventedNetwork, deliveries, delivery, nameless
from network_window import board_of, window_with
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from workstation.errors import LumenError
from workstation.ui.contracts import DeliveryState, OutboxRow
from workstation.ui.main_window import MainWindow
from workstation.ui.network.outbox_model import Fold, Heading, done_today, entries
from workstation.ui.network.outbox_panel import OutboxPanel
from workstation.ui.network.questions import GiveUpDialog

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def network() -> InventedNetwork:
    return InventedNetwork(outbox=deliveries())


@pytest.fixture
def window(network: InventedNetwork, show: Show, wait: Wait) -> MainWindow:
    return window_with(network, show, wait)


@pytest.fixture
def panel(window: MainWindow, network: InventedNetwork, wait: Wait) -> OutboxPanel:
    QTest.keyClick(window.studies.table, Qt.Key.Key_F8)
    opened = board_of(window).outbox
    assert opened.isVisible()
    wait(lambda: list(board_of(window).state.outbox) == network.answer_outbox)
    return opened


class Painted(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        del watched
        self.count += event.type() == QEvent.Type.Paint
        return False


def lines(panel: OutboxPanel) -> list[str]:
    """Return the list's lines as a screen reader reads them."""
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(panel.model.index(number).data(role)) for number in range(panel.model.rowCount())]


def dialog_of(window: MainWindow) -> GiveUpDialog:
    return next(dialog for dialog in window.findChildren(GiveUpDialog) if dialog.isVisible())


def test_what_needs_a_person_stands_first_and_what_has_arrived_is_folded(panel: OutboxPanel) -> None:
    assert [line.split(" · ")[0] for line in lines(panel)] == [
        "Needs you",
        "Report",
        "On the way",
        "Report",
        "240 images",
        "Key object",
        "5 arrived today",
    ]
    chosen = panel.chosen()
    assert chosen is not None
    assert chosen.state is DeliveryState.CONFLICT
    assert panel.summary.text() == "1 needs you, 3 on the way"
    assert QApplication.focusWidget() is panel.list


def test_a_line_says_what_whose_where_to_and_how_it_stands(panel: OutboxPanel) -> None:
    assert lines(panel)[3] == (
        "Report · VALE, Marisol, CT head without contrast, 2026-11-24 → Harbor, waiting, next try in 0:42"
    )


def test_arrows_pass_over_headings_and_the_details_follow(panel: OutboxPanel) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_Down)

    texts = {label.text() for label in panel.details.findChildren(QLabel) if label.isVisible()}
    assert {
        "waiting, next try in 0:42",
        "3, the last 18 s ago",
        "No answer from the archive within 10 s.",
    } <= texts


def test_keys_send_again_and_give_the_keys_back(
    window: MainWindow, panel: OutboxPanel, network: InventedNetwork, wait: Wait
) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_R)
    wait(lambda: ("retry", "00000001") in network.asked)
    QTest.keyClick(panel.list, Qt.Key.Key_Escape)

    assert not panel.isVisible()
    assert QApplication.focusWidget() is window.studies.table


def test_a_signed_report_is_given_up_only_for_a_reason_that_was_typed(
    window: MainWindow, panel: OutboxPanel, network: InventedNetwork, wait: Wait
) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_G)
    dialog = dialog_of(window)
    assert "OKAFOR, Benedict" in " ".join(label.text() for label in dialog.findChildren(QLabel))

    QTest.keyClicks(dialog.why, "   ")
    QTest.keyClick(dialog.why, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClicks(dialog.why, "faxed by the night desk")
    QTest.keyClick(dialog.why, Qt.Key.Key_Return)

    wait(lambda: ("give up", "00000001", "faxed by the night desk") in network.asked)
    wait(lambda: window.notices.text == "Report given up.")


def test_images_are_given_up_for_the_usual_reason_with_one_key(show: Show, wait: Wait) -> None:
    network = InventedNetwork(outbox=[delivery(kind="image", count=23)])
    window = window_with(network, show, wait)
    board_of(window).outbox.open()
    board_of(window).outbox.actions_["give-up"].trigger()

    QTest.keyClick(dialog_of(window).why, Qt.Key.Key_Return)

    wait(lambda: ("give up", "00000000", "not needed there any more") in network.asked)


def test_a_second_thought_gives_nothing_up(
    window: MainWindow, panel: OutboxPanel, network: InventedNetwork
) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_G)
    QTest.keyClicks(dialog_of(window).why, "no")
    QTest.keyClick(dialog_of(window).why, Qt.Key.Key_Escape)

    assert network.asked == []
    assert panel.isVisible()


@pytest.mark.parametrize("state", DeliveryState)
def test_only_what_can_be_done_is_offered(show: Show, wait: Wait, state: DeliveryState) -> None:
    can = state not in (DeliveryState.SENDING, DeliveryState.VERIFIED, DeliveryState.CLOSED)
    is_given_up = state is DeliveryState.CLOSED
    window = window_with(InventedNetwork(outbox=[delivery(state=state)]), show, wait)
    panel = board_of(window).outbox
    panel.open()
    panel.toggle_done()
    QTest.keyClick(panel.list, Qt.Key.Key_End)

    assert panel.chosen() is not None
    assert panel.details.retry_button.isVisible() is (can or is_given_up)
    assert panel.details.retry_button.accessibleName() == ("Send after all" if is_given_up else "Retry")
    assert panel.actions_["give-up"].isEnabled() is can


def test_what_was_given_up_can_be_sent_after_all(show: Show, wait: Wait) -> None:
    network = InventedNetwork(outbox=[delivery(3, state=DeliveryState.CLOSED)])
    panel = board_of(window_with(network, show, wait)).outbox
    panel.open()
    panel.toggle_done()
    QTest.keyClick(panel.list, Qt.Key.Key_End)
    QTest.keyClick(panel.list, Qt.Key.Key_R)

    wait(lambda: ("retry", delivery(3).identifier) in network.asked)


def test_whose_the_deliveries_are_is_asked_once_a_look_and_forgotten_after_it(
    window: MainWindow, panel: OutboxPanel, network: InventedNetwork, wait: Wait
) -> None:
    state = board_of(window).state
    network.say(outbox=[delivery(0), delivery(1)])
    wait(lambda: list(state.outbox) == [delivery(0), delivery(1)])
    assert network.looks == 1

    panel.close_panel()
    wait(lambda: list(state.outbox) == [nameless(delivery(0)), nameless(delivery(1))])
    assert "VALE" not in window.state.item("outbox").toolTip()
    panel.open()
    wait(lambda: state.outbox[0].patient_name)
    assert network.looks == 2


def test_what_goes_wrong_is_a_line_and_changes_nothing(
    window: MainWindow, panel: OutboxPanel, network: InventedNetwork, wait: Wait
) -> None:
    network.trouble = LumenError("The disk is full", remedy="Free some space.")
    QTest.keyClick(panel.list, Qt.Key.Key_R)

    wait(lambda: window.notices.text == "The disk is full. Free some space.")
    assert panel.model.rowCount() == 7


def test_the_fold_opens_and_closes_by_key_enter_and_click(panel: OutboxPanel) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_D)
    assert panel.model.rowCount() == 12
    assert lines(panel)[7].endswith(f"delivered at {(NOW - timedelta(minutes=50)).astimezone():%H:%M}")

    fold = panel.model.index(6)
    panel.list.setCurrentIndex(fold)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert panel.model.rowCount() == 7
    middle = panel.list.visualRect(panel.model.index(6)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle))
    assert panel.model.rowCount() == 12


def test_an_empty_outbox_is_calm(show: Show, wait: Wait) -> None:
    panel = board_of(window_with(InventedNetwork(), show, wait)).outbox
    panel.open()

    assert panel.empty.isVisible()
    assert panel.empty.title.text() == "Everything has arrived."
    assert not panel.list.isVisible()
    assert not panel.details.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_the_list_comes_back_when_something_is_on_its_way(show: Show, wait: Wait) -> None:
    network = InventedNetwork()
    panel = board_of(window_with(network, show, wait)).outbox
    panel.open()
    network.say(outbox=[delivery()])

    wait(panel.list.isVisible)
    assert not panel.empty.isVisible()
    network.say(outbox=[delivery(state=DeliveryState.VERIFIED, changed=NOW)])
    wait(lambda: panel.summary.text() == "Everything has arrived.")
    assert lines(panel) == ["1 arrived today"]


def test_an_empty_outbox_offers_nothing_that_cannot_be_done(show: Show, wait: Wait) -> None:
    panel = board_of(window_with(InventedNetwork(), show, wait)).outbox
    panel.open()

    assert not panel.actions_["retry"].isEnabled()
    assert not panel.actions_["fold-done"].isEnabled()


def test_the_chosen_one_stays_chosen_while_others_come_and_go(
    panel: OutboxPanel, network: InventedNetwork, wait: Wait
) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    refused = [delivery(number, kind="image", state=DeliveryState.QUARANTINED) for number in (7, 8)]
    network.say(outbox=[*refused, *deliveries()])
    wait(lambda: panel.model.rowCount() == 9)

    chosen = panel.chosen()
    assert chosen is not None
    assert chosen.identifier == delivery(0).identifier

    network.say(outbox=deliveries()[:1])  # it has gone: the nearest one is chosen
    wait(lambda: panel.model.rowCount() == 2)
    assert panel.chosen() == deliveries()[0]


def test_the_countdown_goes_on_while_the_panel_is_open(panel: OutboxPanel) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    later = NOW + timedelta(seconds=12)
    panel._now = panel.details._now = lambda: later

    QApplication.processEvents()
    painted = Painted(panel.list.viewport())
    panel._go_on()
    QApplication.processEvents()

    assert painted.count
    assert lines(panel)[3].endswith("next try in 0:30")
    texts = {label.text() for label in panel.details.findChildren(QLabel)}
    assert "waiting, next try in 0:30" in texts


def test_the_panel_stays_in_front_of_a_page_that_is_changed_and_the_images_keep_their_place(
    window: MainWindow, panel: OutboxPanel, wait: Wait
) -> None:
    window.open_study(window.studies.model.study(0).uid)
    wait(window.reading.isVisible)
    grid = window.reading.grid.geometry()

    found = window.childAt(panel.mapTo(window, panel.rect().center()))
    assert found is not None
    assert panel.isAncestorOf(found)
    panel.close_panel()
    assert window.reading.grid.geometry() == grid
    window.show_studies()


def test_of_what_has_ended_only_todays_is_shown_and_what_waits_always() -> None:
    yesterday = NOW - timedelta(days=1)
    old = delivery(1, state=DeliveryState.VERIFIED, changed=yesterday)
    new = delivery(2, state=DeliveryState.CLOSED, changed=NOW)
    waits = delivery(3, created=yesterday - timedelta(days=30), changed=yesterday)

    assert done_today([old, new, waits], NOW) == [new]
    assert entries([old, new, waits], NOW, is_open=False) == [
        Heading("On the way"),
        waits,
        Fold("1 given up", is_open=False),
    ]


@pytest.mark.parametrize("width", [960, 640])
def test_in_a_small_window_the_buttons_can_be_reached_and_no_text_is_cut(
    window: MainWindow, panel: OutboxPanel, width: int
) -> None:
    window.setMinimumSize(0, 0)
    window.resize(width, width * 5 // 8)
    QApplication.processEvents()
    panel.details.retry_button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(panel.list, Qt.Key.Key_Tab)
    QApplication.processEvents()

    assert panel.width() <= window.width()
    for label in panel.details.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_any_row_of_the_outbox_is_listed_exactly_once() -> None:
    rows: list[OutboxRow] = [
        replace(delivery(number), state=state, changed=NOW) for number, state in enumerate(DeliveryState)
    ]

    shown = [entry for entry in entries(rows, NOW, is_open=True) if isinstance(entry, OutboxRow)]

    assert sorted(shown, key=lambda row: row.identifier) == rows
