"""Showing a recovery key, the only time that it is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from workstation.ui.controls import Button, Label
from workstation.ui.dialogs.clipboard import copy_secret
from workstation.ui.dialogs.paper import ALPHABET, NoPrinter, grouped, print_sheet, recovery_sheet
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.theme import STEP, FontSize, fixed_font

_TEXT = (
    "Print this or write it down, and keep it away from this computer. It opens your studies when "
    "the keyring or the passphrase is lost. It is shown only now, and kept nowhere."
)


class RecoveryKeyDialog(Dialog):
    """Shows the key until the person has ticked that it is kept; a stray Enter or Esc does nothing."""

    def __init__(self, key: str, store: Path, day: date, parent: QWidget | None = None) -> None:
        super().__init__("Recovery key", _TEXT, accept="Go on", parent=parent)
        self._key, self._store, self._day = key, store, day
        self.reject_button.hide()
        self.key = Label(grouped(key), wrapped=True)
        self.key.setFont(fixed_font(FontSize.TITLE))
        self.key.setAccessibleName("Recovery key")
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = Button("Copy")
        self.print_button = Button("Print…")
        self.told = Label("", role="secondary", wrapped=True)
        self.kept = QCheckBox("I have it on paper, or safe in another place")
        self._lay_out_key()
        self.copy_button.clicked.connect(self._copy)
        self.print_button.clicked.connect(self._print)
        self.kept.toggled.connect(self.accept_button.setEnabled)
        self.accept_button.setEnabled(False)
        self.kept.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Stay until the key is kept: it is never shown again."""
        if self.kept.isChecked():
            super().reject()

    def _copy(self) -> None:
        copy_secret(self._key)
        self._tell("Copied. The clipboard forgets it after a minute.")

    def _print(self) -> None:
        try:
            if print_sheet(recovery_sheet(self._key, self._store, self._day), self):
                self._tell("Sent to the printer. Look at the sheet before you go on.")
        except NoPrinter:
            self._tell("No printer is set up on this computer; write the key down.")

    def _tell(self, line: str) -> None:
        self.told.setText(line)
        self.told.show()
        self.fit()

    def _lay_out_key(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * STEP)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.print_button)
        buttons.addStretch(1)
        self.column.addWidget(self.key)
        self.column.addWidget(Label(ALPHABET, role="secondary", wrapped=True))
        self.column.addLayout(buttons)
        self.column.addWidget(self.told)
        self.told.hide()
        self.column.addWidget(self.kept)
