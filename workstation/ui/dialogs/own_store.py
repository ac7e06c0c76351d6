"""The first import of real studies: where shall the key of the encrypted store live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QRadioButton, QWidget

from workstation.ui.controls import Label
from workstation.ui.dialogs.passphrase import words_field
from workstation.ui.dialogs.sheet import Dialog

_TEXT: Final = (
    "Your studies go into an encrypted store of their own on this computer, apart from any invented "
    "ones. Who has neither its key nor the recovery key can never read it again."
)


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What the person decided; an empty passphrase means the keyring."""

    passphrase: str = field(default="", repr=False)
    with_recovery: bool = False


class OwnStoreDialog(Dialog):
    """Asks once; ``trouble`` says why the keyring cannot be used here, "" if it can."""

    def __init__(self, trouble: str, shortest: int, parent: QWidget | None = None) -> None:
        super().__init__("Your own studies", _TEXT, accept="Create", parent=parent)
        self._shortest = shortest
        self.keyring = QRadioButton("Keep the key in this computer's keyring (usual)")
        self.passphrase = QRadioButton("Ask me for a passphrase")
        self.words = words_field("Passphrase")
        self.again = words_field("The same again")
        self.recovery = QCheckBox("Give me a recovery key to print and keep elsewhere")
        self._hint = Label("", role="secondary", wrapped=True)
        why_not = Label(trouble, role="secondary", wrapped=True)
        self.keyring.setEnabled(not trouble)
        (self.passphrase if trouble else self.keyring).setChecked(True)
        self.recovery.setChecked(True)
        choice = self.keyring, why_not, self.passphrase, self.words, self.again, self._hint, self.recovery
        for widget in choice:
            self.column.addWidget(widget)
        why_not.setVisible(bool(trouble))
        self.passphrase.toggled.connect(self._follow)
        self.words.textChanged.connect(self._follow)
        self.again.textChanged.connect(self._follow)
        self._follow()
        (self.words if trouble else self.keyring).setFocus(Qt.FocusReason.OtherFocusReason)

    def choice(self) -> KeyChoice:
        """Return what was decided."""
        words = self.words.text() if self.passphrase.isChecked() else ""
        return KeyChoice(words, self.recovery.isChecked())

    def _follow(self) -> None:
        asked = self.passphrase.isChecked()
        for widget in (self.words, self.again):
            widget.setVisible(asked)
        self._hint.setText(self._what_is_missing() if asked else "")
        self.accept_button.setEnabled(not (asked and self._what_is_missing()))
        self._hint.setVisible(asked)
        self.fit()

    def _what_is_missing(self) -> str:
        if len(self.words.text()) < self._shortest:
            return f"At least {self._shortest} characters; a few plain words are good."
        return "" if self.words.text() == self.again.text() else "The two are not the same yet."
