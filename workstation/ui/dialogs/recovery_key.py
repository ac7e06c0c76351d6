"""Showing a recovery key, the only time that it is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from workstation.ui.controls import Label
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.theme import FontSize


class RecoveryKeyDialog(Dialog):
    """Shows the key until the person says that it is written down."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        text = (
            "Write this down or print it, and keep it away from this computer. It opens your studies when "
            "the keyring or the passphrase is lost. It is shown only now, and kept nowhere."
        )
        super().__init__("Recovery key", text, accept="I have it", parent=parent)
        self.reject_button.hide()
        self.key = Label(key, size=FontSize.NAME, wrapped=True)
        self.key.setAccessibleName("Recovery key")
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(self.key)
