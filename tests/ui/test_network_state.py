"""The network in the window: state items, quitting with unsent work, outages; nothing where there is none."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from invented import InventedDesk
from invented_network import CONTACTS, HARBOR, NOW, ST_ANNE, InventedNetwork, deliveries, delivery, nameless
from network_window import board_of, window_with
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from workstation.app.ending import end_when_asked
from workstation.errors import LumenError
from workstation.ui.contracts import (
    DeliveryState,
    LineStatus,
    ListenerRow,
    Outage,
    OutboxRow,
    StateItem,
    Told,
)
from workstation.ui.main_window import MainWindow
from workstation.ui.network.outage import OutageDialog
from workstation.ui.network.questions import QuitDialog
from workstation.ui.shortcuts import OF_THE_NETWORK, Place

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
BEGAN = NOW - timedelta(minutes=10)
DOWN = replace(HARBOR, status=LineStatus.OFFLINE, since=BEGAN)
OUTAGE = Outage("Harbor", BEGAN, contacts=CONTACTS)


class SlowNetwork(InventedNetwork):
    """A network whose outbox takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()
        self.is_asked = threading.Event()
        self.may_answer.set()

    def outbox_state(self) -> Sequence[OutboxRow]:
        rows = super().outbox_state()
        if not self.may_answer.is_set():
            self.is_asked.set()
            assert self.may_answer.wait(5)
        return rows


def question(window: MainWindow) -> QuitDialog | None:
    return next((one for one in window.findChildren(QuitDialog) if one.isVisible()), None)


def next_in_bar(window: MainWindow) -> QWidget | None:
    """Press F6 until the bar has the keys; return what of it has them."""
    for _ in range(5):
        focused = QApplication.focusWidget()
        if focused is not None and window.state.isAncestorOf(focused):
            return focused
        QTest.keyClick(focused if focused is not None else window, Qt.Key.Key_F6)
    return None


def test_without_a_network_nothing_of_it_shows(show: Show, wait: Wait) -> None:
    window = MainWindow(InventedDesk(), now=lambda: NOW)
    show(window)
    window.show_studies()
    wait(lambda: window.studies.model.total)

    assert all(window.state.text_of(name) == "" for name in ("line", "arriving", "outbox"))
    assert not {command.name for command, _ in window._offered()} & set(OF_THE_NETWORK)
    shown = window._commands()
    assert not any(command.place in (Place.OUTBOX, Place.CONNECTION) for command in shown)
    assert not {command.name for command in shown} & set(OF_THE_NETWORK)


def test_where_no_archive_is_set_up_nothing_can_be_asked_of_one(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork([]), show, wait)

    assert window.state.text_of("line") == window.state.text_of("outbox") == ""
    assert not any(window.actions_[name].isEnabled() for name in OF_THE_NETWORK)


def test_the_bar_says_how_it_stands_and_follows(show: Show, wait: Wait) -> None:
    network = InventedNetwork([HARBOR, ST_ANNE])
    window = window_with(network, show, wait)
    assert window.state.text_of("line") == "Harbor · fibre · 184 Mbit/s · 22 ms · 1 more"
    assert window.state.text_of("arriving") == "1 study arriving"
    wait(lambda: window.state.text_of("outbox") == "Outbox 0")

    network.say(lines=[DOWN, ST_ANNE], outbox=deliveries())

    clock = f"{BEGAN.astimezone():%H:%M}"
    wait(lambda: window.state.text_of("line") == f"Harbor: no line since {clock}")
    wait(lambda: window.state.text_of("outbox") == "Outbox: 1 needs you · 3 waiting")


def test_the_outbox_shows_as_soon_as_there_is_an_archive(show: Show, wait: Wait) -> None:
    network = InventedNetwork([])
    window = window_with(network, show, wait)
    assert window.state.text_of("outbox") == ""

    network.say(lines=[HARBOR])

    wait(lambda: window.state.text_of("outbox") == "Outbox 0")
    assert window.actions_["outbox"].isEnabled()


def test_what_happens_while_an_answer_is_on_its_way_is_asked_for_again(show: Show, wait: Wait) -> None:
    network = SlowNetwork()
    state = board_of(window_with(network, show, wait)).state
    network.may_answer.clear()
    state.ask_outbox()
    wait(network.is_asked.is_set)  # what it will answer is decided: nothing
    network.answer_outbox = deliveries()
    state.ask_outbox()
    network.may_answer.set()

    wait(lambda: list(state.outbox) == [nameless(row) for row in deliveries()])


def test_an_outbox_that_cannot_be_read_is_never_an_empty_one(show: Show, wait: Wait) -> None:
    network = InventedNetwork(outbox=deliveries())
    window = window_with(network, show, wait)
    network.trouble = LumenError("The store is locked", remedy="Open it.")
    board_of(window).state.ask_outbox()
    board_of(window).state.ask_lines()

    wait(lambda: window.state.text_of("outbox") == "Outbox cannot be read")
    wait(lambda: window.state.text_of("line") == "Line: state unknown")
    assert "The store is locked" in window.state.item("outbox").toolTip()
    network.trouble = None
    board_of(window).state.ask_outbox()
    wait(lambda: window.state.text_of("outbox") == "Outbox: 1 needs you · 3 waiting")


def test_each_item_opens_its_page(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(), show, wait)
    board = board_of(window)

    QTest.mouseClick(window.state.item("outbox"), Qt.MouseButton.LeftButton)
    assert board.outbox.isVisible()
    QTest.mouseClick(window.state.item("line"), Qt.MouseButton.LeftButton)
    assert board.check.isVisible()
    QTest.mouseClick(window.state.item("arriving"), Qt.MouseButton.LeftButton)
    assert window.studies.isVisible()


def test_the_bar_is_reached_by_keys_from_any_page(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(), show, wait)

    assert next_in_bar(window) is window.state.item("line")


def test_an_item_that_is_hidden_does_not_get_the_keys(show: Show, wait: Wait) -> None:
    network = InventedNetwork()
    window = window_with(network, show, wait)
    network.say(lines=[], outbox=[delivery()])
    wait(lambda: not window.state.text_of("line") and window.state.text_of("outbox").endswith("12 min"))
    window.state.set_item(StateItem("arriving", ""))

    assert next_in_bar(window) is window.state.item("outbox")


def test_the_palette_finds_the_pages_of_the_network(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(), show, wait)
    window.palette_.open()
    QTest.keyClicks(window.palette_.field, "outbox")
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)

    assert board_of(window).outbox.isVisible()
    names = {command.name for command, action in window._offered() if action.isEnabled()}
    assert {"outbox", "connection", "close-outbox"} <= names
    assert not {"sign-in", "tell-group", "retry"} & names


def test_the_sheet_of_keys_with_the_networks_fits_into_the_smallest_window(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(), show, wait)
    window.resize(window.minimumSize())
    board_of(window).outbox.open()
    window._open_keys()
    assert window._keys is not None

    assert window.rect().contains(window._keys.geometry())
    assert "Send it again now" in {label.text() for label in window._keys.findChildren(QLabel)}
    window._keys.close_sheet()


def test_quitting_with_unsent_work_asks_and_a_stray_key_stays(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(outbox=deliveries()), show, wait)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        window.activateWindow()
        QTest.keyClick(window.studies.table, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        asked = question(window)
        assert asked is not None
        said = " ".join(label.text() for label in asked.findChildren(QLabel))
        assert "4 things have not arrived yet" in said
        assert "Report → St. Anne, 2 h" in said
        QTest.keyClick(asked.focusWidget(), key)
        assert question(window) is None
        assert window.isVisible()


def test_whoever_wants_to_quit_quits(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(outbox=[delivery()]), show, wait)
    window.close()
    asked = question(window)
    assert asked is not None

    asked.quit_button.click()

    assert not window.isVisible()


def test_asking_twice_is_one_question(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(outbox=[delivery()]), show, wait)
    window.close()
    window.close()

    assert sum(one.isVisible() for one in window.findChildren(QuitDialog)) == 1


@pytest.mark.parametrize("state", [DeliveryState.VERIFIED, DeliveryState.CLOSED, None])
def test_with_nothing_unsent_the_window_closes_at_once(
    show: Show, wait: Wait, state: DeliveryState | None
) -> None:
    rows = [] if state is None else [delivery(state=state)]
    window = window_with(InventedNetwork(outbox=rows), show, wait)

    window.close()

    assert not window.isVisible()


def test_the_end_of_the_session_asks_nobody(show: Show, wait: Wait) -> None:
    window = window_with(InventedNetwork(outbox=deliveries()), show, wait)
    window.close()  # even while the question stands

    window.leave()

    assert not window.isVisible()


def test_a_signal_from_the_system_closes_without_a_word(show: Show, wait: Wait) -> None:
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    window = window_with(InventedNetwork(outbox=deliveries()), show, wait)
    try:
        end_when_asked(window)
        os.kill(os.getpid(), signal.SIGTERM)
        wait(lambda: not window.isVisible())
        assert question(window) is None
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def test_a_long_outage_is_a_line_that_stays_and_opens_the_list_of_whom_to_tell(
    show: Show, wait: Wait
) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = OUTAGE
    window = window_with(network, show, wait)
    wait(lambda: window.notices.text == "No line to Harbor for 10 min: tell the group.")

    window.notices._action.click()
    dialog = next(one for one in window.findChildren(OutageDialog) if one.isVisible())
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert set(CONTACTS) <= set(said)
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    moment = BEGAN.astimezone().strftime("%Y-%m-%d %H:%M")
    assert copied.splitlines() == [f"No line to Harbor since {moment} (10 min).", *CONTACTS]
    QTest.keyClick(dialog, Qt.Key.Key_Return)

    told = f"told at {NOW.astimezone():%H:%M} by Dr N. Haverford"
    wait(lambda: window.notices.text == f"No line to Harbor for 10 min, {told}.")
    window.actions_["tell-group"].trigger()
    again = next(one for one in window.findChildren(OutageDialog) if one.isVisible())
    assert again.mark.text() == told
    again.reject()


def test_when_the_line_is_back_one_line_says_how_long_it_was_gone(show: Show, wait: Wait) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = OUTAGE
    network.answer_told = Told("Harbor", NOW, "Dr N. Haverford")
    window = window_with(network, show, wait)
    wait(lambda: window.notices.text)

    network.answer_outage = None
    network.say(lines=[HARBOR])

    wait(lambda: window.notices.text == "The line to Harbor is back after 10 min.")
    window.notices.dismiss()
    assert window.notices.text == ""
    wait(lambda: network.answer_told is None)  # the next outage is another one
    assert not window.actions_["tell-group"].isEnabled()


def test_that_the_group_was_told_survives_the_end_of_the_program(show: Show, wait: Wait) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = replace(OUTAGE, began=NOW - timedelta(minutes=6))  # since the new start
    network.answer_told = Told("Harbor", NOW - timedelta(minutes=8), "Dr N. Haverford")
    window = window_with(network, show, wait)
    wait(lambda: window.notices.text)

    at = (NOW - timedelta(minutes=8)).astimezone()
    told = f"told at {at:%H:%M} by Dr N. Haverford"
    assert window.notices.text == f"No line to Harbor for 6 min, {told}."
    network.answer_outage = replace(OUTAGE, archive="St. Anne")
    network.say(lines=[DOWN])
    wait(lambda: "St. Anne for 10 min: tell the group" in window.notices.text)  # of this one nobody was told


def test_that_the_mark_could_not_be_kept_is_said(show: Show, wait: Wait) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = OUTAGE
    window = window_with(network, show, wait)
    wait(lambda: window.notices.text)
    network.trouble = LumenError("The disk is full")

    window.actions_["tell-group"].trigger()
    dialog = next(one for one in window.findChildren(OutageDialog) if one.isVisible())
    QTest.keyClick(dialog, Qt.Key.Key_Return)

    wait(lambda: window.notices.text == "The disk is full.")
    assert network.answer_told is None


def test_an_outage_that_was_put_away_stays_away_until_there_is_another(show: Show, wait: Wait) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = OUTAGE
    window = window_with(network, show, wait)
    board = board_of(window)
    wait(lambda: window.notices.text)
    window.notices.dismiss()

    board.outage.show(OUTAGE, None, board.tell_group)
    assert window.notices.text == ""
    board.outage.show(replace(OUTAGE, began=NOW), None, board.tell_group)
    assert (
        window.notices.text == "The line to Harbor is back after 10 min." or "for 0 s" in window.notices.text
    )


def test_a_site_without_a_list_says_so(show: Show, wait: Wait) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = replace(OUTAGE, contacts=())
    window = window_with(network, show, wait)
    wait(window.actions_["tell-group"].isEnabled)
    window.actions_["tell-group"].trigger()

    dialog = next(one for one in window.findChildren(OutageDialog) if one.isVisible())
    assert "Your site has not laid down whom to tell." in {
        label.text() for label in dialog.findChildren(QLabel)
    }
    dialog.reject()


def test_kept_lines_make_room_for_the_panel_beside_them(show: Show, wait: Wait) -> None:
    network = InventedNetwork([DOWN])
    network.answer_outage = OUTAGE
    window = window_with(network, show, wait)
    wait(lambda: window.notices.text)
    window.resize(1200, 760)
    board_of(window).outbox.open()
    QApplication.processEvents()

    assert not window.notices.geometry().intersects(board_of(window).outbox.geometry())


def test_what_is_received_unencrypted_stays_in_sight(show: Show, wait: Wait) -> None:
    network = InventedNetwork()
    network.answer_listener = ListenerRow(
        "LUMEN", 11112, is_encrypted=False, warning="What is sent is not hidden"
    )
    window = window_with(network, show, wait)
    wait(lambda: window.state.text_of("listener") == "Receiving unencrypted")
    assert "What is sent is not hidden." in window.state.item("listener").toolTip()

    network.answer_listener = ListenerRow("LUMEN", 2762, is_encrypted=True)
    network.say(lines=[HARBOR])

    wait(lambda: not window.state.item("listener").isVisible())
