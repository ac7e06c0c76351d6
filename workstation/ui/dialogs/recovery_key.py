"""Showing a recovery key, the only time that it is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from workstation.ui.controls import Label
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.theme import FontSize


class RecoveryKeyDialog(Dialog):
    """Shows the key until the person has ticked that it is kept; a stray Enter or Esc does nothing."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        text = (
            "Write this down or print it, and keep it away from this computer. It opens your studies when "
            "the keyring or the passphrase is lost. It is shown only now, and kept nowhere."
        )
        super().__init__("Recovery key", text, accept="Go on", parent=parent)
        self.reject_button.hide()
        self.key = Label(key, size=FontSize.NAME, wrapped=True)
        self.key.setAccessibleName("Recovery key")
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.kept = QCheckBox("I have written it down or printed it")
        self.kept.toggled.connect(self.accept_button.setEnabled)
        self.accept_button.setEnabled(False)
        self.column.addWidget(self.key)
        self.column.addWidget(self.kept)
        self.kept.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Stay until the key is kept: it is never shown again."""
        if self.kept.isChecked():
            super().reject()
