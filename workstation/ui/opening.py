"""The study that is being opened: the last one that was asked for is the one that opens.

One of which nothing is here yet is waited for; a line says so, with the way out. Who asks for another study
in the meantime, or gives it up, has ended the wait.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.errors import Cancelled, calm
from workstation.ui.contracts import Desk, Notice, Reading, Tone
from workstation.ui.notices import Notices
from workstation.ui.operations import Operations, Ticket

_LINE: Final = "opening"  # the kept line's name
_PATIENCE: Final = 700  # milliseconds; what is here opens sooner


class Opening(QObject):
    """Says ``opened`` with the reading."""

    opened = Signal(object)

    def __init__(self, desk: Desk, operations: Operations, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._operations, self._notices = desk, operations, notices
        self._ticket: Ticket | None = None
        self._waits = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._waits.timeout.connect(self._say)

    def open(self, study_uid: str) -> None:
        """Open a study for reading."""
        self.give_up()
        ticket = self._ticket = self._operations.run(
            lambda ticket: self._desk.open_study(study_uid, cancelled=ticket.cancelled),
            asked_by=self,
            done=lambda reading: self._opened(ticket, reading),
            failed=lambda error: self._failed(ticket, error),
        )
        self._waits.start()

    def give_up(self) -> None:
        """Open nothing; what comes all the same is let go of."""
        if self._ticket is not None:
            self._ticket.cancel()
        self._end()

    def _end(self) -> None:
        self._ticket = None
        self._waits.stop()
        self._notices.withdraw(_LINE)

    def _say(self) -> None:
        text = "The study is not open yet; its first image is waited for."
        self._notices.keep(_LINE, Notice(text, Tone.PLAIN, "Don't wait", self.give_up))

    def _opened(self, ticket: Ticket, reading: Reading) -> None:
        if ticket is not self._ticket:
            self._operations.run(lambda _: reading.close(), asked_by=self, done=_nothing, failed=_nothing)
            return
        self._end()
        self.opened.emit(reading)

    def _failed(self, ticket: Ticket, error: BaseException) -> None:
        if ticket is not self._ticket:
            return  # nobody waits for it any more
        self._end()
        if not isinstance(error, Cancelled):
            self._notices.tell(Notice(calm(error), Tone.FAULT))


def _nothing(_: object) -> None:
    """Want no answer."""
