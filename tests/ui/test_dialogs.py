"""The dialogs take what a person types at once, and let nothing go by a stray key."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QColor, QFontInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QLabel,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from workstation.ui.dialogs import KeyChoice, OwnStoreDialog, PassphraseDialog, RecoveryKeyDialog
from workstation.ui.dialogs import recovery_key as shown_key
from workstation.ui.dialogs.clipboard import copy_secret
from workstation.ui.dialogs.paper import NoPrinter, recovery_sheet
from workstation.ui.theme import PALETTE, contrast

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
KEY = "7HQ2-M4XP-0RVD-9CKT-WYJA-3NBG-E5S8-ZF61"
STORE = Path("/home/reader/store")
DAY = date(2026, 11, 24)
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
        lambda: RecoveryKeyDialog("ABCD-EFGH-" * 8, STORE, DAY),
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
    dialog = RecoveryKeyDialog(KEY, STORE, DAY)
    show(dialog)

    QTest.keyClick(dialog, key)
    application.processEvents()
    assert dialog.isVisible()

    dialog.kept.click()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


@pytest.fixture
def clipboard(application: QApplication) -> Iterator[QClipboard]:
    yield application.clipboard()
    application.clipboard().clear()


def test_a_recovery_key_is_shown_in_groups_of_letters_of_one_width(show: Show) -> None:
    dialog = RecoveryKeyDialog(KEY, STORE, DAY)
    show(dialog)

    assert dialog.key.text() == "7HQ2  M4XP  0RVD  9CKT\nWYJA  3NBG  E5S8  ZF61"
    assert QFontInfo(dialog.key.font()).fixedPitch()
    assert any("no letters I, L, O and U" in text for text in _texts(dialog))


def test_a_copied_secret_leaves_the_clipboard_after_a_while(clipboard: QClipboard, wait: Wait) -> None:
    copy_secret(KEY, until=30)
    assert clipboard.text() == KEY

    wait(lambda: clipboard.text() == "")


def test_what_was_copied_since_stays(clipboard: QClipboard, application: QApplication) -> None:
    copy_secret(KEY, until=10)
    clipboard.setText("something else")
    QTest.qWait(60)
    application.processEvents()

    assert clipboard.text() == "something else"


def test_the_program_takes_the_secret_with_it(clipboard: QClipboard, application: QApplication) -> None:
    copy_secret(KEY)
    application.aboutToQuit.emit()

    assert clipboard.text() == ""


def test_the_recovery_key_is_copied_as_it_is_typed_back(show: Show, clipboard: QClipboard) -> None:
    dialog = RecoveryKeyDialog(KEY, STORE, DAY)
    show(dialog)
    dialog.copy_button.click()

    assert clipboard.text() == KEY
    assert "after a minute" in dialog.told.text()
    assert dialog.told.isVisible()


def test_the_printed_sheet_says_what_it_is_and_opens_the_store() -> None:
    text = recovery_sheet(KEY, STORE, DAY).toPlainText()

    for words in ("recovery key", str(STORE), "2026-11-24", "safe", "7HQ2  M4XP", "ZF61"):
        assert words in text


def test_without_a_printer_the_dialog_says_so(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise NoPrinter

    monkeypatch.setattr(shown_key, "print_sheet", refuse)
    dialog = RecoveryKeyDialog(KEY, STORE, DAY)
    show(dialog)
    dialog.print_button.click()

    assert dialog.told.text() == "No printer is set up on this computer; write the key down."


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_an_empty_box_can_be_seen(show: Show, kind: type[QCheckBox | QRadioButton]) -> None:
    """WCAG 2.1, 1.4.11: at least 3 : 1 for the outline of a control."""
    box = kind("Keep it")
    show(box)
    option = QStyleOptionButton()
    option.initFrom(box)
    part = QStyle.SubElement.SE_CheckBoxIndicator
    if kind is QRadioButton:
        part = QStyle.SubElement.SE_RadioButtonIndicator
    where = box.style().subElementRect(part, option, box)
    shot = box.grab().toImage()
    edge = QColor(shot.pixel(where.left(), where.center().y())).name()

    assert contrast(edge, PALETTE.panel) >= 3


def test_a_dialog_has_an_edge_in_the_colour_of_lines(show: Show) -> None:
    dialog = PassphraseDialog("")
    show(dialog)
    shot = dialog.grab().toImage()

    for x, y in ((0, 50), (shot.width() - 1, 50), (50, 0), (50, shot.height() - 1)):
        assert QColor(shot.pixel(x, y)).name() == PALETTE.line
