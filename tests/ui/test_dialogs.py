"""The dialogs take what a person types at once, and let nothing go by a stray key."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from workstation.ui.dialogs import KeyChoice, OwnStoreDialog, PassphraseDialog, RecoveryKeyDialog

Show = Callable[[QWidget], QWidget]
WORDS = "harbour lamp seven"
NO_KEYRING = "This computer has no keyring that can be used."
LONG = f"{NO_KEYRING} Open the store with its passphrase or a recovery key. " * 30


def _type(widget: QWidget, text: str) -> None:
    """Type into whatever has the keys, as a person does who clicks nowhere first."""
    target = widget.focusWidget()
    assert target is not None
    QTest.keyClicks(target, text)


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


@pytest.mark.parametrize("trouble", ["", "This passphrase does not open this store. Try it again."])
def test_a_passphrase_can_be_typed_at_once_spaces_and_all(show: Show, trouble: str) -> None:
    dialog = PassphraseDialog(trouble)
    show(dialog)

    _type(dialog, WORDS)

    assert dialog.words.text() == WORDS
    assert dialog.isVisible()
    assert dialog.accept_button.isEnabled()


def test_without_a_keyring_the_first_passphrase_can_be_typed_at_once(show: Show) -> None:
    dialog = OwnStoreDialog(NO_KEYRING, 8)
    show(dialog)

    _type(dialog, WORDS)
    QTest.keyClick(dialog, Qt.Key.Key_Tab)
    _type(dialog, WORDS)

    assert dialog.accept_button.isEnabled()
    assert dialog.choice() == KeyChoice(WORDS, with_recovery=True)


def test_why_there_is_no_keyring_is_said_from_the_first(show: Show) -> None:
    dialog = OwnStoreDialog(NO_KEYRING, 8)
    show(dialog)

    assert NO_KEYRING in _texts(dialog)


@pytest.mark.parametrize(
    "made",
    [
        lambda: OwnStoreDialog(LONG, 8),
        lambda: PassphraseDialog(LONG),
        lambda: RecoveryKeyDialog("ABCD-EFGH-" * 8),
    ],
)
def test_no_text_of_a_dialog_is_cut(
    show: Show, application: QApplication, made: Callable[[], QDialog]
) -> None:
    dialog = made()
    show(dialog)
    application.processEvents()

    for label in dialog.findChildren(QLabel):
        assert label.isHidden() or label.height() >= label.heightForWidth(label.width()), label.text()


def test_where_the_keyring_serves_enter_takes_it(show: Show) -> None:
    dialog = OwnStoreDialog("", 8)
    show(dialog)

    QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert dialog.result() == dialog.DialogCode.Accepted
    assert dialog.choice() == KeyChoice("", with_recovery=True)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_recovery_key_is_not_lost_by_one_key(show: Show, application: QApplication, key: Qt.Key) -> None:
    dialog = RecoveryKeyDialog("ABCD-EFGH")
    show(dialog)

    QTest.keyClick(dialog, key)
    application.processEvents()
    assert dialog.isVisible()

    dialog.kept.click()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
