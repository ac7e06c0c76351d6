"""Opening a store with its passphrase or its recovery key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from workstation.ui.controls import Label
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.theme import font


def words_field(name: str) -> QLineEdit:
    """Return a field whose words are not shown."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setFont(font())
    field.setMaxLength(1024)
    return field


class PassphraseDialog(Dialog):
    """Asks for the words; ``trouble`` says why, or what was wrong with the last ones."""

    def __init__(self, trouble: str, parent: QWidget | None = None) -> None:
        text = "Your studies are locked. The passphrase opens them; so does the printed recovery key."
        super().__init__("Your own studies", text, accept="Open", parent=parent)
        self.words = words_field("Passphrase or recovery key")
        self._trouble = Label(trouble, role="attention", wrapped=True)
        self.column.addWidget(self.words)
        self.column.addWidget(self._trouble)
        self._trouble.setVisible(bool(trouble))
        self.words.textChanged.connect(self._follow)
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def _follow(self) -> None:
        self.accept_button.setEnabled(bool(self.words.text()))
