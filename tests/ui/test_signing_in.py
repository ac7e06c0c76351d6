"""Signing in: a secret is asked for until it is let in and stays nowhere; a browser is waited for."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from invented_network import HARBOR, InventedNetwork
from network_window import board_of, window_with
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from workstation.ui.contracts import LineStatus
from workstation.ui.main_window import MainWindow
from workstation.ui.network.questions import SignInDialog

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
SIGNED_OUT = replace(HARBOR, status=LineStatus.SIGNED_OUT)


def opened(window: MainWindow) -> SignInDialog:
    """Open the question as a person does, by the item of the state bar."""
    QTest.mouseClick(window.state.item("line"), Qt.MouseButton.LeftButton)
    dialog = board_of(window).signing_in.dialog
    assert dialog is not None
    return dialog


@pytest.fixture
def network() -> InventedNetwork:
    return InventedNetwork([replace(SIGNED_OUT, asks_for="password")])


@pytest.fixture
def window(network: InventedNetwork, show: Show, wait: Wait) -> MainWindow:
    return window_with(network, show, wait)


def test_a_wrong_password_is_one_sentence_and_the_right_one_lets_in(
    window: MainWindow, network: InventedNetwork, wait: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dialog = opened(window)
    assert dialog.secret.echoMode() == QLineEdit.EchoMode.Password
    assert not dialog.accept_button.isEnabled()

    QTest.keyClicks(dialog.secret, "lamp")
    QTest.keyClick(dialog.secret, Qt.Key.Key_Return)
    wait(lambda: dialog.said.text() == "The archive does not know this password. Type it again.")
    assert dialog.secret.text() == ""
    assert dialog.secret.isEnabled()
    assert dialog.secret.hasFocus()

    QTest.keyClicks(dialog.secret, network.secret)
    QTest.keyClick(dialog.secret, Qt.Key.Key_Return)
    wait(lambda: board_of(window).signing_in.dialog is None)
    wait(lambda: window.notices.text == "Signed in to Harbor.")
    wait(lambda: window.state.text_of("line") == "Harbor · fibre · 184 Mbit/s · 22 ms")
    assert "lamp" not in caplog.text
    assert network.secret not in caplog.text


def test_a_secret_is_not_left_in_a_dialog_that_was_closed(window: MainWindow) -> None:
    dialog = opened(window)
    QTest.keyClicks(dialog.secret, "lighthouse")
    QTest.keyClick(dialog.secret, Qt.Key.Key_Escape)

    assert dialog.secret.text() == ""
    assert board_of(window).signing_in.dialog is None


class Believing(InventedNetwork):
    """A network that keeps whatever it is given; what the archive makes of it, only the line says."""

    def sign_in(
        self, archive: str, secret: str = "", *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        del cancelled
        self.asked.append(("keep", archive, secret))
        self.say(lines=[replace(row, status=LineStatus.UNKNOWN) for row in self.answer_lines])


def test_who_is_let_in_is_said_by_the_line_and_not_by_the_keyring(show: Show, wait: Wait) -> None:
    asks = replace(SIGNED_OUT, asks_for="token")
    network = Believing([asks])
    window = window_with(network, show, wait)
    dialog = opened(window)
    QTest.keyClicks(dialog.secret, "old")
    QTest.keyClick(dialog.secret, Qt.Key.Key_Return)
    wait(lambda: window.state.text_of("line") == "Harbor: not asked yet")
    assert dialog.said.text() == "Asking Harbor"
    assert dialog.isVisible()

    network.say(lines=[asks])
    wait(lambda: dialog.said.text() == "Harbor did not accept this token. Type it again.")
    QTest.keyClicks(dialog.secret, "new")
    QTest.keyClick(dialog.secret, Qt.Key.Key_Return)
    wait(lambda: ("keep", "harbor", "new") in network.asked)
    wait(lambda: window.state.text_of("line") == "Harbor: not asked yet")
    network.say(lines=[HARBOR])

    wait(lambda: window.notices.text == "Signed in to Harbor.")
    assert board_of(window).signing_in.dialog is None


def test_a_secret_that_cannot_be_tried_yet_is_kept_and_said_to_be(show: Show, wait: Wait) -> None:
    network = Believing([replace(SIGNED_OUT, asks_for="token")])
    window = window_with(network, show, wait)
    dialog = opened(window)
    QTest.keyClicks(dialog.secret, "new")
    QTest.keyClick(dialog.secret, Qt.Key.Key_Return)
    wait(lambda: window.state.text_of("line") == "Harbor: not asked yet")

    network.say(lines=[replace(HARBOR, status=LineStatus.OFFLINE)])

    wait(lambda: window.notices.text == "The token is kept; Harbor is asked as soon as there is a line.")


def test_what_the_line_says_later_is_nothing_to_a_dialog_that_was_closed(
    window: MainWindow, network: InventedNetwork, wait: Wait
) -> None:
    dialog = opened(window)
    QTest.keyClicks(dialog.secret, network.secret)
    QTest.keyClick(dialog.secret, Qt.Key.Key_Return)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    wait(lambda: window.state.text_of("line").startswith("Harbor · "))

    assert window.notices.text == ""


def test_the_browser_is_waited_for_with_a_line_that_stays(show: Show, wait: Wait) -> None:
    network = InventedNetwork([SIGNED_OUT])
    window = window_with(network, show, wait)
    window.actions_["sign-in"].trigger()
    assert window.notices.text == "Finish signing in to Harbor in your browser."

    network.browser.set()

    wait(lambda: window.notices.text == "Signed in to Harbor.")
    wait(lambda: not window.actions_["sign-in"].isEnabled())


def test_the_wait_for_the_browser_can_be_given_up_and_begun_again(show: Show, wait: Wait) -> None:
    network = InventedNetwork([SIGNED_OUT])
    window = window_with(network, show, wait)
    window.actions_["sign-in"].trigger()
    wait(lambda: network.asked == [("sign in", "harbor")])

    window.notices._action.click()
    assert window.notices.text == ""
    wait(lambda: ("gave up", "harbor") in network.asked)

    window.actions_["sign-in"].trigger()
    network.browser.set()
    wait(lambda: window.notices.text == "Signed in to Harbor.")


def test_who_begins_again_is_waited_for_when_the_first_try_has_ended(show: Show, wait: Wait) -> None:
    network = InventedNetwork([SIGNED_OUT])
    window = window_with(network, show, wait)
    window.actions_["sign-in"].trigger()
    window.actions_["sign-in"].trigger()
    wait(lambda: ("gave up", "harbor") in network.asked)
    wait(lambda: len(board_of(window).operations._tickets) == 1)
    QApplication.processEvents()

    assert window.notices.text == "Finish signing in to Harbor in your browser."
    network.browser.set()
    wait(lambda: window.notices.text == "Signed in to Harbor.")


def test_a_closing_window_takes_the_question_and_the_secret_with_it(window: MainWindow) -> None:
    dialog = opened(window)
    QTest.keyClicks(dialog.secret, "lighthouse")

    window.leave()

    assert not dialog.isVisible()
    assert dialog.secret.text() == ""


def test_closing_the_window_waits_for_nobody_in_a_browser(show: Show, wait: Wait) -> None:
    network = InventedNetwork([SIGNED_OUT])
    window = window_with(network, show, wait)
    window.actions_["sign-in"].trigger()
    wait(lambda: network.asked)

    window.close()

    assert not window.isVisible()
