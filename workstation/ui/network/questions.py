"""The three questions of the network where a person must decide: why give up, really quit, which secret.

A secret stands in its field until it is sent off, and nowhere else; it is cleared after every try.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from workstation.ui.contracts import LineRow, OutboxRow
from workstation.ui.controls import Button, Label
from workstation.ui.dialogs.passphrase import words_field
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.network.wording import REPORT, elapsed, thing, title, way
from workstation.ui.theme import font
from workstation.ui.wording import counted

_NOT_NEEDED: Final = "not needed there any more"
_LONGEST: Final = 200  # characters of a reason: one line
_LISTED: Final = 4


class GiveUpDialog(Dialog):
    """Asks why something is not to be delivered; a signed report needs the words typed."""

    def __init__(self, row: OutboxRow, parent: QWidget | None = None) -> None:
        what = f"{title(row)}\n{way(row)}"
        if row.kind == REPORT:
            what += "\n\nThis is a signed report. Nobody at the archive will see it."
        super().__init__(f"Give up: {thing(row).lower()}", what, accept="Give up", parent=parent)
        self._default = "" if row.kind == REPORT else _NOT_NEEDED
        self.why = QLineEdit()
        self.why.setFont(font())
        self.why.setMaxLength(_LONGEST)
        self.why.setPlaceholderText(self._default or "Why?")
        self.why.setAccessibleName("Why it is given up")
        self.column.addWidget(self.why)
        self.column.addWidget(Label("The reason is kept in the audit trail.", role="secondary", wrapped=True))
        self.why.textChanged.connect(self._follow)
        self.why.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def reason(self) -> str:
        """Return why."""
        return self.why.text().strip() or self._default

    def _follow(self) -> None:
        self.accept_button.setEnabled(bool(self.reason()))


class QuitDialog(Dialog):
    """Says what has not been sent; Enter and Esc both stay."""

    quits = Signal()

    def __init__(self, unsent: Sequence[OutboxRow], now: datetime, parent: QWidget | None = None) -> None:
        count = counted(len(unsent), "thing has", "things have")
        text = f"{count} not arrived yet. All is safe on this computer; what waits is sent at the next start."
        super().__init__("Quit with unsent work?", text, accept="Stay", parent=parent)
        for row in unsent[:_LISTED]:
            self.column.addWidget(
                Label(f"{title(row)} → {row.archive}, {elapsed(now - row.created)}", elided=True)
            )
        if len(unsent) > _LISTED:
            self.column.addWidget(Label(f"and {len(unsent) - _LISTED} more", role="secondary"))
        self.reject_button.hide()
        self.quit_button = Button("Quit anyway", hint="It is sent at the next start")
        self.add_button(self.quit_button)
        self.quit_button.clicked.connect(self._quit)
        self.accept_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _quit(self) -> None:
        self.reject()
        self.quits.emit()


class SignInDialog(Dialog):
    """Asks for a password or token and hands it to ``send``; stands until it is closed from outside."""

    def __init__(self, line: LineRow, send: Callable[[str], object], parent: QWidget | None = None) -> None:
        text = f"{line.name} asks for a {line.asks_for}. It is kept in this computer's keyring."
        super().__init__(f"Sign in to {line.name}", text, accept="Sign in", parent=parent)
        self._send = send
        self._name = line.name
        self.secret = words_field(line.asks_for.capitalize())
        self.said = Label("", role="attention", wrapped=True)
        self.column.addWidget(self.secret)
        self.column.addWidget(self.said)
        self.said.hide()
        self.secret.textChanged.connect(self._follow)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def accept(self) -> None:
        """Send the secret off."""
        secret = self.secret.text()
        self.secret.clear()
        self.secret.setEnabled(False)
        self._say(f"Asking {self._name}", "secondary")
        self._send(secret)

    def say_no(self, trouble: str) -> None:
        """Say in one line why nobody was let in, and take another secret."""
        self.secret.setEnabled(True)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say(trouble, "attention")

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave nothing in the field."""
        self.secret.clear()
        super().hideEvent(event)

    def _say(self, text: str, role: str) -> None:
        self.said.setText(text)
        self.said.set_role(role)
        self.said.show()
        self.fit()

    def _follow(self) -> None:
        self.accept_button.setEnabled(bool(self.secret.text()))
