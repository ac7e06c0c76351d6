"""Signing in to an archive: by a secret that is typed here, or in the browser while the window waits.

That a secret was kept says nothing yet: only the archive knows whether it is the right one. So the question
stands until the line itself says how it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from workstation.errors import Cancelled, calm
from workstation.ui.contracts import LineRow, LineStatus, Network, Notice, Tone
from workstation.ui.network.questions import SignInDialog
from workstation.ui.network.state import NetworkState
from workstation.ui.notices import Notices
from workstation.ui.operations import Operations, Ticket

_LINE: Final = "sign-in"  # the kept line's name


class SigningIn:
    """One sign-in at a time; the last one that was asked for is the one that goes on."""

    def __init__(
        self,
        network: Network,
        state: NetworkState,
        operations: Operations,
        notices: Notices,
        tell: Callable[[Notice], object],
    ) -> None:
        self._network = network
        self._state = state
        self._operations = operations
        self._notices = notices
        self._tell = tell
        self._ticket: Ticket | None = None
        self._asked: LineRow | None = None  # the line whose word on a secret is awaited
        self.dialog: SignInDialog | None = None
        state.lines_changed.connect(self._hear_line)

    def start(self, line: LineRow, window: QWidget) -> None:
        """Ask for the secret, or send the person to the browser."""
        self.cancel()
        if line.asks_for:
            self._ask(line, window)
        else:
            self._send_to_browser(line, window)

    def cancel(self) -> None:
        """Wait for nobody any more."""
        self._notices.withdraw(_LINE)
        self._stop()
        if self.dialog is not None:
            self.dialog.close()

    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
        self._ticket = self._asked = None

    def _ask(self, line: LineRow, window: QWidget) -> None:
        def send(secret: str) -> None:
            self._asked = None
            self._ticket = self._operations.run(
                lambda ticket: self._network.sign_in(line.archive, secret, cancelled=ticket.cancelled),
                asked_by=window,
                done=lambda _: self._kept(line),
                failed=lambda error: self._say(calm(error)),
            )

        self.dialog = SignInDialog(line, send, window)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self._stop()
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _kept(self, line: LineRow) -> None:
        self._ticket = None
        if self.dialog is not None:
            self._asked = line
            self._state.ask_lines()

    def _hear_line(self) -> None:
        """Take in what the line says of the secret; a later word of it counts more."""
        asked = self._asked
        line = next((row for row in self._state.lines if asked and row.archive == asked.archive), None)
        if asked is None or line is None or line.status is LineStatus.UNKNOWN:
            return
        if line.status is LineStatus.SIGNED_OUT:
            self._say(f"{line.name} did not accept this {asked.asks_for}. Type it again.")
        elif line.status is LineStatus.ONLINE:
            self._finish(Notice(f"Signed in to {line.name}.", Tone.GOOD))
        else:
            self._finish(
                Notice(f"The {asked.asks_for} is kept; {line.name} is asked as soon as there is a line.")
            )

    def _say(self, trouble: str) -> None:
        if self.dialog is not None:
            self.dialog.say_no(trouble)

    def _finish(self, notice: Notice) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._tell(notice)

    def _send_to_browser(self, line: LineRow, window: QWidget) -> None:
        ticket = self._ticket = self._operations.run(
            lambda ticket: self._network.sign_in(line.archive, cancelled=ticket.cancelled),
            asked_by=window,
            done=lambda _: self._back(ticket, Notice(f"Signed in to {line.name}.", Tone.GOOD)),
            failed=lambda error: self._back(ticket, self._failure(error, line, window)),
        )
        text = f"Finish signing in to {line.name} in your browser."
        self._notices.keep(_LINE, Notice(text, Tone.PLAIN, "Cancel", self.cancel))

    def _failure(self, error: BaseException, line: LineRow, window: QWidget) -> Notice | None:
        if isinstance(error, Cancelled):
            return None
        return Notice(calm(error), Tone.ATTENTION, "Try again", lambda: self.start(line, window))

    def _back(self, ticket: Ticket, notice: Notice | None) -> None:
        if ticket is not self._ticket:
            return  # given up, or asked again since
        self._ticket = None
        self._notices.withdraw(_LINE)
        if notice is not None:
            self._tell(notice)
